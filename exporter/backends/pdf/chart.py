"""An edition at a glance: how many articles came out on each day, week, month or year of its window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from exporter.backends.common import labels
from exporter.editions.compile import Edition
from exporter.model import dates

MOST = 62
"""Bars that a chart is wide enough for: two months of days."""
LEAST = 3
"""Bars below which a chart shows no more than words."""
LISTED = 40
"""Bars whose numbers the words for the chart list one by one."""


class Chart(NamedTuple):
    """Bars from left to right, each a part of the highest from 0 to 1; ``first`` and ``last``
    name the ends; ``words`` say all of it to who cannot see it."""

    bars: list[float]
    first: str
    last: str
    caption: str
    words: str


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> date:
    return day.replace(day=1)


def _year(day: date) -> date:
    return day.replace(month=1, day=1)


_UNITS: tuple[tuple[str, Callable[[date], date], int, int], ...] = (
    ("day", lambda day: day, 1, 10),
    ("week", _week, 7, 10),
    ("month", _month, 31, 7),
    ("year", _year, 366, 4),
)
"""What a bar may stand for: its name, the day it begins with, the most days it has, and
how many characters of an ISO date name it."""


def chart(edition: Edition) -> Chart | None:
    """The edition's chart; None where there are too few days for one, or no dates."""
    spans = [dates.span(entry.article.published) for entry in edition.entries if entry.article.published]
    if not spans:
        return None
    first = edition.window.first or min(span[0] for span in spans)
    last = edition.window.last or max(span[1] for span in spans)
    for unit, begin, longest, length in _UNITS:
        if (last - first).days // longest > MOST:
            continue
        starts = _starts(first, last, begin, longest)
        if len(starts) <= MOST:
            # A date less precise than the unit belongs to no bar.
            counts = Counter(begin(one) for one, other in spans if begin(one) == begin(other))
            return _drawn(edition, unit, starts, counts, length) if len(starts) >= LEAST and counts else None
    return None


def _starts(first: date, last: date, begin: Callable[[date], date], longest: int) -> list[date]:
    starts = [begin(first)]
    while starts[-1] < begin(last):
        starts.append(begin(starts[-1] + timedelta(days=longest)))
    return starts


def _drawn(edition: Edition, unit: str, starts: list[date], counts: Counter[date], length: int) -> Chart:
    most = max(counts.values())
    names = {start: labels.spell(start.isoformat()[:length], edition.language) for start in starts}
    phrases = [f"{names[start]}: {counts[start]}" for start in starts if counts[start]]
    peak = names[max(starts, key=lambda start: counts[start])]
    many = f"At most {most}, on {peak}" if unit == "day" else f"At most {most}, in the {unit} of {peak}"
    words = (
        "; ".join(phrases) if len(phrases) <= LISTED else f"{many}; some in {len(phrases)} of {len(starts)}"
    )
    title = f"Articles a {unit}"
    first, last = (
        labels.spell(s.isoformat()[:length], edition.language, short=True) for s in (starts[0], starts[-1])
    )
    bars = [counts[start] / most for start in starts]
    return Chart(bars, first, last, f"{title}, at most {most}", f"{title}. {words}.")
