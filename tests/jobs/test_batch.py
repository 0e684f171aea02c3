"""Windows, names, and files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
from datetime import date
from pathlib import Path

import pytest

from exporter.diagnostics import Report
from exporter.editions.options import ExportOptions
from exporter.editions.selection import Selection
from exporter.errors import ExporterError, InputError, NothingToExport, OutputError, StrictError
from exporter.jobs import batch
from exporter.jobs.outcome import Outcome
from exporter.jobs.targets import Schedule
from exporter.library import Library
from exporter.model.article import Article
from exporter.model.dates import Window
from exporter.sources import files, storage
from tests.editions.test_compile import article


def plan(folder: Path, **more: object) -> ExportOptions:
    return ExportOptions(formats=("txt",), output=folder, **more)  # type: ignore[arg-type]


def run(
    articles: list[Article],
    folder: Path,
    report: Report | None = None,
    schedule: Schedule | None = None,
    **more: object,
) -> Outcome:
    """A batch by month."""
    with Library.holding(articles) as library:
        return batch.batch(library, schedule or Schedule(), plan(folder, **more), report or Report())


def export(
    articles: list[Article], selection: Selection, plan: ExportOptions, report: Report | None = None
) -> Outcome:
    with Library.holding(articles) as library:
        return batch.export(library, selection, plan, report or Report())


def files_in(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


def test_a_batch_makes_a_file_a_window_and_tells_the_empty_ones(tmp_path: Path) -> None:
    report = Report()
    articles = [
        article("a", "2024-03-05"),
        article("b", "2024-05-06"),
        article("c", "2024-05-07"),
        article("u", None),
    ]
    outcome = run(articles, tmp_path, report)
    assert list(files_in(tmp_path)) == ["digest-2024-03.txt", "digest-2024-05.txt"]
    assert outcome.empty == ("2024-04",)
    assert report.counts() == {"undated-left-out": 1, "window-empty": 1}
    assert [w.articles for w in outcome.written] == [1, 2]


def test_workers_make_the_same_files(tmp_path: Path) -> None:
    articles = [article(f"t{n}", f"2024-0{n}-05") for n in range(1, 5)]
    for workers in (1, 2):
        run(articles, tmp_path / str(workers), jobs=workers)
    one, two = (files_in(tmp_path / n) for n in "12")
    assert one == two
    assert len(one) == 4


def test_nothing_in_range_touches_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    window = Selection(window=Window(date(1999, 1, 1), date(1999, 12, 31)))
    with pytest.raises(NothingToExport):
        export([article("a")], window, plan(out))
    with pytest.raises(NothingToExport):
        run([article("a")], out, schedule=Schedule(selection=window))
    assert not out.exists()


def test_strict_refuses_before_anything_is_written(tmp_path: Path) -> None:
    report = Report()
    report.add("image-missing", "a.md", "x.png")
    with pytest.raises(StrictError, match="image-missing"):
        export([article("a")], Selection(), plan(tmp_path / "out", strict=True), report)
    assert not (tmp_path / "out").exists()


def test_one_file_that_fails_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    (tmp_path / "digest-2024-03.txt").mkdir()
    articles = [article("a", "2024-03-05"), article("b", "2024-05-06")]
    outcome = run(articles, tmp_path)
    assert [Path(f.path).name for f in outcome.failed] == ["digest-2024-03.txt"]
    assert [Path(w.path).name for w in outcome.written] == ["digest-2024-05.txt"]
    assert list(files_in(tmp_path)) == ["digest-2024-05.txt"]


# -- Writing -----------------------------------------------------------------------------


def test_a_full_disk_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "digest.txt"
    target.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left") as caught:
        storage.write_whole(target, b"new" * 1000)
    assert "space" in caught.value.remedy
    assert [p.name for p in tmp_path.iterdir()] == ["digest.txt"]
    assert target.read_bytes() == b"old"


def test_an_interrupt_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "digest.txt"
    target.write_bytes(b"old")

    def interrupted(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        storage.write_whole(target, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("digest.txt", b"old")]


def test_a_folder_that_cannot_be_written_to_is_told_first(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot write into") as caught:
        storage.prepare_folder(tmp_path / "file" / "out")
    assert "-o" in caught.value.remedy


# -- Finding -----------------------------------------------------------------------------


def test_folders_are_walked_in_a_stable_order_without_what_belongs_to_pages(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "A.txt",
        ".hidden",
        "p.html",
        "p_files/x.html",
        "sub/c.md",
        "i.png",
        "s.css",
        "own_files/d.md",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [f.name for f in files.find([tmp_path], Report())] == [
        "A.txt",
        "b.txt",
        "own_files/d.md",
        "p.html",
        "sub/c.md",
    ]
    assert len(files.find([tmp_path, tmp_path / "b.txt"], Report())) == 5


@pytest.mark.parametrize("page", ["p.html", "p.htm", "p.xhtml"])
def test_what_browsers_save_beside_a_page_is_no_page(tmp_path: Path, page: str) -> None:
    names = [page, "p_files/frame.html", "p_files/deep/a.txt", "q_files/a.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [f.name for f in files.find([tmp_path], Report())] == [page, "q_files/a.txt"]
    assert files.readable(names) == [page, "q_files/a.txt"], "in a store or an archive, too"


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_outputs_have_the_rights_that_files_have_here(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        run([article("a")], tmp_path / "out")
        storage.write_whole(tmp_path / "alone.txt", b"x")
    finally:
        assert os.umask(before) == umask, "that of the process is as it was"
    product = [tmp_path / "alone.txt", *(tmp_path / "out").glob("*.txt")]
    assert {p.stat().st_mode & 0o777 for p in product} == {mode}


def test_a_librarys_own_files_are_passed_over_and_what_else_is_in_its_folder_is_found(tmp_path: Path) -> None:
    for name in (
        *("a.txt", "out/.exporter/digest.json", "out/digest.txt", "images/b.txt"),
        *("news/library.sqlite", "news/library.sqlite-wal", "news/x.txt", "news/images/y.txt"),
        f"news/images/0f/0f{'3' * 62}",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [f.name for f in files.find([tmp_path], Report())] == [
        *("a.txt", "images/b.txt", "news/images/y.txt", "news/x.txt", "out/digest.txt")
    ]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        files.find([tmp_path / "nothing"], Report())


@pytest.mark.parametrize(
    "reference",
    ["../secret.txt", "/etc/passwd", "file:///etc/passwd", "link.txt", "a\0b", "x" * 5000, ".", "C:/x"],
)
def test_nothing_outside_the_folder_is_ever_opened(tmp_path: Path, reference: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (inside / "page.html").write_text("x")
    (inside / "link.txt").symlink_to(tmp_path / "secret.txt")
    matches = files.SourceFile(inside / "page.html", "page.html", inside)
    assert files.sibling(matches, reference) is None
    (inside / "image.png").write_bytes(b"data")
    assert files.sibling(matches, "./image.png") == b"data"


def test_an_error_that_crosses_processes_keeps_its_remedy() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(OutputError("message", "remedy")))
    assert isinstance(error, ExporterError)
    assert (str(error), error.remedy, error.exit_code) == ("message", "remedy", 6)
