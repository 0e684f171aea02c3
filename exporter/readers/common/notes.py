"""Notes of a page: the marks in its text, and the content of the notes anywhere on the page.

`detach` processes the whole page before anything else is removed from it. Each mark becomes a ``sup`` with
the key of its note in the attribute `MARK`, which survives copying; the notes are removed from the tree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from urllib.parse import unquote, urlsplit

import msgspec
from lxml import etree

from exporter.readers.common import note_lists
from exporter.readers.common.markup import drop, text_of

MARK = "data-exporter-note"
"""The attribute of a mark: the key of its note. `Definitions.notes` lacks it if the page has no such note."""

_SAID = re.compile(
    r"\b(?:(?:foot|end|side)-?notes?|note|fn|ftn|foot)(?:-?ref(?:erence)?)?\b|\breferences?\b|\bcitation\b",
    re.I,
)
_ASIDES = frozenset(
    f"{kind}{part}"
    for kind in ("sidenote", "sidenotes", "marginnote", "footnote", "inlinefootnote", "ltxnote")
    for part in ("", "content", "text", "body", "outer")
) - {"footnote", "inlinefootnote", "ltxnote", "ltxnotecontent"}
_NAMES = ("fn", "ftn", "foot", "cite_note", "cite-note", "note", "endnote", "edn", "sdfootnote", "sdendnote")
_BRACKETS = " \t\r\n\xa0[](){}."
_SYMBOLS = frozenset("*†‡§¶‖⁂#")
_BLOCKS = frozenset(("p", "li", "div", "dd", "dt", "aside", "section", "blockquote"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_WRAPS = frozenset(("sup", "span", "small", "b", "strong", "em", "i", "font", "label", "cite", "a"))
_LONGEST_LABEL = 10
_MOST_ELEMENTS = 500
"""Maximum number of elements of a note."""
_LEVELS = 4
_MOST_PARTS = 50
_MOST_BEFORE = 8
"""Maximum number of elements before the first word of a note."""


class Definitions(msgspec.Struct, frozen=True):
    """The notes of a page by key, each as its elements; ``lists`` has the number of the list each note was
    in."""

    notes: dict[str, tuple[etree._Element, ...]] = {}
    lists: dict[str, int] = {}


class _Mark(msgspec.Struct, frozen=True):
    anchor: etree._Element
    key: str
    label: str
    is_said: bool
    is_own: bool
    """Whether the link is within this page: it has no path, or one of the page's addresses."""


def detach(root: etree._Element, addresses: Iterable[str | None] = ()) -> Definitions:
    """Remove the notes from the page, in place, and return them; their marks have their keys.

    ``addresses`` are those of the page, and the name of its file: links to parts of the page may begin with
    them.
    """
    page = _Page(root, frozenset(_own(addresses)))
    by_mark: dict[str, tuple[etree._Element, ...]] = {}
    for mark in page.marks:
        if not page.lists.contains(mark.anchor):
            page.resolve(mark, by_mark, may_miss=True)
    within = {element for parts in by_mark.values() for part in parts for element in part.iter("a")}
    for mark in page.marks:
        # If everything is in an element named like a list of notes, the name means nothing.
        if not by_mark or (mark.anchor in within and mark.is_said):
            page.resolve(mark, by_mark, may_miss=False)
    lists: dict[etree._Element | None, int] = {}
    numbers = {key: lists.setdefault(parts[0].getparent(), len(lists)) for key, parts in by_mark.items()}
    emptied = note_lists.with_empty_lists((part for parts in by_mark.values() for part in parts), page.lists)
    for key, parts in by_mark.items():
        for part in parts:
            _unlabel(part, page.back, key)
            for name in ("hidden", "style"):
                part.attrib.pop(name, "")  # a note that is shown on hovering over its mark
        _cut_label(parts[0], page.labels[key])
    for element in emptied:
        drop(element)
    for element in page.asides:
        if found_aside := _aside(element, len(by_mark)):
            by_mark[found_aside] = (element,)
            numbers[found_aside] = len(lists) + len(by_mark)
    return Definitions(by_mark, numbers)


def _own(addresses: Iterable[str | None]) -> Iterator[str]:
    for address in filter(None, addresses):
        whole = address.partition("#")[0]
        yield from (whole, unquote(whole))
        try:
            path = unquote(urlsplit(whole).path)
        except ValueError:
            continue
        yield from (path, path.replace("\\", "/").rpartition("/")[2])


class _Page:
    """One pass over a page, which collects its marks, the targets of links, and sidenotes."""

    def __init__(self, root: etree._Element, addresses: Collection[str]) -> None:
        self.lists = note_lists.NoteLists(root)
        note_lists.link_numbers(root, self.lists)
        self.marks: list[_Mark] = []
        self.asides: list[etree._Element] = []
        self.back: set[str] = set()
        """Targets of the links from notes back to their marks."""
        self.labels: dict[str, str] = {}
        self._targets: dict[str, list[etree._Element]] = {}
        self._answers: dict[str, list[etree._Element]] = {}
        self._blocks: dict[str, tuple[etree._Element, ...] | None] = {}
        for element in root.iter(etree.Element):
            element.attrib.pop(MARK, "")
            for name in ("id", "name") if element.tag == "a" else ("id",):
                if (key := element.get(name)) and element.tag != "input":
                    self._targets.setdefault(key, []).append(element)
            if element.tag in ("a", "label"):
                self._link(element, addresses)
            elif element.tag in ("span", "small") and _is_aside(element):
                self.asides.append(element)
        self._counts: Counter[etree._Element] = Counter()
        for key in dict.fromkeys(mark.key for mark in self.marks):
            for target in self._targets.get(key, [])[:1]:
                self._counts.update((target, *target.iterancestors()))
        self._marked: Counter[etree._Element] = Counter()
        for mark in self.marks:
            self._marked.update(mark.anchor.iterancestors())

    def _link(self, anchor: etree._Element, addresses: Collection[str]) -> None:
        path, _, key = (anchor.get("href") or "").strip().partition("#")
        parent = anchor.getparent()
        key = key or anchor.get("for") or ("" if parent is None else parent.get("data-definition") or "")
        label = _label(anchor)
        if not key or not label:
            return
        if key not in self._targets and "%" in key:
            key = unquote(key)
        if "ref" in key and len(self._answers.setdefault(key.replace("ref", "", 1), [])) < 2:
            self._answers[key.replace("ref", "", 1)].append(anchor)
        is_own = not path or unquote(path) in addresses
        is_named = _is_named(key)
        is_said = _is_raised(anchor) or is_named or any(_SAID.search(words) for words in _words(anchor))
        if is_said or label.isdigit() or set(label) <= _SYMBOLS:
            self.marks.append(_Mark(anchor, key, label, is_said, is_own))

    def resolve(self, mark: _Mark, by_mark: dict[str, tuple[etree._Element, ...]], *, may_miss: bool) -> None:
        """Resolve the target of a mark: a note, or none if it is missing from the page."""
        if mark.key not in self._blocks:
            self._blocks[mark.key] = self._parts(mark)
        parts = self._blocks[mark.key]
        if parts is None:
            is_clear = (
                may_miss
                and mark.is_said
                and mark.is_own
                and (mark.label.isdigit() or set(mark.label) <= _SYMBOLS)
            )
            if (
                is_clear
                and mark.key not in self._targets
                and (_is_named(mark.key) or _is_raised(mark.anchor))
            ):
                _rewrite(mark)
            return
        if any(a in parts for a in mark.anchor.iterancestors()) or not self._agree(mark, parts):
            return
        by_mark[mark.key] = parts
        self.labels.setdefault(mark.key, mark.label)
        self.back.update(_ids(mark.anchor))
        _rewrite(mark)

    def _agree(self, mark: _Mark, parts: tuple[etree._Element, ...]) -> bool:
        """Whether a mark and its target look like those of a note."""
        ids = set(_ids(mark.anchor))
        links = (link for part in parts for link in part.iter("a"))
        is_mutual = any((a.get("href") or "").partition("#")[2] in ids for a in links)
        if not mark.is_own and not is_mutual:
            return False
        holder = mark.anchor.getparent()
        is_referenced = holder is not None and holder.get("data-definition") == mark.key
        if is_mutual or is_referenced or self.lists.contains(parts[0]):
            return True
        text = text_of(parts[0]).lstrip(_BRACKETS)
        is_same = text.startswith(mark.label) and not text[len(mark.label) :][:1].isdigit()
        return mark.is_said and (is_same or _is_named(mark.key))

    def _parts(self, mark: _Mark) -> tuple[etree._Element, ...] | None:
        for target in self._targets.get(mark.key) or self._answers.get(mark.key, []):
            if target is not mark.anchor and (parts := self._note(target, mark.label)):
                return parts
        return None

    def _note(self, target: etree._Element, label: str) -> tuple[etree._Element, ...] | None:
        """The elements of the note that begins at ``target``, or None."""
        block = target
        while block.tag not in _BLOCKS and block.tag not in _HEADINGS:
            parent = block.getparent()
            if parent is None or not _opens(block):
                return None
            block = parent
        if self._counts[block] > 1 and block.tag in ("p", "div"):
            block = self._split(block, target)
        if text_of(block).strip(_BRACKETS) == label and block.getnext() is not None:
            if block.tag != "dt" and (parent := self._around(block)) is not None:
                block = parent
            else:
                return (block, *self._following(block))
        while (parent := self._around(block)) is not None:
            block = parent
        if block.tag in _HEADINGS or sum(1 for _ in islice(block.iter(), _MOST_ELEMENTS)) == _MOST_ELEMENTS:
            return None
        is_list = self.lists.contains(block)
        if not text_of(block).strip() or (not is_list and next(block.iter(*_HEADINGS), None) is not None):
            return None
        return (block,)

    def _split(self, block: etree._Element, target: etree._Element) -> etree._Element:
        """Split a paragraph of several notes, each after a line break; return the part with ``target``."""
        part = block
        for child in list(block):
            before = child.getprevious()
            is_next = before is not None and before.tag == "br" and not (before.tail or "").strip()
            if is_next and self._counts[child]:
                following = block.makeelement("p", {}, None)
                part.addnext(following)
                following.tail, part.tail = part.tail, None
                part = following
                self._counts[part] = 1
            if part is not block:
                part.append(child)
        if part is not block:
            self._counts[block] = 1
        return next((a for a in target.iterancestors("p", "div") if self._counts[a] == 1), block)

    def _around(self, block: etree._Element) -> etree._Element | None:
        """The element around a block that contains only this note, if there is one."""
        parent = block.getparent()
        if parent is None or parent.tag not in ("li", "dd", "div", "aside") or not _opens(block):
            return None
        is_one = self._counts[parent] <= 1 and self._marked[parent] <= 1
        return parent if is_one and (parent.tag == "li" or self.lists.contains(parent)) else None

    def _following(self, block: etree._Element) -> Iterator[etree._Element]:
        """The siblings after a block with only the number of a note, up to the next number."""
        for element in islice(block.itersiblings(etree.Element), _MOST_PARTS):
            if element.tag in ("hr", "dt", *_HEADINGS) or self._counts[element]:
                return
            yield element


def _label(anchor: etree._Element) -> str:
    """The number or sign of a mark; empty for other links."""
    if sum(1 for _ in islice(anchor.iter(), 12)) == 12:
        return ""
    label = text_of(anchor).strip(_BRACKETS)
    if not 0 < len(label) <= _LONGEST_LABEL or note_lists.is_arrow(label):
        return ""
    if any(char.isdigit() for char in label) or set(label) <= _SYMBOLS:
        return label
    return label if len(label) <= 3 and label.isalpha() else ""


def _is_named(key: str) -> bool:
    name = key.casefold().lstrip("_").removeprefix("user-content-").removeprefix("easy-")
    return name.startswith(_NAMES) and "ref" not in name and any(char.isdigit() for char in name)


def _is_raised(anchor: etree._Element) -> bool:
    around = islice(anchor.iterancestors(), 3)
    return (
        anchor.find(".//sup") is not None
        or any(element.tag == "sup" for element in around)
        or "super" in (anchor.get("style") or "")
    )


def _words(anchor: etree._Element) -> Iterator[str]:
    """The words in the attributes of an anchor and of the element around it."""
    for element in (anchor, anchor.getparent()):
        if element is not None and element.tag in _WRAPS:
            yield note_lists.words(element)


def _ids(anchor: etree._Element) -> Iterator[str]:
    """The ids that the link back of a note may use for its mark."""
    for element in (anchor, *islice(anchor.iterancestors(), 3)):
        if element.tag in _WRAPS:
            yield from filter(None, (element.get("id"), element.get("name")))
    before = anchor.getprevious()
    if before is not None and isinstance(before.tag, str) and before.tag in ("a", "span"):
        yield from filter(None, (before.get("id"), before.get("name")))


def _opens(element: etree._Element) -> bool:
    """Whether an element is the first in its parent, except for a number."""
    text = ""
    sibling = element.getprevious()
    for _ in range(_LEVELS):
        if sibling is None:
            break
        if sibling.tag in ("hr", "img", "table", *_HEADINGS):
            return False
        text += (text_of(sibling) if isinstance(sibling.tag, str) else "") + (sibling.tail or "")
        sibling = sibling.getprevious()
    parent = element.getparent()
    text += "" if parent is None else parent.text or ""
    return sibling is None and len(text.strip(_BRACKETS)) <= 3


def _rewrite(mark: _Mark) -> None:
    """Turn a link into a mark: a ``sup`` with only its number."""
    element = mark.anchor
    for _ in range(_LEVELS):
        parent = element.getparent()
        if parent is None or parent.tag not in _WRAPS or MARK in parent.attrib:
            break
        others = [e for e in islice(parent, 3) if e is not element]
        inner = (e.text for e in others if isinstance(e.tag, str))
        rest = (parent.text, element.tail, *inner, *(e.tail for e in others))
        if len(parent) > 3 or any((text or "").strip(_BRACKETS) for text in rest):
            break
        element = parent
    text, tail = text_of(element).strip(), element.tail
    for child in list(element):
        element.remove(child)
    element.attrib.clear()
    element.tag, element.text, element.tail = "sup", text, tail
    element.set(MARK, mark.key)


def _unlabel(note: etree._Element, back: Collection[str], key: str) -> None:
    """Remove the links back to the mark from a note."""
    for element in list(note.iter("a", "span")):
        fragment = (element.get("href") or "").partition("#")[2]
        leads_back = fragment in back or (fragment and fragment.replace("ref", "", 1) == key)
        if element is not note and (
            note_lists.is_backlink(element) or (leads_back and len(text_of(element)) <= 30)
        ):
            drop(element)


def _cut_label(note: etree._Element, label: str) -> None:
    """Remove the number at the beginning of a note."""
    steps = etree.iterwalk(note, events=("start", "end"))
    for event, element in islice(steps, 2 * _MOST_BEFORE):
        is_text = event == "start"
        text = ((element.text if is_text else element.tail) or "").lstrip()
        if not text or (element is note and not is_text):
            continue
        is_alone = is_text and element is not note and element.tag in _WRAPS and not len(element)
        if is_alone and text.strip(_BRACKETS + "^:") == label:
            element.text = ""
            continue
        text = _cut(text, label, note.tag == "li")
        if is_text:
            element.text = text
        else:
            element.tail = text
        return


def _cut(text: str, label: str, is_item: bool) -> str:
    bare = text.lstrip(_BRACKETS + "^")
    if not bare.startswith(label):
        return text.lstrip(" .]):^\xa0") if text[:1] in "].):^" else text
    rest = bare[len(label) :]
    if rest[:1] in ("]", ")", ".", ":"):
        return rest.lstrip(_BRACKETS + ":")
    return rest.lstrip() if rest[:1].isspace() and not is_item else text


def _is_aside(element: etree._Element) -> bool:
    names = (element.get("class") or "").casefold().replace("-", "").replace("_", "").split()
    return not _ASIDES.isdisjoint(names)


def _aside(element: etree._Element, number: int) -> str | None:
    """Turn a sidenote within a paragraph into a note, and return its key.

    None if it is the second copy of a note or has no text.
    """
    parent = element.getparent()
    if parent is None or not text_of(element).strip():
        return None
    before = element.getprevious()
    while before is not None and before.tag == "input" and not (before.tail or "").strip():
        before = before.getprevious()
    if before is not None and (before.tail or "").strip():
        before = None
    if (before is not None and before.get(MARK)) or "footnotemark" in (parent.get("class") or ""):
        drop(element)
        return None
    key = f"aside-{number}"
    if before is not None and before.tag in ("label", "sup", "a") and len(text_of(before)) <= _LONGEST_LABEL:
        mark = before
    else:
        mark = parent.makeelement("sup", {}, None)
        element.addprevious(mark)
    label = text_of(mark).strip(_BRACKETS)
    if before is None and len((parent.text or "").strip()) <= 3 and parent.tag == "span":
        label, parent.text = (parent.text or "").strip(), ""
    _rewrite(_Mark(mark, key, label, True, True))
    drop(element)
    element.attrib.clear()
    if label or (label := text_of(element).strip(_BRACKETS).partition(" ")[0].strip(_BRACKETS)).isdigit():
        _cut_label(element, label)
    return key
