"""The benchmark runs and tells what it should; how long anything takes is no matter here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.bench import generated

SCRIPT = Path(__file__).parent / "bench" / "pdf.py"


@pytest.mark.conformance
def test_the_benchmark_runs() -> None:
    command = ["--articles", "3", "--workers", "1", "--others", "weasyprint"]
    ran = subprocess.run([sys.executable, SCRIPT, *command], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    rows = [re.split(r"\s{2,}", line) for line in ran.stdout.splitlines()]
    pages = {row[0]: row[4] for row in rows if len(row) > 8 and row[0]}
    assert list(pages) == ["press, cold", "press, warm", "press, changed", "WeasyPrint"]
    cold, warm, changed, alone = (int(value) for value in pages.values())
    assert cold == warm == alone < changed
    assert f"0 of {cold} pages differ" in ran.stdout


def test_the_benchmark_of_epub_runs() -> None:
    command = [sys.executable, "-m", "tests.bench.epub", "--articles", "3", "--others"]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=SCRIPT.parents[2])
    assert ran.returncode == 0, ran.stderr
    rows = [line.split() for line in ran.stdout.splitlines()]
    assert {row[0]: row[4] for row in rows if len(row) > 4 and row[0] == "exporter"} == {"exporter": "0.0"}
    assert any(row[:1] == ["zip"] for row in rows)


def test_the_benchmark_of_the_library_runs() -> None:
    command = [sys.executable, "-m", "tests.bench.library", "--articles", "40"]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=SCRIPT.parents[2])
    assert ran.returncode == 0, ran.stderr
    rows = [line.split() for line in ran.stdout.splitlines()]
    assert [row[0] for row in rows if row and row[0] in ("imported", "again")] == ["imported", "again"]
    assert "40 stories" in ran.stdout
    assert re.search(r"nosuchword.* 0 articles", ran.stdout)


def test_generated_articles_do_not_depend_on_how_many_there_are() -> None:
    few, many = generated.articles(2), generated.articles(300)
    assert many[:2] == few
    assert few != generated.articles(2, seed=2)


def test_a_hundredth_of_the_generated_articles_is_revised() -> None:
    first = generated.articles(400)
    now = generated.revised(first)
    changed = [(a, b) for a, b in zip(first, now, strict=False) if a != b]
    assert (len(changed), len(now)) == (2, 402)
    for before, after in changed:
        assert msgspec.structs.replace(after, blocks=before.blocks) == before
