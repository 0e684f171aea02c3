"""Archives: files that contain several sources.

A form of archive is a module with two functions: ``sniff(head, name)`` returns its confidence, from 0
to 1, that the archive is of this form; ``members(package)`` returns what is to be read. The usual
readers read the members. All forms are in `TABLE`. A `Budget` limits what an archive unpacks to,
whatever its headers say.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, cast

from exporter.diagnostics import Report
from exporter.errors import is_momentary
from exporter.readers.source import Source
from exporter.sources import storage
from exporter.sources.files import Recogniser, nothing_is_own

TABLE: dict[str, tuple[str, str, str]] = {
    "epub": (
        "exporter.sources.archives.epub",
        "E-books (.epub): each chapter an article",
        "application/epub+zip",
    ),
    "zip": ("exporter.sources.archives.zip", "ZIP archives of pages, and .wacz", "application/zip"),
    "tar": (
        "exporter.sources.archives.tar",
        "TAR archives of pages (.tar, .tar.gz, .tgz)",
        "application/x-tar",
    ),
    "warc": ("exporter.sources.archives.warc", "Web archives (.warc, .warc.gz)", "application/warc"),
    "enex": (
        "exporter.sources.archives.enex",
        "Exports of Evernote (.enex): each note an article",
        "application/enex+xml",
    ),
    "mhtml": (
        "exporter.sources.archives.mhtml",
        "Pages saved in one file (.mhtml, .mht)",
        "multipart/related",
    ),
}
"""Name → module, description, media type. The first of equally confident forms is chosen."""

HEAD = 4096
"""Bytes at the beginning of an archive by which its form is recognised."""
SEPARATOR = "!/"
"""Separates the names of an archive and its member: ``saved.zip!/harbour/page.html``."""
MAX_MEMBERS = 100_000
MAX_TOTAL = 8 * 1024**3
MAX_RATIO = 200
"""Maximum ratio of unpacked to packed size; for web pages 5 to 10 is usual."""
FREE = 64 * 1024**2
"""Bytes that any archive may unpack to, whatever its size."""

ODD = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RecursionError),
    *(TypeError, ValueError, struct.error, zlib.error),
)
"""Exceptions of libraries for bytes that are not a valid archive, or an incomplete one."""


class Unreadable(Exception):
    """A member, or the rest of an archive, cannot be read: ``id`` is the diagnostic's, with its detail."""

    def __init__(self, id: str, detail: str = "") -> None:
        super().__init__(id, detail)
        self.id = id
        self.detail = detail


class Budget:
    """What may still be unpacked from one archive, including archives in it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._bytes = most
        self._members = MAX_MEMBERS

    @classmethod
    def of(cls, size: int) -> Budget:
        """The budget for an archive of ``size`` bytes."""
        return cls(min(MAX_TOTAL, max(FREE, size * MAX_RATIO)))

    def take(self, size: int) -> None:
        """Take ``size`` bytes from the budget. Raises `Unreadable` if they are too many."""
        if size > self._bytes:
            raise Unreadable("archive-too-large", f"it unpacks to over {self.most >> 20} MB")
        self._bytes -= size

    def count(self) -> None:
        """Count one more member. Raises `Unreadable` if there are too many."""
        self._members -= 1
        if self._members < 0:
            raise Unreadable("archive-too-large", f"it has over {MAX_MEMBERS:,} members")


class ArchiveCache:
    """Keeps one archive within an archive open, the last one used: thousands of books would be too many
    open files."""

    def __init__(self) -> None:
        self._name = ""
        self._files = ExitStack()
        self._members: tuple[Member, ...] = ()

    def members(self, name: str, opening: Callable[[ExitStack], tuple[Member, ...]]) -> tuple[Member, ...]:
        """The members of the archive with that name; ``opening`` opens it."""
        if self._name != name:
            self.close()
            self._members = opening(self._files)
            self._name = name
        return self._members

    def close(self) -> None:
        self._name, self._members = "", ()
        self._files.close()


class Package(NamedTuple):
    """An archive to open: a seekable file, its name, its budget, and the report for diagnostics of the
    archive as a whole. ``files`` closes what was opened; ``opened_archives`` has archives within it."""

    file: BinaryIO
    name: str
    budget: Budget
    report: Report
    files: ExitStack
    opened_archives: ArchiveCache
    recognise: Recogniser = nothing_is_own

    def member(self, name: str) -> str:
        """The name of a member for the user."""
        return f"{self.name}{SEPARATOR}{name[:500]}"


class Member(NamedTuple):
    """Something to read in an archive: its name for the user, its approximate size in bytes, and a
    function that returns it as a source. ``head`` and ``unpacked`` are set if it may be an archive itself.
    ``output`` is the name of the file that exporter wrote, if the member is one or is in one.

    All three functions raise `Unreadable`.
    """

    name: str
    size: int
    source: Callable[[], Source]
    head: Callable[[], bytes] | None = None
    unpacked: Callable[[Budget], BinaryIO] | None = None
    output: str = ""


class Form(Protocol):
    """The functions of a module in the table."""

    def sniff(self, head: bytes, name: str) -> float: ...

    def members(self, package: Package) -> Iterable[Member]: ...


@cache
def get(name: str) -> Form:
    return cast(Form, import_module(TABLE[name][0]))


def choose(head: bytes, name: str) -> str | None:
    """The form of the archive that begins with ``head``; None if it is not an archive."""
    scores = {form: get(form).sniff(head, name.lower()) for form in TABLE}
    best = max(scores, key=lambda form: scores[form])
    return best if scores[best] > 0 else None


class Archive:
    """An open archive: its members, with those of archives within it in their place. What cannot be
    read is in ``report``. Close it after use."""

    def __init__(
        self,
        file: BinaryIO,
        name: str,
        form: str,
        report: Report,
        recognise: Recogniser = nothing_is_own,
    ) -> None:
        self._files = ExitStack()
        self._files.enter_context(file)
        self.form = form
        try:
            opened_archives = self._files.enter_context(closing(ArchiveCache()))
            package = Package(
                file, name, Budget.of(_size(file)), report, self._files, opened_archives, recognise
            )
            self.members = tuple(_members(package, form))
        except BaseException:
            self.close()
            raise
        if not self.members and not report.warnings:
            report.add("archive-empty", name)

    def close(self) -> None:
        self._files.close()


def sniffed(path: Path, name: str) -> str | None:
    """The form of archive of a file; None if it is not an archive. Raises `OSError`."""
    with storage.open_regular(path) as file:
        return choose(file.read(HEAD), name)


def opened(path: Path, name: str, report: Report, recognise: Recogniser = nothing_is_own) -> Archive | None:
    """A file opened as an archive; None if it is not one. Raises `OSError`."""
    form = sniffed(path, name)
    return Archive(storage.open_regular(path), name, form, report, recognise) if form else None


def _members(package: Package, form: str, depth: int = 0) -> Iterator[Member]:
    try:
        for member in get(form).members(package):
            head = _head(member)
            output = member.name if head and _is_own(member, head, package.recognise) else ""
            inner = choose(head, member.name) if head else None
            if inner is None or member.unpacked is None:
                yield member._replace(output=output)
            elif depth:
                package.report.add("archive-nested", member.name)
            else:
                for part in _within(member.name, member.unpacked, inner, package):
                    yield part._replace(output=output or part.output)
    except Unreadable as problem:
        package.report.add(problem.id, package.name, problem.detail)
    except ODD as error:
        if is_momentary(error):
            raise
        package.report.add("archive-broken", package.name, f"{type(error).__name__}: {error}"[:300])


def _within(
    name: str, unpacked: Callable[[Budget], BinaryIO], form: str, package: Package
) -> Iterator[Member]:
    """The members of an archive in an archive, which is unpacked again when they are read."""

    def opened(budget: Budget, report: Report, files: ExitStack) -> tuple[Member, ...]:
        file = files.enter_context(unpacked(budget))
        return tuple(
            _members(
                Package(file, name, budget, report, files, package.opened_archives, package.recognise),
                form,
                1,
            )
        )

    try:
        with ExitStack() as files:
            inside = opened(package.budget, package.report, files)
    except Unreadable as problem:
        package.report.add(problem.id, name, problem.detail)
        return
    again = partial(_opened_again, opened, package.budget.most)
    for number, member in enumerate(inside):
        source = partial(_inner, package.opened_archives, name, again, number)
        yield member._replace(source=source, head=None, unpacked=None)


_Opened = Callable[[Budget, Report, ExitStack], "tuple[Member, ...]"]


def _opened_again(opened: _Opened, most: int, files: ExitStack) -> tuple[Member, ...]:
    return opened(Budget(most), Report(), files)  # problems were reported the first time


def _inner(
    opened_archives: ArchiveCache, name: str, opening: Callable[[ExitStack], tuple[Member, ...]], number: int
) -> Source:
    return opened_archives.members(name, opening)[number].source()


def _head(member: Member) -> bytes:
    """The member's first bytes; empty if they cannot be read: reading the member reports why."""
    try:
        return member.head() if member.head else b""
    except Unreadable:
        return b""


def _is_own(member: Member, head: bytes, recognise: Recogniser) -> bool:
    try:
        return recognise(member.name, head, lambda: io.BytesIO(member.source().data))
    except (Unreadable, *ODD) as error:
        if is_momentary(error):
            raise
        return False


def _size(file: BinaryIO) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size
