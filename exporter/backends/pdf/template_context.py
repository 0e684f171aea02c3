"""What the templates are handed: an edition's parts and articles, in words and markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from exporter.backends.common.labels import Elsewhere


class ArticleContext(NamedTuple):
    """An article; ``also`` other papers, each with the direction of its name; ``notes`` those at the
    article's end: id and text; ``within`` the languages of single paragraphs."""

    anchor: str
    heading: str
    title: str
    subtitle: str
    language: str | None
    direction: str
    byline: list[tuple[str, str]]
    day: str
    source: str
    continued: str
    link: str | None
    aggregator: str | None
    captured: str
    also: list[tuple[Elsewhere, str]]
    body: Markup
    notes: list[tuple[str, Markup]]
    within: frozenset[str] = frozenset()


class Unit(NamedTuple):
    """A stretch of a part; without anchor and title where the part is not divided."""

    anchor: str
    title: str
    articles: list[ArticleContext]


class Part(NamedTuple):
    anchor: str
    title: str
    units: list[Unit]


# -- The contents, cut into chapters that can be laid out side by side.


ENOUGH = 120
"""Lines after which a part may begin a page in the contents."""
PLENTY = 300
"""Lines after which a unit of a part may."""
MOST = 900
"""Lines after which a page begins in any case: some 25 pages."""


class Stretch(NamedTuple):
    """Units of one part; ``begins`` where they are its first."""

    part: Part
    begins: bool
    units: list[Unit]


def chapters(parts: Sequence[Part]) -> list[list[Stretch]]:
    """The contents' lines, cut before parts and units where there are many. An edition
    without articles has one chapter without lines."""
    groups: list[list[Stretch]] = [[]]
    lines = 0
    for part in parts:
        if lines >= ENOUGH:
            groups.append([])
            lines = 0
        begins = True
        for unit in (piece for whole in part.units for piece in _stretches(whole)):
            if lines >= PLENTY:
                groups.append([])
                lines = 0
            if begins or not groups[-1]:
                groups[-1].append(Stretch(part, begins, []))
            groups[-1][-1].units.append(unit)
            lines += len(unit.articles)
            begins = False
    return groups


def _stretches(unit: Unit) -> Iterator[Unit]:
    yield unit._replace(articles=unit.articles[:MOST])
    for start in range(MOST, len(unit.articles), MOST):
        yield Unit("", "", unit.articles[start : start + MOST])
