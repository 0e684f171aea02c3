"""Copies of one article find each other: all of them are one story, and the best of them leads.

An article that is filed meets those that share a mark with it: an address, a title with source
and day, the text, or a band of the sketch of a similar text. Of the stories that it meets, it
is a copy if `exporter.identity` says so of it and their leader.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from exporter import identity
from exporter.library.card import BAND, LINK, STORY

_COMMON = 100
"""A band that so many articles share is that of a form, not of a text, and tells nothing."""
_APART = 366
"""Days beyond which nothing but the address or the title makes two articles one; of dates that are
a year or a month the first counts."""

_unpack = msgspec.msgpack.Decoder(identity.Facts).decode


def settle(db: sqlite3.Connection, articles: Iterable[int]) -> None:
    """Find the stories of articles just filed, in their order; each has been its own so far."""
    for article in articles:
        same = _copies(db, article)
        if len(same) > 1:
            stories = {story for (story,) in _each(db, "SELECT story FROM article WHERE id IN ({})", same)}
            _join(
                db,
                min(stories),
                [story for (story,) in _each(db, "SELECT id FROM article WHERE story IN ({})", stories)],
            )


def part(db: sqlite3.Connection, leaving: Iterable[int]) -> None:
    """Let articles go from their stories: what remains of these is settled anew, as one that goes
    may have been what held others together."""
    gone = set(leaving)
    stories = {story for (story,) in _each(db, "SELECT story FROM article WHERE id IN ({})", gone)}
    rest = [id for (id,) in _each(db, "SELECT id FROM article WHERE story IN ({}) ORDER BY id", stories)]
    db.executemany("UPDATE article SET story = id, place = 0 WHERE id = ?", [(id,) for id in rest])
    settled: set[int] = set()
    for article in rest:
        if article in gone:
            continue
        settled.add(article)
        same = _copies(db, article) & settled
        if len(same) > 1:
            stories = {story for (story,) in _each(db, "SELECT story FROM article WHERE id IN ({})", same)}
            members = [id for (id,) in _each(db, "SELECT id FROM article WHERE story IN ({})", stories)]
            _join(db, min(stories), [id for id in members if id in settled])


def _copies(db: sqlite3.Connection, article: int) -> set[int]:
    """The article with the leaders of the stories that it is a copy of; empty where there are none."""
    met: dict[int, set[int]] = {}
    for kind, value in db.execute("SELECT kind, value FROM mark WHERE article = ?", (article,)).fetchall():
        sharing = db.execute(
            "SELECT article FROM mark WHERE kind = ? AND value = ? LIMIT ?", (kind, value, _COMMON + 1)
        ).fetchall()
        if kind < BAND or len(sharing) <= _COMMON:
            for (other,) in sharing:
                met.setdefault(other, set()).add(min(kind, BAND))
    met.pop(article, None)
    return {*_same(db, article, met), article} if met else set()


def _same(db: sqlite3.Connection, article: int, met: Mapping[int, Collection[int]]) -> Iterator[int]:
    """The leaders of the stories that the article is a copy of, among those of what it met."""
    first, facts = db.execute("SELECT first, facts FROM article WHERE id = ?", (article,)).fetchone()
    own = _unpack(facts)
    shared: dict[int, set[int]] = {}
    for id, story in _each(db, "SELECT id, story FROM article WHERE id IN ({})", met):
        shared.setdefault(story, set()).update(met[id])
    leaders = _each(
        db, "SELECT id, story, first, facts FROM article WHERE place = 0 AND story IN ({})", shared
    )
    for id, story, day, others in leaders:
        kinds = shared[story]
        near = first is None or day is None or abs(first - day) <= _APART
        if id == article or not (near or kinds & {LINK, STORY}):
            continue
        if identity.is_copy(own, _unpack(others), titled=STORY in kinds):
            yield id


def _facts(db: sqlite3.Connection, article: int) -> identity.Facts:
    return _unpack(db.execute("SELECT facts FROM article WHERE id = ?", (article,)).fetchone()[0])


def _join(db: sqlite3.Connection, story: int, members: Iterable[int]) -> None:
    """Make one story of the members, the best copy first."""
    copies = [(id, _facts(db, id)) for id in sorted(members)]
    copies.insert(0, copies.pop(identity.choose([facts for _, facts in copies])))
    db.executemany(
        "UPDATE article SET story = ?, place = ? WHERE id = ?",
        [(story, place, id) for place, (id, _) in enumerate(copies)],
    )


def _each(db: sqlite3.Connection, query: str, ids: Iterable[int]) -> list[Any]:
    """The rows of a query with ``{}`` for the ids, however many these are."""
    out: list[Any] = []
    held = sorted(ids)
    for start in range(0, len(held), 500):
        some = held[start : start + 500]
        out += db.execute(query.format(", ".join("?" * len(some))), some).fetchall()
    return out
