"""What fails for the moment costs nothing that was kept, and is tried again; what stays bad fails no run."""

from __future__ import annotations

import errno
import io
import os
import random
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn

import pytest
from typer.testing import CliRunner

from exporter import cli
from exporter.cli import app
from exporter.diagnostics import Diagnostic, Report
from exporter.errors import DiskError, ExporterError, MachineError, OutputError, is_momentary
from exporter.library import Library
from exporter.library import importer as importer
from exporter.readers import registry as readers
from exporter.readers.common import languages
from exporter.readers.source import Reading, Source
from exporter.sources import files, read_one, storage
from exporter.workers.pool import WorkerPool
from tests.library.test_catalog import FERRY_TEXT, came, page, titles


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Sources whose reading fails for the moment: their names, and the diagnostic."""
    fails: dict[str, str] = {}
    read = readers.read_source

    def read_or_not(source: Source, reader: str | None = None) -> Reading:
        name = source.name.rpartition("/")[2]
        if name not in fails:
            return read(source, reader)
        finding = Diagnostic(fails[name], source.name)
        return Reading((), (finding,))

    monkeypatch.setattr(read_one.readers, "read_source", read_or_not)
    return fails


def text(title: str) -> bytes:
    words = "".join(random.Random(title).choices("bdfgklmnprst" + "aeiou " * 3, k=900))
    return f"---\ntitle: {title}\ndate: 2024-05-06\n---\n\n{title}. {words}\n".encode()


def run(*words: str) -> tuple[int, str]:
    """The exit code of a command, and what it says beside its results."""
    done = CliRunner().invoke(app, words)
    if isinstance(done.exception, ExporterError):
        return done.exception.exit_code, done.stderr
    return done.exit_code, done.stderr


def packed(path: Path, *names: str) -> Path:
    """An archive of pages, the title of each its name."""
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            info = tarfile.TarInfo(f"{name}.md")
            info.size = len(text(name))
            archive.addfile(info, io.BytesIO(text(name)))
    return path


def full(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Full(io.BytesIO):
    """A file on a disk without space."""

    def write(self, _: object) -> int:
        return full()


def test_with_the_temporary_folder_full_the_run_ends_and_the_next_reads_the_archive(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = packed(tmp_path / "saved.tar.gz", "Bread", "Boats")
    came(library, archive)
    packed(archive, "Bread", "Boats", "Bells")
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "TemporaryFile", Full)
        with pytest.raises(MachineError, match="temporary folder: No space left") as caught:
            came(library, archive)
    assert caught.value.exit_code == 9
    assert "Free some space in" in caught.value.remedy
    assert titles(library) == ["Boats", "Bread"]
    came(library, archive)
    assert titles(library) == ["Bells", "Boats", "Bread"]


@pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE, errno.ENOMEM])
def test_a_page_that_cannot_be_read_now_is_read_later(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = page(tmp_path, "a.md", "Bread")
    came(library, path)
    page(tmp_path, "a.md", "Better bread")

    def broken(_: Path) -> NoReturn:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(files, "open_regular", broken)
        report = Report()
        assert came(library, path, report=report).failed == 1
    assert report.counts() == {"reading-interrupted": 1}
    assert titles(library) == ["Bread"]
    assert came(library, path).failed == 0
    assert titles(library) == ["Better bread"]


def test_an_archive_that_the_disk_gives_no_more_of_is_not_a_broken_one(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "saved.zip"
    with zipfile.ZipFile(archive, "w") as output:
        output.writestr("bread.md", text("Bread"))
    came(library, archive)
    with zipfile.ZipFile(archive, "a") as output:
        output.writestr("boats.md", text("Boats"))

    class Failing(io.FileIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            if whence == 2:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return super().seek(offset, whence)

    with monkeypatch.context() as patch:
        patch.setattr(storage, "open_regular", Failing)
        report = Report()
        assert came(library, archive, report=report).failed == 1
    assert report.counts() == {"reading-interrupted": 1}
    assert titles(library) == ["Bread"]
    came(library, archive)
    assert titles(library) == ["Boats", "Bread"]


def test_a_picture_that_cannot_be_read_now_is_not_missing(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = page(tmp_path, "a.md", "Bread", f"{FERRY_TEXT}\n\n![A loaf](loaf.png)")

    def broken(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    report = Report()
    with monkeypatch.context() as patch:
        patch.setattr(files, "sibling", broken)
        assert came(library, path, report=report).failed == 1
    assert report.counts() == {"reading-interrupted": 1}
    assert titles(library) == []


@pytest.mark.parametrize("at_once", [500, 1])
def test_of_an_archive_that_failed_halfway_what_was_kept_stays_and_what_is_new_comes(
    library: Library, tmp_path: Path, failing: dict[str, str], monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(importer, "AT_ONCE", at_once)
    archive = packed(tmp_path / "saved.tar.gz", "Bread", "Boats")
    came(library, archive)
    packed(archive, "Bread", "Boats", "Bells")
    failing["Boats.md"] = "reading-ended"
    assert came(library, archive).failed == 1
    assert sorted(titles(library)) == ["Bells", "Boats", "Bread"]
    assert library.stats().articles == 3
    failing.clear()
    packed(archive, "Bread", "Bells")
    assert came(library, archive).failed == 0
    assert titles(library) == ["Bells", "Bread"]
    assert library.stats().articles == 2
    assert library.check() == []
    assert came(library, archive).unchanged == 1


@pytest.mark.parametrize("at_once", [500, 1])
def test_a_file_that_is_whole_replaces_what_was_kept_of_it(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(importer, "AT_ONCE", at_once)
    archive = packed(tmp_path / "saved.tar.gz", "Bread", "Boats")
    came(library, archive)
    packed(archive, "Bells", "Boats", "Books")
    came(library, archive)
    assert titles(library) == ["Bells", "Boats", "Books"]
    assert library.stats().articles == 3
    assert library.stats().files == 1
    assert library.check() == []


def test_an_import_tells_of_the_first_failure_and_of_a_bad_page_no_more(
    tmp_path: Path, failing: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page(tmp_path / "saved", "a.md", "Bread")
    page(tmp_path / "saved", "b.md", "Boats")
    failing["b.md"] = "reading-too-long"
    words = ("import", "saved", "--library", "library")
    code, in_zone = run(*words)
    assert (code, "1 file could not be read for the moment" in in_zone) == (1, True)
    code, in_zone = run(*words)
    assert (code, "reading-too-long" in in_zone) == (0, True)
    assert run(*words, "--strict")[0] == 3
    page(tmp_path / "saved", "b.md", "Other boats")
    assert run(*words)[0] == 1
    failing["b.md"] = "reading-interrupted"
    for _ in range(2):
        assert run(*words)[0] == 1
    failing.clear()
    assert run(*words)[0] == 0


def test_a_disk_without_space_has_an_exit_code_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskError) as caught:
        storage.write_whole(tmp_path / "a.txt", b"words")
    assert isinstance(caught.value, OutputError)
    assert caught.value.exit_code == 9
    assert f"Free some space in {tmp_path}" in caught.value.remedy


@pytest.mark.parametrize(
    ("error", "momentary"),
    [
        (OSError(errno.ENOSPC, ""), True),
        (MemoryError(), True),
        (OSError("cannot identify image file"), False),
        (OSError(errno.ENOENT, ""), False),
        (OSError(errno.EACCES, ""), False),
        (ValueError("odd"), False),
    ],
)
def test_what_is_of_the_moment(error: Exception, momentary: bool) -> None:
    assert is_momentary(error) is momentary
    with pytest.raises(ValueError, match="library") as in_zone:
        raise ValueError("a library tells of it in its own words") from error
    assert is_momentary(in_zone.value) is momentary


def test_without_space_to_unpack_the_model_of_languages_the_run_ends_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Full())
    monkeypatch.setattr(languages, "_identifier", languages._identifier.__wrapped__)
    with pytest.raises(MachineError, match="temporary folder: No space left"):
        readers.read_source(Source(" ".join(["Brot wird in der Nacht gebacken."] * 9).encode(), "a.txt"))


@pytest.mark.parametrize(
    ("where", "what", "number"),
    [
        (os, "pipe", errno.EMFILE),
        (BaseProcess, "start", errno.EAGAIN),
        (BaseProcess, "start", errno.ENOMEM),
    ],
)
def test_a_worker_that_the_machine_refuses_to_start_ends_the_run_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, where: object, what: str, number: int
) -> None:
    def refused(*_: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(where, what, refused)
    with pytest.raises(MachineError, match="cannot start a worker process") as caught:
        list(WorkerPool(len, 1).do(["job"]))
    assert "ulimit" in caught.value.remedy


@pytest.mark.parametrize("error", [OSError(errno.EMFILE, "Too many open files"), MemoryError()])
def test_a_machine_that_fails_anywhere_is_no_bug_of_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def failing() -> NoReturn:
        raise error

    monkeypatch.setattr(cli, "app", failing)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 9
    in_zone = capsys.readouterr().err
    assert in_zone.startswith("exporter: error: the machine fails: ")
    assert "internal" not in in_zone


def test_a_library_that_cannot_be_made_for_want_of_space_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: full())
    with pytest.raises(DiskError, match="No space left") as caught:
        Library(tmp_path / "library")
    assert caught.value.exit_code == 9
