"""The figures: how alike two texts, two lists of paragraphs, two names or two days are."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

_WORD = re.compile(r"\w+", re.UNICODE)
SHINGLE = 4


class Counts(NamedTuple):
    """What was found rightly, found wrongly, and missed."""

    right: float = 0
    wrong: float = 0
    missed: float = 0

    def __add__(self, other: Counts) -> Counts:  # type: ignore[override]
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 to 1; 1 where there was nothing to find."""
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else 1.0

    @property
    def share(self) -> Counts:
        """The same with a sum of 1, so that each page counts alike."""
        whole = sum(self)
        return Counts(*(part / whole for part in self)) if whole else self


def plain(text: str) -> str:
    """Text as it is compared: one form of characters (NFKC), single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _counted(matches: Iterable[Hashable], wanted: Iterable[Hashable]) -> Counts:
    have, want = Counter(matches), Counter(wanted)
    right = (have & want).total()
    return Counts(right, have.total() - right, want.total() - right)


def shingles(matches: str, wanted: str) -> Counts:
    """Runs of four words (the measure of Zyte's article extraction benchmark)."""

    def runs(text: str) -> list[tuple[str, ...]]:
        words = _WORD.findall(unicodedata.normalize("NFKC", text))
        return [tuple(words[n : n + SHINGLE]) for n in range(max(1, len(words) - SHINGLE + 1)) if words]

    return _counted(runs(matches), runs(wanted))


def words(matches: str, wanted: str) -> Counts:
    """Words as a multiset, whatever their order and case."""

    def each(text: str) -> list[str]:
        return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())

    return _counted(each(matches), each(wanted))


def paragraphs(matches: Sequence[str], wanted: Sequence[str]) -> Counts:
    """Whole paragraphs, to the character but for white space."""
    return _counted(filter(None, map(plain, matches)), filter(None, map(plain, wanted)))


def same_name(matches: str, wanted: str) -> bool:
    """Whether two titles or names are one but for case and marks."""
    return _folded(matches) == _folded(wanted)


def same_names(matches: Iterable[str], wanted: Iterable[str]) -> bool:
    return {_folded(name) for name in matches} == {_folded(name) for name in wanted}


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, plain(text).casefold()))
