"""One piece of reading: a file, or one member of an archive, as a worker is given it."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from exporter.diagnostics import Diagnostic, Report
from exporter.errors import ExporterError, is_momentary
from exporter.readers import registry as readers
from exporter.readers.source import MAX_BYTES, Lookup, Reading, Source
from exporter.sources import archives, files, storage
from exporter.sources.archives import Archive, Unreadable
from exporter.sources.files import SourceFile
from exporter.workers import limits
from exporter.workers.limits import Limit

SECONDS = 4.0
"""Processor time that any piece may take, whatever it holds."""
FAST, USUAL = 400_000, 2_000_000
"""Bytes that may take a second more, of so many at first: most pages are three times as fast."""
SLOWEST = 20_000
"""Bytes that may take a second more, of all others: a page of 50 MB takes minutes. For emergencies
``EXPORTER_READING_SECONDS`` sets a limit for all."""
MEMORY, EACH, MOST_MEMORY = 700 * 1024**2, 64, 4 * 1024**3
"""Bytes that any piece may take, with all that a worker has loaded; that each of its bytes may take more;
and that none may exceed."""
SMALL, MOST = 128_000, 16
"""Bytes, and pieces, that a worker is given at a time; a piece of more goes alone."""


class Piece(NamedTuple):
    """What to read: a file, or the member of that number where it is an archive; about how many
    bytes it has, and how it is called."""

    source: SourceFile
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


class Job(NamedTuple):
    """Pieces for a worker, all read in one form if ``reader`` forces one, without the ``disabled_rules``.

    ``finish``, a function that the worker can import, makes the result of each reading. Small archives are
    read ``at_once``; of larger ones, and without it of all, only the survey is returned."""

    pieces: tuple[Piece, ...]
    finish: Callable[[Reading], msgspec.Struct]
    reader: str | None = None
    disabled_rules: frozenset[str] = frozenset()
    at_once: bool = True


class Answer(NamedTuple):
    """What came of a piece: the survey of what is an archive, or cannot be recognised, and the results, as
    MessagePack (two fifths of the time that pickled structs take)."""

    survey: Survey | None
    results: tuple[bytes, ...]


def allowed(size: int) -> Limit:
    """What reading so many bytes may take."""
    setting = os.environ.get("EXPORTER_READING_SECONDS")
    seconds = SECONDS + min(size, USUAL) / FAST + max(size - USUAL, 0) / SLOWEST
    return Limit(float(setting) if setting else seconds, min(MEMORY + EACH * size, MOST_MEMORY))


def is_small(pieces: tuple[Piece, ...]) -> bool:
    """Whether pieces are few and small enough to be read in one go."""
    return len(pieces) <= MOST and sum(piece.size for piece in pieces) <= SMALL


class ReadSession:
    """Reads pieces, all in one form if one is forced, with all rules of cleaning but ``disabled_rules``. The
    archive of the last piece stays open, as the next one is likely to be of the same. A file that was looked
    into, and is small, is not opened again to be read."""

    def __init__(self, reader: str | None = None, disabled_rules: frozenset[str] = frozenset()) -> None:
        self._reader = reader
        self._disabled_rules = disabled_rules
        self._open: tuple[Path, Archive] | None = None
        self._whole: tuple[Path, bytes] | None = None
        self._size = 0
        self._lent: set[int] = set()

    def do(self, job: Job) -> tuple[Answer, ...]:
        """What a worker does. It reports two steps for each piece: that it looks into it, and that it
        reads it."""
        self._reader, self._disabled_rules = job.reader, job.disabled_rules
        return tuple(self._answer(piece, job) for piece in job.pieces)

    def _answer(self, piece: Piece, job: Job) -> Answer:
        limits.step()
        survey = self.survey(piece.source) if piece.member is None else None
        limits.step()
        if survey is None:
            pieces: tuple[Piece, ...] = (piece,) if job.at_once else ()
        else:
            pieces = survey.pieces if job.at_once and is_small(survey.pieces) else ()
        return Answer(survey, tuple(self._result(each, job.finish) for each in pieces))

    def _result(self, piece: Piece, finish: Callable[[Reading], msgspec.Struct]) -> bytes:
        return packed(finish, piece.name, partial(self.read, piece))

    def survey(self, source: SourceFile) -> Survey | None:
        """Look into a file; None, after no more than its head, for one that is no archive."""
        report = Report()
        self.close()
        try:
            if source.error is not None:
                raise OSError(source.error, os.strerror(source.error))
            head = files.head(source.path)
            if files.is_own_output(source, head):
                return Survey((), diagnostics=(Diagnostic("own-output", source.name),), is_own_output=True)
            form = archives.choose(head[: archives.HEAD], source.name)
            if form is None:
                self._whole = (source.path, head) if len(head) < files.HEAD else None
                return None
            limits.allow(allowed(source.path.stat().st_size))
            archive = Archive(storage.open_regular(source.path), source.name, form, report, source.recognise)
            self._open = source.path, archive
            with storage.open_regular(source.path) as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except ExporterError:
            raise
        except Exception as error:
            if is_momentary(error):
                return Survey((), diagnostics=readers.failed(source.name, error).diagnostics)
            if isinstance(error, OSError):  # to read it will tell
                return None
            report.add("archive-broken", source.name, f"{type(error).__name__}: {error}"[:300])
            return Survey((), diagnostics=report.findings)
        members = archive.members
        taken = [(n, member) for n, member in enumerate(members) if source.with_own or not member.output]
        if len(taken) < len(members):
            for member in members:
                if member.output:
                    report.add("own-output", member.output)
        # Larger ones are not read; and what they say to be larger is only said.
        pieces = tuple(Piece(source, min(m.size, MAX_BYTES), m.name, n) for n, m in taken)
        return Survey(pieces, form, sha256, report.findings)

    def read(self, piece: Piece) -> Reading:
        """The articles of a piece. Bad input becomes diagnostics, never an exception."""
        source = self.open(piece)
        return source if isinstance(source, Reading) else readers.read_source(source, self._reader)

    def open(self, piece: Piece) -> Source | Reading:
        """What there is to read of a piece; the whole reading where that is nothing."""
        whole, self._whole = self._whole, None
        try:
            if piece.member is None and whole and whole[0] == piece.source.path:
                limits.allow(allowed(len(whole[1])))
                source = Source(whole[1], piece.source.name, partial(files.sibling, piece.source))
            elif piece.member is None:
                limits.allow(allowed(piece.source.path.stat().st_size))
                source = _source(piece.source)
            else:
                limits.allow(allowed(piece.source.path.stat().st_size))
                source = self._archive(piece.source).members[piece.member].source()
        except Unreadable as problem:
            return _nothing(problem.id, piece.name, problem.detail)
        except (*archives.ODD, MemoryError) as error:
            if is_momentary(error) or (piece.member is not None and isinstance(error, OSError)):
                return readers.failed(piece.name, error)
            if isinstance(error, OSError):
                return _nothing("file-unreadable", piece.name, error.strerror or str(error))
            return _nothing("archive-broken", piece.name, f"{type(error).__name__}: {error}"[:300])
        source.disabled_rules = self._disabled_rules
        self._size, self._lent = len(source.data), set()
        source.sibling = partial(self._counted, source.sibling)
        source.embedded = partial(self._counted, source.embedded)
        if piece.member is not None:  # what it took to unpack it does not count
            limits.allow(allowed(self._size))
        return source

    def _counted(self, look: Lookup, reference: str) -> bytes | None:
        """What belongs to a source may take as much time and memory as what is in it: once each."""
        data = look(reference)
        if data and hash(data) not in self._lent:
            self._lent.add(hash(data))
            self._size += len(data)
            limits.allow(allowed(self._size), more=True)
        return data

    def _archive(self, source: SourceFile) -> Archive:
        if self._open is None or self._open[0] != source.path:
            self.close()
            archive = archives.opened(
                source.path, source.name, Report(), source.recognise
            )  # reported by the survey
            if archive is None:
                raise Unreadable("archive-broken", "changed while it was read")
            self._open = source.path, archive
        return self._open[1]

    def close(self) -> None:
        if self._open:
            self._open[1].close()
            self._open = None


def as_read(reading: Reading) -> Reading:
    """Finishes nothing."""
    return reading


def packed(finish: Callable[[Reading], msgspec.Struct], name: str, read: Callable[[], Reading]) -> bytes:
    """What ``finish`` makes of a reading, as MessagePack; whatever goes wrong costs this reading alone."""
    try:
        return msgspec.msgpack.encode(finish(read()))
    except ExporterError:
        raise
    except Exception as error:
        if is_momentary(error):
            nothing = readers.failed(name, error)
        else:
            nothing = _nothing("reader-failed", name, f"{type(error).__name__}: {error}"[:300])
        return msgspec.msgpack.encode(finish(nothing))


def _source(source: SourceFile) -> Source:
    with storage.open_regular(source.path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_BYTES:
            raise Unreadable("file-too-large", f"{size >> 20} MB")
        data = file.read(MAX_BYTES + 1)
    return Source(data, source.name, partial(files.sibling, source))


def _nothing(id: str, where: str, detail: str) -> Reading:
    return Reading((), (Diagnostic(id, where, detail),))


_session = ReadSession()
"""A worker's own."""


@cache
def _settle() -> None:
    """What a worker has loaded for its first pages stays: nobody need look for garbage in it again, nor
    so often in trees that have no circles. A twentieth of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def work(job: Job) -> tuple[Answer, ...]:
    """In a worker: what came of each piece. A job without pieces closes what is still open."""
    if not job.pieces:
        _session.close()
        return ()
    answers = _session.do(job)
    _settle()
    return answers
