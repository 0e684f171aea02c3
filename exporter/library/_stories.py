"""Copies of one article find each other: all of them are one story, and the best of them leads.

An article that is filed meets those that share a mark with it: an address, a title with source
and day, the text, or a band of the sketch of a similar text. Of the stories that it meets, it
is a copy if `exporter.identity` says so of it and their leader.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from exporter import identity
from exporter.library._database import each
from exporter.library.card import BAND, LINK, STORY

_COMMON = 100
"""A band that so many articles share is that of a form, not of a text, and tells nothing."""
_APART = 366
"""Days beyond which nothing but the address or the title makes two articles one; of dates that are
a year or a month the first counts."""

Mark = tuple[int, int]
"""Kind and value."""
MARKS = ("mark", "fresh")
"""The tables that marks stand in: each in one of them."""
_FRESH = 200_000
"""Marks, of some eight thousand articles: more would be written again and again while they wait."""
_HAVING = (
    " UNION ALL ".join(
        f"SELECT article FROM {table} WHERE kind = ? AND value = ? AND article <> ?" for table in MARKS
    )
    + f" LIMIT {_COMMON + 1}"
)

_unpack = msgspec.msgpack.Decoder(identity.Facts).decode


def settle(db: sqlite3.Connection, article: int, marks: Iterable[Mark]) -> None:
    """Find the story of an article just filed, by those of its marks that others may have; it has been
    its own so far."""
    if leaders := _copies(db, article, marks):
        stories = each(db, "SELECT story FROM article WHERE id IN ({})", leaders)
        _regroup(db, {article}.union(*(_members(db, story) for (story,) in stories)))


def part(db: sqlite3.Connection, leaving: Iterable[int]) -> None:
    """Let articles go from their stories: what remains of each is grouped anew, as one that goes may
    have been what the others were copies of."""
    gone = set(leaving)
    stories = {story for (story,) in each(db, "SELECT story FROM article WHERE id IN ({})", gone)}
    for story in sorted(stories):
        _regroup(db, _members(db, story) - gone)


def _members(db: sqlite3.Connection, story: int) -> set[int]:
    return {id for (id,) in db.execute("SELECT id FROM article WHERE story = ?", (story,))}


def _regroup(db: sqlite3.Connection, articles: Iterable[int]) -> None:
    """Make stories of these articles, the best copy of each first: more than one, where an article
    is like several that are not like each other."""
    ids = sorted(articles)
    facts = [_facts(db, id) for id in ids]
    for group in identity.clusters(facts):
        story = min(ids[at] for at in group)
        db.executemany(
            "UPDATE article SET story = ?, place = ? WHERE id = ?",
            [(story, place, ids[at]) for place, at in enumerate(group)],
        )


def _copies(db: sqlite3.Connection, article: int, marks: Iterable[Mark]) -> list[int]:
    """The leaders of the stories that the article is a copy of."""
    certain: set[int] = set()
    met: set[int] = set()
    for mark in marks:
        kind, sharing = mark[0], [other for (other,) in db.execute(_HAVING, (*mark, article) * len(MARKS))]
        if kind < BAND or len(sharing) <= _COMMON:
            (certain if kind in (LINK, STORY) else met).update(sharing)
    if not certain and not met:
        return []
    (first,) = db.execute("SELECT first FROM article WHERE id = ?", (article,)).fetchone()
    leaders = each(
        db,
        "SELECT DISTINCT lead.id, lead.first, member.id FROM article member"
        " JOIN article lead ON lead.story = member.story AND lead.place = 0 WHERE member.id IN ({})",
        sorted(certain | met),
    )
    near = {
        id
        for id, day, member in leaders
        if member in certain or first is None or day is None or abs(first - day) <= _APART
    }
    told = _facts(db, article)
    return [id for id in sorted(near - {article}) if identity.is_copy(told, _facts(db, id))]


def gather(db: sqlite3.Connection) -> None:
    """Put the marks that came last among the others, when they are many: in order, so that each page
    of the index is written once, and not again for every few articles."""
    if db.execute("SELECT count(*) FROM fresh").fetchone()[0] > _FRESH:
        db.execute("INSERT INTO mark SELECT * FROM fresh ORDER BY kind, value, article")
        db.execute("DELETE FROM fresh")


def _facts(db: sqlite3.Connection, article: int) -> identity.Facts:
    return _unpack(db.execute("SELECT facts FROM pack WHERE article = ?", (article,)).fetchone()[0])
