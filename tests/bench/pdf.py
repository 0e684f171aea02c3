"""How long the PDF press takes, and in how much memory: cold, warm, after changes; beside others.

    python -m tests.bench.pdf [--articles 100 1000] [--style book] [--workers 2] …

Each edition of generated articles is set in turn by

    press, cold     with an empty cache
    press, warm     with every section known; the file is made anew
    press, changed  1 % of the articles changed or added since, at random; the rest is known
    WeasyPrint      alone, on the same HTML and CSS in one document
    … pages known   the same, with the numbers of contents and references as text: one layout, not two
    Chromium        printing the same; without what it lacks: notes at the foot, numbers in the contents
    Typst           setting the same text on the same paper in the same type, in a plain layout

each in fresh processes. Time is that of making the PDF from an edition (or document) in
memory; starting, importing and reading it comes before and is told beside (``start``), but
is part of Chromium's time. ``CPU s``, the time of all processors, start included, says more
where the machine is busy. The press's pages are compared with WeasyPrint's, word by word;
those of the second layout may differ by its own faults (see `tests.one_document`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

if not __package__:  # run as a file
    sys.path[0] = str(Path(__file__).parents[2])

from tests.bench import browser, measure

OTHERS = {"weasyprint": "WeasyPrint", "numbered": "… pages known", "chromium": "Chromium", "typst": "Typst"}
LINE = "{:<16}{:>9}{:>9}{:>8}{:>8}{:>10}{:>9}{:>13}{:>9}  {}"
HEAD = (
    "",
    "seconds",
    "start s",
    "CPU s",
    "pages",
    "ms/page",
    "MB, sum",
    "MB, largest",
    "MB file",
    "against cold",
)


class Result(NamedTuple):
    """One PDF made: ``seconds`` without what came before (``start``), the time of all processors
    with it (``processors``), memory in bytes."""

    seconds: float
    start: float
    processors: float
    pages: int
    size: int
    total: int
    largest: int

    @property
    def a_page(self) -> float:
        """Milliseconds."""
        return 1000 * self.seconds / self.pages


class Comparison:
    """The measurements of one edition in a folder of its own, printed as they come."""

    def __init__(self, folder: Path, options: argparse.Namespace, articles: int) -> None:
        self._folder = folder
        self._options = options
        self._articles = articles
        self._cold: Result | None = None

    def run(self) -> Result | None:
        """Measures and prints all; gives back the cold run."""
        options = self._options
        shutil.rmtree(self._folder / "cache", ignore_errors=True)
        self._do("prepare", "prepare", articles=self._articles)
        about = self._read("prepare")
        print(
            f"\n{self._articles:,} articles, {about['words']:,} words; style {options.style}"
            f" by {options.group}; {options.workers} workers; load before {os.getloadavg()[0]:.1f}"
        )
        print(LINE.format(*HEAD), flush=True)
        cold = self._cold = self._make("press, cold", "press", "cold", edition="first")
        warm = self._make("press, warm", "press", "warm", edition="first")
        changed = self._make("press, changed", "press", "changed", edition="revised")
        others = options.others if self._articles <= options.others_up_to else ()
        results = self._others(others)
        alone = results.get("weasyprint")
        if cold and warm and changed:
            ratios = [f"cold / warm {cold.seconds / warm.seconds:.1f}"]
            of = f"({about['changed']} articles changed, {about['added']} added)"
            ratios.append(f"cold / changed {cold.seconds / changed.seconds:.1f} {of}")
            ratios += [f"WeasyPrint / cold {alone.seconds / cold.seconds:.2f}"] if alone else []
            print(*ratios, sep="; ", flush=True)
        for name in ("weasyprint", "numbered"):
            if cold and (other := results.get(name)):
                self._compare("cold", name, max(cold.pages, other.pages))
        return cold

    def _others(self, names: list[str]) -> dict[str, Result | None]:
        if names:
            self._do("combine", "combine", edition="first")
        results: dict[str, Result | None] = {}
        for name in names:
            if name == "chromium" and not browser.command():
                print(f"{OTHERS[name]:<16} not installed")
            elif name == "typst" and not find_spec("typst"):
                print(f"{OTHERS[name]:<16} not installed (pip install typst)")
            else:
                kinds = {"weasyprint": ("weasyprint", "one"), "numbered": ("weasyprint", "numbered")}
                kind, edition = kinds.get(name, (name, "first"))
                results[name] = self._make(OTHERS[name], kind, name, edition=edition)
        return results

    def _make(self, label: str, kind: str, name: str, **more: str) -> Result | None:
        """Makes one PDF and prints its line; None where that failed."""
        try:
            if kind == "chromium":
                to = self._folder / f"{name}.pdf"
                to.unlink(missing_ok=True)
                measured = measure.run(browser.printing(self._folder / "web", to))
                seconds = measured.seconds
            else:
                measured = self._do(kind, name, **more)
                seconds = self._read(name)["seconds"]
            self._do("compare", name)
        except measure.FailedRun as error:
            print(f"{label:<16} failed: {str(error).strip().splitlines()[-1]}", flush=True)
            return None
        output = self._read(f"{name}.found")
        times = (seconds, measured.seconds - seconds, measured.processors)
        result = Result(*times, output["pages"], output["bytes"], measured.total, measured.largest)
        self._print(label, result)
        return result

    def _print(self, label: str, result: Result) -> None:
        cold = self._cold or result
        ratio = cold.seconds / result.seconds
        against = f"{ratio:.1f} times faster" if ratio > 1 else f"{1 / ratio:.1f} times slower"
        cells = (
            f"{result.seconds:.2f}",
            f"{result.start:.1f}",
            f"{result.processors:.1f}",
            f"{result.pages:,}",
            f"{result.a_page:.2f}",
            *(f"{size / 1e6:.0f}" for size in (result.total, result.largest)),
            f"{result.size / 1e6:.1f}",
        )
        print(LINE.format(label, *cells, "" if cold is result else against).rstrip(), flush=True)

    def _compare(self, one: str, other: str, pages: int) -> None:
        self._do("compare", one, edition=other)
        differences = self._read(f"{one}.found")
        texts, margins = differences["text"], differences["margins"]
        of = "WeasyPrint, pages known" if other == "numbered" else "WeasyPrint"
        print(
            f"press and {of}: {len(texts)} of {pages:,} pages differ in the words between the margins"
            f" or in their order{_listed(texts)}, {len(margins)} in the words of running"
            f" heads and folios{_listed(margins)}",
            flush=True,
        )

    def _do(self, kind: str, name: str, **more: object) -> measure.Measured:
        options = self._options
        given = {"style": options.style, "group": options.group, "workers": options.workers, **more}
        command = [sys.executable, "-m", "tests.bench.runs", kind, str(self._folder), "--name", name]
        command += [piece for key, value in given.items() for piece in (f"--{key}", str(value))]
        return measure.run(command, {"EXPORTER_CACHE": str(self._folder / "cache")})

    def _read(self, name: str) -> dict[str, Any]:
        return json.loads((self._folder / f"{name}.json").read_text())  # type: ignore[no-any-return]


def _listed(pages: list[int]) -> str:
    return f" ({', '.join(map(str, pages[:8]))}{', …' if len(pages) > 8 else ''})" if pages else ""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="tests/bench/pdf.py", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--articles", type=int, nargs="+", default=[100, 1000], help="sizes of the editions (100 1000)")
    add("--style", default="book", help="a style's name or folder (book)")
    add("--group", default="source", help="source, day, month or none (source)")
    add("--workers", type=int, default=2, help="processes that lay out (2)")
    add("--others", nargs="*", choices=OTHERS, default=list(OTHERS), help="what is measured beside (all)")
    add("--others-up-to", type=int, default=1000, help="the most articles that the others set (1000)")
    add("--keep", type=Path, help="a folder to leave editions and PDFs in")
    options = parser.parse_args(arguments)
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    print(
        f"Python {platform.python_version()}",
        *(
            f"{name} {version(name)}"
            for name in ("weasyprint", "pikepdf", "typst")
            if name != "typst" or find_spec(name)
        ),
        sep=", ",
    )
    print(f"memory: the most at one time of all processes ({measure.MEMORY}), and of the largest (RSS)")
    cold: dict[int, Result | None] = {}
    for articles in options.articles:
        with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
            kept = f"{Path(options.style).name}-{articles}"
            folder = (options.keep / kept).resolve() if options.keep else Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            cold[articles] = Comparison(folder, options, articles).run()
    print()
    for fewer, more in zip(options.articles, options.articles[1:], strict=False):
        if (one := cold[fewer]) and (other := cold[more]):
            ratio = other.a_page / one.a_page
            print(f"cost a page, press cold: at {more:,} articles {ratio:.2f} times that at {fewer:,}")


if __name__ == "__main__":
    main()
