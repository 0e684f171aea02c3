"""Paths in, articles out: finds the files, has each read, and keeps the books."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import msgspec

from exporter import files, readers
from exporter.diagnostics import Diagnostic, Report
from exporter.files import Found
from exporter.model import Article


class FileRead(msgspec.Struct, frozen=True):
    """What came of one file."""

    name: str
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
        books.append(FileRead(file.name, used, len(reading.articles)))
    progress(len(found), len(found))
    return tuple(articles), tuple(books)
