"""Whether two PDFs have the same words on the same pages in the same order.

Running heads and folios are drawn before the text in one and after it in the other, so the
order is compared within the text's height alone, which the style's margins tell; outside
of it the page must have the same words in any order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pypdfium2

EDGE = 2.0
"""Points by which letters may reach out of the text's height."""


class Compared(NamedTuple):
    """The numbers of the pages that differ, from 1: in the text, in words outside of it.
    Where one file is longer, each page that the other lacks differs."""

    text: list[int]
    margins: list[int]


def compare(one: Path, other: Path, top: float, height: float) -> Compared:
    """``top`` is the margin above the text and ``height`` that of the text, in points."""
    text, margins = [], []
    with pypdfium2.PdfDocument(one) as a, pypdfium2.PdfDocument(other) as b:
        shared = min(len(a), len(b))
        for number, (left, right) in enumerate(zip(_pages(a, top, height), _pages(b, top, height)), 1):  # noqa: B905
            if left[0] != right[0]:
                text.append(number)
            if left[1] != right[1]:
                margins.append(number)
        text += range(shared + 1, max(len(a), len(b)) + 1)
    return Compared(text, margins)


def _pages(pdf: pypdfium2.PdfDocument, top: float, height: float) -> Iterator[tuple[list[str], Counter[str]]]:
    """Of each page the text's words in order, and how often each other word comes."""
    for page in pdf:
        width, full = page.get_size()
        text_page = page.get_textpage()
        high, low = full - top + EDGE, full - top - height - EDGE
        text = _words(text_page.get_text_bounded(0, low, width, high))
        yield text, Counter(_words(text_page.get_text_range())) - Counter(text)
        text_page.close()
        page.close()


def _words(text: str) -> list[str]:
    # The extractor marks hyphens where it joins lines, be the second one a folio.
    return re.sub("[\x02\ufffe]", "- ", text).split()
