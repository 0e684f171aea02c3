"""``python -m tests.library.duplicates``: how well copies of one article are found, on real ones."""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

import pytest

from exporter.library import Library
from exporter.library.duplicates import Features, features, fingerprint
from exporter.model.article import Article
from exporter.model.visit import size
from tests.library.duplicates import derived
from tests.library.duplicates.agency_2011 import distinct, korean
from tests.library.duplicates.measures import Tally, decided, tallied


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.library.duplicates", description=__doc__)
    parser.add_argument("--errors", action="store_true", help="name the labelled pairs that are told wrong")
    parser.add_argument("--clusters", action="store_true", help="name what is found together in all stories")
    options = parser.parse_args(arguments)
    try:
        matches = distinct()
        _labelled(matches, options.errors)
        _derived("Copies of English and Spanish stories", derived.pairs(sample(list(matches.values()))))
        _derived("Copies of Korean texts", derived.korean_pairs(sample(list(korean()), every=3)))
        _all(list(matches.values()), options.clusters)
    except pytest.skip.Exception as missing:
        print(missing)
        return 1
    return 0


def sample(articles: list[Article], every: int = 40) -> list[Article]:
    """Stories of more than a few words, in even steps."""
    return [article for article in articles if size(article) > 200][::every]


def _labelled(matches: dict[str, Article], errors: bool) -> None:
    pairs = decided(matches)
    groups: dict[str, Tally] = defaultdict(Tally)
    strata: dict[str, Tally] = defaultdict(Tally)
    for label, a, b, same in pairs:
        names = [f"{label.half} half", "all", *(["all but the unsure"] if not label.unsure else [])]
        for name in names:
            groups[name].add(label.same, same)
        groups["weighted by stratum"].add(label.same, same, label.of / label.taken)
        strata[f"{label.stratum} ({label.taken} of {label.of})"].add(label.same, same)
        if label.same:
            groups[f"kind: {label.kind}"].add(True, same)
        groups["all, looked up by bands"].add(label.same, same and shares_a_band(a, b))
    print(f"Labelled pairs: {len(pairs)}, the same: {sum(label.same for label, *_ in pairs)}")
    _table(groups, "precision and recall")
    _table(strata, "by how alike the words are (3-word shingles, Jaccard) and how near the days")
    if errors:
        for label, a, b, same in pairs:
            if same != label.same:
                print(f"  {'found' if same else 'missed'} ({label.stratum}): {_line(a)} | {_line(b)}")


def shares_a_band(a: Features, b: Features) -> bool:
    return not set(a.print.bands).isdisjoint(b.print.bands)


def _derived(name: str, pairs: Iterable[derived.Pair]) -> None:
    print(f"\n{name}, by construction: told right")
    for output, tally in tallied(pairs).items():
        total = tally.right + tally.missed + tally.false + tally.apart
        kind = "same" if tally.right + tally.missed else "different"
        print(f"  {output:38} {kind:10} {tally.correct:7.3f} of {total:4.0f}")


def _table(tallies: dict[str, Tally], name: str) -> None:
    print(f"\n{name:44} precision  recall  right  false  missed  apart")
    for key, t in sorted(tallies.items()):
        figures = f"{t.precision:9.3f} {t.recall:7.3f}" if t.right + t.missed else f"{'–':>9} {'–':>7}"
        print(f"  {key:42} {figures} {t.right:6.0f} {t.false:6.0f} {t.missed:7.0f} {t.apart:6.0f}")


def _all(articles: list[Article], name: bool) -> None:
    fingerprint(articles[0])
    start = time.process_time()
    pairs = [features(article) for article in articles]
    spent = time.process_time() - start
    start = time.process_time()
    groups: dict[int, list[int]] = defaultdict(list)
    with Library.holding(articles) as library:
        rows = library.database.connection.execute("SELECT story FROM article ORDER BY id")
        for at, (text_item,) in enumerate(rows):
            groups[text_item].append(at)
    grouping = time.process_time() - start
    together = [group for group in groups.values() if len(group) > 1]
    words = sum(fact.print.size for fact in pairs) / len(pairs)
    print(f"\nAll {len(pairs)} stories: {sum(map(len, together))} of them in {len(together)} groups")
    print(f"  {1000 * spent / len(pairs):.2f} ms each for the print ({words:.0f} words)", end="")
    print(f", {1000 * grouping / len(pairs):.2f} ms to file in a library")
    if name:
        for group in together:
            for a, b in combinations([pairs[at] for at in group], 2):
                print(f"  {_line(a)} | {_line(b)}")


def _line(fact: Features) -> str:
    return f"{fact.day} {fact.print.size} words {fact.title[:60]!r}"


if __name__ == "__main__":
    raise SystemExit(main())
