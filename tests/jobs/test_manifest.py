"""A second run does what changed and nothing else; what it finds in the output it does not trust."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.backends import registry as backends
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


class Workspace:
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
def workspace(tmp_path: Path) -> Workspace:
    output = Workspace(tmp_path / "out")
    output.run(SPRING)
    return output


def written(outcome: Outcome) -> list[str]:
    return sorted(Path(file.path).name for file in outcome.written)


def why(steps: list[Step]) -> dict[str, str]:
    return {Path(s.path).name: "; ".join(s.why) for s in steps if s.action == "make"}


def test_nothing_is_done_twice(workspace: Workspace) -> None:
    before = workspace.state
    outcome = workspace.run(SPRING)
    assert not outcome.written
    assert len(outcome.kept) == 6
    assert workspace.state == before
    assert why(workspace.steps(SPRING)) == {}


def test_an_article_more_changes_its_window_alone(workspace: Workspace) -> None:
    before = workspace.state
    more = [*SPRING, article("Buoys", "2024-04-20")]
    assert why(workspace.steps(more)) == {
        "digest-2024-04.json": "articles: 1 came",
        "digest-2024-04.txt": "articles: 1 came",
    }
    assert written(workspace.run(more)) == ["digest-2024-04.json", "digest-2024-04.txt"]
    after = workspace.state
    assert {n: s for n, s in after.items() if "04" not in n} == {
        n: s for n, s in before.items() if "04" not in n
    }
    assert b"Buoys" in after["digest-2024-04.txt"][0]


def test_a_copy_in_another_paper_makes_its_window_anew(workspace: Workspace) -> None:
    copy = article("Loaves", "2024-04-06", "Post", words="Some words on Bread.")
    assert set(why(workspace.steps([*SPRING, copy]))) == {"digest-2024-04.json", "digest-2024-04.txt"}


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"title": "Other"}, "title: News digest → Other"),
        ({"group": "day"}, "group: source → day"),
        ({"language": "de"}, "language: None → de"),
        ({"strip_agency_marks": True}, "tidied: False → True"),
        ({"split_count": 1}, "split: "),
    ],
)
def test_what_is_asked_for_in_another_way_is_made_anew(
    workspace: Workspace, changed: dict[str, object], shown: str
) -> None:
    reasons = why(workspace.steps(SPRING, **changed))
    assert len(reasons) == 6
    assert all(shown in reason for reason in reasons.values())


def test_days_of_another_zone_are_made_anew(workspace: Workspace) -> None:
    there = Schedule(selection=Selection(zone="Asia/Seoul"))
    reasons = why(workspace.steps(SPRING, schedule=there))
    assert len(reasons) == 6
    assert all("zone: None → Asia/Seoul" in reason for reason in reasons.values())


def test_what_changes_nothing_in_the_files_makes_nothing_anew(workspace: Workspace) -> None:
    assert why(workspace.steps(SPRING, jobs=2, strict=True)) == {}


def test_another_version_of_what_makes_a_file_makes_it_anew(workspace: Workspace) -> None:
    record = workspace.record("digest-2024-03")
    record.write_text(record.read_text().replace('"wcwidth": "', '"wcwidth": "0'))
    shown = record.read_text().replace(json.loads(record.read_text())["formats"]["txt"]["key"], "0" * 64)
    record.write_text(shown)
    assert list(why(workspace.steps(SPRING))) == ["digest-2024-03.txt"]
    assert "version of wcwidth" in why(workspace.steps(SPRING))["digest-2024-03.txt"]


def rewrite(path: Path, versions: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """Change the versions in a record, as it is when they were others."""
    record = json.loads(path.read_text())
    for entry in record["formats"].values():
        entry |= {"versions": versions(entry["versions"]), "key": "0" * 64}
    path.write_text(json.dumps(record))


def test_every_package_that_a_backend_declares_counts(workspace: Workspace) -> None:
    for format in ("txt", "json"):
        for name in ("exporter", *backends.TABLE[format].packages):
            workspace.run(SPRING)
            rewrite(
                workspace.record("digest-2024-03"),
                lambda versions, name=name: {n: "0" if n == name else v for n, v in versions.items()},  # type: ignore[misc]
            )
            reason = why(workspace.steps(SPRING))[f"digest-2024-03.{format}"]
            assert reason.startswith(f"version of {name}: 0 → "), name


def test_a_record_that_lists_other_packages_is_completed(workspace: Workspace) -> None:
    """As an earlier version wrote it: nothing is made again until one of the packages changes."""
    before, record = workspace.state, workspace.record("digest-2024-03")
    complete = record.read_bytes()
    rewrite(record, lambda versions: {"exporter": versions["exporter"], "jinja2": "3"})
    listed = record.read_bytes()
    assert why(workspace.steps(SPRING)) == {}
    assert record.read_bytes() == listed, "to plan changes nothing"
    assert not workspace.run(SPRING).written
    assert (workspace.state, record.read_bytes()) == (before, complete)
    rewrite(record, lambda versions: {"exporter": versions["exporter"]})
    fewer = {"digest-2024-03.txt", "digest-2024-03.json"}
    assert set(why(workspace.steps([article("Boats", "2024-03-06"), *SPRING[1:]]))) == fewer


def test_a_file_that_is_gone_or_was_changed_is_made_anew(workspace: Workspace) -> None:
    before = workspace.state
    (workspace.folder / "digest-2024-03.txt").unlink()
    (workspace.folder / "digest-2024-04.txt").write_text("scribbled")
    os.utime(workspace.folder / "digest-2024-05.txt", (1, 1))  # its content is what it was
    assert why(workspace.steps(SPRING)) == {
        "digest-2024-03.txt": "digest-2024-03.txt: it is missing",
        "digest-2024-04.txt": "digest-2024-04.txt: it was changed since",
    }
    workspace.run(SPRING)
    assert {n: data for n, (data, _) in workspace.state.items()} == {
        n: data for n, (data, _) in before.items()
    }


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
def test_a_record_edited_by_hand_is_not_believed(workspace: Workspace, scribble: str) -> None:
    workspace.record("digest-2024-04").write_text(scribble)
    assert written(workspace.run(SPRING)) == ["digest-2024-04.json", "digest-2024-04.txt"]
    assert workspace.run(SPRING).written == ()


def test_a_record_that_names_other_files_harms_none(workspace: Workspace, tmp_path: Path) -> None:
    outside = tmp_path / "precious.txt"
    outside.write_text("precious")
    stat = outside.stat()
    record = json.loads(workspace.record("digest-2024-04").read_text())
    output = record["formats"]["txt"]["files"][0]
    output |= {"name": "../precious.txt", "bytes": stat.st_size, "mtime": stat.st_mtime_ns}
    workspace.record("digest-2024-04").write_text(json.dumps(record))
    workspace.run(SPRING, schedule=Schedule(force=True))
    workspace.run(SPRING[:1], schedule=Schedule(prune=True))
    assert outside.read_text() == "precious"


def test_force_makes_everything(workspace: Workspace) -> None:
    before = {n: data for n, (data, _) in workspace.state.items()}
    outcome = workspace.run(SPRING, schedule=Schedule(force=True))
    assert len(outcome.written) == 6
    assert {n: data for n, (data, _) in workspace.state.items()} == before


def test_prune_removes_what_nothing_makes_any_more_and_nothing_else(workspace: Workspace) -> None:
    (workspace.folder / "digest-2024-04.txt").write_text("my own notes in it")
    (workspace.folder / "mine.txt").write_text("mine")
    workspace.run(SPRING, name="other")
    fewer = [SPRING[0], SPRING[2]]
    shown = [s for s in workspace.steps(fewer, schedule=Schedule(prune=True)) if s.action == "remove"]
    assert [Path(s.path).name for s in shown] == ["digest-2024-04.json", "digest-2024-04.txt"]
    outcome = workspace.run(fewer, schedule=Schedule(prune=True))
    assert [Path(path).name for path in outcome.removed] == ["digest-2024-04.json"], "what was changed stays"
    assert {"digest-2024-04.txt", "mine.txt", "other-2024-04.txt", "digest-2024-03.txt"} <= set(
        workspace.state
    )
    assert "digest-2024-04.json" not in workspace.state


def test_prune_removes_what_is_made_in_no_format_any_more(workspace: Workspace) -> None:
    outcome = workspace.run(SPRING, schedule=Schedule(prune=True), formats=("txt",))
    assert sorted(Path(path).name for path in outcome.removed) == [
        f"digest-2024-0{month}.json" for month in (3, 4, 5)
    ]
    assert list(workspace.state) == [f"digest-2024-0{month}.txt" for month in (3, 4, 5)]
    assert why(workspace.steps(SPRING, formats=("txt",))) == {}


def test_prune_looks_into_a_file_before_it_removes_it(workspace: Workspace) -> None:
    """One that was changed may be as long and as old as it was."""
    path = workspace.folder / "digest-2024-04.txt"
    before, mine = path.stat(), path.read_bytes().replace(b"Bread", b"BREAD")
    path.write_bytes(mine)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    workspace.run([SPRING[0], SPRING[2]], schedule=Schedule(prune=True))
    assert path.read_bytes() == mine
    assert not path.with_suffix(".json").exists()


def test_what_has_no_date_is_in_no_window(workspace: Workspace) -> None:
    """Else it would be in each of them, also where an export of all would take it."""
    more = [*SPRING, article("Buoys", None)]
    everything = Schedule(selection=Selection(undated=True))
    assert written(workspace.run(more, schedule=everything, name="all", formats=("txt",))) == [
        f"all-2024-0{month}.txt" for month in (3, 4, 5)
    ]
    assert not any(b"Buoys" in data for data, _ in workspace.state.values())


def test_fewer_volumes_leave_none_of_the_old_ones_behind(workspace: Workspace) -> None:
    many = [article(f"Story {n}", "2024-04-06") for n in range(5)]
    workspace.run(many, split_count=2, formats=("txt",))
    assert len([n for n in workspace.state if "-of-3" in n]) == 3
    workspace.run(many, split_count=3, formats=("txt",))
    assert [n for n in workspace.state if "-of-" in n] == [
        "digest-2024-04-1-of-2.txt",
        "digest-2024-04-2-of-2.txt",
    ]


def test_an_output_folder_that_goes_away_halfway(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {n: data for n, (data, _) in workspace.state.items()}
    shutil.rmtree(workspace.folder)
    write, count = storage.write_whole, [0]

    def and_then_it_is_gone(path: Path, data: bytes) -> None:
        count[0] += 1
        if count[0] == 5:
            shutil.rmtree(workspace.folder)
        write(path, data)

    monkeypatch.setattr(storage, "write_whole", and_then_it_is_gone)
    outcome = workspace.run(SPRING)
    assert outcome.failed
    assert all(failure.exit_code == OutputError.exit_code for failure in outcome.failed)
    monkeypatch.undo()
    workspace.run(SPRING)
    assert {n: data for n, (data, _) in workspace.state.items()} == expected


def test_what_a_killed_run_left_half_written_is_swept_away(workspace: Workspace) -> None:
    dead = 2**22 + 1  # beyond the highest number a process may have
    (workspace.folder / f".digest-2024-03.txt.{dead}.abcd.part").write_text("half")
    (workspace.folder / f".digest-2024-03.txt.{os.getpid()}.abcd.part").write_text("somebody is writing it")
    workspace.run(SPRING)
    assert [p.name for p in workspace.folder.glob(".*.part")] == [
        f".digest-2024-03.txt.{os.getpid()}.abcd.part"
    ]


def test_an_export_takes_back_what_the_record_tells_of_its_file(workspace: Workspace) -> None:
    window = Selection(window=desk_window("2024-04"))
    with Library.holding(SPRING[1:2]) as library:
        batch.export(library, window, workspace.plan(title="By hand", formats=("txt",)), Report())
    assert list(why(workspace.steps(SPRING))) == ["digest-2024-04.txt"]


def test_a_record_tells_nothing_of_files_that_are_half_exchanged(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the second volume cannot be written, neither the old nor the new edition is there whole."""
    many = [article(f"Story {n}", "2024-04-06") for n in range(4)]
    workspace.run(many, split_count=2)
    write = storage.write_whole

    def on_a_disk_that_fills(path: Path, data: bytes) -> None:
        if path.name == "digest-2024-04-2-of-2.txt":
            raise OutputError("no space left")
        write(path, data)

    monkeypatch.setattr(storage, "write_whole", on_a_disk_that_fills)
    changed = [article(f"Story {n}", "2024-04-06", words=f"Other words of {n}.") for n in range(4)]
    outcome = workspace.run(changed, split_count=2)
    assert [Path(failure.path).name for failure in outcome.failed] == ["digest-2024-04-2-of-2.txt"]
    assert list(json.loads(workspace.record("digest-2024-04").read_text())["formats"]) == ["json"]
    monkeypatch.undo()
    assert written(workspace.run(changed, split_count=2)) == [
        "digest-2024-04-1-of-2.txt",
        "digest-2024-04-2-of-2.txt",
    ]


def test_windows_that_are_all_empty(workspace: Workspace) -> None:
    with pytest.raises(NothingToExport):
        workspace.run(SPRING, schedule=Schedule(selection=Selection(window=desk_window("1999"))))


def desk_window(shown: str) -> object:
    import exporter

    return exporter.window(shown, shown)


def test_weeks_may_begin_on_any_day(workspace: Workspace) -> None:
    sunday = article("Sunday", "2024-03-10")
    schedule = Schedule(every="week", week_start="sunday")
    outcome = workspace.run([sunday], schedule=schedule, name="us", formats=("txt",))
    assert written(outcome) == ["us-2024-03-10_2024-03-16.txt"]
    outcome = workspace.run([sunday], schedule=Schedule(every="week"), name="iso", formats=("txt",))
    assert written(outcome) == ["iso-2024-W10.txt"]
