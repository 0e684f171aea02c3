"""What a style says of its pages: reading its ``@page`` rules, and making it say less.

The press lays out text without headers and footers and headers and footers without text. Both come from the
style's own CSS, out of which it takes what is not wanted, line for line, so that a
complaint's line stays the style's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from functools import cache
from typing import Any, Literal, NamedTuple, TypeAlias

import tinycss2

Side: TypeAlias = Literal["left", "right"]
Edge: TypeAlias = Literal["top", "bottom", "left", "right"]
EDGES: tuple[Edge, ...] = ("top", "bottom", "left", "right")
"""Where margin boxes stand (CSS Paged Media 3, 4): those of one edge share its room."""

Heard: TypeAlias = tuple[str, str]
"""What ``string()`` asks for: a name, and which of the values on a page."""

_BLOCK = r"\{(?:[^{}\"']|\"[^\"]*\"|'[^']*')*\}"
_MARGIN_BOX = re.compile(
    rf"@(top|bottom|left|right)-(?:left|center|right|top|middle|bottom|left-corner|right-corner)\s*{_BLOCK}"
)
_SELECTOR = re.compile(r"@page\b[^{;]*")
_STRING = re.compile(r"\bstring\(\s*([\w-]+)\s*(?:,\s*([\w-]+)\s*)?\)")
_NUMBER = re.compile(r"\bcounters?\(\s*page\b(?!-)")
_PLAIN_NUMBER = re.compile(r"\bcounter\(\s*page\s*\)")
_TOTAL = re.compile(r"\bcounter\(\s*pages\s*(?:,[^()]*)?\)")
_REFERENCE = re.compile(r"target-counters?\(\s*attr\(\s*href(?:\s+url)?\s*\)\s*,\s*page\s*(?:,[^()]*)?\)")
_NEVER = ":nth(1000000)"
_ALWAYS = ":nth(n)"
_TYPE = re.compile(r"content|color|letter-spacing|word-spacing|line-height|text-transform|font(-.*)?")
"""Properties that say what a box looks like and not where it is."""
_BOXES = ("left-corner", "left", "center", "right", "right-corner")
UNMARKED_FIRST = "\n@page :first {{ {} }}\n".format(
    " ".join(f"@{edge}-{box} {{ content: none; }}" for edge in ("top", "bottom") for box in _BOXES)
)
"""For a style whose document begins with its text: no running head repeats what stands below it."""
_PLAIN = "\n@page { background: none !important; border-color: transparent !important; }\n"


class PageRules(NamedTuple):
    """``heads`` are the edges whose boxes know no page number, ``folios`` those that know
    nothing else, ``mixed`` the rest; ``heard`` says for each side what it asks of
    ``string()``; ``mirrored`` whether left and right pages differ."""

    heads: frozenset[Edge]
    folios: frozenset[Edge]
    mixed: frozenset[Edge]
    heard: dict[Side, tuple[Heard, ...]]
    mirrored: bool


@cache
def read(css: str) -> PageRules:
    """The page rules of a style section."""
    numbered: set[str] = set()
    speaking: set[str] = set()
    heard: dict[Side, dict[Heard, None]] = {"left": {}, "right": {}}
    mirrored = False
    for selector, boxes in _page_rules(css):
        sides = _sides(selector)
        mirrored = mirrored or len(sides) == 1
        for box in boxes:
            edge, content = box.lower_at_keyword.partition("-")[0], tinycss2.serialize(box.content or ())
            if _NUMBER.search(content):
                numbered.add(edge)
            for name, which in _STRING.findall(content):
                speaking.add(edge)
                for side in sides:
                    heard[side][name, which or "first"] = None
    every = frozenset(EDGES)
    return PageRules(
        every - numbered,
        every & numbered - speaking,
        every & numbered & speaking,
        {side: tuple(requested) for side, requested in heard.items()},
        mirrored,
    )


def _page_rules(css: str) -> Iterator[tuple[str, list[Any]]]:
    """Each ``@page`` rule: its selector and its margin boxes."""
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.lower_at_keyword == "page" and rule.content is not None:
            inside = tinycss2.parse_blocks_contents(rule.content)
            yield tinycss2.serialize(rule.prelude), [inner for inner in inside if inner.type == "at-rule"]


def _sides(selector: str) -> list[Side]:
    """The sides of the pages that a selector may be of."""
    return [side for side in ("left", "right") if f":{side}" in selector] or ["left", "right"]


# -- Saying less -------------------------------------------------------------------------


def bare(css: str, *, first: bool = False) -> str:
    """The style for text alone: pages without headers and footers, page references from ``data-page``.
    Only a document's ``first`` section has its first page."""
    return without(referring(css if first else without_first(css)), EDGES) + _PLAIN


def referring(css: str) -> str:
    """The style with the pages that links lead to as ``data-page`` gives them."""
    return _REFERENCE.sub("attr(data-page)", css)


def without_first(css: str) -> str:
    """The style for pages none of which is a document's first."""
    return _selectors(css, {":first": _NEVER})


def one_sided(css: str, side: Side) -> str:
    """The style for pages that all lie on that side, whatever their place."""
    other = "left" if side == "right" else "right"
    return _selectors(css, {f":{side}": _ALWAYS, f":{other}": _NEVER})


def without(css: str, edges: Iterable[Edge]) -> str:
    """The style without the margin boxes of those edges."""
    gone = set(edges)
    return _MARGIN_BOX.sub(lambda box: "\n" * box[0].count("\n") if box[1] in gone else box[0], css)


def unpainted(css: str) -> str:
    """The style without the pages' own backgrounds and borders."""
    return css + _PLAIN


def stretched(css: str) -> str:
    """The style with each margin box that no other one can stand beside as wide as its edge,
    which spares the engine measuring its text to find that out. The text stays where it is."""
    widths: dict[tuple[str, Side], dict[str, bool]] = {}
    for rule, content in _page_rules(css):
        sides = _sides(rule)
        for box in content:
            edge, _, where = box.lower_at_keyword.partition("-")
            if box.content is not None and edge in ("top", "bottom") and "-corner" not in where:
                plain = all(
                    part.type == "declaration" and _TYPE.fullmatch(part.lower_name)
                    for part in tinycss2.parse_blocks_contents(
                        box.content, skip_comments=True, skip_whitespace=True
                    )
                )
                for side in sides:
                    boxes = widths.setdefault((edge, side), {})
                    boxes[box.lower_at_keyword] = boxes.get(box.lower_at_keyword, True) and plain
    kept = {name for boxes in widths.values() for name in boxes if len(boxes) > 1 or not boxes[name]}
    names = sorted({name for boxes in widths.values() for name in boxes} - kept)
    rules = " ".join(f"@{name} {{ width: 100% }}" for name in names)
    return f"{css}\n@page {{ {rules} }}\n" if rules else css


def romanised(css: str) -> str:
    """The style with plain page numbers in roman, as front matter has them."""
    return _PLAIN_NUMBER.sub("counter(page, lower-roman)", css)


def totalled(css: str, total: int) -> str:
    """The style with the number of all pages in place of its counter."""
    return _TOTAL.sub(f'"{total}"', css)


def hearing(css: str, wanted_values: Iterable[Heard], names: dict[Heard, str]) -> str:
    """The style with each use of ``string()`` that is among ``wanted_values`` by its own name."""
    wanted: Set[Heard] = frozenset(wanted_values)

    def named(use: re.Match[str]) -> str:
        heard = (use[1], use[2] or "first")
        return f"string({names[heard]})" if heard in wanted else '""'

    return _STRING.sub(named, css)


def refers_to_pages(css: str) -> bool:
    """Whether the style prints the page that a link leads to."""
    return _REFERENCE.search(css) is not None


def _selectors(css: str, changes: dict[str, str]) -> str:
    def change(selector: re.Match[str]) -> str:
        text = selector[0]
        for old, new in changes.items():
            text = re.sub(rf"{old}\b", new, text)
        return text

    return _SELECTOR.sub(change, css)


# -- Named strings -----------------------------------------------------------------------


class Setting(NamedTuple):
    """One value that a rule gives to a named string: pieces of text, or ``attr`` names."""

    name: str
    pieces: tuple[tuple[Literal["text", "attr"], str], ...]


@cache
def string_sets(css: str) -> tuple[tuple[str, tuple[Setting, ...]], ...]:
    """Each rule with ``string-set``, in order: its selector and what it sets (GCPM 3, 1.1)."""
    sets = []
    for rule in _qualified(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)):
        for part in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
            if part.type == "declaration" and part.lower_name == "string-set":
                sets.append((tinycss2.serialize(rule.prelude), tuple(_settings(part.value))))
    return tuple(sets)


def _qualified(rules: Iterable[Any]) -> Iterator[Any]:
    for rule in rules:
        if rule.type == "qualified-rule":
            yield rule
        elif rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            yield from _qualified([] if "screen" in tinycss2.serialize(rule.prelude).lower() else inner)


def _settings(tokens: Iterable[Any]) -> Iterator[Setting]:
    name, pieces = "", list[tuple[Literal["text", "attr"], str]]()
    for token in [*tokens, None]:
        if token is None or (token.type == "literal" and token.value == ","):
            if name:
                yield Setting(name, tuple(pieces))
            name, pieces = "", []
        elif token.type == "ident" and not name:
            name = token.value
        elif token.type == "string":
            pieces.append(("text", token.value))
        elif token.type == "function" and token.lower_name == "attr":
            pieces += [("attr", inner.value) for inner in token.arguments[:1] if inner.type == "ident"]
