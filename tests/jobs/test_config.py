"""exporter.toml: editions by name; what is wrong with it is told with its place."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from exporter.errors import UsageError
from exporter.jobs import config
from exporter.model.dates import Window
from tests import command
from tests.library.test_catalog import page

GOOD = """
library = "library"
zone = "Asia/Seoul"

[editions.weekly]
title = "The week"
every = "week"
input = ["saved"]
formats = ["txt"]
output = "out"
name = "weekly-{window}"

[editions.yearly]
every = "year"
from = "2022"
output = "out"
formats = ["txt"]
style = "book"
"""


def load(folder: Path, text: str = GOOD) -> config.Config:
    path = folder / "exporter.toml"
    path.write_text(text)
    return config.load(path)


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        ("2024-06-03", "2024-05-27", "2024-06-02"),  # a Monday: of last week
        ("2024-06-02", "2024-05-20", "2024-05-26"),  # a Sunday: this week is not over
        ("2024-01-01", "2023-12-25", "2023-12-31"),
    ],
)
def test_an_edition_is_that_of_the_last_window_that_is_over(
    tmp_path: Path, today: str, first: str, last: str
) -> None:
    schedule = load(tmp_path).schedule("weekly", date.fromisoformat(today))
    assert schedule.selection.window == Window(date.fromisoformat(first), date.fromisoformat(last))
    assert schedule.selection.zone == "Asia/Seoul"


def test_with_a_beginning_it_is_all_windows_that_are_over(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.schedule("yearly", date(2024, 6, 3)).selection.window == Window(
        date(2022, 1, 1), date(2023, 12, 31)
    )
    with pytest.raises(UsageError, match="no year from 2022"):
        settings.schedule("yearly", date(2022, 6, 3))
    unfinished = load(tmp_path, GOOD.replace('from = "2022"', 'from = "2022"\nunfinished = true'))
    assert unfinished.schedule("yearly", date(2022, 6, 3)).selection.window.last == date(2022, 12, 31)


def test_weeks_that_begin_on_another_day(tmp_path: Path) -> None:
    settings = load(tmp_path, 'week-start = "sunday"\n' + GOOD)
    window = settings.schedule("weekly", date(2024, 6, 3)).selection.window
    assert window == Window(date(2024, 5, 26), date(2024, 6, 1))


def test_paths_are_those_from_where_the_file_lies(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.library_folder == tmp_path / "library"
    assert settings.inputs(["weekly", "yearly"]) == [tmp_path / "saved"]
    assert settings.options("weekly").output == tmp_path / "out"


@pytest.mark.parametrize(
    ("bad", "message", "remedy"),
    [
        ('librari = "x"', "unknown key: 'librari'", "library"),
        ('[editions.a]\nformat = ["pdf"]', "[editions.a]: unknown key: 'format'", "formats"),
        ('[editions.a]\nfrom = "2024-02-30"', "[editions.a]: not a date that exists", "2021-07-21"),
        ('[editions.a]\nfrom = "2024"\nto = "2023"', "[editions.a]: the range ends before", "earlier"),
        ('[editions.a]\nstyle = "newspapr"', "[editions.a]: unknown style: 'newspapr'", "newspaper"),
        ('[editions.a]\nstyle = "./nowhere"', "[editions.a]: no such style folder", "Name a folder"),
        ('[editions.a]\nformats = ["pfd"]', "[editions.a]: unknown format: 'pfd'", "pdf"),
        ('[editions.a]\nevery = "weekly"', "$.editions[...].every", "docs/library.md"),
        ('[editions.a]\nwidth = "wide"', "$.editions[...].width", "docs/library.md"),
        ('zone = "Mars/Olympus"', "unknown time zone", "Known"),
        ("editions = 3", "editions are tables", "[editions.NAME]"),
        ("[editions.a\n", "no TOML", "Mend"),
        (
            '[editions.a]\nname = "x"\n[editions.b]\nname = "x"',
            "[editions.b]: its files would have the names",
            "another name",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, bad: str, message: str, remedy: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, bad)
    assert message in str(caught.value)
    assert "exporter.toml" in str(caught.value)
    assert remedy in caught.value.remedy


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "exporter.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="cannot read"):
        config.load(tmp_path / "exporter.toml")


# -- By the command line -----------------------------------------------------------------


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return command.run(["run", *words], folder)


def test_editions_by_name(tmp_path: Path) -> None:
    (tmp_path / "exporter.toml").write_text(GOOD)
    page(tmp_path / "saved", "a.md", "Bread", day="2024-05-28")
    page(tmp_path / "saved", "b.md", "Salt", "Salt is dear.", day="2022-05-28")
    ran = run(tmp_path, "--all", "--as-of", "2024-06-03", "--dry-run")
    assert ran.returncode == 0, ran.stderr
    assert "make    " in ran.stdout
    assert not (tmp_path / "out").exists()
    ran = run(tmp_path, "--all", "--as-of", "2024-06-03")
    assert ran.returncode == 0, ran.stderr
    names = sorted(p.name for p in (tmp_path / "out").glob("*.txt"))
    assert names == ["weekly-2024-W22.txt", "yearly-2022.txt"]
    again = run(tmp_path, "weekly", "--as-of", "2024-06-03")
    assert "up to date: 1 file" in again.stderr
    quiet = run(tmp_path, "--all", "--as-of", "2024-06-03", "-q")
    assert (quiet.stdout, quiet.stderr, quiet.returncode) == ("", "", 0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["weakly"], "Did you mean 'weekly'"),
        ([], "no edition is named"),
        (["weekly", "--as-of", "yesterday"], "not a date that exists"),
        (["--all", "--config", "nowhere.toml"], "no configuration nowhere.toml"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, words: list[str], message: str) -> None:
    (tmp_path / "exporter.toml").write_text(GOOD)
    ran = run(tmp_path, *words)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_edition_that_fails_costs_no_other(tmp_path: Path) -> None:
    (tmp_path / "exporter.toml").write_text(
        GOOD.replace('output = "out"\nformats', 'output = "blocked"\nformats')
    )
    (tmp_path / "blocked").write_text("a file where a folder is to be")
    page(tmp_path / "saved", "a.md", "Bread", day="2023-05-28")
    page(tmp_path / "saved", "b.md", "Salt", "Salt is dear.", day="2024-05-28")
    ran = run(tmp_path, "--all", "--as-of", "2024-06-03")
    assert ran.returncode == 1
    assert "yearly: cannot write into" in ran.stderr
    assert (tmp_path / "out" / "weekly-2024-W22.txt").exists()
