"""The library by the command line, as somebody uses it from week to week."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import run
from tests.library.test_catalog import ITEM_TEXT, page


class Desk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        page(folder / "saved", "ferry.md", "Second ferry", source="Harbour Gazette", lang="en")
        page(
            folder / "saved",
            "copy.md",
            "Ferry runs hourly",
            ITEM_TEXT[:-40],
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
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_from_week_to_week(desk: Desk) -> None:
    out, _ = desk.exporter("import", "saved")
    assert out.splitlines() == [
        "3 articles from 3 files read, 0 unchanged",
        "2 in the library, 1 copy beside them",
    ]
    assert desk.exporter("import", "saved")[0].startswith("0 articles from 0 files read, 3 unchanged")
    out, told = desk.exporter("list")
    assert [line.split()[1] for line in out.splitlines()] == ["2024-05-06", "2024-06-02"]
    number = out.split()[0]
    assert "also in:    The Post 2024-05-07" in desk.exporter("show", number)[0]
    assert json.loads(desk.exporter("show", number, "--json")[0])[0]["also"][0]["source"] == "The Post"
    out, told = desk.exporter("search", "captain")
    assert "Harbour Gazette: Second ferry" in out
    assert "captain" in out.splitlines()[1]
    assert told.splitlines() == [
        "1 article, 1 left out",
        "  Ferry runs hourly (copy.md) is a copy of Second ferry (ferry.md): it has the fuller text",
        "  --no-merge takes every copy",
    ]
    assert "고구마 지도" in desk.exporter("search", "지도")[0]
    desk.exporter("search", "lighthouse", code=4)
    assert [line.split("  ")[0] for line in desk.exporter("sources")[0].splitlines()] == [
        "Harbour Gazette",
        "The Post",
        "한들신문",
    ]
    out, _ = desk.exporter("stats")
    assert "2 articles, 1 copy, 0 undated" in out
    assert "2024" in out
    assert "█" in out
    out, _ = desk.exporter("export", "--from", "2024-05", "--to", "2024-05", "-f", "txt")
    assert out == "out/digest-2024-05.txt  1 article, 2 kB\n" or out.startswith(
        "out/digest-2024-05.txt  1 article"
    )
    assert "Second ferry" in (desk.folder / "out" / "digest-2024-05.txt").read_text("utf-8")
    desk.exporter("backup", "copy")
    desk.exporter("backup", "copy", code=6)
    assert desk.exporter("remove", number)[0] == "1 article removed\n"
    assert "Ferry runs hourly" in desk.exporter("list")[0]
    desk.exporter("remove", "999", code=4)
    desk.exporter("remove", code=2)
    assert desk.exporter("merge", "copy")[0] == "0 articles taken over\n"
    desk.exporter("vacuum")
    assert "whole" in desk.exporter("doctor")[0]


def test_what_a_run_without_a_library_is_told(desk: Desk) -> None:
    _, told = desk.exporter("search", "ferry", code=5)
    assert "there is no library in news" in told
    assert "exporter import" in told
    _, told = desk.exporter("list", library=False, code=2)
    assert "nothing to read is named" in told


def test_events_for_machines(desk: Desk) -> None:
    (desk.folder / "saved" / "blob.bin").write_bytes(bytes(range(256)))
    _, told = desk.exporter("batch", "saved", "-f", "txt", "--log-json", library=False)
    events = [json.loads(line) for line in told.splitlines()]
    assert {"progress", "warning"} <= {event["event"] for event in events}
    assert [e["id"] for e in events if e["event"] == "warning"] == ["file-not-text"]
    assert [e for e in events if e["event"] == "progress"][-1]["done"] == 2


def test_words_and_zones_choose(desk: Desk) -> None:
    out, _ = desk.exporter("list", "saved", "--search", "captain", "-q", library=False)
    assert len(out.splitlines()) == 1
    _, told = desk.exporter("list", "saved", "--zone", "Mars/Olympus", library=False, code=2)
    assert "unknown time zone" in told
