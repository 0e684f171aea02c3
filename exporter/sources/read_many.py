"""Paths in, articles out: finds the files, has each read, and records what came of it."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections import Counter, deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

import msgspec

from exporter.diagnostics import Diagnostic, Report
from exporter.editions.options import Original
from exporter.errors import FULL, disk_error, temporary_files
from exporter.model.article import Article
from exporter.progress import SILENT, Progress
from exporter.readers import registry as readers
from exporter.readers.source import MAX_BYTES, Reading
from exporter.sources import archives, files, remote, storage
from exporter.sources.files import Recogniser, SourceFile, nothing_is_own
from exporter.sources.read_one import Answer, Job, Piece, Survey, allowed, as_read, packed
from exporter.sources.reading_workers import MEMORY, Files, Here, lost, reading_pool
from exporter.sources.remote import Stamp
from exporter.sources.remote_payloads import RemotePayload, RemotePayloads, Wanting, pack
from exporter.workers import dask, limits, pool
from exporter.workers.pool import JobFailure, WorkerPool
from exporter.workers.scratch import temporary_folder

WORTH = 2_000_000
"""Bytes from which more than one worker reads. A second goes by until another has loaded what it needs: as
long as one takes for 0.5 MB of Markdown, or 2 MB of web pages."""
IN_WORKERS = True
"""Tests of what is read, not of how, turn it off: all is read in this process then."""
STREAM = 1024**3
"""Bytes of an archive that comes by a pipe: it takes as much of the temporary folder."""
_KILLED = frozenset(
    f"exit code {-number}" for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM))
)


Result = TypeVar("Result", bound=msgspec.Struct)
Taken = TypeVar("Taken", bound=msgspec.Struct, contravariant=True)


class FileRead(msgspec.Struct, frozen=True):
    """What came of one file: ``sha256`` is that of its bytes, if it was read.

    ``words`` counts those of its articles, ``words_left_out`` those that cleaning rules left out of web
    pages, by rule; None and nothing for files whose articles a library has.
    """

    name: str
    path: str
    sha256: str
    reader: str | None
    articles: int
    words: int | None = None
    words_left_out: dict[str, int] = {}


class Incoming:
    """A file that is being read: what it was when it was found, and what has come of it so far."""

    def __init__(self, source: SourceFile, stamp: Stamp) -> None:
        self.source = source
        self.stamp = stamp
        self.sha256 = ""
        self.form: str | None = None
        self.articles = 0
        self.findings: list[Diagnostic] = []
        self.is_own_output = False
        self._words = 0
        self._left_out: Counter[str] = Counter()

    def add_survey(self, survey: Survey) -> None:
        self.sha256, self.form, self.is_own_output = survey.sha256, survey.form, survey.is_own_output
        self.findings += survey.diagnostics

    def add(self, sha256: str, reader: str | None, articles: int, words: int) -> None:
        self.sha256, self.form = self.sha256 or sha256, self.form or reader
        self.articles += articles
        self._words += words

    def add_findings(self, findings: Sequence[Diagnostic]) -> None:
        self._left_out.update(readers.words_left_out(findings))
        self.findings += findings

    @property
    def has_failed(self) -> bool:
        """Whether something in it could not be read for the moment."""
        return any(finding.kind.momentary for finding in self.findings)

    @property
    def record(self) -> FileRead:
        """What came of it."""
        name, path = self.source.name, files.display_path(self.source.path)
        left_out = dict(sorted(self._left_out.items()))
        return FileRead(name, path, self.sha256, self.form, self.articles, self._words, left_out)


class Sink(Protocol[Taken]):
    """What takes the readings of files, in their order: a list, or a library."""

    def begin(self, file: Incoming) -> None: ...

    def add(self, file: Incoming, result: Taken) -> None:
        """Take the reading of a piece of the file, and count it with `Incoming.add`."""
        ...

    def end(self, file: Incoming) -> None: ...


def read_into(
    sink: Sink[Result],
    sources: deque[SourceFile],
    finish: Callable[[Reading], Result],
    kind: type[Result],
    report: Report,
    *,
    reader: str | None,
    rules: frozenset[str],
    workers: int | None,
    scheduler: str | None = None,
    progress: Progress = SILENT,
) -> Generator[Incoming, None, None]:
    """Read files into a sink, which gets what ``finish``, a function that a worker can import, makes of
    each reading; ``kind`` is its type. ``sources`` is emptied as files are read. Gives each file when all
    of it is read. ``rules`` are cleaning rules that are turned off; for the rest see `read_paths`."""
    done, total = 0, len(sources)
    shown = total
    coming: deque[Incoming] = deque()
    progress(0, total)
    with temporary_folder() as folder:

        def pieces() -> Iterator[Piece]:
            while sources:
                source = sources.popleft()
                one, stamp = piece(source, folder)
                coming.append(Incoming(source, stamp))
                yield one

        results = readings(
            pieces(), finish, kind, reader=reader, rules=rules, workers=workers, scheduler=scheduler
        )
        with closing(results):
            for survey, some in results:
                file = coming.popleft()
                file.add_survey(survey)
                report.extend(survey.diagnostics)
                total += len(survey.pieces) - 1
                sink.begin(file)
                for result in some:
                    sink.add(file, result)
                    done, shown = done + 1, total
                    progress(done, shown)
                sink.end(file)
                yield file
        if (done, shown) != (total, total):
            progress(total, total)


def read_paths(
    paths: Iterable[Path],
    report: Report,
    *,
    reader: str | None = None,
    disabled_rules: Collection[str] = (),
    own: bool = False,
    recognise: Recogniser = nothing_is_own,
    workers: int | None = None,
    progress: Progress = SILENT,
) -> tuple[tuple[Article, ...], tuple[FileRead, ...]]:
    """All articles in the files and folders, in a stable order, and what each file gave.

    ``disabled_rules`` are cleaning rules (`readers.rules`) that are turned off. ``own`` reads exporter's
    own output, too, which ``recognise`` knows.
    ``workers`` is how many processes may read, 0 one a core; a little is read by one, which stays for
    the next time. None reads all in this process, without limits of time and memory. The result is the same.
    ``progress`` is given the number of files, and of archives' members, done and their total.
    Raises `InputError` for a path that does not exist, `UsageError` for an unknown name.
    """
    sources = files.find(paths, report, own=own, recognise=recognise)
    return read_found(
        sources, report, reader=reader, disabled_rules=disabled_rules, workers=workers, progress=progress
    )


def read_found(
    sources: Sequence[SourceFile],
    report: Report,
    *,
    reader: str | None = None,
    disabled_rules: Collection[str] = (),
    workers: int | None = None,
    progress: Progress = SILENT,
) -> tuple[tuple[Article, ...], tuple[FileRead, ...]]:
    """As `read_paths`, of files that are found already."""
    if reader is not None:
        readers.get(reader)
    rules = readers.rules_named(disabled_rules)
    sink = _Articles(report)
    files_read = read_into(
        sink,
        deque(sources),
        as_read,
        Reading,
        report,
        reader=reader,
        rules=rules,
        workers=workers,
        progress=progress,
    )
    records = tuple(file.record for file in files_read)
    return tuple(sink.articles), records


class _Articles:
    """The sink of articles into a list."""

    def __init__(self, report: Report) -> None:
        self.articles: list[Article] = []
        self._report = report

    def begin(self, file: Incoming) -> None: ...

    def add(self, file: Incoming, result: Reading) -> None:
        articles = result.articles
        self.articles.extend(articles)
        self._report.extend(result.diagnostics)
        used = articles[0].origin.reader if articles else None
        file.add(result.sha256, used, len(articles), sum(map(readers.count_words, articles)))
        file.add_findings(result.diagnostics)

    def end(self, file: Incoming) -> None: ...


def read_bytes(
    data: bytes,
    name: str,
    report: Report,
    *,
    reader: str | None = None,
    disabled_rules: Collection[str] = (),
    workers: int | None = None,
) -> tuple[Article, ...]:
    """The articles in the bytes of a file."""
    with temporary_folder() as folder:
        path = folder / "bytes"
        with temporary_files():
            path.write_bytes(data)
        source = SourceFile(path, name, path.parent, is_named=True)
        return read_found([source], report, reader=reader, disabled_rules=disabled_rules, workers=workers)[0]


def piece(file: SourceFile, folder: Path) -> tuple[Piece, Stamp]:
    """A file for a worker, by a path that leads to it from anywhere, and as it is now: if it changes while
    it is read, the next run sees that."""
    kept = kept_file(file, folder)
    try:
        stamp = file.stamp or storage.stamp(kept.path)
    except OSError:  # to read it will tell
        stamp = Stamp(0, 0)
    kept = kept._replace(path=kept.path.absolute(), root=_absolute(kept.root))
    return Piece(kept, stamp.size, kept.name), stamp


def _absolute(folder: Path) -> Path:
    return folder if remote.is_remote(folder) else folder.absolute()


def kept_file(file: SourceFile, folder: Path) -> SourceFile:
    """A file to seek in: what comes by standard input or a pipe, or from elsewhere, as one of the folder."""
    if not file.is_stream and not remote.is_remote(file.path):
        return file
    path = folder / hashlib.sha256(os.fsencode(files.display_path(file.path))).hexdigest()
    if not file.is_stream:
        try:
            remote.fetch(file.path, path)
        except OSError as error:  # to read it will tell; half of it would be read as the whole
            path.unlink(missing_ok=True)
            if error.errno in FULL:
                raise disk_error(error, path, folder) from error
            return file._replace(path=path, error=error.errno)
        return file._replace(path=path)
    with temporary_files(), path.open("wb") as kept:
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
    most = STREAM if archives.choose(head, name) else MAX_BYTES
    with temporary_files():
        kept.write(head)
    size = len(head)
    while size <= most and (data := stream.read(1 << 20)):
        with temporary_files():
            kept.write(data)
        size += len(data)
    if size > most:
        kept.truncate(0)
        kept.truncate(size)


def readings(
    pieces: Iterable[Piece],
    finish: Callable[[Reading], Result],
    kind: type[Result],
    *,
    reader: str | None,
    rules: frozenset[str],
    workers: int | None,
    scheduler: str | None = None,
) -> Generator[tuple[Survey, Iterator[Result]], None, None]:
    """Of each file, in their order, what is in it, and what ``finish``, a function that a worker can
    import, makes of the reading of each piece; ``kind_`` is its type. Files are drawn as they can be read.
    ``workers`` and ``scheduler``: see `read_paths`."""
    job = Job((), finish, reader, rules)
    if workers is None or not IN_WORKERS:
        yield from Files(pieces, finish, kind, job).read(Here())
        return
    with reading_pool() as workers_:
        if scheduler:
            yield from _readings_afar(pieces, finish, kind, job, scheduler, workers_)
        else:
            most = workers or pool.cores()
            yield from Files(pieces, finish, kind, job, workers=most, worth=WORTH).read(workers_)


def _readings_afar(
    files: Iterable[Piece],
    finish: Callable[[Reading], Result],
    kind: type[Result],
    job: Job,
    scheduler: str,
    workers: WorkerPool[Job, tuple[Answer, ...]],
) -> Iterator[tuple[Survey, Iterator[Result]]]:
    surveys = [survey for survey, _ in Files(files, finish, kind, job, looks_only=True).read(workers)]
    pieces = [piece for survey in surveys for piece in survey.pieces]
    results = _afar(pieces, finish, kind, job, scheduler, workers)
    for survey in surveys:
        yield survey, islice(results, len(survey.pieces))


def _afar(
    pieces: Sequence[Piece],
    finish: Callable[[Reading], Result],
    kind: type[Result],
    job: Job,
    scheduler: str,
    workers: WorkerPool[Job, tuple[Answer, ...]],
) -> Iterator[Result]:
    if not pieces:
        return
    decode = msgspec.msgpack.Decoder(kind).decode
    packer = WorkerPool(pack, 1, MEMORY)
    payloads = RemotePayloads(pieces, packer)
    work = partial(_unpacked, job.reader, job.disabled_rules, finish)
    there = dask.WorkerPool(work, scheduler, MEMORY, dask.pack())
    try:
        results = there.do(payloads, lambda parcel: allowed(len(parcel.data)).seconds, payloads.fuller)
        for piece, result in zip(pieces, pool.in_order(results), strict=True):
            if isinstance(result, JobFailure):
                yield finish(lost(piece, result))
            elif isinstance(result, Wanting):  # and again and again
                for _, here in Files([piece], finish, kind, job).read(workers):
                    yield from here
            else:
                yield decode(result)
    finally:
        there.close()
        packer.close()


def _unpacked(
    reader: str | None,
    rules: frozenset[str],
    finish: Callable[[Reading], msgspec.Struct],
    parcel: RemotePayload,
) -> bytes | Wanting:
    """In a worker elsewhere: that of a page whose pictures did not come along is asked for again."""
    if parcel.reading is not None:
        return msgspec.msgpack.encode(finish(parcel.reading))
    limits.allow(allowed(len(parcel.data)))
    wanting = Wanting(set(), set())
    source = parcel.source(rules, wanting)
    result = packed(finish, source.name, lambda: readers.read_source(source, reader))
    return wanting if any(wanting) else result


def is_by_itself(finding: Diagnostic) -> bool:
    """Whether a finding that is momentary may be by the file, and not by the machine or whoever ended the
    process."""
    return finding.id != "reading-interrupted" and finding.detail not in _KILLED


def originals(articles: Iterable[Article], books: Iterable[FileRead]) -> dict[str, Original]:
    """The file behind each article of `read_paths`, by the hash that the article names as its
    origin's: for one that came out of an archive, or of this program's own JSON, that file."""
    by_hash: dict[str, Original] = {}
    queue = iter(articles)
    for book in books:
        for article in islice(queue, book.articles):
            origin = article.origin
            itself = origin.sha256 == book.sha256
            if itself or origin.sha256 not in by_hash:
                media_type = origin.media_type if itself else kind(book.reader)
                by_hash[origin.sha256] = Original(book.name, media_type, book.sha256, Path(book.path))
    return by_hash


def kind(form: str | None) -> str:
    """The media type of a file that holds others' articles: an archive, or this program's JSON."""
    return archives.TABLE[form][2] if form in archives.TABLE else "application/json"
