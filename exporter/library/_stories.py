"""Copies of one article find each other: all of them are one story, and the best of them leads.

An article that is filed meets those that share a mark with it: an address, a title with source
and day, the text, or a band of the sketch of a similar text. Of the stories that it meets, it
is a copy if `exporter.identity` says so of it and their leader.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import msgspec

from exporter import identity
from exporter.library._database import each
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
        if leaders := _copies(db, article):
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


def _copies(db: sqlite3.Connection, article: int) -> list[int]:
    """The leaders of the stories that the article is a copy of."""
    certain: set[int] = set()
    met: set[int] = set()
    for kind, sharing in _sharing(db, article):
        if kind < BAND or len(sharing) <= _COMMON:
            (certain if kind in (LINK, STORY) else met).update(sharing)
    if not certain and not met:
        return []
    first, own = db.execute("SELECT first, facts FROM article WHERE id = ?", (article,)).fetchone()
    told = _unpack(own)
    leaders = each(
        db,
        "SELECT DISTINCT lead.id, lead.first, lead.facts, member.id FROM article member"
        " JOIN article lead ON lead.story = member.story AND lead.place = 0 WHERE member.id IN ({})",
        sorted(certain | met),
    )
    near: dict[int, bytes] = {
        id: facts
        for id, day, facts, member in leaders
        if member in certain or first is None or day is None or abs(first - day) <= _APART
    }
    return [id for id, facts in near.items() if id != article and identity.is_copy(told, _unpack(facts))]


def _sharing(db: sqlite3.Connection, article: int) -> Iterator[tuple[int, list[int]]]:
    """The marks that the article shares, each as its kind with the others that have it, of a very
    common one only so many that it is seen to be one."""
    found = db.execute(
        "SELECT own.kind, own.value, other.article FROM mark own CROSS JOIN mark other"
        " ON other.kind = own.kind AND other.value = own.value AND other.article <> own.article"
        " WHERE own.article = ? ORDER BY own.kind, own.value LIMIT ?",
        (article, 2 * _COMMON),
    ).fetchall()
    if len(found) < 2 * _COMMON:  # most share none
        for (kind, _), rows in groupby(found, itemgetter(0, 1)):
            yield kind, [other for _, _, other in rows]
        return
    for kind, value in db.execute("SELECT kind, value FROM mark WHERE article = ?", (article,)).fetchall():
        rows = db.execute(
            "SELECT article FROM mark WHERE kind = ? AND value = ? AND article <> ? LIMIT ?",
            (kind, value, article, _COMMON + 1),
        )
        yield kind, [other for (other,) in rows]


def _facts(db: sqlite3.Connection, article: int) -> identity.Facts:
    return _unpack(db.execute("SELECT facts FROM article WHERE id = ?", (article,)).fetchone()[0])
