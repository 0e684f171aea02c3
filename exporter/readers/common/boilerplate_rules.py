"""The rules of ``boilerplate.toml``, the phrases by which they match a line, and counts of words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import msgspec

from exporter import resources
from exporter.diagnostics import Diagnostic

LONGEST = 400
"""The most characters of a line that a rule looks at."""
_AROUND = " \"':：|>»…→•►.!?¡¿。！？()[]“”„–—-"
_NUMBER = re.compile(r"\d+")
_BETWEEN_WORDS = re.compile(r"[\s|,/·•]+")
UNSPACED = r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
"""Characters of scripts that put no spaces between words; each counts as a word."""
_IS_UNSPACED = re.compile(UNSPACED)
_WORD = re.compile(rf"{UNSPACED}|[^\W_]+")


class Rule(msgspec.Struct, frozen=True):
    """A rule's ``name`` and what it ``takes``.

    It takes a line of at most ``longest`` characters that is one of the ``phrases`` or, in the end matter,
    one of ``at_end``. A ``*`` at the start or the end of a phrase matches any text, ``#`` any number. A rule
    that ``spares_titles`` takes no heading of one word with something below it. ``verbs`` and ``roles`` are
    the words of notes on authors.
    """

    name: str
    takes: str
    phrases: tuple[str, ...] = ()
    at_end: tuple[str, ...] = ()
    longest: int = 180
    spares_titles: bool = False
    verbs: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, from ``boilerplate.toml`` beside this module."""
    return resources.tables(__package__, "boilerplate.toml", "rule", Rule)


class Phrases:
    """Phrases of rules, by whole line, opening and ending."""

    def __init__(self, rules: Sequence[Rule], field: str) -> None:
        named = [(phrase.casefold(), rule) for rule in rules for phrase in getattr(rule, field)]
        self._whole = {strip_marks(p): rule for p, rule in named if "*" not in p}
        self._openings = {p[:-1].rstrip(): rule for p, rule in named if p.endswith("*")}
        self._endings = {p[1:].lstrip(): rule for p, rule in named if p.startswith("*")}
        self._begins, self._ends = tuple(self._openings), tuple(self._endings)

    def whole(self, line: str) -> Rule | None:
        """The rule one of whose phrases without ``*`` a bare line is."""
        return self._whole.get(line)

    def rule(self, line: str) -> Rule | None:
        """The rule that a line, bare of case and marks around it, belongs to."""
        if rule := self._whole.get(line):
            return rule
        if line.startswith(self._begins):
            for phrase, rule in self._openings.items():
                if line.startswith(phrase) and _ends_word(phrase, line):
                    return rule
        if line.endswith(self._ends):
            return next(rule for phrase, rule in self._endings.items() if line.endswith(phrase))
        return None


def _ends_word(phrase: str, line: str) -> bool:
    """Whether the phrase that opens the line ends with a word; East Asian scripts do not part words."""
    after = line[len(phrase) : len(phrase) + 1]
    return not (phrase[-1].isalnum() and after.isalnum()) or after > "\u2e80"


@cache
def named(name: str) -> Rule:
    return next(rule for rule in rules() if rule.name == name)


@cache
def anywhere() -> Phrases:
    return Phrases(rules(), "phrases")


@cache
def at_end() -> Phrases:
    """The phrases that count in the end matter alone."""
    return Phrases(rules(), "at_end")


@cache
def kept() -> Phrases:
    """The phrases of lines that no rule takes."""
    return Phrases(resources.tables(__package__, "boilerplate.toml", "kept", Rule), "phrases")


def is_agency(name: str) -> bool:
    """Whether a name is one of the agencies that ``credits`` lists as whole lines."""
    return " " not in name and at_end().whole(bare(name)) == named("credits")


@cache
def _pointers() -> tuple[str, ...]:
    return tuple(phrase for phrase in named("read-more").phrases if "*" not in phrase)


def points(line: str) -> bool:
    """Whether a bare line opens with words that point to other articles, and with a colon only after them."""
    if not line.startswith(_pointers()):
        return False
    label, colon, _ = line.partition(":")
    return not colon or label.rstrip() in _pointers()


def shares(line: str) -> bool:
    """Whether a bare line consists of nothing but words that are phrases of ``share``."""
    parts = list(filter(None, _BETWEEN_WORDS.split(line)))
    return bool(parts) and all(anywhere().rule(part) == named("share") for part in parts)


def bare(line: str) -> str:
    """A line as phrases are compared: in one case, without marks around it, ``#`` for each number."""
    return _NUMBER.sub("#", line.casefold()).strip(_AROUND) if len(line) <= LONGEST else ""


def strip_marks(text: str) -> str:
    """``text`` without marks around it."""
    return text.strip(_AROUND)


# -- Counts ---------------------------------------------------------------------------


def words(text: str) -> tuple[str, ...]:
    """The words of a text in their order, without signs and soft hyphens."""
    return tuple(_WORD.findall(text.replace("\xad", "")))


def count_words(text: str) -> int:
    """The words between spaces; where the script has none, its characters."""
    return len(words(text) if _IS_UNSPACED.search(text) else text.split())


def parse_finding(finding: Diagnostic) -> tuple[str, int, int]:
    """The rule that a ``lines-left-out`` or ``paragraphs-left-out`` is of, and how many blocks and words."""
    name, _, rest = finding.detail.partition(": ")
    blocks, count = rest.split(", ")[:2]
    return name, int(blocks), int(count.removesuffix(" words"))
