"""Reading in several processes: the same result, and what fails costs nothing but itself."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import exporter
from exporter.diagnostics import Report
from exporter.library import Library
from exporter.library.importer import import_files
from exporter.model.article import Article
from exporter.readers import registry as readers
from exporter.sources import read_many
from exporter.sources.read_many import FileRead, read_paths

pytestmark = pytest.mark.usefixtures("reading_workers")

READER = """
import os, signal, time
from exporter.model.article import Article

def sniff(source):
    return 1.0 if source.data.startswith(b"odd: ") else 0.0

def read(source, report):
    if b"hang" in source.data:
        while True:
            pass
    if b"die" in source.data:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"eat" in source.data:
        bytearray(2 * 1024**3)
    if b"wait" in source.data:
        time.sleep(600)
    yield Article(title="Odd but well", origin=source.origin("odd", "text/plain"))
"""


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package with a reader that fails as files tell it to, found by workers, too."""
    package = tmp_path / "package"
    (package / "odd-1.0.dist-info").mkdir(parents=True)
    (package / "odd-1.0.dist-info" / "METADATA").write_text("Name: odd\nVersion: 1.0\n")
    (package / "odd-1.0.dist-info" / "entry_points.txt").write_text("[exporter.readers]\nodd = odd_reader\n")
    (package / "odd_reader.py").write_text(READER)
    monkeypatch.syspath_prepend(package)
    readers.names.cache_clear()
    yield
    readers.names.cache_clear()


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a dozen pages; all that is more than nothing is worth workers."""
    monkeypatch.setattr(read_many, "WORTH", 1)
    folder = tmp_path / "saved"
    folder.mkdir()
    for n in range(12):
        (folder / f"{n:02}.txt").write_text(
            f"The boat of {n} o'clock\n\n{'It sails. ' * (500 if n < 3 else 1)}"
        )
    (folder / "05.txt").write_bytes(b"")
    return folder


def read(folder: Path, count: int | None) -> tuple[tuple[Article, ...], tuple[FileRead, ...], Report]:
    report = Report()
    return *read_paths([folder], report, workers=count), report


@pytest.mark.parametrize("count", [1, 3])
def test_the_result_is_that_of_one_process(saved: Path, count: int) -> None:
    articles, books, report = read(saved, None)
    again = read(saved, count)
    assert again[:2] == (articles, books)
    assert again[2].findings == report.findings
    assert len(articles) == 11
    assert [f.id for f in report.warnings] == ["file-empty"]


def test_progress_is_told_file_by_file(saved: Path) -> None:
    values: list[tuple[int, int]] = []
    read_paths([saved], Report(), workers=2, progress=lambda *at: values.append(at))
    assert values == [(n, 12) for n in range(13)]


@pytest.mark.parametrize(
    ("what", "id"),
    [
        ("die", "reading-ended"),
        ("hang", "reading-too-long"),
        pytest.param("wait", "reading-too-long", marks=pytest.mark.conformance),
        ("eat", "reading-ended"),
    ],
)
@pytest.mark.usefixtures("odd")
def test_a_file_that_ends_its_process_costs_itself(
    saved: Path, what: str, id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what in ("hang", "wait"):
        monkeypatch.setenv("EXPORTER_READING_SECONDS", "1")
    (saved / "03.txt").write_text(f"odd: {what}")
    (saved / "04.txt").write_text("odd: but well")
    articles, books, report = read(saved, 2)
    assert [a.title for a in articles if a.origin.reader == "odd"] == ["Odd but well"]
    assert len(articles) == 10
    assert [(f.id, f.where) for f in report.warnings] == [(id, "03.txt"), ("file-empty", "05.txt")]
    assert [b.articles for b in books if b.name == "03.txt"] == [0]


@pytest.mark.parametrize("moment", [0.0, 0.1, 0.4, pytest.param(1.5, marks=pytest.mark.conformance)])
@pytest.mark.usefixtures("odd")
def test_an_interrupt_while_reading_leaves_no_process(saved: Path, moment: float) -> None:
    """Ctrl-C while workers start or read: exit 130, a word, and nobody left."""
    for n in range(20, 200):
        (saved / f"{n}.txt").write_text("The boat\n\n" + "It sails. " * 2000)
    words = (
        f"-m exporter export {shlex.quote(str(saved))} -f txt --jobs 2 -o {shlex.quote(str(saved / 'out'))}"
    )
    process = subprocess.Popen(
        [sys.executable, *shlex.split(words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    ours = psutil.Process(process.pid)
    workers: list[psutil.Process] = []
    while process.poll() is None and not (workers := ours.children(recursive=True)):
        time.sleep(0.01)
    time.sleep(moment)
    workers = ours.children(recursive=True) if process.poll() is None else workers
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors
    assert process.returncode == (130 if "interrupted" in errors else 0)
    gone, alive = psutil.wait_procs(workers, timeout=10)
    assert (len(gone), alive) == (len(workers), [])


@pytest.mark.usefixtures("odd")
def test_a_member_that_ends_its_process_costs_itself(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    with zipfile.ZipFile(saved / "saved.zip", "w") as archive:
        archive.writestr("a.txt", "odd: but well")
        archive.writestr("b.txt", "odd: die")
        archive.writestr("c.txt", "odd: but well")
    (saved / "z.txt").write_text("odd: but well")
    articles, books, report = read(saved, 1)
    assert [a.origin.name for a in articles] == ["saved.zip!/a.txt", "saved.zip!/c.txt", "z.txt"]
    assert [(f.id, f.where) for f in report.warnings] == [("reading-ended", "saved.zip!/b.txt")]
    assert [b.articles for b in books] == [2, 1]


@pytest.mark.conformance
@pytest.mark.usefixtures("odd")
def test_an_archive_whose_workers_are_killed_is_read_by_the_next_import(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()

    def packed(*names: str) -> None:
        with zipfile.ZipFile(saved / "saved.zip", "w") as archive:
            for name in names:
                archive.writestr(f"{name}.txt", f"odd: {name}")

    with Library(tmp_path / "library") as library:
        packed("well", "good")
        assert import_files(library, [saved], Report(), workers=1).articles == 2
        packed("die", "good")
        assert import_files(library, [saved], Report(), workers=1).failed == 1
        assert library.stats().articles == 2
        assert import_files(library, [saved], Report(), workers=1).failed == 1, "the system may kill it again"
        packed("good")
        assert import_files(library, [saved], Report(), workers=1).failed == 0
        assert library.stats().articles == 1


def test_one_worker_stays_for_what_is_read_next(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The boat\n\nIt sails.")
    exporter.read(tmp_path)
    workers = psutil.Process().children()
    for _ in range(5):
        assert exporter.read(b"The boat\n\nIt sails.")[0].title == "The boat"
    assert psutil.Process().children() == workers
    monkeypatched = pytest.MonkeyPatch()
    monkeypatched.setenv("EXPORTER_HOME", str(tmp_path))
    exporter.read(tmp_path)
    monkeypatched.undo()
    assert psutil.Process().children() != workers, "it would not know the user's recipes"


SCRIPT = """
import sys
import exporter
print(exporter.read(sys.argv[1])[0].title)
print(sorted({"lxml", "trafilatura", "markdown", "yaml"} & set(sys.modules)))
"""


def test_the_program_that_calls_parses_nothing_and_needs_no_guard(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = "It sails. " * 50
    page.write_text(f"<html><head><title>The boat</title></head><body><p>{words}</p></body></html>")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, script, page], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["The boat", "[]"]
