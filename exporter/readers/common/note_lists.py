"""Lists of notes: the elements that belong to one, and what to remove with its notes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice, zip_longest

from lxml import etree

from exporter.readers.common import elements, note_lists
from exporter.readers.common.markup import text_of

_LIST = re.compile(
    r"\b(?:foot-?notes?|end-?notes?|foot-?defs?|references|reflist|doc-endnotes|notes)\b|\bfootnote", re.I
)
_BACK = re.compile(
    r"\b(?:(?:foot-?)?note-?back-?(?:ref|link)?|back-?ref|reversefootnote|backlink|doc-backlink|to-top)\b",
    re.I,
)
_TITLES = frozenset(
    [
        *("notes", "footnotes", "endnotes", "references", "references and notes", "notes and references"),
        *("sidenotes", "sources", "citations", "anmerkungen", "fußnoten", "einzelnachweise", "quellen"),
        *("belege", "nachweise", "notes et références", "références", "notas", "referencias", "referências"),
        *("note", "riferimenti", "noten", "voetnoten", "fotnoter", "noter", "przypisy", "примечания"),
        *("сноски", "脚注", "注釈", "注", "注释", "註釋", "参考文献", "각주", "주석"),
    ]
)
_HOLDERS = frozenset(("ol", "ul", "div", "section", "dl", "aside", "footer"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NEIGHBOURS = frozenset(("hr", *_HEADINGS))
"""Elements that a list of notes may contain besides the notes."""
_TEXTS = frozenset(("p", "ul", "ol", "dl", "blockquote", "pre", "figure"))
_ARROWS = frozenset("↩↑^⏎↵⇧⬆⤴\ufe0e\ufe0f\xa0 ")
_LISTS = frozenset((*_HOLDERS, "li", "dd", "details", "table", "tbody", "tr", "td"))
_LONGEST_TITLE = 60


def words(element: etree._Element) -> str:
    """The words in the attributes of an element that describe it."""
    names = ("class", "role", "id", "rel", "rev", "data-type", "epub:type", "data-component-name")
    said = " ".join(element.get(name) or "" for name in names)
    return said.replace("_", "-") + (" footnotes" if element.get("data-footnotes") is not None else "")


def is_arrow(text: str) -> bool:
    return bool(text.strip()) and set(text) <= _ARROWS


def is_backlink(element: etree._Element) -> bool:
    """Whether an element is a link from a note back to its mark, or contains only these links."""
    said = f"{element.get('class') or ''} {element.get('role') or ''} {element.get('rev') or ''}"
    if element.tag != "a":
        return "backlink" in said and len(text_of(element)) <= _LONGEST_TITLE
    if not (element.get("href") or "").startswith("#"):
        return False
    return bool(_BACK.search(said)) or is_arrow(text_of(element))


class NoteLists:
    """Decides which elements of a page are in a list of notes, or are one; results are kept."""

    def __init__(self, root: etree._Element) -> None:
        self._known: dict[etree._Element, bool] = {}
        self.titled: list[tuple[etree._Element, list[etree._Element]]] = []
        """Headings such as "Notes", each with the elements below it."""
        for heading in root.iter(*_HEADINGS):
            if text_of(heading).strip(" \t\r\n\xa0:[]¶#").casefold() in _TITLES:
                self._title(heading)

    def _title(self, heading: etree._Element) -> None:
        holder = heading.getparent()
        title = heading
        if (
            holder is not None
            and holder.tag in ("div", "header")
            and holder[0] is heading
            and len(holder) <= 2
        ):
            title = holder  # with a link for editing the section
        below: list[etree._Element] = []
        for element in title.itersiblings(etree.Element):
            if element.tag in _HEADINGS or element.tag in ("article", "main"):
                break
            if next(element.iter("h1", "h2"), None) is not None:
                break
            below.append(element)
        if below:
            self.titled.append((title, below))
            self._known.update(dict.fromkeys(below, True))

    def contains(self, element: etree._Element) -> bool:
        removed: list[etree._Element] = []
        has_label = False
        for holder in (element, *element.iterancestors()):
            if holder in self._known:
                has_label = self._known[holder]
                break
            removed.append(holder)
        for holder in reversed(removed):
            has_label = has_label or _is_list(holder)
            self._known[holder] = has_label
        return has_label


def _is_list(element: etree._Element) -> bool:
    if element.tag not in _LISTS or not _LIST.search(words(element)):
        return False
    return element.tag == "footer" or next(element.iter("h1"), None) is None


def with_empty_lists(notes: Iterable[etree._Element], lists: NoteLists) -> list[etree._Element]:
    """The notes, with the lists, sections, headings and rules that are empty without them."""
    out = dict.fromkeys(notes)
    left: dict[etree._Element, int] = {}  # number of other children of a list or section
    for note in list(out):
        holder = note.getparent()
        while holder is not None and holder.tag in _HOLDERS and holder not in out:
            if holder not in left:
                left[holder] = sum(1 for child in holder if _counts(child) and child not in out)
            if left[holder] or (holder.text or "").strip() or not lists.contains(holder):
                break
            out[holder] = None
            holder = holder.getparent()
            if holder in left:
                left[holder] -= 1
    for title, below in lists.titled:
        rest = [element for element in below if element not in out]
        if len(rest) < len(below) and not any(_counts(e) and _is_text(e) for e in rest):
            out[title] = None
    for element in list(out):
        before = element.getprevious()
        if before is not None and before.tag == "hr" and not (before.tail or "").strip():
            following = next((e for e in element.itersiblings(etree.Element) if e not in out), None)
            if following is None or not _counts(following):
                out[before] = None
    return list(out)


def _is_text(element: etree._Element) -> bool:
    """Whether an element reads as part of the article, and not as a box below it."""
    return element.tag in _TEXTS or any(text_of(p).strip() for p in element.iter("p"))


def _counts(child: etree._Element) -> bool:
    if child.tag in _NEIGHBOURS or not isinstance(child.tag, str):
        return bool((child.tail or "").strip())
    return bool(
        text_of(child).strip() or (child.tail or "").strip() or next(child.iter("img"), None) is not None
    )


# -- Notes with marks that are not links: a raised number in the text, and before the note.


_BLOCKS = frozenset(("p", "li", "dd", "div"))
_BRACKETS = " \t\r\n\xa0[](){}."
_LONGEST = 3
_LEVELS = 3
_MOST_BETWEEN = 20
"""Maximum number of elements of a note."""


def link_numbers(root: etree._Element, lists: note_lists.NoteLists) -> None:
    """Turn the raised numbers in the text into links, in place.

    There must be exactly one note for each number and one number for each note; otherwise nothing changes.
    """
    below = _below_rules(root)
    notes: dict[str, etree._Element] = {}
    for element in root.iter("sup", "strong", "b"):
        block = _opened(element)
        if block is not None and (label := _number(element)):
            is_note = "footnote" in (block.get("class") or "") or lists.contains(block) or block in below
            if is_note and label not in notes:
                notes[label] = block
    for items in root.iter("ol"):
        is_aside = items.get("start") is not None and next(items.iterancestors("aside"), None) is not None
        if is_aside or lists.contains(items):
            for number, item in enumerate(items.iterchildren("li"), elements.list_start(items)):
                notes.setdefault(str(number), item)
    marks: dict[str, list[etree._Element]] = {}
    for element in root.iter("sup") if notes else ():
        label = _number(element)
        is_linked = element.find(".//a") is not None or next(element.iterancestors("a"), None) is not None
        if label in notes and not is_linked and notes[label] not in element.iterancestors():
            marks.setdefault(label, []).append(element)
    if not notes or marks.keys() != notes.keys() or any(len(targets) > 1 for targets in marks.values()):
        return
    gathered = [
        _gather(block, following) if block in below or lists.contains(block) else block
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
    """The block that begins with an element."""
    for _ in range(_LEVELS):
        parent = element.getparent()
        if parent is None or element.getprevious() is not None or (parent.text or "").strip():
            return None
        if parent.tag in _BLOCKS:
            return parent
        element = parent
    return None


def _below_rules(root: etree._Element) -> set[etree._Element]:
    """The siblings after the last rule."""
    rules = {rule.getparent(): rule for rule in root.iter("hr")}
    return {element for rule in rules.values() for element in rule.itersiblings(etree.Element)}


def _gather(block: etree._Element, following: etree._Element | None) -> etree._Element:
    """Combine the elements of a note, up to the next note, in one element."""
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
