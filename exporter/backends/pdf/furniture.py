"""Running heads, folios, page backgrounds: what a page has apart from its text.

It comes from blank pages under the style's own ``@page`` rules. On each stand, unseen,
the elements with ``data-head`` that begin there, so that ``string()`` says what it would
say in the whole document, and the page counter is set to the page's number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import lxml.html
from markupsafe import Markup

from exporter.backends import Settings
from exporter.backends.pdf.assets import Sheet
from exporter.backends.pdf.layout import Box, Laid
from exporter.backends.pdf.workers import lay_out_all

CHUNK = 100
LEAD = 2
"""Pages before a chunk that carry on what the heads said; an even number keeps left and right."""
TOLERANCE = 0.01
"""Points by which equal widths may differ in rounding."""

_BOXES = (
    *(f"top-{place}" for place in ("left-corner", "left", "center", "right", "right-corner")),
    *(f"bottom-{place}" for place in ("left-corner", "left", "center", "right", "right-corner")),
    *(f"{side}-{place}" for side in ("left", "right") for place in ("top", "middle", "bottom")),
)
_BARE = (
    "\n@page { background: none !important; border-color: transparent !important;"
    + "".join(f" @{box} {{ content: none !important }}" for box in _BOXES)
    + " }\n"
)
_BLANK = """
html, body { background: none !important; }
body * { display: block !important; position: static !important; float: none !important;
  visibility: hidden !important; background: none !important; break-before: auto !important;
  break-after: auto !important; margin: 0 !important; padding: 0 !important;
  border: 0 !important; height: 0 !important; bookmark-level: none !important; }
body *::before, body *::after, body *::marker { content: none !important; }
body > * { break-before: page !important; }
"""
_NEVER = ":nth(1000000)"


def bare(css: str, *, first: bool = False) -> str:
    """The style for text alone: pages without furniture. Only a document's ``first``
    section has its first page."""
    return (css if first else _without_first(css)) + _BARE


def _without_first(css: str) -> str:
    return re.sub(r"@page[^{;]*", lambda rule: rule[0].replace(":first", _NEVER), css)


class Furniture(NamedTuple):
    """``chunks`` hold the furniture of all pages in order, after the first each behind
    `LEAD` pages too many; ``shifts`` tell how many points to the right each page's text
    moves, as a section was laid out without knowing on which side it would begin;
    ``complaints`` are those of the layout, and where that move cannot be right."""

    chunks: Sequence[Laid]
    shifts: Sequence[float]
    complaints: Sequence[tuple[str, str]]


def lay_out(sections: Sequence[tuple[Sheet, Laid]], settings: Settings) -> Furniture:
    """The furniture of an edition's laid-out sections, in the style and fonts of the first."""
    like = sections[0][0]
    pages = [blanks(sheet, laid) for sheet, laid in sections]
    every = [page for section in pages for page in section]
    kinds = list(dict.fromkeys(page.kind for page in every))
    gauged, *chunks = lay_out_all([_gauge(kinds, like), *_sheets(every, like)], settings)
    margins = dict(zip(kinds, _pairs(gauged), strict=True))
    places = (place for section in pages for place in range(len(section)))
    shifts = [
        margins[page.kind][index % 2].x - margins[page.kind][place % 2].x
        for index, (page, place) in enumerate(zip(every, places, strict=True))
    ]
    complaints = [complaint for laid in chunks for complaint in laid.complaints]
    if any(one.y != other.y or abs(one.width - other.width) > TOLERANCE for one, other in margins.values()):
        complaints.append(
            ("style-problem", "left and right pages differ in more than the side of their margins")
        )
    return Furniture(chunks, shifts, complaints)


class Blank(NamedTuple):
    """A page without its text: the class of the section it lies in, and what begins there."""

    kind: str
    heads: tuple[Markup, ...]


def blanks(sheet: Sheet, laid: Laid) -> list[Blank]:
    """The blank pages of a laid-out section."""
    body = next(lxml.html.document_fromstring(sheet.html).iter("body"))
    sections = [section for section in body if isinstance(section.tag, str)]
    heads: dict[str, list[Markup]] = {}
    for element in body.iter():
        if isinstance(element.tag, str) and "data-head" in element.attrib:
            owner = next(
                (a.attrib["id"] for a in (element, *element.iterancestors()) if "id" in a.attrib), None
            )
            if owner is not None:
                heads.setdefault(str(owner), []).append(_head(element))
    kind = sections[0].get("class", "")
    kinds = {section.get("id"): section.get("class", "") for section in sections}
    pages = []
    for page in laid.pages:
        kind = next((kinds[anchor] for anchor in page.anchors if anchor in kinds), kind)
        begin = [head for anchor, found in heads.items() if anchor in page.anchors for head in found]
        pages.append(Blank(kind, tuple(begin)))
    return pages


def _head(element: lxml.html.HtmlElement) -> Markup:
    form = '<{0} class="{1}" data-head="{2}"></{0}>'
    return Markup(form).format(element.tag, element.get("class", ""), element.get("data-head"))


def _sheets(pages: Sequence[Blank], like: Sheet) -> list[Sheet]:
    """Sheets of blank pages, at most `CHUNK` each; after the first, each begins with `LEAD` more."""
    total = f'"{len(pages)}"'
    css = re.sub(r"counter\(\s*pages\s*(?:,[^()]*)?\)", total, like.css) + _BLANK
    made = []
    for start in range(0, len(pages), CHUNK):
        chunk = list(pages[start : start + CHUNK])
        style = css
        if start:
            chunk = [Blank("", tuple(_latest(pages[:start]))), *[Blank("", ())] * (LEAD - 1), *chunk]
            number = start - LEAD + 1
            style = _without_first(css) + f"@page :first {{ counter-reset: page {number} !important }}\n"
        name = f"the running heads from page {start + 1}"
        made.append(Sheet(name, _html(chunk, like), style, like.resources, tagged=False))
    return made


def _latest(pages: Sequence[Blank]) -> Iterator[Markup]:
    """The last head of each kind, in the order in which they came."""
    last: dict[str, Markup] = {}
    for page in pages:
        for head in page.heads:
            kind = head.partition(" data-head=")[0]
            last.pop(kind, None)
            last[kind] = head
    yield from last.values()


def _html(pages: Sequence[Blank], like: Sheet) -> str:
    """The pages in the frame, root and body, of another document."""
    opening = re.match(r".*?<body[^>]*>", like.html, re.S)
    frame = opening[0] if opening else "<body>"
    blank = Markup('<section class="{}" id="page-{}">{}</section>\n')
    inner = (blank.format(page.kind, n, Markup("").join(page.heads)) for n, page in enumerate(pages))
    return f"{frame}\n{''.join(inner)}</body></html>\n"


def _gauge(kinds: Sequence[str], like: Sheet) -> Sheet:
    """Two blank pages of each kind, a right and a left one, to measure their margins by."""
    pages = [Blank(kind, ()) for kind in kinds for _ in range(2)]
    css = _without_first(like.css) + _BLANK
    return Sheet("the style's margins", _html(pages, like), css, like.resources, tagged=False)


def _pairs(gauged: Laid) -> Iterator[tuple[Box, Box]]:
    """For each kind the top of the text on pages with an even and on those with an odd index."""
    boxes = [next(iter(page.anchors.values())) for page in gauged.pages]
    yield from zip(boxes[::2], boxes[1::2], strict=True)
