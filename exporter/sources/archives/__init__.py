"""Archives: files that hold several sources, which they give one by one.

An archive's form is a module with a function ``sniff(head, name)``, which gives its
confidence from 0 to 1 that the archive is its own, and ``members(package)``, which tells
what is to be read in it. The members themselves are read by the usual readers. All forms
stand in `TABLE`. What an archive unpacks to is bounded by its `Budget`, whatever its
headers say.
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
"""Name → module, what it opens, its media type. Ties go to the first."""

HEAD = 4096
"""Bytes at an archive's start that its form is told from."""
SEPARATOR = "!/"
"""What parts an archive's name from its member's: ``saved.zip!/harbour/page.html``."""
MAX_MEMBERS = 100_000
MAX_TOTAL = 8 * 1024**3
MAX_RATIO = 200
"""Times its own size to which an archive may unpack; web pages shrink to a fifth or a tenth."""
FREE = 64 * 1024**2
"""Bytes that any archive may unpack to, however small it is."""

ODD = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RecursionError),
    *(TypeError, ValueError, struct.error, zlib.error),
)
"""What bytes that are no archive, or only half of one, make libraries raise."""


class Unreadable(Exception):
    """Why a member, or the rest of an archive, is not read: a diagnostic's id and its detail."""

    def __init__(self, id: str, detail: str = "") -> None:
        super().__init__(id, detail)
        self.id = id
        self.detail = detail


class Budget:
    """What may still be unpacked of one archive, and of those in it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._bytes = most
        self._members = MAX_MEMBERS

    @classmethod
    def of(cls, size: int) -> Budget:
        """What an archive of that many bytes may have."""
        return cls(min(MAX_TOTAL, max(FREE, size * MAX_RATIO)))

    def take(self, size: int) -> None:
        """Raises `Unreadable` where that many bytes more are too many."""
        if size > self._bytes:
            raise Unreadable("archive-too-large", f"it unpacks to over {self.most >> 20} MB")
        self._bytes -= size

    def count(self) -> None:
        """One member more. Raises `Unreadable` where that is one too many."""
        self._members -= 1
        if self._members < 0:
            raise Unreadable("archive-too-large", f"it has over {MAX_MEMBERS:,} members")


class ArchiveCache:
    """Holds one archive within an archive open, the last that was asked for: a library of
    thousands of books would be too many files."""

    def __init__(self) -> None:
        self._name = ""
        self._files = ExitStack()
        self._members: tuple[Member, ...] = ()

    def members(self, name: str, opening: Callable[[ExitStack], tuple[Member, ...]]) -> tuple[Member, ...]:
        """The members of the archive of that name, which ``opening`` opens."""
        if self._name != name:
            self.close()
            self._members = opening(self._files)
            self._name = name
        return self._members

    def close(self) -> None:
        self._name, self._members = "", ()
        self._files.close()


class Package(NamedTuple):
    """An archive to open: its bytes, in a file that can be sought in, its name, its budget, and
    the report for what concerns it as a whole. ``files`` are those to close in the end; on the
    ``shelf`` lie archives within it."""

    file: BinaryIO
    name: str
    budget: Budget
    report: Report
    files: ExitStack
    opened_archives: ArchiveCache
    recognise: Recogniser = nothing_is_own

    def member(self, name: str) -> str:
        """The name of a member as told to the user."""
        return f"{self.name}{SEPARATOR}{name[:500]}"


class Member(NamedTuple):
    """Something to read in an archive: its name as told, about how many bytes it has, and the
    way to it as a source. ``head`` and ``unpacked`` are there for what may be an archive itself.
    ``output`` is the name of the file that this program wrote where the member is one, or is in one.

    All three functions raise `Unreadable`.
    """

    name: str
    size: int
    source: Callable[[], Source]
    head: Callable[[], bytes] | None = None
    unpacked: Callable[[Budget], BinaryIO] | None = None
    output: str = ""


class Form(Protocol):
    """What a module of the table offers."""

    def sniff(self, head: bytes, name: str) -> float: ...

    def members(self, package: Package) -> Iterable[Member]: ...


@cache
def get(name: str) -> Form:
    return cast(Form, import_module(TABLE[name][0]))


def choose(head: bytes, name: str) -> str | None:
    """The form of the archive that begins with ``head``, or None for what is none."""
    scores = {form: get(form).sniff(head, name.lower()) for form in TABLE}
    best = max(scores, key=lambda form: scores[form])
    return best if scores[best] > 0 else None


class Archive:
    """An open archive: all that is to be read in it, that in archives within it in its place.
    What of it cannot be read is told in ``report``. To be closed when it is of no more use."""

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
    """The form of the archive that a file is, or None for one that is none. Raises `OSError`."""
    with storage.open_regular(path) as file:
        return choose(file.read(HEAD), name)


def opened(path: Path, name: str, report: Report, recognise: Recogniser = nothing_is_own) -> Archive | None:
    """The archive that a file is, or None for one that is none. Raises `OSError`."""
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
    """The members of an archive in an archive, which is unpacked anew when they are read."""

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
    return opened(Budget(most), Report(), files)  # what is amiss was told the first time


def _inner(
    opened_archives: ArchiveCache, name: str, opening: Callable[[ExitStack], tuple[Member, ...]], number: int
) -> Source:
    return opened_archives.members(name, opening)[number].source()


def _head(member: Member) -> bytes:
    """The member's first bytes; none, too, where they cannot be had: to read it will tell why."""
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
