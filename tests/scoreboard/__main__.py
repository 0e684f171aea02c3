"""``python -m tests.scoreboard``: the figures of each set, beside the stored floors."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from exporter import engine
from tests.scoreboard.extractors import EXTRACTORS
from tests.scoreboard.measures import Counts
from tests.scoreboard.pages import SETS, Page
from tests.scoreboard.scoring import Scored, figure, scored

FLOORS = Path(__file__).with_name("floors.json")
SAMPLE = 16
"""Of a sample, every such page is read."""
SLACK = 0.0005
"""What is lost in rounding."""


def run(pages: list[Page], workers: int) -> Iterator[list[Scored]]:
    for result in engine.run(scored, pages, workers):
        if isinstance(result, engine.Lost):
            raise SystemExit(f"a worker was lost: {result}")
        yield result


def floors() -> dict[str, dict[str, float]]:
    """The stored figures: set → measure → the lowest that passes."""
    return json.loads(FLOORS.read_text()) if FLOORS.exists() else {}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.scoreboard", description=__doc__)
    add = parser.add_argument
    add("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)} (all)")
    add("--sample", action="store_true", help=f"every {SAMPLE}th page alone")
    add("--worst", type=int, default=0, metavar="N", help="name the N worst pages of each measure")
    add("--raise-floors", action="store_true", help="store the figures that are higher than the floors")
    add("--jobs", type=int, default=engine.cores())
    asked = parser.parse_args(arguments)
    stored = floors()
    failed = False
    for name in asked.sets or SETS:
        pages = list(SETS[name]())
        label = name
        if asked.sample:
            pages, label = pages[::SAMPLE], f"{name} (sample)"
        results = [one for page in run(pages, asked.jobs) for one in page]
        failed |= report(label, len(pages), results, stored.setdefault(label, {}), asked.worst)
        if asked.raise_floors:
            mine = totals([r for r in results if r.extractor == "exporter"])
            for measure, counts in mine.items():
                now = round(figure(measure, counts), 4)
                stored[label][measure] = max(now, stored[label].get(measure, 0))
    if asked.raise_floors:
        FLOORS.write_text(json.dumps(stored, indent=2, sort_keys=True) + "\n")
    return int(failed and not asked.raise_floors)


def totals(results: list[Scored]) -> dict[str, Counts]:
    found: dict[str, Counts] = defaultdict(partial(Counts, 0, 0, 0))
    for one in results:
        for measure, counts in one.counts.items():
            found[measure] += counts
    return found


def report(label: str, pages: int, results: list[Scored], floors: dict[str, float], worst: int) -> bool:
    """Prints a set's table; whether a figure is below its floor."""
    by = {name: [r for r in results if r.extractor == name] for name in EXTRACTORS}
    mine, other = (totals(by[name]) for name in EXTRACTORS)
    spent = {name: sum(r.seconds for r in by[name]) for name in EXTRACTORS}
    print(f"\n{label}: {pages} pages; {spent['exporter']:.1f} s, trafilatura {spent['trafilatura']:.1f} s")
    print(f"{'':<12}{'exporter':>10}{'trafilatura':>13}{'floor':>8}")
    failed = False
    for measure, counts in mine.items():
        value, floor = figure(measure, counts), floors.get(measure)
        low = floor is not None and value < floor - SLACK
        failed |= low
        told = f"{floor:>8.3f}" if floor is not None else f"{'–':>8}"
        line = f"{measure:<12}{value:>10.3f}{figure(measure, other[measure]):>13.3f}{told}"
        print(line + ("  LOWER" if low else ""), flush=True)
        ranked = sorted(by["exporter"], key=lambda r: figure(measure, r.counts.get(measure, Counts(1))))
        for one in ranked[:worst]:
            if measure in one.counts:
                print(f"    {figure(measure, one.counts[measure]):.3f}  {one.name}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
