"""What the library has had: articles that were removed, and versions that others replaced."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from exporter.library import duplicates
from exporter.library.index_row import LINK, ORIGIN, TEXT, TITLE_KEY, IndexRow, Mark, mark
from exporter.model.build import folded

_KEYS = (TITLE_KEY, LINK, TEXT)
_unpack = msgspec.msgpack.Decoder(duplicates.Features).decode


class Replaced:
    """The articles that a file held before it was read again, by what shows that one has come back."""

    def __init__(self, cards: Iterable[IndexRow]) -> None:
        self._cards: dict[Mark, IndexRow] = {}
        for card in cards:
            for key in _keys(card):
                self._cards.setdefault(key, card)

    def had(self, card: IndexRow) -> list[Mark] | None:
        """The title and address that an earlier version of the article had; None where there is none."""
        for key in _keys(card):
            old = self._cards.get(key)
            if old is None:
                continue
            if key[0] in (TEXT, ORIGIN) or duplicates.is_copy(_unpack(old.features), _unpack(card.features)):
                return [mark for mark in old.marks if mark[0] in (TITLE_KEY, LINK) and mark not in card.marks]
        return None


class Removals:
    """The articles that were removed. An import leaves them out, and no brief describes them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._some = bool(db.execute("SELECT 1 FROM removed LIMIT 1").fetchone())

    def __bool__(self) -> bool:
        return self._some

    def add(self, cards: Iterable[IndexRow]) -> None:
        """Articles that were removed."""
        for card in cards:
            id = self._db.execute(
                "INSERT INTO removed (title, source_key, facts) VALUES (?, ?, ?)",
                (card.title, _source(card), card.features),
            ).lastrowid
            assert id is not None
            self._note(_keys(card), id)

    def replaced(self, marks: Iterable[Mark]) -> None:
        """Titles and addresses of an article that another version replaced, as keys."""
        self._note(marks, 0)

    def holds(self, card: IndexRow) -> bool:
        """Whether the article is one that was removed."""
        return any(True for _ in self._removed(card))

    def restore(self, card: IndexRow) -> None:
        """Let the article in from now on."""
        for id in list(self._removed(card)):
            self._db.execute("DELETE FROM removed WHERE id = ?", (id,))
            self._db.execute("DELETE FROM former WHERE removed = ?", (id,))

    def _note(self, marks: Iterable[Mark], removed: int) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO former VALUES (?, ?, ?)", [(*mark, removed) for mark in marks]
        )

    def _removed(self, card: IndexRow) -> Iterable[int]:
        met: dict[int, set[int]] = {}
        for kind, value in _keys(card):
            for (id,) in self._db.execute(
                "SELECT removed FROM former WHERE kind = ? AND value = ? AND removed > 0 LIMIT 50",
                (kind, value),
            ):
                met.setdefault(id, set()).add(kind)
        for id, kinds in met.items():
            source, facts = self._db.execute(
                "SELECT source_key, facts FROM removed WHERE id = ?", (id,)
            ).fetchone()
            if ORIGIN in kinds or _is_that(card, kinds, source, facts):
                yield id


def _is_that(card: IndexRow, kinds: set[int], source: str | None, packed: bytes) -> bool:
    """Whether the article is a copy of a removed one from the same source, or from the same address."""
    own = _source(card)
    if LINK not in kinds and own and source and own != source:
        return False
    try:
        facts = _unpack(packed)
    except msgspec.DecodeError:  # of another version
        return bool(kinds & {TITLE_KEY, TEXT})
    if facts.print.scheme != duplicates.SCHEME:  # not to be compared
        return bool(kinds & {TITLE_KEY, TEXT})
    return duplicates.is_copy(_unpack(card.features), facts)


def _source(card: IndexRow) -> str | None:
    return folded(card.publisher or card.source) or None


def _keys(card: IndexRow) -> Sequence[Mark]:
    if card.listing:
        return ()
    origin = ORIGIN, mark(f"{card.origin}\0{card.part}")
    return (*(each for each in card.marks if each[0] in _KEYS), origin)
