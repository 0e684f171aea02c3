"""Which passages of a page are the article's: the opinions of several extractors, and their worth.

One opinion is enough where it covers the page's longest run of prose. Otherwise the next extractors
run, and the opinion with the most running text and the fewest links is chosen. `trafilatura` and
`readability-lxml` use different signals, and their errors differ.
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
from exporter.readers.common.boilerplate_rules import words
from exporter.readers.common.markup import text_of
from exporter.readers.html._page import Page
from exporter.readers.html._passages import Passage, bare, passages
from exporter.readers.html._prose import ENOUGH, Prose

_SHINGLE = 3
"""Words that are compared at a time."""
_MOST = 0.6
"""Share of a passage's runs of words that an opinion has to contain."""
_COVERED = 0.5
"""Share of the longest run of prose that an opinion has to contain."""
_SAME = 0.9
"""Share of the text of two opinions that is in both if they agree."""
_CLEARLY = 0.1
"""Share by which an opinion has to be worth more than the best before it."""
_GAIN = 100
"""Characters by which it has to be worth more if it leaves out most of the best before it."""

logging.getLogger("readability").setLevel(logging.CRITICAL)


def core(chosen: Iterable[Passage]) -> list[Passage]:
    """The chosen running text in elements of the same name and class as the one that has most of it."""
    by_name: defaultdict[tuple[str, str], list[Passage]] = defaultdict(list)
    for passage in chosen:
        holder = passage.element.getparent()
        if passage.is_prose and holder is not None and (name := holder.get("class")):
            by_name[str(holder.tag), name].append(passage)
    return max(by_name.values(), key=lambda group: sum(p.length for p in group), default=[])


def choose(root: html.HtmlElement, candidates: list[Passage], prose: Prose, page: Page) -> set[Passage]:
    """The passages of the page that are the article's; empty if there is no article.

    Pages hide an article that their script shows later. If a third of the chosen text is visible, the
    hidden rest is not part of the article.
    """
    best = _extended(_best(root, candidates, prose, page), candidates, prose)
    seen = {passage for passage in best if not passage.is_hidden}
    return seen if 3 * sum(p.length for p in seen) >= sum(p.length for p in best) else best


def _extended(best: set[Passage], candidates: Iterable[Passage], prose: Prose) -> set[Passage]:
    """The chosen passages, with the running text next to them in elements of the same name and class."""
    holders = {passage.element.getparent() for passage in core(best)}
    names = {(str(holder.tag), holder.get("class")) for holder in holders if holder is not None}
    around = {(n, above) for holder in holders for n, above in _above(holder)}
    more = set()
    for passage in candidates:
        holder = passage.element.getparent()
        if holder is None or holder in holders or not passage.is_prose or passage.is_hidden:
            continue
        if (str(holder.tag), holder.get("class")) in names and not around.isdisjoint(_above(holder)):
            more.add(passage)
    return best | {passage for passage in more if not prose.is_aside(passage.element)}


def _above(element: etree._Element | None) -> list[tuple[int, etree._Element]]:
    """The two elements above one, numbered."""
    return [] if element is None else list(enumerate(islice(element.iterancestors(), 2)))


def _best(root: html.HtmlElement, candidates: list[Passage], prose: Prose, page: Page) -> set[Passage]:
    run = prose.longest()
    best: set[Passage] = set()
    for opinion in _opinions(root, page):
        chosen = {passage for passage in candidates if opinion.contains(passage)}
        if best and not _misses(best, run) and _agree(chosen, best):
            return best
        if not best or _is_better(chosen, best, prose):
            best = chosen
        if best and not _is_doubtful(best, run):
            return best
    return set(run) if run and (not best or _misses(best, run)) else best


def _opinions(root: html.HtmlElement, page: Page) -> Iterator[Opinion]:
    yield by_trafilatura(root, fast=True)
    if page.text and len(page.text) >= ENOUGH:
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
    """Whether the chosen text is short, is links, or leaves out much of the longest run of prose."""
    length = sum(p.length for p in chosen)
    return length < ENOUGH or 2 * _linked(chosen) > length or _misses(chosen, run)


def _misses(chosen: set[Passage], run: list[Passage]) -> bool:
    """Whether too little of the run was chosen."""
    covered = sum(p.length for p in run if p in chosen)
    return covered < _COVERED * sum(p.length for p in run)


def _worth(chosen: set[Passage], prose: Prose) -> int:
    """Characters of running text among the chosen passages, less those in links."""
    return sum(
        p.length for p in chosen if p.is_prose and not p.is_hidden and not prose.is_aside(p.element)
    ) - _linked(chosen)


def _linked(chosen: set[Passage]) -> int:
    """Characters in links; a table of data is not a list of links."""
    return sum(p.linked for p in chosen if p.element.tag not in ("td", "th"))


# -- Opinions ----------------------------------------------------------------------------


class Opinion:
    """The lines that an extractor considers the article's text."""

    def __init__(self, lines: Iterable[str]) -> None:
        kept = [line for line in lines if len(bare(line)) > 1]
        self._lines = frozenset(map(bare, kept))
        self._shingles = {run for line in kept for run in _shingles(words(line))}

    def contains(self, passage: Passage) -> bool:
        """Whether the passage is a line of the opinion, or most runs of its words are in it."""
        if passage.bare in self._lines:
            return True
        if len(passage.words) < 2 * _SHINGLE:
            return False
        runs = list(_shingles(passage.words))
        return sum(run in self._shingles for run in runs) >= _MOST * len(runs)


def _shingles(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """All runs of `_SHINGLE` words, or the only run if it is shorter."""
    return (words[n : n + _SHINGLE] for n in range(max(1, len(words) - _SHINGLE + 1)) if words)


def by_trafilatura(root: html.HtmlElement, *, fast: bool) -> Opinion:
    """The opinion of trafilatura; unless ``fast``, it also compares the results of other extractors."""
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
    """The opinion of readability-lxml."""
    try:
        summary = Document(copy.deepcopy(root)).summary(html_partial=True)
    except Unparseable:
        return Opinion(())
    return Opinion(passage.text for passage in passages(markup.parse(summary, "", Report())))


def by_metadata(text: str) -> Opinion:
    """The text in the page's metadata (schema.org's articleBody)."""
    parts = passages(markup.parse(text, "", Report()))
    return Opinion(line for passage in parts for line in passage.text.split("\n"))


def _flatten_tables(root: html.HtmlElement) -> None:
    """Turn tables that claim far more places than they have cells into ``div``: trafilatura pads each row."""
    widths: Counter[etree._Element | None] = Counter()
    for cell in root.iter("td", "th"):
        widths[cell.getparent()] += tables.requested_columns(cell.get("colspan"))
    by_table: dict[etree._Element, list[int]] = {}
    for row, width in widths.items():
        if row is not None and (table := next(row.iterancestors("table"), None)) is not None:
            by_table.setdefault(table, []).append(width)
    for table, claims in by_table.items():
        if tables.is_too_large(len(claims) * max(claims), sum(1 for _ in table.iter("td", "th"))):
            for part in table.iter("table", "thead", "tbody", "tfoot", "tr", "td", "th"):
                part.tag = "div"
