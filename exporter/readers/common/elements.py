"""Properties of elements of a page, from tags and attributes: hidden, layout, icon, tracking pixel."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from exporter.model import build
from exporter.model.article import Emphasis, Strong

DROPPED = frozenset(
    [
        "applet",
        "audio",
        "button",
        "canvas",
        "datalist",
        "embed",
        "fencedframe",
        "frame",
        "frameset",
        "iframe",
        "input",
        "link",
        "meta",
        "noembed",
        "noframes",
        "object",
        "option",
        "param",
        "script",
        "select",
        "style",
        "template",
        "textarea",
        "video",
    ]
)
"""Elements that never get into an article, with everything in them."""
BREAKING = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
"""Elements that begin and end a block, besides headings and ``pre``."""

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NO_LANGUAGE = frozenset(("und", "mul", "mis", "zxx"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def is_hidden(element: etree._Element) -> bool:
    """Whether an element is invisible. ``aria-hidden`` does not count: it hides from screen readers only."""
    style = element.get("style")
    return (style is not None and _hides(style)) or element.get("hidden") is not None


@lru_cache(4096)
def _hides(style: str) -> bool:
    if _HIDDEN.search(style):
        return True
    style = style.replace(" ", "").casefold()
    return "position:absolute" in style and (";width:1px" in style or style.startswith("width:1px"))


def is_data(element: etree._Element) -> bool:
    """Whether a ``script`` contains structured data, which is read as metadata."""
    return element.tag == "script" and "json" in (element.get("type") or "")


def has_prose(element: etree._Element) -> bool:
    """Whether a form contains the page, as some servers do it, and is not a form to fill in."""
    return sum(len(p.text or "") for p in element.iter("p")) > 400


def language(element: etree._Element) -> str | None:
    """The language that an element declares (BCP 47), or None; HTML parsers keep ``xml:lang`` as a name."""
    declared = element.get("lang") or element.get("xml:lang") or element.get(_XML_LANG)
    tag = build.language_tag(declared) if declared else None
    return None if tag in _NO_LANGUAGE else tag


def is_layout(table: etree._Element) -> bool:
    """Whether a table is for layout only: with tables inside, a single cell, or headings in cells."""
    if (
        table.get("role") in ("presentation", "none")
        or next(table.iterdescendants("table"), None) is not None
    ):
        return True
    cells = table.iter("td", "th")
    if next(cells, None) is None or next(cells, None) is None:
        return True
    return next(table.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is not None


def is_glyph(image: etree._Element) -> bool:
    """Whether an image represents a character, such as an emoji."""
    classes = set((image.get("class") or "").split())
    return bool(classes & {"emoji", "wp-smiley", "emojione", "twemoji"}) and len(image.get("alt") or "") <= 12


def is_pixel(image: etree._Element) -> bool:
    """Whether an image is a tracking pixel: at most a dot according to its attributes."""
    return any((image.get(side) or "").strip() in ("0", "1") for side in ("width", "height"))


def style_mark(element: etree._Element) -> type[Emphasis] | type[Strong] | None:
    """The mark (emphasis, strong) that a ``style`` attribute amounts to, or None."""
    style = (element.get("style") or "").replace(" ", "").lower()
    if "font-weight:" in style and re.search(r"font-weight:(bold|[6-9]00)", style):
        return Strong
    return Emphasis if "font-style:italic" in style else None


def list_start(element: etree._Element) -> int:
    value = (element.get("start") or "").strip()
    return int(value) if re.fullmatch(r"\d{1,6}", value, re.A) else 1
