"""The title of a page: the headline that it shows, and the blocks of the body that repeat it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from lxml import html

from exporter.diagnostics import Report
from exporter.model import build, visit
from exporter.model.article import Basis, Block, Heading, Paragraph
from exporter.readers.common import titles
from exporter.readers.common.markup import lines_of, text_of
from exporter.readers.html._page import Page
from exporter.readers.source import Source

_BAR = re.compile(r"\s*[|ㅣ│–—·•»›⋆:：-]")
_BARS = re.compile(r"(?<!\s)\s++(?:[|│–—·•»›⋆-]|::)\s++|(?:(?<!\s)\s++)?[|ㅣ]\s*+|-(?=[^\s-]+\Z)")
_AFTER_KICKER = tuple("|│–—·•»›:：")
_LINE = 120
_HEAD, _NEAR = 4, 10
"""Blocks among which the title may be with lines above it, and alone."""
_SHORTEST, _FEW, _OPENING = 6, 3, 20
"""Letters of the shortest heading that is preferred to the metadata; the words of one that cannot be a
section's name; the letters that are enough to recognise a title."""


def window(root: html.HtmlElement) -> str:
    """The title of the page's window (the ``title`` element)."""
    return next((build.one_line(text_of(title)) for title in root.iterfind("head/title")), "")


def title(
    root: html.HtmlElement,
    page: Page,
    blocks: Sequence[Block],
    source: Source,
    report: Report,
    *,
    chosen: str | None = None,
) -> tuple[str, dict[str, Basis]]:
    """The title and its basis by field: the one ``chosen`` by a recipe, else the only first-level heading,
    else that of the metadata, else the window's; if there is none, the first words of the text."""
    basis: Basis = "metadata"
    best = next((title for title in page.titles if not titles.same(title, page.site or "")), "")
    headings = _headings(root, page)
    only = headings[0] if len(headings) == 1 and not source.hints.whole and chosen is None else ""
    if only and (not best or _is_preferred(only, best, page, window(root))):
        best, basis = only, "stated"
    elif only and titles.same(only, best):
        best = only  # with the page's own quotation marks
    elif page.headline and _is_shown(page.headline, headings[:1], window(root)):
        best = page.headline
    above = [visit.plain(block.content) for block in blocks[:_HEAD] if isinstance(block, Heading)]
    best = _undecorated(best, (*headings, *page.titles, *above))
    if title := _without(_without(best or window(root), page.site), page.section):
        return title, {"title": basis}
    text = next((t for t in visit.texts(blocks) if t.strip()), "")
    if not text:
        return "", {}
    report.add("title-missing", source.name)
    return titles.first_words(text), {"title": "guess"}


def _headings(root: html.HtmlElement, page: Page) -> list[str]:
    """The page's first-level headings, each once, without the names of its site and section."""
    texts = dict.fromkeys(
        build.one_line(" ".join(lines_of(heading)))
        for heading in root.iter("h1")
        if not _is_site_frame(heading)
    )
    frame = [name for name in (page.site, page.section) if name and name not in page.titles]
    return [text for text in texts if text and not any(titles.same(text, name) for name in frame)]


def _is_site_frame(heading: html.HtmlElement) -> bool:
    """Whether a heading is part of the site's frame: a link to the home page, or in a menu."""
    if any(e.tag in ("nav", "footer", "aside") for e in heading.iterancestors()):
        return True
    links = [a.get("href") or "" for a in heading.iter("a")]
    parent = heading.getparent()
    if parent is not None and parent.tag == "a":
        links.append(parent.get("href") or "")
    return any(urlsplit(link).path in ("", "/") and not link.startswith("#") for link in links if link)


def _is_preferred(heading: str, title: str, page: Page, window: str) -> bool:
    """Whether the page's only heading is its title rather than the one of the metadata: it differs, is
    more than a kicker or the site's name, and JSON-LD has no headline, or a description in its place."""
    one, other = titles.bare(heading), titles.bare(title)
    if len(one) < _SHORTEST or one in other or other in one:
        return False
    if len(heading.split()) < _FEW and other[:_OPENING] in titles.bare(window):
        return False  # a section's name above a title that is also the window's
    is_named = heading in page.titles and heading in window and title not in window
    return not page.headline or (is_named and titles.same(page.headline, title))


def _is_shown(headline: str, headings: Sequence[str], window: str) -> bool:
    """Whether the metadata's headline is also a heading, but not in the window's title: then the title for
    sharing is made for search engines."""
    return any(titles.same(headline, heading) for heading in headings) and headline not in window


def below_title(blocks: tuple[Block, ...], page_titles: Sequence[str]) -> tuple[Block, ...]:
    """The blocks without those near the beginning that only repeat one of the page's titles, and without the
    lines above the first of them: the name of a section, a kicker."""
    repeated = {
        index
        for index, block in enumerate(blocks[:_NEAR])
        if isinstance(block, Heading | Paragraph)
        and (
            _repeats(text := visit.plain(block.content), page_titles)
            or (isinstance(block, Heading) and _adds_kicker(text, page_titles))
        )
    }
    first = min(repeated, default=_HEAD)
    if first < _HEAD and all(isinstance(b, Paragraph) and _is_line(b) for b in blocks[:first]):
        repeated |= set(range(first))
    kept = tuple(block for index, block in enumerate(blocks) if index not in repeated)
    return build.levels_from_one(kept) if repeated and kept else blocks


def _repeats(text: str, page_titles: Sequence[str]) -> bool:
    """Whether a line is one of the titles, with or without what a bar separates from it."""
    rest = text.lstrip(" :|–—·")
    if rest != text and page_titles[0].endswith(rest):
        return True  # its kicker is elsewhere
    return any(titles.same(text, title) for title in (*page_titles, _undecorated(page_titles[0], [text])))


def _adds_kicker(heading: str, page_titles: Iterable[str]) -> bool:
    """Whether a heading is one of the titles after a few words and a bar: ``Coast: A tower falls``."""
    kickers = [heading.removesuffix(title).rstrip() for title in page_titles if heading.endswith(title)]
    return any(kicker.endswith(_AFTER_KICKER) and len(kicker) < _LINE // 4 for kicker in kickers)


def _is_line(block: Paragraph) -> bool:
    return len(visit.plain(block.content)) < _LINE


def _undecorated(title: str, others: Iterable[str]) -> str:
    """The title without what its page appends for readers of other sites, if it is one of the page's other
    titles, a bar, and the rest."""
    for other in others:
        if title.startswith(other) and _BAR.match(title[len(other) :]):
            return other
    return title


def _without(title: str, site: str | None) -> str:
    """The title without the site's, or a section's, name at its end (or start)."""
    if not site:
        return title
    parts = list(_BARS.finditer(title))
    for bar in parts[-1:]:
        if titles.same(title[bar.end() :], site) and title[: bar.start()].strip():
            return title[: bar.start()].strip()
    for bar in parts[:1]:
        if titles.same(title[: bar.start()], site) and title[bar.end() :].strip():
            return title[bar.end() :].strip()
    return title
