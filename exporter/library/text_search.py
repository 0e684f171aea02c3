"""Words that are looked for in texts: what a user's question means, and whether a text answers it."""

from __future__ import annotations

import re
import unicodedata

from exporter.errors import UsageError

_DENSE = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]"
DENSE = re.compile(f"{_DENSE}+")
"""Runs of Han, kana and Hangul, where a word may be of one letter or two."""
SHORT = re.compile(r"(?<!\w)\w{1,2}(?!\w)")
"""Words of one or two other letters or digits (``UN``)."""
LONG = 3
"""Letters in a row from which a term is found anywhere, also within words."""
_QUOTED = re.compile(r'"([^"]*)"|(\S+)')


def folded(text: str) -> str:
    """Text as it is compared: letters in their one form, without case and marks of where a line may break."""
    return unicodedata.normalize("NFKC", text.replace("\xad", "").replace("\u200b", "")).casefold()


def terms(asked: str) -> list[str]:
    """What a user looks for: words, and phrases in quotation marks, all of which must occur. Raises
    `UsageError` where there is none."""
    asked = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in asked)
    found = [folded(" ".join((phrase or word).split())) for phrase, word in _QUOTED.findall(asked)]
    if not (told := [term for term in found if term]):
        raise UsageError("nothing to search for is named", 'Name words or a "phrase".')
    return told


def answers(text: str, asked: str) -> bool:
    """Whether all of it occurs in the text: long terms and those of dense scripts anywhere, others
    of one or two letters as words."""
    text = folded(text)
    return all(
        term in (text if len(term) >= LONG or DENSE.search(term) else SHORT.findall(text))
        for term in terms(asked)
    )
