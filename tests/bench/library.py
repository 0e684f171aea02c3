"""How fast articles come into a library, and how fast it answers.

    python -m tests.bench.library [--articles 10000] [--corpora FOLDER] [--keep FOLDER]

Pages in the copied form, of generated articles over ten years, in one folder a year, are

    imported   into a new library, with all cores
    again      imported a second time, when nothing has changed
    by one     imported by one process, where --one is told

each in a fresh process. Then the library is asked, in this process, each question five times after a
first one; the middle counts: a month of it (numbers alone, and the articles themselves), words
and phrases that many, few and no articles have.

``share`` is the second import's part of the first. Memory is the most at one time of all processes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

if not __package__:  # run as a file
    sys.path[0] = str(Path(__file__).parents[2])

from exporter.editions.selection import Selection
from exporter.library import Library
from exporter.model.dates import Window
from exporter.model.visit import paragraphs
from tests import kcna_2011
from tests.bench import generated, measure
from tests.copied import CopiedTeaser, Page

YEARS = 10
FIRST = date(2014, 1, 1)


def pages(count: int) -> Iterator[tuple[str, str]]:
    """Name and text of so many copied pages, the same every time; each with teasers of its like."""
    days = YEARS * 365
    for number in range(count):
        article = generated.article(number)
        random = Random(f"page {number}")
        day = FIRST + timedelta(random.randrange(days))
        teasers = []
        for _ in range(random.randrange(17)):
            # What was new at the time stands on many pages, each time the same.
            drawn = Random(f"teaser {max(number - random.randrange(1, 60), 0)}")
            line = " ".join(generated.words(drawn, 12))
            teasers.append(
                CopiedTeaser(
                    line[:60].capitalize(), line.capitalize(), FIRST + timedelta(drawn.randrange(days))
                )
            )
        page = Page(
            article.title,
            article.source or "",
            day,
            day + timedelta(random.randrange(400)),
            [" ".join(text.split()) for text in paragraphs(article)],
            teasers,
        )
        yield f"{day.year}/{number:06}.txt", page.text()


def real_pages(corpora: Path) -> Iterator[tuple[str, str]]:
    """The real stories of one year, in the same form."""
    with gzip.open(corpora / "kcna_xmarquez" / "KCNA_2011.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            day = date.fromisoformat(row["date"][:10])
            body = list(filter(None, kcna_2011.paragraphs(row["story"] or "")))
            if (row["title"] or "").strip() and body:
                page = Page(row["title"].strip(), "KCNA.co.jp", day, day + timedelta(30), body)
                yield f"{day:%m}/{number:06}.txt", page.text()


def write(saved_pages: Iterator[tuple[str, str]], folder: Path) -> int:
    count = 0
    for name, text in saved_pages:
        count += 1
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return count


def imported(folder: Path, library: Path, jobs: int = 0) -> measure.Measured:
    command = [sys.executable, "-m", "exporter", "import", str(folder), "--library", str(library), "-q"]
    return measure.run([*command, "--jobs", str(jobs)])


def answered(ask: Callable[[], object]) -> float:
    """Milliseconds, the middle of five after a first."""
    ask()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def line(name: str, seconds: float, cpu: float, count: int, memory: float, more: str = "") -> None:
    rate = f"{count / seconds:,.0f}/s"
    print(f"{name:<12}{seconds:>9.1f}{cpu:>9.1f}{rate:>10}{memory / 1e6:>8.0f}  {more}")


def measure_library(name: str, saved_pages: Iterator[tuple[str, str]], folder: Path, one: bool) -> None:
    saved, library = folder / "saved", folder / "library"
    count = sum(1 for _ in saved.rglob("*.txt")) or write(saved_pages, saved)
    for path in (library, folder / "other"):
        shutil.rmtree(path, ignore_errors=True)
    print(f"{name}: {count:,} pages")
    print(f"{'':<12}{'s':>9}{'CPU s':>9}{'pages':>10}{'MB':>8}")
    first = imported(saved, library)
    line("imported", first.seconds, first.processors, count, first.total)
    second = imported(saved, library)
    share = f"share {100 * second.seconds / first.seconds:.1f} %"
    line("again", second.seconds, second.processors, count, second.total, share)
    if one:
        alone = imported(saved, folder / "other", 1)
        line(
            "by one",
            alone.seconds,
            alone.processors,
            count,
            alone.total,
            f"{alone.seconds / first.seconds:.2f} times",
        )
    with Library(library) as opened:
        stats = opened.stats()
        print(
            f"library of {stats.database / 1e6:,.0f} MB, {stats.distinct:,} stories, {stats.briefs:,} teasers"
        )
        middle = sorted(stats.days)[len(stats.days) // 2].replace(day=1)
        month = Selection(window=Window(middle, middle + timedelta(29)))
        n = len(opened.ids(month))
        print(f"{'a month':<24}{answered(lambda: opened.ids(month)):>8.1f} ms  {n:,} articles, by number")
        print(f"{'a month, unpacked':<24}{answered(lambda: opened.select(month)):>8.1f} ms  {n:,} articles")
        article = opened.select(month).articles[0]
        words = article.title.split()
        rare = max(" ".join(paragraphs(article)).split(), key=len).strip('.,“”"')
        for query in ("the", f'"{" ".join(words[:3])}"', rare, "nosuchword"):
            chosen = Selection(words=query)
            n = opened.search(chosen)[0]
            print(f"{query[:22]:<24}{answered(lambda c=chosen: opened.search(c)):>8.1f} ms  {n:,} articles")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--corpora", type=Path, help="the folder that the packs are unpacked in")
    parser.add_argument("--one", action="store_true", help="by one process, too")
    parser.add_argument("--keep", type=Path, help="a folder to leave all in; its pages are taken again")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    folder = options.keep or Path(tempfile.mkdtemp(prefix="exporter-bench-"))
    try:
        measure_library("generated", pages(options.articles), folder / "generated", options.one)
        if options.corpora:
            measure_library("real", real_pages(options.corpora), folder / "real", options.one)
    finally:
        if options.keep is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
