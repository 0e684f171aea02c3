"""The edition's own words."""

from __future__ import annotations

import msgspec
import pytest

from exporter.backends.common import labels
from exporter.editions.compile import compile_edition
from exporter.editions.selection import Selected
from exporter.model.article import Teaser


@pytest.mark.parametrize(
    ("summary", "shown"),
    [
        ("A bench was given.", "A bench was given."),
        ("No stop", "No stop"),
        ("", ""),
        (
            "The evening ferry will leave at nine from now on, as the tide allows no other for the larg ",
            None,
        ),
        (
            "The evening ferry will leave at nine from now on, as the tide allows no other for the boat.",
            None,
        ),
    ],
)
def test_a_summary_that_was_cut_says_so(summary: str, shown: str | None) -> None:
    expected = shown if shown is not None else summary.rstrip() + ("" if summary.endswith(".") else "…")
    assert labels.summary(Teaser(title="T", summary=summary)) == expected


@pytest.mark.parametrize(
    ("when", "language", "words"),
    [
        ("2021-07-21", "en", "21 July 2021"),
        ("2021-07-21T23:30:00+09:00", "en", "21 July 2021"),
        ("2021-07", "de", "Juli 2021"),
        ("2021", "ko", "2021"),
        ("2021-07-21", "ko", "2021년 7월 21일"),
        ("2021-07-21", "xx", "21 July 2021"),
    ],
)
def test_dates_are_spelled_as_precisely_as_they_are_known(when: str, language: str, words: str) -> None:
    assert labels.spell(when, language) == words


def test_a_brief_tells_the_day_of_keeping_only_as_such() -> None:
    edition = compile_edition(Selected((), (Teaser("T"),)))
    kept = Teaser("T", source="Gazette", captured="2024-05-06T10:00:00Z")
    assert labels.brief_line(kept, edition) == "Gazette · saved 6 May 2024"
    assert labels.brief_line(msgspec.structs.replace(kept, date="2024-05"), edition) == "Gazette · May 2024"
