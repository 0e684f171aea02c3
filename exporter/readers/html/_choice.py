"""Which passages of a page are the article's: several opinions, and what they are worth.

One opinion is enough where it covers the page's longest run of prose. Otherwise others are
asked, and the one with the most running text and the fewest links is taken.
"""

from __future__ import annotations

import copy
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

import trafilatura
from lxml import etree, html
from readability import Document  # type: ignore[import-untyped]
from readability.readability import Unparseable  # type: ignore[import-untyped]

from exporter.diagnostics import Report
from exporter.readers.common import markup, tables
from exporter.readers.common.markup import text_of
from exporter.readers.html import _menus, _passages
from exporter.readers.html._page import Page
from exporter.readers.html._passages import Opinion, Passage

_ENOUGH = 1000
"""Characters of text below which a second opinion is asked for."""
_SEVERAL = 3
"""Paragraphs that make a run."""
_COVERED = 0.5
"""Share of the longest run of prose that an opinion has to hold to be beyond doubt."""
_SAME = 0.9
"""Share of the text of two opinions that both have, by which they agree."""
_CLEARLY = 0.1
"""Share by which an opinion has to be worth more than the one before it."""
_GAIN = 100
"""Characters by which it has to be worth more where it leaves out most of what that one has."""


class Prose:
    """The running text of a page by the element that holds it."""

    def __init__(self, top: etree._Element, passages: Iterable[Passage]) -> None:
        self._aside: dict[etree._Element, bool] = {top: False}
        self._main: etree._Element | None = None
        self._lengths: Counter[etree._Element] = Counter()
        self.runs: defaultdict[etree._Element, list[Passage]] = defaultdict(list)
        for passage in passages:
            if not passage.is_prose or passage.is_hidden:
                continue
            element: etree._Element | None = passage.element
            while element is not None:
                self._lengths[element] += passage.length
                element = None if element is top else element.getparent()
            holder = passage.element.getparent()
            if holder is not None:
                self.runs[holder].append(passage)
        self.total = self._lengths[top]
        heading = next(top.iter("h1"), None)
        if heading is not None:
            # Of several articles on a page, the one with the page's heading is the page's.
            holder = next(heading.iterancestors("article"), None)
            if holder is not None and self._lengths[holder] >= _ENOUGH // 2:
                self._main = holder

    def of(self, element: etree._Element) -> int:
        """Characters of running text in the element."""
        return self._lengths[element]

    def is_aside(self, element: etree._Element) -> bool:
        """Whether the element is boilerplate, or in it; never what holds most of the running text."""
        questions = []
        for holder in (element, *element.iterancestors()):
            if holder in self._aside:
                aside = self._aside[holder]
                break
            questions.append(holder)
        else:
            aside = False
        for holder in reversed(questions):
            aside = aside or self._is_other(holder)
            self._aside[holder] = aside
        return aside

    def _is_other(self, element: etree._Element) -> bool:
        """Whether the element, by itself, is not of the article."""
        if _menus.is_boilerplate(element):
            return self._is_apart(element) or 2 * self.of(element) <= self.total
        return _menus.is_list_of_works(element) or self._is_another(element)

    def _is_another(self, element: etree._Element) -> bool:
        """Whether the element is an article next to the one with the page's heading."""
        return element.tag == "article" and self._is_apart(element)

    def _is_apart(self, element: etree._Element) -> bool:
        """Whether the page has an article with its heading, and the element neither holds it nor is in it."""
        main = self._main
        return (
            main is not None
            and element is not main
            and main not in element.iterancestors("article")
            and element not in main.iterancestors()
        )

    def longest_anywhere(self) -> list[Passage]:
        """The longest run of the page, in boilerplate too, but not in comments or another article."""
        runs = (
            run
            for holder, run in self.runs.items()
            if not any(
                _menus.is_menu_or_comments(a) or self._is_another(a)
                for a in (holder, *holder.iterancestors())
            )
        )
        return max(runs, key=lambda run: sum(p.length for p in run), default=[])

    def longest(self) -> list[Passage]:
        """The longest run: the paragraphs of the element that has most of them, outside boilerplate.

        Empty where there are not several that make a text of their own.
        """
        runs = [run for holder, run in self.runs.items() if not self.is_aside(holder)]
        run = max(runs, key=lambda run: sum(p.length for p in run), default=[])
        return run if len(run) >= _SEVERAL and sum(p.length for p in run) >= _ENOUGH // 2 else []


def core(chosen: Iterable[Passage]) -> list[Passage]:
    """Of what was chosen, the running text in elements named like the one that has most of it."""
    by_name: defaultdict[tuple[str, str], list[Passage]] = defaultdict(list)
    for passage in chosen:
        holder = passage.element.getparent()
        if passage.is_prose and holder is not None and (name := holder.get("class")):
            by_name[str(holder.tag), name].append(passage)
    return max(by_name.values(), key=lambda passages: sum(p.length for p in passages), default=[])


def choose(root: html.HtmlElement, passages: list[Passage], prose: Prose, page: Page) -> set[Passage]:
    """The passages of the page that are the article's; empty where nothing is found.

    Pages hide an article that their script shows later. Where a third of it is to be seen, what is
    hidden is not of it.
    """
    best = _extended(_best(root, passages, prose, page), passages, prose)
    seen = {passage for passage in best if not passage.is_hidden}
    return seen if 3 * sum(p.length for p in seen) >= sum(p.length for p in best) else best


def _extended(best: set[Passage], passages: Iterable[Passage], prose: Prose) -> set[Passage]:
    """What was chosen with the running text beside it, in elements of the same name and class."""
    holders = {passage.element.getparent() for passage in core(best)}
    names = {(str(holder.tag), holder.get("class")) for holder in holders if holder is not None}
    around = {(n, above) for holder in holders for n, above in _above(holder)}
    more = set()
    for passage in passages:
        holder = passage.element.getparent()
        if holder is None or holder in holders or not passage.is_prose or passage.is_hidden:
            continue
        if (str(holder.tag), holder.get("class")) in names and not around.isdisjoint(_above(holder)):
            more.add(passage)
    return best | {passage for passage in more if not prose.is_aside(passage.element)}


def _above(element: etree._Element | None) -> list[tuple[int, etree._Element]]:
    """The two elements above one, numbered."""
    return [] if element is None else list(enumerate(islice(element.iterancestors(), 2)))


def _best(root: html.HtmlElement, passages: list[Passage], prose: Prose, page: Page) -> set[Passage]:
    run = prose.longest()
    best: set[Passage] = set()
    for opinion in _opinions(root, page):
        chosen = {passage for passage in passages if opinion.holds(passage)}
        if best and not _misses(best, run) and _agree(chosen, best):
            return best
        if not best or _is_better(chosen, best, prose):
            best = chosen
        if best and not _is_doubtful(best, run):
            return best
    return set(run) if run and (not best or _misses(best, run)) else best


def _opinions(root: html.HtmlElement, page: Page) -> Iterator[Opinion]:
    yield by_trafilatura(root, fast=True)
    if page.text and len(page.text) >= _ENOUGH:
        yield by_metadata(page.text)
    yield by_readability(root)
    yield by_trafilatura(root, fast=False)


def _is_better(chosen: set[Passage], best: set[Passage], prose: Prose) -> bool:
    """Whether an opinion is clearly worth more than the best so far."""
    worth = _worth(best, prose)
    gain = _worth(chosen, prose) - worth
    keeps_most = 2 * _unlinked(chosen & best) >= _unlinked(best)
    return gain > max(0 if keeps_most else _GAIN, _CLEARLY * worth)


def _unlinked(chosen: set[Passage]) -> int:
    """Characters outside links."""
    return sum(p.length - p.linked for p in chosen)


def _agree(one: set[Passage], other: set[Passage]) -> bool:
    """Whether two opinions have nearly the same text."""
    both = sum(p.length for p in one & other)
    return both >= _SAME * sum(p.length for p in one | other)


def _is_doubtful(chosen: set[Passage], run: list[Passage]) -> bool:
    """Whether what was found is short, of links, or leaves out much of the longest run of prose."""
    length = sum(p.length for p in chosen)
    return length < _ENOUGH or 2 * _linked(chosen) > length or _misses(chosen, run)


def _misses(chosen: set[Passage], run: list[Passage]) -> bool:
    """Whether less of the run was found than has to be."""
    covered = sum(p.length for p in run if p in chosen)
    return covered < _COVERED * sum(p.length for p in run)


def _worth(chosen: set[Passage], prose: Prose) -> int:
    """Characters of running text in what was found, less its links."""
    return sum(
        p.length for p in chosen if p.is_prose and not p.is_hidden and not prose.is_aside(p.element)
    ) - _linked(chosen)


def _linked(chosen: set[Passage]) -> int:
    """Characters in links; a table of data is no list of links."""
    return sum(p.linked for p in chosen if p.element.tag not in ("td", "th"))


# -- What libraries take for a page's article: opinions, asked in turn.


logging.getLogger("readability").setLevel(logging.CRITICAL)


def by_trafilatura(root: html.HtmlElement, *, fast: bool) -> Opinion:
    """What trafilatura takes for the article; unless ``fast``, it compares others' opinions, too."""
    tree = copy.deepcopy(root)
    _flatten_tables(tree)
    document = trafilatura.bare_extraction(
        tree, include_comments=False, include_tables=True, with_metadata=False, fast=fast
    )
    body = getattr(document, "body", None)
    if body is None:
        return Opinion(())
    return Opinion(
        text_of(element) for element in body.iter("p", "head", "item", "cell", "quote", "code", "fw")
    )


def by_readability(root: html.HtmlElement) -> Opinion:
    """What readability takes for the article."""
    try:
        summary = Document(copy.deepcopy(root)).summary(html_partial=True)
    except Unparseable:
        return Opinion(())
    return Opinion(passage.text for passage in _passages.passages(markup.parse(summary, "", Report())))


def by_metadata(text: str) -> Opinion:
    """The article's text as the page states it for machines (schema.org's articleBody)."""
    passages_ = _passages.passages(markup.parse(text, "", Report()))
    return Opinion(line for passage in passages_ for line in passage.text.split("\n"))


def _flatten_tables(root: html.HtmlElement) -> None:
    """Make divisions of tables that would have far more places than cells: trafilatura fills each row up."""
    widths: Counter[etree._Element | None] = Counter()
    for cell in root.iter("td", "th"):
        widths[cell.getparent()] += tables.claimed(cell.get("colspan"))
    by_table: dict[etree._Element, list[int]] = {}
    for row, width in widths.items():
        if row is not None and (table := next(row.iterancestors("table"), None)) is not None:
            by_table.setdefault(table, []).append(width)
    for table, claims in by_table.items():
        if tables.is_too_large(len(claims) * max(claims), sum(1 for _ in table.iter("td", "th"))):
            for part in table.iter("table", "thead", "tbody", "tfoot", "tr", "td", "th"):
                part.tag = "div"
