"""Where the pages of print begin, for the e-book: paragraphs that both can name.

A paragraph is named by its article and its words, as the two forms of an article are not built
alike. Of each page the first paragraph that begins on it is known; what goes on from the
page before stands in front of the mark.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from markupsafe import Markup

from exporter.model.article import Paragraph
from exporter.model.visit import plain

SIGN = "~"
"""Stands in the names of paragraphs, after the article's anchor."""


def name(anchor: str, paragraph: Paragraph) -> str:
    """The paragraph's name; breaks and spaces put in for print do not change it."""
    words = "".join(filter(str.isalnum, plain(paragraph.content)))
    return f"{anchor}{SIGN}{hashlib.sha256(words.encode()).hexdigest()[:8]}"


_MARK = Markup('<span epub:type="pagebreak" role="doc-pagebreak" id="page-{0}" aria-label="{0}"></span>')


class Named:
    """Opens an article's paragraphs for print, each with its name as id; the second of the same
    words goes without."""

    def __init__(self, anchor: str) -> None:
        self._anchor = anchor
        self._used: set[str] = set()

    def __call__(self, paragraph: Paragraph) -> Markup:
        id = name(self._anchor, paragraph)
        if id in self._used:
            return Markup("<p>")
        self._used.add(id)
        return Markup('<p id="{}">').format(id)


class Breaks:
    """The marks of print pages in an e-book, met in reading order, each page's once. ``pages``
    tell the label of the page on which an article or a paragraph begins."""

    def __init__(self, pages: Mapping[str, str]) -> None:
        self._pages = pages
        self._file = ""
        self._anchor = ""
        self.met: dict[str, str] = {}
        """Label → address in the book."""

    @property
    def wanted(self) -> bool:
        return bool(self._pages)

    def begin(self, anchor: str, file: str) -> Markup:
        """The mark at an article's head, if a page begins with it."""
        self._anchor, self._file = anchor, file
        return self._mark(anchor)

    def __call__(self, paragraph: Paragraph) -> Markup:
        """Opens a paragraph, with the mark of the page that begins with it."""
        return Markup("<p>") + self._mark(name(self._anchor, paragraph))

    def _mark(self, place: str) -> Markup:
        label = self._pages.get(place)
        if label is None or label in self.met:
            return Markup("")
        self.met[label] = f"{self._file}#page-{label}"
        return _MARK.format(label)
