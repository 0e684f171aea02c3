"""The language that a text's script gives away: certain for Hangul and kana, else a guess."""

from __future__ import annotations

import re
from itertools import pairwise

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("latin", re.compile("[A-Za-z\u00c0-\u024f]")),
)


_ASCII = re.compile("[\x00-\x7f]+")
_NO_LETTERS = bytes(byte for byte in range(256) if not chr(byte).isalpha() or byte > 127)


def parted(text: str) -> tuple[int, str]:
    """How many letters of ASCII a text has, and what it has beyond ASCII: to count most texts is
    to look at next to nothing."""
    if text.isascii():
        return len(text.encode().translate(None, _NO_LETTERS)), ""
    letters = text.encode("ascii", "ignore").translate(None, _NO_LETTERS)
    return len(letters), _ASCII.sub("", text)


def language_of(text: str, *, latin: str | None = None) -> str | None:
    """A language tag by the script that most letters have; ``latin`` stands for Latin script.

    A Japanese text is known by its kana, however many of its letters are Han.
    """
    plain, rest = parted(text)
    if not rest:
        return latin if plain else None
    counts = {tag: len(pattern.findall(rest)) for tag, pattern in _SCRIPTS}
    counts["latin"] += plain
    if counts["ja"] * 10 > counts["zh"]:
        counts["ja"], counts["zh"] = counts["ja"] + counts["zh"], 0
    if counts["ko"]:
        counts["ko"], counts["zh"] = counts["ko"] + counts["zh"], 0
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    if not ranked[0][1] or any(a[1] == b[1] for a, b in list(pairwise(ranked))[:1]):
        return None
    return latin if ranked[0][0] == "latin" else ranked[0][0]
