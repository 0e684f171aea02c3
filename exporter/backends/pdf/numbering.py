"""Page numbers in the text: contents, index, and references from one article to another.

The body is numbered from 1, the front matter on its own in roman, so the body's numbers are
known when the body is laid out. What shows them is laid out then, with the numbers as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from exporter.backends.pdf import pagerules
from exporter.backends.pdf.assets import PLACE, HtmlSection
from exporter.backends.pdf.layout import Laid
from exporter.backends.pdf.workers import Press
from exporter.errors import ExporterError

ROUNDS = 3
"""Layouts after which the length of every section must have settled."""
INDEX = "index"
"""The anchor of what follows the body and is numbered on."""

_LINK = re.compile(rf'<a\b[^<>]*?\bhref="{PLACE}([^"]+)"')
_ASKS = re.compile(rf'"{PLACE}(?![^"]*-note-\d+")')
"""A link into the edition but for those to notes, which are called by their own numbers."""


def refers(section: HtmlSection) -> bool:
    """Whether the section shows the page of another place."""
    return bool(_ASKS.search(section.html)) and pagerules.refers_to_pages(section.css)


def numbered(section: HtmlSection, pages: Mapping[str, str], *, first: bool = False) -> HtmlSection:
    """The section ready for layout, without headers and footers: each of its links into the edition has
    the page's number as ``data-page``. ``first`` is the section with the edition's first page."""

    def tell(link: re.Match[str]) -> str:
        return f'{link[0]} data-page="{pages.get(link[1], "")}"'

    html = _LINK.sub(tell, section.html) if refers(section) else section.html
    return section._replace(html=html, css=pagerules.bare(section.css, first=first))


def lay_out(sections: Sequence[HtmlSection], press: Press) -> tuple[list[Laid], Mapping[str, str]]:
    """The body's sections laid out, and the page number of each anchor.

    Raises `ExporterError` where references to pages keep changing the pages.
    """
    laid = press.lay_out([numbered(section, {}) for section in sections])
    referring = [n for n, section in enumerate(sections) if refers(section)]
    for _ in range(ROUNDS):
        pages = numbers(laid)
        if not referring:
            return laid, pages
        again = press.lay_out([numbered(sections[n], pages) for n in referring])
        for n, new in zip(referring, again, strict=True):
            laid[n] = new
        if numbers(laid) == pages:
            return laid, pages
    raise ExporterError(
        f"references to pages changed the pages each of {ROUNDS} times",
        "Give page numbers in the style a fixed width.",
    )


def numbers(body: Sequence[Laid]) -> Mapping[str, str]:
    """The page number of each anchor."""
    pages = [page for laid in body for page in laid.pages]
    labels = {anchor: str(number) for number, page in enumerate(pages, 1) for anchor in page.anchors}
    return {**labels, INDEX: str(len(pages) + 1)}


def extents(body: Sequence[Laid]) -> Mapping[str, range]:
    """The pages on which what each anchor names stands."""
    pages = [page for laid in body for page in laid.pages]
    begun = {anchor: number for number, page in enumerate(pages, 1) for anchor in page.anchors}
    ended = {anchor: number for number, page in enumerate(pages, 1) for anchor in page.carried}
    return {anchor: range(number, ended.get(anchor, number) + 1) for anchor, number in begun.items()}
