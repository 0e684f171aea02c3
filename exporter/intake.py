"""Paths in, articles out: finds the files, has each read, and keeps the books."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec

from exporter import engine, files, readers
from exporter.backends import Original
from exporter.diagnostics import Diagnostic, Report
from exporter.engine import Crew, Limits, Lost
from exporter.files import Found
from exporter.model import Article

WORTH = 1_000_000
"""Bytes from which reading is done by workers: their start takes as long as half as many."""
SECONDS = 60.0
"""Processor time that a file may take, whatever it holds."""
SLOWEST = 20_000
"""Bytes that may take a second more: usual pages are fifty times as fast. For emergencies and
tests ``EXPORTER_READING_SECONDS`` tells a limit for all."""
MEMORY = Limits(data=4 * 1024**3, resting=512 * 1024**2)


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
    workers: int | None = None,
    progress: Callable[[int, int], None] = _silent,
) -> tuple[tuple[Article, ...], tuple[FileRead, ...]]:
    """All articles in the files and folders, in a stable order, and what each file gave.

    ``workers`` is how many processes read where that is worth their start, 0 one a core;
    None reads all in this process, without limits of time and memory. The result is the same.
    ``progress`` is told the number of files done and their total. Raises `InputError`
    for a path that does not exist.
    """
    if reader is not None:
        readers.get(reader)
    found = files.find(paths)
    articles: list[Article] = []
    books: list[FileRead] = []
    progress(0, len(found))
    for done, (file, reading) in enumerate(zip(found, _read(found, reader, workers), strict=True), 1):
        articles.extend(reading.articles)
        report.extend(reading.diagnostics)
        used = reading.articles[0].origin.reader if reading.articles else None
        books.append(FileRead(file.name, str(file.path), reading.sha256, used, len(reading.articles)))
        progress(done, len(found))
    return tuple(articles), tuple(books)


def _read(found: Sequence[Found], reader: str | None, workers: int | None) -> Iterator[readers.Reading]:
    if workers is None or sum(_size(file) for file in found) < WORTH:
        yield from (read_file(file, reader) for file in found)
        return
    crew = Crew(partial(_work, reader), workers or engine.cores(), MEMORY)
    try:
        for file, result in zip(found, engine.in_order(crew.do(found, _seconds)), strict=True):
            yield _lost(file, result) if isinstance(result, Lost) else _decoded(result)
    finally:
        crew.close()


def _size(file: Found) -> int:
    try:
        return min(file.path.stat().st_size, readers.MAX_BYTES)
    except OSError:
        return 0


def _seconds(file: Found) -> float:
    told = os.environ.get("EXPORTER_READING_SECONDS")
    return float(told) if told else SECONDS + _size(file) / SLOWEST


def _work(reader: str | None, file: Found) -> bytes:
    """In a worker: the reading as MessagePack: two fifths of the time that pickled structs take."""
    try:
        return msgspec.msgpack.encode(read_file(file, reader))
    except MemoryError:
        finding = Diagnostic("reading-ended", file.name, "it needs too much memory")
        return msgspec.msgpack.encode(readers.Reading((), (finding,)))


def _decoded(data: bytes) -> readers.Reading:
    return msgspec.msgpack.decode(data, type=readers.Reading)


def _lost(file: Found, how: Lost) -> readers.Reading:
    if how.why == "time":
        return readers.Reading((), (Diagnostic("reading-too-long", file.name),))
    return readers.Reading((), (Diagnostic("reading-ended", file.name, f"exit code {how.code}"),))


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
