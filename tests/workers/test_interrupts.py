"""Ctrl-C and SIGTERM are answered within a second, whatever the program is at."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from exporter.diagnostics import Report
from exporter.editions.selection import Selection
from exporter.library import Library, _groups
from exporter.library.importer import import_files
from exporter.progress import Progress
from exporter.workers import pool
from exporter.workers.interrupts import Interrupted
from tests.library.test_catalog import FERRY_TEXT, page, titles

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"

LOADING = """
import os, runpy, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            os.kill(os.getpid(), int(sys.argv.pop()))

sys.meta_path.insert(0, Finder())
runpy.run_module("exporter", run_name="__main__")
"""

DEAF = f"""
import os, sqlite3, sys, threading
from exporter.workers import interrupts

with interrupts.heard():
    threading.Timer(0.2, os.kill, (os.getpid(), int(sys.argv[1]))).start()
    sqlite3.connect(":memory:").execute({ENDLESS!r})
"""

INTERRUPTED_FIRST = """
import sys

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == "exporter.workers.interrupts":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupts())
from exporter.__main__ import main
"""

ENDED = """
import os, sys
from exporter.workers import interrupts, scratch

interrupts.early()
with scratch.temporary_folder() as folder:
    (folder / "page").write_text("half of it")
    scratch.process_folder()
    os.kill(os.getpid(), int(sys.argv[1]))
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_program_loads_ends_it_in_one_message(how: signal.Signals) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOADING, str(int(how))], capture_output=True, text=True, timeout=20
    )
    assert (ran.returncode, ran.stdout) == (130, "")
    assert ran.stderr.startswith("exporter: error: interrupted\n")
    assert "Traceback" not in ran.stderr


def test_the_package_loads_nothing_that_a_signal_could_interrupt() -> None:
    count = "import sys; before = {*sys.modules}; import exporter; print(*sorted({*sys.modules} - before))"
    ran = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, timeout=20)
    assert set(ran.stdout.split()) <= {"__future__", "exporter", "exporter.version"}


def test_ctrl_c_before_the_program_hears_of_signals_is_no_traceback() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_FIRST], capture_output=True, text=True, timeout=20
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


def test_what_is_ended_leaves_no_temporary_folder(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ENDED, str(int(signal.SIGTERM))],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert (ran.returncode, list(tmp_path.iterdir())) == (130, []), ran.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_what_does_not_hear_of_a_signal_is_ended(how: signal.Signals) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", DEAF, str(int(how))], capture_output=True, text=True, timeout=20
    )
    assert ran.returncode == 130
    assert ran.stderr.startswith("exporter: error: interrupted\n")


def test_filing_ends_at_once_and_what_was_filed_before_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopping(Progress):
        def __call__(self, done: int, total: int, name: str = "") -> None:
            if done == total:
                raise Interrupted

    with Library(tmp_path / "library") as library:
        import_files(library, [page(tmp_path, "first.md", "Bread", "Bread is baked at night.")], Report())
        for number in range(40):
            page(tmp_path / "saved", f"{number}.md", f"Boat {number}")
        settle = _groups.Groups.settle
        monkeypatch.setattr(_groups.Groups, "settle", lambda *all: (time.sleep(0.4), settle(*all)))
        monkeypatch.setattr("exporter.library.importer.AT_ONCE", 30)
        began = time.monotonic()
        with pytest.raises(Interrupted):
            import_files(library, [tmp_path / "saved"], Report(), progress=Stopping())
        assert time.monotonic() - began < 6, "of 16 seconds"
        assert titles(library, Selection()) == ["Bread"]
        monkeypatch.undo()
        import_files(library, [tmp_path / "saved"], Report())
        assert library.stats().articles == 41
        assert library.check() == []


@pytest.mark.conformance
def test_an_import_of_many_copies_is_interrupted_at_any_moment(tmp_path: Path) -> None:
    items = [
        {"id": str(n), "url": f"https://feed.example/{n}", "content_text": FERRY_TEXT} for n in range(3_000)
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "items": items}
    (tmp_path / "feed.json").write_text(json.dumps(feed))
    for attempt in range(20):
        dice = random.Random(attempt)
        process = subprocess.Popen(
            [sys.executable, "-m", "exporter", "import", "feed.json", "--library", "library"],
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(dice.uniform(0.3, 8))
        began = time.monotonic()
        process.send_signal(dice.choice([signal.SIGINT, signal.SIGTERM]))
        _, values = process.communicate()
        busy = max(1, os.getloadavg()[0] / pool.cores())
        assert time.monotonic() - began < 1.5 * busy, "a second, and the load of other programs"
        assert process.returncode in (0, 130)
        assert "Traceback" not in values
    with Library(tmp_path / "library") as library:
        import_files(library, [tmp_path / "feed.json"], Report())
        assert library.stats().articles == 3_000
        assert library.check() == []


def test_a_long_statement_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        threading.Timer(0.1, library.stop).start()
        with pytest.raises(Interrupted), library.database.writing() as db:
            db.execute(ENDLESS)
        library.resume()
        assert library.check() == []
