"""From an edition's sections to all of its laid-out pages, in the order in which they can be known."""

from __future__ import annotations

from typing import NamedTuple

from exporter.backends.pdf import fallback, headers_footers, numbering, pagerules
from exporter.backends.pdf.compose import LayoutJobs
from exporter.backends.pdf.headers_footers import HeadersFooters
from exporter.backends.pdf.layout import Laid
from exporter.backends.pdf.workers import Press


class Pages(NamedTuple):
    """All sections in order, the first so many pages of which are ``front`` matter, and the
    headers and footers of their pages."""

    sections: list[Laid]
    front: int
    headers_footers: HeadersFooters


def lay_out_all(layout_jobs: LayoutJobs, press: Press) -> Pages:
    """The edition's pages: its body; what shows the body's page numbers; the headers and footers."""
    sections, pages = numbering.lay_out(layout_jobs.body, press)
    front, back = layout_jobs.front, layout_jobs.back(numbering.extents(sections))
    drafts = [numbering.numbered(section, pages, first=n == 0) for n, section in enumerate((*front, *back))]
    laid = press.lay_out(drafts)
    opening = list(zip(front, laid, strict=False))
    if front and pagerules.read(front[0].css).mirrored and sum(len(one.pages) for _, one in opening) % 2:
        # The body begins on a right-hand page.
        verso = numbering.numbered(layout_jobs.verso, pages)
        opening += zip([layout_jobs.verso], press.lay_out([verso]), strict=True)
    body = [*zip(layout_jobs.body, sections, strict=True), *zip(back, laid[len(front) :], strict=True)]
    like = layout_jobs.verso._replace(css=layout_jobs.verso.css + fallback.FRAME)
    frame = headers_footers.lay_out(opening, body, like, press)
    return Pages([one for _, one in (*opening, *body)], sum(len(one.pages) for _, one in opening), frame)
