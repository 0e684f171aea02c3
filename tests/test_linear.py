"""Nothing of ours takes time with the square of its input: no pattern, no parser, no reader."""

import re
import time
from collections.abc import Callable

import pytest

from exporter.readers import Source, read_source
from tests.attacks import Attack, Pattern, attacks, inventory, text
from tests.hostile import DOCUMENTS, PUMPS, THEIRS
from tests.parsers import PARSERS
from tests.patterns import ROWS

PATTERNS = inventory()
SIZE = 100_000
MOST = 2.5
"""How many times as long twice the input may take."""
FLOOR = 0.05
"""Seconds of processor time that twice the size may always take: with the square it is many times that."""
LONG = 5
"""Seconds after which nothing is measured again."""
TRIAL = 5_000
HARDEST = 3
"""Of all attacks on a pattern, those that are tried in full: the slowest at a small size."""

Act = Callable[[str], object]


def seconds(act: Act, subject: str, times: int = 5) -> float:
    """The least processor time of some runs."""
    least = float("inf")
    for _ in range(times):
        begun = time.process_time()
        act(subject)
        least = min(least, time.process_time() - begun)
        if not FLOOR / 5 < least < LONG:
            break
    return least


def growth(act: Act, make: Callable[[int], str]) -> float:
    """How many times as long twice the input takes; 1 where neither takes any time to speak of."""
    double = seconds(act, make(2 * SIZE))
    return 1 if double <= FLOOR else double / max(seconds(act, make(SIZE)), FLOOR / 5)


def hardest(pattern: Pattern) -> list[Attack]:
    """The attacks of a pattern's row, and those made from itself that it takes longest over."""
    found = {attack: seconds(pattern.run, text(attack, TRIAL), 1) for attack in attacks(pattern.regex)}
    return [*ROWS[pattern.place], *sorted(found, key=found.__getitem__, reverse=True)[:HARDEST]]


def test_every_pattern_has_a_row() -> None:
    assert {pattern.place for pattern in PATTERNS} == set(ROWS)


def test_every_row_has_an_attack_of_any_size() -> None:
    for place, row in ROWS.items():
        assert row, place
        for attack in row:
            assert 900 < len(text(attack, 1000)) <= 1000, place


@pytest.mark.parametrize("source", [r"\[\[[^\]]*\]\]", r"a[^c]*b"])
def test_an_attack_is_found_on_a_slow_pattern(source: str) -> None:
    pattern = Pattern("", re.compile(source, re.S), frozenset(("sub",)))
    assert any(seconds(pattern.run, text(attack, 8_000), 1) > FLOOR / 5 for attack in attacks(pattern.regex))


@pytest.mark.conformance
@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.place[:80])
def test_a_pattern_takes_time_with_its_input(pattern: Pattern) -> None:
    for attack in hardest(pattern):
        grown = growth(pattern.run, lambda size, a=attack: text(a, size))  # type: ignore[misc]
        assert grown <= MOST, f"{attack!r}: {grown:.1f} times as long"


@pytest.mark.conformance
@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_takes_time_with_its_input(name: str) -> None:
    for pump in PUMPS:
        grown = growth(PARSERS[name], lambda size, p=pump: text(("", p, ""), size))  # type: ignore[misc]
        assert grown <= MOST, f"{pump!r}: {grown:.1f} times as long"


@pytest.mark.conformance
@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name not in THEIRS])
def test_a_document_takes_time_with_its_size(name: str) -> None:
    grown = growth(lambda subject: read_source(Source(subject.encode(), name)), DOCUMENTS[name])
    assert grown <= MOST, f"{grown:.1f} times as long"
