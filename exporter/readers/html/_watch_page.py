"""KCNA Watch's own article page, saved as HTML: known by its classes, read by its selectors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast
from urllib.parse import urlsplit

import msgspec
from lxml import etree

from exporter.model import build
from exporter.model.article import Teaser, When
from exporter.readers.common import date_parsing
from exporter.readers.common.images import join
from exporter.readers.common.markup import text_of
from exporter.readers.common.metadata import part_label
from exporter.readers.html._page import Page

AGGREGATOR = "KCNA Watch"
_LINE = re.compile(r"Date:\s*+(?P<date>[^|]{4,40}?)\s*\|\s*Source:\s*+(?P<source>[^|]{1,120}?)\s*(?:\||\Z)")
_DAY = re.compile(r"[A-Z][a-z]{2,8} \d{1,2}, \d{4}")
_HOST = "kcnawatch.org"
_OF_CLASS = etree.XPath("descendant-or-self::*[contains(@class, $name)]")


class Watched(msgspec.Struct, frozen=True):
    """What the page's frame says: where the body is, and what stands around it."""

    body: etree._Element
    aggregator: str
    label: str | None
    published: When | None
    invalid: str | None
    captured: When | None
    original: str | None
    teasers: tuple[Teaser, ...]


def read(root: etree._Element, page: Page) -> Watched | None:
    """The frame of a page of KCNA Watch, or of one built like it; None for any other page."""
    body = next(_by_class(root, "article-content"), None)
    if body is None:
        return None
    ours = any(_is_ours(address) for address in (page.link, page.saved_from))
    label, published, invalid = _line(root)
    if not (ours or label):
        return None
    return Watched(
        body,
        AGGREGATOR if ours or not page.site else page.site,
        label,
        published,
        invalid,
        _visit(root, body),
        _original(root, page.base),
        tuple(_teasers(root, page, label)),
    )


def _is_ours(address: str | None) -> bool:
    host = urlsplit(address).hostname if address else None
    return host is not None and (host == _HOST or host.endswith(f".{_HOST}"))


def _by_class(root: etree._Element, name: str) -> Iterator[etree._Element]:
    for element in cast("list[etree._Element]", _OF_CLASS(root, name=name)):
        if name in (element.get("class") or "").split():
            yield element


def _line(root: etree._Element) -> tuple[str | None, When | None, str | None]:
    """Source label and date of the line ``Date: DD/MM/YYYY | Source: … |``, and a date that is none."""
    for element in root.iter("p", "div", "span", "h5", "h6", "small", "li", "td", "time"):
        text = build.one_line(text_of(element))
        if len(text) < 300 and (match := _LINE.search(text)):
            published = date_parsing.parse(match["date"])
            return match["source"].strip(), published, None if published else match["date"]
    return None, None, None


def _visit(root: etree._Element, body: etree._Element) -> When | None:
    """The day of the visit: the first that stands alone above the article, ``December 18, 2025``."""
    for element in root.iter(etree.Element):
        if element is body:
            return None
        if len(element) == 0 and _DAY.fullmatch(text := build.one_line(element.text or "")):
            return date_parsing.parse(text, language="en-US")
    return None


def _original(root: etree._Element, base: str | None) -> str | None:
    for anchor in root.iter("a"):
        if "original version" in build.one_line(text_of(anchor)).lower():
            return build.safe_link(join(base, anchor.get("href") or ""))
    return None


def _teasers(root: etree._Element, page: Page, label: str | None) -> Iterator[Teaser]:
    wrapper = next((e for e in root.iter(etree.Element) if e.get("id") == "latest_article_wrapper"), None)
    if wrapper is None:
        return
    language = part_label(label)[1] if label else None
    for item in _by_class(wrapper, "article-desc"):
        anchor = item.find(".//h4/a")
        title = build.one_line(text_of(anchor)) if anchor is not None else ""
        if anchor is None or not title:
            continue
        dated = next(_by_class(item, "articled-date"), None)
        stated = "" if dated is None else build.one_line(text_of(dated))
        words = (build.one_line(text_of(p)) for p in item.iter("p") if p is not dated)
        yield Teaser(
            title=title,
            summary=" ".join(filter(None, words)),
            date=date_parsing.parse(stated, language="en-US"),
            source=label,
            link=build.safe_link(join(page.base, anchor.get("href") or "")),
            language=language or page.language,
        )
