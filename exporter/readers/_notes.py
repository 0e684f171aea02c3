"""Footnotes of a page: marks that point into a list at its end, and what the list says."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from lxml import etree

from exporter.readers._markup import text_of

_LIST = re.compile(r"\b(?:foot-?notes?|end-?notes?|references|reflist|doc-endnotes|notes)\b", re.I)
_REFERENCE = re.compile(r"\b(?:foot-?note-?ref|note-?ref|doc-noteref)\b", re.I)
_BACK = re.compile(r"\b(?:foot-?note-?back-?(?:ref|link)?|reversefootnote|backlink|doc-backlink)\b", re.I)
_HOLDERS = frozenset(("ol", "ul", "div", "section", "dl", "aside"))
_ASIDE = frozenset(("hr", "h1", "h2", "h3", "h4", "h5", "h6"))
"""What a list of notes may have besides them."""
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
    lists = _Lists()
    for element in root.iter("li", "p", "div", "aside", "dd"):
        key = element.get("id") or ""
        if key in marks and key not in elements and lists.hold(element):
            elements[key] = element
    return Definitions(elements, frozenset(_emptied(elements.values(), lists)))


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


class _Lists:
    """Which elements are in a list of notes, or are one; each is asked once."""

    def __init__(self) -> None:
        self._known: dict[etree._Element, bool] = {}

    def hold(self, element: etree._Element) -> bool:
        asked: list[etree._Element] = []
        found = False
        for holder in (element, *element.iterancestors()):
            if holder in self._known:
                found = self._known[holder]
                break
            asked.append(holder)
        for holder in reversed(asked):
            found = found or _is_list(holder)
            self._known[holder] = found
        return found


def _is_list(element: etree._Element) -> bool:
    names = ("class", "role", "id", "{http://www.idpf.org/2007/ops}type")
    words = " ".join(element.get(name) or "" for name in names)
    return bool(_LIST.search(words) or _LIST.search(element.get("epub:type") or ""))


def _emptied(notes: Iterable[etree._Element], lists: _Lists) -> set[etree._Element]:
    """The notes, with the lists, sections and rules that hold nothing more once these are taken out."""
    out = set(notes)
    left: dict[etree._Element, int] = {}  # what else is in a list or section
    for note in list(out):
        holder = note.getparent()
        while holder is not None and holder.tag in _HOLDERS and holder not in out:
            if holder not in left:
                rest = (c for c in holder if isinstance(c.tag, str) and c.tag not in _ASIDE and c not in out)
                left[holder] = sum(1 for _ in rest)
            if (
                left[holder]
                or (holder.text or "").strip()
                or holder.get("id") == "article"
                or not lists.hold(holder)
            ):
                break
            out.add(holder)
            before = holder.getprevious()
            if (
                before is not None
                and before.tag == "hr"
                and _LIST.search((before.get("class") or "").replace("-sep", ""))
            ):
                out.add(before)
            holder = holder.getparent()
            if holder in left:
                left[holder] -= 1
    return out
