"""Cards into the tables, and out of them again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from exporter.build import folded
from exporter.diagnostics import Diagnostic
from exporter.library import _stories
from exporter.library._sieve import Sieve
from exporter.library.card import Card, Slip, card
from exporter.library.pictures import Pictures
from exporter.model import Article

_RECENT = 20_000


class Filing:
    """A transaction in which files and the cards of their articles are kept; `index` comes last.

    Full text is put in at the end, all at once: what FTS5 has gathered in memory goes into a segment of
    its own, to be merged with others later, as soon as another table's statement needs a savepoint.
    """

    def __init__(
        self, db: sqlite3.Connection, pictures: Pictures, recent: dict[bytes, int], sieve: Sieve | None
    ) -> None:
        """``recent`` are teasers met before, by their hashes: they are likely to be met again."""
        self._db = db
        self._pictures = pictures
        self._recent = recent
        self._sieve = sieve
        self._texts: list[tuple[int, Card]] = []

    def begin(self, path: bytes, name: str, size: int, mtime: int, manner: str) -> int:
        """A file whose articles follow, in this transaction or later ones; what was kept of it
        before is gone. Gives its number."""
        self.forget(path)
        id = self._db.execute(
            "INSERT INTO file (path, name, size, mtime, sha256, form, manner, whole, findings)"
            " VALUES (?, ?, ?, ?, '', NULL, ?, 0, x'90')",
            (path, name, size, mtime, manner),
        ).lastrowid
        assert id is not None
        return id

    def add(self, file: int, cards: Sequence[Card]) -> None:
        """Articles of the file. Raises `OutputError` where their images cannot be kept."""
        for each in cards:
            self._pictures.keep(each.images)
            id = _add(self._db, file, each, self._recent)
            self._texts.append((id, each))
            if self._sieve is None:
                _stories.settle(self._db, id, each.marks)
            else:
                _stories.settle(self._db, id, self._sieve.passed(each.marks))
                self._sieve.add(each.marks)

    def end(self, file: int, sha256: str, form: str | None, findings: Sequence[Diagnostic]) -> None:
        """All of the file is in."""
        self._db.execute(
            "UPDATE file SET sha256 = ?, form = ?, whole = 1, findings = ? WHERE id = ?",
            (sha256, form, msgspec.msgpack.encode(findings), file),
        )

    def forget(self, path: bytes) -> None:
        """Take a file out with its articles, if it is there."""
        held = self._db.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchone()
        if held is None:
            return
        self.index()  # for what goes has to be there
        rows = self._db.execute("SELECT id FROM article WHERE file = ?", held).fetchall()
        remove(self._db, [id for (id,) in rows])
        self._db.execute("DELETE FROM file WHERE id = ?", held)

    def index(self) -> None:
        """Put the full text in."""
        _stories.gather(self._db)
        self._db.executemany(
            "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)",
            [(id, card.heading, card.words) for id, card in self._texts],
        )
        self._db.executemany(
            "INSERT INTO pairs (rowid, text) VALUES (?, ?)",
            [(id, card.pairs) for id, card in self._texts if card.pairs],
        )
        self._texts = []


def _add(db: sqlite3.Connection, file: int, card: Card, recent: dict[bytes, int]) -> int:
    first, last = card.days or (None, None)
    id = int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM article").fetchone()[0])
    db.execute(
        "INSERT INTO article (id, story, file, origin, digest, title, name, source, publisher, source_key,"
        " publisher_key, language, primary_language, published, first, last, length, listing,"
        f" place) VALUES ({', '.join('?' * 18)}, 0)",
        (
            id,
            id,  # a story of its own, until it is settled
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
        ),
    )
    db.execute("INSERT INTO pack VALUES (?, ?, ?)", (id, card.facts, card.pack))
    db.executemany("INSERT INTO tag VALUES (?, ?)", [(tag, id) for tag in card.tags])
    db.executemany("INSERT OR IGNORE INTO fresh VALUES (?, ?, ?)", [(*mark, id) for mark in card.marks])
    db.executemany("INSERT OR IGNORE INTO image VALUES (?, ?)", [(id, image.id) for image in card.images])
    carried = [(id, position, _teaser(db, slip, recent)) for position, slip in enumerate(card.teasers)]
    db.executemany("INSERT INTO carries VALUES (?, ?, ?)", carried)
    return id


def _teaser(db: sqlite3.Connection, slip: Slip, recent: dict[bytes, int]) -> int:
    """The teaser's number. Most stand on many pages that come together, and are kept once."""
    if known := recent.get(slip.digest):
        held = db.execute("SELECT digest FROM teaser WHERE id = ?", (known,)).fetchone()
        if held == (slip.digest,):  # neither rolled back, nor removed by another process
            return known
    first, last = slip.days or (None, None)
    id = db.execute(
        "INSERT INTO teaser (digest, story, link, source_key, publisher_key, language, primary_language,"
        " first, last, length, pack) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            slip.digest,
            slip.story,
            slip.link,
            slip.source_key,
            slip.publisher_key,
            slip.language,
            _primary(slip.language),
            first,
            last,
            slip.length,
            slip.pack,
        ),
    ).lastrowid
    assert id is not None
    if len(recent) > _RECENT:
        recent.clear()
    recent[slip.digest] = id
    return id


def _primary(language: str | None) -> str | None:
    return language.split("-")[0] if language else None


def remove(db: sqlite3.Connection, articles: Iterable[int]) -> None:
    """Take articles out, with all that was filed of them."""
    gone = list(articles)
    if not gone:
        return
    _stories.part(db, gone)
    for id in gone:
        # Marks, and a full-text index without a text of its own, must be told what they are to forget.
        (pack,) = db.execute("SELECT pack FROM pack WHERE article = ?", (id,)).fetchone()
        told = card(msgspec.msgpack.decode(pack, type=Article))
        db.execute(
            "INSERT INTO words (words, rowid, title, body) VALUES ('delete', ?, ?, ?)",
            (id, told.heading, told.words),
        )
        if told.pairs:
            db.execute("INSERT INTO pairs (pairs, rowid, text) VALUES ('delete', ?, ?)", (id, told.pairs))
        for table in _stories.MARKS:
            db.executemany(
                f"DELETE FROM {table} WHERE kind = ? AND value = ? AND article = ?",
                [(*mark, id) for mark in told.marks],
            )
    db.executemany("DELETE FROM article WHERE id = ?", [(id,) for id in gone])
    db.execute("DELETE FROM teaser WHERE id NOT IN (SELECT teaser FROM carries)")
