"""Work on a Dask cluster: the results are those of this machine, whatever becomes of its workers."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil
import pytest
from distributed import Client

from exporter import resources
from exporter.backends import registry as backends
from exporter.diagnostics import Report
from exporter.editions.options import ExportOptions
from exporter.editions.selection import Selection
from exporter.errors import UsageError
from exporter.jobs import batch
from exporter.jobs.targets import Schedule
from exporter.library import Library
from exporter.library.importer import import_files
from exporter.progress import SILENT, Progress
from exporter.workers import dask, pool, resource_bundle
from tests import afar

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("package")
        afar.write_backend(folder)
        patch.syspath_prepend(folder)
        patch.setenv("PYTHONPATH", os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", ""))))
        backends.names.cache_clear()
        with afar.cluster() as matches:
            yield matches
    backends.names.cache_clear()


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
    assert list(dask.run(afar.double, range(9), address)) == [2 * n for n in range(9)]


def test_a_job_is_loaded_when_it_is_its_turn(address: str) -> None:
    jobs = Lazy(30)
    pool = dask.WorkerPool(afar.double, address)
    done = [(number, result, jobs.loaded) for number, result in pool.do(jobs)]
    pool.close()
    assert sorted((n, result) for n, result, _ in done) == [(n, 2 * n) for n in range(30)]
    assert all(loaded - at <= 2 * dask.AHEAD for at, (_, _, loaded) in enumerate(done))


def test_what_ends_its_process_costs_itself_alone(address: str) -> None:
    results = list(dask.run(afar.die_at_three, range(6), address))
    assert results == [0, 1, 2, pool.JobFailure("ended", -9), 4, 5]


def test_a_job_that_ends_its_worker_costs_itself_alone(address: str) -> None:
    """Not those either that were waiting at the same worker, each time it was killed."""
    results = list(dask.run(afar.end_worker_at_one, range(4), address))
    assert results == [0, pool.JobFailure("ended"), 2, 3]


def test_what_the_work_raises_is_raised_here(address: str) -> None:
    with pytest.raises(FileNotFoundError, match=r"no \d"):
        list(dask.run(afar.complain, range(3), address))


def nobody() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("tcp://{}", "refused"),
        ("{}", "refused"),
        ("nonsense://x", "unknown address scheme"),
        ("nonsense", "missing port"),
        ("tcp://", "missing port"),
    ],
)
def test_a_scheduler_that_is_not_there_is_told_at_once(address: str, reason: str) -> None:
    began = time.monotonic()
    with pytest.raises(UsageError, match=rf"there is no scheduler at .*{reason}"):
        list(dask.run(afar.double, [1], address.format(nobody())))
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("hangs", "no answer in 0.5 seconds"),
        ("closes", "it closes the connection"),
        ("speaks", "what is there is none|closes the connection"),
    ],
)
def test_what_is_no_scheduler_is_told(
    how: str, reason: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(dask, "SECONDS", 0.5)

    def answer(connection: socket.socket) -> None:
        if how == "speaks":
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20)
        if how != "hangs":
            connection.close()

    with afar.listener(answer) as address, pytest.raises(UsageError, match=rf"no scheduler at .*({reason})"):
        list(dask.run(afar.double, [1], address.replace("http", "tcp")))
    assert caplog.records == []


def test_a_key_in_its_address_is_not_told() -> None:
    with pytest.raises(UsageError) as error:
        list(dask.run(afar.double, [1], f"tcp://me:hushhush@{nobody()}"))
    assert "hush" not in str(error.value)


def test_an_address_of_a_worker_is_told(address: str) -> None:
    with Client(address, set_as_default=False) as client:
        worker = next(iter(client.scheduler_info()["workers"]))
    with pytest.raises(UsageError, match="it is a worker"):
        list(dask.run(afar.double, [1], worker))


@pytest.mark.conformance
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_scheduler_that_dies_ends_the_run(how: signal.Signals, saved: Path, tmp_path: Path) -> None:
    """With one message, soon; what was written is told, and what was not."""
    for month in range(1, 13):
        for year in (2020, 2021, 2022):
            (saved / f"{year}-{month:02}.md").write_text(page(f"Boat {year}", f"{year}-{month:02}-05"))
    before = set(psutil.Process().children())
    with afar.cluster() as address:
        (scheduler,) = set(psutil.Process().children()) - before
        words = f"-m exporter batch {saved} -f pdf -o {tmp_path / 'out'} --scheduler {address}"
        process = subprocess.Popen(
            [sys.executable, *words.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        while not (tmp_path / "out").exists() or not list((tmp_path / "out").glob("*.pdf")):
            assert process.poll() is None
            time.sleep(0.05)
        scheduler.send_signal(how)
        began = time.monotonic()
        try:
            shown, errors = process.communicate(timeout=60)
        finally:
            scheduler.send_signal(signal.SIGCONT if how == signal.SIGSTOP else how)
    assert time.monotonic() - began < 30
    assert process.returncode == 1
    assert "Traceback" not in errors
    assert errors.count("does not answer any more") == 1
    assert "files were not written" in errors
    assert all(path.name in shown for path in (tmp_path / "out").glob("*.pdf"))


def test_without_dask_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError) as error:
        list(dask.run(afar.double, [1], "tcp://127.0.0.1:1"))
    assert "exporter[dask]" in error.value.remedy


def test_workers_of_other_versions_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "versions", lambda _: {**resource_bundle.versions(), "weasyprint": "60.0"})
    with pytest.raises(UsageError, match=r"worker at tcp://127.* weasyprint \d+\.\d+ instead of 60\.0"):
        list(dask.run(afar.double, [1], address))


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
    bundle = dask.pack("./mine")
    assert list(dask.run(afar.told_home, [1], address, bundle)) == [("of the user", "p { color: red }")]


# -- Articles and editions ---------------------------------------------------------------

PIECES = {"2024-03-05": "The ferry", "2024-03-09": "The weir", "2024-04-02": "The kiln"}
PICTURE = Path(__file__).parents[2] / "input" / "markdown" / "images" / "small-tools.png"


def page(title: str, day: str) -> str:
    words = f"{title} is on the river since {day}."
    return f"---\ntitle: {title}\ndate: {day}\n---\n\n![Tools](tools.png)\n\n{words}\n"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Pages with a picture beside them, one of them in an archive."""
    folder = tmp_path / "saved"
    folder.mkdir()
    for day, title in PIECES.items():
        (folder / f"{day}.md").write_text(page(title, day))
    (folder / "tools.png").write_bytes(PICTURE.read_bytes())
    with zipfile.ZipFile(folder / "more.zip", "w") as more:
        more.writestr("in/mill.md", page("The mill", "2024-04-07"))
        more.writestr("in/tools.png", PICTURE.read_bytes())
    return folder


@contextmanager
def filed(folder: Path, scheduler: str | None = None) -> Iterator[tuple[Library, Report]]:
    report = Report()
    with Library.temporary() as library:
        import_files(library, [folder], report, scheduler=scheduler)
        yield library, report


def test_a_cluster_reads_what_this_machine_reads(address: str, saved: Path) -> None:
    """The files go there as bytes, pictures beside pages and members of archives, too."""
    (saved / "empty.txt").touch()
    shown = []
    for scheduler in (None, address):
        with filed(saved, scheduler) as (library, report):
            shown.append((library.select(Selection(), Report()).articles, report.findings))
    assert shown[0] == shown[1]
    articles, findings = shown[0]
    assert [len(a.assets) for a in articles] == [1] * 4
    assert [f.id for f in findings] == ["file-empty"]


def test_a_poisoned_edition_is_named_and_the_others_come_out(
    address: str, saved: Path, tmp_path: Path
) -> None:
    (saved / "2024-04-02.md").write_text(page("Poison", "2024-04-02"))
    plan = ExportOptions(formats=("odd", "txt"), output=tmp_path / "out", scheduler=address)
    with filed(saved) as (library, _):
        outcome = batch.batch(library, Schedule(), plan, Report())
    (failed,) = outcome.failed
    assert Path(failed.path).name == "digest-2024-04.odd"
    assert "was ended twice (exit code -9)" in failed.error
    assert sorted(hashes(plan.output)) == ["digest-2024-03.odd", "digest-2024-03.txt", "digest-2024-04.txt"]


def test_an_interrupt_ends_what_is_under_way(address: str, saved: Path, tmp_path: Path) -> None:
    (saved / "2024-04-02.md").write_text(page("Sleep", "2024-04-02"))
    words = f"-m exporter batch {saved} -f odd -o {tmp_path / 'out'} --scheduler {address} -q"
    process = subprocess.Popen([sys.executable, *words.split()], stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "out" / "digest-2024-03.odd").exists():  # the other one sleeps
        assert process.poll() is None
        time.sleep(0.05)
    with Client(address, set_as_default=False) as client:
        workers = [psutil.Process(process) for process in client.run(os.getpid).values()]
    benches = [child for worker in workers for child in worker.children(recursive=True)]
    assert benches
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert psutil.wait_procs(benches, timeout=20)[1] == []


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir() if p.is_file()}


@pytest.mark.parametrize(
    "formats", [("epub", "txt"), pytest.param(("pdf", "epub", "txt"), marks=pytest.mark.conformance)]
)
def test_editions_are_the_same_wherever_they_are_made(
    address: str, saved: Path, tmp_path: Path, formats: tuple[str, ...]
) -> None:
    """Also where a worker is lost in the middle: another does its jobs."""
    style = tmp_path / "mine"
    style.mkdir()
    (style / "print.css").write_text(resources.own_style("digest", "print.css") + "h1 { color: #224466 }")
    plan = ExportOptions(formats=formats, output=tmp_path / "1", style=str(style), archival=True, jobs=1)
    two = msgspec.structs.replace(plan, output=tmp_path / "2", jobs=2)
    far = msgspec.structs.replace(plan, output=tmp_path / "far", scheduler=address)
    with Client(address, set_as_default=False) as client:
        process = min(client.run(os.getpid).values())

        class Killing(Progress):
            def __call__(self, done: int, total: int, name: str = "") -> None:
                if done == 2:
                    os.kill(process, signal.SIGKILL)

        with filed(saved) as (library, _):
            for way in (plan, two, far):
                progress = Killing() if way is far else SILENT
                outcome = batch.batch(library, Schedule(), way, Report(), progress)
                assert outcome.failed == ()
        assert process not in client.run(os.getpid).values()
    first = hashes(plan.output)
    assert len(first) == 2 * len(formats)
    assert hashes(two.output) == first
    assert hashes(far.output) == first
