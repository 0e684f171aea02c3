"""The index at the back: on which pages articles of each source and each day stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from exporter.backends.common import labels
from exporter.editions.compile import NO_DATE, Edition
from exporter.model import dates

WANTED = 12
"""Articles from which on an edition has an index."""


class Pages(NamedTuple):
    """A page, or pages in a row, and an anchor on the first."""

    first: str
    last: str
    anchor: str


class Line(NamedTuple):
    """What is looked up, and where it is."""

    head: str
    pages: list[Pages]


class Group(NamedTuple):
    """Lines under one title; days stand together under their month."""

    title: str
    lines: list[Line]


class Index(NamedTuple):
    sources: list[Line]
    dates: list[Group]


def is_wanted(edition: Edition) -> bool:
    """Whether the edition is large enough to look something up in it."""
    return len(edition.entries) >= WANTED


def index(edition: Edition, pages: Mapping[str, range]) -> Index:
    """The index of an edition, from the pages of each anchor; without numbers it has
    every character that it has with them."""
    sources: dict[str, list[str]] = {
        name: [] for name in sorted((s for s, _ in edition.sources), key=str.casefold)
    }
    days: dict[str, list[str]] = {}
    for entry in edition.entries:
        sources[edition.source(entry.article)].append(entry.anchor)
        day = dates.day(entry.article.published) or entry.article.published or ""
        days.setdefault(day, []).append(entry.anchor)
    months: dict[str, list[Line]] = {}
    for day in sorted(days, key=lambda day: (not day, day)):
        head = str(int(day[8:10])) if len(day) >= 10 else ""
        months.setdefault(day[:7], []).append(Line(head, list(_rows(days[day], pages))))
    return Index(
        [Line(name, list(_rows(anchors, pages))) for name, anchors in sources.items()],
        [
            Group(labels.spell(month, edition.language) if month else NO_DATE, lines)
            for month, lines in months.items()
        ],
    )


def _rows(anchors: Iterable[str], pages: Mapping[str, range]) -> Iterator[Pages]:
    """Their pages in order, those in a row together."""
    ranges: list[tuple[range, str]] = []
    for pages_, anchor in sorted(
        ((pages.get(a, range(1)), a) for a in anchors), key=lambda one: one[0].start
    ):
        if ranges and pages_.start <= ranges[-1][0].stop:
            before, first = ranges.pop()
            pages_, anchor = range(before.start, max(before.stop, pages_.stop)), first
        ranges.append((pages_, anchor))
    for pages_, anchor in ranges:
        yield Pages(str(pages_.start), str(pages_.stop - 1), anchor)
