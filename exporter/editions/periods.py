"""The calendar's windows: days, weeks, months, quarters, years; cut from a range, named, numbered."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple, TypeAlias

from exporter.errors import unknown
from exporter.model.dates import Window

Every: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
EVERY: tuple[Every, ...] = ("day", "week", "month", "quarter", "year")
Weekday: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
_COMMONEST: tuple[Every, ...] = ("day", "month", "year", "week", "quarter")


class Slot(NamedTuple):
    """One window of a batch with the part of a file name that names it."""

    name: str
    window: Window


def bounds(day: date, every: Every, week_start: Weekday = "monday") -> tuple[date, date]:
    """The first and last day of the calendar's window that holds ``day``; weeks are ISO 8601's
    where they start on Monday."""
    if every == "day":
        return day, day
    if every == "week":
        first = day - timedelta(days=(day.weekday() - WEEKDAYS.index(week_start)) % 7)
        return first, first + timedelta(days=6)
    if every == "month":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    if every == "quarter":
        month = 3 * ((day.month - 1) // 3) + 1
        return date(day.year, month, 1), date(day.year, month + 2, monthrange(day.year, month + 2)[1])
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _calendar_name(day: date, every: Every) -> str:
    if every == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if every == "quarter":
        return f"{day.year:04}-Q{(day.month - 1) // 3 + 1}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[every]]


def slots(first: date, last: date, every: Every, week_start: Weekday = "monday") -> Iterator[Slot]:
    """The calendar's windows from ``first`` to ``last``, the outermost cut to fit. Weeks that start on
    another day than ISO 8601's have no number and are named by their days."""
    if every not in EVERY:
        raise unknown("interval", every, EVERY)
    if week_start not in WEEKDAYS:
        raise unknown("weekday", week_start, WEEKDAYS)
    day = first
    while True:
        begin, end = bounds(day, every, week_start)
        numbered = every != "week" or week_start == "monday"
        name = _calendar_name(day, every) if numbered else f"{begin}_{end}"
        yield Slot(name, Window(day, min(end, last)))
        if end >= last:
            return
        day = end + timedelta(days=1)


def window_name(window: Window) -> str:
    """A window in a file name: a calendar's name where it is one, else its days; empty
    where it is open on both sides."""
    if whole := period(window):
        every, day = whole
        return _calendar_name(day, every)
    if window.first and window.last:
        return f"{window.first}_{window.last}"
    if window.first:
        return f"from-{window.first}"
    return f"to-{window.last}" if window.last else ""


def period(window: Window) -> tuple[Every, date] | None:
    """The calendar's window that this one is, and its first day; None where it is none."""
    if window.first and window.last:
        for every in _COMMONEST:
            if (window.first, window.last) == bounds(window.first, every):
                return every, window.first
    return None


def ordinal(window: Window) -> tuple[int, ...]:
    """A calendar's window as a place in a series: the year, then which of its months, weeks or
    quarters; of a day the month and the day. Empty where the window is none."""
    whole = period(window)
    if not whole:
        return ()
    every, day = whole
    if every == "week":
        return tuple(day.isocalendar()[:2])
    within = {"day": (day.month, day.day), "month": (day.month,), "quarter": ((day.month + 2) // 3,)}
    return (day.year, *within.get(every, ()))
