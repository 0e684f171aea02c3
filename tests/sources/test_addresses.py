"""Addresses of stores: which are taken, and that no key of one is ever told."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from exporter.errors import InputError, UsageError
from exporter.library import Library
from exporter.sources import remote
from tests.command import run

REFUSED = (
    *("http://news.example/a", "https://news.example/a", "HTTPS://news.example/a", "ftp://news.example/a"),
    *(
        "memory://a",
        "data://a",
        "local:///a",
        "github://someone:thing@main/a",
        "hf://a/b",
        "dask://a",
        "a b://c",
    ),
    *(
        "zip://*.html::s3://bucket/a.zip",
        "simplecache::s3://bucket/a",
        "filecache::file:///a",
        "blockcache://a",
    ),
    *("reference://a", "jupyter://a", "smb://a/b", "hdfs://a/b", "abfss://a@b/c", "://a", "nonsense://a"),
)
WITH_SECRETS = (
    *(
        "s3://KEY:hush@bucket/a",
        "s3://KEY:hu/hush+@bucket/a",
        "s3a://KEY:hush@bucket",
        "gs://me:hush@bucket/a",
    ),
    *("s3://bucket/a?aws_secret_access_key=hush", "az://box/a?sv=1&sig=hush", "abfs://box:hush@account/a"),
    *("sftp://me:hu/hush@host.example/a", "S3://KEY:hush@bucket/a"),
)


@pytest.mark.parametrize("address", REFUSED)
def test_other_addresses_are_refused_wherever_one_is_named(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError, match="addresses are not supported") as refused:
        remote.place(address)
    assert all(kind in refused.value.remedy for kind in ("s3://", "gs://", "az://", "sftp://", "file://"))


def test_they_are_refused_as_paths_and_as_output_and_in_a_configuration(tmp_path: Path) -> None:
    for words in (
        *(["list", "http://a/b"], ["show", "http://a/b"], ["import", "http://a/b", "--library", "news"]),
        *(["export", ".", "-o", "http://a/b"], ["batch", "http://a/b"], ["list", "--library", "http://a/b"]),
    ):
        done = run(words, tmp_path)
        assert (done.returncode, "http:// addresses are not supported" in done.stderr) == (2, True), words
    assert list(tmp_path.iterdir()) == []
    for key in ('input = ["http://a/b"]', 'output = "http://a/b"'):
        (tmp_path / "exporter.toml").write_text(f"[editions.a]\n{key}\n")
        done = run(["run", "a"], tmp_path)
        assert (done.returncode, "http:// addresses are not supported" in done.stderr) == (2, True), key


@pytest.mark.parametrize("address", WITH_SECRETS)
def test_a_key_in_an_address_is_refused_and_not_told(tmp_path: Path, address: str) -> None:
    for words in (["list", address], ["export", ".", "-o", address], ["list", address, "--log-json"]):
        done = run(words, tmp_path)
        assert done.returncode == 2
        assert "hush" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "address", ["s3://", "s3:///folder", "gs://", "sftp://", "sftp:///a", "sftp://me@/a"]
)
def test_an_address_of_nothing_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="names no bucket or machine"):
        remote.place(address)


@pytest.mark.parametrize(
    "address", ["s3://bucket/a::simplecache", "s3://bucket/a::file:///etc", "gs://a/file:///b"]
)
def test_an_address_through_another_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="leads through another"):
        remote.place(address)


@pytest.mark.parametrize(
    ("address", "package"),
    [
        ("gs://bucket/a", "gcsfs"),
        ("az://box/a", "adlfs"),
        ("abfs://box/a", "adlfs"),
        ("sftp://me@host/a", "paramiko"),
    ],
)
def test_a_driver_that_is_missing_is_named(
    address: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match="need a driver") as missing:
        remote.place(address)
    assert missing.value.remedy == f"pip install {package}"


def test_an_address_of_this_machine_is_a_path(tmp_path: Path) -> None:
    for address in (f"file://{tmp_path}", f"file:{tmp_path}", f"FILE://localhost{tmp_path}"):
        assert remote.place(address) == tmp_path
    assert remote.place("a:b/c") == Path("a:b/c")
    assert remote.local(f"file://{tmp_path}") == tmp_path


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine as one that is reached by SFTP, which tells the password that it is given."""
    from fsspec.implementations.local import LocalFileSystem
    from fsspec.utils import infer_storage_options

    class Machine(LocalFileSystem):  # type: ignore[misc]  # fsspec ships no types
        protocol = ("sftp", "ssh")
        cachable = False

        def __init__(self, host: str, **options: object) -> None:
            if options.get("password") != "hush":
                raise ConnectionError(f"{host}: no such user and password: {options.get('password')}")
            super().__init__()

        @classmethod
        def _strip_protocol(cls, path: str) -> str:
            return str(infer_storage_options(path)["path"])

        @staticmethod
        def _get_kwargs_from_urls(path: str) -> dict[str, object]:
            return {k: v for k, v in infer_storage_options(path).items() if k not in ("path", "protocol")}

    monkeypatch.setitem(sys.modules["fsspec.registry"]._registry, "sftp", Machine)


@pytest.mark.usefixtures("machine")
def test_a_password_reaches_the_driver_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text("---\ntitle: The quay\ndate: 2024-03-05\n---\n\nSwept.\n")
    here = f"sftp://me:hush@host.example:2022{tmp_path}"
    shown = here.replace(":hush", "")
    done = run(["import", f"{here}/in", f"{here}/in/a.md", "--library", "news"], tmp_path)
    assert done.returncode == 0, done.stderr
    words = ["export", f"{here}/in", "-f", "txt", "-f", "md", "-o", f"{here}/out", "--report", "report.json"]
    done = run(words, tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "report.json").read_text())["read"][0]["path"] == f"{shown}/in/a.md"
    with Library(tmp_path / "news") as library:
        assert list(library.known()) == [f"{shown}/in/a.md".encode()]
    missing = run(["list", f"{here}/nothing"], tmp_path)
    assert (missing.returncode, f"bucket: {shown}/nothing" in missing.stderr) == (5, True)
    assert "hush" not in done.stdout + done.stderr + missing.stderr
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and b"hush" in p.read_bytes()]


@pytest.mark.usefixtures("machine")
def test_a_machine_that_refuses_is_told_without_the_password() -> None:
    with pytest.raises(
        InputError, match=r"cannot open sftp://me@host.example/a: .* and password: …"
    ) as values:
        remote.place("sftp://me:quiet@host.example/a")
    assert "quiet" not in str(values.value)


def test_a_library_is_on_this_machine(tmp_path: Path) -> None:
    (tmp_path / "exporter.toml").write_text('library = "s3://bucket/news"\n')
    done = run(["stats"], tmp_path)
    assert (done.returncode, "is not on this machine" in done.stderr) == (2, True)
    assert not (tmp_path / "s3:").exists()
