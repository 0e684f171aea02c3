"""The body of an entry given as one string, HTML or plain text → blocks."""

from __future__ import annotations

import re
from html import unescape

from exporter.diagnostics import Report
from exporter.model import build
from exporter.model.article import Asset, Block
from exporter.readers.common import dom, markup
from exporter.readers.common.markup import text_of
from exporter.readers.source import Source

# Names of elements, not any word between angle brackets: "<see below>" is plain text.
_TAG = re.compile(
    r"</?(?:a|abbr|article|b|big|blockquote|body|br|center|cite|code|dd|div|dl|dt|em|figcaption|figure|font|"
    r"h[1-6]|hr|html|i|iframe|img|li|ol|p|picture|pre|q|s|section|small|span|strong|sub|sup|table|tbody|td|"
    r"th|tr|tt|u|ul|video)(?:\s[^<>]*)?/?>",
    re.I,
)
_PARTING = re.compile(
    r"<(?:article|blockquote|br|center|div|dl|figure|h[1-6]|hr|li|ol|p|pre|section|table|ul)[\s/>]", re.I
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.I)
_BLANK = re.compile(r"\n[^\S\n]*\n\s*")

Body = tuple[tuple[Block, ...], tuple[Asset, ...]]


def is_html(text: str) -> bool:
    """Whether ``text`` is HTML: it has a tag of HTML, or a valid character reference."""
    return bool(_TAG.search(text)) or any(unescape(m[0]) != m[0] for m in _ENTITY.finditer(text))


def blocks(text: str, source: Source, report: Report, *, base: str | None = None) -> Body:
    """Return the blocks of ``text``, HTML or plain text as detected, and the images that they use.

    ``base`` is the address of the entry; relative links are resolved against it.
    """
    return html(text, source, report, base=base) if is_html(text) else (plain(text), ())


def html(text: str, source: Source, report: Report, *, base: str | None = None) -> Body:
    """Return the blocks of HTML, and the images that they use.

    If only blank lines separate its parts, as in the database of WordPress, these separate paragraphs.
    """
    if not _PARTING.search(text) and _BLANK.search(text.strip()):
        text = "".join(f"<p>{part}</p>" for part in _BLANK.split(text))
    return dom.blocks(markup.parse(text, source.name, report), source, report, base=base)


def plain(text: str) -> tuple[Block, ...]:
    """The paragraphs of plain text, separated by blank lines; without these, each line is one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    parts = _BLANK.split(text) if _BLANK.search(text) else text.split("\n")
    return tuple(block for part in parts for block in build.paragraph([part]))


def line(text: str) -> str:
    """HTML as one line of plain text, with character references resolved once: for titles."""
    if "<" not in text:
        return build.one_line(unescape(text))
    return build.one_line(text_of(markup.parse(text, "", Report())))
