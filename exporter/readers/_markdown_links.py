"""Links and their definitions (CommonMark sections 4.7, 6.3 and 6.4) in Python-Markdown.

Definitions are taken from a paragraph's head and found by labels as CommonMark compares them.
"""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import (
    IMAGE_LINK_RE,
    IMAGE_REFERENCE_RE,
    LINK_RE,
    REFERENCE_RE,
    ImageInlineProcessor,
    ImageReferenceInlineProcessor,
    LinkInlineProcessor,
    ReferenceInlineProcessor,
    ShortImageReferenceInlineProcessor,
    ShortReferenceInlineProcessor,
)
from markdown.util import ETX, STX

_DEFINITION = re.compile(
    r"""\[((?:[^\[\]\\]|\\.){1,999}+)\]:[ \t]*\n?[ \t]*
    (?:<([^<>\n]*)>|([^\s<]\S*))
    (?:
        (?:[ \t]*\n[ \t]*|[ \t]+)
        ("(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\))
        (?=[ \t]*(?:\n|\Z))
    )?
    [ \t]*(?:\n|\Z)""",
    re.X | re.S,
)
_ESCAPED = re.compile(rf"{STX}([0-9]+){ETX}")
_BACKSLASH = re.compile(r"\\([!-/:-@\[-`{-~])")


def take_definitions(text: str, references: dict[str, tuple[str, str]]) -> str:
    """``text`` without the definitions at its head, which are put among ``references``; the first
    of a label stands."""
    at = 0
    while (match := _DEFINITION.match(text, at)) and (label := key(match[1])):
        href = match[2] if match[2] is not None else match[3]
        title = match[4][1:-1] if match[4] else ""
        references.setdefault(label, (_BACKSLASH.sub(r"\1", href), title))
        at = match.end()
    return text[at:]


def key(label: str) -> str:
    """What labels have in common that mean the same: no case, no runs of blanks, no marks of code."""
    plain = html.unescape(_BACKSLASH.sub(r"\1", label)).replace("`", "")
    return " ".join(plain.split()).casefold()


class _Patient(LinkInlineProcessor):
    """Gives up looking for the ends of links when it has read the text many times over.

    Python-Markdown reads on to the paragraph's end from each bracket, and again for each kind
    of link. What is not looked at stays text.
    """

    def __init__(self, pattern: str, md: Markdown, patience: list[int]) -> None:
        super().__init__(pattern, md)
        self._patience = patience

    def getText(self, data: str, index: int) -> tuple[str, int, bool]:  # noqa: N802
        if self._patience[0] < 0:
            return "", index, False
        text, end, handled = super().getText(data, index)
        self._patience[0] -= end - index
        return text, end, handled

    def getLink(self, data: str, index: int) -> tuple[str, str | None, int, bool]:  # noqa: N802
        if self._patience[0] < 0 or not data.startswith("(", index):
            return "", None, index, False
        href, title, end, handled = super().getLink(data, index)
        self._patience[0] -= end - index if handled else len(data) - index
        return href, title, end, handled


class _ByKey(_Patient, ReferenceInlineProcessor):
    """Looks a label up by `key`: Python-Markdown has put placeholders for code and escapes in it."""

    RE_LINK = re.compile(r"\[([^\[\]]*)\]")  # no space before it: ``[a] [b]`` are two links

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str | None, int | None, int | None]:
        found = super().handleMatch(m, data)
        # Where the label is unknown, what stands within the brackets may be a link yet.
        return found if found[0] is not None else (None, None, None)

    def evalId(self, data: str, index: int, text: str) -> tuple[str | None, int, bool]:  # noqa: N802
        label, end, handled = super().evalId(data, index, text)
        if label is None:
            return label, end, handled
        plain = _ESCAPED.sub(lambda match: chr(int(match[1])), self.unescape(label))
        return key(plain), end, handled


class _Link(_Patient):
    """``[text](address)``."""


class _Image(_Patient, ImageInlineProcessor):
    """``![text](address)``."""


class _Reference(_ByKey):
    """``[text][label]`` and ``[label][]``."""


class _ShortReference(_ByKey, ShortReferenceInlineProcessor):
    """``[label]``."""


class _ImageReference(_ByKey, ImageReferenceInlineProcessor):
    """``![text][label]``."""


class _ShortImageReference(_ByKey, ShortImageReferenceInlineProcessor):
    """``![label]``."""


def register(md: Markdown, patience: int) -> None:
    """Put these patterns in the place of Python-Markdown's; ``patience`` in characters read."""
    left = [patience]
    patterns = md.inlinePatterns
    patterns.register(_Reference(REFERENCE_RE, md, left), "reference", 170)
    patterns.register(_Link(LINK_RE, md, left), "link", 160)
    patterns.register(_Image(IMAGE_LINK_RE, md, left), "image_link", 150)
    patterns.register(_ImageReference(IMAGE_REFERENCE_RE, md, left), "image_reference", 140)
    patterns.register(_ShortReference(REFERENCE_RE, md, left), "short_reference", 130)
    patterns.register(_ShortImageReference(IMAGE_REFERENCE_RE, md, left), "short_image_ref", 125)
