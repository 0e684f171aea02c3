"""The same articles make the same bytes: on any day, in any zone, locale, hash order, folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exporter.backends.registry import TABLE
from exporter.model.article import to_json
from tests import kitchen_sink

INPUT = Path(__file__).parents[1] / "input"

SAVED = (
    *("copied/harbour-gazette-two-april-stories.txt", "mail", "markdown/images"),
    "markdown/Museum of Small Tools opens all its drawers.md",
)
"""What is read beside an article of everything there is, and some in other scripts."""
# The clock is set on the way in, as a day between two runs would. Of the e-book's fonts every so many one
# stands for all: to cut one takes a second. Every fourth are a static, a variable and an Arabic one.
CODE = """
import sys, time_machine
from exporter.backends.epub import _fonts
some = [*_fonts._packaged()][::int(sys.argv.pop(1))]
_fonts._packaged = lambda: some
with time_machine.travel(sys.argv.pop(1), tick=True):
    from exporter.cli import main
    main()
"""


def export(folder: Path, faces: str, moment: str, jobs: str, **environment: str) -> dict[str, str]:
    command = [sys.executable, "-c", CODE, faces, moment, "export", "saved", "-o", "out", "-q", "--no-cache"]
    command += ["--jobs", jobs]
    command += ["--embed-fonts", *(word for name in TABLE for word in ("-f", name))]
    env = {k: v for k, v in os.environ.items() if k not in ("TZ", "LANG", "LC_ALL", "PYTHONHASHSEED")}
    subprocess.run(command, cwd=folder, env=env | environment, check=True, capture_output=True)
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (folder / "out").iterdir()}


@pytest.mark.parametrize("everything", [False, pytest.param(True, marks=pytest.mark.conformance)])
def test_same_bytes_everywhere(tmp_path: Path, everything: bool) -> None:
    faces = "4" if everything else "16"
    here, there = tmp_path / "here", tmp_path / "over" / "there"
    for folder in (here, there):
        for name in SAVED:
            source, target = INPUT / name, folder / "saved" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        if everything:
            (folder / "saved" / "sink.json").write_bytes(to_json(kitchen_sink.articles()))
    first = export(here, faces, "2026-03-01T10:00:00Z", "1", TZ="UTC", LANG="C.UTF-8", PYTHONHASHSEED="1")
    second = export(
        there,
        faces,
        "2027-09-02T23:30:00Z",
        "2",
        TZ="Asia/Seoul",
        LANG="de_DE.UTF-8",
        PYTHONHASHSEED="4242",
        HOME=str(tmp_path),
    )
    assert first == second
    assert len(first) == len(TABLE)
