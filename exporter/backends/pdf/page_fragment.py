"""A laid-out file taken apart, ready to be joined with others without a PDF library.

Its objects are kept in PDF's notation with *placeholders* in place of all that is known only in
the whole file: a placeholder is a NUL, a letter, a value and a NUL, and no notation holds a NUL.

    (none) number       a reference to the fragment's own object; 0 is the document's element
    k number            the key under which the owner of an annotation is found
    x page:value        a coordinate across the page, which moves with the page's text
    f name              a reference to the font of that name, which all fragments share
    a anchor            where a link leads inside the edition, and the words for it
    i                   the wish that a picture be smoothed
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, Object, Pdf, Stream

from exporter.backends.pdf import links
from exporter.backends.pdf.syntax import number

_TOKEN = re.compile(rb"\((?:[^\\()]++|\\.)*+\)?|\b(\d+) 0 R\b", re.S)
"""A string, which may look like a reference, or a reference."""
_PAIR = re.compile("<([0-9a-f]{4})> <([0-9a-f]+)>")
_PLACEHOLDER = re.compile(rb"\0([kxfai]?)([^\0]*)\0")


class Page(NamedTuple):
    """A page: its compressed content, which of the fragment's resources it has, what else its
    dictionary says, and for each piece of its marked content the element that it is of (0 for none)."""

    content: bytes
    resources: int
    box: bytes
    rest: bytes
    owners: tuple[int, ...]


class Font(NamedTuple):
    """A TrueType font whose codes are its glyphs' numbers, or a part of one: its three
    dictionaries but for what differs from part to part; for each glyph its width, and the
    characters that it is, in hexadecimal; its compressed program."""

    outer: str
    inner: str
    descriptor: str
    box: tuple[float, float, float, float]
    flags: int
    widths: dict[int, float]
    characters: dict[str, str]
    program: bytes


class PageFragment(NamedTuple):
    """``objects`` are all but pages and shared fonts, one a line; numbers count from 1, the
    pages first, then these. ``streams`` are the data of those that have some; ``resources``
    are given by their categories, ``fonts`` by their names. ``top`` are the elements right
    under the document, ``keys`` the owners of annotations, ``names`` the elements that others
    refer to."""

    pages: tuple[Page, ...]
    resources: tuple[dict[str, bytes], ...]
    objects: bytes
    streams: dict[int, bytes]
    fonts: dict[str, Font]
    top: tuple[int, ...]
    keys: tuple[int, ...]
    names: tuple[tuple[str, int], ...]
    language: str


class Placeholders(NamedTuple):
    """What replaces the placeholders of one fragment; ``place`` writes a link into the edition,
    ``shifts`` says how far each of its pages moves to the right, in points."""

    base: int
    document: int
    key: int
    shifts: Sequence[float]
    fonts: Mapping[str, int]
    place: Callable[[str], bytes]
    smooth: bool


def fill(syntax: bytes, placeholders: Placeholders) -> bytes:
    """The notation with its placeholders filled."""

    def filled(placeholder: re.Match[bytes]) -> bytes:
        kind, value = placeholder.groups()
        if not kind:
            own = int(value)
            return b"%d 0 R" % (placeholders.base + own if own else placeholders.document)
        if kind == b"k":
            return b"%d" % (placeholders.key + int(value))
        if kind == b"x":
            page, _, across = value.partition(b":")
            return number(float(across) + placeholders.shifts[int(page)])
        if kind == b"f":
            return b"%d 0 R" % placeholders.fonts[value.decode()]
        if kind == b"a":
            return placeholders.place(value.decode())
        return b"/Interpolate true" if placeholders.smooth else b""

    return _PLACEHOLDER.sub(filled, syntax)


# -- Taking apart ------------------------------------------------------------------------


def take_apart(pdf: Pdf) -> PageFragment:
    """The fragment of a finished file, tagged or not."""
    return _Taker(pdf).fragment()


class _Taker:
    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._numbers = {page.obj.objgen[0]: n for n, page in enumerate(pdf.pages, 1)}
        self._pages = len(self._numbers)
        self._queue: list[Object] = []
        self._fonts: dict[int, str] = {}
        self._shared: dict[str, Font] = {}
        self._resources: dict[tuple[tuple[str, bytes], ...], int] = {}
        structure = pdf.Root.get("/StructTreeRoot")
        self._document = structure.K[0] if structure is not None else None
        if self._document is not None:
            self._numbers[self._document.objgen[0]] = 0
        owners = NumberTree(structure.ParentTree) if structure is not None else {}
        self._owners: dict[int, Object] = dict(owners.items())
        annotations = (key for key in sorted(self._owners) if not isinstance(self._owners[key], Array))
        self._own_keys = {key: n for n, key in enumerate(annotations)}
        self._annotated = {
            annotation.objgen[0]: n
            for n, page in enumerate(pdf.pages)
            for annotation in page.get("/Annots", Array())
        }

    def fragment(self) -> PageFragment:
        for page in self._pdf.pages:
            self._find_fonts(page.Resources.get("/Font"))
        pages = tuple(self._page(page.obj) for page in self._pdf.pages)
        top = tuple(self._number(kid) for kid in self._document.K) if self._document is not None else ()
        keys = tuple(self._number(self._owners[key]) for key in self._own_keys)
        structure = self._pdf.Root.get("/StructTreeRoot", Dictionary())
        named = NameTree(structure.IDTree) if "/IDTree" in structure else {}
        names = tuple((name, self._number(element)) for name, element in named.items())
        objects, streams = [], {}
        for at, thing in enumerate(self._queue, self._pages + 1):  # which grows meanwhile
            if isinstance(thing, Stream):
                entries, streams[at] = self._stream(thing)
                objects.append(entries)
            else:
                objects.append(self._object(thing))
        return PageFragment(
            pages,
            tuple(dict(one) for one in self._resources),
            b"\n".join(objects),
            streams,
            self._shared,
            top,
            keys,
            names,
            str(self._pdf.Root.get("/Lang", "")),
        )

    # -- Pages --

    def _page(self, page: Object) -> Page:
        resources = {
            str(category)[1:]: self._with_placeholders(value)
            for category, value in page.Resources.items()
            if category == "/Font" or len(value)
        }
        kept = tuple(resources.items())
        rest = Dictionary({
            key: value
            for key, value in page.items()
            if key not in ("/Parent", "/Contents", "/Resources", "/StructParents")
            and not (key in ("/BleedBox", "/TrimBox") and list(value) == list(page.MediaBox))
        })  # fmt: skip
        owners = self._owners.get(int(page.get("/StructParents", -1)), ())
        return Page(
            _packed(page.Contents),
            self._resources.setdefault(kept, len(self._resources)),
            page.MediaBox.unparse(),
            self._with_placeholders(rest)[2:-2].strip(),
            tuple(0 if owner is None else self._number(owner) for owner in owners),
        )

    def _find_fonts(self, case: Object | None) -> None:
        for name, font in case.items() if case is not None else ():
            if font.objgen[0] not in self._fonts and _is_shared(font):
                self._fonts[font.objgen[0]] = name[1:]
                self._shared[name[1:]] = _font(font)

    # -- Objects --

    def _number(self, thing: Object) -> int:
        """The fragment's own number of an object, which is taken in if it is new."""
        known = self._numbers.get(thing.objgen[0])
        if known is None:
            self._queue.append(thing)
            known = self._numbers[thing.objgen[0]] = self._pages + len(self._queue)
        return known

    def _with_placeholders(self, thing: Object) -> bytes:
        """An object's notation with placeholders for what it refers to."""

        def placeholder(token: re.Match[bytes]) -> bytes:
            if token[1] is None:
                return token[0]
            other = int(token[1])
            if other in self._fonts:
                return b"\0f%s\0" % self._fonts[other].encode()
            return b"\0%d\0" % self._number(self._pdf.get_object(other, 0))

        return _TOKEN.sub(placeholder, thing.unparse(resolved=True))

    def _object(self, thing: Object) -> bytes:
        if isinstance(thing, Dictionary):
            if thing.get("/Subtype") == Name.Link:
                return self._link(thing)
            if thing.get("/S") == Name.Figure:
                return self._figure(thing)
        return self._with_placeholders(thing)

    def _link(self, annotation: Object) -> bytes:
        """A link that leads into the edition says so in words that only the edition knows."""
        own = _without(annotation, "/Contents", "/A", "/Dest", "/Rect", "/StructParent")
        anchor = links.anchor(annotation)
        if anchor is None:
            own |= {"/A": annotation.A, "/Contents": links.described(annotation)}
        fields = [
            b"/StructParent \0k%d\0" % self._own_keys[int(annotation.StructParent)],
            b"/Rect %s" % _moving(annotation.Rect, self._annotated[annotation.objgen[0]]),
        ]
        if anchor is not None:
            fields.append(b"\0a%s\0" % anchor.encode())
        return self._with(own, *fields)

    def _figure(self, figure: Object) -> bytes:
        page = self._numbers[figure.Pg.objgen[0]] - 1
        box = b"/BBox %s" % _moving(figure.A.BBox, page)
        return self._with(_without(figure, "/A"), b"/A %s" % self._with(_without(figure.A, "/BBox"), box))

    def _with(self, entries: dict[str, Any], *more: bytes) -> bytes:
        return self._with_placeholders(Dictionary(entries))[:-2] + b"".join(more) + b">>"

    def _stream(self, stream: Any) -> tuple[bytes, bytes]:
        fields = _without(stream.stream_dict, "/Length", "/Interpolate")
        data = stream.read_raw_bytes()
        if "/Filter" not in fields:
            fields["/Filter"], data = Name.FlateDecode, zlib.compress(data)
        smooth = [b"\0i\0"] if stream.stream_dict.get("/Interpolate") else []
        return self._with(fields, *smooth), data


def _without(thing: Object, *keys: str) -> dict[str, Any]:
    return {key: value for key, value in thing.items() if key not in keys}


def _moving(box: Object, page: int) -> bytes:
    """A rectangle that moves with the text of its page."""
    left, bottom, right, top = (number(float(side)) for side in box)
    return b"[\0x%d:%s\0 %s \0x%d:%s\0 %s]" % (page, left, bottom, page, right, top)


def _packed(content: Object) -> bytes:
    """A page's content, compressed."""
    parts = list(content) if isinstance(content, Array) else [content]
    if len(parts) == 1 and parts[0].get("/Filter") == Name.FlateDecode and "/DecodeParms" not in parts[0]:
        return parts[0].read_raw_bytes()
    return zlib.compress(b"\n".join(part.read_bytes() for part in parts))


# -- Fonts -------------------------------------------------------------------------------


def _is_shared(font: Object) -> bool:
    """Whether it is a font with TrueType outlines whose codes are glyph numbers."""
    if font.get("/Subtype") != Name.Type0 or font.Encoding != Name("/Identity-H"):
        return False
    return "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def _font(font: Object) -> Font:
    inner = font.DescendantFonts[0]
    descriptor = inner.FontDescriptor
    widths = inner.W
    left, bottom, right, top = map(float, descriptor.FontBBox)
    characters = font.ToUnicode.read_bytes().partition(b"endcodespacerange")[2].decode()
    return Font(
        _key_of(font, "/DescendantFonts", "/ToUnicode"),
        _key_of(inner, "/FontDescriptor", "/W"),
        _key_of(descriptor, "/FontFile2", "/FontBBox", "/Flags"),
        (left, bottom, right, top),
        int(descriptor.Flags),
        {
            int(first) + n: float(width)
            for first, run in zip(list(widths)[::2], list(widths)[1::2], strict=True)
            for n, width in enumerate(run)
        },
        dict(_PAIR.findall(characters)),
        _packed(descriptor.FontFile2),
    )


def _key_of(thing: Object, *keys: str) -> str:
    """A dictionary's notation without some of its entries, which refers to nothing then."""
    return Dictionary(_without(thing, *keys)).unparse()[2:-2].strip().decode()
