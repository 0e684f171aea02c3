"""Whether a PDF's text keeps to its pages."""

from __future__ import annotations

import pypdfium2

EDGE = 20
"""Points of a page's border in which no style has text."""


def outside(data: bytes) -> list[str]:
    """The characters that stand in the outermost points of a page, or beyond it."""
    matches = []
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            for n in range(text.count_chars()):
                left, bottom, right, top = text.get_charbox(n)
                if min(left, bottom, width - right, height - top) < EDGE:
                    matches.append(text.get_text_range(n, 1))
    return matches
