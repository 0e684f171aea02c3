"""Joins laid-out sections, headers and footers into one file: pages, structure, destinations, outline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from exporter.backends.pdf import font_merging, links
from exporter.backends.pdf.headers_footers import HeadersFooters, Place
from exporter.backends.pdf.layout import Bookmark, Laid
from exporter.backends.pdf.page_fragment import Font, Page, PageFragment, Placeholders, fill
from exporter.backends.pdf.syntax import array, dictionary, encoded, number, refer, string
from exporter.backends.pdf.writer import WIDE, Writer, put_tree

_UNDER = b"/Artifact <</Type /Pagination>> BDC q /Furniture%d Do Q EMC\n"


def join(
    writer: Writer,
    sections: Sequence[Laid],
    front: int,
    headers_footers: HeadersFooters,
    titles: Mapping[str, str],
    *,
    smooth: bool = True,
) -> dict[str, bytes]:
    """Writes all sections, the first so many pages being ``front`` matter, and gives back the
    entries of the file's catalogue that lead to them. ``titles`` are the words for each anchor
    that a link may lead to; pictures may be ``smooth``."""
    joint = _Joint(writer, sections, headers_footers, titles, smooth)
    joint.write_headers_footers()
    joint.write_sections()
    return {
        "Type": b"/Catalog",
        "Lang": string(sections[0].fragments[0].language),
        "MarkInfo": b"<</Marked true>>",
        "ViewerPreferences": b"<</DisplayDocTitle true>>",
        "Pages": refer(joint.write_page_tree()),
        "PageLabels": b"<</Nums[%s%d<</S/D>>]>>" % (b"0<</S/r>>" * bool(front), front),
        "StructTreeRoot": refer(joint.write_structure()),
        "Names": dictionary({"Dests": refer(joint.write_destinations())}),
        "Outlines": refer(joint.write_outline()),
    }


class _Joint:
    def __init__(
        self,
        writer: Writer,
        sections: Sequence[Laid],
        headers_footers: HeadersFooters,
        titles: Mapping[str, str],
        smooth: bool,
    ) -> None:
        self._writer = writer
        self._sections = sections
        self._headers_footers = headers_footers
        self._titles = titles
        self._smooth = smooth
        self._laid_pages = [page for laid in sections for page in laid.pages]
        self._pages: list[int] = []
        self._nodes = writer.reserve(-(-len(self._laid_pages) // WIDE))
        self._root, self._document = writer.reserve(), writer.reserve()
        self._top: list[int] = []
        self._owners: dict[bytes, bytes] = {}
        self._key = len(self._laid_pages)
        self._names: dict[str, int] = {}
        self._forms: dict[Place, int] = {}
        self._prologues: dict[tuple[bytes, int], int] = {}
        self._fonts = {
            key: font_merging.put(writer, font_merging.united(parts)) for key, parts in _cases(self._formes())
        }

    def _formes(self) -> Iterator[PageFragment]:
        for laid in (*self._sections, *self._headers_footers.chunks):
            yield from laid.fragments

    def _write(self, fragment: PageFragment, shifts: Sequence[float] = ()) -> Placeholders:
        """Writes a fragment's objects; its pages' numbers are reserved."""
        count = fragment.objects.count(b"\n") + 1 if fragment.objects else 0
        first = self._writer.reserve(len(fragment.pages) + count)
        placeholders = Placeholders(
            first - 1, self._document, self._key, shifts, self._fonts, self._place, self._smooth
        )
        bodies = fill(fragment.objects, placeholders).split(b"\n") if count else []
        for at, body in enumerate(bodies, len(fragment.pages) + 1):
            if at in fragment.streams:
                self._writer.put_stream(fragment.streams[at], body[2:-2], placeholders.base + at)
            else:
                self._writer.put(body, placeholders.base + at)
        return placeholders

    def _place(self, anchor: str) -> bytes:
        words = links.named(anchor, self._titles)
        return b"/Dest %s/Contents %s" % (string(anchor), string(words))

    # -- Pages ---------------------------------------------------------------------------

    def write_headers_footers(self) -> None:
        """Every blank page that is used, as a form."""
        used: dict[int, set[int]] = {}
        for place in (place for places in self._headers_footers.places for place in places):
            used.setdefault(place.chunk, set()).add(place.page)
        for chunk in sorted(used):
            (fragment,) = self._headers_footers.chunks[chunk].fragments
            placeholders = self._write(fragment)
            resources = [fill(dictionary(entry), placeholders) for entry in fragment.resources]
            for page in sorted(used[chunk]):
                page_ = fragment.pages[page]
                entries = b"/Type/XObject/Subtype/Form/Filter/FlateDecode/BBox %s/Resources %s" % (
                    page_.box,
                    resources[page_.resources],
                )
                self._forms[Place(chunk, page)] = self._writer.put_stream(page_.content, entries)

    def write_sections(self) -> None:
        """All pages with their headers and footers, and what they hold."""
        for fragment in (fragment for laid in self._sections for fragment in laid.fragments):
            first = len(self._pages)
            shifts = self._headers_footers.shifts[first : first + len(fragment.pages)]
            placeholders = self._write(fragment, shifts)
            for at, page in enumerate(fragment.pages):
                self._write_page(
                    page,
                    fragment.resources[page.resources],
                    placeholders,
                    placeholders.base + at + 1,
                    shifts[at],
                )
            self._top += (placeholders.base + element for element in fragment.top)
            self._names |= {anchor: placeholders.base + element for anchor, element in fragment.names}
            for n, owner in enumerate(fragment.keys):
                self._owners[b"%d" % (self._key + n)] = refer(placeholders.base + owner)
            self._key += len(fragment.keys)

    def _write_page(
        self, page_: Page, resources: Mapping[str, bytes], placeholders: Placeholders, own: int, shift: float
    ) -> None:
        index = len(self._pages)
        places = self._headers_footers.places[index]
        under = b"".join(
            b"/Furniture%d %s" % (layer, refer(self._forms[place])) for layer, place in enumerate(places)
        )
        pictures = resources.get("XObject", b"<< >>")[2:-2]
        resources = {**resources, "XObject": b"<<%s%s>>" % (under, pictures)}
        content = self._writer.put_stream(page_.content, b"/Filter/FlateDecode")
        fields = {
            "Parent": refer(self._nodes + index // WIDE),
            "Contents": array(map(refer, (self._prologue(number(shift), len(places)), content))),
            "StructParents": b"%d" % index,
            "Resources": dictionary(resources),
        }
        page = b"<<%s%s>>" % (page_.rest, dictionary(fields)[2:-2])
        self._pages.append(self._writer.put(fill(page, placeholders), own, leads=True))
        owners = (refer(placeholders.base + owner) if owner else b"null" for owner in page_.owners)
        self._owners[b"%d" % index] = array(owners)

    def _prologue(self, shift: bytes, layers: int) -> int:
        """What a page begins with: its headers and footers, and the move of its text."""
        if (shift, layers) not in self._prologues:
            move = b"1 0 0 1 %s 0 cm\n" % shift if shift != b"0" else b""
            under = b"".join(_UNDER % layer for layer in range(layers))
            self._prologues[shift, layers] = self._writer.put_stream(under + move)
        return self._prologues[shift, layers]

    def write_page_tree(self) -> int:
        """The pages in order (ISO 32000-1, 7.7.3): the root's number."""
        writer, level = self._writer, self._pages
        numbers = list(range(self._nodes, self._nodes + -(-len(level) // WIDE)))
        counts = [1] * len(level)
        while True:
            above = writer.reserve(-(-len(numbers) // WIDE)) if len(numbers) > 1 else 0
            totals = []
            for n, own in enumerate(numbers):
                kids, within = (things[n * WIDE : (n + 1) * WIDE] for things in (level, counts))
                totals.append(sum(within))
                fields = {"Type": b"/Pages", "Count": b"%d" % sum(within), "Kids": array(map(refer, kids))}
                if above:
                    fields["Parent"] = refer(above + n // WIDE)
                writer.put(dictionary(fields), own, leads=True)
            if not above:
                return numbers[0]
            level, counts = numbers, totals
            numbers = list(range(above, above + -(-len(level) // WIDE)))

    # -- Structure -----------------------------------------------------------------------

    def write_structure(self) -> int:
        """One structure tree of all that the sections hold (14.7): the root's number."""
        writer = self._writer
        document = {"Type": b"/StructElem", "S": b"/Document", "P": refer(self._root)}
        writer.put(dictionary({**document, "K": array(map(refer, self._top))}), self._document)
        owners = {key: self._owners[key] for key in sorted(self._owners, key=int)}
        names = {string(name): refer(self._names[name]) for name in sorted(self._names)}
        root = {
            "Type": b"/StructTreeRoot",
            "K": array([refer(self._document)]),
            "ParentTree": refer(put_tree(writer, owners, "Nums")),
            "ParentTreeNextKey": b"%d" % self._key,
        }
        if names:
            root["IDTree"] = refer(put_tree(writer, names, "Names"))
        return writer.put(dictionary(root), self._root)

    # -- Ways in -------------------------------------------------------------------------

    def write_destinations(self) -> int:
        """Named destinations, from what the layout says of each page."""
        places: dict[str, bytes] = {}
        for target, page, shift in zip(
            self._pages, self._laid_pages, self._headers_footers.shifts, strict=True
        ):
            for anchor, box in page.anchors.items():
                places.setdefault(anchor, _target(target, box.x + shift, box.y))
        ordered = sorted(places, key=encoded)
        return put_tree(self._writer, {string(anchor): places[anchor] for anchor in ordered}, "Names")

    def write_outline(self) -> int:
        """The outline, likewise (12.3.3)."""
        root = _Item(0, b"", b"", False, [])
        trail = [root]
        for target, page, shift in zip(
            self._pages, self._laid_pages, self._headers_footers.shifts, strict=True
        ):
            for mark in page.bookmarks:
                while trail[-1].level >= mark.level:
                    trail.pop()
                item = _item(mark, target, shift)
                trail[-1].inner.append(item)
                trail.append(item)
        own = self._writer.reserve()
        fields = {"Type": b"/Outlines", **self._kin(root, own)}
        return self._writer.put(dictionary(fields), own)

    def _kin(self, parent: _Item, own: int) -> dict[str, bytes]:
        """Writes the items under one; its entries that lead to them."""
        if not parent.inner:
            return {}
        first = self._writer.reserve(len(parent.inner))
        for n, item in enumerate(parent.inner, first):
            fields = {"Title": item.title, "Dest": item.target, "Parent": refer(own)}
            if n > first:
                fields["Prev"] = refer(n - 1)
            if n < first + len(parent.inner) - 1:
                fields["Next"] = refer(n + 1)
            self._writer.put(dictionary({**fields, **self._kin(item, n)}), n)
        shown = parent.shown()
        return {
            "First": refer(first),
            "Last": refer(first + len(parent.inner) - 1),
            "Count": b"%d" % (-shown if parent.closed else shown),
        }


class _Item(NamedTuple):
    """A line of the outline and those under it."""

    level: int
    title: bytes
    target: bytes
    closed: bool
    inner: list[_Item]

    def shown(self) -> int:
        """The lines under it that are seen when it is open."""
        return sum(1 + (0 if item.closed else item.shown()) for item in self.inner)


def _item(mark: Bookmark, page: int, shift: float) -> _Item:
    return _Item(mark.level, string(mark.label), _target(page, mark.x + shift, mark.y), mark.closed, [])


def _target(page: int, x: float, y: float) -> bytes:
    return b"[%s/XYZ %s %s 0]" % (refer(page), number(x), number(y))


def _cases(fragments: Iterable[PageFragment]) -> Iterator[tuple[str, list[Font]]]:
    """The parts of each font, by its name."""
    parts: dict[str, list[Font]] = {}
    for fragment in fragments:
        for key, font in fragment.fonts.items():
            parts.setdefault(key, []).append(font)
    yield from parts.items()
