"""Selections as SQL: which articles and briefs are in one, and why the others are not."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from heapq import nlargest
from typing import NamedTuple

import msgspec

from exporter.editions.selection import Excluded, Selection
from exporter.library import duplicates
from exporter.library._database import each
from exporter.library._groups import MARKS
from exporter.library.index_row import LINK, TITLE_KEY
from exporter.library.text_search import conditions
from exporter.model.article import Teaser
from exporter.model.build import folded, language_tag
from exporter.model.dates import Window


class Clause(NamedTuple):
    """A condition on rows, with the values of its question keys."""

    text: str
    values: tuple[object, ...] = ()

    def __and__(self, other: Clause) -> Clause:
        return Clause(f"{self.text} AND {other.text}", self.values + other.values)

    def of(self, table: str) -> Clause:
        """The same of a table by another name."""
        return Clause(self.text.replace("article.", f"{table}."), self.values)


_teaser = msgspec.msgpack.Decoder(Teaser).decode
_facts = msgspec.msgpack.Decoder(duplicates.Features).decode

ARTICLES = Clause("article.listing = 0")


def filters(selection: Selection) -> Clause:
    """What the selection asks of an article but its date."""
    clause = ARTICLES & _source(selection, "article") & _language(selection, "article")
    if selection.tags:
        wanted = tuple(t.casefold() for t in selection.tags)
        clause &= Clause(f"article.id IN (SELECT article FROM tag WHERE tag IN ({_marks(wanted)}))", wanted)
    if selection.words:
        for table, query in conditions(selection.words):
            clause &= Clause(f"article.id IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)", (query,))
    return clause


def leading(among: Clause, merge: bool = True) -> Clause:
    """Of the copies of one article that fit the filters the best, and no other, if they are to ``merge``."""
    if not merge:
        return Clause("1")
    if among == ARTICLES:
        return Clause("article.place = 0")
    better = among.of("better")
    return Clause(
        "(article.place = 0 OR NOT EXISTS (SELECT 1 FROM article better WHERE better.story = article.story"
        f" AND better.place < article.place AND {better.text}))",
        better.values,
    )


def dated(selection: Selection, table: str = "article") -> Clause:
    """That the date fits. Where days are counted in another zone than the page's it may be one off:
    the caller looks again."""
    window = selection.window
    if window.open:
        return Clause("1")
    slack = timedelta(days=1 if selection.zone else 0)
    parts, values = [], []
    if window.first:
        parts.append(f"{table}.first >= ?")
        values.append((window.first - slack).toordinal())
    if window.last:
        parts.append(f"{table}.last <= ?")
        values.append((window.last + slack).toordinal())
        if not window.first:
            parts.append(f"{table}.first > 0")
        # Nothing spans more than a year: so the index on first days bounds the search on both sides.
        parts.append(f"{table}.first <= ?")
        values.append((window.last + slack).toordinal())
    clause = Clause(f"({' AND '.join(parts)})", tuple(values))
    return Clause(f"({clause.text} OR {table}.first IS NULL)", clause.values) if selection.undated else clause


def waiting(selection: Selection) -> Clause:
    """The teasers in the selection whose article is not available."""
    if selection.words:
        return Clause("0")
    clause = _source(selection, "teaser") & _language(selection, "teaser") & dated(selection, "teaser")
    for table in MARKS:
        clause &= Clause(
            f"NOT EXISTS (SELECT 1 FROM {table} WHERE kind = ? AND value = teaser.story)"
            f" AND NOT EXISTS (SELECT 1 FROM {table} WHERE kind = ? AND value = teaser.link)",
            (TITLE_KEY, LINK),
        )
    return clause & Clause(
        "NOT EXISTS (SELECT 1 FROM former WHERE kind = ? AND value = teaser.story)"
        " AND NOT EXISTS (SELECT 1 FROM former WHERE kind = ? AND value = teaser.link)",
        (TITLE_KEY, LINK),
    )


def _source(selection: Selection, table: str) -> Clause:
    if not selection.sources:
        return Clause("1")
    wanted = tuple(map(folded, selection.sources))
    marks = _marks(wanted)
    return Clause(f"({table}.source_key IN ({marks}) OR {table}.publisher_key IN ({marks}))", wanted + wanted)


def _language(selection: Selection, table: str) -> Clause:
    if not selection.languages:
        return Clause("1")
    wanted = tuple(language_tag(name) or name for name in selection.languages)
    marks = _marks(wanted)
    return Clause(
        f"({table}.language IN ({marks}) OR {table}.primary_language IN ({marks}))", wanted + wanted
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


# -- Answers ---------------------------------------------------------------------------


class Line(msgspec.Struct, frozen=True, gc=False):
    """An article in few words, as a list shows it; ``leader`` is the number of the copy that leads, its
    own where it does; ``former`` says that a correction has replaced it."""

    id: int
    title: str
    source: str | None
    language: str | None
    published: str | None
    name: str
    copies: int
    leader: int
    former: bool


def ids(db: sqlite3.Connection, selection: Selection) -> list[int]:
    """The numbers of the articles in the selection, by day."""
    return [id for id, _ in _chosen(db, selection, "ORDER BY first IS NULL, first, id")]


def latest(db: sqlite3.Connection, selection: Selection, limit: int) -> tuple[int, list[int]]:
    """How many articles are in the selection, and the numbers of the latest, the last day first."""
    chosen = _chosen(db, selection)  # to put all in order takes longer than to find them
    return len(chosen), [id for id, _ in nlargest(limit, chosen, key=lambda row: (row[1] or 0, row[0]))]


def _chosen(db: sqlite3.Connection, selection: Selection, order: str = "") -> list[tuple[int, int | None]]:
    """Number and first day of each article in the selection."""
    fitting = filters(selection)
    clause = dated(selection) & fitting & leading(fitting, selection.merge)
    if selection.window.open:  # whatever its date, it is in
        return db.execute(
            f"SELECT id, first FROM article WHERE {clause.text} {order}", clause.values
        ).fetchall()
    rows = db.execute(f"SELECT id, first, published FROM article WHERE {clause.text} {order}", clause.values)
    return [(id, first) for id, first, published in rows if _inside(published, selection)]


def with_versions(db: sqlite3.Connection, ids: Sequence[int]) -> list[int]:
    """The articles of these numbers, with what the library has of the same origin, and with copies of
    the same text from the same source."""
    known: set[int] = set()
    for id in ids:
        if id in known:
            continue
        known.add(id)
        for same, facts, other, others in db.execute(
            "SELECT other.origin = own.origin AND other.part = own.part, own_pack.facts, other.id, pack.facts"
            " FROM article own JOIN pack own_pack ON own_pack.article = own.id"
            " JOIN article other ON other.story = own.story AND other.id <> own.id AND other.listing = 0"
            " JOIN pack ON pack.article = other.id WHERE own.listing = 0 AND own.id = ?",
            (id,),
        ):
            if same or _is_twin(_facts(facts), _facts(others)):
                known.add(other)
    return sorted(known)


def _is_twin(one: duplicates.Features, other: duplicates.Features) -> bool:
    return one.print.text == other.print.text and folded(one.source) == folded(other.source)


def versions(db: sqlite3.Connection, id: int) -> list[int]:
    """The numbers of an article and of its copies and versions, the one that leads first."""
    query = "SELECT id FROM article WHERE story = (SELECT story FROM article WHERE id = ?) ORDER BY place"
    return [id for (id,) in db.execute(query, (id,))]


def lines(db: sqlite3.Connection, ids: list[int], only: str = "1") -> list[Line]:
    """The articles of these numbers that meet the condition."""
    rows = each(
        db,
        "SELECT id, title, source, language, published, name,"
        " (SELECT count(*) FROM article copy WHERE copy.story = article.story) - 1,"
        " (SELECT id FROM article lead WHERE lead.story = article.story AND lead.place = 0),"
        " EXISTS (SELECT 1 FROM article own WHERE own.origin = article.origin AND own.part = article.part"
        " AND own.story = article.story AND own.own AND own.place < article.place)"
        f" FROM article WHERE id IN ({{}}) AND ({only})",
        ids,
    )
    by_id = {row[0]: Line(*row) for row in rows}
    return [by_id[id] for id in ids if id in by_id]


def briefs(db: sqlite3.Connection, selection: Selection) -> list[tuple[Teaser, bytes]]:
    """The teasers in the selection, each once, with their hashes."""
    if not selection.briefs:
        return []
    clause = waiting(selection)
    rows = db.execute(
        f"SELECT pack, digest, story, link, first FROM teaser WHERE {clause.text} ORDER BY length DESC, id",
        clause.values,
    )
    is_open = not (selection.zone or selection.tags)  # then the rows are those, and no others
    kept: dict[tuple[int, int | None], tuple[Teaser, bytes]] = {}
    for pack, digest, key_, link, first in rows:
        # Without a date a title alone proves nothing: the link must be the same, too.
        key = key_, link if first is None else None
        if key in kept:
            continue
        teaser = selection.in_zone(_teaser(pack))
        if is_open or (selection.takes_day(teaser.date) and selection.takes_tags(teaser.tags)):
            kept[key] = teaser, digest
    return list(kept.values())


def span(db: sqlite3.Connection, selection: Selection) -> Window | None:
    """The first and last day of what is dated in the selection, articles and briefs."""
    fitting = filters(selection)
    clause = dated(selection) & fitting & leading(fitting, selection.merge)
    spans = [
        db.execute(f"SELECT min(first), max(last) FROM article WHERE {clause.text}", clause.values).fetchone()
    ]
    if selection.briefs:
        clause = waiting(selection)
        spans.append(
            db.execute(
                f"SELECT min(first), max(last) FROM teaser WHERE {clause.text}", clause.values
            ).fetchone()
        )
    days = [day for row in spans for day in row if day is not None]
    if not days:
        return None
    slack = 1 if selection.zone else 0
    first, last = date.fromordinal(min(days) - slack), date.fromordinal(max(days) + slack)
    return Window(max(first, selection.window.first or first), min(last, selection.window.last or last))


def excluded(db: sqlite3.Connection, selection: Selection, *, all: bool = True) -> list[Excluded]:
    """Every article that is not in the selection, and the first reason that holds; or only those without
    a date, and copies of what is in it."""
    tests = {
        "source": _source(selection, "article"),
        "tag": filters(Selection(tags=selection.tags)),
        "language": _language(selection, "article"),
        "words": filters(Selection(words=selection.words)),
    }
    columns = ", ".join(f"({test.text})" for test in tests.values())
    meant = Clause("1")
    if not all:
        meant = filters(selection) & dated(selection) & Clause("place > 0")
        meant = Clause(f"(first IS NULL OR ({meant.text}))", meant.values)
    inside = dict(each(db, "SELECT id, story FROM article WHERE id IN ({})", ids(db, selection)))
    leaders = {group: id for id, group in reversed(inside.items())}
    rows = db.execute(
        "SELECT id, title, name, published, story, (SELECT id FROM article lead"
        f" WHERE lead.story = article.story AND lead.place = 0), {columns} FROM article"
        f" WHERE listing = 0 AND {meant.text} ORDER BY id",
        tuple(value for test in tests.values() for value in test.values) + meant.values,
    )
    out: list[Excluded] = []
    for id, title, name, published, group, lead, *fits in rows:
        if id in inside:
            continue
        reason = next((r for r, fit in zip(tests, fits, strict=True) if not fit), "")
        if not reason and not _inside(published, selection):
            reason = "date" if published else "undated"
        if reason and not all and reason != "undated":
            continue
        out.append(
            Excluded(title, name, reason)
            if reason
            else _duplicate(db, title, name, id, leaders.get(group, lead))
        )
    return out


def _duplicate(db: sqlite3.Connection, title: str, name: str, id: int, leader: int) -> Excluded:
    query = "SELECT name, title, own, facts FROM article JOIN pack ON pack.article = id WHERE id = ?"
    (kept, kept_title, own, facts), (*_, others) = (
        db.execute(query, (each,)).fetchone() for each in (leader, id)
    )
    why = "it is a correction" if own else duplicates.advantage(_facts(facts), _facts(others))
    return Excluded(title, name, "duplicate", kept, why, kept_title)


def _inside(published: str | None, selection: Selection) -> bool:
    return selection.takes_day(selection.day_in_zone(published))
