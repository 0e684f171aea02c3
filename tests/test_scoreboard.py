"""Web pages are read as well as they were: the figures of a sample are not below the stored ones."""

from __future__ import annotations

import pytest

from tests.scoreboard import __main__ as scoreboard
from tests.scoreboard import measures, pages
from tests.scoreboard.extractors import EXTRACTORS, Extractor, SourceFile
from tests.scoreboard.measures import Counts


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Floors are the program's own: what is set beside it need not run."""
    monkeypatch.setitem(EXTRACTORS, "trafilatura", Extractor(lambda name, data: SourceFile()))


@pytest.mark.parametrize("name", pages.SETS)
def test_no_figure_of_the_sample_is_below_its_floor(name: str) -> None:
    assert scoreboard.main([name, "--sample", "--jobs", "1"]) == 0


def test_a_lower_figure_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoreboard, "SAMPLE", 100)
    monkeypatch.setattr(scoreboard, "floors", lambda: {"readability (sample)": {"body": 1.01}})
    assert scoreboard.main(["readability", "--sample", "--jobs", "1"]) == 1


def test_the_measures_measure() -> None:
    assert measures.shingles("one two three four five", "one two three four five").f1 == 1
    assert measures.shingles("a b c d", "e f g h").f1 == 0
    assert measures.paragraphs(["one ", "two"], ["one", "three"]) == Counts(1, 1, 1)
    assert measures.words("The sea, the sea", "the Sea!") == Counts(2, 2, 0)
    assert measures.same_name("The  Harbour—Gazette", "the harbour gazette")
    assert measures.same_names(["A B", "C D"], ["c d", "a b"])
    assert not measures.same_names(["A B"], ["a b", "c d"])
