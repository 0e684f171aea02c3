"""Paths in, articles out: finds the files, has each read, and keeps the books."""

from __future__ import annotations

import gc
import hashlib
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, partial
from itertools import chain, islice, tee
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from exporter import archives, cluster, engine, files, readers, remote
from exporter.backends import Original
from exporter.diagnostics import Diagnostic, Report
from exporter.engine import Crew, Limits, Lost
from exporter.files import Found
from exporter.model import Article
from exporter.parcels import Parcel, Parcels, Wanting
from exporter.progress import SILENT, Progress
from exporter.reading import Desk, Piece, survey
from exporter.scratch import temporary_folder

WORTH = 2_000_000
"""Bytes from which reading is done by workers. A second goes by until two of them have loaded what
they need: as long as one takes for 0.5 MB of Markdown, or 2 MB of web pages."""
SECONDS = 60.0
"""Processor time that a file may take, whatever it holds."""
SLOWEST = 20_000
"""Bytes that may take a second more: usual pages are fifty times as fast. For emergencies and
tests ``EXPORTER_READING_SECONDS`` tells a limit for all."""
SMALL, MOST = 128_000, 16
"""Bytes, and pieces, that a worker is given at a time; a piece of more goes alone."""
AHEAD = 4096
"""Pieces that may be read after one that is not done yet: what came of them waits in memory."""
STREAM = 1024**3
"""Bytes of an archive that comes by a pipe: it takes as much of the temporary folder."""
MEMORY = Limits(data=4 * 1024**3, resting=512 * 1024**2)


class FileRead(msgspec.Struct, frozen=True):
    """What came of one file: ``sha256`` is that of its bytes, if it was read."""

    name: str
    path: str
    sha256: str
    reader: str | None
    articles: int


def read_paths(
    paths: Iterable[Path],
    report: Report,
    *,
    reader: str | None = None,
    keep: Collection[str] = (),
    own: bool = False,
    workers: int | None = None,
    progress: Progress = SILENT,
) -> tuple[tuple[Article, ...], tuple[FileRead, ...]]:
    """All articles in the files and folders, in a stable order, and what each file gave.

    ``keep`` names rules of cleaning (`readers.rules`) that are turned off. ``own`` reads what this program
    wrote, too.
    ``workers`` is how many processes read where that is worth their start, 0 one a core;
    None reads all in this process, without limits of time and memory. The result is the same.
    ``progress`` is told the number of files, and of archives' members, done and their total.
    Raises `InputError` for a path that does not exist, `UsageError` for an unknown name.
    """
    found = files.find(paths, report, own=own)
    return read_found(found, report, reader=reader, keep=keep, workers=workers, progress=progress)


def read_found(
    found: Sequence[Found],
    report: Report,
    *,
    reader: str | None = None,
    keep: Collection[str] = (),
    workers: int | None = None,
    progress: Progress = SILENT,
) -> tuple[tuple[Article, ...], tuple[FileRead, ...]]:
    """As `read_paths`, of files that are found already."""
    if reader is not None:
        readers.get(reader)
    kept = readers.rules_named(keep)
    articles: list[Article] = []
    books: list[FileRead] = []
    with temporary_folder() as folder:
        # Told by its name everywhere, read from where it can be sought in.
        surveys = [survey(kept_file(file, folder)) for file in found]
        pieces = [piece for told in surveys for piece in told.pieces]
        progress(0, len(pieces))
        results = readings(pieces, _as_read, readers.Reading, reader=reader, keep=kept, workers=workers)
        done = 0
        for file, told in zip(found, surveys, strict=True):
            report.extend(told.diagnostics)
            book = FileRead(file.name, files.display_path(file.path), told.sha256, told.form, 0)
            for reading in islice(results, len(told.pieces)):
                articles.extend(reading.articles)
                report.extend(reading.diagnostics)
                used = reading.articles[0].origin.reader if reading.articles else None
                book = FileRead(
                    book.name,
                    book.path,
                    book.sha256 or reading.sha256,
                    told.form or used,
                    book.articles + len(reading.articles),
                )
                done += 1
                progress(done, len(pieces))
            books.append(book)
    return tuple(articles), tuple(books)


def read_bytes(
    data: bytes, name: str, report: Report, *, reader: str | None = None, keep: Collection[str] = ()
) -> tuple[Article, ...]:
    """The articles in the bytes of a file."""
    if archives.choose(data[: archives.HEAD], name) is None:
        source = readers.Source(data, name, keep=readers.rules_named(keep))
        reading = readers.read_source(source, reader)
        report.extend(reading.diagnostics)
        return reading.articles
    with temporary_folder() as folder:
        path = folder / "bytes"
        path.write_bytes(data)
        found = Found(path, name, path.parent, is_named=True)
        return read_found([found], report, reader=reader, keep=keep)[0]


def kept_file(file: Found, folder: Path) -> Found:
    """A file to seek in: what comes by standard input or a pipe, or from elsewhere, as one of the folder."""
    path = folder / hashlib.sha256(os.fsencode(files.display_path(file.path))).hexdigest()
    if remote.is_remote(file.path):
        with suppress(OSError):  # to read it will tell
            remote.fetch(file.path, path)
        return file._replace(path=path)
    if not file.is_stream:
        return file
    with path.open("wb") as kept:
        if file.path != files.STDIN:
            try:
                with file.path.open("rb") as stream:
                    _spool(stream, kept, file.name)
            except OSError:  # to read it will tell
                return file
        elif sys.stdin:  # a program may be started without
            _spool(sys.stdin.buffer, kept, file.name)
    return file._replace(path=path, root=folder)


def _spool(stream: BinaryIO, kept: BinaryIO, name: str) -> None:
    """Copy what comes to its end. Of what has more bytes than a file may have no more is read, and
    nothing is kept but a size to tell."""
    head = stream.read(archives.HEAD)
    most = STREAM if archives.choose(head, name) else readers.MAX_BYTES
    kept.write(head)
    size = len(head)
    while size <= most and (data := stream.read(1 << 20)):
        kept.write(data)
        size += len(data)
    if size > most:
        kept.truncate(0)
        kept.truncate(size)


Made = TypeVar("Made", bound=msgspec.Struct)


def readings(
    pieces: Iterable[Piece],
    finish: Callable[[readers.Reading], Made],
    made: type[Made],
    *,
    reader: str | None,
    keep: frozenset[str],
    workers: int | None,
    scheduler: str | None = None,
) -> Iterator[Made]:
    """What ``finish``, a function that a worker can import, makes of the reading of each piece,
    in their order; ``made`` is its type. Pieces are drawn as they can be read. ``scheduler`` is the
    address of a cluster that reads."""
    if scheduler and (pieces := list(pieces)):
        yield from _readings_afar(pieces, finish, made, reader, keep, scheduler)
        return
    coming = iter(pieces)
    first = _worth(coming) if workers is not None else None
    if first is None or sum(piece.size for piece in first) < WORTH:
        desk = Desk(reader, keep)
        try:
            for piece in chain(first or (), coming):
                yield finish(desk.read(piece))
        finally:
            desk.close()
        return
    decode = msgspec.msgpack.Decoder(made).decode
    work = partial(_work, reader, keep, finish)
    crew, spare = Crew(work, workers or engine.cores(), MEMORY), Crew(work, 1, MEMORY)
    bundles, jobs = tee(_bundles(chain(first, coming)))
    try:
        for result in engine.in_order(crew.do(jobs, _seconds, AHEAD // MOST)):
            bundle = next(bundles)
            if isinstance(result, Lost) and len(bundle) > 1:  # one of it has ended them all
                for (piece,), alone in _one_by_one(spare, bundle):
                    yield finish(_lost(piece, alone)) if isinstance(alone, Lost) else decode(alone[0])
                spare.rest()
            elif isinstance(result, Lost):
                yield finish(_lost(bundle[0], result))
            else:
                yield from map(decode, result)
    finally:
        crew.close()
        spare.close()


def _worth(pieces: Iterator[Piece]) -> list[Piece]:
    """The first pieces, as many as are worth the start of workers, or all."""
    first: list[Piece] = []
    size = 0
    for piece in pieces:
        first.append(piece)
        size += piece.size
        if size >= WORTH:
            break
    return first


Bundle = tuple[Piece, ...]


def _bundles(pieces: Iterable[Piece]) -> Iterator[Bundle]:
    """The pieces in their order, small ones several at a time: what a worker is sent and sends
    costs time by itself, and while it waits for that it does nothing."""
    held: list[Piece] = []
    for piece in pieces:
        if held and (len(held) == MOST or sum(p.size for p in held) + piece.size > SMALL):
            yield tuple(held)
            held = []
        held.append(piece)
    if held:
        yield tuple(held)


def _one_by_one(
    crew: Crew[Bundle, tuple[bytes, ...]], bundle: Bundle
) -> Iterator[tuple[Bundle, tuple[bytes, ...] | Lost]]:
    alone = [(piece,) for piece in bundle]
    return zip(alone, engine.in_order(crew.do(alone, _seconds)), strict=True)


def _readings_afar(
    pieces: Sequence[Piece],
    finish: Callable[[readers.Reading], Made],
    made: type[Made],
    reader: str | None,
    keep: frozenset[str],
    scheduler: str,
) -> Iterator[Made]:
    decode = msgspec.msgpack.Decoder(made).decode
    parcels_ = Parcels(pieces, Desk(reader, keep))
    crew = cluster.Crew(partial(_unpacked, reader, keep, finish), scheduler, MEMORY, cluster.pack())
    try:
        results = crew.do(parcels_, lambda parcel: _limit(len(parcel.data)), parcels_.fuller)
        for piece, result in zip(pieces, engine.in_order(results), strict=True):
            if isinstance(result, Lost):
                yield finish(_lost(piece, result))
            elif isinstance(result, Wanting):  # and again and again
                yield finish(parcels_.desk.read(piece))
            else:
                yield decode(result)
    finally:
        crew.close()
        parcels_.desk.close()


def _as_read(reading: readers.Reading) -> readers.Reading:
    return reading


def _seconds(bundle: Bundle) -> float:
    return _limit(sum(piece.size for piece in bundle))


def _limit(size: int) -> float:
    told = os.environ.get("EXPORTER_READING_SECONDS")
    return float(told) if told else SECONDS + size / SLOWEST


_desk = cache(Desk)
"""A worker's own."""


@cache
def _settle() -> None:
    """What a worker has loaded for its first pages stays: nobody need look for garbage in it again, nor
    so often in trees that have no circles. A twentieth of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _work(
    reader: str | None,
    keep: frozenset[str],
    finish: Callable[[readers.Reading], msgspec.Struct],
    bundle: Bundle,
) -> tuple[bytes, ...]:
    """In a worker: the results as MessagePack: two fifths of the time that pickled structs take."""
    desk = _desk(reader, keep)
    results = tuple(_packed(finish, piece.name, partial(desk.read, piece)) for piece in bundle)
    _settle()
    return results


def _unpacked(
    reader: str | None,
    keep: frozenset[str],
    finish: Callable[[readers.Reading], msgspec.Struct],
    parcel: Parcel,
) -> bytes | Wanting:
    """As `_work`, of a parcel: that of a page whose pictures did not come along is asked for again."""
    if parcel.reading is not None:
        return msgspec.msgpack.encode(finish(parcel.reading))
    wanting = Wanting(set(), set())
    source = parcel.source(keep, wanting)
    result = _packed(finish, source.name, lambda: readers.read_source(source, reader))
    return wanting if any(wanting) else result


def _packed(
    finish: Callable[[readers.Reading], msgspec.Struct], name: str, read: Callable[[], readers.Reading]
) -> bytes:
    try:
        return msgspec.msgpack.encode(finish(read()))
    except MemoryError:
        finding = Diagnostic("reading-ended", name, "it needs too much memory")
        return msgspec.msgpack.encode(finish(readers.Reading((), (finding,))))


def _lost(piece: Piece, how: Lost) -> readers.Reading:
    if how.why == "time":
        return readers.Reading((), (Diagnostic("reading-too-long", piece.name),))
    return readers.Reading((), (Diagnostic("reading-ended", piece.name, f"exit code {how.code}"),))


def originals(articles: Iterable[Article], books: Iterable[FileRead]) -> dict[str, Original]:
    """The file behind each article of `read_paths`, by the hash that the article tells as its
    origin's: for one that came out of an archive, or of this program's own JSON, that file."""
    found: dict[str, Original] = {}
    queue = iter(articles)
    for book in books:
        for article in islice(queue, book.articles):
            origin = article.origin
            itself = origin.sha256 == book.sha256
            if itself or origin.sha256 not in found:
                media_type = origin.media_type if itself else kind(book.reader)
                found[origin.sha256] = Original(book.name, media_type, book.sha256, Path(book.path))
    return found


def kind(form: str | None) -> str:
    """The media type of a file that holds others' articles: an archive, or this program's JSON."""
    return archives.TABLE[form][2] if form in archives.TABLE else "application/json"
