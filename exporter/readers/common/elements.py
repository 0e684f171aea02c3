"""What an element of a page is, told from its attributes: hidden, layout, a glyph, a counting pixel."""

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
"""Elements that never reach an article, with all that is in them."""
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
"""Elements that begin and end a block, besides headings and `pre`."""

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NO_LANGUAGE = frozenset(("und", "mul", "mis", "zxx"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def is_hidden(element: etree._Element) -> bool:
    """Whether nobody sees an element. ``aria-hidden`` hides it from readers aloud alone."""
    style = element.get("style")
    return (style is not None and _hides(style)) or element.get("hidden") is not None


@lru_cache(4096)
def _hides(style: str) -> bool:
    if _HIDDEN.search(style):
        return True
    style = style.replace(" ", "").casefold()
    return "position:absolute" in style and (";width:1px" in style or style.startswith("width:1px"))


def is_data(element: etree._Element) -> bool:
    """A script that is none: structured data, which the metadata are read from."""
    return element.tag == "script" and "json" in (element.get("type") or "")


def has_prose(element: etree._Element) -> bool:
    """Whether a form is the page's frame, as some servers make it, and not a form to fill in."""
    return sum(len(p.text or "") for p in element.iter("p")) > 400


def language(element: etree._Element) -> str | None:
    """The language that an element says it is in, if it says one (`xml:lang` as HTML's parser has it)."""
    declared = element.get("lang") or element.get("xml:lang") or element.get(_XML_LANG)
    tag = build.language_tag(declared) if declared else None
    return None if tag in _NO_LANGUAGE else tag


def is_layout(table: etree._Element) -> bool:
    """Whether a table only arranges: nested ones inside, a single cell, headings in cells."""
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
    """An image that stands for a character: an emoji, a smiley."""
    classes = set((image.get("class") or "").split())
    return bool(classes & {"emoji", "wp-smiley", "emojione", "twemoji"}) and len(image.get("alt") or "") <= 12


def is_pixel(image: etree._Element) -> bool:
    """A counting pixel: an image that its page makes a dot or less."""
    return (image.get("width") or "").strip() in ("0", "1") or (image.get("height") or "").strip() in (
        "0",
        "1",
    )


def styled(element: etree._Element) -> type[Emphasis] | type[Strong] | None:
    """The mark that a style attribute makes of an element."""
    style = (element.get("style") or "").replace(" ", "").lower()
    if "font-weight:" in style and re.search(r"font-weight:(bold|[6-9]00)", style):
        return Strong
    return Emphasis if "font-style:italic" in style else None


def start(element: etree._Element) -> int:
    value = (element.get("start") or "").strip()
    return int(value) if re.fullmatch(r"\d{1,6}", value, re.A) else 1
