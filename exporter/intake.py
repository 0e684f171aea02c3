"""Paths in, articles out: finds the files, has each read, and keeps the books."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec

from exporter import files, readers
from exporter.backends import Original
from exporter.diagnostics import Diagnostic, Report
from exporter.files import Found
from exporter.model import Article


class FileRead(msgspec.Struct, frozen=True):
    """What came of one file: ``sha256`` is that of its bytes, if it was read."""

    name: str
    path: str
    sha256: str
    reader: str | None
    articles: int


def _silent(done: int, total: int) -> None:
    pass


def read_file(found: Found, reader: str | None = None) -> readers.Reading:
    """The articles of one file. Bad input becomes diagnostics, never an exception."""
    try:
        size = found.path.stat().st_size
        if size > readers.MAX_BYTES:
            finding = Diagnostic("file-too-large", found.name, f"{size >> 20} MB")
            return readers.Reading((), (finding,))
        data = found.path.read_bytes()
    except OSError as error:
        return readers.Reading((), (Diagnostic("file-unreadable", found.name, error.strerror or str(error)),))
    source = readers.Source(data, found.name, partial(files.beside, found))
    return readers.read_source(source, reader)


def read_paths(
    paths: Iterable[Path],
    report: Report,
    *,
    reader: str | None = None,
    progress: Callable[[int, int], None] = _silent,
) -> tuple[tuple[Article, ...], tuple[FileRead, ...]]:
    """All articles in the files and folders, in a stable order, and what each file gave.

    ``progress`` is told the number of files done and their total. Raises `InputError`
    for a path that does not exist.
    """
    if reader is not None:
        readers.get(reader)
    found = files.find(paths)
    articles: list[Article] = []
    books: list[FileRead] = []
    for done, file in enumerate(found):
        progress(done, len(found))
        reading = read_file(file, reader)
        articles.extend(reading.articles)
        report.extend(reading.diagnostics)
        used = reading.articles[0].origin.reader if reading.articles else None
        books.append(FileRead(file.name, str(file.path), reading.sha256, used, len(reading.articles)))
    progress(len(found), len(found))
    return tuple(articles), tuple(books)


def originals(articles: Iterable[Article], books: Iterable[FileRead]) -> dict[str, Original]:
    """The file behind each article of `read_paths`, by the hash that the article tells as its
    origin's: for one that came back from this program's own JSON, that JSON."""
    found: dict[str, Original] = {}
    queue = iter(articles)
    for book in books:
        for article in islice(queue, book.articles):
            origin = article.origin
            itself = origin.sha256 == book.sha256
            if itself or origin.sha256 not in found:
                kind = origin.media_type if itself else "application/json"
                found[origin.sha256] = Original(book.name, kind, book.sha256, Path(book.path))
    return found
