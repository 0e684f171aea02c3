"""The XML prolog, the part before the first element, made harmless before any parser sees it.

A document type may declare entities, by which a small file expands to gigabytes (XML 1.0, section 4.4) or
reads other files. Only entities for a few plain characters are accepted. A document that declares others is
refused, not repaired: these are not in a feed by mistake.
"""

from __future__ import annotations

import re
from html import unescape

import msgspec

_BEFORE = re.compile(r"\ufeff?\s*(?:(?:<\?.*?\?>|<!--.*?-->)\s*)*", re.S)
# Possessive throughout: each character is examined once.
_DOCTYPE = re.compile(
    r"""<!DOCTYPE(?:[^\[>"']++|"[^"]*+"|'[^']*+'|"""
    r"""\[(?:[^\]"'<]++|"[^"]*+"|'[^']*+'|<!--(?>.*?-->)|<\?(?>.*?\?>)|<(?!!--|\?))*+\])*+>""",
    re.S | re.I,
)
_ENTITY = re.compile(r"""<!ENTITY\s+(%\s+)?([^\s"'%]+)\s+(?:"([^"]*)"|'([^']*)'|(\w+))""", re.I)
_LONGEST = 64
_NAME = re.compile(r"[A-Za-z_]\w*\Z")


class XmlProlog(msgspec.Struct, frozen=True):
    """A document split into parts: ``body`` from the first element on, ``lines`` as the number of lines above
    it.

    ``declarations`` are the harmless ones; ``refused`` names what was refused, if anything.
    """

    body: str
    lines: int = 0
    declarations: str = ""
    refused: str | None = None

    @property
    def document(self) -> str:
        """The harmless document, with as many lines as the original, so that line numbers in errors are
        correct."""
        padding = "\n" * (self.lines - self.declarations.count("\n"))
        return f'<?xml version="1.0" encoding="utf-8"?>{padding}{self.declarations}{self.body}'


def split(text: str) -> XmlProlog:
    """Split the XML declaration, comments and document type off ``text``."""
    start = _end(text, 0)
    if text[start : start + 9].upper() != "<!DOCTYPE":
        return XmlProlog(text[start:], text.count("\n", 0, start))
    match = _DOCTYPE.match(text, start)
    if not match:
        return XmlProlog("", refused="a document type without an end")
    entities: dict[str, str] = {}
    for parameter, name, double, single, external in _ENTITY.findall(match[0]):
        value = unescape(double or single)
        if parameter or external or len(value) > _LONGEST or set('&<"%') & set(value):
            return XmlProlog("", refused=f"entity {name[:40]}")
        if _NAME.match(name):
            entities.setdefault(name, value)
    # feedparser expects declarations at the beginning of a line
    declared = "".join(f'\n<!ENTITY {name} "{value}">' for name, value in entities.items())
    end = _end(text, match.end())
    return XmlProlog(text[end:], text.count("\n", 0, end), f"<!DOCTYPE x [{declared}\n]>" if declared else "")


def _end(text: str, start: int) -> int:
    match = _BEFORE.match(text, start)
    return match.end() if match else start
