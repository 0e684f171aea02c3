"""Articles out of the tables."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence

import msgspec

from exporter.diagnostics import Report
from exporter.library._database import AT_ONCE, each
from exporter.library.images import ImageStore
from exporter.model.article import Article, Asset, Copy, Teaser

_article = msgspec.msgpack.Decoder(Article).decode
_teaser = msgspec.msgpack.Decoder(Teaser).decode


def articles(
    db: sqlite3.Connection,
    ids: Sequence[int],
    images: ImageStore,
    report: Report | None = None,
    *,
    merge: bool = True,
) -> list[Article]:
    """The articles of these numbers, in their order, with teasers, images and, where copies ``merge``,
    word of these."""
    # Some at a time, so that packs are not all held beside what is unpacked.
    some = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return [article for few in some for article in _loaded(db, few, images, report, merge)]


def _loaded(
    db: sqlite3.Connection, ids: Sequence[int], images: ImageStore, report: Report | None, merge: bool
) -> Iterator[Article]:
    packs = dict(each(db, "SELECT article, pack FROM pack WHERE article IN ({})", ids))
    teasers: dict[int, list[Teaser]] = {}
    for id, pack in each(
        db,
        "SELECT article, pack FROM carries JOIN teaser ON teaser.id = carries.teaser"
        " WHERE article IN ({}) ORDER BY article, position",
        ids,
    ):
        teasers.setdefault(id, []).append(_teaser(pack))
    also = copies(db, ids) if merge else {}
    for id in ids:
        article = _article(packs[id])
        yield msgspec.structs.replace(
            article,
            teasers=tuple(teasers.get(id, ())),
            assets=tuple(_with_bytes(article, images, report)),
            also=also.get(id, ()),
        )


def _with_bytes(article: Article, images: ImageStore, report: Report | None) -> Iterator[Asset]:
    """The images that are still there; one that is not costs its picture alone."""
    for asset in article.assets:
        data = images.get(asset.id)
        if data is not None:
            yield msgspec.structs.replace(asset, data=data)
        elif report is not None:
            report.add("image-missing", article.origin.name, f"{asset.name or asset.id[:12]}, in the library")


def copies(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, tuple[Copy, ...]]:
    """Where else each article appeared: its copies from other sources, the earliest first."""
    rows = each(
        db,
        "SELECT own.id, coalesce(own.publisher, own.source), coalesce(other.publisher, other.source),"
        " other.published, pack.pack FROM article own"
        " JOIN article other ON other.story = own.story AND other.id <> own.id"
        " AND (other.origin, other.part) <> (own.origin, own.part)"  # an earlier version
        " JOIN pack ON pack.article = other.id"
        " WHERE own.id IN ({}) ORDER BY own.id, other.published IS NULL, other.published, other.id",
        ids,
    )
    by_article: dict[int, dict[str, Copy]] = {}
    for id, here, there, published, pack in rows:
        if there and there != here and there not in by_article.setdefault(id, {}):
            by_article[id][there] = Copy(there, published, _article(pack).link)
    return {id: tuple(copies.values()) for id, copies in by_article.items() if copies}


def digests(db: sqlite3.Connection, ids: Sequence[int], *, merge: bool = True) -> list[str]:
    """A hash of each article with all that goes into an edition beside it, in hexadecimal."""
    own = dict(each(db, "SELECT id, digest FROM article WHERE id IN ({})", ids))
    also = copies(db, ids) if merge else {}
    return [
        hashlib.sha256(own[id] + (msgspec.msgpack.encode(also[id]) if id in also else b"")).hexdigest()
        for id in ids
    ]
