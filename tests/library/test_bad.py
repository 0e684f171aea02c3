"""What may befall a library: each is told, and costs nothing that was in it."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import exporter
from exporter.diagnostics import Report
from exporter.editions.selection import Selection
from exporter.errors import InputError, OutputError
from exporter.library import Library
from exporter.library._database import NAME
from exporter.library._schema import VERSIONS
from exporter.library.importer import import_files
from tests.library.test_catalog import page, titles

COUNT = 520


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pages for two transactions (`import_files.AT_ONCE`)."""
    folder = tmp_path_factory.mktemp("saved")
    for n in range(COUNT):
        words = " ".join(
            random.Random(n).choices(["bread", "salt", "ferry", "harbour", "night", "quiet", "wheel"], k=60)
        )
        page(folder, f"{n:04}.md", f"Title {n}", words, f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}")
    return folder


@pytest.fixture(scope="module")
def some(saved: Path) -> list[Path]:
    """As many of its pages as are enough where nothing depends on transactions."""
    return sorted(saved.iterdir())[:150]


def command(saved: Path, library: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "exporter", "import", str(saved), "--library", str(library), "-q", *more]


def distinct(library: Path) -> list[str]:
    with Library(library, create=False) as opened:
        assert opened.check() == []
        return sorted(titles(opened))


def test_a_library_of_a_newer_version(tmp_path: Path) -> None:
    Library(tmp_path).close()
    with sqlite3.connect(tmp_path / NAME) as db:
        db.execute(f"PRAGMA user_version={len(VERSIONS) + 1}")
    db.close()
    with pytest.raises(InputError, match="newer") as caught:
        Library(tmp_path)
    assert "Update exporter" in caught.value.remedy


@pytest.mark.parametrize("content", [b"no database at all, but long enough to look like one" * 30, b"x"])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(InputError, match="no library"):
        Library(tmp_path)
    assert (tmp_path / NAME).read_bytes() == content


def test_a_database_of_another_program(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / NAME) as db:
        db.execute("CREATE TABLE recipe (name)")
    db.close()
    with pytest.raises(InputError, match="another program"):
        Library(tmp_path)


def test_a_library_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no library"):
        Library(tmp_path / "nowhere", create=False)
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_library_is_told(tmp_path: Path, some: list[Path]) -> None:
    with Library(tmp_path / "l") as library:
        import_files(library, some, Report())
        library.vacuum()
    with (tmp_path / "l" / NAME).open("r+b") as file:
        file.seek(40_000)
        file.write(b"\xff" * 60_000)
    try:
        with Library(tmp_path / "l") as library:
            in_zone = library.check()
    except InputError as error:
        in_zone = [str(error)]
    assert in_zone != []


def test_one_that_another_process_writes_to(tmp_path: Path) -> None:
    path = page(tmp_path, "a.md", "Bread")
    with Library(tmp_path / "l", wait=0.05) as library, Library(tmp_path / "l") as other:
        with other.filing(), pytest.raises(OutputError, match="another program is writing"):
            import_files(library, [path], Report())
        assert titles(library) == [], "to read is always allowed"
        import_files(library, [path], Report())
        assert titles(library) == ["Bread"]


def test_a_disk_that_is_full(tmp_path: Path, some: list[Path]) -> None:
    with Library(tmp_path / "l") as library:
        import_files(library, some[:1], Report())
        (pages,) = library.database.connection.execute("PRAGMA page_count").fetchone()
        library.database.connection.execute(f"PRAGMA max_page_count={pages + 20}")
        with pytest.raises(OutputError, match="no space") as caught:
            import_files(library, some, Report())
        assert "run again" in caught.value.remedy
        assert titles(library) == ["Title 0"]
        library.database.connection.execute("PRAGMA max_page_count=1000000")
        import_files(library, some, Report())
        assert len(titles(library)) == len(some)
        assert library.check() == []


@pytest.mark.parametrize("kills", [1, pytest.param(3, marks=pytest.mark.conformance)])
def test_an_import_that_is_killed_goes_on_where_it_was(tmp_path: Path, saved: Path, kills: int) -> None:
    for attempt in range(kills):
        process = subprocess.Popen(command(saved, tmp_path / "l"))
        time.sleep(random.Random(attempt).uniform(0.4, 2.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert subprocess.run(command(saved, tmp_path / "l")).returncode == 0
    assert distinct(tmp_path / "l") == sorted(f"Title {n}" for n in range(COUNT))


def test_two_imports_at_once(tmp_path: Path, saved: Path) -> None:
    both = [subprocess.Popen(command(saved, tmp_path / "l")) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert distinct(tmp_path / "l") == sorted(f"Title {n}" for n in range(COUNT))


def test_names_in_any_encoding_and_links_that_loop(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    page(folder, "plain.md", "Plain")
    odd = os.fsencode(folder) + b"/Stra\xdfe \xff.md"
    with open(odd, "wb") as file:  # noqa: PTH123 - a name that is no text
        file.write(b"---\ntitle: Odd\ndate: 2024-05-06\n---\n\nOdd words in an odd file.\n")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "self.md").symlink_to(folder / "self.md")
    with Library(tmp_path / "l") as library:
        report = Report()
        import_files(library, [folder], report)
        assert sorted(titles(library)) == ["Odd", "Plain"]
        assert import_files(library, [folder], Report()).unchanged == 2
        name = next(line.name for line in library.lines(Selection()) if line.title == "Odd")
        name.encode()  # it can be printed and written


@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.conformance)])
def test_thousands_of_files_in_one_folder(tmp_path: Path, count: int) -> None:
    for n in range(count):
        (tmp_path / f"{n}.txt").write_text(
            f"Title {n}\n\nA wall of {n} stones stood by the sea for {n * n} years."
        )
    with Library.temporary() as library:
        import_files(library, [tmp_path], Report(), workers=0)
        assert len(titles(library, Selection(undated=True))) == count


def test_a_clock_that_goes_back(tmp_path: Path) -> None:
    path = page(tmp_path, "a.md", "Bread")
    with Library(tmp_path / "l") as library:
        import_files(library, [path], Report())
        page(tmp_path, "a.md", "Loaf!", day="2024-05-06")
        os.utime(path, (1, 1))  # written later, says an earlier time
        import_files(library, [path], Report())
        assert titles(library) == ["Loaf!"]


# -- Care ------------------------------------------------------------------------------


def test_a_backup_is_a_library_and_is_whole_or_not_there(tmp_path: Path) -> None:
    with Library(tmp_path / "l") as library:
        import_files(library, [Path(__file__).parents[2] / "input"], Report())
        library.backup(tmp_path / "copy")
        with pytest.raises(OutputError, match="there already"):
            library.backup(tmp_path / "copy")
        expected = library.select(Selection(undated=True))
    with Library(tmp_path / "copy", create=False) as copy:
        assert copy.select(Selection(undated=True)) == expected
        assert copy.check() == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy", "l"]


def test_merged_libraries_hold_what_both_held_once(tmp_path: Path) -> None:
    shared = page(tmp_path, "shared.md", "Shared", "Words that both have, and nobody else.")
    with Library(tmp_path / "one") as one, Library(tmp_path / "two") as two:
        import_files(one, [shared, page(tmp_path, "a.md", "Bread", "Bread is baked at night.")], Report())
        import_files(two, [shared], Report())
        page(tmp_path, "a.md", "Salt", "Salt is carried over the mountains.")  # another machine's a.md
        import_files(two, [tmp_path / "a.md"], Report())
        assert one.merge(two) == 1
        assert sorted(titles(one)) == ["Bread", "Salt", "Shared"]
        assert one.merge(two) == 0
        assert one.check() == []


def test_vacuum_takes_what_nobody_needs(tmp_path: Path) -> None:
    with Library(tmp_path / "l") as library:
        import_files(library, [Path(__file__).parents[2] / "input"], Report())
        kept = [id for id in library.ids(Selection()) if not library.get(id).assets]  # type: ignore[union-attr]
        library.remove([id for id in library.ids(Selection(undated=True)) if id not in kept])
        before = library.stats()
        library.vacuum()
        after = library.stats()
        assert before.images > after.images == 0
        assert after.distinct == before.distinct
        assert exporter.Selection is Selection
        assert set(kept) <= set(library.ids(Selection()))
        assert library.check() == []
