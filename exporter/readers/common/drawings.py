"""Drawings in a page's own markup (SVG) as images; icons are left alone, and out."""

from __future__ import annotations

import base64
from itertools import islice

from lxml import etree

from exporter.model import build
from exporter.readers.common.markup import text_of

MEDIA = "data:image/svg+xml;exporter=drawing;base64,"
"""How the address of an image begins that was made of a drawing here."""

_ICONS = ("icon", "logo", "spinner", "sprite", "chevron", "arrow", "emoji")
_SMALL, _LARGE = 48, 120
"""Pixels: what is not larger is an icon, what is, without a word on it, a drawing."""
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
"""Names that HTML's parser has in lower case (HTML section 13.2.6.1)."""
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


def prepare(root: etree._Element) -> None:
    """Make an ``img`` of each drawing under ``root``, in place."""
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
    """What a drawing says that it shows, else the words in it."""
    if label := build.one_line(drawing.get("aria-label") or ""):
        return label
    for name in ("title", "desc"):
        if (found := drawing.find(name)) is not None and (text := build.one_line(text_of(found))):
            return text
    return build.one_line(" ".join(text_of(text) for text in islice(drawing.iter("text"), 100)))


def _pixels(length: str | None) -> float:
    try:
        return min(float((length or "").strip().removesuffix("px")), 1e6)
    except ValueError:
        return 0


def _source(drawing: etree._Element) -> bytes:
    """The drawing as a document of its own, its names as SVG spells them."""
    for element in drawing.iter(etree.Element):
        element.tag = _NAMES.get(element.tag, element.tag)
        for name in list(map(str, element.attrib)):
            if name.startswith("xmlns") or (":" in name and not name.startswith("xlink:")):
                del element.attrib[name]
            elif name in _NAMES:
                element.set(_NAMES[name], element.attrib.pop(name))
    head, tail = drawing.tail, None
    drawing.tail = tail
    source = etree.tostring(drawing, encoding="unicode")
    drawing.tail = head
    return source.replace("<svg", f'<svg xmlns="{_SVG}" xmlns:xlink="{_XLINK}"', 1).encode("utf-8", "replace")
