"""Imports and runs that are disturbed at random moments lose nothing that was kept, exit 0 only when all is
done, and the next run completes to the same bytes as one that nothing disturbed.

The disturbances: a full disk under the library and the output, a full temporary folder, and workers that the
system kills. The disks are small file systems in memory; mounting them needs root on Linux.
"""

from __future__ import annotations

import hashlib
import io
import os
import random
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

import exporter
from exporter.library import Library
from tests.jobs.test_killed import TOML, outputs, records
from tests.jobs.test_killed import prepare as prepare_run

pytestmark = pytest.mark.conformance

WORDS = ["bread", "salt", "ferry", "harbour", "night", "quiet", "wheel", "stove", "island", "rope", "barge"]
RUNS = 50


# -- Material and disturbances -------------------------------------------------------------


def page(number: int) -> str:
    drawn = random.Random(number)
    paragraphs = "".join(f"<p>{' '.join(drawn.choices(WORDS, k=70)).capitalize()}.</p>" for _ in range(4))
    day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
    head = f'<title>Story {number}</title><meta property="article:published_time" content="{day}">'
    return (
        f"<!DOCTYPE html><html lang=en><head>{head}</head><body><article><h1>Story {number}</h1>"
        f"{paragraphs}</article></body></html>"
    )


def zipped(numbers: range, inner: bytes | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in numbers:
            archive.writestr(f"{number}.html", page(number))
        if inner:
            archive.writestr("inner.zip", inner)
    return out.getvalue()


def save_articles(folder: Path) -> None:
    """230 pages: files, and members of a ZIP, of a ZIP in a ZIP, and of a compressed TAR."""
    folder.mkdir()
    for number in range(80):
        (folder / f"{number:03}.html").write_text(page(number))
    (folder / "first.zip").write_bytes(zipped(range(100, 150), zipped(range(200, 250))))
    with tarfile.open(folder / "second.tar.gz", "w:gz") as archive:
        for number in range(300, 350):
            data = page(number).encode()
            info = tarfile.TarInfo(f"{number}.html")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def kept(library: Path) -> set[tuple[str, str]]:
    """Title and text of every article that the library has."""
    if not (library / "library.sqlite").exists():
        return set()
    with Library(library) as opened:
        return {(a.title, "\n".join(exporter.paragraphs(a))) for a in opened.select().articles}


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[Path]:
    at.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(at)], capture_output=True
    ).returncode:
        pytest.skip("a file system in memory cannot be mounted here")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


def fill(disk: Path) -> None:
    """Take all space that is left."""
    with (disk / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            for size in (1 << 20, 4096, 1):
                with suppress(OSError):
                    while file.write(b"\0" * size) == size:
                        pass
            break


def kill_a_worker(process: subprocess.Popen[bytes], dice: random.Random) -> None:
    with suppress(psutil.Error, IndexError):
        workers = [
            child
            for child in psutil.Process(process.pid).children(recursive=True)
            if "spawn_main" in " ".join(child.cmdline())
        ]
        dice.choice(workers).kill()


def start(arguments: list[str], folder: Path, temporary: Path | None = None) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "EXPORTER_CACHE": str(folder / "cache"),
        "EXPORTER_LIBRARY": str(folder / "library"),
    }
    if temporary:
        environment["TMPDIR"] = str(temporary)
    return subprocess.Popen(
        [sys.executable, "-m", "exporter", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def end(process: subprocess.Popen[bytes]) -> int:
    """The exit code of a run, which never ends with a traceback."""
    _, errors = process.communicate(timeout=300)
    assert b"Traceback" not in errors, errors.decode()
    assert b"nternal error" not in errors, errors.decode()
    return process.returncode


# -- Imports -------------------------------------------------------------------------------


def digest_of(folder: Path) -> dict[str, str]:
    """The bytes of what is exported from the library there."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    export = ["export", "--library", "library", "-f", "txt", "-f", "epub", "-o", "out", "-q"]
    assert end(start(export, folder)) == 0
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (folder / "out").glob("[!.]*")}


@pytest.mark.parametrize("disturbance", ["disk", "temporary folder", "workers"])
def test_a_disturbed_import_loses_nothing(tmp_path: Path, disturbance: str) -> None:
    calm = tmp_path / "calm"
    calm.mkdir()
    save_articles(calm / "saved")
    began = time.monotonic()
    assert end(start(["import", "saved", "--jobs", "2", "-q"], calm)) == 0
    length = time.monotonic() - began
    expected, bytes_expected = kept(calm / "library"), digest_of(calm)
    assert len(expected) == 230
    dice = random.Random(disturbance)
    codes = set()
    with small_disk(tmp_path / "storm", 48) as storm, small_disk(tmp_path / "temporary", 32) as temporary:
        shutil.copytree(calm / "saved", storm / "saved")
        full = {"disk": storm, "temporary folder": temporary}.get(disturbance)
        for _ in range(RUNS):
            if dice.random() < 0.3:
                shutil.rmtree(storm / "library", ignore_errors=True)
            before = kept(storm / "library")
            again = ["--again"] if dice.random() < 0.7 else []
            process = start(["import", "saved", "--jobs", "2", "-q", *again], storm, temporary)
            try:
                for _ in range(dice.randrange(1, 4)):
                    time.sleep(dice.uniform(0.05, length / 2))
                    if full:
                        fill(full)
                    else:
                        kill_a_worker(process, dice)
                codes.add(code := end(process))
            finally:
                for disk in (storm, temporary):
                    (disk / "filler").unlink(missing_ok=True)
            after = kept(storm / "library")
            assert before <= after <= expected, "what was kept is kept"
            assert code or after == expected, "exit code 0 says that all is in"
        assert end(start(["import", "saved", "-q"], storm)) == 0
        assert kept(storm / "library") == expected
        assert digest_of(storm) == bytes_expected
        assert list(temporary.iterdir()) == [], "no temporary file is left"
    assert codes != {0}, "some runs were disturbed"


# -- Runs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("disturbance", ["disk", "temporary folder", "workers"])
def test_a_disturbed_run_completes_the_next_time(tmp_path: Path, disturbance: str) -> None:
    calm = tmp_path / "calm"
    calm.mkdir()
    prepare_run(calm, months=4)
    arguments = ["run", "monthly", "--as-of", "2024-06-01", "-q", "--jobs", "2"]
    began = time.monotonic()
    assert end(start(arguments, calm)) == 0
    length = time.monotonic() - began
    expected = outputs(calm)
    dice = random.Random(disturbance)
    with small_disk(tmp_path / "storm", 48) as storm, small_disk(tmp_path / "temporary", 32) as temporary:
        shutil.copytree(calm / "saved", storm / "saved")
        (storm / "exporter.toml").write_text(TOML)
        full = {"disk": storm, "temporary folder": temporary}.get(disturbance)
        for _ in range(RUNS // 2):
            for folder in ("cache", "out", "library"):
                if dice.random() < 0.4:
                    shutil.rmtree(storm / folder, ignore_errors=True)
            process = start(arguments, storm, temporary)
            try:
                time.sleep(dice.uniform(0.1, length))
                if full:
                    fill(full)
                else:
                    kill_a_worker(process, dice)
                code = end(process)
            finally:
                for disk in (storm, temporary):
                    (disk / "filler").unlink(missing_ok=True)
            written = outputs(storm)
            assert written.items() <= expected.items(), "each file is whole"
            assert code or written == expected, "exit code 0 says that all is made"
        assert end(start(arguments, storm)) == 0
        assert outputs(storm) == expected == records(storm)
