"""One article, one copy: pages that carry their text twice, for two layouts, or as a teaser and in full."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from lxml import etree

from exporter.readers.common.markup import drop
from exporter.readers.html._passages import Passage

_OPENING = 60
"""Characters by which two passages are one: a teaser is cut short."""
_SHORTEST = 40
_SHARE = 0.25
"""Share of the page's prose that has to be there twice."""
_COPIED = 0.8
"""Share of an element's prose by which it is a copy."""
_CUT = ("…", "...")

_Pair: TypeAlias = tuple[etree._Element, etree._Element]


def remove(top: etree._Element, passages_: Sequence[Passage]) -> bool:
    """Drop elements that hold what another holds more completely; whether any was dropped.

    What is dropped is the shorter of the two, then the hidden one, then the later one. A paragraph
    that an author repeats stays.
    """
    same_text: defaultdict[str, list[Passage]] = defaultdict(list)
    for passage in passages_:
        if passage.length >= _SHORTEST and 2 * passage.linked <= passage.length:
            same_text[passage.bare[:_OPENING]].append(passage)
    if not any(len(passages) > 1 for passages in same_text.values()):
        return False
    sizes = _sizes(top, passages_)
    shared: Counter[_Pair] = Counter()
    teasers: set[_Pair] = set()
    for first, *others in same_text.values():
        for other in others:
            if branches := _branches(first.element, other.element):
                shared[branches] += min(first.length, other.length)
                if first.element not in branches and other.element not in branches and _is_cut(first, other):
                    teasers.add(branches)
    dropped = False
    hidden = {passage.element for passage in passages_ if passage.is_hidden}
    for pair, length in shared.items():
        if length < _SHARE * sizes[top] and pair not in teasers:
            continue
        if length < _COPIED * min(sizes[element] for element in pair):
            continue
        if any(element.getparent() is None for element in pair):
            continue  # dropped before
        kept, lost = sorted(pair, key=lambda element: (-sizes[element], _is_hidden(element, hidden)))
        for element in (kept, *kept.iterancestors()):
            for name in ("hidden", "style"):
                element.attrib.pop(name, "")
        drop(lost)
        dropped = True
    return dropped


def _sizes(top: etree._Element, passages: Iterable[Passage]) -> Counter[etree._Element]:
    """Characters outside links by element."""
    sizes: Counter[etree._Element] = Counter()
    for passage in passages:
        if 2 * passage.linked > passage.length or passage.length < _SHORTEST:
            continue
        element: etree._Element | None = passage.element
        while element is not None:
            sizes[element] += passage.length
            element = None if element is top else element.getparent()
    return sizes


def _is_cut(one: Passage, other: Passage) -> bool:
    """Whether one of two passages is the beginning of the other."""
    return one.length != other.length and min(one, other, key=lambda p: p.length).bare.endswith(_CUT)


def _branches(one: etree._Element, other: etree._Element) -> _Pair | None:
    """The two elements below the nearest that holds both, each on the way to one of them; None
    where one holds the other, or both are single paragraphs side by side."""
    path = [one, *one.iterancestors()]
    known = {element: n for n, element in enumerate(path)}
    below: etree._Element | None = None
    for element in (other, *other.iterancestors()):
        if element in known:
            if known[element] == 0 or below is None:
                return None
            branch = path[known[element] - 1]
            return None if branch is one and below is other else (branch, below)
        below = element
    return None


def _is_hidden(element: etree._Element, hidden: set[etree._Element]) -> bool:
    return any(part in hidden for part in element.iter(etree.Element))
