"""docs/scheduling.md: its examples work as they stand there, in the home folder of a user."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "scheduling.md").read_text("utf-8")
UNITS = dict(re.findall(r"`([a-z-]+\.(?:service|timer))`:\n\n```ini\n(.*?)```", PAGE, re.S))
ARTICLE = "---\ntitle: Pears\ndate: 2024-05-28\nsite: The Orchard Weekly\n---\n\nPears are picked.\n"


def block(kind: str) -> str:
    (matches,) = re.findall(rf"```{kind}\n(.*?)```", PAGE, re.S)
    return str(matches)


def cron_line() -> str:
    (line,) = (line for line in block("crontab").splitlines() if not re.match(r"[A-Z]+=", line))
    *fields, command = line.split(maxsplit=5)
    assert all(re.fullmatch(r"\*|\d+", field) for field in fields)
    return command


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user who has exporter and did as the page says; only PDF, which takes time, is left out."""
    program = tmp_path / ".local" / "bin" / "exporter"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m exporter "$@"\n')
    program.chmod(0o755)
    saved = tmp_path / "news" / "saved"
    saved.mkdir(parents=True)
    (saved / "pears.md").write_text(ARTICLE)
    (tmp_path / "news" / "exporter.toml").write_text(block("toml").replace('"pdf", ', ""))
    return tmp_path


def run(home: Path, command: str) -> subprocess.CompletedProcess[str]:
    """As cron does: by sh, in the home folder, with few variables."""
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    return subprocess.run(["/bin/sh", "-c", command], cwd=home, env=env, capture_output=True, text=True)


def test_the_line_of_cron_makes_editions_without_a_word(home: Path) -> None:
    for _ in range(2):
        ran = run(home, cron_line())
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert [p.name for p in (home / "news" / "digests").glob("*.eml")] == ["weekly-2024-W22.eml"]
    assert (home / "news" / "report.json").is_file()


def test_the_line_of_cron_says_what_is_wrong(home: Path) -> None:
    (home / "news" / "digests").write_text("a file where a folder is to be")
    ran = run(home, cron_line())
    assert ran.returncode == 6
    assert "weekly: cannot write into" in ran.stderr


def test_a_warning_breaks_the_silence_where_it_is_asked_to(home: Path) -> None:
    (home / "news" / "saved" / "odd.dat").write_bytes(bytes(range(256)) * 9)
    ran = run(home, cron_line())
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert "file-not-text" in (home / "news" / "report.json").read_text()
    ran = run(home, cron_line() + " --strict --force")
    assert ran.returncode == 3
    assert "file-not-text" in ran.stderr


def test_an_edition_that_was_missed_is_asked_for_by_a_day(home: Path) -> None:
    config = home / "news" / "exporter.toml"
    config.write_text(re.sub(r"from = .*\n", "", config.read_text()))
    (line,) = (line for line in PAGE.splitlines() if "--as-of" in line)
    ran = run(home, f"cd news && ~/.local/bin/{line.partition('#')[0]}")
    assert ran.returncode == 0, ran.stderr
    assert (home / "news" / "digests" / "weekly-2024-W22.eml").is_file()


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd minds the case
    parser.read_string(UNITS[name])
    return parser


def test_the_units_say_what_the_page_says() -> None:
    assert set(UNITS) == {"exporter.service", "exporter.timer", "exporter-watch.service"}
    once, timer, watch = (unit(name) for name in UNITS)
    assert once["Service"]["Type"] == "oneshot"
    assert once["Service"]["ExecStart"].replace("%h", "~") == cron_line().partition("&& ")[2]
    assert timer["Timer"]["Persistent"] == "true"
    assert watch["Service"]["SuccessExitStatus"] == "130"
    assert all(one["Service"]["WorkingDirectory"] == "%h/news" for one in (once, watch))


@pytest.mark.parametrize("name", ["exporter.service", "exporter-watch.service"])
def test_the_commands_of_services_are_commands(home: Path, name: str) -> None:
    words = shlex.split(unit(name)["Service"]["ExecStart"].replace("%h", str(home)))
    ran = run(home, shlex.join([*words, "--config", "nowhere.toml"]))
    assert ran.returncode == 2
    assert "there is no configuration nowhere.toml" in ran.stderr, "no option of it is unknown"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_units(home: Path) -> None:
    for name, text in UNITS.items():
        (home / name).write_text(text.replace("%h", str(home)))
    ran = subprocess.run(
        [
            "systemd-analyze",
            "verify",
            "--man=no",
            "--recursive-errors=no",
            *map(str, map(home.joinpath, UNITS)),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_configuration_of_the_page_has_what_the_rest_says() -> None:
    edition = tomllib.loads(block("toml"))["editions"]["weekly"]
    assert edition["from"]
    assert edition["every"] == "week"
