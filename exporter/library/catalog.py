"""The library as its users see it: files kept, articles asked for."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import msgspec

from exporter.diagnostics import Diagnostic, Report
from exporter.editions.selection import Excluded, Selected, Selection
from exporter.errors import ExporterError
from exporter.library import _loading, _migration, _queries, _store, maintenance, stats, text_search
from exporter.library._bloom_filter import FEW, WORTH, BloomFilter
from exporter.library._database import WAIT, Database
from exporter.library._groups import MARKS, Groups
from exporter.library._queries import Line
from exporter.library._removals import Removals, Replaced
from exporter.library._store import COMING, Store
from exporter.library.images import ImageStore
from exporter.library.index_row import IndexRow, card
from exporter.model.article import Article
from exporter.model.dates import Window
from exporter.sources import remote
from exporter.workers.scratch import temporary_folder


class Known(msgspec.Struct, frozen=True, gc=False):
    """What the library knows of a file that it keeps the articles of: bytes, nanoseconds, and the
    manner in which it was read; ``whole`` says that all of it is in."""

    id: int
    name: str
    size: int
    mtime: int
    sha256: str
    form: str | None
    manner: str
    whole: bool
    articles: int
    findings: tuple[Diagnostic, ...] = ()


class OriginFile(msgspec.Struct, frozen=True, gc=False):
    """A file that articles were read from."""

    path: Path
    name: str
    sha256: str
    form: str | None


class Snapshot(msgspec.Struct, frozen=True, gc=False):
    """What a selection gives, by hashes: equal outlines make equal editions."""

    articles: tuple[str, ...]
    briefs: tuple[str, ...]


class Hit(msgspec.Struct, frozen=True, gc=False):
    """An article found by its words, and where these stand in it; ``leader`` as of a `Line`."""

    id: int
    article: Article
    excerpt: str
    leader: int


class Library:
    """Articles in a folder. Close it after use; it is its own context manager."""

    def __init__(
        self, folder: Path | None, *, create: bool = True, lasting: bool = True, wait: float = WAIT
    ) -> None:
        """Open the library in ``folder``, or make one there; without a folder, in memory.

        ``wait`` is how many seconds to wait for other processes that write. A library of an earlier
        version is migrated, and ``backup_made`` is the copy of what it was. A library whose files cannot
        be written is opened read-only. Raises `InputError` for anything that is not a library, or for a
        newer version of one, and `OutputError`."""
        self.folder = folder
        self.database = Database(folder, create=create, lasting=lasting, wait=wait)
        try:
            self.backup_made = _migration.bring_up_to_date(self.database)
        except BaseException:
            self.database.close()
            raise
        self.images = ImageStore(folder and folder / "images")
        self._recent: dict[bytes, int] = {}
        self._known_keys: BloomFilter | None = None
        self._replaced: dict[int, Replaced] = {}

    @classmethod
    @contextmanager
    def temporary(cls) -> Iterator[Library]:
        """A library for one run."""
        with temporary_folder() as folder, cls(folder, lasting=False) as it:
            yield it

    @classmethod
    @contextmanager
    def holding(cls, articles: Iterable[Article]) -> Iterator[Library]:
        """A library in memory; its articles are numbered from 1, in the order given."""
        with cls(None, lasting=False) as library:
            with library.filing() as filing:
                file = filing.begin(b"", "", 0, 0, "")
                filing.add(file, map(_row, count(1), articles))
                filing.end(file, "", None, ())
            yield library

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    # -- Files and their articles ------------------------------------------------------

    def known(self) -> dict[bytes, Known]:
        """All files that it keeps the articles of, by their path in the system's bytes."""
        with self.database.reading() as db:
            rows = db.execute(
                "SELECT path, id, name, size, mtime, sha256, form, manner, whole,"
                " (SELECT count(*) FROM article WHERE file = file.id), findings FROM file"
            ).fetchall()
        decode = msgspec.msgpack.Decoder(tuple[Diagnostic, ...]).decode
        return {
            path: Known(id, name, size, mtime, sha256, form, manner, bool(whole), articles, decode(findings))
            for path, id, name, size, mtime, sha256, form, manner, whole, articles, findings in rows
        }

    def touch(self, times: Mapping[int, int]) -> None:
        """Note the new times of files, by their numbers, where the content is the same."""
        with self.database.writing() as db:
            db.executemany("UPDATE file SET mtime = ? WHERE id = ?", [(t, id) for id, t in times.items()])

    def expect(self, articles: int) -> None:
        """Get ready for about so many articles: what they have in common with those that are here is
        found with less looking, if they are many."""
        if articles < FEW:
            return
        with self.database.reading() as db:
            marks = sum(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in MARKS)
            if marks <= articles * WORTH:
                self._known_keys = BloomFilter(db)

    @contextmanager
    def filing(self, *, restore: bool = False) -> Iterator[Store]:
        """One transaction of filing: all of it is kept, or nothing. ``restore`` takes articles back that
        were removed."""
        with self.database.writing() as db:
            if self._known_keys and not self._known_keys.is_true:
                self._known_keys = None
            filing = Store(
                db,
                self.images,
                self._recent,
                self._known_keys,
                self._replaced,
                restore=restore,
                check=self.database.check,
            )
            yield filing
            filing.finish()

    def stop(self) -> None:
        """Let a transaction that another thread is at end with `Interrupted`, undone."""
        self.database.stop()

    def resume(self) -> None:
        """Undo `stop`."""
        self.database.resume()

    def cards(self, file: int) -> list[IndexRow]:
        """The articles of a file, in their order, as rows."""
        with self.database.reading() as db:
            query = "SELECT id, own FROM article WHERE file = ? ORDER BY id"
            own = {id: bool(own) for id, own in db.execute(query, (file,))}
            articles = _loading.articles(db, list(own), self.images, merge=False)
        return [card(article, own=own) for article, own in zip(articles, own.values(), strict=True)]

    def origins(self, hashes: Collection[str]) -> dict[str, OriginFile]:
        """The files that hold what articles were read from, by the hash that the articles tell
        (`Origin.sha256`): that file itself, or the archive that it stands in."""
        by_hash: dict[str, OriginFile] = {}
        with self.database.reading() as db:
            for hash in hashes:
                rows = db.execute(
                    "SELECT file.path, file.name, file.sha256, file.form FROM article JOIN file"
                    " ON file.id = article.file WHERE article.origin = ? ORDER BY file.sha256 <> ?, file.id",
                    (hash, hash),
                )
                if row := rows.fetchone():
                    by_hash[hash] = OriginFile(_placed(os.fsdecode(row[0].removesuffix(COMING))), *row[1:])
        return by_hash

    # -- Asking ------------------------------------------------------------------------

    def ids(self, selection: Selection) -> list[int]:
        """The numbers of the articles in the selection, each once, by day. Raises `UsageError`
        where a source is named that no article has."""
        with self.database.reading() as db:
            stats.check_sources(db, selection.sources)
            return _queries.ids(db, selection)

    def select(self, selection: Selection | None = None, report: Report | None = None) -> Selected:
        """The articles and briefs that the selection asks for, each once, with their images.
        Raises `UsageError` as `ids` does."""
        selection = selection or Selection()
        with self.database.reading() as db:
            articles = _loading.articles(db, self.ids(selection), self.images, report, merge=selection.merge)
            briefs = [teaser for teaser, _ in _queries.briefs(db, selection)]
        return Selected(tuple(map(selection.in_zone, articles)), tuple(briefs))

    def snapshot(self, selection: Selection) -> Snapshot:
        """What `select` would give, by hashes, without unpacking the articles."""
        with self.database.reading() as db:
            articles = _loading.digests(db, self.ids(selection), merge=selection.merge)
            briefs = [digest.hex() for _, digest in _queries.briefs(db, selection)]
        return Snapshot(tuple(articles), tuple(sorted(briefs)))

    def span(self, selection: Selection) -> Window | None:
        """The first and the last day of what is dated in the selection; None where nothing is."""
        with self.database.reading() as db:
            return _queries.span(db, selection)

    def excluded(
        self, selection: Selection, report: Report | None = None, *, all: bool = True
    ) -> list[Excluded]:
        """Every article that is not in the selection, and why; duplicates and undated ones are added to
        ``report``. If not ``all``, only articles without a date, and copies of what is in the selection."""
        with self.database.reading() as db:
            excluded = _queries.excluded(db, selection, all=all)
        report = report if report is not None else Report()
        for item in excluded:
            if item.reason == "undated":
                report.add("undated-left-out", item.where, item.title)
            elif item.reason == "duplicate":
                report.add("duplicate", item.where, item.described)
        return excluded

    def search(self, selection: Selection, limit: int = 20) -> tuple[int, list[Hit]]:
        """How many articles have the selection's words, and the latest of them with the place
        where they stand."""
        with self.database.reading() as db:
            stats.check_sources(db, selection.sources)
            count, latest = _queries.latest(db, selection, limit)
            articles = _loading.articles(db, latest, self.images, merge=selection.merge)
            lines = _queries.lines(db, latest)
        return count, [
            Hit(line.id, article, text_search.excerpt(article, selection.words), line.leader)
            for line, article in zip(lines, articles, strict=True)
        ]

    def vague(self, selection: Selection) -> list[Line]:
        """Those in the selection whose date is not a day, or that have none."""
        with self.database.reading() as db:
            return _queries.lines(db, self.ids(selection), "first IS NULL OR first <> last")

    def lines(self, selection: Selection) -> list[Line]:
        """The articles in the selection in few words, without unpacking them, by day."""
        with self.database.reading() as db:
            return _queries.lines(db, self.ids(selection))

    def versions(self, id: int) -> list[Line]:
        """An article with its copies and former versions, the one that leads first; empty where there
        is none of that number."""
        with self.database.reading() as db:
            return _queries.lines(db, _queries.versions(db, id))

    def get(self, id: int) -> Article | None:
        """The article of that number."""
        with self.database.reading() as db:
            if not db.execute("SELECT 1 FROM article WHERE id = ?", (id,)).fetchone():
                return None
            return _loading.articles(db, [id], self.images)[0]

    def sources(self) -> list[stats.Source]:
        """Each source with its number of articles and the days that they span."""
        with self.database.reading() as db:
            return stats.sources(db)

    def stats(self) -> stats.Stats:
        """Numbers of what it holds."""
        with self.database.reading() as db:
            return stats.stats(db, self.images)

    # -- Care --------------------------------------------------------------------------

    def remove(self, ids: Collection[int]) -> int:
        """Take articles out, with their former versions and with copies of the same text and source;
        gives the number of ``ids``. Their files are not touched; an import leaves out what was removed."""
        with self.database.writing() as db:
            known = [id for id in ids if db.execute("SELECT 1 FROM article WHERE id = ?", (id,)).fetchone()]
            groups = Groups(db, self.database.check)
            gone = _store.remove(db, _queries.with_versions(db, known), groups, self.database.check)
            Removals(db).add(gone)
            groups.regroup()
        return len(known)

    def vacuum(self) -> None:
        """Give space back that nothing uses, and put the full text in order."""
        maintenance.vacuum(self.database, self.images)

    def backup(self, folder: Path) -> None:
        """A copy of the library as it is now into an empty folder, whole or not at all. Raises
        `OutputError`."""
        maintenance.backup(self.database, self.images, folder)

    def check(self) -> list[str]:
        """What is wrong with it, in words; empty where all is well."""
        return maintenance.check(self.database, self.images)

    def merge(self, other: Library) -> int:
        """Add what another library has and this one does not, by the content of files.

        Returns the number of articles added."""
        ours = self.known()
        hashes = {known.sha256 for known in ours.values() if known.whole}
        added = 0
        for path, known in sorted(other.known().items(), key=lambda item: item[1].id):
            if not known.whole or known.sha256 in hashes:
                continue
            rows = other.cards(known.id)
            if path in ours:  # another machine's file of that path: both are kept
                path = b"%s#%s" % (path, known.sha256[:12].encode())
            with self.filing() as filing:
                file = filing.begin(path, known.name, known.size, known.mtime, known.manner)
                filing.add(file, rows)
                filing.end(file, known.sha256, known.form, known.findings)
            added += len(rows) - sum(note.id == "removed-left-out" for note in filing.notes)
        return added


def _row(number: int, article: Article) -> IndexRow:
    """The row of an article available; one that comes from no file has an origin of its own."""
    row = card(article)
    return row if row.origin else msgspec.structs.replace(row, origin=str(number))


def _placed(path: str) -> Path:
    """The path of a file that was read once. One at an address that is not taken any more, or that cannot
    be reached, is a path of nothing: reading it reports why."""
    try:
        return remote.place(path)
    except ExporterError:
        return Path(path)


def select(
    articles: Iterable[Article], selection: Selection | None = None, report: Report | None = None
) -> Selected:
    """The articles and briefs that the selection asks for, each once, by day, as a library selects them.

    Of copies, the best is taken and lists the others in ``also``. A listing gives its briefs alone. What
    is excluded is in ``Selected.excluded``; duplicates and undated articles are also added to ``report``.
    Raises `UsageError` for a source that no article has.
    """
    selection = selection or Selection()
    given = tuple(articles)
    with Library.holding(given) as library, library.database.reading() as db:
        ids = library.ids(selection)
        also = _loading.copies(db, ids) if selection.merge else {}
        chosen = [msgspec.structs.replace(given[id - 1], also=also.get(id, given[id - 1].also)) for id in ids]
        briefs = [teaser for teaser, _ in _queries.briefs(db, selection)]
        return Selected(
            tuple(map(selection.in_zone, chosen)), tuple(briefs), tuple(library.excluded(selection, report))
        )
