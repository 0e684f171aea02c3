"""Temporary folders: nothing is left of them, whatever ends a run."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from exporter.library import Library
from exporter.workers import scratch
from exporter.workers.pool import JobFailure, WorkerPool
from exporter.workers.scratch import temporary_folder

ARTICLE = "# A bench for the harbour\n\nThe town has put a bench where the ferries land.\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the system that nobody else uses."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def _left_behind(place: Path, name: str = "exporter-4711-a1b2c3d4.scratch") -> Path:
    folder = place / name
    (folder / "within").mkdir(parents=True)
    (folder / "within" / "page").write_text("half")
    return folder


def test_a_folder_is_gone_at_the_end(place: Path) -> None:
    with temporary_folder() as folder:
        (folder / "page").write_text("whole")
        assert list(place.iterdir()) == [folder]
    assert list(place.iterdir()) == []
    with pytest.raises(ZeroDivisionError), temporary_folder():
        raise ZeroDivisionError
    assert list(place.iterdir()) == []


def test_a_forked_process_leaves_the_folder_to_its_parent(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As users of the library have it who fork: their workers end, and the program goes on."""
    monkeypatch.setattr(scratch, "_lasting", {})
    folder = scratch.process_folder()
    process = multiprocessing.get_context("fork").Process(target=os.getpid)
    process.start()
    process.join()
    assert folder.is_dir()
    assert scratch.process_folder() == folder


def test_the_next_run_removes_what_a_killed_one_has_left(place: Path) -> None:
    process = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import time\nfrom exporter.workers.scratch import temporary_folder\n"
            "with temporary_folder() as folder:\n"
            "  (folder / 'page').touch(); print(folder, flush=True); time.sleep(60)",
        ],
        env=os.environ | {"TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    theirs = Path(process.stdout.readline().strip())
    with temporary_folder() as folder:
        assert set(place.iterdir()) == {theirs, folder}, "one in use stays"
        process.kill()
        process.wait()
        process.stdout.close()
        assert (theirs / "page").exists()
        with temporary_folder() as second:
            assert set(place.iterdir()) == {folder, second}


def test_a_process_id_that_is_used_again_does_not_keep_a_folder(place: Path) -> None:
    _left_behind(place, f"exporter-{os.getpid()}-a1b2c3d4.scratch")
    with temporary_folder() as folder:
        assert list(place.iterdir()) == [folder]


@pytest.mark.parametrize(
    "name", ["exporter-notes", "exporter-2021-05_06_07", "my-exporter-4711-a1b2c3d4.scratch"]
)
def test_what_others_have_in_the_temporary_folder_stays(place: Path, name: str) -> None:
    theirs = _left_behind(place, name)
    with temporary_folder():
        pass
    assert (theirs / "within" / "page").exists()


def test_folders_of_other_users_stay(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = _left_behind(place)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with temporary_folder():
        pass
    assert (theirs / "within" / "page").exists()


def test_links_are_not_followed(place: Path) -> None:
    elsewhere = _left_behind(place / "elsewhere")
    (place / "exporter-4711-d4e5f6a1.scratch").symlink_to(elsewhere)
    with temporary_folder():
        pass
    assert (elsewhere / "within" / "page").exists()


def test_a_backup_removes_what_a_killed_one_has_left(tmp_path: Path) -> None:
    _left_behind(tmp_path, ".exporter-4711-a1b2c3d4.scratch")
    with Library(tmp_path / "news") as library:
        library.backup(tmp_path / "copy")
    assert {path.name for path in tmp_path.iterdir()} == {"news", "copy"}


def _leaves_a_file(killed: bool) -> str:
    name = tempfile.mkdtemp()
    Path(name, "page").write_text("half")
    if killed:
        os.kill(os.getpid(), signal.SIGKILL)
    return name


def test_nothing_is_left_of_workers(place: Path) -> None:
    before = set(scratch.process_folder().iterdir())
    pool = WorkerPool(_leaves_a_file, 1)
    (done,) = pool.do([False])
    assert isinstance(done[1], str)
    assert Path(done[1], "page").exists()
    assert scratch.process_folder() in Path(done[1]).parents
    assert list(pool.do([True])) == [(0, JobFailure("ended", -signal.SIGKILL))]
    pool.close()
    assert set(scratch.process_folder().iterdir()) <= before


def test_a_forked_process_leaves_the_folder_of_its_parent() -> None:
    folder = scratch.process_folder()
    child = multiprocessing.get_context("fork").Process(target=scratch.process_folder)
    child.start()
    child.join()
    assert child.exitcode == 0
    assert folder.is_dir()
    assert scratch.process_folder() == folder


def test_a_run_leaves_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    place, article = tmp_path / "temporary", tmp_path / "bench.md"
    place.mkdir()
    article.write_text(ARTICLE)
    subprocess.run(
        [*(sys.executable, "-m", "exporter", "export", "bench.md"), *("-f", "pdf", "-j", "1", "-o", "out")],
        cwd=tmp_path,
        env=os.environ | {"TMPDIR": str(place)},
        check=True,
        capture_output=True,
    )
    assert (tmp_path / "out").exists()
    assert list(place.iterdir()) == []
