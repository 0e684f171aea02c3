"""An edition as one HTML document for print, with the fonts and images it needs."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from exporter import resources
from exporter.backends import Settings, _words
from exporter.backends._images import prepare
from exporter.backends._templates import fill
from exporter.backends._xhtml import Dialect, Picture, Writer
from exporter.backends.pdf import characters, fit
from exporter.backends.pdf.assets import SCHEME, Resource
from exporter.backends.pdf.imprint import imprint
from exporter.diagnostics import Report
from exporter.edition import Brief, Edition, Entry, Part
from exporter.model import Article, Block, Inline, Link
from exporter.walk import map_inlines

RUNNING_HEAD = 64
OUTLINE = 150
CONTENTS = 240
"""Characters of a title in each place where it cannot stand whole."""

SOURCES = 14
"""Sources that the cover lists."""
ASCII = string.printable


class Composed(NamedTuple):
    """What the layout takes: see `exporter.backends.pdf.layout.lay_out`."""

    html: str
    css: str
    resources: dict[str, Resource]


def compose(edition: Edition, settings: Settings, report: Report) -> Composed:
    """The edition's document. What no font can print is replaced and reported."""
    pictures: dict[str, Resource] = {}
    inside = {e.article.link: f"#{e.anchor}" for e in edition.entries if e.article.link}
    html = str(
        fill(
            "pdf/edition.html",
            edition=edition,
            words=_words,
            head=imprint(edition),
            parts=[_part(part, edition, inside, pictures, report) for part in edition.parts],
            briefs=[_brief(brief, edition) for brief in edition.briefs],
            paper=(settings.paper or "").lower(),
            shorten=fit.shorten,
            limits={"head": RUNNING_HEAD, "outline": OUTLINE, "contents": CONTENTS, "sources": SOURCES},
        )
    )
    html, chosen = characters.printable(html, edition, report)
    size = f"@page {{ size: {settings.paper}; }}\n" if settings.paper else ""
    css = chosen.css() + resources.style_css(settings.style, "print.css") + size
    return Composed(html, css, {**chosen.resources(), **pictures})


class _Part(NamedTuple):
    anchor: str
    title: str
    articles: list[_Article]


class _Article(NamedTuple):
    anchor: str
    heading: str
    title: str
    subtitle: str
    language: str | None
    direction: str
    byline: list[tuple[str, str]]
    day: str
    source: str
    link: str | None
    aggregator: str | None
    captured: str
    body: Markup


class _Brief(NamedTuple):
    anchor: str
    title: str
    summary: str
    language: str | None
    direction: str
    line: str
    link: str | None


def _part(
    part: Part,
    edition: Edition,
    inside: Mapping[str, str],
    pictures: dict[str, Resource],
    report: Report,
) -> _Part:
    level = 2 if part.title else 1
    return _Part(
        part.anchor,
        _words.part_title(part, edition),
        [_article(entry, edition, level, inside, pictures, report) for entry in part.entries],
    )


def _article(
    entry: Entry,
    edition: Edition,
    level: int,
    inside: Mapping[str, str],
    pictures: dict[str, Resource],
    report: Report,
) -> _Article:
    article = entry.article
    album = _Album(article, pictures, report)
    writer = Writer(Dialect(album, paged=True, heading=level, columns=fit.columns))
    grouped, told = edition.grouping, article.published
    return _Article(
        entry.anchor,
        f"h{level}",
        article.title or _words.UNTITLED,
        article.subtitle or "",
        article.language,
        _words.direction(article.language),
        [(piece, _direction(piece)) for piece in _words.byline(article, edition)],
        "" if grouped == "day" or not told else _words.spell(told, edition.language, short=True),
        "" if grouped == "source" else article.source or "",
        article.link,
        article.aggregator,
        _words.spell(article.captured, edition.language) if article.captured else "",
        writer.blocks(_relinked(fit.blocks(article.blocks), inside)),
    )


def _direction(text: str) -> str:
    """``rtl`` or ``ltr`` by the first letter that has a direction."""
    kinds = (unicodedata.bidirectional(c) for c in text)
    return next(("rtl" if k in ("R", "AL") else "ltr" for k in kinds if k in ("L", "R", "AL")), "ltr")


def _relinked(blocks: Iterable[Block], inside: Mapping[str, str]) -> tuple[Block, ...]:
    """A link to an article of the same edition leads to its page, any other to an ASCII address."""

    def change(node: Inline) -> tuple[Inline, ...]:
        if isinstance(node, Link):
            # Only what is not ASCII is escaped: the address is a link's already.
            href = inside.get(node.href) or quote(node.href, safe=ASCII)
            return (Link(href, node.content),)
        return (node,)

    return map_inlines(blocks, change)


def _brief(brief: Brief, edition: Edition) -> _Brief:
    teaser = brief.teaser
    return _Brief(
        brief.anchor,
        teaser.title or _words.UNTITLED,
        _words.summary(teaser),
        teaser.language,
        _words.direction(teaser.language),
        _words.brief_line(teaser, edition),
        teaser.link,
    )


class _Album:
    """The pictures of one article, each prepared when first asked for."""

    def __init__(self, article: Article, pictures: dict[str, Resource], report: Report) -> None:
        self._assets = {asset.id: asset for asset in article.assets}
        self._where = article.origin.name
        self._pictures = pictures
        self._report = report

    def __call__(self, id: str) -> Picture | None:
        asset = self._assets.get(id)
        image = prepare(asset) if asset else None
        if image is None:
            self._report.add("image-broken", self._where, asset.name if asset else id)
            return None
        href = f"{SCHEME}image/{id}"
        self._pictures[href] = Resource(image.data, image.media_type)
        return Picture(href, image.width, image.height)
