"""Work on a Dask cluster: the results are those of this machine, whatever becomes of its workers."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from exporter import batch, cluster, engine, resources
from exporter.accession import accession
from exporter.backends import Settings
from exporter.batch import Plan, Series
from exporter.cluster import _same
from exporter.diagnostics import Report
from exporter.errors import UsageError
from exporter.library import Library
from tests import afar

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with afar.cluster() as found:
        yield found


class Lazy(Sequence[int]):
    """Numbers, and how many of them have been asked for."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.loaded = 0

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> int:  # type: ignore[override]
        self.loaded += 1
        return number


def test_results_come_in_order(address: str) -> None:
    assert list(cluster.run(afar.double, range(9), address)) == [2 * n for n in range(9)]


def test_a_job_is_loaded_when_it_is_its_turn(address: str) -> None:
    jobs = Lazy(30)
    crew = cluster.Crew(afar.double, address)
    done = [(number, result, jobs.loaded) for number, result in crew.do(jobs)]
    crew.close()
    assert sorted((n, result) for n, result, _ in done) == [(n, 2 * n) for n in range(30)]
    assert all(loaded - at <= 2 * cluster.AHEAD for at, (_, _, loaded) in enumerate(done))


def test_what_ends_its_process_costs_itself_alone(address: str) -> None:
    results = list(cluster.run(afar.die_at_three, range(6), address))
    assert results == [0, 1, 2, engine.Lost("ended", -9), 4, 5]


def test_what_the_work_raises_is_raised_here(address: str) -> None:
    with pytest.raises(ValueError, match=r"no \d"):
        list(cluster.run(afar.complain, range(3), address))


def test_a_scheduler_that_is_not_there_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UsageError, match="there is no scheduler at"):
        list(cluster.run(afar.double, [1], nobody))
    with pytest.raises(UsageError, match="there is no scheduler at"):
        list(cluster.run(afar.double, [1], "nonsense://x"))


def test_workers_of_other_versions_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "versions", lambda: {**_same.versions(), "weasyprint": "60.0"})
    with pytest.raises(UsageError, match=r"worker at tcp://127.* weasyprint \d+\.\d+ instead of 60\.0"):
        list(cluster.run(afar.double, [1], address))


def test_the_users_style_and_templates_go_along(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the style is named by a path that means nothing elsewhere."""
    (tmp_path / "home" / "templates").mkdir(parents=True)
    (tmp_path / "home" / "templates" / "own.txt").write_text("of the user")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "print.css").write_text("p { color: red }")
    monkeypatch.setenv("EXPORTER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    kit = cluster.pack("./mine")
    assert list(cluster.run(afar.told_home, [1], address, kit)) == [("of the user", "p { color: red }")]


# -- Editions ----------------------------------------------------------------------------

STORIES = {
    "2024-03-05": "The ferry",
    "2024-03-09": "The weir",
    "2024-04-02": "The kiln",
    "2024-05-07": "The loom",
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Pages with a picture beside them, one of them in an archive, and notes."""
    folder = tmp_path / "saved"
    folder.mkdir()
    picture = (Path(__file__).parents[2] / "input" / "markdown" / "images" / "small-tools.png").read_bytes()
    for day, title in STORIES.items():
        text = (
            f"---\ntitle: {title}\ndate: {day}\n---\n\n![Tools](tools.png)\n\nIt is on the river. It works.\n"
        )
        (folder / f"{day}.md").write_text(text)
    (folder / "tools.png").write_bytes(picture)
    with zipfile.ZipFile(folder / "more.zip", "w") as more:
        more.writestr(
            "in/a.md", "---\ntitle: The mill\ndate: 2024-06-05\n---\n\n![Tools](t.png)\n\nIt turns.\n"
        )
        more.writestr("in/t.png", picture)
    return folder


def filed(folder: Path, scheduler: str | None) -> tuple[Library, Report]:
    library, report = Library.temporary(), Report()
    accession(library, [folder], report, workers=None, scheduler=scheduler)
    return library, report


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir() if p.is_file()}


def test_a_cluster_reads_what_this_machine_reads(address: str, saved: Path) -> None:
    """The files go there as bytes, pictures beside pages and members of archives, too."""
    (saved / "empty.txt").touch()
    told = []
    for scheduler in (None, address):
        library, report = filed(saved, scheduler)
        with library:
            series = [library.article(n) for n in range(1, 6)]
        told.append((series, report.findings))
    assert told[0] == told[1]
    assert len(told[0][0]) == 5
    assert [f.id for f in told[0][1]] == ["file-empty"]


def test_editions_are_the_same_wherever_they_are_made(address: str, saved: Path, tmp_path: Path) -> None:
    """Also where a worker is lost in the middle: another does its jobs."""
    from distributed import Client

    style = tmp_path / "mine"
    style.mkdir()
    (style / "print.css").write_text(resources.own_style("digest", "print.css") + "\nh1 { color: #224466 }\n")
    settings = Settings(style=str(style), archival=True)
    plan = Plan(formats=("pdf", "epub", "txt"), folder=tmp_path, settings=settings)
    with Client(address, set_as_default=False) as client:
        process = min(client.run(os.getpid).values())

    def kill(done: int, total: int, name: str) -> None:
        if done == 3:
            os.kill(process, signal.SIGKILL)

    library, _ = filed(saved, None)
    found = {}
    with library:
        for way in ({"workers": 1}, {"workers": 2}, {"scheduler": address}):
            name = "-".join(map(str, way.values()))[:3]
            there = msgspec.structs.replace(plan, folder=tmp_path / name, **way)
            outcome = batch.batch(
                library, Series(), there, Report(), kill if "scheduler" in way else batch_silent
            )
            assert outcome.failed == ()
            found[name] = hashes(there.folder)
    first = found.pop("1")
    assert len(first) == 4 * 3
    assert all(other == first for other in found.values())


def batch_silent(done: int, total: int, name: str) -> None:
    pass
