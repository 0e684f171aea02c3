"""Dates claim no more than the source does, and ranges are days as people say them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import UsageError
from exporter.model import dates
from exporter.model.dates import Window, parse_bound


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("2021", True),
        ("2021-07", True),
        ("2021-07-21", True),
        ("2021-07-21T09:30:00+09:00", True),
        ("2021-07-21T09:30", True),
        ("2021-02-31", False),
        ("2021-13", False),
        ("21/07/2021", False),
        ("2021-07-21 09:30", False),
        ("", False),
    ],
)
def test_forms(value: str, good: bool) -> None:
    assert dates.is_when(value) is good


def test_precision_is_kept() -> None:
    assert dates.span("2021-02") == (date(2021, 2, 1), date(2021, 2, 28))
    assert dates.span("2020") == (date(2020, 1, 1), date(2020, 12, 31))
    assert dates.day("2021-07") is None
    zone = timezone(timedelta(hours=9))
    assert dates.when(datetime(2021, 7, 21, 9, 30, tzinfo=zone)) == "2021-07-21T09:30:00+09:00"


def test_an_instant_belongs_to_the_day_it_was_stated_in() -> None:
    # In UTC this is still the 20th; the paper in Seoul says the 21st.
    july = Window(date(2021, 7, 21), date(2021, 7, 21))
    assert july.holds("2021-07-21T02:00:00+09:00")


def test_a_month_is_in_a_window_only_as_a_whole() -> None:
    assert Window(date(2021, 7, 1), date(2021, 7, 31)).holds("2021-07")
    assert not Window(date(2021, 7, 1), date(2021, 7, 30)).holds("2021-07")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021-07-21", date(2021, 7, 21), date(2021, 7, 21)),
        ("2021-07", date(2021, 7, 1), date(2021, 7, 31)),
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("2024-2", date(2024, 2, 1), date(2024, 2, 29)),
        ("20210721", date(2021, 7, 21), date(2021, 7, 21)),
    ],
)
def test_bounds_are_inclusive(text: str, first: date, last: date) -> None:
    assert parse_bound(text, last=False) == first
    assert parse_bound(text, last=True) == last


@pytest.mark.parametrize(
    "text", ["2021-02-31", "yesterday", "21/07/2021", "2021-7-21-3", "0000", "", "2021-00"]
)
def test_a_bound_that_is_no_date_says_what_to_write(text: str) -> None:
    with pytest.raises(UsageError, match="not a date") as caught:
        parse_bound(text, last=False)
    assert "2021-07-21" in caught.value.remedy


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="ends before it begins") as caught:
        Window(date(2021, 8, 1), date(2021, 7, 1))
    assert "swap" in caught.value.remedy


@given(st.dates(), st.dates(), st.dates())
def test_window_holds_exactly_its_days(a: date, b: date, day: date) -> None:
    first, last = sorted((a, b))
    assert Window(first, last).holds(day.isoformat()) is (first <= day <= last)
