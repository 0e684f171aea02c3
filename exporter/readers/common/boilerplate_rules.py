"""The rules of ``boilerplate.toml``, the phrases by which they match a line, and counts of words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import msgspec

from exporter import resources
from exporter.diagnostics import Diagnostic

LONGEST = 400
"""Maximum number of characters in a line that a rule is applied to."""
_AROUND = " \"':：|>»…→•►.!?¡¿。！？()[]“”„–—-"
_NUMBER = re.compile(r"\d+")
_BETWEEN_WORDS = re.compile(r"[\s|,/·•]+")
UNSPACED = r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
"""Characters of scripts without spaces between words; each counts as a word."""
_IS_UNSPACED = re.compile(UNSPACED)
_WORD = re.compile(rf"{UNSPACED}|[^\W_]+")


class Rule(msgspec.Struct, frozen=True):
    """A rule: its ``name``, and in ``takes`` a description of what it removes.

    It matches a line of at most ``longest`` characters that is one of the ``phrases`` or, in the end matter,
    one of ``at_end``. A ``*`` at the start or the end of a phrase matches any text, ``#`` any number. A rule
    that ``spares_titles`` matches no heading of one word with something below it. ``verbs`` and ``roles`` are
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
    """The phrases of rules, for whole lines, beginnings and endings."""

    def __init__(self, rules: Sequence[Rule], field: str) -> None:
        named = [(phrase.casefold(), rule) for rule in rules for phrase in getattr(rule, field)]
        self._whole = {strip_marks(p): rule for p, rule in named if "*" not in p}
        self._openings = {p[:-1].rstrip(): rule for p, rule in named if p.endswith("*")}
        self._endings = {p[1:].lstrip(): rule for p, rule in named if p.startswith("*")}
        self._begins, self._ends = tuple(self._openings), tuple(self._endings)

    def whole(self, line: str) -> Rule | None:
        """The rule that has the normalised line as a phrase without ``*``, or None."""
        return self._whole.get(line)

    def rule(self, line: str) -> Rule | None:
        """The rule that matches a line normalised by `bare`, or None."""
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
    """Whether the phrase at the beginning of a line ends at the end of a word; East Asian scripts have no
    spaces."""
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
    """The phrases that count only in the end matter."""
    return Phrases(rules(), "at_end")


@cache
def kept() -> Phrases:
    """The phrases of lines that no rule removes."""
    return Phrases(resources.tables(__package__, "boilerplate.toml", "kept", Rule), "phrases")


def is_agency(name: str) -> bool:
    """Whether a name is one of the agencies that ``credits`` lists as whole lines."""
    return " " not in name and at_end().whole(bare(name)) == named("credits")


@cache
def _pointers() -> tuple[str, ...]:
    return tuple(phrase for phrase in named("read-more").phrases if "*" not in phrase)


def points(line: str) -> bool:
    """Whether a normalised line begins with words that announce other articles; a colon may only follow
    these."""
    if not line.startswith(_pointers()):
        return False
    label, colon, _ = line.partition(":")
    return not colon or label.rstrip() in _pointers()


def shares(line: str) -> bool:
    """Whether a normalised line consists of nothing but phrases of the rule ``share``."""
    parts = list(filter(None, _BETWEEN_WORDS.split(line)))
    return bool(parts) and all(anywhere().rule(part) == named("share") for part in parts)


def bare(line: str) -> str:
    """A line normalised for comparison: lower case, no punctuation around it, ``#`` for each number."""
    return _NUMBER.sub("#", line.casefold()).strip(_AROUND) if len(line) <= LONGEST else ""


def strip_marks(text: str) -> str:
    """``text`` without punctuation around it."""
    return text.strip(_AROUND)


# -- Counts ---------------------------------------------------------------------------


def words(text: str) -> tuple[str, ...]:
    """The words of a text in order, without punctuation and soft hyphens."""
    return tuple(_WORD.findall(text.replace("\xad", "")))


def count_words(text: str) -> int:
    """The number of words in a text; in scripts without spaces, of characters."""
    return len(words(text) if _IS_UNSPACED.search(text) else text.split())


def parse_finding(finding: Diagnostic) -> tuple[str, int, int]:
    """The rule that a ``lines-left-out`` or ``paragraphs-left-out`` is of, and how many blocks and words."""
    name, _, rest = finding.detail.partition(": ")
    blocks, count = rest.split(", ")[:2]
    return name, int(blocks), int(count.removesuffix(" words"))
