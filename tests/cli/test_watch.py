"""`exporter watch` in a folder that changes: every wait is for something to happen, none for a time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exporter.cli._watch import Watched
from exporter.errors import InputError, UsageError
from exporter.jobs.config import load
from exporter.sources import remote

CONFIG = """
library = "saved/library"

[editions.all]
every = "year"
from = "2021"
to = "2021"
input = ["saved"]
formats = ["eml"]
output = "saved/out"
name = "all"
"""
PAGE = """---
title: {title}
date: 2021-05-06
site: The Orchard Weekly
---

{title}, says the society, is what its friends have waited for.
"""
WRITTEN = Path(__file__).parents[1] / "golden" / "own_output" / "0.1.0"
FAR = 40
"""Seconds after which something that should happen has not: a loaded machine is slow."""


def write(folder: Path, title: str) -> None:
    saved = folder / "saved"
    saved.mkdir(exist_ok=True)
    (saved / f"{title}.md").write_text(PAGE.format(title=title))


@contextmanager
def watching(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "exporter", "watch", "--all", "--jobs", "1", *options]
    with (folder / "told").open("w") as values, (folder / "made").open("w") as written:
        process = subprocess.Popen(words, cwd=folder, stdout=written, stderr=values, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait(what: Callable[[], object]) -> None:
    end = time.monotonic() + FAR
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def runs(folder: Path) -> int:
    """How many runs have told what they did."""
    written = (folder / "made").read_text().count("all-2021.eml")
    return written + (folder / "told").read_text().count("up to date")


def test_what_is_added_is_in_the_edition_and_what_is_written_begins_no_run(tmp_path: Path) -> None:
    (tmp_path / "exporter.toml").write_text(CONFIG)
    digest = tmp_path / "saved" / "out" / "all-2021.eml"
    write(tmp_path, "Pears")
    with watching(tmp_path) as process:
        wait(digest.exists)
        assert b"Pears" in digest.read_bytes()
        wait(lambda: runs(tmp_path) == 1)
        # Neither what the run wrote nor these begin another one, or there would be three at the end.
        (tmp_path / "saved" / ".hidden.md").write_text(PAGE.format(title="Figs"))
        (tmp_path / "saved" / "half.md.part").write_text(PAGE.format(title="Figs"))
        time.sleep(2.5)
        write(tmp_path, "Plums")
        wait(lambda: b"Plums" in digest.read_bytes())
        wait(lambda: runs(tmp_path) > 1)
        time.sleep(2.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(FAR) == 0
    assert runs(tmp_path) == 2
    assert b"Figs" not in digest.read_bytes()
    assert "Traceback" not in (tmp_path / "told").read_text()


@pytest.mark.conformance
def test_output_in_the_watched_folder_itself_begins_no_run(tmp_path: Path) -> None:
    (tmp_path / "exporter.toml").write_text(CONFIG.replace("saved/out", "saved"))
    digest = tmp_path / "saved" / "all-2021.eml"
    write(tmp_path, "Pears")
    with watching(tmp_path) as process:
        wait(digest.exists)
        wait(lambda: runs(tmp_path) == 1)
        time.sleep(2.5)
        write(tmp_path, "Plums")
        wait(lambda: b"Plums" in digest.read_bytes())
        wait(lambda: runs(tmp_path) > 1)
        time.sleep(2.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(FAR) == 0
    assert runs(tmp_path) == 2


@pytest.mark.conformance
def test_a_run_that_fails_is_told_and_the_next_one_is_made(tmp_path: Path) -> None:
    config = tmp_path / "exporter.toml"
    config.write_text(CONFIG)
    write(tmp_path, "Pears")
    with watching(tmp_path, "--quiet") as process:
        digest = tmp_path / "saved" / "out" / "all-2021.eml"
        wait(digest.exists)
        assert (tmp_path / "told").read_text() == (tmp_path / "made").read_text() == ""
        config.write_text(CONFIG + "formt = 1\n")
        write(tmp_path, "Plums")
        wait(lambda: "unknown key: 'formt'" in (tmp_path / "told").read_text())
        config.write_text(CONFIG)
        write(tmp_path, "Quinces")
        wait(lambda: b"Quinces" in digest.read_bytes())
        assert b"Plums" in digest.read_bytes()
        process.send_signal(signal.SIGINT)
        assert process.wait(FAR) in (0, 130)  # waiting again, or still at the end of the run
    assert (tmp_path / "told").read_text().replace("error: interrupted", "").count("error") == 1


def watched(folder: Path, **changes: str) -> Watched:
    text = CONFIG
    for old, new in changes.items():
        text = text.replace({"input": '"saved"]', "output": "saved/out"}[old], new)
    (folder / "exporter.toml").write_text(text)
    return Watched(load(folder / "exporter.toml"), ["all"], None)


def test_only_what_may_be_an_article_is_meant(tmp_path: Path) -> None:
    write(tmp_path, "Pears")
    saved = (tmp_path / "saved").resolve()
    place = watched(tmp_path)
    (saved / "out").mkdir()
    (saved / "out" / "a.md").write_text(PAGE.format(title="Figs"))
    shutil.copy(WRITTEN / "digest.eml", saved / "out" / "all.eml")
    shutil.copy(WRITTEN / "digest.pdf", saved)
    for name in ("a.md", "deep/er/a.html", "page_files/a.png", "out/a.md"):
        assert place.is_meant(saved / name), name
    for name in (
        *(".a.md", ".git/a.md", "a.md~", "a.html.crdownload", "deep/.a.md.swp", "__MACOSX/a.md"),
        *("out/all.eml", "out/.exporter/all.json", "digest.pdf", "../other/a.md"),
        *("library/library.sqlite-wal", "library/images/0f"),
    ):
        assert not place.is_meant(Path(os.path.normpath(saved / name))), name


def test_of_a_file_that_is_read_alone_its_neighbours_are_not_meant(tmp_path: Path) -> None:
    write(tmp_path, "Pears")
    saved = (tmp_path / "saved").resolve()
    place = watched(tmp_path, input='"saved/Pears.md"]')
    assert [place.is_meant(saved / name) for name in ("Pears.md", "Plums.md")] == [True, False]


def test_files_beside_what_is_read_are_written_without_harm(tmp_path: Path) -> None:
    write(tmp_path, "Pears")
    assert watched(tmp_path, output=".").is_meant((tmp_path / "saved").resolve() / "a.md")


def test_what_cannot_be_watched_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(remote._STORES, "memory", "fsspec")
    with pytest.raises(InputError, match="no such file or folder"):
        watched(tmp_path)
    write(tmp_path, "Pears")
    with pytest.raises(UsageError, match="tells of no changes"):
        watched(tmp_path, input='"memory://saved"]')
    assert watched(tmp_path, output="memory://digests").places
    with pytest.raises(UsageError, match="nothing to watch"):
        watched(tmp_path, input="]")
