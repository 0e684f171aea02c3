"""CSS variables put in where they are used, as far as they are the same everywhere.

The engine reads a shorthand with ``var()`` again for every property of every element, page and
margin box that it applies to. Of what the root alone declares, the value is known beforehand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

import tinycss2

_DECLARED = re.compile(r"(?<![\w-])(--[\w-]+)\s*:")
_USED = re.compile(r"\bvar\(\s*(--[\w-]+)\s*(?:,[^()]*)?\)")
_OWN = re.compile(
    r"""\bstyle\s*=\s*(?:"(?:[^"-]++|-(?!-)|--[\w-]*+(?!\s*:))*+--\w|'(?:[^'-]++|-(?!-)|--[\w-]*+(?!\s*:))*+--\w)"""
)
DEEPEST = 8
"""Variables in variables that are followed; CSS may have them in a circle."""


def settled(css: str, html: str) -> str:
    """The style section with the values of variables that ``:root`` alone declares in place of
    their names, line for line; as it stands where an element of the document has its own."""
    return css if _OWN.search(html) else _settled(css)


@lru_cache(maxsize=12)
def _settled(css: str) -> str:
    values = _of_root(css)
    for _ in range(DEEPEST):
        solved = _USED.sub(lambda use: values.get(use[1], use[0]), css)
        if solved == css:
            break
        css = solved
    return css


def _of_root(css: str) -> Mapping[str, str]:
    """The variables that no other rule declares, with the value that counts, on one line."""
    values: dict[str, str] = {}
    here: Counter[str] = Counter()
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule" or tinycss2.serialize(rule.prelude).strip() != ":root":
            continue
        for part in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
            if part.type == "declaration" and part.name.startswith("--"):
                here[part.name] += 1
                values[part.name] = "" if part.important else _on_one_line(part.value)
    everywhere = Counter(_DECLARED.findall(css))
    return {name: value for name, value in values.items() if value and here[name] == everywhere[name]}


def _on_one_line(value: list[tinycss2.ast.Node]) -> str:
    return str(tinycss2.serialize(value)).replace("\n", " ").strip()
