"""Cards into the tables, and out of them again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from exporter.diagnostics import Diagnostic
from exporter.library._bloom_filter import BloomFilter
from exporter.library._groups import MARKS, Groups, gather
from exporter.library._removals import Removals, Replaced
from exporter.library.images import ImageStore
from exporter.library.index_row import IndexRow, TeaserRow, card
from exporter.model.article import Article
from exporter.model.build import folded

_RECENT = 20_000
COMING = b"\0coming"
"""What the path of a file ends with while not all of it is in, if it was kept before; no path of a system
has a byte of 0."""

Row = TypeVar("Row")


class Note(NamedTuple):
    """What filing did with an article that the user should know: the id of a diagnostic, the name of
    what it was read from, and the detail."""

    id: str
    where: str
    detail: str


class Store:
    """A transaction in which files and the rows of their articles are kept; `finish` comes last.

    Full text is put in at the end, all at once: what FTS5 has gathered in memory goes into a segment of
    its own, to be merged with others later, as soon as another table's statement needs a savepoint.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        images: ImageStore,
        recent: dict[bytes, int],
        bloom_filter: BloomFilter | None,
        replaced: dict[int, Replaced],
        *,
        restore: bool = False,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """``recent`` are teasers met before, by their hashes: they are likely to be met again;
        ``replaced`` what files held before, while they come in. ``restore`` takes articles back that
        were removed. ``check`` is called now and then, and raises what should end the work."""
        self._db = db
        self._images = images
        self._recent = recent
        self._known_keys = bloom_filter
        self._replaced = replaced
        self._restore = restore
        self._check = check
        self._removals = Removals(db)
        self._copies = Groups(db, check)
        self._texts: list[tuple[int, IndexRow]] = []
        self.notes: list[Note] = []

    def begin(
        self, path: bytes, name: str, size: int, mtime: int, manner: str, *, at_once: bool = False
    ) -> int:
        """A file whose articles follow, in this transaction or later ones. What was kept of it before stays
        until its `end`, or goes now, if all that follows comes ``at_once``. Gives its number."""
        before = self._at(path)
        replaced = None
        if at_once:
            replaced = self.forget(path)
        elif before is not None:
            replaced = Replaced(self._cards(before))
            path += COMING
            self.forget(path)  # of an import that was cut short
        id = self._db.execute(
            "INSERT INTO file (path, name, size, mtime, sha256, form, manner, whole, findings)"
            " VALUES (?, ?, ?, ?, '', NULL, ?, 0, x'90')",
            (path, name, size, mtime, manner),
        ).lastrowid
        assert id is not None
        if replaced:
            self._replaced[id] = replaced
        return id

    def add(self, file: int, cards: Iterable[IndexRow]) -> None:
        """Articles of the file, but those that were removed before. Raises `OutputError` where their
        images cannot be kept."""
        replaced = self._replaced.get(file)
        for each in cards:
            self._check()
            was_here = replaced.had(each) if replaced else None
            if self._removals and was_here is None and not each.listing:
                if self._restore:
                    self._removals.restore(each)
                elif self._removals.holds(each):
                    self.notes.append(Note("removed-left-out", each.name, each.title))
                    continue
            if was_here:
                self._removals.replaced(was_here)
            self._images.keep(each.images)
            id = _add(self._db, file, each, self._recent)
            self._texts.append((id, each))
            if self._known_keys is None:
                self._copies.settle(id, each, each.marks)
            else:
                self._copies.settle(id, each, self._known_keys.passed(each.marks))
                self._known_keys.add(each.marks)

    def end(self, file: int, sha256: str, form: str | None, findings: Sequence[Diagnostic]) -> None:
        """All of the file is in: what was kept of it before goes."""
        self._replaced.pop(file, None)
        path = self._path(file)
        if path.endswith(COMING):
            path = path.removesuffix(COMING)
            self.forget(path)
            self._db.execute("UPDATE file SET path = ? WHERE id = ?", (path, file))
        self._db.execute(
            "UPDATE file SET sha256 = ?, form = ?, whole = 1, findings = ? WHERE id = ?",
            (sha256, form, msgspec.msgpack.encode(findings), file),
        )

    def leave(self, file: int, findings: Sequence[Diagnostic]) -> None:
        """The file could not be read to its end for the moment: what has come of it joins what was kept
        before, and it is not whole, so that the next import reads it again."""
        self._replaced.pop(file, None)
        path = self._path(file)
        before = self._at(path.removesuffix(COMING))
        assert before is not None
        if before != file:
            self._db.execute(
                "UPDATE article SET file = ? WHERE file = ?"
                " AND digest NOT IN (SELECT digest FROM article WHERE file = ?)",
                (before, file, before),
            )
            self._db.execute(
                "UPDATE file SET (size, mtime, manner) = (SELECT size, mtime, manner FROM file WHERE id = ?)"
                " WHERE id = ?",
                (file, before),
            )
            self.forget(path)
        self._db.execute(
            "UPDATE file SET whole = 0, findings = ? WHERE id = ?",
            (msgspec.msgpack.encode(findings), before),
        )

    def forget(self, path: bytes) -> Replaced | None:
        """Take a file out with its articles, if it is there; gives what these were."""
        file = self._at(path)
        if file is None:
            return None
        self._index()  # for what goes has to be there
        rows = self._db.execute("SELECT id FROM article WHERE file = ?", (file,)).fetchall()
        replaced = Replaced(remove(self._db, [id for (id,) in rows], self._copies, self._check))
        self._db.execute("DELETE FROM file WHERE id = ?", (file,))
        return replaced

    def _at(self, path: bytes) -> int | None:
        row = self._db.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchone()
        return int(row[0]) if row else None

    def _path(self, file: int) -> bytes:
        return bytes(self._db.execute("SELECT path FROM file WHERE id = ?", (file,)).fetchone()[0])

    def _cards(self, file: int) -> Iterator[IndexRow]:
        for (pack,) in self._db.execute(
            "SELECT pack FROM article JOIN pack ON pack.article = id WHERE file = ? AND listing = 0", (file,)
        ):
            self._check()
            yield card(msgspec.msgpack.decode(pack, type=Article))

    def finish(self) -> None:
        """Put groups in order, and full text and keys in."""
        for correction in self._copies.regroup():
            detail = f"{correction.title!r} replaces {correction.replaced!r}"
            self.notes.append(Note("article-corrected", correction.name, detail))
        gather(self._db)
        self._index()

    def _index(self) -> None:
        self._db.executemany(
            "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)",
            self._checked((id, card.heading, card.words) for id, card in self._texts),
        )
        self._db.executemany(
            "INSERT INTO pairs (rowid, text) VALUES (?, ?)",
            self._checked((id, card.pairs) for id, card in self._texts if card.pairs),
        )
        self._texts = []

    def _checked(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self._check()
            yield row


def _add(db: sqlite3.Connection, file: int, card: IndexRow, recent: dict[bytes, int]) -> int:
    first, last = card.days or (None, None)
    id = int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM article").fetchone()[0])
    db.execute(
        "INSERT INTO article (id, story, file, origin, digest, title, name, source, publisher, source_key,"
        " publisher_key, language, primary_language, published, first, last, length, listing, part, own,"
        f" place) VALUES ({', '.join('?' * 20)}, 0)",
        (
            id,
            id,  # a group of its own, until it is settled
            file,
            card.origin,
            card.digest,
            card.title,
            card.name,
            card.source,
            card.publisher,
            folded(card.source) or None,
            folded(card.publisher) or None,
            card.language,
            _primary(card.language),
            card.published,
            first,
            last,
            card.length,
            int(card.listing),
            card.part,
            int(card.own),
        ),
    )
    db.execute("INSERT INTO pack VALUES (?, ?, ?)", (id, card.features, card.pack))
    db.executemany("INSERT INTO tag VALUES (?, ?)", [(tag, id) for tag in card.tags])
    db.executemany("INSERT OR IGNORE INTO fresh VALUES (?, ?, ?)", [(*mark, id) for mark in card.marks])
    db.executemany("INSERT OR IGNORE INTO image VALUES (?, ?)", [(id, image.id) for image in card.images])
    carried = [(id, position, _teaser(db, row, recent)) for position, row in enumerate(card.teasers)]
    db.executemany("INSERT INTO carries VALUES (?, ?, ?)", carried)
    return id


def _teaser(db: sqlite3.Connection, row: TeaserRow, recent: dict[bytes, int]) -> int:
    """The teaser's number. Most stand on many pages that come together, and are kept once."""
    if known := recent.get(row.digest):
        stored = db.execute("SELECT digest FROM teaser WHERE id = ?", (known,)).fetchone()
        if stored == (row.digest,):  # neither rolled back, nor removed by another process
            return known
    first, last = row.days or (None, None)
    id = db.execute(
        "INSERT INTO teaser (digest, story, link, source_key, publisher_key, language, primary_language,"
        " first, last, length, pack) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.digest,
            row.title_key,
            row.link,
            row.source_key,
            row.publisher_key,
            row.language,
            _primary(row.language),
            first,
            last,
            row.length,
            row.pack,
        ),
    ).lastrowid
    assert id is not None
    if len(recent) > _RECENT:
        recent.clear()
    recent[row.digest] = id
    return id


def _primary(language: str | None) -> str | None:
    return language.split("-")[0] if language else None


def remove(
    db: sqlite3.Connection,
    articles: Iterable[int],
    groups: Groups,
    check: Callable[[], None] = lambda: None,
) -> list[IndexRow]:
    """Take articles out, with all that was filed of them; gives their rows. ``groups`` is to be
    grouped again afterwards."""
    gone = list(articles)
    left = groups.part(gone)
    cards: list[IndexRow] = []
    for id in gone:
        check()
        # Marks, and a full-text index without a text of its own, must be given what they are to forget.
        listing, pack = db.execute(
            "SELECT listing, pack FROM article JOIN pack ON pack.article = id WHERE id = ?", (id,)
        ).fetchone()
        row = card(msgspec.msgpack.decode(pack, type=Article))
        if not listing:
            cards.append(row)
        db.execute(
            "INSERT INTO words (words, rowid, title, body) VALUES ('delete', ?, ?, ?)",
            (id, row.heading, row.words),
        )
        if row.pairs:
            db.execute("INSERT INTO pairs (pairs, rowid, text) VALUES ('delete', ?, ?)", (id, row.pairs))
        for table in MARKS:
            db.executemany(
                f"DELETE FROM {table} WHERE kind = ? AND value = ? AND article = ?",
                [(*mark, id) for mark in row.marks],
            )
        teasers = db.execute("SELECT teaser FROM carries WHERE article = ?", (id,)).fetchall()
        db.execute("DELETE FROM article WHERE id = ?", (id,))
        db.executemany(
            "DELETE FROM teaser WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM carries WHERE teaser = ?1)",
            teasers,
        )
    groups.close_up(left)
    return cards
