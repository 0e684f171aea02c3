"""What is left out of the element that holds the article, and by which rule.

Everything between the first and the last passage of the article stays unless a rule names it
boilerplate; before and after, only what reads as a part of the article does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from lxml import etree

from exporter.readers.common import elements
from exporter.readers.common.markup import drop, text_of
from exporter.readers.html import _menus
from exporter.readers.html._choice import Prose
from exporter.readers.html._passages import HEADINGS, Passage, bare

WHOLE = frozenset(("p", "ul", "ol", "dl", "table", "blockquote", "li", "tbody", "tr", "td", "figure", "pre"))
PARTS = frozenset((*WHOLE, *HEADINGS, "div", "section", "article", "main", "header", "dd", "dt"))
_FRAMES = frozenset(("tbody", "tr", "td"))
"""Parts of a table that is a page's layout; those of others are not reached."""
_PICTURES = ("img", "picture", "svg", "video")
_MAX_SHARE = 0.3
"""Of what was chosen: what boilerplate may hold and be left out."""
_LINKED = 0.4
"""Share of a text in links by which it is a list of links."""
_CARD = 300
"""Characters that a picture with a few words may have."""
_LONG = 50
LOSS = 200
"""Characters from which a paragraph that is left out is a loss."""
LITTLE = 500
"""Characters below which what was chosen says little of where the article ends."""


class Votes:
    """For each element, how many characters of what was chosen are in it."""

    def __init__(self, top: etree._Element, chosen: Iterable[Passage]) -> None:
        self._lengths: Counter[etree._Element] = Counter()
        self.siblings: Counter[tuple[etree._Element | None, str]] = Counter()
        """How many elements of one name in one parent were chosen."""
        self.elements: set[etree._Element] = set()
        """The elements of the chosen passages."""
        for passage in chosen:
            element: etree._Element | None = passage.element
            self.siblings[passage.element.getparent(), str(passage.element.tag)] += 1
            self.elements.add(passage.element)
            while element is not None:
                self._lengths[element] += passage.length
                element = None if element is top else element.getparent()
        self.total = self._lengths[top]

    def of(self, element: etree._Element) -> int:
        return self._lengths[element]


class Pruning:
    """Takes elements out of a tree, each by a rule; ``disabled_rules`` take nothing."""

    def __init__(self, votes: Votes, prose: Prose, disabled_rules: Iterable[str] = ()) -> None:
        self._votes, self._prose = votes, prose
        self._disabled = frozenset(disabled_rules)
        self.rules: dict[etree._Element, str] = {}
        """The elements that were left out, each with its rule."""

    def boilerplate(self, top: etree._Element, kept: Iterable[etree._Element]) -> None:
        """Leave out what its markup names boilerplate, but nothing that holds much of the article or is to be
        kept."""
        if "boilerplate" in self._disabled:
            return
        votes, most = self._votes, _MAX_SHARE * self._votes.total
        spared = set(kept)
        marked = [
            element
            for element in top.iter(etree.Element)
            if element is not top
            and element not in spared
            and _menus.is_boilerplate(element)
            and votes.of(element) < most
            and (not votes.of(element) or 2 * self._prose.of(element) <= self._prose.total)
        ]
        # A site that calls each of its paragraphs a widget would lose all of them, one by one.
        lost = sum(votes.of(element) for element in marked)
        for element in marked:
            if lost < most or not votes.of(element):
                self._drop(element, "boilerplate")

    def prune(self, top: etree._Element, opens: Callable[[etree._Element], bool]) -> None:
        """Leave out what does not belong to the article; ``opens`` says what may stand before its text."""
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
        """The rule by which an element that was not chosen is left out; None for what belongs."""
        text = bare(text_of(element))
        if not text:
            return None
        # A picture that leads to itself, larger, is no link to elsewhere.
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
        """Whether an element outside the article's bounds is running text of its own, or a paragraph next
        to one of the article."""
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
