"""Blocks of raw HTML in Markdown: how they begin and end (CommonMark section 4.6), and back in place."""

from __future__ import annotations

import re
from typing import NamedTuple

from markdown.postprocessors import Postprocessor
from markdown.util import HTML_PLACEHOLDER

from exporter.readers._markdown_verbatim import TAG

ELEMENT = "raw-html"
"""Holds the place of a raw block in the tree."""

_BLOCK = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|"
    "div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|"
    "legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|"
    "table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)


class Found(NamedTuple):
    """A block that begins; what ends it, None for a blank line."""

    end: re.Pattern[str] | None


_STARTS = [
    (re.compile(r"<(?:script|pre|style|textarea)(?:\s|>|\Z)", re.I), r"</(?:script|pre|style|textarea)>"),
    (re.compile(r"<!--"), r"-->"),
    (re.compile(r"<\?"), r"\?>"),
    (re.compile(r"<![a-zA-Z]"), r">"),
    (re.compile(r"<!\[CDATA\["), r"\]\]>"),
    (re.compile(rf"</?(?:{_BLOCK})(?:\s|/?>|\Z)", re.I), None),
]
_KINDS = [(start, Found(re.compile(end, re.I) if end else None)) for start, end in _STARTS]
_ALONE = re.compile(rf"(?:{TAG})[ \t]*\Z")


def starts(content: str, anywhere: bool) -> Found | None:
    """The raw block that begins with a line. Only where a paragraph may begin (``anywhere``)
    does a lone tag of any other name begin one."""
    if content[0] != "<":
        return None
    for start, found in _KINDS:
        if start.match(content):
            return found
    return Found(None) if anywhere and _ALONE.match(content) else None


class RestoreProcessor(Postprocessor):
    """Puts raw HTML back where `ELEMENT` or Python-Markdown's placeholder stands."""

    _NUMBER = HTML_PLACEHOLDER % "([0-9]+)"
    _PLACE = re.compile(rf"<{ELEMENT}>{_NUMBER}</{ELEMENT}>|{_NUMBER}")

    def run(self, text: str) -> str:
        stash = self.md.htmlStash.rawHtmlBlocks if self.md else []

        def restored(match: re.Match[str]) -> str:
            number = int(match[1] or match[2])
            if number >= len(stash):
                return ""
            return f"{stash[number]}\n" if match[1] else str(stash[number])

        return self._PLACE.sub(restored, text)
