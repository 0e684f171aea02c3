"""A page's truth against what was found in it."""

from __future__ import annotations

import time
from functools import cache
from typing import NamedTuple

from tests.scoreboard import measures
from tests.scoreboard.extractors import EXTRACTORS, Found
from tests.scoreboard.measures import Counts
from tests.scoreboard.pages import Page, Truth


class Scored(NamedTuple):
    """A page by one extractor: its counts by measure, its seconds of processor time."""

    name: str
    extractor: str
    counts: dict[str, Counts]
    seconds: float


def score(truth: Truth, found: Found) -> dict[str, Counts]:
    """What is right, wrong, missed, by measure; a measure that the truth cannot tell is left out."""
    told: dict[str, Counts] = {}
    if truth.text is not None:
        told["body"] = measures.shingles(found.text, truth.text)
    if truth.paragraphs is not None:
        told["paragraphs"] = measures.paragraphs(found.paragraphs, truth.paragraphs)
    if truth.with_ is not None:
        text = measures.plain(found.text)
        wanted = [measures.plain(piece) in text for piece in truth.with_]
        unwanted = [measures.plain(piece) in text for piece in truth.without]
        told["pieces"] = Counts(sum(wanted), sum(unwanted), len(wanted) - sum(wanted))
    if truth.title:
        told["title"] = _one(measures.same_name(found.title, truth.title))
    if truth.day:
        told["date"] = _one(found.day == truth.day)
    if truth.authors is not None:
        told["authors"] = _one(measures.same_names(found.authors, truth.authors))
    if truth.captions:
        # The credit, which pages print behind a caption, the truths leave out.
        have = [measures.plain(caption) for caption in found.captions]
        met = sum(any(measures.plain(wanted) in one for one in have) for wanted in truth.captions)
        told["captions"] = Counts(met, 0, len(truth.captions) - met)
    return told


def _one(right: bool) -> Counts:
    return Counts(float(right), 0, float(not right))


RATES = ("title", "date", "authors", "captions")
"""Measures that are told as the share found, not as F1."""


def figure(measure: str, counts: Counts) -> float:
    if measure in RATES:
        return counts.right / ((counts.right + counts.missed) or 1)
    return counts.f1


@cache
def _load() -> None:
    """What it takes to load the extractors, and most of it they share, is no page's."""
    page = b"<!DOCTYPE html><html><body><article><h1>Bread</h1>%s</article></body></html>"
    for extract in EXTRACTORS.values():
        extract("page.html", page % (b"<p>The bread was baked before the sun rose over the bay.</p>" * 9))


def scored(page: Page) -> list[Scored]:
    _load()
    out = []
    for name, extract in EXTRACTORS.items():
        start = time.process_time()
        found = extract(page.name, page.data)
        seconds = time.process_time() - start
        out.append(Scored(page.name, name, score(page.truth, found), seconds))
    return out
