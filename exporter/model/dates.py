"""Dates with the precision that their source gives.

A date is ISO 8601 text whose form is its precision (`exporter.model.article.When`). This module
validates dates, converts them and compares them with windows of days. Readers parse dates in pages.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from exporter.errors import UsageError, unknown
from exporter.model.article import When

_FORM = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?\Z"
)


def is_when(value: str) -> bool:
    """Whether ``value`` is an existing date in one of the forms of `When`."""
    match = _FORM.match(value)
    if not match:
        return False
    try:
        if "T" in value:
            datetime.fromisoformat(value)
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


def when(moment: date | datetime) -> When:
    """The ISO 8601 text: a day for a date, an instant (to the second) for a datetime."""
    if isinstance(moment, datetime):
        return moment.replace(microsecond=0).isoformat()
    return moment.isoformat()


def day(value: When | None) -> str | None:
    """The day of a date, ``YYYY-MM-DD``, in the date's own zone; None for a month, a year or None."""
    return value[:10] if value and len(value) >= 10 else None


def span(value: When) -> tuple[date, date]:
    """The first and the last day that the date may mean."""
    first = date(int(value[:4]), int(value[5:7] or 1), int(value[8:10] or 1))
    if len(value) >= 10:
        return first, first
    if len(value) == 7:
        return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first, first.replace(month=12, day=31)


def instant(value: When) -> datetime:
    """A point in time to sort by: the first moment of the date, in UTC where it has no zone."""
    if "T" in value:
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    first = span(value)[0]
    return datetime(first.year, first.month, first.day, tzinfo=UTC)


def in_zone(value: When, zone: str) -> When:
    """The same instant in that time zone (an IANA name). Dates without a time or a zone are
    returned unchanged. Raises `UsageError` for an unknown zone."""
    known = _zone(zone)
    if "T" in value and (moment := datetime.fromisoformat(value)).tzinfo:
        return moment.astimezone(known).isoformat()
    return value


def check_zone(name: str) -> None:
    """Raise `UsageError` for an unknown time zone."""
    _zone(name)


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise unknown("time zone", name, available_timezones()) from None


class Window(msgspec.Struct, frozen=True):
    """A range of days, ``first`` to ``last``, both inclusive; None leaves a side open.

    Raises `UsageError` if it ends before it begins.
    """

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.first > self.last:
            raise UsageError(
                f"the range ends before it begins: {self.first} to {self.last}",
                "Give the earlier day first: swap --from and --to.",
            )

    @property
    def open(self) -> bool:
        """Whether the window has no bounds."""
        return self.first is None and self.last is None

    def holds(self, value: When) -> bool:
        """Whether all days that the date may mean are in the window."""
        begin, end = span(value)
        return (self.first is None or begin >= self.first) and (self.last is None or end <= self.last)


def parse_bound(text: str, *, last: bool) -> date:
    """The day for a user's ``2021-07-21``, ``2021-07`` or ``2021``: the first day of a month or year,
    or the last one if ``last``. Raises `UsageError` for an invalid date."""
    value = text.strip().replace("/", "-").replace(".", "-")
    if re.fullmatch(r"\d{8}", value):
        value = f"{value[:4]}-{value[4:6]}-{value[6:]}"
    match = re.fullmatch(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?", value)
    if match:
        value = "-".join(p.zfill(2) for p in match.groups() if p)
        if is_when(value) and int(match[1]) > 0:
            return span(value)[1 if last else 0]
    raise UsageError(
        f"not a date that exists: {text!r}", "Write a day 2021-07-21, a month 2021-07 or a year 2021."
    )
