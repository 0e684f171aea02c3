"""How long an EPUB takes, and in how much memory; beside zipping the same bytes, pandoc and calibre.

    python -m tests.bench.epub [--articles 1000 10000] [--others pandoc calibre] [--times 3]

Each edition of generated articles is made in turn by

    exporter   the EPUB written, and read back to see that all is there
    zip        the same files put into a ZIP archive by Python's zipfile
    pandoc     one HTML document of the same articles, cut into chapters
    calibre    the same document

each in a fresh process, the first two in turns, so often as ``--times`` says; of their times
the least counts, as it has least of what else the machine did. Time is that of making the file
from an edition in memory, for the others that of the whole command. ``CPU s`` is the time of
all processors, start included. Memory is the most at one time.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import shutil
import sys
import tempfile
import time
import zipfile
from pathlib import Path

if not __package__:  # run as a file
    sys.path[0] = str(Path(__file__).parents[2])

import msgspec

from exporter.backends.common.xhtml import Dialect, Writer
from exporter.backends.registry import render_checked
from exporter.editions.compile import Edition, compile_edition
from tests.bench import generated, measure

OTHERS = ("pandoc", "calibre")
LINE = "{:<12}{:>9}{:>8}{:>9}{:>10}  {}"


def prepare(folder: Path, articles: int) -> None:
    """Leaves in the folder the edition and one HTML document of it."""
    edition = compile_edition(generated.articles(articles), title="Bench")
    (folder / "edition.msgpack").write_bytes(msgspec.msgpack.encode(edition))
    pieces = []
    for entry in edition.entries:
        body = Writer(Dialect(picture=lambda _: None)).blocks(entry.article.blocks)
        pieces.append(f"<h1>{entry.article.title}</h1>\n{body}")
    head = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Bench</title></head><body>'
    (folder / "one.html").write_text(head + "\n".join(pieces) + "</body></html>", "utf-8")


def made_by_exporter(folder: Path) -> float:
    edition = msgspec.msgpack.decode((folder / "edition.msgpack").read_bytes(), type=Edition)
    start = time.perf_counter()
    data = render_checked(edition, "epub").data
    seconds = time.perf_counter() - start
    (folder / "exporter.epub").write_bytes(data)
    return seconds


def zipped(folder: Path) -> float:
    with zipfile.ZipFile(folder / "exporter.epub") as book:
        files = [(name, book.read(name)) for name in book.namelist()]
    start = time.perf_counter()
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return time.perf_counter() - start


RUNS = {"exporter": made_by_exporter, "zip": zipped}


def command(name: str, folder: Path) -> list[str] | None:
    """How another program makes its book of the document; None where it is not installed."""
    source, target = str(folder / "one.html"), str(folder / f"{name}.epub")
    if name == "pandoc" and shutil.which("pandoc"):
        return ["pandoc", source, "-t", "epub3", "--toc", "-o", target]
    if name == "calibre" and shutil.which("ebook-convert"):
        return ["ebook-convert", source, target]
    return None


def measured(folder: Path, name: str) -> tuple[float, measure.Measured] | None:
    """Seconds of the work, and what the whole process took."""
    if name in RUNS:
        whole = measure.run([sys.executable, "-m", "tests.bench.epub", "--run", name, str(folder)])
        return float(json.loads((folder / f"{name}.json").read_text())), whole
    line = command(name, folder)
    if line is None:
        return None
    whole = measure.run(line, {"QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox"})
    return whole.seconds, whole


def compare(folder: Path, articles: int, others: list[str], times: int) -> None:
    prepare(folder, articles)
    print(f"\n{articles:,} articles; load before {os.getloadavg()[0]:.1f}")
    print(LINE.format("", "seconds", "CPU s", "MB", "MB file", "against exporter"), flush=True)
    rounds = [{name: measured(folder, name) for name in RUNS} for _ in range(times)]
    mine = 0.0
    for name in (*RUNS, *others):
        taken = min(one[name] for one in rounds) if name in RUNS else measured(folder, name)
        if taken is None:
            print(f"{name:<12}not installed")
            continue
        seconds, whole = taken
        mine = mine or seconds
        file = folder / f"{name}.epub"
        size = f"{file.stat().st_size / 1e6:.1f}" if file.is_file() else ""
        against = "" if name == "exporter" else f"{seconds / mine:.2f} times its time"
        row = (name, f"{seconds:.2f}", f"{whole.processors:.1f}", f"{whole.total / 1e6:.0f}", size, against)
        print(LINE.format(*row), flush=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="tests/bench/epub.py", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--articles", type=int, nargs="+", default=[1000, 10_000], help="sizes of the editions")
    add("--others", nargs="*", choices=OTHERS, default=list(OTHERS), help="what is measured beside (all)")
    add("--others-up-to", type=int, default=1000, help="the most articles that the others set (1000)")
    add("--times", type=int, default=3, help="runs of exporter and zip, of which the quickest count (3)")
    add("--run", nargs=2, metavar=("KIND", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.run:
        kind, folder = options.run[0], Path(options.run[1])
        (folder / f"{kind}.json").write_text(json.dumps(RUNS[kind](folder)))
        return
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{machine}, Python {platform.python_version()}")
    for articles in options.articles:
        with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
            compare(
                Path(temporary),
                articles,
                options.others if articles <= options.others_up_to else [],
                options.times,
            )


if __name__ == "__main__":
    main()
