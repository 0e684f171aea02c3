"""Joins laid-out sections and their furniture into one file: pages, structure, destinations, outline."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pikepdf import Array, Dictionary, Name, NameTree, Object, OutlineItem, Page, Pdf, Stream, String

from exporter.backends.pdf import typecase
from exporter.backends.pdf.assets import PLACE
from exporter.backends.pdf.furniture import Furniture, Place
from exporter.backends.pdf.layout import Laid

_UNDER = b"/Artifact <</Type /Pagination>> BDC q /Furniture%d Do Q EMC\n"


@contextmanager
def joined(sections: Sequence[Laid], front: int, furniture: Furniture) -> Iterator[Pdf]:
    """One open file of all sections, the first so many pages being ``front`` matter; what the
    file says of itself comes from the first."""
    first, *rest = (file for laid in sections for file in (laid.data, *laid.more))
    with Pdf.open(io.BytesIO(first)) as pdf:
        structure = _Structure(pdf)
        for file in rest:
            with Pdf.open(io.BytesIO(file)) as source:
                structure.prepare(source)
                length = len(pdf.pages)
                pdf.pages.extend(source.pages)
                structure.append(source)
                pages = pdf.pages[length:]
                _own_streams(*(page.Contents for page in pages), *(page.Resources for page in pages))
        structure.finish()
        _make_lean(pdf)
        forms = _forms(pdf, furniture)
        _lay_under(pdf, forms, furniture)
        _move_figures(pdf, furniture.shifts)
        typecase.share(pdf, (page.Resources.Font for page in (*pdf.pages, *forms.values())))
        _lead(pdf, sections, furniture.shifts)
        _point_inside(pdf)
        pdf.Root.PageLabels = Dictionary(Nums=[0, Dictionary(S=Name.r), front, Dictionary(S=Name.D)])
        yield pdf


# -- Structure ---------------------------------------------------------------------------


class _Structure:
    """One structure tree that others are joined to (ISO 32000-1, 14.7)."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._root = root = pdf.Root.StructTreeRoot
        self._document = root.K[0]
        self._kids = list(self._document.K)
        self._numbers = root.ParentTree.Nums
        self._next = _after(self._numbers)
        self._names = list(root.IDTree.Names)

    def prepare(self, source: Pdf) -> None:
        """Keys of a file to be joined become different from all others'."""
        for page in source.pages:
            page.StructParents = int(page.StructParents) + self._next
            for annotation in page.get("/Annots", Array()):
                if "/StructParent" in annotation:
                    annotation.StructParent = int(annotation.StructParent) + self._next

    def append(self, source: Pdf) -> None:
        """Joins a prepared file's tree, after its pages have been."""
        root = self._pdf.copy_foreign(source.Root.StructTreeRoot)
        for element in root.K[0].K:
            element.P = self._document
            self._kids.append(element)
        numbers = list(root.ParentTree.Nums)
        for key, owners in zip(numbers[::2], numbers[1::2], strict=True):
            self._numbers.append(int(key) + self._next)
            self._numbers.append(owners)
        self._names.extend(root.IDTree.Names)
        self._next += _after(numbers)

    def finish(self) -> None:
        self._document.K = Array(self._kids)
        pairs = sorted(zip(self._names[::2], self._names[1::2], strict=True), key=lambda pair: str(pair[0]))
        self._root.IDTree = self._pdf.make_indirect(
            Dictionary(Names=Array(n for pair in pairs for n in pair))
        )


def _after(numbers: Sequence[Object] | Object) -> int:
    return 1 + max((int(key) for key in list(numbers)[::2]), default=-1)


# -- Pages -------------------------------------------------------------------------------


def _own_streams(*copied: Object) -> None:
    """Takes the bytes of streams, and of those they refer to, out of the file they were copied
    from, which can be closed then: many open files take much memory."""
    seen: set[tuple[int, int]] = set()
    stack = list(copied)
    while stack:
        thing = stack.pop()
        if thing.is_indirect:
            if thing.objgen in seen:
                continue
            seen.add(thing.objgen)
        if isinstance(thing, Stream):
            told: Any = thing.stream_dict
            data = thing.read_raw_bytes()
            thing.write(data, filter=told.get("/Filter"), decode_parms=told.get("/DecodeParms"))
            thing = told
        inner = thing if isinstance(thing, Array) else thing.values()
        stack += [one for one in inner if isinstance(one, Array | Dictionary | Stream)]


def _make_lean(pdf: Pdf) -> None:
    """Each page gets a dictionary of resources of its own, so that one can be put into it; what
    the engine tells of every page and link to no use goes: in a long edition it fills memory."""
    borderless = pdf.make_indirect(Dictionary(W=0))
    for page in pdf.pages:
        page.Resources = Dictionary({k: v for k, v in page.Resources.items() if k == "/Font" or len(v)})
        for box in ("/BleedBox", "/TrimBox"):
            if box in page and list(page[box]) == list(page.MediaBox):
                del page[box]
        for annotation in page.get("/Annots", Array()):
            if annotation.get("/BS") == borderless:
                annotation.BS = borderless


def _forms(pdf: Pdf, furniture: Furniture) -> dict[Place, Object]:
    """Every blank page that is used, as a form."""
    used: dict[int, set[int]] = {}
    for place in (place for places in furniture.places for place in places):
        used.setdefault(place.chunk, set()).add(place.page)
    forms = {}
    for chunk in sorted(used):
        with Pdf.open(io.BytesIO(furniture.chunks[chunk].data)) as source:
            pages = list(source.pages)
            for number in sorted(used[chunk]):
                form = source.make_indirect(Page(pages[number]).as_form_xobject())
                forms[Place(chunk, number)] = pdf.copy_foreign(form)
            _own_streams(*(forms[Place(chunk, number)] for number in used[chunk]))
    return forms


def _lay_under(pdf: Pdf, forms: Mapping[Place, Object], furniture: Furniture) -> None:
    prologues: dict[tuple[float, int], Object] = {}
    for page, places, moved in zip(pdf.pages, furniture.places, furniture.shifts, strict=True):
        shift = round(moved, 3)
        if (shift, len(places)) not in prologues:
            move = b"1 0 0 1 %.3f 0 cm\n" % shift if shift else b""
            under = b"".join(_UNDER % layer for layer in range(len(places)))
            prologues[shift, len(places)] = pdf.make_stream(under + move)
        under_it = {f"/Furniture{layer}": forms[place] for layer, place in enumerate(places)}
        page.Resources.XObject = Dictionary({**dict(page.Resources.get("/XObject", {})), **under_it})
        page.Contents = Array([prologues[shift, len(places)], page.Contents])
        for annotation in page.get("/Annots", Array()) if shift else ():
            left, bottom, right, top = map(float, annotation.Rect)
            annotation.Rect = Array([round(left + shift, 3), bottom, round(right + shift, 3), top])


def _move_figures(pdf: Pdf, shifts: Sequence[float]) -> None:
    """The boxes that figures tell move with their pages' text."""
    moved = {page.obj.objgen: shift for page, shift in zip(pdf.pages, shifts, strict=True) if shift}
    for element in NameTree(pdf.Root.StructTreeRoot.IDTree).values():
        shift = moved.get(element.Pg.objgen, 0) if element.S == "/Figure" else 0
        if shift:
            left, bottom, right, top = map(float, element.A.BBox)
            element.A.BBox = Array([round(left + shift, 3), bottom, round(right + shift, 3), top])


# -- Ways in -----------------------------------------------------------------------------


def _lead(pdf: Pdf, sections: Sequence[Laid], shifts: Sequence[float]) -> None:
    """Named destinations and the outline, from what the layout says of each page."""
    names: dict[str, Array] = {}
    root: list[OutlineItem] = []
    trail: list[tuple[int, list[OutlineItem]]] = [(0, root)]
    pages = (page for laid in sections for page in laid.pages)
    for sheet, page, shift in zip(pdf.pages, pages, shifts, strict=True):
        for anchor, box in page.anchors.items():
            names.setdefault(anchor, _place(sheet, box.x + shift, box.y))
        for mark in page.bookmarks:
            item = OutlineItem(mark.label, _place(sheet, mark.x + shift, mark.y))
            item.is_closed = mark.closed
            while trail[-1][0] >= mark.level:
                trail.pop()
            trail[-1][1].append(item)
            trail.append((mark.level, item.children))
    tree = Array([thing for name in sorted(names) for thing in (String(name), names[name])])
    pdf.Root.Names = Dictionary(Dests=pdf.make_indirect(Dictionary(Names=tree)))
    with pdf.open_outline() as outline:
        outline.root[:] = root


def _place(page: Page, x: float, y: float) -> Array:
    return Array([page.obj, Name.XYZ, round(x, 3), round(y, 3), 0])


def _point_inside(pdf: Pdf) -> None:
    """Addresses of places in the edition become destinations in the file."""
    for link in _links(pdf):
        address = str(link.get("/A", Dictionary()).get("/URI", ""))
        if address.startswith(PLACE):
            del link["/A"]
            link.Dest = String(address.removeprefix(PLACE))


def _links(pdf: Pdf) -> Iterator[Object]:
    for page in pdf.pages:
        for annotation in page.get("/Annots", Array()):
            if annotation.get("/Subtype") == Name.Link:
                yield annotation
