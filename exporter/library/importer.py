"""Paths into a library: what is new or changed is read, by all cores, and filed; the rest is left.

A file that the library knows by path, size and time, or else by the hash of its bytes, and that was
read in the same manner (version, reader, rules), is not read again. Articles are filed some
hundred at a time, each time whole: a run that is ended leaves what it had, and the next goes on.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec

from exporter.backends import registry as backends
from exporter.diagnostics import Diagnostic, Report
from exporter.editions.options import Original
from exporter.library import Known, Library, Note, Store
from exporter.library.index_row import IndexedReading, IndexRow, indexed_reading
from exporter.model.article import Article
from exporter.progress import SILENT, Progress
from exporter.readers import registry as readers
from exporter.sources import files, read_many, remote, storage
from exporter.sources.files import SourceFile
from exporter.sources.read_many import FileRead
from exporter.sources.read_one import Piece, Survey
from exporter.sources.remote import Stamp
from exporter.version import __version__
from exporter.workers.scratch import temporary_folder

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
    keep: Collection[str] = (),
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
    kept = readers.rules_named(keep)
    manner = _manner(reader, kept, own)
    sources = files.find(paths, report, own=own, recognise=backends.is_own_output)
    stored = {} if again or restore else library.known()
    with temporary_folder() as folder:
        left: deque[tuple[int, SourceFile]] = deque()
        books: dict[int, FileRead] = {}
        times: dict[int, int] = {}
        failed_before: dict[int, Known] = {}
        for number, file in enumerate(sources):
            before = stored.get(_key(file))
            known = _unchanged(file, before, manner, times)
            if before and before.findings and not before.whole and before.manner == manner:
                failed_before[number] = before
            if known:
                report.extend(known.findings)
                path = files.display_path(file.path)
                books[number] = FileRead(file.name, path, known.sha256, known.form, known.articles)
            else:
                left.append((number, file))
        if times:
            library.touch(times)
        everything, count = len(sources), len(left)
        del sources, stored  # of a hundred thousand files that is much
        progress(0, count)
        library.expect(count)
        coming: deque[tuple[int, _File]] = deque()

        def pieces() -> Iterator[Piece]:
            while left:
                number, file = left.popleft()
                piece, stamp = read_many.piece(file, folder)
                coming.append((number, _File(file, stamp)))
                yield piece

        results = read_many.readings(
            pieces(),
            indexed_reading,
            IndexedReading,
            reader=reader,
            keep=kept,
            workers=workers,
            scheduler=scheduler,
        )
        with _Writer(library, manner, restore) as writer, closing(results):
            done, total, failed, outputs = 0, count, 0, 0
            for survey, readings_ in results:
                number, came = coming.popleft()
                came.add_survey(survey)
                outputs += survey.is_own_output
                report.extend(survey.diagnostics)
                total += len(survey.pieces) - 1
                writer.begin(came)
                for result in readings_:
                    writer.add(result)
                    report.extend(result.diagnostics)
                    progress(done := done + 1, total)
                books[number] = writer.end()
                failed += came.has_failed and not came.fails_as(failed_before.get(number))
            progress(total, total)
            writer.flush()
            writer.wait()
        for note in writer.notes:
            report.add(*note)
    return ImportResult(
        tuple(books[number] for number in range(everything)),
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

    def __init__(self, library: Library, manner: str, restore: bool) -> None:
        self._library = library
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

    def begin(self, file: _File) -> None:
        self._waiting.append(file)

    def add(self, result: IndexedReading) -> None:
        file = self._waiting[-1]
        file.take(result)
        self._rows += len(result.cards)
        self.articles += sum(not card.listing for card in result.cards)
        self._bulk += sum(len(c.pack) + sum(len(i.data) for i in c.images) for c in result.cards)
        if self._rows >= AT_ONCE or self._bulk >= BULK:
            self.flush()

    def end(self) -> FileRead:
        file = self._waiting[-1]
        file.is_whole = True
        return file.book

    def flush(self) -> None:
        """File what is at hand; a file that more is to come of stays open."""
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
    """A file on its way into the library; what it was when it was found, and what came of it so far."""

    def __init__(self, source: SourceFile, stamp: Stamp) -> None:
        self.sha256 = ""
        self.articles = 0
        self.is_whole = False
        self._source = source
        self._size, self._mtime = stamp
        self._form: str | None = None
        self._words = 0
        self._left_out: Counter[str] = Counter()
        self._cards: list[IndexRow] = []
        self._findings: list[Diagnostic] = []
        self._id: int | None = None

    def add_survey(self, survey: Survey) -> None:
        self.sha256, self._form = survey.sha256, survey.form
        self._findings += survey.diagnostics

    def take(self, result: IndexedReading) -> None:
        self.sha256 = self.sha256 or result.sha256
        self.articles += len(result.cards)
        self._words += result.words
        self._left_out.update(readers.words_left_out(result.diagnostics))
        self._form = self._form or result.reader
        self._cards += result.cards
        self._findings += result.diagnostics

    def taken_out(self) -> list[IndexRow]:
        """The cards that have come since the last time."""
        cards, self._cards = self._cards, []
        return cards

    def put(self, filing: Store, manner: str, cards: Sequence[IndexRow], is_last: bool) -> None:
        if not self.sha256 and (not self.has_failed or self._source.is_stream):
            return  # it could not be read: what the library has of it stays, and it is tried again
        if self._id is None:
            at_once = is_last and not self.has_failed
            self._id = filing.begin(
                self._key(), self._source.name, self._size, self._mtime, manner, at_once=at_once
            )
        filing.add(self._id, cards)
        if is_last and self.has_failed:
            filing.leave(self._id, self._findings)
        elif is_last:
            filing.end(self._id, self.sha256, self._form, self._findings)

    @property
    def has_failed(self) -> bool:
        """Whether something in it could not be read for the moment."""
        return any(finding.kind.momentary for finding in self._findings)

    def fails_as(self, before: Known | None) -> bool:
        """Whether it fails by what is in it, as it did the last time: it is too much to read, or ends who
        reads it."""
        return (
            before is not None
            and (before.size, before.mtime) == (self._size, self._mtime)
            and all(
                finding in before.findings and read_many.is_by_itself(finding)
                for finding in self._findings
                if finding.kind.momentary
            )
        )

    def _key(self) -> bytes:
        if self._source.is_stream:  # what comes that way has no name to be replaced by
            return b"-" + bytes.fromhex(self.sha256)
        return _key(self._source)

    @property
    def book(self) -> FileRead:
        name, path = self._source.name, files.display_path(self._source.path)
        left_out = dict(sorted(self._left_out.items()))
        return FileRead(name, path, self.sha256, self._form, self.articles, self._words, left_out)


def originals(library: Library, articles: Iterable[Article]) -> dict[str, Original]:
    """The file behind each article, by the hash that the article tells as its origin's."""
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
