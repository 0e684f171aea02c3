"""Cover and contents: laid out when the pages of all else are known, with their numbers as text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from exporter.backends import Settings
from exporter.backends.pdf import furniture
from exporter.backends.pdf.assets import Sheet
from exporter.backends.pdf.layout import Laid
from exporter.backends.pdf.workers import lay_out_all
from exporter.errors import ExporterError

ROUNDS = 3
"""Layouts after which the contents' length must have settled."""

_REFERENCE = re.compile(r"target-counters?\(\s*attr\(\s*href(?:\s+url)?\s*\)\s*,\s*page\s*(?:,[^()]*)?\)")


Make = Callable[[Mapping[str, int]], Sheet]
"""Gives the front matter from the page number of each anchor, counted from the cover."""


def draft(make: Make) -> Sheet:
    """The front matter with numbers of the usual width, to learn how many pages it takes."""
    return _bare(make(defaultdict(lambda: 100)))


def lay_out(make: Make, body: Sequence[Laid], length: int, settings: Settings) -> tuple[Sheet, Laid]:
    """The front matter before the body's pages: what it was made from, and how it came out.

    ``length`` is its own probable number of pages. Raises `ExporterError` where the
    numbers do not settle.
    """
    for _ in range(ROUNDS):
        sheet = make(_numbers(body, length))
        (laid,) = lay_out_all([_bare(sheet)], settings)
        if len(laid.pages) == length:
            return sheet, laid
        length = len(laid.pages)
    raise ExporterError(
        f"the contents took another number of pages each of {ROUNDS} times",
        "Give page numbers in the style's contents a fixed width.",
    )


def _bare(sheet: Sheet) -> Sheet:
    # Styles refer to pages as if all was one document; here the numbers are known.
    return sheet._replace(css=_REFERENCE.sub("attr(data-page)", furniture.bare(sheet.css, first=True)))


def _numbers(body: Sequence[Laid], before: int) -> Mapping[str, int]:
    """Anchor → page number; 0 for one that is not there, which the receipt will miss."""
    pages = [page for laid in body for page in laid.pages]
    return defaultdict(int, {a: n for n, page in enumerate(pages, before + 1) for a in page.anchors})
