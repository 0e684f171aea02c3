"""In a named folder only regular files inside it are read; what is named itself may be anything."""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.backends.pdf import font_files
from exporter.diagnostics import Report
from exporter.readers import registry as readers
from exporter.sources import files, read_many
from exporter.sources.files import SourceFile
from tests.command import run

PAGE = "The quay is swept\n\nTwo brooms were worn out on Monday.\n"
SECRET = "What nobody is to read\n\nIt is outside the folder.\n"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="it is about links, pipes and devices")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "page.txt").write_text(PAGE)
    (tmp_path / "secret.txt").write_text(SECRET)
    return folder


def findings(folder: Path) -> list[tuple[str, str]]:
    """What is told of a folder, in which the page is all that is read."""
    report = Report()
    articles, _ = read_many.read_paths([folder], report)
    assert [article.title for article in articles] == ["The quay is swept"]
    return [(f.id, f.where) for f in report.findings if f.id != "date-missing"]


def to_secret(folder: Path) -> Path:
    return folder.parent / "secret.txt"


@pytest.mark.parametrize(
    "target",
    [to_secret, lambda _: "../secret.txt", lambda _: "/dev/zero", lambda _: "/etc", lambda f: f.parent],
)
def test_a_link_that_leads_out_is_not_followed(saved: Path, target: Callable[[Path], str | Path]) -> None:
    (saved / "a").mkdir()
    (saved / "a" / "link.txt").symlink_to(t if (t := Path(target(saved))).is_absolute() else Path("..", t))
    assert findings(saved) == [("link-leads-out", "a/link.txt")]


def test_a_chain_of_links_is_judged_by_its_end(saved: Path) -> None:
    (saved / "one.txt").symlink_to("two.txt")
    (saved / "two.txt").symlink_to(to_secret(saved))
    assert findings(saved) == [("link-leads-out", "one.txt"), ("link-leads-out", "two.txt")]


def test_links_inside_lead_to_what_is_read_once(saved: Path) -> None:
    (saved / "in").mkdir()
    (saved / "again.txt").symlink_to("page.txt")
    (saved / "in" / "again.txt").symlink_to(saved / "page.txt")
    (saved / "round").symlink_to(".")
    assert findings(saved) == []


def test_a_folder_may_be_named_by_a_link(saved: Path) -> None:
    (saved.parent / "link").symlink_to(saved)
    (saved / "again.txt").symlink_to("page.txt")
    assert findings(saved.parent / "link") == []


def test_what_has_no_end_or_never_begins_is_not_opened(saved: Path) -> None:
    os.mkfifo(saved / "pipe.txt")
    (saved / "link.txt").symlink_to("pipe.txt")
    os.mknod(saved / "socket", 0o600 | stat.S_IFSOCK)
    assert findings(saved) == [("file-not-regular", name) for name in ("link.txt", "pipe.txt", "socket")]


def test_a_link_that_leads_nowhere_is_told(saved: Path) -> None:
    (saved / "broken.txt").symlink_to("nothing")
    (saved / "circle.txt").symlink_to("circle.txt")
    assert findings(saved) == [("file-unreadable", "broken.txt"), ("file-unreadable", "circle.txt")]


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_takes_a_files_place_after_it_was_found_is_not_read(saved: Path, kind: str) -> None:
    report = Report()
    matches = files.find([saved], report)
    (saved / "page.txt").unlink()
    if kind == "pipe":
        os.mkfifo(saved / "page.txt")
    else:
        (saved / "page.txt").symlink_to(to_secret(saved))
    assert read_many.read_found(matches, report)[0] == ()
    assert [f.id for f in report.findings] == ["file-unreadable"]


def test_a_picture_that_is_a_pipe_or_leads_out_is_missing(saved: Path) -> None:
    os.mkfifo(saved / "pipe.png")
    (saved / "zero.png").symlink_to("/dev/zero")
    matches = SourceFile(saved / "page.txt", "page.txt", saved)
    assert [files.sibling(matches, name) for name in ("pipe.png", "zero.png")] == [None, None]


def written(pipe: Path, data: bytes) -> threading.Thread:
    thread = threading.Thread(target=lambda: pipe.write_bytes(data))
    thread.start()
    return thread


def test_a_pipe_that_is_named_is_read_to_its_end(saved: Path) -> None:
    os.mkfifo(saved / "pipe")
    thread = written(saved / "pipe", PAGE.encode() * 2)
    done = run(["show", "pipe"], saved)
    thread.join()
    assert done.stdout.startswith("The quay is swept\n")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only root makes them so")
def test_a_socket_that_is_named_is_no_failure_of_the_machine(saved: Path) -> None:
    os.mknod(saved / "door", stat.S_IFSOCK | 0o600)
    done = run(["list", "door"], saved)
    assert (done.returncode, "cannot open door: it is a socket" in done.stderr) == (5, True)


def test_an_open_file_that_is_named_is_read(saved: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, PAGE.encode())
    os.close(writing)
    with (saved / "page.txt").open() as file:
        for number in (reading, file.fileno()):
            assert run(["show", f"/dev/fd/{number}"], saved).stdout.startswith("The quay is swept\n")
    os.close(reading)


def test_a_link_that_is_named_is_followed_and_its_pictures_are_found(saved: Path) -> None:
    (saved / "in").mkdir()
    (saved / "in" / "a.md").write_text("# The quay\n\nSwept.\n\n![A broom](broom.svg)\n")
    (saved / "in" / "broom.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
    )
    (saved / "link.md").symlink_to("in/a.md")
    report = Report()
    (article,), _ = read_many.read_paths([saved / "link.md"], report)
    assert (article.origin.name, len(article.assets)) == ("link.md", 1)


def test_a_device_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MAX_BYTES", 1_000_000)
    monkeypatch.setattr(read_many, "STREAM", 1_000_000)
    (tmp_path / "link").symlink_to("/dev/zero")
    for path in ("/dev/zero", "link"):
        done = run(["list", path], tmp_path)
        assert (done.returncode, "[file-too-large]" in done.stderr) == (4, True)
    done = run(["list", "-"], tmp_path, stdin=b"PK\x03\x04" + bytes(3_000_000))
    assert (done.returncode, "[file-too-large]" in done.stderr) == (4, True)


def test_a_cover_and_a_configuration_without_end_are_refused(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporter.model.images.MAX_BYTES", 1_000_000)
    done = run(["export", "page.txt", "--undated", "-f", "epub", "--cover", "/dev/zero"], saved)
    assert (done.returncode, "image-too-large" in done.stderr) == (2, True)
    done = run(["run", "--all", "--config", "/dev/zero"], saved)
    assert (done.returncode, "has over 1 MB" in done.stderr) == (2, True)
    os.mkfifo(saved / "exporter.toml")
    assert "no exporter.toml" in run(["run", "--all"], saved).stderr


def test_a_styles_fonts_are_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ttf")
    (tmp_path / "zero.otf").symlink_to("/dev/zero")
    assert font_files.of_folder(tmp_path) == ()
