"""An edition as HTML for print, cut into sections, with the fonts and images each needs."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple
from urllib.parse import quote

from exporter.backends.common import labels
from exporter.backends.common.images import prepare
from exporter.backends.common.page_marks import Named
from exporter.backends.common.templates import fill
from exporter.backends.common.xhtml import Dialect, Picture, Writer, opened
from exporter.backends.pdf import (
    characters,
    chart,
    columns,
    fit,
    fonts,
    index,
    pagerules,
    sectioning,
    style,
    template_context,
    wide_tables,
)
from exporter.backends.pdf.assets import PLACE, SCHEME, HtmlSection, Resource
from exporter.backends.pdf.metadata import PdfMetadata, pdf_metadata
from exporter.backends.pdf.template_context import ArticleContext, Part, Unit
from exporter.diagnostics import Report
from exporter.editions.compile import Brief, Edition, Entry
from exporter.editions.options import Paper, Settings
from exporter.model.article import Article, Block, Inline, Link
from exporter.model.visit import each_block, each_inline, languages, map_inlines, runs, size

RUNNING_HEAD = 64
CONTINUED = 44
OUTLINE = 150
CONTENTS = 240
"""Characters of a title in each place where it cannot stand whole."""

SOURCES = 14
"""Sources that the cover lists."""
SHORT = 600
"""Characters that a title and all that stands about an article are worth."""
BRIEF = 360
"""Characters of a brief with its title, about."""
ASCII = string.printable


class LayoutJobs(NamedTuple):
    """An edition's sections, in order: ``front`` (cover and contents), ``body``, ``back`` (index
    and colophon), a single article's body alone; ``verso`` is an empty page. Each begins a page
    and depends on its content and the style alone, not on its place. What stands at the back is
    made from the pages of each anchor; in all, links into the edition (`PLACE`) may ask for the
    first of them. ``verso`` has fonts for all that running heads say."""

    front: list[HtmlSection]
    body: list[HtmlSection]
    back: Callable[[Mapping[str, range]], list[HtmlSection]]
    verso: HtmlSection


def compose(edition: Edition, settings: Settings, report: Report) -> LayoutJobs:
    """The edition's layout jobs. What no font can print is replaced and reported."""
    chosen = style.load(settings.style)
    style.report_problems(settings.style, chosen, report)
    css = style.stylesheet(settings.style, chosen, settings.paper or chosen.paper, settings.look)
    if edition.single:
        css += pagerules.UNMARKED_FIRST
    setting = _Setting(edition, settings, chosen, style.families(settings.style, chosen), css)
    inside = {e.article.link: PLACE + e.anchor for e in edition.entries if e.article.link}
    parts: list[Part] = []
    body: list[HtmlSection] = []
    missing: set[str] = set()

    def add(section: HtmlSection, lost: Set[str]) -> None:
        body.append(section)
        missing.update(lost)

    for part in edition.parts:
        level = 2 if part.title else 1
        copy = Part(part.anchor, labels.part_title(part, edition), [])
        parts.append(copy)
        for number, (unit, entries) in enumerate(_units(part.entries, chosen)):
            begun = _unit(unit, part.anchor, edition)
            copy.units.append(begun)
            for run in _runs(entries, chosen, inside.keys()):
                pictures: dict[str, Resource] = {}
                articles = [_article(entry, setting, level, inside, pictures, report) for entry in run]
                opens = not begun.articles
                values: dict[str, Any] = {"part": copy, "unit": begun, "opens": opens}
                section = setting.section(
                    "part",
                    _named(articles),
                    _ranked(articles),
                    pictures,
                    holds=articles,
                    articles=articles,
                    begins=opens and number == 0,
                    **values,
                )
                begun.articles.extend(articles)
                add(*section)
    for number, (unit, briefs) in enumerate(_brief_units(edition.briefs)):
        begun = _unit(unit, "briefs", edition)
        lines = [_brief(brief, edition) for brief in briefs]
        values = {"unit": begun, "begins": number == 0, "briefs": lines}
        add(*setting.section("briefs", labels.IN_BRIEF, _ranked(lines), holds=lines, **values))
    head = pdf_metadata(edition)

    chapters = template_context.chapters(parts)
    front = []
    for number, chapter in enumerate(() if edition.single else chapters):
        ends: dict[str, Any] = {"first": number == 0, "last": number == len(chapters) - 1}
        has: dict[str, Any] = {"has_briefs": bool(edition.briefs), "has_index": index.is_wanted(edition)}
        template = "contents" if number else "front"
        opening, lost = setting.section(
            template,
            labels.CONTENTS,
            edition.languages,
            head=head,
            glance=chart.chart(edition),
            chapter=chapter,
            **ends,
            **has,
        )
        front.append(opening)
        missing |= lost

    def back(pages: Mapping[str, range]) -> list[tuple[HtmlSection, Set[str]]]:
        sections: list[tuple[HtmlSection, Set[str]]] = []
        if edition.single:
            return sections
        if index.is_wanted(edition):
            lines = index.index(edition, pages)
            sections.append(setting.section("index", labels.INDEX, (), lines=lines))
        sections.append(setting.section("colophon", labels.COLOPHON, (), head=head, briefs=edition.briefs))
        return sections

    for _, lost in back({}):
        missing |= lost
    characters.report_missing(edition, missing, report)
    return LayoutJobs(
        front,
        body,
        lambda pages: [section for section, _ in back(pages)],
        setting.section("verso", labels.CONTENTS, edition.languages, also=_heads(head, parts))[0],
    )


def _heads(head: PdfMetadata, parts: Iterable[Part]) -> str:
    """All that running heads may say."""
    said = [head.title, head.window]
    for part in parts:
        said.append(part.title)
        for unit in part.units:
            said += [unit.title, *(article.title + article.continued for article in unit.articles)]
    return "".join(said)


def _size(entry: Entry) -> int:
    return size(entry.article) + SHORT


def _runs(entries: Sequence[Entry], chosen: style.Style, inside: Set[str]) -> Iterable[list[Entry]]:
    """Where articles flow, what has no better place to be cut is cut in need only. Where they
    begin pages, those that tell another one's page, and so are laid out twice, stand alone."""

    def refers(entry: Entry) -> bool:
        pieces = (run for block in each_block(entry.article.blocks) for run in runs(block))
        nodes = (node for piece in pieces for node in each_inline(piece))
        return any(isinstance(node, Link) and node.href in inside for node in nodes)

    if chosen.articles == "page":
        return sectioning.runs(entries, _size, _anchor, refers)
    if sum(map(_size, entries)) <= 2 * sectioning.LONG:
        return [list(entries)]
    return sectioning.runs(entries, _size, _anchor, run=sectioning.LONG // 2)


def _anchor(entry: Entry) -> str:
    return entry.anchor


def _units(entries: Sequence[Entry], chosen: style.Style) -> list[tuple[sectioning.Unit, list[Entry]]]:
    if chosen.articles == "page":
        return [(sectioning.WHOLE, list(entries))]
    return sectioning.divided(
        entries, _size, lambda e: e.article.published, lambda e: e.article.publisher or e.article.source or ""
    )


def _brief_units(briefs: Sequence[Brief]) -> list[tuple[sectioning.Unit, list[Brief]]]:
    if not briefs:
        return []
    return sectioning.divided(
        briefs,
        lambda _: BRIEF,
        lambda b: b.teaser.date,
        lambda b: b.teaser.source or "",
        sectioning.LONG // 2,
    )


def _unit(unit: sectioning.Unit, parent: str, edition: Edition) -> Unit:
    if unit == sectioning.WHOLE:
        return Unit("", "", [])
    shown = labels.period(unit.name, edition.language) if unit.of == "date" else unit.name
    return Unit(f"u{parent}-{re.sub('[^0-9A-Za-z]', '-', unit.name)}", shown, [])


def _named(articles: list[ArticleContext]) -> str:
    first, last = (fit.shorten(a.title, RUNNING_HEAD) for a in (articles[0], articles[-1]))
    return f"“{first}”" if len(articles) == 1 else f"“{first}” to “{last}”"


def _ranked(texts: Sequence[ArticleContext | _Brief]) -> list[str]:
    """Their languages, the commonest first, those of single paragraphs last."""
    counts = Counter(text.language for text in texts if text.language)
    counts.update(dict.fromkeys({tag for text in texts for tag in text.within} - counts.keys(), 0))
    return sorted(counts, key=lambda tag: (-counts[tag], tag))


class _Setting(NamedTuple):
    """What all sections of an edition have in common."""

    edition: Edition
    settings: Settings
    style: style.Style
    families: fonts.Wanted
    css: str

    @property
    def paper(self) -> Paper | None:
        return self.settings.paper or self.style.paper

    def section(
        self,
        template: str,
        name: str,
        languages: Sequence[str],
        pictures: Mapping[str, Resource] | None = None,
        *,
        holds: Iterable[ArticleContext | _Brief] = (),
        also: str = "",
        **values: Any,
    ) -> tuple[HtmlSection, Set[str]]:
        """The section that a template makes of the articles or briefs that it ``holds``, and the
        characters that no font has; its fonts have those of ``also``, too."""
        html = fill(
            f"pdf/{template}.html",
            edition=self.edition,
            direction=labels.direction(self.edition.language),
            words=labels,
            place=PLACE,
            paper=(self.paper or "").lower(),
            colours=self.style.palette(self.settings.look),
            shorten=fit.shorten,
            limits={"head": RUNNING_HEAD, "outline": OUTLINE, "contents": CONTENTS, "sources": SOURCES},
            **values,
        )
        wanted = (self.edition.language, *languages)
        printable = characters.printable(str(html), wanted, self.families, also)
        css = self.css + printable.fonts.css()
        served = {**printable.fonts.resources(), **(pictures or {})}
        anchors = tuple(text.anchor for text in holds)
        return HtmlSection(name, printable.html, css, served, anchors=anchors), printable.missing


class _Brief(NamedTuple):
    anchor: str
    title: str
    summary: str
    language: str | None
    direction: str
    line: str
    link: str | None
    within: frozenset[str] = frozenset()


def _article(
    entry: Entry,
    setting: _Setting,
    level: int,
    inside: Mapping[str, str],
    pictures: dict[str, Resource],
    report: Report,
) -> ArticleContext:
    article, edition = entry.article, setting.edition
    where = article.origin.name
    blocks = wide_tables.divided(
        _relinked(fit.blocks(article.blocks), inside),
        setting.style.letters(setting.paper),
        lambda what: report.add("table-divided", where, what),
    )
    foot = setting.style.notes == "foot"
    if foot and fit.overnoted(blocks):
        foot = False
        report.add("notes-at-end", where, article.title[:80])
    writer = Writer(
        Dialect(
            _Album(article, setting, pictures, report),
            foot=foot,
            paged=True,
            prefix=f"{entry.anchor}-note-",
            heading=level,
            columns=fit.columns,
            breadth=fit.breadth,
            inside=PLACE,
            opening=Named(entry.anchor) if setting.settings.with_pages else opened,
        )
    )
    body = columns.body(blocks, writer.blocks) if setting.style.columns.count > 1 else writer.blocks(blocks)
    grouped, date = edition.grouping, article.published
    return ArticleContext(
        entry.anchor,
        f"h{level}",
        article.title or labels.UNTITLED,
        article.subtitle or "",
        article.language,
        labels.direction(article.language),
        [(piece, _direction(piece)) for piece in labels.byline(article, edition)],
        "" if grouped == "day" or not date else labels.spell(date, edition.language, short=True),
        "" if grouped == "source" else article.source or "",
        _continued(article, edition),
        article.link,
        article.aggregator,
        labels.spell(article.captured, edition.language) if article.captured else "",
        [(copy, _direction(copy.name)) for copy in labels.also(article, edition)],
        body,
        writer.notes,
        frozenset(languages(blocks)),
    )


def _continued(article: Article, edition: Edition) -> str:
    """What the running head says where the article goes on: title, source and date, in the
    room of one line."""
    date = labels.spell(article.published, edition.language, short=True) if article.published else ""
    pieces = (fit.shorten(article.title, CONTINUED), article.source or "", date)
    return " \N{MIDDLE DOT} ".join(piece for piece in pieces if piece)


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
        teaser.title or labels.UNTITLED,
        labels.summary(teaser),
        teaser.language,
        labels.direction(teaser.language),
        labels.brief_line(teaser, edition),
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
        span, is_beside = setting.style.span(image.width, image.height, setting.paper)
        return Picture(href, image.width, image.height, lines, span, is_beside)
