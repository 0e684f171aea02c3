"""A page's truth against what was found in it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from tests.scoreboard import measures
from tests.scoreboard.extractors import EXTRACTORS, SourceFile
from tests.scoreboard.measures import Counts
from tests.scoreboard.pages import Page, Truth


class Scored(NamedTuple):
    """A page by one extractor: its counts by measure, its text, its seconds of processor time."""

    name: str
    extractor: str
    counts: dict[str, Counts]
    text: str
    seconds: float


PER_PAGE = ("body", "paragraphs")
"""F1 of what was found in all pages, each page counting alike."""
MEAN = ("words",)
"""The mean of the pages' F1."""
RECALL = ("title", "date", "authors", "captions", "kept")
"""The share of the truth that was found."""
PRECISION = ("wanted",)
"""The share of what was found that is in the truth."""
LOSSES = {"kept": "words lost", "wanted": "unwanted words"}
"""Measures that are shown as what is missing to 1. Floors hold the share kept, so a higher one is better."""


def score(truth: Truth, matches: SourceFile) -> dict[str, Counts]:
    """What is right, wrong, missed, by measure, without the measures that the truth has nothing for."""
    counts: dict[str, Counts] = {}
    if truth.text is not None:
        counts["body"] = measures.shingles(matches.text, truth.text)
        counts["words"] = counts["kept"] = counts["wanted"] = measures.words(matches.text, truth.text)
    if truth.paragraphs is not None:
        counts["paragraphs"] = measures.paragraphs(matches.paragraphs, truth.paragraphs)
    if truth.with_ is not None:
        text = measures.plain(matches.text)
        wanted = sum(measures.plain(piece) in text for piece in truth.with_)
        unwanted = sum(measures.plain(piece) in text for piece in truth.without)
        counts["pieces"] = counts["kept"] = Counts(wanted, unwanted, len(truth.with_) - wanted)
        # Here the words are those of the pieces that do not belong: right is what was left out.
        counts["wanted"] = Counts(len(truth.without) - unwanted, unwanted)
    if truth.title:
        counts["title"] = _one(measures.same_name(matches.title, truth.title))
    if truth.day:
        counts["date"] = _one(matches.day == truth.day)
    if truth.authors is not None:
        counts["authors"] = _one(measures.same_names(matches.authors, truth.authors))
    if truth.captions:
        # The credit, which pages print behind a caption, the truths leave out.
        have = [measures.plain(caption) for caption in matches.captions]
        met = sum(any(measures.plain(wanted) in one for one in have) for wanted in truth.captions)
        counts["captions"] = Counts(met, 0, len(truth.captions) - met)
    return counts


def _one(right: bool) -> Counts:
    return Counts(float(right), 0, float(not right))


def figure(measure: str, pages: Sequence[Counts]) -> float:
    """A measure of some pages, 0 to 1; higher is better."""
    if measure in MEAN:
        return sum(page.f1 for page in pages) / len(pages)
    total = sum((page.share if measure in PER_PAGE else page for page in pages), Counts())
    if measure in RECALL:
        return total._replace(wrong=0).share.right if total.right + total.missed else 1.0
    if measure in PRECISION:
        return total._replace(missed=0).share.right if total.right + total.wrong else 1.0
    return total.f1


@cache
def _load() -> None:
    """Loads the extractors, which share most of what they load: that is not part of a page's time."""
    page = b"<!DOCTYPE html><html><body><article><h1>Bread</h1>%s</article></body></html>"
    for extractor in EXTRACTORS.values():
        extractor.extract(
            "page.html", page % (b"<p>The bread was baked before the sun rose over the bay.</p>" * 9)
        )


def scored(page: Page) -> list[Scored]:
    _load()
    results = []
    for name, extractor in EXTRACTORS.items():
        start = time.process_time()
        matches = extractor.extract(page.name, page.data)
        if extractor.timed:
            start = time.process_time()
            extractor.timed(page.name, page.data)
        seconds = time.process_time() - start
        results.append(Scored(page.name, name, score(page.truth, matches), matches.text, seconds))
    return results
