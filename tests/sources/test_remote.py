"""Folders elsewhere: read and written as those here, against a store that speaks S3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import UsageError
from exporter.jobs import config
from exporter.sources import remote
from tests import command, store

pytest.importorskip("s3fs")
pytest.importorskip("moto")
pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

INPUT = Path(__file__).parents[2] / "input"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with store.store() as address:
        yield address


@pytest.fixture
def bucket(server: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket of its own for each test, as the store's own tools are told of it."""
    import fsspec

    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    fs = fsspec.filesystem("s3", use_listings_cache=False)
    name = request.node.name.replace("_", "-")[:40].rstrip("-")
    fs.mkdir(name)
    yield Bucket(fs, name)
    fs.clear_instance_cache()


class Bucket:
    def __init__(self, fs: Any, name: str) -> None:
        self._fs, self.name = fs, name

    def put(self, files: dict[str, bytes]) -> None:
        for name, data in files.items():
            self._fs.pipe_file(f"{self.name}/{name}", data)

    def versions(self, folder: str) -> dict[str, Any]:
        """The files of a folder, each with what its store has of it: a time among that."""
        matches = self._fs.find(f"{self.name}/{folder}", detail=True)
        return {name.rpartition("/")[2]: info["LastModified"] for name, info in matches.items()}

    def read(self, name: str) -> bytes:
        data: bytes = self._fs.cat_file(f"{self.name}/{name}")
        return data


def page(title: str, day: str) -> bytes:
    return f"---\ntitle: {title}\ndate: {day}\n---\n\n![A](a.png)\n\n{title} is there since {day}.\n".encode()


def run(*words: str) -> tuple[int, str, str]:
    import fsspec

    fsspec.get_filesystem_class("s3").clear_instance_cache()  # a run knows nothing of the one before
    done = command.run(words, Path.cwd())
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_what_lies_in_a_store_is_read_once_and_made_once(bucket: Bucket, tmp_path: Path) -> None:
    picture = (INPUT / "markdown" / "images" / "small-tools.png").read_bytes()
    bucket.put(
        {
            "saved/ferry.md": page("The ferry", "2024-03-05"),
            "saved/in/weir.md": page("The weir", "2024-04-02"),
            "saved/in/a.png": picture,
            "saved/.hidden.md": page("Hidden", "2024-04-02"),
        }
    )
    here, there = f"s3://{bucket.name}/saved", f"s3://{bucket.name}/out"
    library = str(tmp_path / "library")
    code, out, err = run("import", here, "--library", library)
    assert (code, out.splitlines()[0]) == (0, "2 articles from 2 files read, 0 unchanged")
    assert "image-missing" in err  # of the ferry; the weir has its own
    words = ("batch", "--library", library, "-f", "txt", "-f", "epub", "-o", there)
    assert run(*words)[0] == 0
    first = bucket.versions("out")
    assert {n for n in first if not n.endswith(".json")} == {
        f"digest-2024-{month}.{suffix}" for month in ("03", "04") for suffix in ("txt", "epub")
    }
    assert b"The ferry" in bucket.read("out/digest-2024-03.txt")

    code, out, _ = run("import", here, "--library", library)
    assert out.splitlines()[0] == "0 articles from 0 files read, 2 unchanged"
    assert run(*words)[0] == 0
    assert bucket.versions("out") == first

    bucket.put({"saved/kiln.md": page("The kiln", "2024-04-20")})
    code, out, _ = run("import", here, "--library", library)
    assert out.splitlines()[0] == "1 article from 1 file read, 2 unchanged"
    assert run(*words)[0] == 0
    second = bucket.versions("out")
    assert second.keys() == first.keys()
    changed = {name for name in first if first[name] != second[name]}
    assert changed == {"digest-2024-04.txt", "digest-2024-04.epub", "digest-2024-04.json"}
    assert b"The kiln" in bucket.read("out/digest-2024-04.txt")


def test_the_files_are_those_of_a_folder_here(bucket: Bucket, tmp_path: Path) -> None:
    """Pages with their pictures beside them, archives, furniture: all of a folder."""
    files = {p.relative_to(INPUT).as_posix(): p.read_bytes() for p in INPUT.rglob("*") if p.is_file()}
    bucket.put({f"in/{name}": data for name, data in files.items()})
    words = ("-f", "epub", "-f", "txt", "-q")
    assert run("export", str(INPUT), "-o", str(tmp_path), *words)[0] == 0
    assert run("export", f"s3://{bucket.name}/in", "-o", f"s3://{bucket.name}/out", *words)[0] == 0
    for name in ("digest.epub", "digest.txt"):
        assert bucket.read(f"out/{name}") == (tmp_path / name).read_bytes()


def test_what_is_not_there_is_told(bucket: Bucket, tmp_path: Path) -> None:
    page_ = tmp_path / "a.md"
    page_.write_bytes(page("The ferry", "2024-03-05"))
    code, _, err = run("export", f"s3://{bucket.name}/nothing", "-f", "txt", "-o", str(tmp_path))
    assert (code, "there is no such file, folder or bucket" in err) == (5, True)
    code, _, err = run("export", "s3://no-such-bucket/a", "-f", "txt", "-o", str(tmp_path))
    assert (code, "there is no such file, folder or bucket" in err) == (5, True)
    code, _, err = run("export", str(page_), "-f", "txt", "-o", "s3://no-such-bucket/out")
    assert (code, "there is no such bucket or folder: s3://no-such-bucket/out" in err) == (6, True)
    code, _, err = run("export", "nonsense://a", "-f", "txt", "-o", str(tmp_path))
    assert (code, "addresses are not supported" in err) == (2, True)


def test_without_credentials_it_is_told_how_to_give_them(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    code, _, err = run("export", f"s3://{bucket.name}/saved", "-f", "txt", "-o", str(tmp_path))
    assert code == 5
    assert "Give credentials" in err


def test_without_the_driver_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import fsspec

    def missing(*_: object, **__: object) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.get_filesystem_class("s3"), "__init__", missing)
    with pytest.raises(UsageError) as error:
        remote.place("s3://bucket/folder")
    assert "exporter[s3]" in error.value.remedy


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store in this process, which users cannot name."""
    monkeypatch.setitem(remote._STORES, "memory", "fsspec")


@pytest.mark.usefixtures("memory")
def test_a_configuration_names_addresses(tmp_path: Path) -> None:
    values = tmp_path / "exporter.toml"
    values.write_text(
        '[editions.a]\ninput = ["memory://saved", "here"]\noutput = "memory://out"\n'
        '[editions.b]\ninput = ["memory://saved"]\noutput = "memory://out"\n'
    )
    matches = config.load(values)
    assert [str(path) for path in matches.inputs(["a", "b"])] == ["memory://saved", str(tmp_path / "here")]
    assert str(matches.options("a").output) == "memory://out"


@pytest.mark.usefixtures("memory")
def test_paths_stay_paths(tmp_path: Path) -> None:
    assert remote.place("saved/a.md") == Path("saved/a.md")
    assert remote.place(f"file://{tmp_path}") == tmp_path
    assert remote.is_remote(remote.place("memory://a/b"))
