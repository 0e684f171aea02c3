"""A run that is killed at any moment leaves only whole files and records that tell the truth, and the
next one finishes the job: the same bytes as of a run that nothing disturbed.

One kill is tried in every run of the tests; ``make conformance`` tries a hundred.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from exporter.jobs.manifest import Record
from tests.library.test_catalog import page

TOML = """
library = "library"

[editions.monthly]
title = "The month"
input = ["saved"]
from = "2024-01"
formats = ["pdf", "epub", "txt"]
output = "out"
"""


def prepare(folder: Path, months: int) -> None:
    for n in range(6 * months):
        words = "\n\n".join(
            " ".join(
                random.Random(f"{n} {p}").choices(
                    ["bread", "salt", "ferry", "harbour", "night", "quiet", "wheel"], k=60
                )
            )
            for p in range(3)
        )
        page(folder / "saved", f"{n:02}.md", f"Title {n}", words, f"2024-{n % months + 1:02}-{n + 1:02}")
    (folder / "exporter.toml").write_text(TOML)


def start(folder: Path) -> subprocess.Popen[bytes]:
    # A cache of its own, so that pages are laid out, and kept while it is killed, too.
    environment = {
        **os.environ,
        "EXPORTER_CACHE": str(folder / "cache"),
        "EXPORTER_LIBRARY": str(folder / "library"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "exporter", "run", "monthly", "--as-of", "2024-06-01", "-q", "--jobs", "2"],
        cwd=folder,
        env=environment,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    """The whole group, as a power cut would: no process of it may put anything in order."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def outputs(folder: Path) -> dict[str, str]:
    return {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted((folder / "out").glob("[!.]*"))
        if p.is_file()
    }


def records(folder: Path) -> dict[str, str]:
    """What the records tell: name → hash of every file. Each has to be whole."""
    shown: dict[str, str] = {}
    for path in (folder / "out" / ".exporter").glob("*.json"):
        for entry in msgspec.json.decode(path.read_bytes(), type=Record).formats.values():
            shown.update((output.name, output.sha256) for output in entry.files)
    return shown


def disturbed(tmp_path: Path, kills: int, months: int) -> None:
    files = 3 * months
    calm, storm = tmp_path / "calm", tmp_path / "storm"
    for folder in (calm, storm):
        prepare(folder, months)
    began = time.monotonic()
    assert start(calm).wait() == 0
    length = time.monotonic() - began
    expected = outputs(calm)
    assert len(expected) == files
    dice = random.Random(kills)
    for _ in range(kills):
        if dice.random() < 0.25:
            (storm / "cache").exists() and subprocess.run(["rm", "-rf", storm / "cache"], check=True)
        if len(outputs(storm)) == files and dice.random() < 0.5:
            for path in (storm / "out").glob("[!.]*"):
                if dice.random() < 0.5:
                    path.unlink()
        process = start(storm)
        try:
            process.wait(dice.uniform(0.2, length))
        except subprocess.TimeoutExpired:
            kill(process)
        output = outputs(storm)
        assert output.items() <= expected.items(), "each file is whole"
        assert {n: h for n, h in records(storm).items() if n in output}.items() <= output.items(), (
            "records are true"
        )
    assert start(storm).wait() == 0
    assert outputs(storm) == expected
    assert records(storm) == expected
    left = [p.name for p in (storm / "out").rglob("*.part")]
    assert left == [], "nothing half-written is left"


@pytest.mark.conformance
def test_a_kill(tmp_path: Path) -> None:
    disturbed(tmp_path, 1, months=2)


@pytest.mark.conformance
def test_a_hundred_kills(tmp_path: Path) -> None:
    disturbed(tmp_path, 100, months=4)


def test_the_same_batch_twice_at_once(tmp_path: Path) -> None:
    prepare(tmp_path, months=2)
    both = [start(tmp_path) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert records(tmp_path) == outputs(tmp_path)
    assert len(outputs(tmp_path)) == 6
