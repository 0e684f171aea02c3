"""The catalogue's row of an article: all that the library keeps of it, made of the article alone.

A pure function, so that whoever read the article makes its row, too, in a process or on a
machine of its own; the library then only files it.
"""

from __future__ import annotations

import hashlib

import msgspec

from exporter.diagnostics import Diagnostic
from exporter.editions.selection import article_key, teaser_key
from exporter.library import duplicates, text_search
from exporter.model import dates
from exporter.model.article import Article, Asset, Teaser
from exporter.model.build import folded
from exporter.model.visit import texts
from exporter.readers.registry import count_words
from exporter.readers.source import Reading

LINK, TITLE_KEY, TEXT, ORIGIN, BAND = 1, 2, 3, 4, 16
"""Kinds of keys: the same address; the same title, source and day; and, which proves nothing by
itself, the same text, or one of the bands by which similar texts meet. ``ORIGIN``, the same bytes
and place in them, is one of removed articles alone."""


Mark = tuple[int, int]
"""Kind and value."""


class TeaserRow(msgspec.Struct, frozen=True, gc=False):
    """The row of a teaser; ``group`` and ``link`` are the keys of the article it describes."""

    pack: bytes
    digest: bytes
    title_key: int
    link: int | None
    source_key: str | None
    publisher_key: str | None
    language: str | None
    days: tuple[int, int] | None
    length: int


class IndexRow(msgspec.Struct, frozen=True, gc=False):
    """An article's row. ``days`` are the first and last day, as ordinals, that its date may mean;
    ``marks`` what it shares with its copies; ``heading``, ``words`` and ``pairs``
    what is searched; ``part`` counts the articles of one origin; ``own`` says that
    it came in exporter's own form."""

    pack: bytes
    digest: bytes
    title: str
    name: str
    origin: str
    source: str | None
    publisher: str | None
    language: str | None
    published: str | None
    days: tuple[int, int] | None
    length: int
    listing: bool
    tags: tuple[str, ...]
    marks: tuple[Mark, ...]
    features: bytes
    heading: str
    words: str
    pairs: str
    teasers: tuple[TeaserRow, ...]
    images: tuple[Asset, ...]
    part: int = 0
    own: bool = False


def card(article: Article, *, own: bool = False) -> IndexRow:
    """The row of an article; ``own`` says that it came in exporter's own form."""
    listing = article.is_listing
    kept = msgspec.structs.replace(
        article,
        assets=tuple(msgspec.structs.replace(a, data=b"") for a in article.assets),
        teasers=(),
        also=(),
    )
    pack = msgspec.msgpack.encode(kept)
    pieces = list(texts(article.blocks, notes=True))
    heading, words = text_search.folded(article.title), text_search.folded("\n".join(pieces))
    teaser_rows = tuple(_teaser_row(teaser, article) for teaser in article.teasers)
    features = duplicates.features(article)
    return IndexRow(
        pack=pack,
        digest=_sha256(pack, *(teaser_row.digest for teaser_row in teaser_rows)),
        title=article.title,
        name=article.origin.name,
        origin=article.origin.sha256,
        source=article.source,
        publisher=article.publisher,
        language=article.language,
        published=article.published,
        days=_days(article.published),
        length=sum(map(len, pieces)),
        listing=listing,
        tags=tuple(dict.fromkeys(t.casefold() for t in article.tags)),
        marks=() if listing else _marks(article, features),
        features=msgspec.msgpack.encode(features),
        heading=heading,
        words=words,
        pairs=text_search.pairs(f"{heading}\n{words}"),
        teasers=teaser_rows,
        images=article.assets,
        part=article.origin.part,
        own=own,
    )


def _teaser_row(teaser: Teaser, carrier: Article) -> TeaserRow:
    pack = msgspec.msgpack.encode(teaser)
    key = mark("\0".join(teaser_key(teaser, carrier)))
    publisher = folded(carrier.publisher) or None
    return TeaserRow(
        pack=pack,
        digest=_sha256(pack, key.to_bytes(8, "big", signed=True), (publisher or "").encode()),
        title_key=key,
        link=mark(duplicates.canonical(teaser.link)) if teaser.link else None,
        source_key=folded(teaser.source) or None,
        publisher_key=publisher,
        language=teaser.language,
        days=_days(teaser.date),
        length=len(teaser.summary),
    )


def _marks(article: Article, features: duplicates.Features) -> tuple[Mark, ...]:
    keys = [(TITLE_KEY, mark("\0".join(article_key(article))))]
    if not article.published:
        # Without a date a title alone proves nothing ("Notes"): the text must be the same, too.
        keys = [(TITLE_KEY, mark("\0".join((*article_key(article), features.print.text.hex()))))]
    if features.link:
        keys.append((LINK, mark(features.link)))
    keys.append((TEXT, int.from_bytes(features.print.text[:8], "big", signed=True)))
    keys += [(BAND + number, value) for number, value in enumerate(features.print.bands)]
    return tuple(keys)


def mark(text: str) -> int:
    """A text as a number of 64 bits, below zero too, as SQLite keeps them."""
    return int.from_bytes(_sha256(text.encode("utf-8", "surrogatepass"))[:8], "big", signed=True)


def _sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _days(when: str | None) -> tuple[int, int] | None:
    if not when:
        return None
    first, last = dates.span(when)
    return first.toordinal(), last.toordinal()


class IndexedReading(msgspec.Struct, frozen=True):
    """The reading of a source, as rows."""

    cards: tuple[IndexRow, ...]
    diagnostics: tuple[Diagnostic, ...]
    sha256: str
    reader: str | None
    words: int = 0


def indexed_reading(reading: Reading) -> IndexedReading:
    """The rows of what was read; made where it was read."""
    used = reading.articles[0].origin.reader if reading.articles else None
    cards = tuple(card(article, own=reading.own) for article in reading.articles)
    words = sum(map(count_words, reading.articles))
    return IndexedReading(cards, reading.diagnostics, reading.sha256, used, words)
