"""What an earlier version wrote opens in this one: libraries, records of editions, settings.

`fixtures/version-1` was written by the version whose library has schema 1; see its README.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec
import pytest

from exporter.diagnostics import Report
from exporter.editions.selection import Selection
from exporter.errors import InputError, OutputError
from exporter.jobs import config
from exporter.jobs.manifest import Manifest
from exporter.library import Library, _groups, duplicates
from exporter.library._schema import VERSIONS
from exporter.workers.interrupts import Interrupted
from tests import command
from tests.library.test_catalog import page, titles

FIRST = Path(__file__).parent / "fixtures" / "version-1"
TITLES = ["Harbour fees rise", "Second ferry", "The sundial", "고구마 지도"]
EVERYTHING = Selection(undated=True)
OF_THE_RUN = {"style sheets", "window", "zone"}
"""What records of outputs have beside the options of an export."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The library of the first version."""
    return Path(shutil.copytree(FIRST / "library", tmp_path / "library"))


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def content(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


# -- Libraries ----------------------------------------------------------------------------


def test_a_library_is_brought_up_to_date_and_kept_as_it_was(folder: Path) -> None:
    with Library(folder, create=False) as library:
        assert library.backup_made == folder / "library.sqlite.v1.bak"
        assert set(TITLES) <= set(titles(library, EVERYTHING))
        report = Report()
        by_title = {a.title: a for a in library.select(EVERYTHING, report).articles}
        assert len(by_title["Second ferry"].assets) == 1
        assert report.findings == ()
        assert [copy.source for copy in by_title["Second ferry"].also] == ["The Post"]
        assert [teaser.title for teaser in library.select(EVERYTHING).briefs] == ["A bench for the pier"]
        assert library.search(Selection(words="군고구마"))[0] == 1
        assert library.stats().articles == 6
        assert library.check() == []
    assert version(folder / "library.sqlite") == len(VERSIONS)
    with closing(sqlite3.connect(folder / "library.sqlite.v1.bak")) as db:
        assert db.execute("SELECT count(*) FROM article").fetchone() == (7,)
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
    with Library(folder) as library:
        assert library.backup_made is None
    assert sorted(p.name for p in folder.iterdir()) == ["images", "library.sqlite", "library.sqlite.v1.bak"]


def test_what_is_filed_after_that_meets_what_was_there_before(folder: Path, tmp_path: Path) -> None:
    with Library(folder) as library:
        (article,) = (a for a in library.select().articles if a.title == "Second ferry")
        from exporter.library.index_row import card

        with library.filing() as filing:
            file = filing.begin(b"x", "x", 0, 0, "")
            origin = msgspec.structs.replace(article.origin, sha256="0" * 64)
            again = msgspec.structs.replace(
                article, source="The Herald", publisher=None, link=None, origin=origin
            )
            filing.add(file, [card(again)])
            filing.end(file, "x", None, ())
        assert titles(library).count("Second ferry") == 1
        (article,) = (a for a in library.select().articles if a.title == "Second ferry")
        assert [copy.source for copy in article.also] == ["The Herald", "The Post"]


def test_the_user_is_told_where_the_copy_is(folder: Path) -> None:
    ran = command.run(["list", "--library", "library"], folder.parent)
    assert "updated to this version" in ran.stderr
    assert "library.sqlite.v1.bak" in ran.stderr
    again = command.run(["list", "--library", "library"], folder.parent)
    assert "updated to this version" not in again.stderr


def test_without_room_for_the_copy_nothing_is_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "library.sqlite").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="no copy of it can be kept") as caught:
        Library(folder)
    assert "nothing was changed" in caught.value.remedy
    monkeypatch.undo()
    assert version(folder / "library.sqlite") == 1
    assert (folder / "library.sqlite").read_bytes() == before
    assert sorted(p.name for p in folder.iterdir()) == ["images", "library.sqlite"]


def test_what_was_interrupted_is_done_the_next_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise Interrupted

    monkeypatch.setattr(_groups.Groups, "regroup", interrupted)
    with pytest.raises(Interrupted):
        Library(folder)
    monkeypatch.undo()
    assert version(folder / "library.sqlite") == 1
    with Library(folder) as library:
        assert set(TITLES) <= set(titles(library, EVERYTHING))
        assert library.check() == []
    assert len(list(folder.glob("*.bak"))) == 1, "the copy was there already"


def test_a_copy_that_is_there_is_not_written_over(folder: Path) -> None:
    (folder / "library.sqlite.v1.bak").write_bytes(b"of an earlier time")
    with Library(folder) as library:
        assert library.backup_made == folder / "library.sqlite.v1.2.bak"
    assert (folder / "library.sqlite.v1.bak").read_bytes() == b"of an earlier time"


def test_prints_of_another_scheme_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page(tmp_path, "a.md", "Second ferry", source="Gazette")
    page(tmp_path, "b.md", "Second ferry", source="Post")
    command.run(["import", "a.md", "b.md", "--library", "library"], tmp_path)
    monkeypatch.setattr(duplicates, "SCHEME", duplicates.SCHEME + 1)
    monkeypatch.setattr(duplicates, "is_copy", lambda *_: False)  # as the rules are then
    monkeypatch.setattr(_groups.Groups, "_equal", lambda *_: None)
    with Library(tmp_path / "library") as library:
        assert library.backup_made
        assert len(titles(library)) == 2
    with Library(tmp_path / "library") as library:
        assert library.backup_made is None
    monkeypatch.undo()
    with pytest.raises(InputError, match="newer"):
        Library(tmp_path / "library")


# -- Libraries that can only be read --------------------------------------------------------


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a file system that is mounted to be read; as root no rights would keep anybody out."""
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and access(path, mode))


@pytest.mark.parametrize("is_current", [True, False])
def test_a_library_that_can_only_be_read(
    folder: Path, is_current: bool, request: pytest.FixtureRequest
) -> None:
    if is_current:
        Library(folder).close()
    request.getfixturevalue("sealed")
    before = content(folder)
    for words, said in (
        (["list", "--undated"], "The sundial"),
        (["search", "captain"], "Second ferry"),
        (["export", "-f", "txt"], "digest.txt"),
        (["show", "3"], "Second ferry"),
        (["stats"], "articles"),
        (["doctor"], "whole"),
    ):
        ran = command.run([*words, "--library", "library"], folder.parent)
        assert (ran.returncode, said in ran.stdout) == (0, True), (words, ran.stderr)
        assert content(folder) == before
    for words in (["remove", "3"], ["import", "exporter.toml"], ["vacuum"]):
        (folder.parent / "exporter.toml").touch()
        ran = command.run([*words, "--library", "library"], folder.parent)
        assert ran.returncode == 6, (words, ran.stderr)
        assert "can only be read" in ran.stderr
        assert content(folder) == before


def test_what_is_in_the_log_alone_is_read_too(folder: Path, tmp_path: Path, sealed: None) -> None:
    os.access, access = (lambda *_: True), os.access
    with Library(folder) as library:
        with library.filing() as filing:
            from exporter.library.index_row import card
            from tests.editions.test_compile import article

            file = filing.begin(b"x", "x", 0, 0, "")
            filing.add(file, [card(article("Written last"))])
            filing.end(file, "x", None, ())
        killed = tmp_path / "killed"  # as a process that is killed leaves it
        killed.mkdir()
        for name in ("library.sqlite", "library.sqlite-wal"):
            shutil.copyfile(folder / name, killed / name)
    os.access = access
    assert (killed / "library.sqlite-wal").stat().st_size
    before = content(killed)
    with Library(killed, create=False) as library:
        assert "Written last" in titles(library)
    assert content(killed) == before


# -- Editions and settings -----------------------------------------------------------------


def test_records_of_editions_are_understood(tmp_path: Path) -> None:
    manifest = Manifest(Path(shutil.copytree(FIRST / "digests", tmp_path / "digests")))
    records = {record.edition: record for name in ("monthly", "plain") for record in manifest.all(name)}
    assert {name: sorted(record.formats) for name, record in records.items()} == {
        "plain-2024-05": ["json", "txt"],
        "plain-2024-06": ["json", "txt"],
    }
    monthly = manifest.read("monthly-2024-05")
    assert monthly
    assert sorted(monthly.formats) == ["epub", "pdf", "txt"]
    for record in (monthly, *records.values()):
        for entry in record.formats.values():
            assert [manifest.is_there(file, surely=True) for file in entry.files] == [None]


def test_options_have_the_names_and_values_of_those_records() -> None:
    settings = config.load(FIRST / "exporter.toml")
    for name in ("monthly", "plain"):
        record = Manifest(FIRST / "digests").read(f"{name}-2024-05")
        assert record
        options = {key: str(value) for key, value in settings.options(name).fingerprint.items()}
        for entry in record.formats.values():
            stored = {key: value for key, value in entry.fingerprint.items() if key not in OF_THE_RUN}
            assert options == stored


def test_a_run_goes_on_from_those_records(tmp_path: Path) -> None:
    shutil.copytree(FIRST, tmp_path, dirs_exist_ok=True)
    ran = command.run(["run", "plain", "--dry-run", "--as-of", "2024-07-01"], tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) == 4
    assert "it is new" not in ran.stdout
    assert "it is missing" not in ran.stdout


def test_settings_are_understood() -> None:
    settings = config.load(FIRST / "exporter.toml")
    assert sorted(settings.editions) == ["monthly", "plain"]
    schedule, plan = settings.schedule("monthly", date(2024, 7, 1)), settings.options("monthly")
    assert schedule.selection.words == "ferry"
    assert schedule.selection.merge
    assert (plan.title, plan.paper, plan.look) == ("The month", "A5", "black")
