"""Cards into the tables, and out of them again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from exporter.diagnostics import Diagnostic
from exporter.edition import folded
from exporter.library import _stories
from exporter.library.card import Card, Slip, card
from exporter.library.pictures import Pictures
from exporter.model import Article


class Filing:
    """A transaction in which files and the cards of their articles are kept. `close` ends it.

    Full text is put in at the end, all at once: what FTS5 has gathered in memory goes into a segment of
    its own, to be merged with others later, as soon as another table's statement needs a savepoint.
    """

    def __init__(self, db: sqlite3.Connection, pictures: Pictures) -> None:
        self._db = db
        self._pictures = pictures
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
        new = [_add(self._db, file, card) for card in cards]
        _stories.settle(self._db, [id for id, card in zip(new, cards, strict=True) if not card.listing])
        self._texts += zip(new, cards, strict=True)

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
        self.close()  # for what goes has to be there
        rows = self._db.execute("SELECT id FROM article WHERE file = ?", held).fetchall()
        remove(self._db, [id for (id,) in rows])
        self._db.execute("DELETE FROM file WHERE id = ?", held)

    def close(self) -> None:
        """Put the full text in."""
        self._db.executemany(
            "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)",
            [(id, card.heading, card.words) for id, card in self._texts],
        )
        self._db.executemany(
            "INSERT INTO pairs (rowid, text) VALUES (?, ?)",
            [(id, card.pairs) for id, card in self._texts if card.pairs],
        )
        self._texts = []


def _add(db: sqlite3.Connection, file: int, card: Card) -> int:
    first, last = card.days or (None, None)
    id = int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM article").fetchone()[0])
    db.execute(
        "INSERT INTO article (id, story, file, origin, digest, title, name, source, publisher, source_key,"
        " publisher_key, language, primary_language, published, first, last, length, listing, facts,"
        " place)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
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
            card.facts,
        ),
    )
    db.execute("INSERT INTO pack VALUES (?, ?)", (id, card.pack))
    db.executemany("INSERT INTO tag VALUES (?, ?)", [(tag, id) for tag in card.tags])
    db.executemany("INSERT OR IGNORE INTO mark VALUES (?, ?, ?)", [(*mark, id) for mark in card.marks])
    db.executemany("INSERT OR IGNORE INTO image VALUES (?, ?)", [(id, image.id) for image in card.images])
    carried = [(id, position, _teaser(db, slip)) for position, slip in enumerate(card.teasers)]
    db.executemany("INSERT INTO carries VALUES (?, ?, ?)", carried)
    return id


def _teaser(db: sqlite3.Connection, slip: Slip) -> int:
    """The teaser's number; most stand on many pages, and are kept once."""
    if found := db.execute("SELECT id FROM teaser WHERE digest = ?", (slip.digest,)).fetchone():
        return int(found[0])
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
        # A full-text index without a text of its own must be told what it is to forget.
        (pack,) = db.execute("SELECT pack FROM pack WHERE article = ?", (id,)).fetchone()
        told = card(msgspec.msgpack.decode(pack, type=Article))
        db.execute(
            "INSERT INTO words (words, rowid, title, body) VALUES ('delete', ?, ?, ?)",
            (id, told.heading, told.words),
        )
        if told.pairs:
            db.execute("INSERT INTO pairs (pairs, rowid, text) VALUES ('delete', ?, ?)", (id, told.pairs))
    db.executemany("DELETE FROM article WHERE id = ?", [(id,) for id in gone])
    db.execute("DELETE FROM teaser WHERE id NOT IN (SELECT teaser FROM carries)")
