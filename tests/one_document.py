"""An edition as one document, as a user of the engine would have it: what the press is compared with."""

from __future__ import annotations

import re

from exporter.backends.pdf import compose, layout, numbering, pagerules
from exporter.backends.pdf.assets import PLACE, HtmlSection
from exporter.backends.pdf.workers import Press
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings


def sheet(edition: Edition, settings: Settings, *, is_numbered: bool = False) -> HtmlSection:
    """All of the edition in one document under the style as it stands: the engine itself counts
    the pages for contents and references (``target-counter``) and makes running heads and folios.

    Only what CSS cannot say comes from the press: the index's numbers, and where the body begins.
    Where it is ``is_numbered``, references have them as text. Else the engine lays out a
    second time, and in long documents leaves numbers of the first time behind, and notes on
    pages that do not call for them.
    """
    jobs = compose.compose(edition, settings, Report())
    with Press(settings) as press:
        laid, pages = numbering.lay_out(jobs.body, press)
        front, back = [*jobs.front], jobs.back(numbering.extents(laid))
        drafts = [numbering.numbered(one, pages, first=n == 0) for n, one in enumerate(front)]
        length = sum(len(one.pages) for one in press.lay_out(drafts))
    if pagerules.read(front[0].css).mirrored and length % 2:
        front.append(jobs.verso)
        length += 1
    sheets = [*front, *jobs.body, *back]
    if is_numbered:
        sheets = [one._replace(html=numbering.numbered(one, pages).html) for one in sheets]
    bodies = "".join(re.search("<body[^>]*>(.*)</body>", one.html, re.S)[1] for one in sheets)  # type: ignore[index]
    frame = re.match(".*?<body[^>]*>", front[0].html, re.S)[0]  # type: ignore[index]
    served = {address: resource for one in sheets for address, resource in one.resources.items()}
    html = f"{frame}{bodies.replace(PLACE, '#')}</body></html>"
    restart = f"@page :nth({length + 1}) {{ counter-reset: page 1 }}"
    # Without its own a text in another script would take the system's fonts, which are not as high.
    richest = max((*sheets, jobs.verso), key=lambda one: one.css.count("@font-face"))
    css = richest.css + restart
    return HtmlSection(edition.title, html, pagerules.referring(css) if is_numbered else css, served)


def in_one(edition: Edition, settings: Settings) -> bytes:
    """The edition's PDF by the engine alone, in one go."""
    one = sheet(edition, settings)
    printed = layout.printed(one.html, one.css, one.resources)
    assert printed.complaints == ()
    return printed.data
