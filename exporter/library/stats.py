"""Numbers of what a library holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import date

import msgspec

from exporter.errors import unknown
from exporter.library.images import ImageStore
from exporter.model.build import folded


class Source(msgspec.Struct, frozen=True, gc=False):
    """A source, how many articles it has, of these copies of others', and the days they span."""

    name: str | None
    articles: int
    copies: int
    first: str | None
    last: str | None


class Stats(msgspec.Struct, frozen=True, gc=False):
    """What a library holds: ``distinct`` counts each article once, whatever its copies; ``days``
    the articles of each day; sizes are bytes."""

    articles: int
    distinct: int
    undated: int
    briefs: int
    files: int
    images: int
    database: int
    image_bytes: int
    languages: dict[str, int]
    days: dict[date, int]


def check_sources(db: sqlite3.Connection, names: Collection[str]) -> None:
    """Raise `UsageError` for a source that nothing has, where there is anything at all."""
    for name in names:
        if not db.execute("SELECT 1 FROM article LIMIT 1").fetchone():
            return
        key = folded(name)
        known = any(
            db.execute(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", (key,)).fetchone()
            for table in ("article", "teaser")
            for column in ("source_key", "publisher_key")
        )
        if not known:
            names_ = {n for (n,) in db.execute("SELECT DISTINCT source FROM article") if n}
            names_ |= {n for (n,) in db.execute("SELECT DISTINCT publisher FROM article") if n}
            raise unknown("source", name, names_)


def sources(db: sqlite3.Connection) -> list[Source]:
    """Each source, the one with most articles first."""
    rows = db.execute(
        "SELECT coalesce(publisher, source) , count(*), sum(place > 0), min(first), max(last)"
        " FROM article WHERE listing = 0 GROUP BY 1 ORDER BY count(*) DESC, 1"
    )
    return [Source(name, n, copies, _day(first), _day(last)) for name, n, copies, first, last in rows]


def _day(ordinal: int | None) -> str | None:
    return date.fromordinal(ordinal).isoformat() if ordinal else None


def stats(db: sqlite3.Connection, images: ImageStore) -> Stats:
    """The library's numbers; days count articles whose day is known, each group once."""

    def one(query: str) -> int:
        return int(db.execute(query).fetchone()[0] or 0)

    sizes = images.sizes()
    return Stats(
        articles=one("SELECT count(*) FROM article WHERE listing = 0"),
        distinct=one("SELECT count(*) FROM article WHERE listing = 0 AND place = 0"),
        undated=one("SELECT count(*) FROM article WHERE listing = 0 AND place = 0 AND first IS NULL"),
        briefs=one("SELECT count(DISTINCT digest) FROM teaser"),
        files=one("SELECT count(*) FROM file"),
        images=len(sizes),
        database=one("PRAGMA page_count") * one("PRAGMA page_size"),
        image_bytes=sum(sizes),
        languages=dict(
            db.execute(
                "SELECT coalesce(language, ''), count(*) FROM article WHERE listing = 0 AND place = 0"
                " GROUP BY 1 ORDER BY 2 DESC, 1"
            ).fetchall()
        ),
        days={
            date.fromordinal(day): n
            for day, n in db.execute(
                "SELECT first, count(*) FROM article WHERE listing = 0 AND place = 0 AND first = last"
                " GROUP BY first ORDER BY first"
            )
        },
    )
