"""The library by the command line, as somebody uses it from week to week."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import run
from tests.library.test_catalog import FERRY_TEXT, page


class Workspace:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        page(folder / "saved", "ferry.md", "Second ferry", source="Harbour Gazette", lang="en")
        page(
            folder / "saved",
            "copy.md",
            "Ferry runs hourly",
            FERRY_TEXT[:-40],
            day="2024-05-07",
            source="The Post",
        )
        page(
            folder / "saved",
            "map.md",
            "고구마 지도",
            "할머니들이 그린 지도 한 장.",
            day="2024-06-02",
            source="한들신문",
        )

    def exporter(self, *words: str, code: int = 0, library: bool = True) -> tuple[str, str]:
        more = ("--library", "news") if library else ()
        ran = run([*words, *more], self.folder, {"COLUMNS": "90"})
        assert "Traceback" not in ran.stderr
        assert ran.returncode == code, ran.stderr
        return ran.stdout, ran.stderr


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_from_week_to_week(workspace: Workspace) -> None:
    out, _ = workspace.exporter("import", "saved")
    assert out.splitlines() == [
        "3 articles from 3 files read, 0 unchanged",
        "2 in the library, 1 copy beside them",
    ]
    assert workspace.exporter("import", "saved")[0].startswith("0 articles from 0 files read, 3 unchanged")
    out, values = workspace.exporter("list")
    assert [line.split()[1] for line in out.splitlines()] == ["2024-05-06", "2024-06-02"]
    number = out.split()[0]
    assert "also in:    The Post 2024-05-07" in workspace.exporter("show", number)[0]
    assert json.loads(workspace.exporter("show", number, "--json")[0])[0]["also"][0]["source"] == "The Post"
    out, values = workspace.exporter("search", "captain")
    assert "Harbour Gazette: Second ferry" in out
    assert "captain" in out.splitlines()[1]
    assert values.splitlines() == [
        "1 article, 1 left out",
        "  Ferry runs hourly (copy.md) is a copy of Second ferry (ferry.md): it has the fuller text",
        "  --no-merge takes every copy",
    ]
    assert "고구마 지도" in workspace.exporter("search", "지도")[0]
    workspace.exporter("search", "lighthouse", code=4)
    assert [line.split("  ")[0] for line in workspace.exporter("sources")[0].splitlines()] == [
        "Harbour Gazette",
        "The Post",
        "한들신문",
    ]
    out, _ = workspace.exporter("stats")
    assert "2 articles, 1 copy, 0 undated" in out
    assert "2024" in out
    assert "█" in out
    out, _ = workspace.exporter("export", "--from", "2024-05", "--to", "2024-05", "-f", "txt")
    assert out == "out/digest-2024-05.txt  1 article, 2 kB\n" or out.startswith(
        "out/digest-2024-05.txt  1 article"
    )
    assert "Second ferry" in (workspace.folder / "out" / "digest-2024-05.txt").read_text("utf-8")
    workspace.exporter("backup", "copy")
    workspace.exporter("backup", "copy", code=6)
    assert workspace.exporter("remove", number)[0] == "1 article removed\n"
    assert "Ferry runs hourly" in workspace.exporter("list")[0]
    workspace.exporter("remove", "999", code=4)
    workspace.exporter("remove", code=2)
    assert workspace.exporter("merge", "copy")[0] == "0 articles taken over\n"
    workspace.exporter("vacuum")
    assert "whole" in workspace.exporter("doctor")[0]


def test_what_a_run_without_a_library_is_told(workspace: Workspace) -> None:
    _, values = workspace.exporter("search", "ferry", code=5)
    assert "there is no library in news" in values
    assert "exporter import" in values
    _, values = workspace.exporter("list", library=False, code=2)
    assert "nothing to read is named" in values


def test_events_for_machines(workspace: Workspace) -> None:
    (workspace.folder / "saved" / "blob.bin").write_bytes(bytes(range(256)))
    _, values = workspace.exporter("batch", "saved", "-f", "txt", "--log-json", library=False)
    events = [json.loads(line) for line in values.splitlines()]
    assert {"progress", "warning"} <= {event["event"] for event in events}
    assert [e["id"] for e in events if e["event"] == "warning"] == ["file-not-text"]
    assert [e for e in events if e["event"] == "progress"][-1]["done"] == 2


def test_words_and_zones_choose(workspace: Workspace) -> None:
    out, _ = workspace.exporter("list", "saved", "--search", "captain", "-q", library=False)
    assert len(out.splitlines()) == 1
    _, values = workspace.exporter("list", "saved", "--zone", "Mars/Olympus", library=False, code=2)
    assert "unknown time zone" in values
