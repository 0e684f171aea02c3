"""Text that no Markdown program takes for markup.

CommonMark first; then what GitHub, Obsidian and pandoc add: tables, struck-out and
highlighted words, formulas, footnotes, tags, emoji by name, attributes, comments,
templates. Straight quotes stay as they are: escaping each would spoil the plain text,
and the programs that curl them mean to.
"""

from __future__ import annotations

import re
from html import escape

from exporter.model.build import clean

_SPECIAL = re.compile(
    r"""[\\`*\[\]~^$|{}]      # marks wherever they stand
    | (?<![^\W_])_ | _(?![^\W_])  # within a word it is no mark
    | <(?![\s\d])
    | &(?=\#|\w+;)          # an entity
    | (?<!\S)\#             # Obsidian's tags; headings
    | =(?==) | %(?=%)       # Obsidian's highlights and comments
    | :(?=[a-z+-][\w+-]*:)  # an emoji's name
    """,
    re.X,
)
_LINE_START = re.compile(
    r"""\(?(?:\d{1,9}|[A-Za-z]|[ivxlcdm]+|[IVXLCDM]+|@\w*)(?=[.)](?:\s|\Z))  # a list's number
    | (?=[-+](?:[-+:\s]|\Z))  # a list, a rule, an underline, a table's
    | (?=[>=:])               # a quotation, an underline, a definition
    """,
    re.X,
)
"""What a backslash must follow."""
_ADDRESS = re.compile(r"\b(https?(?=://)|ftp(?=://)|www(?=\.))(\S+)", re.I)
_CONTROL = re.compile(r"[\t\n\r]")


def inline(text: str, *, followed: bool = False) -> str:
    """``text`` with every mark that could begin or end something made plain; ``followed`` says that
    something else stands right after it.

    Of a bare address GitHub makes a link, to the next space: escapes and marks in it would be
    the link's. Where it holds any, it is no link.
    """
    escaped = _SPECIAL.sub(r"\\\g<0>", clean(text))

    def plain(match: re.Match[str]) -> str:
        swallows = "\\" in match[2] or (followed and match.end() == len(escaped))
        return f"{match[1]}\\{match[2]}" if swallows else match[0]

    return _CONTROL.sub(lambda m: entity(m[0]), _ADDRESS.sub(plain, escaped))


def element(text: str) -> str:
    """``text`` for within an HTML element, where pandoc reads Markdown and others do not: what
    is a mark in either stands as an entity."""
    out: list[str] = []
    end, text = 0, clean(text)
    for match in _SPECIAL.finditer(text):
        before, mark = text[end : match.start()], match[0]
        out += [escape(before, quote=False), escape(mark) if mark in "<&" else entity(mark)]
        end = match.end()
    return "".join((*out, escape(text[end:], quote=False)))


def first_in_element(html: str) -> str:
    """HTML made safe to stand at an element's beginning."""
    return entity(html[0]) + html[1:] if _LINE_START.match(html) else html


def entity(character: str) -> str:
    return f"&#{ord(character)};"


def line(text: str) -> str:
    """A line of inline Markdown made safe to stand at the beginning of one, its white space at
    both ends kept."""
    body = text.strip()
    if not body:
        return "".join(map(entity, text))
    start = len(text) - len(text.lstrip())
    before, after = text[:start], text[start + len(body) :]
    if not before and (match := _LINE_START.match(body)):
        body = f"{match[0]}\\{body[match.end() :]}"
    return "".join((*map(entity, before), body, *map(entity, after)))
