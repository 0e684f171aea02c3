"""An edition as HTML for print, cut where a page begins anyway, with the fonts and images it needs."""

from __future__ import annotations

import string
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from exporter.backends import Paper, Settings, _words
from exporter.backends._images import prepare
from exporter.backends._templates import fill
from exporter.backends._xhtml import Dialect, Picture, Writer
from exporter.backends.pdf import characters, fit, fonts, style
from exporter.backends.pdf.assets import PLACE, SCHEME, Resource, Sheet
from exporter.backends.pdf.imprint import imprint
from exporter.diagnostics import Report
from exporter.edition import Brief, Edition, Entry
from exporter.model import Article, Block, Inline, Link
from exporter.walk import map_inlines

RUNNING_HEAD = 64
OUTLINE = 150
CONTENTS = 240
"""Characters of a title in each place where it cannot stand whole."""

SOURCES = 14
"""Sources that the cover lists."""
ASCII = string.printable


RUN = 8
"""Articles laid out at a time where each begins a page."""


class Manuscript(NamedTuple):
    """An edition's sections, each to be laid out on its own because it begins a page.

    A section's sheet depends on its content and the style alone, not on its place.
    ``front`` makes cover and contents from the page number of each anchor.
    """

    front: Callable[[Mapping[str, int]], Sheet]
    sections: list[Sheet]


def compose(edition: Edition, settings: Settings, report: Report) -> Manuscript:
    """The edition's manuscript. What no font can print is replaced and reported."""
    told = style.load(settings.style)
    style.report_problems(settings.style, told, report)
    setting = _Setting(edition, settings, told, style.families(settings.style, told))
    inside = {e.article.link: PLACE + e.anchor for e in edition.entries if e.article.link}
    parts: list[_Part] = []
    sections: list[Sheet] = []
    missing: set[str] = set()

    def add(sheet: Sheet, lost: Set[str]) -> None:
        sections.append(sheet)
        missing.update(lost)

    for part in edition.parts:
        level = 2 if part.title else 1
        made = _Part(part.anchor, _words.part_title(part, edition), [])
        parts.append(made)
        size = RUN if told.articles == "page" else len(part.entries)
        for start in range(0, len(part.entries), size):
            entries = part.entries[start : start + size]
            pictures: dict[str, Resource] = {}
            articles = [_article(entry, setting, level, inside, pictures, report) for entry in entries]
            made.articles.extend(articles)
            add(
                *setting.sheet(
                    "part",
                    _named(articles),
                    _ranked(articles),
                    pictures,
                    part=made,
                    begins=start == 0,
                    articles=articles,
                )
            )
    briefs = [_brief(brief, edition) for brief in edition.briefs]
    if briefs:
        add(*setting.sheet("briefs", _words.IN_BRIEF, _ranked(briefs), briefs=briefs))
    head = imprint(edition)
    add(*setting.sheet("colophon", _words.COLOPHON, (), head=head, briefs=briefs))

    def opening(pages: Mapping[str, int]) -> tuple[Sheet, Set[str]]:
        values = {"head": head, "parts": parts, "briefs": briefs, "pages": pages}
        return setting.sheet("front", _words.CONTENTS, edition.languages, {}, **values)

    missing |= opening(defaultdict(int))[1]
    characters.report_missing(edition, missing, report)
    return Manuscript(lambda pages: opening(pages)[0], sections)


def _named(articles: list[_Article]) -> str:
    first, last = (fit.shorten(a.title, RUNNING_HEAD) for a in (articles[0], articles[-1]))
    return f"“{first}”" if len(articles) == 1 else f"“{first}” to “{last}”"


def _ranked(texts: Iterable[_Article | _Brief]) -> list[str]:
    """Their languages, the commonest first."""
    counts = Counter(text.language for text in texts if text.language)
    return sorted(counts, key=lambda tag: (-counts[tag], tag))


class _Setting(NamedTuple):
    """What all sections of an edition have in common."""

    edition: Edition
    settings: Settings
    style: style.Style
    families: fonts.Wanted

    @property
    def paper(self) -> Paper | None:
        return self.settings.paper or self.style.paper

    def sheet(
        self,
        template: str,
        name: str,
        languages: Sequence[str],
        pictures: Mapping[str, Resource] | None = None,
        **values: object,
    ) -> tuple[Sheet, frozenset[str]]:
        """The section that a template makes, and the characters that no font has."""
        html = fill(
            f"pdf/{template}.html",
            edition=self.edition,
            direction=_words.direction(self.edition.language),
            words=_words,
            place=PLACE,
            paper=(self.paper or "").lower(),
            shorten=fit.shorten,
            limits={"head": RUNNING_HEAD, "outline": OUTLINE, "contents": CONTENTS, "sources": SOURCES},
            **values,
        )
        printable = characters.printable(str(html), (self.edition.language, *languages), self.families)
        css = style.sheet(self.settings.style, self.style, self.paper, self.settings.look)
        css += printable.fonts.css()
        served = {**printable.fonts.resources(), **(pictures or {})}
        return Sheet(name, printable.html, css, served), printable.missing


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


def _article(
    entry: Entry,
    setting: _Setting,
    level: int,
    inside: Mapping[str, str],
    pictures: dict[str, Resource],
    report: Report,
) -> _Article:
    article, edition = entry.article, setting.edition
    album = _Album(article, setting, pictures, report)
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

    def __init__(
        self, article: Article, setting: _Setting, pictures: dict[str, Resource], report: Report
    ) -> None:
        self._assets = {asset.id: asset for asset in article.assets}
        self._where = article.origin.name
        self._setting = setting
        self._pictures = pictures
        self._report = report

    def __call__(self, id: str) -> Picture | None:
        asset = self._assets.get(id)
        setting = self._setting
        image = prepare(asset, grey=setting.settings.look == "black") if asset else None
        if image is None:
            self._report.add("image-broken", self._where, asset.name if asset else id)
            return None
        href = f"{SCHEME}image/{id}"
        self._pictures[href] = Resource(image.data, image.media_type)
        lines = setting.style.lines(image.width, image.height, setting.paper)
        return Picture(href, image.width, image.height, lines)
