"""The calendar's windows."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.editions.periods import EVERY, Every, ordinal, slots, window_name
from exporter.model.dates import Window


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2021, 7, 21), date(2021, 7, 21), "2021-07-21"),
        (date(2021, 7, 19), date(2021, 7, 25), "2021-W29"),
        (date(2021, 7, 1), date(2021, 7, 31), "2021-07"),
        (date(2021, 7, 1), date(2021, 9, 30), "2021-Q3"),
        (date(2021, 1, 1), date(2021, 12, 31), "2021"),
        (date(2021, 7, 1), date(2021, 7, 30), "2021-07-01_2021-07-30"),
        (date(2021, 7, 1), None, "from-2021-07-01"),
        (None, date(2021, 7, 1), "to-2021-07-01"),
        (None, None, ""),
    ],
)
def test_names_of_windows(first: date | None, last: date | None, name: str) -> None:
    assert window_name(Window(first, last)) == name


def test_weeks_are_iso_weeks_also_at_the_turn_of_the_year() -> None:
    weeks = list(slots(date(2020, 12, 28), date(2021, 1, 10), "week"))
    assert [w.name for w in weeks] == ["2020-W53", "2021-W01"]


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 800), st.sampled_from(EVERY))
def test_windows_hold_every_day_once_and_sort(first: date, days: int, every: Every) -> None:
    last = date.fromordinal(first.toordinal() + days)
    periods = list(slots(first, last, every))
    covered = [
        day
        for slot in periods
        if slot.window.first and slot.window.last
        for day in range(slot.window.first.toordinal(), slot.window.last.toordinal() + 1)
    ]
    assert covered == list(range(first.toordinal(), last.toordinal() + 1))
    names = [slot.name for slot in periods]
    assert names == sorted(set(names))


@pytest.mark.parametrize(
    ("first", "last", "place"),
    [
        (date(2021, 7, 21), date(2021, 7, 21), (2021, 7, 21)),
        (date(2021, 1, 1), date(2021, 1, 3), ()),
        (date(2020, 12, 28), date(2021, 1, 3), (2020, 53)),
        (date(2021, 7, 1), date(2021, 7, 31), (2021, 7)),
        (date(2021, 10, 1), date(2021, 12, 31), (2021, 4)),
        (date(2021, 1, 1), date(2021, 12, 31), (2021,)),
        (date(2021, 7, 1), None, ()),
    ],
)
def test_windows_have_a_place_in_their_series(first: date, last: date | None, place: tuple[int, ...]) -> None:
    assert ordinal(Window(first, last)) == place


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from(EVERY))
def test_a_series_is_in_order_of_its_days(first: date, every: Every) -> None:
    periods = list(slots(first, date.fromordinal(first.toordinal() + 800), every))
    whole = [place for slot in periods[1:-1] if (place := ordinal(slot.window))]
    assert whole == sorted(set(whole))
