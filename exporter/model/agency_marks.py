"""Removes agency marks from a text: the dateline at its start and the ``-0-`` at its end.

Only where the user asks for it, and where texts are compared.
"""

from __future__ import annotations

import re

import msgspec

from exporter.model.article import Article, Block, Paragraph, Text

# "Pyongyang, July 14 (KCNA) -- ", "(Harbourton, July 14 HG) — "
_DATELINE = re.compile(
    r"\A\s*\(?[A-Z][\w .'’-]{1,40}, (?:[A-Z][a-z]+\.? \d{1,2}|\d{1,2} [A-Z][a-z]+)(?:, \d{4})?,?"
    r" ?\(?[A-Z][A-Za-z.]{1,20}\)\s*(?:--|–|—|-)\s*"
)
_END = re.compile(r"(?:(?<!\s)\s++)?-0-\s*\Z")


def without_agency_marks(article: Article) -> Article:
    """The article without its dateline and end mark, otherwise unchanged."""
    blocks = list(article.blocks)
    if blocks:
        blocks[0] = _edit(blocks[0], _DATELINE)
        blocks[-1] = _edit(blocks[-1], _END)
    kept = tuple(block for block in blocks if not (isinstance(block, Paragraph) and not block.content))
    return msgspec.structs.replace(article, blocks=kept)


def _edit(block: Block, pattern: re.Pattern[str]) -> Block:
    """The paragraph without what the pattern matches in its first or last text; other blocks unchanged."""
    if not isinstance(block, Paragraph) or not block.content:
        return block
    content = list(block.content)
    at = 0 if pattern is _DATELINE else -1
    if not isinstance(node := content[at], Text):
        return block
    text = pattern.sub("", node.text)
    content[at : at + 1 or None] = [Text(text)] if text else []
    return Paragraph(tuple(content), block.language)
