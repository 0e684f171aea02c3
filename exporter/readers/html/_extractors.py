"""What libraries take for a page's article: opinions, asked in turn.

`trafilatura` and `readability-lxml` go by different signs, and their errors differ.
"""

from __future__ import annotations

import copy
import logging
from collections import Counter

import trafilatura
from lxml import etree, html
from readability import Document  # type: ignore[import-untyped]
from readability.readability import Unparseable  # type: ignore[import-untyped]

from exporter.diagnostics import Report
from exporter.readers.common import markup, tables
from exporter.readers.common.markup import text_of
from exporter.readers.html import _passages
from exporter.readers.html._passages import Opinion

logging.getLogger("readability").setLevel(logging.CRITICAL)


def by_trafilatura(root: html.HtmlElement, *, fast: bool) -> Opinion:
    """What trafilatura takes for the article; unless ``fast``, it compares others' opinions, too."""
    tree = copy.deepcopy(root)
    _flatten_tables(tree)
    document = trafilatura.bare_extraction(
        tree, include_comments=False, include_tables=True, with_metadata=False, fast=fast
    )
    body = getattr(document, "body", None)
    if body is None:
        return Opinion(())
    return Opinion(
        text_of(element) for element in body.iter("p", "head", "item", "cell", "quote", "code", "fw")
    )


def by_readability(root: html.HtmlElement) -> Opinion:
    """What readability takes for the article."""
    try:
        summary = Document(copy.deepcopy(root)).summary(html_partial=True)
    except Unparseable:
        return Opinion(())
    return Opinion(passage.text for passage in _passages.passages(markup.parse(summary, "", Report())))


def by_metadata(text: str) -> Opinion:
    """The article's text as the page states it for machines (schema.org's articleBody)."""
    held = _passages.passages(markup.parse(text, "", Report()))
    return Opinion(line for passage in held for line in passage.text.split("\n"))


def _flatten_tables(root: html.HtmlElement) -> None:
    """Make divisions of tables that would have far more places than cells: trafilatura fills each row up."""
    widths: Counter[etree._Element | None] = Counter()
    for cell in root.iter("td", "th"):
        widths[cell.getparent()] += tables.claimed(cell.get("colspan"))
    by_table: dict[etree._Element, list[int]] = {}
    for row, width in widths.items():
        if row is not None and (table := next(row.iterancestors("table"), None)) is not None:
            by_table.setdefault(table, []).append(width)
    for table, claims in by_table.items():
        if tables.is_too_large(len(claims) * max(claims), sum(1 for _ in table.iter("td", "th"))):
            for part in table.iter("table", "thead", "tbody", "tfoot", "tr", "td", "th"):
                part.tag = "div"
