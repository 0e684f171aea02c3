"""Text for Python-Markdown's inline patterns, in pieces that they can take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

MAX_RUN = 16_000
"""Characters handed to the inline patterns at once: they take quadratic time."""

_DATA = re.compile(r"data:[\w/+.-]*+(?:;[\w=-]++)*+,[\w%/+=.~-]*+")
_TITLE = re.compile(r"""(?:[ \n]+(?:"[^"\n]*"|'[^'\n]*'))?\)?""")


def fill(element: Element, text: str) -> None:
    """Set the text of an element, in parts if it is longer than the inline patterns can take."""
    parts = list(_parts(text)) if len(text) > MAX_RUN else []
    for part in parts:
        SubElement(element, "span").text = part
    if not parts:
        element.text = text


def _parts(text: str) -> Iterator[str]:
    """Pieces of about `MAX_RUN` characters, cut after lines or words and never within a data URI."""
    start = 0
    while len(text) - start > MAX_RUN:
        end = start + MAX_RUN
        cut = max(text.rfind("\n", start, end), text.rfind(" ", end - MAX_RUN // 4, end)) + 1 or end
        begun = text.rfind("data:", start, end)
        if begun >= 0 and (uri := _DATA.match(text, begun)) and uri.end() > end - MAX_RUN // 4:
            tail = _TITLE.match(text, uri.end())
            cut = tail.end() if tail else uri.end()
        yield text[start:cut]
        start = cut
    if start < len(text):
        yield text[start:]
