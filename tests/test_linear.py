"""Nothing of ours takes time with the square of its input: no pattern, no parser, no reader."""

import re
import time
from collections.abc import Callable
from html import escape

import pytest
from lxml import html

from exporter.readers.common import markdown
from exporter.readers.common.markup import text_of
from exporter.readers.html import _choice
from exporter.readers.html import reader as readers_html
from exporter.readers.html._choice import Opinion
from exporter.readers.registry import read_source
from exporter.readers.source import Source
from tests.attacks import Attack, Pattern, attacks, inventory, text
from tests.hostile import DOCUMENTS, PUMPS
from tests.parsers import PARSERS
from tests.patterns import ROWS

PATTERNS = inventory()
SIZE = 100_000
MOST = 2.5
"""How many times as long twice the input may take."""
FLOOR = 0.05
"""Seconds of processor time that twice the size may always take: with the square it is many times that."""
LONG = 1
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
    matches = {attack: seconds(pattern.run, text(attack, TRIAL), 1) for attack in attacks(pattern.regex)}
    return [*ROWS[pattern.place], *sorted(matches, key=matches.__getitem__, reverse=True)[:HARDEST]]


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


class Engine:
    """In the place of Python-Markdown."""

    def reset(self) -> "Engine":
        return self

    def convert(self, text: str) -> str:
        return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))


def extracted(root: html.HtmlElement, *, fast: bool = True) -> Opinion:
    """In place of the libraries: all paragraphs and the like."""
    return Opinion(text_of(e) for e in root.iter("p", "h1", "h2", "li", "td", "figcaption"))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own code alone: what others' takes with the square of its input ends at the limit of reading."""
    monkeypatch.setattr(_choice, "by_trafilatura", extracted)
    monkeypatch.setattr(_choice, "by_readability", extracted)
    monkeypatch.setattr(markdown, "_engine", Engine)
    monkeypatch.setattr(readers_html, "find_date", lambda *_, **__: None)


@pytest.mark.conformance
@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_takes_time_with_its_size(name: str) -> None:
    grown = growth(lambda subject: read_source(Source(subject.encode(), name)), DOCUMENTS[name])
    assert grown <= MOST, f"{grown:.1f} times as long"
