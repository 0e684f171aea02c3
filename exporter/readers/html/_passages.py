"""The passages of a page: its text, cut where blocks of HTML begin and end.

A passage is the text of one block element without the blocks in it. Words are compared, not
characters, and without what extractors of text leave out: formulas, readings of ruby, buttons,
comments, words that a style hides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from lxml import etree

from exporter.readers.common import elements
from exporter.readers.common.boilerplate_rules import words

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = elements.BREAKING | HEADINGS | {"pre"}
_WITHOUT_WORDS = elements.DROPPED | {"math", "noscript", "rp", "rt", "svg", "title"}
SHINGLE = 3
"""Words that are compared at a time."""
_MOST = 0.6
"""Share of the runs of words by which a passage counts as letters."""
_PROSE = 60
"""Characters from which a passage may be running text."""


class Passage:
    """The ``text`` of ``element`` outside the blocks in it.

    ``bare`` is the text without white space, ``linked`` the number of its characters in links;
    ``is_hidden`` says that a style hides the element.
    """

    def __init__(
        self, element: etree._Element, text: str, letters: str, linked: int, is_hidden: bool
    ) -> None:
        self.element, self.text, self.bare = element, text, letters
        self.linked, self.is_hidden = linked, is_hidden
        self.length = len(letters)
        """Characters but white space."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        return words(self.text)

    @cached_property
    def is_prose(self) -> bool:
        """Whether the passage reads as running text: a sentence or more, and few links."""
        if self.linked > 0.3 * self.length:
            return False
        return self.length >= _PROSE or len(self.words) >= _PROSE // 2  # a Chinese character is a word


_NO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\xad"))


def bare(text: str) -> str:
    """``text`` without white space and characters that have no width."""
    letters = "".join(text.split())
    return letters if letters.isascii() else letters.translate(_NO_WIDTH)


def shingles(of: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """All runs of `SHINGLE` words, or the one shorter run that there is."""
    return (of[n : n + SHINGLE] for n in range(max(1, len(of) - SHINGLE + 1)) if of)


def passages(top: etree._Element) -> list[Passage]:
    """The passages under ``top`` in the order of their ends; those without text are left out."""
    passages_: list[Passage] = []
    open_: list[_Open] = []
    links = 0
    steps = etree.iterwalk(top, events=("start", "end", "comment", "pi"))
    for event, element in steps:
        if event == "start":
            links += _is_link(element)
            hides = elements.is_hidden(element)
            if element.tag in _BLOCKS or element is top:
                open_.append(_Open(element, hides or (bool(open_) and open_[-1].is_hidden)))
            elif hides or element.tag in _WITHOUT_WORDS:
                steps.skip_subtree()
                continue
            open_[-1].add(element.text, links)
            continue
        if event == "end":
            links -= _is_link(element)
            if open_[-1].element is element:
                open_.pop().finish(passages_)
        if element is not top:
            open_[-1].add(" " if element.tag == "br" else None, 0)
            open_[-1].add(element.tail, links)
    return passages_


def _is_link(element: etree._Element) -> bool:
    return element.tag == "a" and bool(element.get("href"))


class _Open:
    """A passage whose element has not ended yet."""

    def __init__(self, element: etree._Element, is_hidden: bool) -> None:
        self.element, self.is_hidden = element, is_hidden
        self._pieces: list[str] = []
        self._linked = 0

    def add(self, text: str | None, links: int) -> None:
        if text:
            self._pieces.append(text)
            self._linked += len(bare(text)) if links else 0

    def finish(self, passages: list[Passage]) -> None:
        text = "".join(self._pieces)
        if letters := bare(text):
            passages.append(Passage(self.element, text, letters, self._linked, self.is_hidden))


class Opinion:
    """What an extractor takes for the article's text, as lines."""

    def __init__(self, lines: Iterable[str]) -> None:
        kept = [line for line in lines if len(bare(line)) > 1]
        self._lines = frozenset(map(bare, kept))
        self._shingles = {run for line in kept for run in shingles(words(line))}

    def holds(self, passage: Passage) -> bool:
        """Whether the passage is a line of the opinion, or most runs of its words are in it."""
        if passage.bare in self._lines:
            return True
        if len(passage.words) < 2 * SHINGLE:
            return False
        runs = list(shingles(passage.words))
        return sum(run in self._shingles for run in runs) >= _MOST * len(runs)
