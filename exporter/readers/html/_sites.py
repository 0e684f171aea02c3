"""Sites whose pages are read by their own selectors: those with a recipe, and KCNA Watch.

A recipe says, as data, which elements of a site's pages have what. The user's recipes are in
``recipes/`` of the folder that ``EXPORTER_HOME`` names, and take precedence over the program's own.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import cssselect2
import msgspec
from lxml import etree

from exporter import resources
from exporter.errors import UsageError, is_momentary
from exporter.model import build
from exporter.model.article import Teaser, When
from exporter.readers.common import date_parsing
from exporter.readers.common.images import join
from exporter.readers.common.markup import drop, text_of
from exporter.readers.common.metadata import split_label
from exporter.readers.html._page import Page

_AGGREGATOR = "KCNA Watch"
_LINE = re.compile(r"Date:\s*+(?P<date>[^|]{4,40}?)\s*\|\s*Source:\s*+(?P<source>[^|]{1,120}?)\s*(?:\||\Z)")
_DAY = re.compile(r"[A-Z][a-z]{2,8} \d{1,2}, \d{4}")
_HOSTS = ("kcnawatch.org",)
_OF_CLASS = etree.XPath("descendant-or-self::*[contains(@class, $name)]")


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For pages of the ``hosts`` and their subdomains: CSS selectors of the title, of the date, of each
    author, of the body, and of what is dropped from the body. What a recipe does not name, or what is
    not on the page, is read as on any other site."""

    hosts: tuple[str, ...]
    title: str = ""
    date: str = ""
    author: str = ""
    body: str = ""
    drop: str = ""


def recipe_for(address: str | None) -> Recipe | None:
    """The recipe for a page at that address, or None. Raises `UsageError` for an invalid recipe file."""
    recipes = _recipes(resources.recipe_folders())
    return next((recipe for recipe in recipes if _is_on(address, recipe.hosts)), None)


def _is_on(address: str | None, hosts: tuple[str, ...]) -> bool:
    """Whether an address is on one of the hosts or their subdomains."""
    host = (urlsplit(address).hostname or "") if address else ""
    return any(host == name or host.endswith(f".{name}") for name in hosts)


@cache
def _recipes(folders: tuple[Path, ...]) -> tuple[Recipe, ...]:
    return tuple(_recipe(file) for folder in folders for file in sorted(folder.glob("*.toml")))


def _recipe(file: Path) -> Recipe:
    try:
        recipe = msgspec.toml.decode(file.read_bytes(), type=Recipe)
        for selector in (recipe.title, recipe.date, recipe.author, recipe.body, recipe.drop):
            if selector:
                cssselect2.compile_selector_list(selector)
    except (msgspec.DecodeError, cssselect2.SelectorError, OSError) as error:
        if is_momentary(error):
            raise
        raise UsageError(f"{file.name} is no recipe: {error}", "See docs/readers/html.md.") from error
    return recipe


def texts(root: etree._Element, selector: str) -> list[str]:
    """The texts of the elements that the selector matches, each in one line, without empty ones."""
    lines = (build.one_line(text_of(element)) for element in _matches(root, selector))
    return [line for line in lines if line]


def body(root: etree._Element, recipe: Recipe) -> etree._Element | None:
    """A copy of the recipe's body without what the recipe drops; None if the page has none."""
    element = next(_matches(root, recipe.body), None)
    if element is None:
        return None
    whole = copy.deepcopy(element)
    for dropped in list(_matches(whole, recipe.drop)):
        if dropped is not whole:
            drop(dropped)
    return whole


def _matches(root: etree._Element, selector: str) -> Iterator[etree._Element]:
    if selector:
        wrapped = cssselect2.ElementWrapper.from_html_root(root)
        yield from (match.etree_element for match in wrapped.query_all(selector))


# -- KCNA Watch --------------------------------------------------------------------------


class WatchPage(msgspec.Struct, frozen=True):
    """The article page of KCNA Watch: its body, and the values around it."""

    body: etree._Element
    aggregator: str
    label: str | None
    published: When | None
    invalid: str | None
    captured: When | None
    original: str | None
    teasers: tuple[Teaser, ...]


def watch_page(root: etree._Element, page: Page) -> WatchPage | None:
    """The parts of a page of KCNA Watch, or of a site with the same markup; None for any other page."""
    body = next(_by_class(root, "article-content"), None)
    if body is None:
        return None
    is_watch = any(_is_on(address, _HOSTS) for address in (page.link, page.saved_from))
    label, published, invalid = _line(root)
    if not (is_watch or label):
        return None
    return WatchPage(
        body,
        _AGGREGATOR if is_watch or not page.site else page.site,
        label,
        published,
        invalid,
        _visit(root, body),
        _original(root, page.base),
        tuple(_teasers(root, page, label)),
    )


def _by_class(root: etree._Element, name: str) -> Iterator[etree._Element]:
    for element in cast("list[etree._Element]", _OF_CLASS(root, name=name)):
        if name in (element.get("class") or "").split():
            yield element


def _line(root: etree._Element) -> tuple[str | None, When | None, str | None]:
    """Source label, date and invalid date in the line ``Date: DD/MM/YYYY | Source: … |``."""
    for element in root.iter("p", "div", "span", "h5", "h6", "small", "li", "td", "time"):
        text = build.one_line(text_of(element))
        if len(text) < 300 and (match := _LINE.search(text)):
            published = date_parsing.parse(match["date"])
            return match["source"].strip(), published, None if published else match["date"]
    return None, None, None


def _visit(root: etree._Element, body: etree._Element) -> When | None:
    """The day of the visit: the first element above the article that is a day, ``December 18, 2025``."""
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
    language = split_label(label)[1] if label else None
    for item in _by_class(wrapper, "article-desc"):
        anchor = item.find(".//h4/a")
        title = build.one_line(text_of(anchor)) if anchor is not None else ""
        if anchor is None or not title:
            continue
        dated = next(_by_class(item, "articled-date"), None)
        day = "" if dated is None else build.one_line(text_of(dated))
        words = (build.one_line(text_of(p)) for p in item.iter("p") if p is not dated)
        yield Teaser(
            title=title,
            summary=" ".join(filter(None, words)),
            date=date_parsing.parse(day, language="en-US"),
            source=label,
            link=build.safe_link(join(page.base, anchor.get("href") or "")),
            language=language or page.language,
        )
