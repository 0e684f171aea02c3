"""The command line as people meet it: transcripts of input, output, errors and exit status.

Each file in golden/cli begins with the command; below stand its standard output, its
standard error and its exit status. ``--rewrite-goldens`` writes them anew.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from exporter.errors import ClusterError, ExporterError
from tests.command import run as in_process
from tests.copied import CopiedTeaser, Page

GOLDEN = Path(__file__).parents[1] / "golden" / "cli"

MILL = Page(
    "Old mill turns again",
    "Harbour Gazette (En)",
    date(2024, 3, 4),
    date(2024, 9, 3),
    [
        "Harbourton, March 4 (HG) -- The wheel of the old mill turned on Monday.",
        "Flour will be sold from May. -0-",
    ],
    [
        CopiedTeaser(
            "Ferry runs late", "The evening ferry will leave at nine from now on.", date(2024, 9, 2)
        ),
        CopiedTeaser(
            "A bench for the pier", "A bench was given to the pier by its friends.", date(2024, 8, 31)
        ),
    ],
)
PEARS = """---
title: "Pears & plums: a late harvest"
date: 2024-05-06 09:30:00 +0200
author: Jo Field
site: The Orchard Weekly
tags: [fruit, weather]
lang: en
---

The **late** harvest began, as the [society](https://example.org/) had said.

![A crate of pears](crate.png)
"""


RECORDS = """[{"kopf": "Nets are dried", "worte": "They hang on the quay.", "am": 1714953600000},
 {"kopf": "Nets are mended", "worte": "All of them.", "am": 1715040000000}]
"""
LINKS = """title,url,time_added,tags,status
Sea charts,https://charts.example/,1714990123,sea,unread
Kites,https://kites.example/,1714990223,,archive
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder as a user has it: saved/ with pages, a binary file, an empty one."""
    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "mill.txt").write_text(MILL.text(), "utf-8")
    (saved / "pears.md").write_text(PEARS, "utf-8")
    (saved / "sundial.txt").write_text("The sundial\n\nIt tells the time to those who ask nicely.\n", "utf-8")
    (saved / "blob.bin").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "records.json").write_text(RECORDS, "utf-8")
    (tmp_path / "links.csv").write_text(LINKS, "utf-8")
    (saved / "nothing.txt").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    (tmp_path / "afile").write_text("x")
    return tmp_path


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    assert words[0] == "exporter"
    return in_process(words[1:], folder, {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"})


def run_process(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, where its environment is what matters."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("EXPORTER_HOME", "COLUMNS", "_TYPER"))}
    env |= {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", **environment}
    return subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


def transcript(command: str, folder: Path) -> str:
    done = run(command, folder)
    parts = [
        f"$ {command}",
        done.stdout.rstrip("\n"),
        "--- stderr",
        done.stderr.rstrip("\n"),
        f"--- exit {done.returncode}",
    ]
    return "\n".join(part for part in parts if part) + "\n"


@pytest.mark.parametrize("case", sorted(GOLDEN.glob("*.txt")), ids=lambda p: p.stem)
def test_transcript(case: Path, workspace: Path, request: pytest.FixtureRequest) -> None:
    stored = case.read_text("utf-8")
    command = stored.split("\n", 1)[0].removeprefix("$ ")
    got = transcript(command, workspace)
    assert "Traceback" not in got
    if request.config.getoption("--rewrite-goldens"):
        case.write_text(got, "utf-8")
    assert got == case.read_text("utf-8")


def test_export_writes_whole_files_and_tells_them(workspace: Path) -> None:
    done = run("exporter export saved -f epub -f txt -o out --report report.json", workspace)
    assert done.returncode == 0
    assert sorted(p.name for p in (workspace / "out").iterdir()) == ["digest.epub", "digest.txt"]
    report = json.loads((workspace / "report.json").read_text("utf-8"))
    assert {w["format"]: len(w["places"]) for w in report["written"]} == {"epub": 5, "txt": 5}
    assert {d["id"] for d in report["diagnostics"]} >= {
        "file-empty",
        "file-not-text",
        "image-missing",
        "date-missing",
    }
    assert {r["name"]: r["articles"] for r in report["read"]}["blob.bin"] == 0
    assert all(d["remedy"] for d in report["diagnostics"])


def test_the_report_counts_words_read_and_left_out(workspace: Path) -> None:
    text = "<p>The tide came in over the sand at noon, and nobody was there to see it.</p>" * 3
    page = f"<title>Tide</title><article>{text}<p>Share this</p></article>"
    (workspace / "tide.html").write_text(page, "utf-8")
    done = run("exporter export tide.html -f txt -o out --report report.json", workspace)
    assert done.returncode == 0
    (page_read,) = json.loads((workspace / "report.json").read_text("utf-8"))["read"]
    assert (page_read["words"], page_read["words_left_out"]) == (48, {"share": 2})


def test_the_native_form_comes_back(workspace: Path) -> None:
    shown = run("exporter show saved --json", workspace)
    (workspace / "articles.json").write_text(shown.stdout, "utf-8")
    again = run("exporter show articles.json --json", workspace)
    assert json.loads(again.stdout) == json.loads(shown.stdout)
    assert [a["title"] for a in json.loads(shown.stdout)] == [
        "Old mill turns again", "Pears & plums: a late harvest", "The sundial",
    ]  # fmt: skip


def test_a_failed_run_leaves_what_was_written_before(workspace: Path) -> None:
    assert run("exporter export saved -f txt -o out", workspace).returncode == 0
    before = (workspace / "out" / "digest.txt").read_bytes()
    assert run("exporter export saved -f txt -o out --strict", workspace).returncode == 3
    assert run("exporter export saved -f txt -o out --from 1999 --to 1999", workspace).returncode == 4
    assert [(p.name, p.read_bytes()) for p in (workspace / "out").iterdir()] == [("digest.txt", before)]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_half_done(workspace: Path, how: signal.Signals) -> None:
    """Ctrl-C, or a polite end, in the middle of reading: exit 130, a word, and no file."""
    os.mkfifo(workspace / "slow.txt")
    words = [sys.executable, "-m", "exporter", "export", "saved", "slow.txt", "-f", "txt", "-o", "out"]
    process = subprocess.Popen(
        words, cwd=workspace, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with (workspace / "slow.txt").open("wb", buffering=0) as pipe:  # opens when the program reads it
        pipe.write(b"A slow title")
        process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors
    assert not (workspace / "out").exists()


def test_a_reader_that_goes_away_is_no_error(workspace: Path) -> None:
    words = f"{shlex.quote(sys.executable)} -m exporter show saved --json | head -c 10"
    done = subprocess.run(["sh", "-c", words], cwd=workspace, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_every_exit_code_is_documented() -> None:
    kinds = [ExporterError, *ExporterError.__subclasses__()]
    codes = {kind.exit_code for kind in kinds if kind is not ClusterError}  # by which a part fails
    assert len(codes) == len(kinds) - 1
    epilog = run("exporter --help", Path.cwd()).stdout.replace("│", " ")
    for code in codes:
        assert f"{code} " in " ".join(epilog.split("Exit codes:")[1].split())


def test_importing_the_library_is_cheap_and_loads_no_engine() -> None:
    engines = ("weasyprint", "ebooklib", "jinja2", "lxml", "trafilatura", "typer")
    code = f"import sys, exporter; print([m for m in {engines} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.conformance
def test_who_stops_listening_costs_nothing(workspace: Path) -> None:
    """`| true` and closed streams: the work is done, nothing is complained of."""
    program = f"{shlex.quote(sys.executable)} -m exporter"
    for words in (
        f"{program} list saved | true; exit ${{PIPESTATUS[0]}}",
        f"{program} export saved -f txt -o out 2>&1 | true; exit ${{PIPESTATUS[0]}}",
        f"{program} list saved >&-",
        f"{program} list saved 2>&-",
    ):
        done = subprocess.run(
            ["bash", "-c", words], cwd=workspace, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "rror" in done.stderr) == (0, False), words
    assert (workspace / "out" / "digest.txt").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["list saved", "show saved --json"])
def test_a_full_disk_at_the_other_end_is_told(workspace: Path, command: str) -> None:
    words = f"{shlex.quote(sys.executable)} -m exporter {command} > /dev/full"
    done = subprocess.run(["sh", "-c", words], cwd=workspace, capture_output=True, text=True, check=False)
    assert done.returncode == 6
    assert "cannot write to standard output" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plain_locale_garbles_no_data_and_stops_nothing(workspace: Path) -> None:
    (workspace / "saved" / "bridge.txt").write_text("다리\n\n돌다리를 놓았다.\n", "utf-8")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    shown = run_process("exporter show saved --json", workspace, **plain)
    assert shown.stdout == run("exporter show saved --json", workspace).stdout
    assert "돌다리" in shown.stdout
    for command in ("exporter list saved", "exporter export --help", "exporter show saved"):
        assert run_process(command, workspace, **plain).returncode == 0


def test_a_report_that_cannot_be_written_is_told_before_the_work(workspace: Path) -> None:
    for target in ("afile/report.json", "saved"):
        done = run(f"exporter export saved -f txt -o out --report {target}", workspace)
        assert done.returncode == 6
        assert "--report" in done.stderr
        assert not (workspace / "out").exists()


@pytest.mark.parametrize("moment", [0.0, 0.02, 0.05, pytest.param(0.2, marks=pytest.mark.conformance)])
def test_an_interrupt_among_workers_ends_them_all(workspace: Path, moment: float) -> None:
    """Ctrl-C while the workers start or work: exit 130 at once, no word from a worker, no
    process and no half file left."""
    for month in range(1, 10):
        page = MILL.text().replace("04/03/2024", f"04/0{month}/2024")
        (workspace / "saved" / f"{month}.txt").write_text(page.replace("Old mill", f"Mill {month}"), "utf-8")
    words = shlex.split("batch saved -f epub -f pdf --jobs 2 -o out")
    process = subprocess.Popen(
        [sys.executable, "-m", "exporter", *words], cwd=workspace, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not (workspace / "out").exists():  # the folder is made just before the workers are
        assert process.poll() is None
        time.sleep(0.005)
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, "Traceback" in errors) == (130, False), errors
    # Nobody holds its end of the pipe any more, so nobody of the group is left to write.
    assert not [p for p in (workspace / "out").iterdir() if p.suffix == ".part"]


@pytest.mark.conformance
def test_two_runs_into_one_folder_at_once_leave_whole_and_equal_files(workspace: Path) -> None:
    """Both succeed, whoever writes last; they share the cache of laid-out pages, too."""
    wanted = run("exporter export saved -f pdf -f txt -o alone --no-cache", workspace)
    assert wanted.returncode == 0
    env = {**os.environ, "EXPORTER_CACHE": str(workspace / "cache")}
    words = [sys.executable, "-m", "exporter", *shlex.split("export saved -f pdf -f txt -o out --jobs 1")]
    runs = [
        subprocess.Popen(
            words, cwd=workspace, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for one in runs:
        _, errors = one.communicate(timeout=120)
        assert (one.returncode, "Traceback" in errors) == (0, False), errors
    output, alone = (
        {p.name: p.read_bytes() for p in (workspace / name).iterdir()} for name in ("out", "alone")
    )
    assert sorted(output) == ["digest.pdf", "digest.txt"]
    assert output == alone
    assert not [p for p in (workspace / "cache").rglob("*") if p.suffix == ".part"]
