"""A second run does what changed and nothing else; what it finds in the output it does not trust."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from exporter.diagnostics import Report
from exporter.editions.options import ExportOptions
from exporter.editions.selection import Selection
from exporter.errors import NothingToExport, OutputError
from exporter.jobs import batch
from exporter.jobs.outcome import Outcome, Step
from exporter.jobs.targets import Schedule
from exporter.library import Library
from exporter.model.article import Article
from exporter.sources import storage
from tests.editions.test_compile import article

SPRING = [article("Boats", "2024-03-05"), article("Bread", "2024-04-06"), article("Birds", "2024-05-07")]


class Desk:
    """An output folder, and runs into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plan(self, **more: object) -> ExportOptions:
        return ExportOptions(**{"formats": ("txt", "json"), "output": self.folder, "jobs": 1, **more})  # type: ignore[arg-type]

    def run(self, articles: list[Article], *, schedule: Schedule | None = None, **more: object) -> Outcome:
        with Library.holding(articles) as library:
            return batch.batch(library, schedule or Schedule(), self.plan(**more), Report())

    def steps(
        self, articles: list[Article], *, schedule: Schedule | None = None, **more: object
    ) -> list[Step]:
        with Library.holding(articles) as library:
            return batch.steps(library, schedule or Schedule(), self.plan(**more))

    @property
    def state(self) -> dict[str, tuple[bytes, int]]:
        paths = [p for p in self.folder.iterdir() if p.is_file()]
        return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in sorted(paths)}

    def record(self, name: str) -> Path:
        return self.folder / ".exporter" / f"{name}.json"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path / "out")
    made.run(SPRING)
    return made


def written(outcome: Outcome) -> list[str]:
    return sorted(Path(file.path).name for file in outcome.written)


def why(steps: list[Step]) -> dict[str, str]:
    return {Path(s.path).name: "; ".join(s.why) for s in steps if s.action == "make"}


def test_nothing_is_done_twice(desk: Desk) -> None:
    before = desk.state
    outcome = desk.run(SPRING)
    assert not outcome.written
    assert len(outcome.kept) == 6
    assert desk.state == before
    assert why(desk.steps(SPRING)) == {}


def test_an_article_more_changes_its_window_alone(desk: Desk) -> None:
    before = desk.state
    more = [*SPRING, article("Buoys", "2024-04-20")]
    assert why(desk.steps(more)) == {
        "digest-2024-04.json": "articles: 1 came",
        "digest-2024-04.txt": "articles: 1 came",
    }
    assert written(desk.run(more)) == ["digest-2024-04.json", "digest-2024-04.txt"]
    after = desk.state
    assert {n: s for n, s in after.items() if "04" not in n} == {
        n: s for n, s in before.items() if "04" not in n
    }
    assert b"Buoys" in after["digest-2024-04.txt"][0]


def test_a_copy_in_another_paper_makes_its_window_anew(desk: Desk) -> None:
    copy = article("Loaves", "2024-04-06", "Post", words="Some words on Bread.")
    assert set(why(desk.steps([*SPRING, copy]))) == {"digest-2024-04.json", "digest-2024-04.txt"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": "Other"}, "title: News digest → Other"),
        ({"group": "day"}, "group: source → day"),
        ({"language": "de"}, "language: None → de"),
        ({"strip_agency_marks": True}, "tidied: False → True"),
        ({"split_count": 1}, "split: "),
    ],
)
def test_what_is_asked_for_in_another_way_is_made_anew(
    desk: Desk, changed: dict[str, object], told: str
) -> None:
    reasons = why(desk.steps(SPRING, **changed))
    assert len(reasons) == 6
    assert all(told in reason for reason in reasons.values())


def test_days_of_another_zone_are_made_anew(desk: Desk) -> None:
    there = Schedule(selection=Selection(zone="Asia/Seoul"))
    reasons = why(desk.steps(SPRING, schedule=there))
    assert len(reasons) == 6
    assert all("zone: None → Asia/Seoul" in reason for reason in reasons.values())


def test_what_changes_nothing_in_the_files_makes_nothing_anew(desk: Desk) -> None:
    assert why(desk.steps(SPRING, jobs=2, strict=True)) == {}


def test_another_version_of_what_makes_a_file_makes_it_anew(desk: Desk) -> None:
    record = desk.record("digest-2024-03")
    record.write_text(record.read_text().replace('"wcwidth": "', '"wcwidth": "0'))
    told = record.read_text().replace(json.loads(record.read_text())["formats"]["txt"]["key"], "0" * 64)
    record.write_text(told)
    assert list(why(desk.steps(SPRING))) == ["digest-2024-03.txt"]
    assert "version of wcwidth" in why(desk.steps(SPRING))["digest-2024-03.txt"]


def test_a_file_that_is_gone_or_was_changed_is_made_anew(desk: Desk) -> None:
    before = desk.state
    (desk.folder / "digest-2024-03.txt").unlink()
    (desk.folder / "digest-2024-04.txt").write_text("scribbled")
    os.utime(desk.folder / "digest-2024-05.txt", (1, 1))  # its content is what it was
    assert why(desk.steps(SPRING)) == {
        "digest-2024-03.txt": "digest-2024-03.txt: it is missing",
        "digest-2024-04.txt": "digest-2024-04.txt: it was changed since",
    }
    desk.run(SPRING)
    assert {n: data for n, (data, _) in desk.state.items()} == {n: data for n, (data, _) in before.items()}


@pytest.mark.parametrize(
    "scribble",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"formats": 3}',
        '{"exporter": "1", "series": "digest", "formats": {"txt": {}}}',
    ],
)
def test_a_record_edited_by_hand_is_not_believed(desk: Desk, scribble: str) -> None:
    desk.record("digest-2024-04").write_text(scribble)
    assert written(desk.run(SPRING)) == ["digest-2024-04.json", "digest-2024-04.txt"]
    assert desk.run(SPRING).written == ()


def test_a_record_that_names_other_files_harms_none(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "precious.txt"
    outside.write_text("precious")
    stat = outside.stat()
    record = json.loads(desk.record("digest-2024-04").read_text())
    made = record["formats"]["txt"]["files"][0]
    made |= {"name": "../precious.txt", "bytes": stat.st_size, "mtime": stat.st_mtime_ns}
    desk.record("digest-2024-04").write_text(json.dumps(record))
    desk.run(SPRING, schedule=Schedule(force=True))
    desk.run(SPRING[:1], schedule=Schedule(prune=True))
    assert outside.read_text() == "precious"


def test_force_makes_everything(desk: Desk) -> None:
    before = {n: data for n, (data, _) in desk.state.items()}
    outcome = desk.run(SPRING, schedule=Schedule(force=True))
    assert len(outcome.written) == 6
    assert {n: data for n, (data, _) in desk.state.items()} == before


def test_prune_removes_what_nothing_makes_any_more_and_nothing_else(desk: Desk) -> None:
    (desk.folder / "digest-2024-04.txt").write_text("my own notes in it")
    (desk.folder / "mine.txt").write_text("mine")
    desk.run(SPRING, name="other")
    fewer = [SPRING[0], SPRING[2]]
    told = [s for s in desk.steps(fewer, schedule=Schedule(prune=True)) if s.action == "remove"]
    assert [Path(s.path).name for s in told] == ["digest-2024-04.json", "digest-2024-04.txt"]
    outcome = desk.run(fewer, schedule=Schedule(prune=True))
    assert [Path(path).name for path in outcome.removed] == ["digest-2024-04.json"], "what was changed stays"
    assert {"digest-2024-04.txt", "mine.txt", "other-2024-04.txt", "digest-2024-03.txt"} <= set(desk.state)
    assert "digest-2024-04.json" not in desk.state


def test_prune_removes_what_is_made_in_no_format_any_more(desk: Desk) -> None:
    outcome = desk.run(SPRING, schedule=Schedule(prune=True), formats=("txt",))
    assert sorted(Path(path).name for path in outcome.removed) == [
        f"digest-2024-0{month}.json" for month in (3, 4, 5)
    ]
    assert list(desk.state) == [f"digest-2024-0{month}.txt" for month in (3, 4, 5)]
    assert why(desk.steps(SPRING, formats=("txt",))) == {}


def test_prune_looks_into_a_file_before_it_removes_it(desk: Desk) -> None:
    """One that was changed may be as long and as old as it was."""
    path = desk.folder / "digest-2024-04.txt"
    before, mine = path.stat(), path.read_bytes().replace(b"Bread", b"BREAD")
    path.write_bytes(mine)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    desk.run([SPRING[0], SPRING[2]], schedule=Schedule(prune=True))
    assert path.read_bytes() == mine
    assert not path.with_suffix(".json").exists()


def test_what_has_no_date_is_in_no_window(desk: Desk) -> None:
    """Else it would be in each of them, also where an export of all would take it."""
    more = [*SPRING, article("Buoys", None)]
    everything = Schedule(selection=Selection(undated=True))
    assert written(desk.run(more, schedule=everything, name="all", formats=("txt",))) == [
        f"all-2024-0{month}.txt" for month in (3, 4, 5)
    ]
    assert not any(b"Buoys" in data for data, _ in desk.state.values())


def test_fewer_volumes_leave_none_of_the_old_ones_behind(desk: Desk) -> None:
    many = [article(f"Story {n}", "2024-04-06") for n in range(5)]
    desk.run(many, split_count=2, formats=("txt",))
    assert len([n for n in desk.state if "-of-3" in n]) == 3
    desk.run(many, split_count=3, formats=("txt",))
    assert [n for n in desk.state if "-of-" in n] == [
        "digest-2024-04-1-of-2.txt",
        "digest-2024-04-2-of-2.txt",
    ]


def test_an_output_folder_that_goes_away_halfway(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {n: data for n, (data, _) in desk.state.items()}
    shutil.rmtree(desk.folder)
    write, count = storage.write_whole, [0]

    def and_then_it_is_gone(path: Path, data: bytes) -> None:
        count[0] += 1
        if count[0] == 5:
            shutil.rmtree(desk.folder)
        write(path, data)

    monkeypatch.setattr(storage, "write_whole", and_then_it_is_gone)
    outcome = desk.run(SPRING)
    assert outcome.failed
    assert all(failure.exit_code == OutputError.exit_code for failure in outcome.failed)
    monkeypatch.undo()
    desk.run(SPRING)
    assert {n: data for n, (data, _) in desk.state.items()} == expected


def test_what_a_killed_run_left_half_written_is_swept_away(desk: Desk) -> None:
    dead = 2**22 + 1  # beyond the highest number a process may have
    (desk.folder / f".digest-2024-03.txt.{dead}.abcd.part").write_text("half")
    (desk.folder / f".digest-2024-03.txt.{os.getpid()}.abcd.part").write_text("somebody is writing it")
    desk.run(SPRING)
    assert [p.name for p in desk.folder.glob(".*.part")] == [f".digest-2024-03.txt.{os.getpid()}.abcd.part"]


def test_an_export_takes_back_what_the_record_tells_of_its_file(desk: Desk) -> None:
    window = Selection(window=desk_window("2024-04"))
    with Library.holding(SPRING[1:2]) as library:
        batch.export(library, window, desk.plan(title="By hand", formats=("txt",)), Report())
    assert list(why(desk.steps(SPRING))) == ["digest-2024-04.txt"]


def test_a_record_tells_nothing_of_files_that_are_half_exchanged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the second volume cannot be written, neither the old nor the new edition is there whole."""
    many = [article(f"Story {n}", "2024-04-06") for n in range(4)]
    desk.run(many, split_count=2)
    write = storage.write_whole

    def on_a_disk_that_fills(path: Path, data: bytes) -> None:
        if path.name == "digest-2024-04-2-of-2.txt":
            raise OutputError("no space left")
        write(path, data)

    monkeypatch.setattr(storage, "write_whole", on_a_disk_that_fills)
    changed = [article(f"Story {n}", "2024-04-06", words=f"Other words of {n}.") for n in range(4)]
    outcome = desk.run(changed, split_count=2)
    assert [Path(failure.path).name for failure in outcome.failed] == ["digest-2024-04-2-of-2.txt"]
    assert list(json.loads(desk.record("digest-2024-04").read_text())["formats"]) == ["json"]
    monkeypatch.undo()
    assert written(desk.run(changed, split_count=2)) == [
        "digest-2024-04-1-of-2.txt",
        "digest-2024-04-2-of-2.txt",
    ]


def test_windows_that_are_all_empty(desk: Desk) -> None:
    with pytest.raises(NothingToExport):
        desk.run(SPRING, schedule=Schedule(selection=Selection(window=desk_window("1999"))))


def desk_window(told: str) -> object:
    import exporter

    return exporter.window(told, told)


def test_weeks_may_begin_on_any_day(desk: Desk) -> None:
    sunday = article("Sunday", "2024-03-10")
    schedule = Schedule(every="week", week_start="sunday")
    outcome = desk.run([sunday], schedule=schedule, name="us", formats=("txt",))
    assert written(outcome) == ["us-2024-03-10_2024-03-16.txt"]
    outcome = desk.run([sunday], schedule=Schedule(every="week"), name="iso", formats=("txt",))
    assert written(outcome) == ["iso-2024-W10.txt"]
