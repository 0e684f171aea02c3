"""``python -m tests.scoreboard``: the figures of each set, beside the stored floors."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from exporter.workers import pool
from tests.scoreboard.extractors import EXTRACTORS
from tests.scoreboard.measures import Counts
from tests.scoreboard.pages import SETS, Page
from tests.scoreboard.scoring import LOSSES, Scored, figure, scored

FLOORS = Path(__file__).with_name("floors.json")
SAMPLE = 16
"""Of a sample, every such page is read."""
SAMPLES = {"trafilatura": 48, "htmldate": 48}
"""The same for the sets of a thousand pages."""
SLACK = 0.0005
"""What is lost in rounding."""


def run(pages: list[Page], workers: int) -> Iterator[list[Scored]]:
    for result in pool.run(scored, pages, workers):
        if isinstance(result, pool.JobFailure):
            raise SystemExit(f"a worker was lost: {result}")
        yield result


def floors() -> dict[str, dict[str, float]]:
    """The stored figures: set → measure → the lowest that passes."""
    return json.loads(FLOORS.read_text()) if FLOORS.exists() else {}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.scoreboard", description=__doc__)
    add = parser.add_argument
    add("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)} (all)")
    add("--sample", action="store_true", help="some pages of each set alone")
    add("--worst", type=int, default=0, metavar="N", help="name the N worst pages of each measure")
    add("--dump", type=Path, metavar="DIR", help="write what was found in each page, and the truth, as text")
    add("--raise-floors", action="store_true", help="store the figures that are higher than the floors")
    add("--jobs", type=int, default=pool.cores())
    options = parser.parse_args(arguments)
    stored = floors()
    failed = False
    seconds = dict.fromkeys(EXTRACTORS, 0.0)
    for name in options.sets or SETS:
        pages = list(SETS[name]())
        label = name
        if options.sample:
            pages, label = pages[:: SAMPLES.get(name, SAMPLE)], f"{name} (sample)"
        results = [one for page in run(pages, options.jobs) for one in page]
        for one in results:
            seconds[one.extractor] += one.seconds
        failed |= report(label, len(pages), results, stored.setdefault(label, {}), options.worst)
        if options.dump:
            dump(options.dump / name, pages, results)
        if options.raise_floors:
            for measure, counts in by_measure(results, "exporter").items():
                now = round(figure(measure, counts), 4)
                stored[label][measure] = max(now, stored[label].get(measure, 0))
    mine, other = seconds.values()
    if other:
        print(f"\nprocessor time: {mine:.1f} s, {mine / other:.2f} times trafilatura's for the text alone")
    if options.raise_floors:
        FLOORS.write_text(json.dumps(stored, indent=2, sort_keys=True) + "\n")
    return int(failed and not options.raise_floors)


def by_measure(results: list[Scored], extractor: str) -> dict[str, list[Counts]]:
    """The pages' counts of each measure."""
    matches: dict[str, list[Counts]] = {}
    for one in results:
        for measure, counts in one.counts.items() if one.extractor == extractor else ():
            matches.setdefault(measure, []).append(counts)
    return matches


def report(label: str, pages: int, results: list[Scored], floors: dict[str, float], worst: int) -> bool:
    """Prints a set's table; returns whether a figure is below its floor."""
    mine, other = (by_measure(results, name) for name in EXTRACTORS)
    print(f"\n{label}: {pages} pages")
    print(f"{'':<16}{'exporter':>10}{'trafilatura':>13}{'floor':>8}")
    failed = False
    for measure, counts in mine.items():
        value, floor = figure(measure, counts), floors.get(measure)
        low = floor is not None and value < floor - SLACK
        failed |= low
        cells = [_shown(measure, number) for number in (value, figure(measure, other[measure]), floor)]
        line = f"{LOSSES.get(measure, measure):<16}{cells[0]:>10}{cells[1]:>13}{cells[2]:>8}"
        print(line + ("  WORSE" if low else ""), flush=True)
        of_pages = [
            (r.counts[measure], r.name) for r in results if r.extractor == "exporter" and measure in r.counts
        ]
        ranked = sorted(
            (_rank(measure, one), name, one) for one, name in of_pages if figure(measure, [one]) < 1
        )
        for _, name, one in ranked[:worst]:
            right, wrong, missed = map(round, one)
            print(f"    {_shown(measure, figure(measure, [one]))}  {name}: ", end="")
            print(f"{right} right, {wrong} wrong, {missed} missed")
    return failed


def _shown(measure: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{1 - value if measure in LOSSES else value:.3f}"


def _rank(measure: str, counts: Counts) -> float:
    """The worst first: of losses the page with the most words, else the one with the lowest figure."""
    if measure in LOSSES:
        return -(counts.missed if measure == "kept" else counts.wrong)
    return figure(measure, [counts])


def dump(folder: Path, pages: list[Page], results: list[Scored]) -> None:
    """Writes a text for each page and extractor, and one of its truth, where it has one."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = [(one.name, one.extractor, one.text) for one in results]
    texts += [(page.name, "truth", page.truth.text) for page in pages if page.truth.text is not None]
    for page, by, text in texts:
        (folder / f"{page.replace('/', '_')}.{by}.txt").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
