"""What the templates are handed: an edition's parts and articles, in words and markup."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from exporter.backends.common.labels import Elsewhere


class Piece(NamedTuple):
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
    articles: list[Piece]


class Part(NamedTuple):
    anchor: str
    title: str
    units: list[Unit]
