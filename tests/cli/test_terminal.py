"""Nothing that an article or a file's name says can command a terminal, or hides in a file's name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exporter.jobs import targets
from exporter.model import build
from tests.command import run

CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Unicode's Bidi_Control."""
TITLE = f"Mill{CONTROLS} opens \u202e21 gnol"
NAME = f"mill{CONTROLS}.md"
PLAIN = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A page, and a file that is no page, whose names and words hold all controls."""
    text = f"# {TITLE}\n\nThe mill {CONTROLS}turns.\n"
    (tmp_path / NAME).write_text(
        f"---\nauthor: Jo{CONTROLS}\nsource: Gaz{CONTROLS}ette\n---\n\n{text}", "utf-8"
    )
    (tmp_path / f"torn{CONTROLS}.bin").write_bytes(bytes(range(256)) * 8)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["list", "."],
        ["show", NAME],
        ["show", NAME, "--json"],
        ["show", NAME, f"other{CONTROLS}"],
        ["show", f"absent{CONTROLS}"],
        ["import", ".", "--library", "kept", "&&", "search", "mill", "--library", "kept"],
        ["export", ".", "-f", "txt", "-o", "out"],
        ["export", ".", "-f", "txt", "-o", "out", "--log-json"],
        ["export", ".", "-f", "txt", "-o", "out", "--dry-run"],
        ["export", ".", "--name", CONTROLS, "--style", f"no{CONTROLS}", "-o", "out"],
        [f"nonsense{CONTROLS}"],
    ],
    ids=lambda words: " ".join(words).encode("ascii", "ignore").decode(),
)
def test_no_control_of_direction_reaches_a_terminal(words: list[str], workspace: Path) -> None:
    first, _, second = " ".join(words).partition(" && ")
    for command in filter(None, (first, second)):
        done = run(command.split(" "), workspace, PLAIN)
        assert "Traceback" not in done.stderr
        assert done.stdout + done.stderr
        assert not set(CONTROLS) & set(done.stdout + done.stderr)


def test_json_says_the_same(workspace: Path) -> None:
    (values,) = json.loads(run(["show", NAME, "--json"], workspace, PLAIN).stdout)
    assert values["title"] == TITLE
    assert values["origin"]["name"] == NAME


def test_lines_of_a_list_stand_below_each_other(workspace: Path) -> None:
    (workspace / "plain.md").write_text("---\nsource: Gazette\n---\n\n# Mill\n\nIt turns.\n", "utf-8")
    lines = run(["list", "."], workspace, PLAIN).stdout.splitlines()
    assert len({line.index("Mill") for line in lines}) == 1


def test_no_control_of_direction_is_in_a_files_name(workspace: Path) -> None:
    for options in (["--individual"], ["--name", f"di{CONTROLS}gest"]):
        assert run(["export", ".", "-f", "txt", "-o", "out", *options], workspace, PLAIN).returncode == 0
    written = [path.name for path in (workspace / "out").rglob("*")]
    assert len(written) >= 2
    assert not set(CONTROLS) & set("".join(written))
    assert not set(CONTROLS) & set(build.slug(TITLE) + targets.stem(NAME, "2021-07"))
