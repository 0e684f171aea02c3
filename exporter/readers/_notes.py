"""Footnotes of a page: marks that point into a list at its end, and what the list says."""

from __future__ import annotations

import re

import msgspec
from lxml import etree

from exporter.readers._markup import text_of

_LIST = re.compile(r"\b(?:foot-?notes?|end-?notes?|references|reflist|doc-endnotes|notes)\b", re.I)
_REFERENCE = re.compile(r"\b(?:foot-?note-?ref|note-?ref|doc-noteref)\b", re.I)
_BACK = re.compile(r"\b(?:foot-?note-?back-?(?:ref|link)?|reversefootnote|backlink|doc-backlink)\b", re.I)
_ARROWS = frozenset("↩↑^⏎↵⇧⬆\ufe0e\ufe0f\xa0 ")


class Definitions(msgspec.Struct, frozen=True):
    """The notes by id, and the elements that hold them: not to be walked in their place."""

    elements: dict[str, etree._Element]
    consumed: frozenset[etree._Element]

    def reference(self, element: etree._Element) -> str | None:
        """The key of the note that ``element``, a mark in the text, stands for; None for others."""
        if not self.elements:
            return None
        anchor = element
        if element.tag != "a":
            inside = element.findall(".//a")
            if len(inside) != 1:
                return None
            anchor = inside[0]
        key = (anchor.get("href") or "").removeprefix("#")
        return key if key in self.elements and _is_mark(anchor) else None


def definitions(root: etree._Element) -> Definitions:
    """The notes under ``root`` that a mark points to."""
    marks = {
        href[1:]: None
        for anchor in root.iter("a")
        if (href := anchor.get("href") or "").startswith("#") and len(href) > 1 and _is_mark(anchor)
    }
    if not marks:
        return Definitions({}, frozenset())
    elements: dict[str, etree._Element] = {}
    for element in root.iter("li", "p", "div", "aside", "dd"):
        key = element.get("id") or ""
        if key in marks and key not in elements and _is_definition(element):
            elements[key] = element
    consumed: set[etree._Element] = set(elements.values())
    for element in elements.values():
        consumed |= _emptied(element, consumed)
    return Definitions(elements, frozenset(consumed))


def is_backlink(anchor: etree._Element) -> bool:
    """Whether a link leads from a note back to its mark."""
    if not (anchor.get("href") or "").startswith("#"):
        return False
    words = f"{anchor.get('class') or ''} {anchor.get('role') or ''} {anchor.get('rev') or ''}"
    text = text_of(anchor)
    return bool(_BACK.search(words)) or (bool(text.strip()) and set(text) <= _ARROWS)


def _is_mark(anchor: etree._Element) -> bool:
    words = f"{anchor.get('class') or ''} {anchor.get('role') or ''}"
    parent = anchor.getparent()
    around = ""
    if parent is not None:
        around = f"{parent.get('class') or ''} {parent.get('role') or ''}"
    text = text_of(anchor).strip("[]()* \n")
    raised = any(a.tag == "sup" for a in (anchor, *anchor.iterancestors(None)) if a is not None) or any(
        True for _ in anchor.iter("sup")
    )
    return (
        len(text) <= 6
        and (raised or bool(_REFERENCE.search(f"{words} {around}")))
        and not _BACK.search(words)
    )


def _is_definition(element: etree._Element) -> bool:
    for holder in (element, *element.iterancestors()):
        words = " ".join(
            holder.get(name) or "" for name in ("class", "role", "id", "{http://www.idpf.org/2007/ops}type")
        )
        if _LIST.search(words) or _LIST.search(holder.get("epub:type") or ""):
            return True
    return False


def _emptied(element: etree._Element, consumed: set[etree._Element]) -> set[etree._Element]:
    """The list, section and rule that hold nothing more once their notes are taken out."""
    out: set[etree._Element] = set()
    holder = element.getparent()
    while holder is not None and holder.tag in ("ol", "ul", "div", "section", "dl", "aside"):
        rest = [c for c in holder if c not in consumed and c not in out and isinstance(c.tag, str)]
        if (
            any(c.tag not in ("hr", "h1", "h2", "h3", "h4", "h5", "h6") for c in rest)
            or (holder.text or "").strip()
        ):
            break
        if holder.get("id") == "article" or not _is_definition(holder):
            break
        out.add(holder)
        before = holder.getprevious()
        if (
            before is not None
            and before.tag == "hr"
            and _LIST.search((before.get("class") or "").replace("-sep", ""))
        ):
            out.add(before)
        consumed |= out
        holder = holder.getparent()
    return out
