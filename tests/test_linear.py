"""Nothing of ours takes time with the square of its input: no pattern, no reader."""

import re
import time
from collections.abc import Callable

import pytest

from exporter.readers import Reading, Source, read_source
from tests.attacks import Attack, Pattern, attacks, inventory, text
from tests.hostile import DOCUMENTS, THEIRS
from tests.patterns import ROWS

PATTERNS = inventory()
SIZE = 100_000
MOST = 2.5
"""How many times as long twice the input may take."""
FLOOR = 0.02
"""Seconds of processor time below which a time tells nothing; with the square it would be many times as long."""
TRIAL = 5_000
HARDEST = 3
"""Of all attacks on a pattern, those that are tried in full: the slowest at a small size."""


def seconds(act: Callable[[], object], times: int = 5) -> float:
    """The least processor time of some runs; of one alone that takes long."""
    least = float("inf")
    for _ in range(times):
        begun = time.process_time()
        act()
        least = min(least, time.process_time() - begun)
        if least < FLOOR / 4 or least > 5:
            break
    return least


def growth(act: Callable[[int], Callable[[], object]]) -> float:
    """How many times as long twice the input takes; 1 where neither takes any time to speak of."""
    double = seconds(act(2 * SIZE))
    return double / max(seconds(act(SIZE)), FLOOR / 4) if double > FLOOR else 1.0


def hardest(pattern: Pattern) -> list[Attack]:
    """The attacks that a pattern takes longest over, those of its row first."""
    found = {
        attack: seconds(lambda a=attack: pattern.run(text(a, TRIAL)), 1) for attack in attacks(pattern.regex)
    }  # type: ignore[misc]
    return [*ROWS[pattern.place], *sorted(found, key=found.__getitem__, reverse=True)[:HARDEST]]


def test_every_pattern_has_a_row() -> None:
    assert {pattern.place for pattern in PATTERNS} == set(ROWS)


def test_every_row_has_an_attack_of_any_size() -> None:
    for place, row in ROWS.items():
        assert row, place
        for attack in row:
            assert abs(len(text(attack, 1000)) - 1000) <= len("".join(attack)), place


@pytest.mark.parametrize("source", [r"\s+$", r"<a.*?>", r"(?:a|b)*c", r"^x*y*x*z", r"\{%-?\s*.*?%\}"])
def test_an_attack_is_found_for_a_slow_pattern(source: str) -> None:
    pattern = Pattern("", re.compile(source, re.S), frozenset(("sub",)))
    slow = max(
        seconds(lambda a=attack: pattern.run(text(a, 4000)), 1)
        / max(seconds(lambda a=attack: pattern.run(text(a, 1000)), 1), 1e-5)  # type: ignore[misc]
        for attack in attacks(pattern.regex)
    )
    assert slow > 8


@pytest.mark.conformance
@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.place[:80])
def test_a_pattern_takes_time_with_its_input(pattern: Pattern) -> None:
    for attack in hardest(pattern):
        grown = growth(lambda size, a=attack: lambda t=text(a, size): pattern.run(t))  # type: ignore[misc]
        assert grown <= MOST, f"{attack!r}: {grown:.1f} times as long"


def read(name: str, size: int) -> Reading:
    return read_source(Source(DOCUMENTS[name](size).encode(), name))


@pytest.mark.conformance
@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name not in THEIRS])
def test_a_document_takes_time_with_its_size(name: str) -> None:
    grown = growth(lambda size: lambda: read(name, size))
    assert grown <= MOST, f"{grown:.1f} times as long"
