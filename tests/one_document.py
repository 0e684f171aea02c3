"""An edition as one document, as a user of the engine would have it: what the press is compared with."""

from __future__ import annotations

import re

from exporter.backends.pdf import compose, layout, numbering, pagerules
from exporter.backends.pdf.assets import PLACE, Sheet
from exporter.backends.pdf.workers import Press
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings


def sheet(made: Edition, settings: Settings, *, told: bool = False) -> Sheet:
    """All of the edition in one document under the style as it stands: the engine itself counts
    the pages for contents and references (``target-counter``) and makes running heads and folios.

    Only what CSS cannot say comes from the press: the index's numbers, and where the body begins.
    Where it is ``told`` the pages, references have them as text. Else the engine lays out a
    second time, and in long documents leaves numbers of the first time behind, and notes on
    pages that do not call for them.
    """
    manuscript = compose.compose(made, settings, Report())
    with Press(settings) as press:
        laid, pages = numbering.lay_out(manuscript.body, press)
        front, back = [*manuscript.front], manuscript.back(numbering.extents(laid))
        drafts = [numbering.numbered(one, pages, first=n == 0) for n, one in enumerate(front)]
        length = sum(len(one.pages) for one in press.lay_out(drafts))
    if pagerules.read(front[0].css).mirrored and length % 2:
        front.append(manuscript.verso)
        length += 1
    sheets = [*front, *manuscript.body, *back]
    if told:
        sheets = [one._replace(html=numbering.numbered(one, pages).html) for one in sheets]
    bodies = "".join(re.search("<body[^>]*>(.*)</body>", one.html, re.S)[1] for one in sheets)  # type: ignore[index]
    frame = re.match(".*?<body[^>]*>", front[0].html, re.S)[0]  # type: ignore[index]
    served = {address: resource for one in sheets for address, resource in one.resources.items()}
    html = f"{frame}{bodies.replace(PLACE, '#')}</body></html>"
    restart = f"@page :nth({length + 1}) {{ counter-reset: page 1 }}"
    # Without its own a text in another script would take the system's fonts, which are not as high.
    richest = max((*sheets, manuscript.verso), key=lambda one: one.css.count("@font-face"))
    css = richest.css + restart
    return Sheet(made.title, html, pagerules.referring(css) if told else css, served)


def in_one(made: Edition, settings: Settings) -> bytes:
    """The edition's PDF by the engine alone, in one go."""
    one = sheet(made, settings)
    made = layout.printed(one.html, one.css, one.resources)
    assert made.complaints == ()
    return made.data
