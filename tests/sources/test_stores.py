"""Stores that die, hang or fail for a moment: the run ends soon, and says what was written and what not."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import InputError, OutputError, StoreError
from exporter.sources import remote
from tests import afar
from tests.command import run

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

fsspec = pytest.importorskip("fsspec")


@pytest.fixture(autouse=True)
def _store(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty store of its own for each test, which may be silent for a moment."""
    monkeypatch.setenv("EXPORTER_STORE_SECONDS", "0.1")
    monkeypatch.setitem(remote._STORES, "memory", "fsspec")
    remote._stores.clear()
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]
    yield
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]


def broken(monkeypatch: pytest.MonkeyPatch, name: str, how: Callable[..., Any]) -> None:
    monkeypatch.setattr(type(fsspec.filesystem("memory")), name, how)


def raising(error: Exception) -> Callable[..., Any]:
    def work(*_: object, **__: object) -> None:
        raise error

    return work


def silent(*_: object, **__: object) -> None:
    time.sleep(5)


HERE = "memory://saved/a.md"


# -- What fails ------------------------------------------------------------------------------


class ReadTimeoutError(Exception):
    """As botocore has it."""


class ServiceError(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), errno.ECONNREFUSED),
        (ConnectionResetError(errno.ECONNRESET, "reset"), errno.ECONNRESET),
        (OSError(errno.EHOSTUNREACH, "no route"), errno.EHOSTUNREACH),
        (socket.gaierror(-2, "Name or service not known"), errno.ECONNRESET),
        (TimeoutError("timed out"), errno.ETIMEDOUT),
        (ReadTimeoutError("timed out"), errno.ETIMEDOUT),
        (ServiceError(503), errno.EBUSY),
        (ServiceError(429), errno.EBUSY),
    ],
)
def test_a_failure_of_the_moment_has_its_number(
    error: Exception, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, "cat_file", raising(error))
    with pytest.raises(OSError, match=r".") as matches:
        remote.read(remote.place(HERE))
    assert matches.value.errno == number


@pytest.mark.parametrize(
    "error", [FileNotFoundError("none"), PermissionError("denied"), ServiceError(404), ValueError("odd")]
)
def test_what_is_wrong_with_a_file_gives_no_store_up(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, "cat_file", raising(error))
    for _ in range(2 * remote.FAILURES):
        with pytest.raises(OSError, match=r".") as matches:
            remote.read(remote.place(HERE))
        assert matches.value.errno is None


def test_a_store_that_fails_again_and_again_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORTER_STORE_SECONDS", "60")
    query = []

    def refuse(*_: object, **__: object) -> None:
        query.append(1)
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")

    broken(monkeypatch, "cat_file", refuse)
    for _ in range(remote.FAILURES - 1):
        with pytest.raises(ConnectionRefusedError):
            remote.read(remote.place(HERE))
    for _ in range(3):
        with pytest.raises(StoreError, match="memory:// does not answer: Connection refused"):
            remote.read(remote.place(HERE))
    assert len(query) == remote.FAILURES


def test_one_answer_and_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORTER_STORE_SECONDS", "60")
    path = remote.place(HERE)
    for _ in range(3):
        with monkeypatch.context() as patch:
            broken(patch, "cat_file", raising(ConnectionResetError(errno.ECONNRESET, "reset")))
            for _ in range(remote.FAILURES - 1):
                with pytest.raises(ConnectionResetError):
                    remote.read(path)
        remote.write(path, b"there")
        assert remote.read(path) == b"there"


def test_a_store_that_was_given_up_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    path = remote.place(HERE)
    remote.write(path, b"there")
    with monkeypatch.context() as patch:
        broken(patch, "cat_file", raising(TimeoutError("timed out")))
        for kind in (OSError, OSError, StoreError):
            with pytest.raises(kind):
                remote.read(path)
    with pytest.raises(StoreError):
        remote.read(path)
    monkeypatch.setattr(remote, "REST", 0.0)
    assert remote.read(path) == b"there"


@pytest.mark.parametrize(
    "ask",
    [
        remote.read,
        remote.stamp,
        remote.listing,
        remote.prepare,
        lambda path: remote.head(path, 5),
        lambda path: remote.write(path, b"a"),
        remote.remove,
    ],
)
def test_a_store_that_hangs_is_given_up(ask: Callable[[Path], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    path = remote.place(HERE)
    for name in ("cat_file", "info", "find", "mkdir", "makedirs", "_open", "pipe_file", "rm_file", "exists"):
        broken(monkeypatch, name, silent)
    began = time.monotonic()
    with pytest.raises(StoreError, match=r"silent for 0\.2 seconds"):
        ask(path)
    assert time.monotonic() - began < 2


def test_a_store_that_answers_others_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file takes its time."""

    def slow(*_: object, **__: object) -> bytes:
        time.sleep(0.5)
        return b"large"

    broken(monkeypatch, "cat_file", slow)
    assert remote.read(remote.place(HERE)) == b"large"


def test_a_request_that_hangs_alone_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    path = remote.place(HERE)
    broken(monkeypatch, "pipe_file", silent)
    with pytest.raises(StoreError, match=r"no answer in 0\.\d seconds"):
        remote.write(path, b"a")


def test_a_file_that_comes_slowly_is_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def drop(_: object, path: str, to: str, **__: object) -> None:
        with Path(to).open("wb") as file:
            for _ in range(7):
                time.sleep(0.1)
                file.write(b"drop")
                file.flush()

    broken(monkeypatch, "get_file", drop)
    remote.fetch(remote.place(HERE), tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"drop" * 7


def test_keys_in_an_error_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "no answer from https://me:hushhush@store.example/a?X-Amz-Signature=hushhush&AWSAccessKeyId=hushhush&x=1"
    broken(monkeypatch, "cat_file", raising(TimeoutError(text)))
    broken(monkeypatch, "find", raising(ValueError(text)))
    broken(monkeypatch, "pipe_file", raising(ValueError(text)))
    path = remote.place(HERE)
    with pytest.raises(OSError, match=r"store\.example") as read:
        remote.read(path)
    with pytest.raises(InputError, match=r"store\.example") as listed:
        remote.listing(path)
    with pytest.raises(OutputError, match=r"store\.example") as written:
        remote.write(path, b"a")
    assert "hush" not in f"{read.value}{listed.value}{written.value}"


# -- Runs ------------------------------------------------------------------------------------


def saved(folder: Path, months: int) -> str:
    folder.mkdir()
    for month in range(1, months + 1):
        text = (
            f"---\ntitle: The ferry {month}\ndate: 2024-{month:02}-05\n---\n\nIt crosses in month {month}.\n"
        )
        (folder / f"{month}.md").write_text(text)
    return str(folder)


def there(folder: str) -> set[str]:
    return {name.rpartition("/")[2] for name in fsspec.filesystem("memory").find(folder)}


@pytest.mark.parametrize("after", [False, True], ids=["before a file", "after it"])
def test_a_batch_to_a_store_that_dies_says_what_was_written(
    after: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next run writes the rest."""
    memory = type(fsspec.filesystem("memory"))
    write, read, written = (
        memory.pipe_file,
        memory.cat_file,
        {f"digest-2024-{n:02}.txt" for n in range(1, 10)},
    )
    died: list[str] = []

    def dying(self: Any, path: str, value: bytes, **more: Any) -> None:
        if died or path.endswith("03.txt"):
            if after and not died:
                write(self, path, value, **more)
            died.append(path)
            if not after or len(died) > 1:
                raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
            return
        write(self, path, value, **more)

    def dead(answer: Callable[..., Any]) -> Callable[..., Any]:
        def wanted(*words: Any, **more: Any) -> Any:
            if died:
                died.append("")
                raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
            return answer(*words, **more)

        return wanted

    words = ["batch", saved(tmp_path / "saved", 9), "-f", "txt", "-o", "memory://out", "--prune"]
    monkeypatch.setenv("EXPORTER_STORE_SECONDS", "60")
    with monkeypatch.context() as patch:
        broken(patch, "pipe_file", dying)
        broken(patch, "cat_file", dead(read))
        broken(patch, "info", dead(memory.info))
        done = run(words, tmp_path)
    assert done.returncode == 1  # a part was written
    assert len(died) <= remote.FAILURES + after
    assert "digest-2024-02.txt" in done.stdout
    assert "memory:// does not answer: Connection refused" in done.stderr
    missing = {name for name in written if name in done.stderr}
    assert missing == {f"digest-2024-{n:02}.txt" for n in range(3, 10)}
    assert {name for name in there("out") if name.endswith(".txt")} >= written - missing
    remote._stores.clear()
    assert run(words, tmp_path).returncode == 0
    assert {name for name in there("out") if name.endswith(".txt")} == written


def test_an_import_from_a_store_that_dies_ends_and_the_next_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = fsspec.filesystem("memory")
    for number in range(20):
        text = f"---\ntitle: Boat {number}\ndate: 2024-04-05\n---\n\nBoat {number} went out.\n"
        files.pipe_file(f"saved/{number:02}.md", text.encode())
    get = type(files).get_file
    died: list[str] = []

    def dying(self: Any, path: str, *rest: Any, **more: Any) -> None:
        if died or path.endswith("07.md"):
            died.append(path)
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        get(self, path, *rest, **more)

    monkeypatch.setenv("EXPORTER_STORE_SECONDS", "60")
    words = ["import", "memory://saved", "--library", str(tmp_path / "library")]
    with monkeypatch.context() as patch:
        broken(patch, "get_file", dying)
        done = run(words, tmp_path)
    assert done.returncode == StoreError.exit_code
    assert "memory:// does not answer" in done.stderr
    assert len(died) == remote.FAILURES
    remote._stores.clear()
    assert run(words, tmp_path).returncode == 0
    assert run(["list", "--library", str(tmp_path / "library")], tmp_path).stdout.count("Boat") == 20


def test_half_a_file_is_not_read_as_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(_: object, _path: str, to: str, **__: object) -> None:
        Path(to).write_text("---\ntitle: The ferry\ndate: 2024-04-05\n---\n\nIt crosses every")
        raise ConnectionResetError(errno.ECONNRESET, "Connection reset")

    remote.write(
        remote.place(HERE), b"---\ntitle: The ferry\ndate: 2024-04-05\n---\n\nIt crosses every hour.\n"
    )
    words = ["import", "memory://saved", "--library", "news"]
    with monkeypatch.context() as patch:
        broken(patch, "get_file", half)
        assert run(words, tmp_path).returncode != 0
    assert "The ferry" not in run(["list", "--library", "news"], tmp_path).stdout
    assert run(words, tmp_path).returncode == 0
    assert "The ferry" in run(["list", "--library", "news"], tmp_path).stdout


# -- On the network --------------------------------------------------------------------------


def again_and_again(path: Path) -> None:
    for _ in range(remote.FAILURES):
        with suppress(TimeoutError, ConnectionError):
            remote.read(path)


@pytest.mark.parametrize("how", ["hangs", "closes", "is not there"])
def test_an_s3_store_that_is_none(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("s3fs")
    for name, value in (
        ("ACCESS_KEY_ID", "someone"),
        ("SECRET_ACCESS_KEY", "secret"),
        ("DEFAULT_REGION", "eu-a-1"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("EXPORTER_STORE_SECONDS", "0.3")
    with afar.listener(socket.socket.close if how == "closes" else lambda _: None) as address:
        if how == "is not there":
            address = "http://127.0.0.1:1"
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        path = remote.place(f"s3://{how.replace(' ', '-')}/saved/a.md")
        began = time.monotonic()
        with pytest.raises(StoreError, match=r"s3://[a-z-]+ does not answer") as error:
            again_and_again(path)
        assert time.monotonic() - began < 10
        assert "secret" not in str(error.value)
        type(path.fs).clear_instance_cache()  # type: ignore[attr-defined]
