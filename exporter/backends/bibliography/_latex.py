"""Text as a BibLaTeX field holds it: LaTeX, in UTF-8, with its braces in balance."""

from __future__ import annotations

import re

_SPECIAL = {
    "\\": r"{\textbackslash}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    # In TeX's first encoding, which importers heed, other characters stand in these three's places.
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
    # Where a language has shorthands, a bare quote changes the letter after it.
    '"': '{"}',
    **{character: f"\\{character}" for character in "$&%#_"},
}
_BRACES = {"{": r"\{", "}": r"\}"}
# Who looks for a field's end counts escaped braces, too: a lone one brings its counterpart, unseen.
_LONE_BRACES = {"{": r"\{\vphantom{\}}", "}": r"\vphantom{\{}\}"}
_DEEP = 20
"""How deep braces may nest as they are: there are readers that give up at a hundred."""

_JOINED = r"-(?=-)|`(?=`)|'(?=')|,(?=,)|[!?](?=`)"
"""Characters that TeX's fonts join with the next one into another: dashes, quotes, ``¡``."""

_TO_ESCAPE = re.compile(rf"{_JOINED}|[{re.escape(''.join([*_SPECIAL, *_BRACES]))}]")
_BACK = {
    written: character for table in (_SPECIAL, _BRACES, _LONE_BRACES) for character, written in table.items()
} | {"{}": ""}
_ESCAPED = re.compile("|".join(map(re.escape, sorted(_BACK, key=len, reverse=True))))


def escaped(text: str) -> str:
    """The text with every character that LaTeX or BibTeX would take for its own escaped."""
    table = _SPECIAL | (_BRACES if 0 <= depth(text) <= _DEEP else _LONE_BRACES)
    return _TO_ESCAPE.sub(lambda match: table.get(match[0]) or match[0] + "{}", text)


def unescaped(text: str) -> str:
    """What was `escaped`, as it was."""
    return _ESCAPED.sub(lambda match: _BACK[match[0]], text)


def depth(text: str) -> int:
    """How deep braces nest, as those count who read BibTeX; -1 where one has no counterpart."""
    now = deepest = 0
    for brace in re.findall("[{}]", text):
        now += 1 if brace == "{" else -1
        if now < 0:
            return -1
        deepest = max(deepest, now)
    return -1 if now else deepest
