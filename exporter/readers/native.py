"""This program's own JSON: articles, as ``show --json`` writes them, or an edition, as the format
``json`` is (`exporter.editions.compile.to_json`). Articles come back as they were. An edition's order and
grouping do not, and of its briefs those alone that its articles have among their teasers.

The file may have been written by anyone: what `exporter.model.build` would not have let in
(control characters, addresses that are not safe, dates that do not exist) is taken out.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from exporter.diagnostics import Report
from exporter.editions.compile import Brief, Part
from exporter.model import build, dates, visit
from exporter.model.article import Article, Inline, Link, Teaser, When, from_json
from exporter.readers.source import Source

_SIGNS = ((b'"title"', b'"origin"', b'"sha256"'), (b'"identifier"', b'"grouping"', b'"briefs"'))
"""What articles have, and an edition, be it of briefs alone."""


def sniff(source: Source) -> float:
    ours = source.suffix == ".json" and any(all(key in source.data for key in keys) for keys in _SIGNS)
    return 0.99 if ours else 0.0


def read(source: Source, report: Report) -> Iterable[Article]:
    source.is_own = True
    try:
        articles = _articles(_cleaned(msgspec.json.decode(source.data)), source, report)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        report.add("reader-failed", source.name, f"not this program's JSON: {error}")
        return
    for article in articles:
        yield _safe(article, source, report)


class _Edition(msgspec.Struct, frozen=True):
    """Of an edition, what articles are read from."""

    parts: tuple[Part, ...]
    briefs: tuple[Brief, ...] = ()


def _articles(value: object, source: Source, report: Report) -> tuple[Article, ...]:
    """The articles of decoded JSON. An edition is known by its parts, which no article has."""
    data = msgspec.json.encode(value)
    if not (isinstance(value, dict) and "parts" in value):
        return from_json(data)
    edition = msgspec.json.decode(data, type=_Edition)
    articles = tuple(entry.article for part in edition.parts for entry in part.entries)
    kept = {teaser for article in articles for teaser in article.teasers}
    if lost := sum(brief.teaser not in kept for brief in edition.briefs):
        report.add("briefs-not-read", source.name, f"{lost} of {len(edition.briefs)}")
    return articles


def _cleaned(value: object) -> object:
    """Decoded JSON with every string cleaned."""
    if isinstance(value, str):
        return build.clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return value


def _safe(article: Article, source: Source, report: Report) -> Article:
    def when(value: When | None) -> When | None:
        if value is None or dates.is_when(value):
            return value
        report.add("date-invalid", source.name, value)
        return None

    def link(value: str | None) -> str | None:
        return build.safe_link(value) if value else None

    def inline(node: Inline) -> Iterable[Inline]:
        return build.link(node.href, node.content) if isinstance(node, Link) else (node,)

    def teaser(t: Teaser) -> Teaser:
        language = build.language_tag(t.language)
        return msgspec.structs.replace(
            t, date=when(t.date), captured=when(t.captured), link=link(t.link), language=language
        )

    return msgspec.structs.replace(
        article,
        language=build.language_tag(article.language),
        published=when(article.published),
        captured=when(article.captured),
        link=link(article.link),
        via=link(article.via),
        blocks=visit.with_languages(
            visit.map_inlines(article.blocks, inline), lambda block: build.language_tag(block.language)
        ),
        teasers=tuple(map(teaser, article.teasers)),
        also=tuple(
            msgspec.structs.replace(c, published=when(c.published), link=link(c.link)) for c in article.also
        ),
    )
