"""Notes whose marks are no links: a raised number in the text, the same number before the note."""

from __future__ import annotations

from itertools import islice, zip_longest

from lxml import etree

from exporter.readers.common import elements, note_lists
from exporter.readers.common.markup import text_of

_BLOCKS = frozenset(("p", "li", "dd", "div"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BRACKETS = " \t\r\n\xa0[](){}."
_LONGEST = 3
_LEVELS = 3
_MOST_BETWEEN = 20
"""Elements of one note."""


def link(root: etree._Element, lists: note_lists.Lists) -> None:
    """Make links of the raised numbers in the text, in place, where there is one note for each of them
    and one of them for each note; else leave all as it is."""
    below = _below_rules(root)
    notes: dict[str, etree._Element] = {}
    for element in root.iter("sup", "strong", "b"):
        block = _opened(element)
        if block is not None and (label := _number(element)):
            is_note = "footnote" in (block.get("class") or "") or lists.hold(block) or block in below
            if is_note and label not in notes:
                notes[label] = block
    for items in root.iter("ol"):
        is_aside = items.get("start") is not None and next(items.iterancestors("aside"), None) is not None
        if is_aside or lists.hold(items):
            for number, item in enumerate(items.iterchildren("li"), elements.start(items)):
                notes.setdefault(str(number), item)
    marks: dict[str, list[etree._Element]] = {}
    for element in root.iter("sup") if notes else ():
        label = _number(element)
        is_linked = element.find(".//a") is not None or next(element.iterancestors("a"), None) is not None
        if label in notes and not is_linked and notes[label] not in element.iterancestors():
            marks.setdefault(label, []).append(element)
    if not notes or marks.keys() != notes.keys() or any(len(found) > 1 for found in marks.values()):
        return
    gathered = [
        _gather(block, following) if block in below or lists.hold(block) else block
        for block, following in zip_longest(notes.values(), islice(notes.values(), 1, None))
    ]
    for label, note in zip(notes, gathered, strict=True):
        (mark,) = marks[label]
        if not note.get("id"):
            note.set("id", f"fn-loose-{label}")
        anchor = mark.makeelement("a", {"href": f"#{note.get('id')}"}, None)
        anchor.text = text_of(mark).strip()
        for child in list(mark):
            mark.remove(child)
        mark.text = None
        mark.append(anchor)


def _number(element: etree._Element) -> str:
    if sum(1 for _ in islice(element.iter(), 4)) == 4:
        return ""
    label = text_of(element).strip(_BRACKETS)
    return label if len(label) <= _LONGEST and label.isdecimal() else ""


def _opened(element: etree._Element) -> etree._Element | None:
    """The block that an element begins."""
    for _ in range(_LEVELS):
        parent = element.getparent()
        if parent is None or element.getprevious() is not None or (parent.text or "").strip():
            return None
        if parent.tag in _BLOCKS:
            return parent
        element = parent
    return None


def _below_rules(root: etree._Element) -> set[etree._Element]:
    """What follows the last rule among its siblings."""
    rules = {rule.getparent(): rule for rule in root.iter("hr")}
    return {element for rule in rules.values() for element in rule.itersiblings(etree.Element)}


def _gather(block: etree._Element, following: etree._Element | None) -> etree._Element:
    """One element of a note with what is between it and the next."""
    if block.tag == "li" or following is None:
        return block
    between = list(islice(block.itersiblings(), _MOST_BETWEEN))
    if following not in between:
        return block
    between = between[: between.index(following)]
    if not between or any(element.tag in _HEADINGS for element in between):
        return block
    holder = block.makeelement("div", {}, None)
    block.addprevious(holder)
    holder.extend((block, *between))
    return holder
