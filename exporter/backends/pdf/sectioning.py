"""Where an edition is cut into sections, each laid out and kept on its own.

A cut must not show, so it falls where a page begins anyway: with a part; with an article,
where the style gives each a new page; else with a day, week or month of a long part, which
then stands under a head of its own. Where it falls depends on what is near alone: a new
article changes the section that it is in, and no other.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, TypeVar

from exporter.model import dates
from exporter.model.article import When

Item = TypeVar("Item")

LONG = 90_000
"""Characters from which on a part whose articles flow is divided: some 25 pages."""
UNIT = 24_000
"""Characters that the units of a divided part have on average at least: some 7 pages, so
that the white after each is little."""
RUN = 10_000
"""Characters of a run of articles that each begin a page, about; at most four times as many."""


class Unit(NamedTuple):
    """A stretch of a long part: when it was published (a day, month, year, or two days with a
    slash between, ISO 8601), or the source; empty where the part is not divided. ``of`` says which."""

    name: str
    of: str


WHOLE = Unit("", "")
UNDATED = Unit("", "date")


def divided(
    items: Sequence[Item],
    size: Callable[[Item], int],
    when: Callable[[Item], When | None],
    source: Callable[[Item], str],
    long: int = LONG,
    unit: int = UNIT,
) -> list[tuple[Unit, list[Item]]]:
    """The items of a part in their units, in order: by days, weeks, months, years or sources,
    the finest that gives units long enough; one unit where the part is short or has none."""
    total = sum(map(size, items))
    ways: tuple[Callable[[Item], Unit], ...] = (
        *(lambda item, way=way: Unit(way(when(item)), "date") for way in (_day, _week, _month, _year)),
        lambda item: Unit(source(item), "source"),
    )
    for way in ways if total > long else ():
        groups = [(key, list(group)) for key, group in groupby(items, way)]
        # A date that comes twice shows that the part is not in order of dates.
        if len({key for key, _ in groups}) == len(groups) > 1 and total / len(groups) >= unit:
            return groups
    return [(WHOLE, list(items))]


def _day(when: When | None) -> str:
    return dates.day(when) or when or ""


def _week(when: When | None) -> str:
    day = dates.day(when)
    if day is None:
        return when or ""
    date = datetime.date.fromisoformat(day)
    monday = date - datetime.timedelta(date.weekday())
    return f"{monday}/{monday + datetime.timedelta(6)}"


def _month(when: When | None) -> str:
    return (when or "")[:7]


def _year(when: When | None) -> str:
    return (when or "")[:4]


def runs(
    items: Sequence[Item],
    size: Callable[[Item], int],
    name: Callable[[Item], str],
    alone: Callable[[Item], bool] = lambda _: False,
    run: int = RUN,
) -> Iterator[list[Item]]:
    """The items in runs of about so many characters, cut before items whose names say so: a
    run is at least a third of that long, where there is more, and at most four times, but for
    the length of one item. Those that are to be ``alone`` are each a run."""
    run_: list[Item] = []
    length = 0
    for item in items:
        said = length >= run // 3 and _says_so(name(item))
        if run_ and (said or length + size(item) > 4 * run or alone(item) or alone(run_[-1])):
            yield run_
            run_, length = [], 0
        run_.append(item)
        length += size(item)
    if run_:
        yield run_


def _says_so(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0
