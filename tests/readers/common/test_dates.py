"""Dates as found in the wild: exactly what they say, nothing for what they do not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model.dates import is_when
from exporter.readers.common.date_parsing import parse
from exporter.readers.common.metadata import split_label

STATED = {
    "2021-07-21": "2021-07-21",
    "2021-07": "2021-07",
    "2021": "2021",
    "20210721": "2021-07-21",
    "2021/7/1": "2021-07-01",
    "21 July 2021": "2021-07-21",
    "July 21, 2021": "2021-07-21",
    "Jul 21st, 2021 at 9:30 p.m. EST": "2021-07-21T21:30:00-05:00",
    "21.07.2021": "2021-07-21",
    "21/07/2021": "2021-07-21",
    "05/07/2021": "2021-07-05",
    "07/21/2021": "2021-07-21",
    "July 2021": "2021-07",
    "2021년 7월 21일": "2021-07-21",
    "2021년 7월": "2021-07",
    "2021. 7. 21. 오후 3:20": "2021-07-21T15:20:00",
    "2021年7月21日": "2021-07-21",
    "[2026.7.9.]": "2026-07-09",
    "Juche 113": "2024",
    "[Juche113.9.18.]": "2024-09-18",
    "주체113(2024)년 9월 18일": "2024-09-18",
    "September 21. 2018 Juche 107": "2018-09-21",
    "٢١ يوليو ٢٠٢١": "2021-07-21",
    "١٢/٠٥/٢٠٢١": "2021-05-12",
    "21 июля 2021 г.": "2021-07-21",
    "Mittwoch, 21. Juli 2021, 09:30 Uhr": "2021-07-21T09:30:00",
    "1er août 2021": "2021-08-01",
    "Wed, 21 Jul 2021 09:30:00 +0900": "2021-07-21T09:30:00+09:00",
    "Wed, 21 Jul 2021 09:30:00 GMT": "2021-07-21T09:30:00+00:00",
    "Thu Dec 18 2025 10:15:30 GMT+0900 (Korean Standard Time)": "2025-12-18T10:15:30+09:00",
    "2013-05-06 02:12:52 +0200": "2013-05-06T02:12:52+02:00",
    "2012-12-18 2:31:58 -0400": "2012-12-18T02:31:58-04:00",
    "2024-05-15T00:42:49 (UTC -05:00)": "2024-05-15T00:42:49-05:00",
    "2021-07-21T09:30:00.123Z": "2021-07-21T09:30:00+00:00",
    "2021-07-21 00:00:00": "2021-07-21",
    "2021-07-21T00:00:00Z": "2021-07-21T00:00:00+00:00",
    "1626859800": "2021-07-21T09:30:00+00:00",
}


@pytest.mark.parametrize("text", STATED)
def test_says_what_is_written(text: str) -> None:
    assert parse(text) == STATED[text]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "31/02/2021",
            "2021-02-31",
            "2021-13-01",
            "2021-07-21T25:00",
            "21/07/21",
            "0000-00-00",
            "30 February 2020",
        ),
        *("", "today", "yesterday", "2 hours ago", "May", "5 March", "12:30", "5", "Updated", "version 2021"),
        *("Juche 113(2023).9.18", "September 21. 2019 Juche 107", "2564-01-01", "9" * 400, "July 21 2021 22"),
    ],
)
def test_makes_nothing_up(text: str) -> None:
    assert parse(text) is None


def test_reads_month_first_only_for_americans() -> None:
    assert parse("07/08/2021") == "2021-08-07"
    assert parse("07/08/2021", language="en-US") == "2021-07-08"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (date(2021, 7, 21), "2021-07-21"),
        (datetime(2021, 7, 21), "2021-07-21"),
        (datetime(2021, 7, 21, tzinfo=UTC), "2021-07-21T00:00:00+00:00"),
        (datetime(2021, 7, 21, 9, 30, tzinfo=timezone(timedelta(hours=9))), "2021-07-21T09:30:00+09:00"),
        (1626859800, "2021-07-21T09:30:00+00:00"),
        (1626859800000, "2021-07-21T09:30:00+00:00"),
        (20210721, "2021-07-21"),
        *((nothing, None) for nothing in (None, True, float("nan"), float("inf"), -1, 10**30, [], {})),
    ],
)
def test_takes_values_of_front_matter(value: object, said: str | None) -> None:
    assert parse(value) == said


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[0-9.:/ T+-]{4,25}", fullmatch=True)))
def test_gives_dates_that_exist_or_none(text: str) -> None:
    matches = parse(text)
    assert matches is None or is_when(matches)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_reads_every_day_in_every_form(day: date) -> None:
    forms = (
        "%Y-%m-%d",
        "%d.%m.%Y",
        "%d/%m/%Y",
        "%d %B %Y",
        "%B %d, %Y",
        "%a, %d %b %Y",
        "%Y년 %m월 %d일",
        "%Y%m%d",
    )
    assert {parse(day.strftime(form)) for form in forms} == {day.isoformat()}


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("KCNA.kp (En)", ("KCNA.kp", "en")),
        ("Gazette.example (Kr)", ("Gazette.example", "ko")),
        ("Harbour Gazette", ("Harbour Gazette", None)),
        ("Harbour Gazette (North)", ("Harbour Gazette (North)", None)),
    ],
)
def test_parts_a_label_from_its_language(label: str, parts: tuple[str, str | None]) -> None:
    assert split_label(label) == parts
