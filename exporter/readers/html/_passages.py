"""The passages of a page: its text, cut where block elements of HTML begin and end.

A passage is the text of one block element without the blocks in it, and without what extractors of
text leave out: formulas, readings of ruby, buttons, comments, words that a style hides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from lxml import etree

from exporter.readers.common import elements
from exporter.readers.common.boilerplate_rules import words

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = elements.BREAKING | HEADINGS | {"pre"}
_WITHOUT_WORDS = elements.DROPPED | {"math", "noscript", "rp", "rt", "svg", "title"}
_PROSE = 60
"""Characters from which a passage may be running text."""


class Passage:
    """The ``text`` of ``element`` outside the blocks in it.

    ``bare`` is the text without white space, ``linked`` the number of its characters in links;
    ``is_hidden`` says that a style hides the element.
    """

    def __init__(self, element: etree._Element, text: str, bare: str, linked: int, is_hidden: bool) -> None:
        self.element, self.text, self.bare = element, text, bare
        self.linked, self.is_hidden = linked, is_hidden
        self.length = len(bare)
        """Characters without white space."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        return words(self.text)

    @cached_property
    def is_prose(self) -> bool:
        """Whether the passage is running text: a sentence or more, and few links."""
        if self.linked > 0.3 * self.length:
            return False
        return self.length >= _PROSE or len(self.words) >= _PROSE // 2  # a Chinese character is a word


_NO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\xad"))


def bare(text: str) -> str:
    """``text`` without white space and characters that have no width."""
    text = "".join(text.split())
    return text if text.isascii() else text.translate(_NO_WIDTH)


def passages(top: etree._Element) -> list[Passage]:
    """The passages with text under ``top``, in the order of their ends."""
    finished: list[Passage] = []
    open_: list[_Open] = []
    links = 0
    events = etree.iterwalk(top, events=("start", "end", "comment", "pi"))
    for event, element in events:
        if event == "start":
            links += _is_link(element)
            hides = elements.is_hidden(element)
            if element.tag in _BLOCKS or element is top:
                open_.append(_Open(element, hides or (bool(open_) and open_[-1].is_hidden)))
            elif hides or element.tag in _WITHOUT_WORDS:
                events.skip_subtree()
                continue
            open_[-1].add(element.text, links)
            continue
        if event == "end":
            links -= _is_link(element)
            if open_[-1].element is element:
                open_.pop().finish(finished)
        if element is not top:
            open_[-1].add(" " if element.tag == "br" else None, 0)
            open_[-1].add(element.tail, links)
    return finished


def lengths(top: etree._Element, passages: Iterable[Passage]) -> Counter[etree._Element]:
    """For each element from the passages up to ``top``, how many characters of the passages it holds."""
    lengths: Counter[etree._Element] = Counter()
    for passage in passages:
        element: etree._Element | None = passage.element
        while element is not None:
            lengths[element] += passage.length
            element = None if element is top else element.getparent()
    return lengths


def _is_link(element: etree._Element) -> bool:
    return element.tag == "a" and bool(element.get("href"))


class _Open:
    """A passage whose element has not ended yet."""

    def __init__(self, element: etree._Element, is_hidden: bool) -> None:
        self.element, self.is_hidden = element, is_hidden
        self._texts: list[str] = []
        self._linked = 0

    def add(self, text: str | None, links: int) -> None:
        if text:
            self._texts.append(text)
            self._linked += len(bare(text)) if links else 0

    def finish(self, finished: list[Passage]) -> None:
        text = "".join(self._texts)
        if characters := bare(text):
            finished.append(Passage(self.element, text, characters, self._linked, self.is_hidden))
