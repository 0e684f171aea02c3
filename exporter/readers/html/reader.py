"""Saved web pages: what the page says of itself, and the part of it that is the article."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec
from htmldate import find_date
from lxml import etree, html

from exporter.diagnostics import Report
from exporter.model import build, visit
from exporter.model.article import Article, Asset, Basis, Block, When
from exporter.readers.common import boilerplate, date_parsing, dom, markup, metadata, prepare
from exporter.readers.common.boilerplate_rules import count_words
from exporter.readers.common.markup import text_of
from exporter.readers.common.metadata import based
from exporter.readers.html import (
    _blocked_pages,
    _body,
    _embedded_json,
    _page,
    _pruning,
    _recipes,
    _titles,
    _watch_page,
)
from exporter.readers.html._page import Page
from exporter.readers.html._recipes import Recipe
from exporter.readers.source import Source

_SUFFIXES = frozenset((".html", ".htm", ".xhtml", ".xht", ".shtml"))
_TYPES = ("text/html", "application/xhtml+xml")
_HEAD = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?>.*?-->)\s*+)*+(?:<!doctype\s+html|<(?:html|head|body)[\s>])",
    re.I | re.S,
)
_ARTICLE_TYPE = "text/html"


def sniff(source: Source) -> float:
    head = source.data[:4096].removeprefix(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head:
        head = head.replace(b"\0", b"").lstrip(b"\xff\xfe")
    if _HEAD.match(head) or source.hints.media_type in _TYPES:
        return 0.85
    return 0.8 if source.suffix in _SUFFIXES else 0.0


def read(source: Source, report: Report) -> Iterable[Article]:
    root = markup.parse(source.text(report), source.name, report)
    tree_guard = markup.hold(root)
    page = _page.read(root, source.hints)
    recipe = _recipes.of(page.saved_from or page.link)
    if watched := _watch_page.read(root, page):
        yield from _watch(source, report, root, page, watched)
    else:
        yield from _any(source, report, root, page, recipe)
    del tree_guard


def _any(
    source: Source, report: Report, root: html.HtmlElement, page: Page, recipe: Recipe | None
) -> Iterable[Article]:
    day: When | None = None
    if recipe:
        page, day = _by_recipe(root, page, recipe)
    blocks, assets = _blocks(source, report, root, page, recipe)
    is_frame = not source.hints.whole and sum(map(len, visit.texts(blocks))) < _embedded_json.ENOUGH
    if is_frame and (embedded := _embedded_json.read(root, source.name, report)):
        blocks, assets = dom.blocks(embedded.body, source, report, base=page.base)
        page = msgspec.structs.replace(page, titles=(*filter(None, [embedded.title]), *page.titles))
    if not source.hints.whole and (wall := _wall(root, page, blocks)):
        report.add("page-is-no-article", source.name, wall)
        return
    chosen = next(iter(_recipes.texts(root, recipe.title)), None) if recipe else None
    title, basis = _titles.title(root, page, blocks, source, report, chosen=chosen)
    if not blocks or not title:
        return
    body = blocks if basis.get("title") == "guess" else _titles.below_title(blocks, (title, *page.titles))
    if not source.hints.whole:
        body = boilerplate.without(body, source, report, link=page.link, authors=page.authors)
    published, published_basis = _published(root, page, may_guess=not source.hints.whole)
    if day:
        published, basis["published"] = day, "stated"
    elif published and published_basis:
        basis["published"] = published_basis
    elif page.invalid:
        report.add("date-invalid", source.name, page.invalid[:60])
    if page.saved:
        basis["captured"] = "metadata"
    basis |= based(page.authors_basis, authors=page.authors)
    site, label_language = metadata.part_label(page.site) if page.site else (None, None)
    label = page.site
    if label is None and page.link:
        label, basis["source"] = (urlsplit(page.link).hostname or "").removeprefix("www."), "url"
    language = page.language or label_language
    basis |= based("metadata", source=page.site, language=language)
    yield Article(
        title=title,
        subtitle=source.hints.subtitle,
        authors=page.authors,
        source=label or None,
        publisher=site if site != label else None,
        section=page.section,
        tags=page.tags,
        language=language,
        published=published,
        captured=page.saved,
        basis=basis,
        link=page.link,
        via=page.saved_from if page.saved_from != page.link else None,
        blocks=body,
        assets=assets,
        origin=source.origin("html", _ARTICLE_TYPE),
    )


def _watch(
    source: Source, report: Report, root: html.HtmlElement, page: Page, watched: _watch_page.Watched
) -> Iterable[Article]:
    """An article page of KCNA Watch: its own frame says more, and more surely, than its metadata."""
    blocks, assets = dom.blocks(watched.body, source, report, base=page.base)
    title, basis = _titles.title(root, page, blocks, source, report)
    if not blocks or not title:
        return
    published = watched.published or page.published
    if published:
        basis["published"] = "stated" if watched.published else "metadata"
    elif invalid := watched.invalid or page.invalid:
        report.add("date-invalid", source.name, invalid[:60])
    captured = page.saved or watched.captured
    if captured:
        basis["captured"] = "metadata" if page.saved else "stated"
    publisher, language = metadata.part_label(watched.label) if watched.label else (None, None)
    basis |= based("stated", source=watched.label)
    basis |= based("stated" if language else "metadata", language=language or page.language)
    yield Article(
        title=title,
        source=watched.label,
        publisher=publisher,
        aggregator=watched.aggregator,
        language=language or page.language,
        published=published,
        captured=captured,
        basis=basis,
        link=watched.original,
        via=page.link or page.saved_from,
        blocks=blocks if basis.get("title") == "guess" else _titles.below_title(blocks, (title,)),
        teasers=watched.teasers,
        assets=assets,
        origin=source.origin("html", _ARTICLE_TYPE),
    )


def _blocks(
    source: Source, report: Report, root: html.HtmlElement, page: Page, recipe: Recipe | None
) -> tuple[tuple[Block, ...], tuple[Asset, ...]]:
    tree = copy.deepcopy(root)
    tree_guard = markup.hold(tree)
    notes = prepare.prepare(tree, (page.link, page.saved_from, source.name))
    body = _recipes.body(tree, recipe) if recipe else None
    if body is None:
        body = tree.find("body") if source.hints.whole else _body_element(source, report, tree, page)
    if body is None:
        return (), ()
    blocks = dom.blocks(body, source, report, base=page.base, notes=notes)
    del tree_guard
    return blocks


def _body_element(source: Source, report: Report, tree: html.HtmlElement, page: Page) -> etree._Element:
    """The element that holds the article; what of the page's text is not in it is reported."""
    body = _body.find(tree, page, source.disabled_rules)
    for rule, passages in body.left_out.items():
        longest = max((build.one_line(passage.text) for passage in passages), key=len)
        if len(longest) < _pruning.LOSS:
            continue
        words = sum(count_words(passage.text) for passage in passages)
        detail = f"{rule}: {len(passages)}, {words} words, such as “{longest[:60]}”"
        report.add("paragraphs-left-out", source.name, detail)
    if body.is_doubtful:
        first = next(body.element.iter("p"), body.element)
        report.add("body-doubtful", source.name, build.one_line(text_of(first))[:60])
    return body.element


def _by_recipe(root: html.HtmlElement, page: Page, recipe: Recipe) -> tuple[Page, When | None]:
    """The page with the title and authors, and the day, that its site's recipe finds."""
    titles = _recipes.texts(root, recipe.title)[:1]
    authors = tuple(_recipes.texts(root, recipe.author))
    if authors:
        page = msgspec.structs.replace(page, authors=authors, authors_basis="stated")
    days = (date_parsing.parse(text, language=page.language) for text in _recipes.texts(root, recipe.date))
    page = msgspec.structs.replace(page, titles=(*titles, *page.titles))
    return page, next(filter(None, days), None)


def _wall(root: html.HtmlElement, page: Page, blocks: Sequence[Block]) -> str | None:
    """What the page is instead of an article, if it is none."""
    texts = list(visit.texts(blocks)) or [text_of(e) for e in root.iter("p", "h1", "h2", "li", "noscript")]
    title = page.titles[0] if page.titles else _titles.window(root)
    return _blocked_pages.blocked_by(title, build.one_line(" ".join(texts)))


def _published(root: html.HtmlElement, page: Page, *, may_guess: bool) -> tuple[When | None, Basis | None]:
    """Date of publication: the page's metadata, its address, else what is found in its text."""
    if page.published:
        return page.published, "metadata"
    for address in (page.link, page.saved_from):
        parts = urlsplit(address or "")  # a host's name tells no day
        if date := date_parsing.in_address(f"{parts.path}?{parts.query}"):
            return date, "url"
    if not may_guess:
        return None, None
    # The day in a saver's comment is that of saving.
    etree.strip_elements(root, etree.Comment, with_tail=False)
    # A fixed horizon: what is found must not depend on the day it is looked for.
    guess = find_date(root, original_date=True, min_date="1990-01-01", max_date="2100-01-01")
    return (guess, "guess") if guess and date_parsing.parse(guess) else (None, None)
