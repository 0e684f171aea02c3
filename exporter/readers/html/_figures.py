"""Pictures with their captions: recognised in each site's own markup, and marked as ``figure``.

HTML has ``figure`` and ``figcaption`` (4.4.12, 4.4.13); half of the news sites use other elements
with a class that says so. A caption next to an image is renamed, so that later steps know one form.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lxml import etree

from exporter.readers.common.markup import text_of

_CAPTION = re.compile(
    r"caption|legende?\b|bildunterschrift|bildtext|"
    # Matched from the first such word of a run of letters: if a later word matches, so does the first.
    r"(?<![a-z])(?>[a-z]*?(?:image|img|photo|foto|picture|media|lightbox|gallery))"
    r"[a-z]*[-_]{0,2}(?:text|desc|info|legend)",
    re.I,
)
_NO_CAPTION = re.compile(r"video|player|subtitle|closed|track", re.I)
_IMAGES = ("img", "picture", "amp-img", "image")
_TEXTS = frozenset(("p", "div", "span", "small", "em", "i", "figcaption", "cite", "a", "dd", "center"))
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "ul", "ol", "table", "blockquote"))
_ENDS = frozenset(("body", "html", "main", "article", "section", "td"))
_OWN = frozenset(("figure", "picture", "table"))
"""Elements whose images are not marked again."""
_LEVELS = 4
_LONGEST = 700
_SHORTEST = 20
_CREDIT = 60
_BESIDES = 160
"""Characters that a figure may have besides its caption: a credit, a button's name."""


class _Sizes:
    """How much is in an element; each is measured once, however many captions and images it has."""

    def __init__(self) -> None:
        self._lengths: dict[etree._Element, int] = {}
        self._pictured: dict[etree._Element, bool] = {}

    def length(self, element: etree._Element) -> int:
        """Characters without white space."""
        if element not in self._lengths:
            self._lengths[element] = len(_squeezed(element))
        return self._lengths[element]

    def has_image(self, element: etree._Element) -> bool:
        if element not in self._pictured:
            self._pictured[element] = next(element.iter(*_IMAGES), None) is not None
        return self._pictured[element]


def mark(root: etree._Element) -> None:
    """Rename captions, and the elements that hold them with their image, to ``figcaption`` and ``figure``."""
    for button in list(root.iter("button")):
        if next(button.iter(*_IMAGES), None) is not None:
            button.tag = "div"  # one that enlarges the picture in it
    sizes = _Sizes()
    for element in list(root.iter(*_TEXTS)):
        if not _is_caption(element):
            continue
        holder = _holder(element, sizes)
        if holder is not None:
            element.tag = "figcaption"
            if not any(a.tag == "figure" for a in (holder, *holder.iterancestors())):
                (_inside(holder) if holder.tag == "li" else holder).tag = "figure"
    for image in list(root.iter(*_IMAGES)):
        if not any(a.tag in _OWN or _leads_away(a) for a in image.iterancestors()):
            _mark_unnamed(image, sizes)
    for caption in root.iter("figcaption"):
        for element in caption.iter(etree.Element):
            element.attrib.pop("aria-hidden", "")  # hidden from screen readers only


def _leads_away(element: etree._Element) -> bool:
    """Whether an element is a link to another page, not to its own picture in full size."""
    return element.tag == "a" and not (element.get("href") or "#").startswith("#")


def _has_content(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and (
        bool(text_of(element).strip()) or next(element.iter(*_IMAGES), None) is not None
    )


def _mark_unnamed(image: etree._Element, sizes: _Sizes) -> None:
    """Mark a box that has only an image and a line or two below it as a figure."""
    element = image
    for _ in range(_LEVELS + 1):
        parent = element.getparent()
        if parent is None or parent.tag in _ENDS or parent.tag in _PARAGRAPHS:
            return
        if sizes.length(parent):
            if sizes.length(parent) > _LONGEST:
                return
            text = text_of(parent).strip()
            below = list(islice((c for c in parent if isinstance(c.tag, str) and text_of(c).strip()), 3))
            if (
                _SHORTEST <= len(text) <= _LONGEST
                and parent.tag == "div"
                and (len(below) == 1 or (len(below) == 2 and len(text_of(below[1]).strip()) <= _CREDIT))
                and below[0].tag in _TEXTS
                and next((e for e in element.itersiblings() if _has_content(e)), None) is below[0]
                and not (parent.text or "").strip()
                and next(below[0].iter("a", "button", "h1", "h2", "h3", "h4", "img", "li"), None) is None
            ):
                parent.tag, below[0].tag = "figure", "figcaption"
                for credit in below[1:]:
                    below[0].append(credit)
            return
        element = parent


@lru_cache(8192)  # pages and sites use the same classes again and again
def _is_caption_class(classes: str) -> bool:
    return _CAPTION.search(classes) is not None and not _NO_CAPTION.search(classes)


def _is_caption(element: etree._Element) -> bool:
    if element.tag != "figcaption":
        if not element.attrib:
            return False
        if not _is_caption_class(f"{element.get('class') or ''} {element.get('data-testid') or ''}"):
            return False
    if any(ancestor.tag == "figcaption" for ancestor in element.iterancestors()):
        return False
    if next(element.iter(*_IMAGES), None) is not None:
        return False
    return 0 < len(text_of(element).strip()) <= _LONGEST


def _holder(caption: etree._Element, sizes: _Sizes) -> etree._Element | None:
    """The element that has a caption, its image and little else, or None."""
    length = len(_squeezed(caption))
    element = caption
    for _ in range(_LEVELS):
        parent = element.getparent()
        if parent is None or parent.tag in _ENDS:
            return _wrapped(element)
        if sizes.has_image(parent):
            if sizes.length(parent) - length <= _BESIDES or parent.tag == "figure":
                return parent
            return _wrapped(element)
        element = parent
    return None


def _wrapped(caption: etree._Element) -> etree._Element | None:
    """A new element around a caption and the image right before or after it, or None without an image."""
    parent = caption.getparent()
    for neighbour in (caption.getprevious(), caption.getnext()):
        if parent is None or neighbour is None or not isinstance(neighbour.tag, str):
            continue
        holds_image = neighbour.tag in _IMAGES or next(neighbour.iter(*_IMAGES), None) is not None
        if holds_image and neighbour.tag != "figure" and len(_squeezed(neighbour)) <= _BESIDES:
            first = min(neighbour, caption, key=parent.index)
            holder = parent.makeelement("div", {}, None)
            parent.insert(parent.index(first), holder)
            for part in (neighbour, caption):
                tail, part.tail = part.tail, None
                holder.append(part)
                holder.tail = (holder.tail or "") + (tail or "")
            return holder
    return None


def _inside(item: etree._Element) -> etree._Element:
    """A new element with all that an item of a list contains; the list keeps its item."""
    box = item.makeelement("div", {}, None)
    box.text, item.text = item.text, None
    box.extend(item)
    item.append(box)
    return box


def _squeezed(element: etree._Element) -> str:
    return "".join(text_of(element).split())


def is_described(figure: etree._Element, page_image: str | None) -> bool:
    """Whether a figure has a caption, or its image is the page's (``page_image``, from og:image)."""
    caption = next(figure.iter("figcaption"), None)
    if caption is not None and len(text_of(caption).strip()) >= 3:
        return True
    name = _file_name(page_image or "")
    return bool(name) and any(_file_name(i.get("src") or "") == name for i in figure.iter("img"))


def is_only_figure(element: etree._Element) -> bool:
    """Whether an element has a figure with its caption and little else, whatever its class says."""
    captions = sum(len(_squeezed(caption)) for caption in element.iter("figcaption"))
    return bool(captions) and len(_squeezed(element)) - captions <= _BESIDES // 2


def _file_name(address: str) -> str:
    base = re.split(r"[?#]", address)[0].rstrip("/").rpartition("/")[2]
    return base.rpartition(".")[0] or base
