"""Running heads, folios, page backgrounds: what a page has apart from its text.

It comes from blank pages under the style's own ``@page`` rules, in up to three layers:
margin boxes that know no page number are laid out once for all pages that say the same;
those that know nothing else once for each number; the rest page by page. So a page's
headers and footers is there already when only its number, or only its text, has changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from exporter.backends.pdf import heads, pagerules
from exporter.backends.pdf.assets import HtmlSection
from exporter.backends.pdf.layout import Box, Laid
from exporter.backends.pdf.pagerules import EDGES, Edge, Heard, PageRules, Side
from exporter.backends.pdf.workers import Press

CHUNK = 100
"""Most blank pages laid out at a time."""
TOLERANCE = 0.01
"""Points by which equal widths may differ in rounding."""

_BLANK = """
html, body { background: none !important; }
body * { visibility: hidden !important; margin: 0 !important; padding: 0 !important;
  border: 0 !important; height: 0 !important; }
body *::before, body *::after { content: none !important; }
body > * { break-before: page !important; }
"""


class Place(NamedTuple):
    """A blank page: the number of the chunk that it was laid out with, and which of its pages."""

    chunk: int
    page: int


class HeadersFooters(NamedTuple):
    """``chunks`` are laid-out blank pages; ``places`` tell for each page of the edition which
    of them lie under it; ``shifts`` how many points to the right its text moves, as a section
    was laid out without knowing on which side it would begin; ``complaints`` are those of the
    layout, and where that move cannot be right."""

    chunks: Sequence[Laid]
    places: Sequence[tuple[Place, ...]]
    shifts: Sequence[float]
    complaints: Sequence[tuple[str, str]]


class Folio(NamedTuple):
    """Where a page stands: in the front matter, numbered in roman, or in the body; its number
    there, from 1; whether it is the edition's first."""

    front: bool
    number: int
    first: bool = False

    @property
    def side(self) -> Side:
        return "right" if self.number % 2 else "left"


class Blank(NamedTuple):
    """A page without its text: the class of its section, its place, what is heard on it."""

    kind: str
    folio: Folio
    values: Mapping[Heard, str]


def lay_out(
    front: Sequence[tuple[HtmlSection, Laid]],
    body: Sequence[tuple[HtmlSection, Laid]],
    like: HtmlSection,
    press: Press,
) -> HeadersFooters:
    """The headers and footers of laid-out sections, in the frame, style and fonts of ``like``."""
    rules = pagerules.read(like.css)
    pages, places = _blanks(front, body, rules)
    kinds = list(dict.fromkeys(page.kind for page in pages))
    like = like._replace(css=pagerules.totalled(like.css, len(pages)))
    layers = list(_layers(like, rules))
    plans = [list(_chunks(pages, layer)) for layer in layers]
    sections = [chunk.section for plan in plans for chunk in plan]
    gauged, *chunks = press.lay_out([_gauge(kinds, like), *sections])
    margins = dict(zip(kinds, _pairs(gauged), strict=True))
    shifts = [
        margins[page.kind][page.folio.side == "left"].x - margins[page.kind][place % 2].x
        for page, place in zip(pages, places, strict=True)
    ]
    complaints = [complaint for laid in chunks for complaint in laid.complaints]
    if any(one.y != other.y or abs(one.width - other.width) > TOLERANCE for one, other in margins.values()):
        complaints.append(
            ("style-problem", "left and right pages differ in more than the side of their margins")
        )
    under = _places_of(pages, layers, plans)
    return HeadersFooters(chunks, under, shifts, complaints)


def _blanks(
    front: Sequence[tuple[HtmlSection, Laid]], body: Sequence[tuple[HtmlSection, Laid]], rules: PageRules
) -> tuple[list[Blank], list[int]]:
    """The edition's pages, and of each its place in its own file."""
    wanted = dict.fromkeys(heard for side in rules.heard.values() for heard in side)
    pages: list[Blank] = []
    places: list[int] = []
    length = sum(len(laid.pages) for _, laid in front)
    sections = [*front, *body]
    for (_, laid), section in zip(sections, heads.running_texts(sections, wanted), strict=True):
        for page in section:
            index = len(pages)
            before = 0 if index < length else length
            folio = Folio(index < length, index - before + 1, index == 0)
            heard = rules.heard[folio.side]
            pages.append(Blank(page.kind, folio, {ask: page.values[ask] for ask in heard}))
        places += [page.place for page in laid.pages]
    return pages, places


# -- Layers ------------------------------------------------------------------------------


class _Layer(NamedTuple):
    """What a layer's pages differ by, and how a chunk of them is made."""

    like: HtmlSection
    rules: PageRules
    numbered: bool
    speaking: bool

    def key(self, page: Blank) -> Hashable:
        values = tuple(page.values.values()) if self.speaking else ()
        if self.numbered:
            return (page.kind, page.folio, values)
        return (page.kind, self.run(page), values)

    def run(self, page: Blank) -> Hashable:
        """Pages of one run may be laid out together."""
        if not self.numbered:
            return (page.folio.first, page.folio.side if self.rules.mirrored else "")
        hundred = (page.folio.number - 1) // CHUNK
        return (page.folio.first, page.folio.front, hundred, "" if self.speaking else page.kind)


def _layers(like: HtmlSection, rules: PageRules) -> Iterator[_Layer]:
    def only(edges: frozenset[Edge]) -> HtmlSection:
        css = pagerules.without(like.css, [edge for edge in EDGES if edge not in edges])
        return like._replace(css=pagerules.stretched(css))

    yield _Layer(only(rules.heads), rules, numbered=False, speaking=True)
    for edges, speaking in ((rules.folios, False), (rules.mixed, True)):
        if edges:
            section = only(edges)
            painted = section._replace(css=pagerules.unpainted(section.css))
            yield _Layer(painted, rules, numbered=True, speaking=speaking)


class _Chunk(NamedTuple):
    """Blank pages laid out together: the section, and the key of each page; None is not used."""

    section: HtmlSection
    keys: list[Hashable | None]


def _chunks(pages: Sequence[Blank], layer: _Layer) -> Iterator[_Chunk]:
    runs: dict[Hashable, dict[Hashable, Blank]] = {}
    for page in pages:
        runs.setdefault(layer.run(page), {}).setdefault(layer.key(page), page)
    for run in runs.values():
        for group in _cut(run, layer):
            yield _chunk([run[key] for key in group], group, layer)


def _cut(run: Mapping[Hashable, Blank], layer: _Layer) -> Iterator[list[Hashable]]:
    """Numbered pages where a number is missing; others where their content says so, so
    that a new one changes only the chunk that it is in."""
    group: list[Hashable] = []
    for key, page in run.items():
        if group:
            before = run[group[-1]].folio.number
            apart = page.folio.number != before + 1 if layer.numbered else _is_cut(key)
            if apart or len(group) == CHUNK:
                yield group
                group = []
        group.append(key)
    yield group


def _is_cut(key: Hashable) -> bool:
    return hashlib.sha256(repr(key).encode()).digest()[0] % (CHUNK // 4) == 0


def _chunk(pages: list[Blank], keys: list[Hashable], layer: _Layer) -> _Chunk:
    first, css = pages[0].folio, layer.like.css
    unused, own = 0, ""
    if first.front:
        css = pagerules.romanised(css)
    if not first.first:
        css = pagerules.without_first(css)
        if not layer.numbered:
            css = pagerules.one_sided(css, first.side)
        else:
            unused = first.number % 2 == 0  # a layout begins on the right
            own = f"@page :first {{ counter-reset: page {first.number - unused} !important }}\n"
    wanted = layer.rules.heard[first.side] if not layer.numbered else _all_heard(layer.rules)
    names = {heard: f"heard-{number}" for number, heard in enumerate(wanted)}
    css = pagerules.hearing(css, wanted if layer.speaking else (), names)
    blanks = [Blank("", first, {})] * unused + pages
    lines = [_blank(page.kind, page.values if layer.speaking else {}, names) for page in blanks]
    name = f"the furniture of page {first.number} and others"
    html = f"{_frame(layer.like)}\n{''.join(lines)}</body></html>\n"
    section = HtmlSection(name, html, css + _BLANK, layer.like.resources, tagged=False, own=own)
    return _Chunk(section, [*[None] * unused, *keys])


def _all_heard(rules: PageRules) -> list[Heard]:
    return list(dict.fromkeys(heard for side in rules.heard.values() for heard in side))


def _blank(kind: str, values: Mapping[Heard, str], names: Mapping[Heard, str]) -> str:
    # Empty ones, too: a named string keeps what it was given until it is given something else.
    said = ", ".join(f"{names[heard]} {_quoted(value)}" for heard, value in values.items())
    style = Markup(' style="string-set: {}"').format(said) if said else ""
    return Markup('<section class="{}"{}></section>\n').format(kind, style)


def _quoted(text: str) -> str:
    return '"' + re.sub(r'[\\"\n]', lambda c: f"\\{ord(c[0]):x} ", text) + '"'


def _frame(like: HtmlSection) -> str:
    """The root and body of the document, opened."""
    opening = re.match(r".*?<body[^<>]*>", like.html, re.S)
    return opening[0] if opening else "<body>"


def _places_of(
    pages: Sequence[Blank], layers: Sequence[_Layer], plans: Sequence[Sequence[_Chunk]]
) -> list[tuple[Place, ...]]:
    """For each page where its headers and footers is, layer by layer."""
    places: list[dict[Hashable, Place]] = []
    number = 0
    for plan in plans:
        places.append({})
        for chunk in plan:
            places[-1].update((key, Place(number, page)) for page, key in enumerate(chunk.keys) if key)
            number += 1
    return [
        tuple(places_[layer.key(page)] for layer, places_ in zip(layers, places, strict=True))
        for page in pages
    ]


# -- Margins -----------------------------------------------------------------------------


def _gauge(kinds: Sequence[str], like: HtmlSection) -> HtmlSection:
    """Two blank pages of each kind, a right and a left one, to measure their margins by."""
    lines = [
        Markup('<section class="{}" id="page-{}-{}"></section>\n').format(kind, number, side)
        for number, kind in enumerate(kinds)
        for side in range(2)
    ]
    html = f"{_frame(like)}\n{''.join(lines)}</body></html>\n"
    css = pagerules.without(pagerules.without_first(like.css), EDGES) + _BLANK
    return HtmlSection("the style's margins", html, css, like.resources, tagged=False)


def _pairs(gauged: Laid) -> Iterator[tuple[Box, Box]]:
    """For each kind the top of the text on right and on left pages."""
    boxes = [next(iter(page.anchors.values())) for page in gauged.pages]
    yield from zip(boxes[::2], boxes[1::2], strict=True)
