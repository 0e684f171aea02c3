"""Recipes: where a site's pages hold what, as data. The user's stand in ``recipes/`` of the folder that
``EXPORTER_HOME`` names, and come before the program's own.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import cssselect2
import msgspec
from lxml import etree

from exporter import resources
from exporter.errors import UsageError, is_momentary
from exporter.model import build
from exporter.readers.common.markup import drop, text_of


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For pages of the ``hosts``, and of those below them: CSS selectors of the title, of the
    date, of each author, of the body, and of what is to be dropped from the body. What a recipe does
    not name, or what is not on the page, is found as for any other site."""

    hosts: tuple[str, ...]
    title: str = ""
    date: str = ""
    author: str = ""
    body: str = ""
    drop: str = ""


def of(address: str | None) -> Recipe | None:
    """The recipe for a page of that address. Raises `UsageError` for a file that is none."""
    host = (urlsplit(address).hostname or "") if address else ""
    for recipe in _all(resources.recipe_folders()):
        if any(host == name or host.endswith(f".{name}") for name in recipe.hosts):
            return recipe
    return None


@cache
def _all(folders: tuple[Path, ...]) -> tuple[Recipe, ...]:
    return tuple(_read(file) for folder in folders for file in sorted(folder.glob("*.toml")))


def _read(file: Path) -> Recipe:
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
    """What the elements of that selector say, each in one line."""
    texts_ = (build.one_line(text_of(element)) for element in _selected(root, selector))
    return [text for text in texts_ if text]


def body(root: etree._Element, recipe: Recipe) -> etree._Element | None:
    """A copy of the body without what is to be dropped, or None."""
    element = next(_selected(root, recipe.body), None)
    if element is None:
        return None
    whole = copy.deepcopy(element)
    for dropped in list(_selected(whole, recipe.drop)):
        if dropped is not whole:
            drop(dropped)
    return whole


def _selected(root: etree._Element, selector: str) -> Iterator[etree._Element]:
    if selector:
        wrapped = cssselect2.ElementWrapper.from_html_root(root)
        yield from (match.etree_element for match in wrapped.query_all(selector))
