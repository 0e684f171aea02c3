"""What is removed from a page and from its article: second copies, boilerplate, what does not belong.

Everything between the first and the last passage of the article stays unless a rule names it
boilerplate; before and after, only what reads as a part of the article does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeAlias

from lxml import etree

from exporter.readers.common import elements
from exporter.readers.common.markup import drop, text_of
from exporter.readers.html._passages import HEADINGS, Passage, bare, lengths
from exporter.readers.html._prose import Prose, is_boilerplate

WHOLE = frozenset(("p", "ul", "ol", "dl", "table", "blockquote", "li", "tbody", "tr", "td", "figure", "pre"))
PARTS = frozenset((*WHOLE, *HEADINGS, "div", "section", "article", "main", "header", "dd", "dt"))
_FRAMES = frozenset(("tbody", "tr", "td"))
"""Parts of a table that is a page's layout; the parts of other tables are not reached."""
_PICTURES = ("img", "picture", "svg", "video")
_MAX_SHARE = 0.3
"""Share of the chosen text that boilerplate may contain and still be left out."""
_LINKED = 0.4
"""Share of a text in links from which it is a list of links."""
_CARD = 300
"""Characters that a picture's few words may have."""
_LONG = 50
LOSS = 200
"""Characters from which a paragraph that is left out is a loss."""
LITTLE = 500
"""Characters below which the chosen text does not show where the article ends."""
_OPENING = 60
"""Characters by which two passages are compared: a teaser is cut short."""
_SHORTEST = 40
_SHARE = 0.25
"""Share of the page's prose that has to be there twice."""
_COPIED = 0.8
"""Share of an element's prose from which it is a copy."""
_CUT = ("…", "...")

_Pair: TypeAlias = tuple[etree._Element, etree._Element]


class Votes:
    """For each element, how many characters of the chosen passages are in it."""

    def __init__(self, top: etree._Element, chosen: Collection[Passage]) -> None:
        self.siblings: Counter[tuple[etree._Element | None, str]] = Counter()
        """How many elements of one name in one parent were chosen."""
        self.elements: set[etree._Element] = set()
        """The elements of the chosen passages."""
        for passage in chosen:
            self.siblings[passage.element.getparent(), str(passage.element.tag)] += 1
            self.elements.add(passage.element)
        self._lengths = lengths(top, chosen)
        self.total = self._lengths[top]

    def of(self, element: etree._Element) -> int:
        """Characters of the chosen passages in the element."""
        return self._lengths[element]


class Pruning:
    """Removes elements from a tree, each by a rule; ``disabled_rules`` remove nothing."""

    def __init__(self, votes: Votes, prose: Prose, disabled_rules: Iterable[str] = ()) -> None:
        self._votes, self._prose = votes, prose
        self._disabled = frozenset(disabled_rules)
        self.rules: dict[etree._Element, str] = {}
        """The removed elements, each with its rule."""

    def drop_boilerplate(self, top: etree._Element, kept: Iterable[etree._Element]) -> None:
        """Remove what is boilerplate by its markup, except ``kept`` and what holds much of the article."""
        if "boilerplate" in self._disabled:
            return
        votes, most = self._votes, _MAX_SHARE * self._votes.total
        spared = set(kept)
        matches = [
            element
            for element in top.iter(etree.Element)
            if element is not top
            and element not in spared
            and is_boilerplate(element)
            and votes.of(element) < most
            and (not votes.of(element) or 2 * self._prose.of(element) <= self._prose.total)
        ]
        # A site that calls each of its paragraphs a widget would lose all of them, one by one.
        lost = sum(votes.of(element) for element in matches)
        for element in matches:
            if lost < most or not votes.of(element):
                self._drop(element, "boilerplate")

    def prune(self, top: etree._Element, opens: Callable[[etree._Element], bool]) -> None:
        """Remove what does not belong to the article; ``opens`` says what may precede its text."""
        order = {element: n for n, element in enumerate(top.iter(etree.Element))}
        chosen = [order[e] for e in self._votes.elements if e in order and e is not top]
        first, last = (min(chosen), max(chosen)) if chosen else (0, len(order))
        if self._votes.total < LITTLE:
            first, last = 0, len(order)  # too little to tell the article from what is around it
        stack = [top]
        while stack:
            element = stack.pop()
            for child in list(element):
                if child not in order:
                    continue
                if not self._votes.of(child):
                    is_before = order[child] < first
                    if child.tag not in PARTS or (is_before and opens(child)):
                        continue
                    if is_before and any(map(opens, child.iterdescendants(etree.Element))):
                        stack.append(child)
                        continue
                    if rule := self._rule(child, first <= order[child] <= last):
                        self._drop(child, rule)
                        continue
                is_frame = child.tag in _FRAMES or (child.tag == "table" and elements.is_layout(child))
                if is_frame or child.tag not in WHOLE:
                    stack.append(child)

    def _rule(self, element: etree._Element, is_inside: bool) -> str | None:
        """The rule that removes an element that was not chosen; None if it belongs to the article."""
        text = bare(text_of(element))
        if not text:
            return None
        # A picture that links to a larger copy of itself does not lead elsewhere.
        linked = sum(
            len(bare(text_of(a))) for a in element.iter("a") if next(a.iter("figcaption"), None) is None
        )
        if element.tag == "figure" or any(a.tag == "figure" for a in element.iterancestors()):
            return "links" if linked > len(text) // 2 else None
        if len(text) <= _CARD and next(element.iter(*_PICTURES), None) is not None:
            return "links" if linked > len(text) // 2 else None
        if element.tag in HEADINGS:
            return self._rule_of_heading(element, is_inside)
        is_data = element.tag == "table" and next(element.iter("th"), None) is not None
        if linked > len(text) * _LINKED and not (is_inside and (is_data or element.tag == "p")):
            return "links"
        if is_inside or self._continues(element, text):
            return None
        return "outside"

    def _rule_of_heading(self, heading: etree._Element, is_inside: bool) -> str | None:
        if not is_inside:
            return "outside"
        following = next(
            (s for s in heading.itersiblings() if isinstance(s.tag, str) and text_of(s).strip()), None
        )
        if following is None or self._votes.of(following) or following.tag in HEADINGS:
            return None
        return self._rule(following, is_inside)

    def _continues(self, element: etree._Element, text: str) -> bool:
        """Whether an element outside the bounds is a long paragraph, or next to one of the article."""
        if element.tag in ("p", "blockquote") and len(text) >= LOSS:
            return True
        if element.tag != "p" or len(text) < _LONG:
            return False
        if self._votes.siblings[element.getparent(), "p"] < 2:
            return False
        neighbours = (element.getprevious(), element.getnext())
        return any(n is not None and n.tag == "p" and self._votes.of(n) for n in neighbours)

    def _drop(self, element: etree._Element, rule: str) -> None:
        if rule in self._disabled:
            return
        self.rules[element] = rule
        drop(element)


# -- Second copies -----------------------------------------------------------------------


def drop_copies(top: etree._Element, passages: Sequence[Passage]) -> bool:
    """Remove each element whose text another element has more completely; return whether there was one.

    Pages carry their text twice for two layouts, or as a teaser and in full. The shorter of the two is
    removed, of equal ones the hidden one, else the later one. A paragraph that an author repeats stays.
    """
    unlinked = [p for p in passages if p.length >= _SHORTEST and 2 * p.linked <= p.length]
    by_opening: defaultdict[str, list[Passage]] = defaultdict(list)
    for passage in unlinked:
        by_opening[passage.bare[:_OPENING]].append(passage)
    if len(by_opening) == len(unlinked):
        return False
    sizes = lengths(top, unlinked)
    shared: Counter[_Pair] = Counter()
    teasers: set[_Pair] = set()
    for first, *others in by_opening.values():
        for other in others:
            if branches := _branches(first.element, other.element):
                shared[branches] += min(first.length, other.length)
                if first.element not in branches and other.element not in branches and _is_cut(first, other):
                    teasers.add(branches)
    dropped = False
    hidden = {passage.element for passage in passages if passage.is_hidden}
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


def _is_cut(one: Passage, other: Passage) -> bool:
    """Whether the shorter of two passages is a teaser, cut short, of the other."""
    return one.length != other.length and min(one, other, key=lambda p: p.length).bare.endswith(_CUT)


def _branches(one: etree._Element, other: etree._Element) -> _Pair | None:
    """The two children of the nearest common ancestor, each an ancestor of one of them or itself; None
    where one contains the other, or both are children of one element."""
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
