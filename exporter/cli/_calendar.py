"""A calendar of articles in the terminal: a line a week-day, a column a week, darker where there are more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

_SHADES = " ░▒▓█"
_MONTHS = "JFMAMJJASOND"


def drawn(days: Mapping[date, int], years: int = 3) -> Iterator[str]:
    """The lines of the latest years that have anything; a legend at the end."""
    shown = sorted({day.year for day in days}, reverse=True)[:years]
    most = max((n for day, n in days.items() if day.year in shown), default=1)
    for year in shown:
        total = sum(n for day, n in days.items() if day.year == year)
        yield f"{year}  {_months(year)}  {total:,}"
        monday = _monday(date(year, 1, 1))
        for weekday in range(7):
            line = []
            for week in range(54):
                day = monday + timedelta(days=7 * week + weekday)
                line.append(_shade(days.get(day, 0), most) if day.year == year else " ")
            yield f"{('Mo', '', 'We', '', 'Fr', '', 'Su')[weekday]:<4}  {''.join(line).rstrip()}"
    earlier = len({day.year for day in days}) - len(shown)
    more = f"; {earlier} earlier years not shown" if earlier > 0 else ""
    yield f"      ░ few  █ {most:,} articles a day{more}"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _months(year: int) -> str:
    """The months' initials over the weeks that they begin in."""
    line = [" "] * 54
    monday = _monday(date(year, 1, 1))
    for month in range(1, 13):
        line[(date(year, month, 1) - monday).days // 7] = _MONTHS[month - 1]
    return "".join(line)


def _shade(count: int, most: int) -> str:
    if not count:
        return "·"
    return _SHADES[1 + round(3 * (count - 1) / max(most - 1, 1))]
