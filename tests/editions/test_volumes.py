"""Editions cut into volumes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.diagnostics import Report
from exporter.editions import volumes
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.options import ExportOptions
from exporter.editions.selection import Selected, Selection
from exporter.model.article import Teaser
from tests.editions.test_compile import article
from tests.jobs.test_batch import export


def edition(*sizes: int) -> Edition:
    """So many articles of each source, and a brief."""
    articles = [
        article(f"A{part}-{n}", source=f"Post {part:02}")
        for part, size in enumerate(sizes)
        for n in range(size)
    ]
    return compile_edition(Selected(tuple(articles), (Teaser("Brief"),)), title="The tides")


def shape(pieces: list[Edition]) -> list[list[int]]:
    return [[len(part.entries) for part in piece.parts] for piece in pieces]


@pytest.mark.parametrize(
    ("sizes", "most", "cut"),
    [
        ((3, 3, 3), 100, [[3, 3, 3]]),
        ((3, 3, 3), 6, [[3, 3], [3]]),
        ((3, 3, 3), 5, [[3], [3], [3]]),
        ((2, 7, 2), 4, [[2, 2], [4], [1, 2]]),
        ((5,), 2, [[2], [2], [1]]),
    ],
)
def test_parts_stay_whole_where_they_can(sizes: tuple[int, ...], most: int, cut: list[list[int]]) -> None:
    assert shape(volumes.cut(edition(*sizes), most)) == cut


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9), st.integers(1, 12))
def test_every_article_is_in_one_volume_in_its_order(sizes: list[int], most: int) -> None:
    whole = edition(*sizes)
    pieces = volumes.numbered(volumes.cut(whole, most), whole.title)
    assert [entry for volume in pieces for entry in volume.entries] == list(whole.entries)
    assert all(len(volume.entries) <= most for volume in pieces)
    assert [len(volume.briefs) for volume in pieces] == [0] * (len(pieces) - 1) + [1]
    assert len({volume.identifier for volume in pieces}) == len(pieces)


def test_volumes_are_named_by_number() -> None:
    pieces = volumes.numbered(volumes.cut(edition(12), 1), "The tides")
    assert pieces[2].title == "The tides (3 of 12)"
    names = [volumes.name(volume) for volume in pieces]
    assert (names[2], sorted(names)) == ("03-of-12", names)
    assert volumes.numbered([edition(1)], "The tides") == [edition(1)]


def test_files_of_volumes(tmp_path: Path) -> None:
    whole = edition(3, 3)
    plan = ExportOptions(formats=("txt",), output=tmp_path, split_count=3)
    outcome = export([e.article for e in whole.entries], Selection(), plan, Report())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["digest-1-of-2.txt", "digest-2-of-2.txt"]
    assert [file.articles for file in outcome.written] == [3, 3]
    assert "News digest (2 of 2)" in (tmp_path / "digest-2-of-2.txt").read_text()


def test_no_volume_is_larger_than_asked_for(tmp_path: Path) -> None:
    whole = edition(9, 9)
    report = Report()
    plan = ExportOptions(formats=("txt", "epub"), output=tmp_path, split_size=40_000)
    outcome = export([e.article for e in whole.entries], Selection(), plan, report)
    for format in plan.formats:
        files = [file for file in outcome.written if file.format == format]
        assert sum(file.articles for file in files) == 18
        large = [file for file in files if file.bytes > 40_000]
        assert all(file.articles == 1 for file in large)
        assert len(large) == sum(
            f.id == "volume-too-large" and f.where.endswith(format) for f in report.findings
        )
    assert {file.path for file in outcome.written if file.format == "txt"} == {str(tmp_path / "digest.txt")}


def test_a_volume_that_cannot_be_cut_is_told(tmp_path: Path) -> None:
    report = Report()
    plan = ExportOptions(formats=("txt",), output=tmp_path, split_size=10)
    export([article("One"), article("Two")], Selection(), plan, report)
    assert [f.id for f in report.findings] == ["volume-too-large"] * 2


def test_each_article_in_a_file_of_its_own(tmp_path: Path) -> None:
    articles = [
        article("Historic: Milestone!", "2021-07-21"),
        article("Historic milestone", "2021-07-21", "Other", words="Others say so, too."),
        article("Historic milestone 2", "2021-07-21", "Third", words="A third paper has it as well."),
        article("감자가 나왔다", "2021-07"),
        article("x" * 500, None),
        article("마" * 300, "2021-07-22"),
    ]
    plan = ExportOptions(formats=("txt",), output=tmp_path, individual=True)
    outcome = export(articles, Selection(undated=True), plan, Report())
    names = sorted(p.name for p in tmp_path.iterdir())
    named = {"2021-07-21-historic-milestone.txt", "2021-07-21-historic-milestone-2.txt"}
    assert named < set(names)
    assert "2021-07-감자가-나왔다.txt" in names
    assert len(names) == 6
    assert max(len(name.encode()) for name in names) < 256
    assert [file.articles for file in outcome.written] == [1] * 6
