"""Datelines and end marks go where the user asks for it, and nothing else does."""

from __future__ import annotations

import pytest

from exporter.model.agency_marks import without_agency_marks
from exporter.model.visit import plain_text
from tests.editions.test_compile import article


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("Pyongyang, July 14 (KCNA) -- The mill turned. -0-", "The mill turned."),
        ("Harbourton, 14 July (HG) — The mill turned.", "The mill turned."),
        ("Sept. 3, 2024 was a Tuesday.", "Sept. 3, 2024 was a Tuesday."),
        ("On Monday, July 14 (a holiday) -- rain fell.", "On Monday, July 14 (a holiday) -- rain fell."),
        ("It was -0- degrees outside.", "It was -0- degrees outside."),
        ("-0-", ""),
    ],
)
def test_marks(words: str, left: str) -> None:
    assert plain_text(without_agency_marks(article("t", words=words))) == left
