"""Words counted: those of a text, and those that a rule left out."""

from __future__ import annotations

import re

from exporter.diagnostics import Diagnostic

UNPARTED = r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
"""Characters of scripts that put no spaces between words; each counts as a word."""
_IS_UNPARTED = re.compile(UNPARTED)
_WORD = re.compile(rf"{UNPARTED}|[^\W_]+")


def words(text: str) -> tuple[str, ...]:
    """The words of a text in their order, without signs and soft hyphens."""
    return tuple(_WORD.findall(text.replace("\xad", "")))


def count_words(text: str) -> int:
    """The words between spaces; where the script has none, its characters."""
    return len(words(text) if _IS_UNPARTED.search(text) else text.split())


def left_out(finding: Diagnostic) -> tuple[str, int, int]:
    """The rule of a ``lines-left-out`` or ``paragraphs-left-out``, and how many of them and words it took."""
    name, _, rest = finding.detail.partition(": ")
    pieces, words = rest.split(", ")[:2]
    return name, int(pieces), int(words.removesuffix(" words"))
