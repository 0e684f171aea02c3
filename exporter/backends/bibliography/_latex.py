"""Text as a BibLaTeX field holds it: LaTeX, in UTF-8, with its braces in balance."""

from __future__ import annotations

import re

_SPECIAL = {
    "\\": r"{\textbackslash}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    # Where a language has shorthands, a bare quote changes the letter after it.
    '"': '{"}',
    **{character: f"\\{character}" for character in "$&%#_"},
}
_BRACES = {"{": r"\{", "}": r"\}"}
# Who looks for a field's end counts escaped braces, too: a lone one brings its counterpart, unseen.
_LONE_BRACES = {"{": r"\{\vphantom{\}}", "}": r"\vphantom{\{}\}"}
_JOINED = r"-(?=-)|`(?=`)|'(?=')|,(?=,)|<(?=<)|>(?=>)|[!?](?=`)"
"""Characters that TeX's fonts join with the next one into another: dashes, quotes, ``¡``."""

_TO_ESCAPE = re.compile(rf"{_JOINED}|[{re.escape(''.join([*_SPECIAL, *_BRACES]))}]")
_BACK = {
    written: character for table in (_SPECIAL, _BRACES, _LONE_BRACES) for character, written in table.items()
} | {"{}": ""}
_ESCAPED = re.compile("|".join(map(re.escape, sorted(_BACK, key=len, reverse=True))))


def escaped(text: str) -> str:
    """The text with every character that LaTeX or BibTeX would take for its own escaped."""
    table = _SPECIAL | (_BRACES if is_balanced(text) else _LONE_BRACES)
    return _TO_ESCAPE.sub(lambda match: table.get(match[0]) or match[0] + "{}", text)


def unescaped(text: str) -> str:
    """What was `escaped`, as it was."""
    return _ESCAPED.sub(lambda match: _BACK[match[0]], text)


def is_balanced(text: str) -> bool:
    """Whether each brace has its counterpart, as those count who read BibTeX."""
    depth = 0
    for character in re.findall("[{}]", text):
        depth += 1 if character == "{" else -1
        if depth < 0:
            return False
    return depth == 0
