"""The inlines of Markdown whose inside is no Markdown: code, escapes, hard breaks, autolinks, tags.

CommonMark (sections 2.4, 6.1, 6.5 to 6.7) has whichever begins first win, so they are one
pattern here. Python-Markdown's own, one after another, pair runs of backticks of unlike
lengths, escape fewer characters, and take ``<any.thing>`` for a tag, which loses it.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AMP_SUBSTITUTE, ETX, STX, AtomicString, code_escape

ATTRIBUTES = r"""(?:\s+[a-zA-Z_:][\w.:-]*+(?:\s*+=\s*+(?:[^\s"'=<>`]++|'[^']*+'|"[^"]*+"))?+)*+"""
"""The attributes of a tag (CommonMark section 6.6)."""
TAG = rf"<[a-zA-Z][a-zA-Z0-9-]*+{ATTRIBUTES}\s*+/?>|</[a-zA-Z][a-zA-Z0-9-]*+\s*+>"
"""An opening or closing tag."""

_PATTERN = rf"""
    \\(?P<escaped>[!-/:-@\[-`{{-~\n])
    |(?P<code>`+)
    |(?<!\]\()(?:  # an address in angle brackets is the link's
        <(?P<link>[a-zA-Z][a-zA-Z0-9+.-]{{1,31}}:[^\s<>]*+)>
        |<(?P<mail>[\w.!#$%&'*+/=?^`{{|}}~-]++@[a-zA-Z0-9.-]++)>
        |(?P<tag>{TAG}|<!--(?:(?!<!--|-->).)*+-->|<\?(?:(?!<\?|\?>).)*+\?>|<![a-zA-Z][^<>]*+>
            |<!\[CDATA\[(?:(?!<!\[CDATA|\]\]>).)*+\]\]>)
    )"""


class Verbatim(InlineProcessor):
    """Makes elements of code spans, autolinks and hard breaks; stashes tags and escaped characters."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(_PATTERN, md)
        self.compiled_re = re.compile(_PATTERN, re.X | re.S)
        self._stash = md.htmlStash

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str | None, int, int]:
        start, end = m.span()
        if m["escaped"]:
            return _escaped(m["escaped"]), start, end
        if m["tag"]:
            return self._stash.store(m["tag"]), start, end
        if address := m["link"] or m["mail"]:
            link = Element("a", {"href": address if m["link"] else f"mailto:{address}"})
            link.text = AtomicString(code_escape(address))
            return link, start, end
        close = re.compile(rf"(?<!`){m['code']}(?!`)").search(data, end)
        if close is None:
            return None, start, end
        code = Element("code")
        text = data[end : close.start()].replace("\n", " ")
        if text.strip(" ") and text[0] == text[-1] == " ":
            text = text[1:-1]
        code.text = AtomicString(code_escape(text))
        return code, start, close.end()


def _escaped(character: str) -> Element | str:
    if character == "\n":
        return Element("br")
    # The serializer leaves alone what looks like an entity; an escaped & must not become one.
    return f"{AMP_SUBSTITUTE}amp;" if character == "&" else f"{STX}{ord(character)}{ETX}"
