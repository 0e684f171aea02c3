"""Saved web pages: their metadata, and the part of each that is the article."""

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
from exporter.readers.html import _blocked_pages, _body, _embedded_json, _page, _pruning, _sites, _titles
from exporter.readers.html._page import Page
from exporter.readers.html._sites import Recipe, WatchPage
from exporter.readers.source import Source

_SUFFIXES = frozenset((".html", ".htm", ".xhtml", ".xht", ".shtml"))
_TYPES = ("text/html", "application/xhtml+xml")
_HEAD = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?>.*?-->)\s*+)*+(?:<!doctype\s+html|<(?:html|head|body)[\s>])",
    re.I | re.S,
)
_ARTICLE_TYPE = "text/html"


def sniff(source: Source) -> float:
    """How surely the source is HTML, 0 to 1: by its first tags, its media type, its suffix."""
    head = source.data[:4096].removeprefix(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head:
        head = head.replace(b"\0", b"").lstrip(b"\xff\xfe")
    if _HEAD.match(head) or source.hints.media_type in _TYPES:
        return 0.85
    return 0.8 if source.suffix in _SUFFIXES else 0.0


def read(source: Source, report: Report) -> Iterable[Article]:
    """The article of the page, if it shows one. Raises `UsageError` for an invalid recipe."""
    root = markup.parse(source.text(report), source.name, report)
    tree_guard = markup.pin(root)
    page = _page.read(root, source.hints)
    recipe = _sites.recipe_for(page.saved_from or page.link)
    if watch_page := _sites.watch_page(root, page):
        yield from _read_watch_page(source, report, root, page, watch_page)
    else:
        yield from _read_page(source, report, root, page, recipe)
    del tree_guard


def _read_page(
    source: Source, report: Report, root: html.HtmlElement, page: Page, recipe: Recipe | None
) -> Iterable[Article]:
    day: When | None = None
    if recipe:
        page, day = _with_recipe(root, page, recipe)
    blocks, assets = _blocks(source, report, root, page, recipe)
    is_frame = not source.hints.whole and sum(map(len, visit.texts(blocks))) < _embedded_json.ENOUGH
    if is_frame and (embedded := _embedded_json.read(root, source.name, report)):
        blocks, assets = dom.blocks(embedded.body, source, report, base=page.base)
        page = msgspec.structs.replace(page, titles=(*filter(None, [embedded.title]), *page.titles))
    if not source.hints.whole and (wall := _wall(root, page, blocks)):
        report.add("page-is-no-article", source.name, wall)
        return
    chosen = next(iter(_sites.texts(root, recipe.title)), None) if recipe else None
    title, basis = _titles.title(root, page, blocks, source, report, chosen=chosen)
    if not blocks or not title:
        return
    body = blocks if basis.get("title") == "guess" else _titles.below_title(blocks, (title, *page.titles))
    if not source.hints.whole:
        body = boilerplate.remove(body, source, report, link=page.link, authors=page.authors)
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
    site, label_language = metadata.split_label(page.site) if page.site else (None, None)
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


def _read_watch_page(
    source: Source, report: Report, root: html.HtmlElement, page: Page, watch_page: WatchPage
) -> Iterable[Article]:
    """An article page of KCNA Watch: its visible values are more complete and reliable than its metadata."""
    blocks, assets = dom.blocks(watch_page.body, source, report, base=page.base)
    title, basis = _titles.title(root, page, blocks, source, report)
    if not blocks or not title:
        return
    published = watch_page.published or page.published
    if published:
        basis["published"] = "stated" if watch_page.published else "metadata"
    elif invalid := watch_page.invalid or page.invalid:
        report.add("date-invalid", source.name, invalid[:60])
    captured = page.saved or watch_page.captured
    if captured:
        basis["captured"] = "metadata" if page.saved else "stated"
    publisher, language = metadata.split_label(watch_page.label) if watch_page.label else (None, None)
    basis |= based("stated", source=watch_page.label)
    basis |= based("stated" if language else "metadata", language=language or page.language)
    yield Article(
        title=title,
        source=watch_page.label,
        publisher=publisher,
        aggregator=watch_page.aggregator,
        language=language or page.language,
        published=published,
        captured=captured,
        basis=basis,
        link=watch_page.original,
        via=page.link or page.saved_from,
        blocks=blocks if basis.get("title") == "guess" else _titles.below_title(blocks, (title,)),
        teasers=watch_page.teasers,
        assets=assets,
        origin=source.origin("html", _ARTICLE_TYPE),
    )


def _blocks(
    source: Source, report: Report, root: html.HtmlElement, page: Page, recipe: Recipe | None
) -> tuple[tuple[Block, ...], tuple[Asset, ...]]:
    tree = copy.deepcopy(root)
    tree_guard = markup.pin(tree)
    notes = prepare.prepare(tree, (page.link, page.saved_from, source.name))
    body = _sites.body(tree, recipe) if recipe else None
    if body is None:
        body = tree.find("body") if source.hints.whole else _body_element(source, report, tree, page)
    if body is None:
        return (), ()
    blocks = dom.blocks(body, source, report, base=page.base, notes=notes)
    del tree_guard
    return blocks


def _body_element(source: Source, report: Report, tree: html.HtmlElement, page: Page) -> etree._Element:
    """The element that contains the article; the page's text that is not in it is reported."""
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


def _with_recipe(root: html.HtmlElement, page: Page, recipe: Recipe) -> tuple[Page, When | None]:
    """The page with the title and authors that its site's recipe selects, and the date that it selects."""
    titles = _sites.texts(root, recipe.title)[:1]
    authors = tuple(_sites.texts(root, recipe.author))
    if authors:
        page = msgspec.structs.replace(page, authors=authors, authors_basis="stated")
    days = (date_parsing.parse(text, language=page.language) for text in _sites.texts(root, recipe.date))
    page = msgspec.structs.replace(page, titles=(*titles, *page.titles))
    return page, next(filter(None, days), None)


def _wall(root: html.HtmlElement, page: Page, blocks: Sequence[Block]) -> str | None:
    """What the page shows instead of an article; None for an article."""
    texts = list(visit.texts(blocks)) or [text_of(e) for e in root.iter("p", "h1", "h2", "li", "noscript")]
    title = page.titles[0] if page.titles else _titles.window(root)
    return _blocked_pages.blocked_by(title, build.one_line(" ".join(texts)))


def _published(root: html.HtmlElement, page: Page, *, may_guess: bool) -> tuple[When | None, Basis | None]:
    """Date of publication and its basis: from the metadata, the address, or the text if ``may_guess``."""
    if page.published:
        return page.published, "metadata"
    for address in (page.link, page.saved_from):
        parts = urlsplit(address or "")  # a host's name has no date
        if date := date_parsing.in_address(f"{parts.path}?{parts.query}"):
            return date, "url"
    if not may_guess:
        return None, None
    # The date in the comment of a program that saves pages is that of saving.
    etree.strip_elements(root, etree.Comment, with_tail=False)
    # Fixed bounds: the result must not depend on the current date.
    guess = find_date(root, original_date=True, min_date="1990-01-01", max_date="2100-01-01")
    return (guess, "guess") if guess and date_parsing.parse(guess) else (None, None)
