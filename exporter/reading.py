"""One piece of reading: a file, or one member of an archive, as a worker is given it."""

from __future__ import annotations

import hashlib
import os
from functools import partial
from pathlib import Path
from typing import NamedTuple

from exporter import archives, files, readers
from exporter.archives import Archive, Unreadable
from exporter.diagnostics import Diagnostic, Report
from exporter.files import Found
from exporter.readers import Reading, Source


class Piece(NamedTuple):
    """What to read: a file, or the member of that number where it is an archive; about how many
    bytes it has, and how it is called."""

    found: Found
    size: int
    name: str
    member: int | None = None


class Survey(NamedTuple):
    """What is to be read of a file: for an archive its form, the hash of its bytes, a piece for
    each member, and what of it cannot be read. Nothing, where it is output of this program."""

    pieces: tuple[Piece, ...]
    form: str | None = None
    sha256: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    is_own_output: bool = False


def survey(found: Found) -> Survey:
    """Look into a file, and no further than its head where it is no archive. What this program wrote
    is left, unless it is wanted or was named."""
    report = Report()
    try:
        if files.is_own_output(found):
            return Survey((), diagnostics=(Diagnostic("own-output", found.name),), is_own_output=True)
        archive = archives.opened(found.path, found.name, report)
        if archive is None:
            return Survey((Piece(found, found.path.stat().st_size, found.name),))
        with files.open_regular(found.path) as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # to read it will tell
        return Survey((Piece(found, 0, found.name),))
    taken = [(n, member) for n, member in enumerate(archive.members) if found.with_own or not member.output]
    pieces = tuple(Piece(found, member.size, member.name, n) for n, member in taken)
    if len(taken) < len(archive.members):
        for member in archive.members:
            if member.output:
                report.add("own-output", member.output)
    archive.close()
    return Survey(pieces, archive.form, sha256, report.findings)


class Desk:
    """Reads pieces, all in one form if one is forced, with all rules of cleaning but ``keep``. The
    archive of the last piece stays open, as the next one is likely to be of the same."""

    def __init__(self, reader: str | None = None, keep: frozenset[str] = frozenset()) -> None:
        self._reader = reader
        self._keep = keep
        self._open: tuple[Path, Archive] | None = None

    def read(self, piece: Piece) -> Reading:
        """The articles of a piece. Bad input becomes diagnostics, never an exception."""
        source = self.open(piece)
        return source if isinstance(source, Reading) else readers.read_source(source, self._reader)

    def open(self, piece: Piece) -> Source | Reading:
        """What there is to read of a piece; the whole reading where that is nothing."""
        try:
            if piece.member is None:
                source = _source(piece.found)
            else:
                source = self._archive(piece.found).members[piece.member].source()
        except Unreadable as problem:
            return _nothing(problem.id, piece.name, problem.detail)
        except OSError as error:
            return _nothing("file-unreadable", piece.name, error.strerror or str(error))
        except archives.ODD as error:
            return _nothing("archive-broken", piece.name, f"{type(error).__name__}: {error}"[:300])
        source.keep = self._keep
        return source

    def _archive(self, found: Found) -> Archive:
        if self._open is None or self._open[0] != found.path:
            self.close()
            archive = archives.opened(found.path, found.name, Report())  # told by the survey
            if archive is None:
                raise Unreadable("archive-broken", "changed while it was read")
            self._open = found.path, archive
        return self._open[1]

    def close(self) -> None:
        if self._open:
            self._open[1].close()
            self._open = None


def _source(found: Found) -> Source:
    with files.open_regular(found.path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > readers.MAX_BYTES:
            raise Unreadable("file-too-large", f"{size >> 20} MB")
        data = file.read(readers.MAX_BYTES + 1)
    return Source(data, found.name, partial(files.beside, found))


def _nothing(id: str, where: str, detail: str) -> Reading:
    return Reading((), (Diagnostic(id, where, detail),))
