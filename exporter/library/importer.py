"""Paths into a library: what is new or changed is read, by all cores, and filed; the rest is left.

A file that the library knows by path, size and time, or else by the hash of its bytes, and that was
read in the same manner (version, reader, rules), is not read again. Articles are filed some
hundred at a time, each time whole: a run that is ended leaves what it had, and the next goes on.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec

from exporter.backends import registry as backends
from exporter.diagnostics import Report
from exporter.editions.options import Original
from exporter.library import Known, Library, Note, Store
from exporter.library.index_row import IndexedReading, IndexRow, indexed_reading
from exporter.model.article import Article
from exporter.progress import SILENT, Progress
from exporter.readers import registry as readers
from exporter.sources import files, read_many, remote, storage
from exporter.sources.files import SourceFile
from exporter.sources.read_many import FileRead, Incoming
from exporter.version import __version__

AT_ONCE, BULK = 500, 16_000_000
"""Articles, or bytes of articles and images, that are filed in one transaction."""


class ImportResult(msgspec.Struct, frozen=True):
    """What an import did: the book of each file, in order, and how many articles are new in the
    library, of how many files; ``unchanged`` files were left as they are. ``notes`` tell of articles that
    were corrected, or removed before and left out. ``failed`` could not be read for the moment; one that has
    failed in the same way before, and has not changed since, is not among them: it will go on failing."""

    books: tuple[FileRead, ...]
    articles: int
    files: int
    unchanged: int
    notes: tuple[Note, ...] = ()
    failed: int = 0


def import_files(
    library: Library,
    paths: Iterable[Path],
    report: Report,
    *,
    reader: str | None = None,
    disabled_rules: Collection[str] = (),
    own: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    again: bool = False,
    restore: bool = False,
    progress: Progress = SILENT,
) -> ImportResult:
    """Import files and folders. ``again`` reads unchanged files, too; ``restore`` as well, and takes
    articles back that were removed from the library; ``scheduler`` is the address of
    a Dask cluster that reads; for the rest see `exporter.sources.read_many.read_paths`. Raises `InputError`,
    `OutputError`, `UsageError`."""
    if reader is not None:
        readers.get(reader)
    rules = readers.rules_named(disabled_rules)
    manner = _manner(reader, rules, own)
    sources = files.find(paths, report, own=own, recognise=backends.is_own_output)
    stored = {} if again or restore else library.known()
    left: deque[SourceFile] = deque()
    numbers: list[int] = []
    records: dict[int, FileRead] = {}
    times: dict[int, int] = {}
    failed_before: dict[int, Known] = {}
    for number, source in enumerate(sources):
        before = stored.get(_key(source))
        known = _unchanged(source, before, manner, times)
        if before and before.findings and not before.whole and before.manner == manner:
            failed_before[number] = before
        if known:
            report.extend(known.findings)
            path = files.display_path(source.path)
            records[number] = FileRead(source.name, path, known.sha256, known.form, known.articles)
        else:
            left.append(source)
            numbers.append(number)
    if times:
        library.touch(times)
    everything, count = len(sources), len(left)
    del sources, stored  # of a hundred thousand files that is much
    library.expect(count)
    failed = outputs = 0
    with _Writer(library, manner, restore, report) as writer:
        files_read = read_many.read_into(
            writer,
            left,
            indexed_reading,
            IndexedReading,
            report,
            reader=reader,
            rules=rules,
            workers=workers,
            scheduler=scheduler,
            progress=progress,
        )
        with closing(files_read):
            for number, file in zip(numbers, files_read, strict=True):
                records[number] = file.record
                outputs += file.is_own_output
                failed += file.has_failed and not _fails_as(file, failed_before.get(number))
        writer.flush()
        writer.wait()
    for note in writer.notes:
        report.add(*note)
    return ImportResult(
        tuple(records[number] for number in range(everything)),
        writer.articles - sum(note.id == "removed-left-out" for note in writer.notes),
        count - outputs,
        everything - count,
        tuple(writer.notes),
        failed,
    )


def _manner(reader: str | None, keep: frozenset[str], own: bool) -> str:
    """How files are read: another manner may give other articles."""
    return "\n".join((__version__, reader or "", *sorted(keep), *(["--own"] if own else [])))


def _key(file: SourceFile) -> bytes:
    """The path under which the library keeps a file; links lead to one of them."""
    if remote.is_remote(file.path):
        return remote.address(file.path).encode()
    return os.fsencode(files.real(file.path))


def _unchanged(file: SourceFile, known: Known | None, manner: str, times: dict[int, int]) -> Known | None:
    """What is known of the file, if that is still so; its time, if that alone is new, joins ``times``."""
    if known is None or not known.whole or known.manner != manner or file.is_stream:
        return None
    if file.stamp:
        return known if file.stamp == (known.size, known.mtime) else None
    try:
        status = file.path.stat()
        if status.st_size != known.size:
            return None
        if status.st_mtime_ns != known.mtime:
            if storage.sha256(file.path) != known.sha256:
                return None
            times[known.id] = status.st_mtime_ns
    except OSError:  # to read it will tell
        return None
    return known


class _Writer:
    """Gathers what was read until it is worth a transaction, and files it in a thread of its own: that
    the workers do not wait meanwhile."""

    def __init__(self, library: Library, manner: str, restore: bool, report: Report) -> None:
        self._library = library
        self._report = report
        self._manner = manner
        self._restore = restore
        self._waiting: list[_File] = []
        self._rows = self._bulk = 0
        self._clerk = ThreadPoolExecutor(1)
        self._filing: Future[None] | None = None
        self.articles = 0
        self.notes: list[Note] = []

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # Whatever else has ended the run: what is being filed is filed. But who says stop does not wait.
        stopped = kind is not None and not issubclass(kind, Exception)
        if stopped:
            self._library.stop()
        self._clerk.shutdown(cancel_futures=True)
        if stopped:
            self._library.resume()

    def begin(self, file: Incoming) -> None:
        self._waiting.append(_File(file))

    def add(self, file: Incoming, result: IndexedReading) -> None:
        self._report.extend(result.diagnostics)
        file.add(result.sha256, result.reader, len(result.cards), result.words)
        file.add_findings(result.diagnostics)
        self._waiting[-1].rows += result.cards
        self._rows += len(result.cards)
        self.articles += sum(not card.listing for card in result.cards)
        self._bulk += sum(len(c.pack) + sum(len(i.data) for i in c.images) for c in result.cards)
        if self._rows >= AT_ONCE or self._bulk >= BULK:
            self.flush()

    def end(self, file: Incoming) -> None:
        assert self._waiting[-1].file is file
        self._waiting[-1].is_whole = True

    def flush(self) -> None:
        """File what is available; a file that more is to come of stays open."""
        self.wait()
        batch = [(file, file.taken_out(), file.is_whole) for file in self._waiting]
        self._filing = self._clerk.submit(self._file, batch)
        self._waiting = [file for file in self._waiting if not file.is_whole]
        self._rows = self._bulk = 0

    def wait(self) -> None:
        """See that all is filed. Raises what went wrong with it."""
        if self._filing:
            self._filing.result()

    def _file(self, batch: Sequence[tuple[_File, list[IndexRow], bool]]) -> None:
        with self._library.filing(restore=self._restore) as filing:
            for file, cards, is_last in batch:
                file.put(filing, self._manner, cards, is_last)
        self.notes += filing.notes


class _File:
    """A file on its way into the library, and the rows of it that are not stored yet."""

    def __init__(self, file: Incoming) -> None:
        self.file = file
        self.is_whole = False
        self.rows: list[IndexRow] = []
        self._id: int | None = None

    def taken_out(self) -> list[IndexRow]:
        """The rows that have come since the last time."""
        rows, self.rows = self.rows, []
        return rows

    def put(self, store: Store, manner: str, rows: Sequence[IndexRow], is_last: bool) -> None:
        file, source = self.file, self.file.source
        if not file.sha256 and (not file.has_failed or source.is_stream):
            return  # it could not be read: what the library has of it stays, and it is tried again
        if self._id is None:
            at_once = is_last and not file.has_failed
            # What comes as a stream has no name to be replaced by.
            key = b"-" + bytes.fromhex(file.sha256) if source.is_stream else _key(source)
            self._id = store.begin(key, source.name, *file.stamp, manner, at_once=at_once)
        store.add(self._id, rows)
        if is_last and file.has_failed:
            store.leave(self._id, file.findings)
        elif is_last:
            store.end(self._id, file.sha256, file.form, file.findings)


def _fails_as(file: Incoming, before: Known | None) -> bool:
    """Whether a file fails by what is in it, as it did the last time: it is too much to read, or ends the
    process that reads it."""
    return (
        before is not None
        and (before.size, before.mtime) == file.stamp
        and all(
            finding in before.findings and read_many.is_by_itself(finding)
            for finding in file.findings
            if finding.kind.momentary
        )
    )


def originals(library: Library, articles: Iterable[Article]) -> dict[str, Original]:
    """The file behind each article, by the hash that the article names as its origin's."""
    kinds = {article.origin.sha256: article.origin.media_type for article in articles}
    return {
        hash: Original(
            stored.name,
            kinds[hash] if stored.sha256 == hash else read_many.kind(stored.form),
            stored.sha256,
            stored.path,
        )
        for hash, stored in library.origins(kinds).items()
    }
