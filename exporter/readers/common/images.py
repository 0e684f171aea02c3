"""Images of a page: which address of an element to use, and its bytes as an asset."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote, unquote_to_bytes, urljoin, urlsplit

from lxml import etree

from exporter.diagnostics import Report
from exporter.model import build, images
from exporter.model.article import Asset
from exporter.readers.common.markup import text_of
from exporter.readers.source import Source

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-actualsrc", "data-hi-res-src",
         "data-full-src", "data-image", "data-url", "data-orig-file")  # fmt: skip
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_CANDIDATE = re.compile(r"([^\s,]\S*+)(?:(?<=,)|([^,]*+))")
_SIZE = re.compile(r"\s*+([\d.]++)[wxh]\s*+")
_MAX_REMOTE_DETAIL = 200
_MOST_SOURCES = 100


class PageImages:
    """Finds the images of one page; ``assets`` has each image once, by id, in order."""

    def __init__(self, source: Source, report: Report, base: str | None = None) -> None:
        self._source = source
        self._report = report
        self._base = base
        self._seen: dict[str, Asset | None] = {}
        self.assets: dict[str, Asset] = {}

    def asset(self, image: etree._Element) -> str | None:
        """The id of the asset for an ``img`` element; None, with a diagnostic, if it is lost.

        An image next to the page or embedded in it is preferred to one on the network.
        """
        refs = [ref for ref in dict.fromkeys(_addresses(image)) if not _is_placeholder(ref)]
        if not refs:
            return None
        for ref in refs:
            if (data := self._local(ref)) is not None:
                return data.id
        self._report_lost(refs)
        return None

    def _local(self, ref: str) -> Asset | None:
        if ref not in self._seen:
            self._seen[ref] = self._load(ref)
            if image := self._seen[ref]:
                self.assets.setdefault(image.id, image)
        return self._seen[ref]

    def _load(self, ref: str) -> Asset | None:
        if ref[:5].lower() == "data:":
            return images.asset(_decoded(ref), "data:", self._source.name, self._report)
        if (data := self._source.embedded(join(self._base, ref))) is not None:
            name = ref.partition("?")[0].rpartition("/")[2]
            return images.asset(data, name, self._source.name, self._report)
        if not _is_of_site(ref):
            return None
        path = re.split(r"[?#]", ref.replace("\\", "/"), maxsplit=1)[0]
        for name in dict.fromkeys((unquote(path), path)):
            if "\0" not in name and (data := self._source.sibling(name)) is not None:
                return images.asset(data, name.rpartition("/")[2], self._source.name, self._report)
        return None

    def _report_lost(self, refs: list[str]) -> None:
        """Report why none of ``refs`` is an image, unless an invalid image was already reported."""
        if any(
            self._source.embedded(join(self._base, r)) is not None for r in refs if r[:5].lower() != "data:"
        ):
            return  # it exists, and is invalid
        for ref in refs:
            address = urljoin(self._base, ref) if self._base and _is_page_relative(ref) else ref
            if address.startswith("//") or scheme(address) in ("http", "https"):
                self._report.add("image-remote", self._source.name, address[:_MAX_REMOTE_DETAIL])
                return
        ref = refs[0]
        if ref[:5].lower() == "data:" or self._has_sibling(ref):
            return
        self._report.add("image-missing", self._source.name, ref[:_MAX_REMOTE_DETAIL])

    def _has_sibling(self, ref: str) -> bool:
        return (
            _is_of_site(ref)
            and self._source.sibling(unquote(re.split(r"[?#]", ref, maxsplit=1)[0])) is not None
        )


def scheme(address: str) -> str:
    """The scheme of an address in lower case, empty for a relative or malformed one."""
    match = re.match(r"([a-z][a-z0-9+.-]*):", address.strip(), re.I)
    return match[1].lower() if match else ""


def join(base: str | None, ref: str) -> str:
    """``ref`` resolved against ``base``, or unchanged if that is not possible."""
    if not base:
        return ref
    try:
        urlsplit(ref)
        return urljoin(base, ref)
    except ValueError:
        return ref


def _addresses(image: etree._Element) -> Iterator[str]:
    """The addresses of an image, the most likely first."""
    get = image.get
    yield from filter(None, ((get("src") or "").strip(), *((get(name) or "").strip() for name in _LAZY)))
    sets = [get(name) or "" for name in _SETS]
    # For the parser, ``source`` is not a void element: the image is in the last one.
    picture = next(islice(image.iterancestors("picture"), 1), None)
    if picture is not None:
        sets += [s.get(name) or "" for s in islice(picture.iter("source"), _MOST_SOURCES) for name in _SETS]
    for value in sets:
        yield from _largest_first(value)


def _largest_first(srcset: str) -> list[str]:
    """The addresses of a ``srcset`` (HTML section 4.8.4.2.1), the largest image first."""
    by_width = []
    for match in _CANDIDATE.finditer(srcset[:20_000]):
        size = _SIZE.fullmatch(match[2] or "")
        by_width.append((_number(size[1]) if size else 1.0, match[1].rstrip(",")))
    return [address for _, address in sorted(by_width, key=lambda pair: -pair[0])]


def _number(text: str) -> float:
    try:
        return float(text.strip(".") or 1)
    except ValueError:  # "1.2.3"
        return 1.0


def _is_placeholder(ref: str) -> bool:
    """Whether an address is a placeholder: a dot that is embedded until the image loads."""
    if ref.startswith(MEDIA):
        return False
    if ref[:5].lower() != "data:":
        return ref in ("#", "about:blank") or scheme(ref) in ("javascript", "blob")
    return ref[5:14].lower() == "image/svg" or len(ref) < 180


def _is_of_site(ref: str) -> bool:
    """Whether an address is a path relative to the page, or from the root of its site."""
    return not scheme(ref) and ref[:1] not in ("\\", "#", "~") and ref[:2] != "//" and bool(ref.strip())


def _is_page_relative(ref: str) -> bool:
    return not scheme(ref)


def _decoded(ref: str) -> bytes:
    head, _, body = ref.partition(",")
    if not head.lower().endswith(";base64"):
        return unquote_to_bytes(body)
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", unquote_to_bytes(body))
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return b""


# -- Inline drawings (SVG) as images; icons are dropped.


MEDIA = "data:image/svg+xml;exporter=drawing;base64,"
"""Prefix of the address of an image that was made from an inline drawing."""

_ICONS = ("icon", "logo", "spinner", "sprite", "chevron", "arrow", "emoji")
_SMALL, _LARGE = 48, 120
"""Pixels. Up to the first size it is an icon; from the second on, a drawing even without text."""
_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text")
_NAMES = {
    name.lower(): name
    for name in (
        *("linearGradient", "radialGradient", "clipPath", "textPath", "viewBox", "preserveAspectRatio"),
        *("gradientUnits", "gradientTransform", "textLength", "lengthAdjust", "pathLength", "clipPathUnits"),
        *("startOffset", "markerWidth", "markerHeight", "markerUnits", "refX", "refY", "patternUnits"),
        *("patternTransform", "spreadMethod", "stdDeviation"),
    )
}
"""Names that HTML parsers lower-case (HTML section 13.2.6.1)."""
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


def prepare(root: etree._Element) -> None:
    """Replace each drawing under ``root`` with an ``img``, in place."""
    for drawing in list(root.iter("svg")):
        parent = drawing.getparent()
        if parent is None or next(drawing.iterancestors("svg"), None) is not None or not _is_drawing(drawing):
            continue
        image = parent.makeelement("img", {"alt": _words(drawing)}, None)
        image.set("src", MEDIA + base64.b64encode(_source(drawing)).decode())
        image.tail = drawing.tail
        parent.replace(drawing, image)


def _is_drawing(drawing: etree._Element) -> bool:
    shapes = list(islice(drawing.iter(*_SHAPES), 3))
    if not shapes:
        return False
    around = [element.tag for element in drawing.iterancestors()]
    sides = [_pixels(drawing.get(name)) for name in ("width", "height")]
    box = (drawing.get("viewbox") or drawing.get("viewBox") or "").replace(",", " ").split()
    size = max(sides) or (max(map(_pixels, box[2:4])) if len(box) == 4 else 0)
    if "figure" in around and "a" not in around and "button" not in around:
        return size > _SMALL or bool(_words(drawing))
    holder = drawing.getparent()
    said = (drawing.get("class") or "") + ("" if holder is None else holder.get("class") or "")
    is_icon = any(word in said.casefold() for word in _ICONS)
    if size <= _SMALL or is_icon or {"a", "button", "nav"} & set(around):
        return False
    if any(text_of(text).strip() for text in islice(drawing.iter("text"), 5)):
        return True
    if drawing.get("aria-hidden") == "true" or not (max(sides) or drawing.get("role") == "img"):
        return False
    return bool(_words(drawing)) or (min(sides) >= _LARGE and len(shapes) == 3)


def _words(drawing: etree._Element) -> str:
    """The label of a drawing, else the text in it."""
    if label := build.one_line(drawing.get("aria-label") or ""):
        return label
    for name in ("title", "desc"):
        if (label_ := drawing.find(name)) is not None and (text := build.one_line(text_of(label_))):
            return text
    return build.one_line(" ".join(text_of(text) for text in islice(drawing.iter("text"), 100)))


def _pixels(length: str | None) -> float:
    try:
        return min(float((length or "").strip().removesuffix("px")), 1e6)
    except ValueError:
        return 0


def _source(drawing: etree._Element) -> bytes:
    """The drawing as a document of its own (UTF-8), with names in the spelling of SVG."""
    for element in drawing.iter(etree.Element):
        element.tag = _NAMES.get(element.tag, element.tag)
        for name in list(map(str, element.attrib)):
            if name.startswith("xmlns") or (":" in name and not name.startswith("xlink:")):
                del element.attrib[name]
            elif name in _NAMES:
                element.set(_NAMES[name], element.attrib.pop(name))
    tail, drawing.tail = drawing.tail, None
    source = etree.tostring(drawing, encoding="unicode")
    drawing.tail = tail
    return source.replace("<svg", f'<svg xmlns="{_SVG}" xmlns:xlink="{_XLINK}"', 1).encode("utf-8", "replace")
