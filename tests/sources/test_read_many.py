"""Bad files cost nothing but themselves, and each is told of."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest

import exporter
from exporter import plugins
from exporter.diagnostics import Report
from exporter.errors import InputError, UsageError
from exporter.model.article import Article
from exporter.readers import registry as readers
from exporter.readers.registry import read_source
from exporter.readers.source import MAX_BYTES, Source
from exporter.sources.read_many import read_paths


def matches(data: bytes, name: str = "page.txt") -> tuple[tuple[Article, ...], set[str]]:
    reading = read_source(Source(data, name))
    return reading.articles, {f.id for f in reading.diagnostics}


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\0\0\0"])
def test_empty(data: bytes) -> None:
    assert matches(data) == ((), {"file-empty"})


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7\n\x00\x01\x02\x03", bytes(range(256)) * 4, b"PK\x03\x04\x14\0\0\0", b"\x89PNG\r\n\x1a\n\0\0"],
)
def test_binary(data: bytes) -> None:
    assert matches(data) == ((), {"file-not-text"})


def test_too_large_is_not_even_read(tmp_path: Path) -> None:
    big = tmp_path / "big.txt"
    with big.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # sparse: it takes no space
    report = Report()
    articles, books = read_paths([big], report)
    assert articles == ()
    assert [f.id for f in report.findings] == ["file-too-large"]
    assert books[0].articles == 0


def test_unreadable(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "good.txt").write_text("A title\n\nWords.")
    os.mkfifo(tmp_path / "pipe.txt")  # in a folder it is passed over: it would block for ever
    report = Report()
    articles, _ = read_paths([tmp_path], report)
    assert [a.title for a in articles] == ["A title"]
    assert "file-unreadable" in {f.id for f in report.findings}


@pytest.mark.parametrize(
    ("text", "encoding", "certain"),
    [
        ("Ein Weg über die Brücke, sagt der Müller.\n\nDas Öl für die Mühle kommt später.", "cp1252", False),
        ("Оркестр снова играет на пристани.\n\nВход свободный, стулья приносят с собой.", "cp1251", False),
        ("징검다리가 다시 놓였다고 한다.\n\n아이들이 먼저 건넜다.", "euc_kr", False),
        ("The wheel turned on Monday — at last.\n\nThe miller’s cat was there.", "utf-16", True),
        ("Die Brücke steht.\n\nÜber ihr die Möwen.", "utf-8", True),
    ],
)  # fmt: skip
def test_encodings(text: str, encoding: str, certain: bool) -> None:
    articles, ids = matches(text.encode(encoding))
    assert [*articles[0].title.splitlines(), *exporter.paragraphs(articles[0])] == text.split("\n\n")
    assert ("encoding-guessed" in ids) is not certain


def test_a_few_broken_bytes_do_not_turn_utf8_into_something_else() -> None:
    articles, ids = matches("Die Brücke über den Fluß\n\nMöwen, Öl, Mühlen und Äpfel ".encode() + b"\xff!")
    assert articles[0].title == "Die Brücke über den Fluß"
    assert exporter.plain_text(articles[0]).endswith("Äpfel \N{REPLACEMENT CHARACTER}!")
    assert "encoding-broken" in ids


def test_control_characters_go_and_are_told() -> None:
    articles, ids = matches("A ti\x07tle\n\nWords\x1b and\x00 more.".replace("\x00", "").encode())
    assert (articles[0].title, exporter.plain_text(articles[0])) == ("A title", "Words and more.")
    assert "control-characters" in ids


def test_a_title_of_5000_characters_stays_whole_and_is_told() -> None:
    title = "long " * 999 + "title"
    page = f"---\ntitle: {title}\ndate: 2024-05-06\n---\nWords.\n"
    articles, ids = matches(page.encode(), "page.md")
    assert articles[0].title == title
    assert "title-long" in ids


def test_a_reader_that_fails_costs_only_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(ModuleType):
        @staticmethod
        def sniff(source: Source) -> float:
            return 1.0 if b"odd" in source.data else 0.0

        @staticmethod
        def read(source: Source, report: Report) -> Iterable[Article]:
            raise ValueError("odd bytes")

    import sys

    monkeypatch.setitem(sys.modules, "tests.failing", Failing("tests.failing"))
    monkeypatch.setattr(
        readers, "names", lambda: {"failing": "tests.failing", "text": "exporter.readers.text"}
    )
    (tmp_path / "a.txt").write_text("odd")
    (tmp_path / "b.txt").write_text("A title\n\nWords.")
    report = Report()
    articles, _ = read_paths([tmp_path], report)
    assert [a.title for a in articles] == ["A title"]
    (failure,) = [f for f in report.findings if f.id == "reader-failed"]
    assert (failure.where, failure.detail) == ("a.txt", "failing: ValueError: odd bytes")


def test_json_of_another_kind_is_no_article() -> None:
    articles, ids = matches(b'[{"title": "x", "story": 1, "origin": {"sha256": 1}}]', "other.json")
    assert articles == ()
    assert "reader-failed" in ids


def test_the_api_takes_paths_folders_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A title\n\nWords.")
    by_path, by_folder = exporter.read(tmp_path / "a.txt"), exporter.read(str(tmp_path))
    by_bytes = exporter.read(b"A title\n\nWords.", name="a.txt")
    assert by_path == by_folder == by_bytes
    assert by_path[0].origin.name == "a.txt"
    with pytest.raises(InputError):
        exporter.read(tmp_path / "b.txt")
    with pytest.raises(UsageError, match="unknown reader"):
        exporter.read(b"x", reader="txet")
    with pytest.raises(AttributeError):
        exporter.nothing  # noqa: B018


BUILT_IN = {name: row.module for name, row in readers.TABLE.items()}


def test_two_readers_of_one_name_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint

    point = EntryPoint("html", "another.package", "exporter.readers")
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point])
    with pytest.raises(UsageError, match=r"exporter\.readers\.html\.reader and another\.package"):
        plugins.registered("exporter.readers", "reader", BUILT_IN)


def test_a_reader_of_another_package_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint

    point = EntryPoint("notes", "exporter.readers.text", "exporter.readers")
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point])
    names = plugins.registered("exporter.readers", "reader", BUILT_IN)
    assert list(names)[-1] == "notes"
    assert plugins.load("reader", "notes", names, {}).__name__ == "exporter.readers.text"


def test_links_in_a_circle_and_folders_that_stay_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "good.txt").write_text("A title\n\nWords.")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "up").symlink_to(tmp_path)
    (tmp_path / "shut").mkdir()
    opened = os.scandir

    def scandir(path: Path | int) -> object:  # a number, where folders are removed at the end
        if isinstance(path, Path) and path.name == "shut":
            raise PermissionError(13, "Permission denied")
        return opened(path)

    monkeypatch.setattr(os, "scandir", scandir)
    report = Report()
    articles, _ = read_paths([tmp_path], report)
    assert [a.title for a in articles] == ["A title"]
    assert [f.where for f in report.findings if f.id == "file-unreadable"] == ["circle", "shut"]
    for path in (tmp_path / "shut", tmp_path / "circle"):
        with pytest.raises(InputError, match="cannot open"):
            exporter.read(path)


def test_a_picture_that_links_to_itself_is_missing(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# T\n\n![a](circle.png)\n\nWords.")
    (tmp_path / "circle.png").symlink_to("circle.png")
    report = Report()
    (article,) = exporter.read(tmp_path / "page.md", report=report)
    assert "image-missing" in report.counts()
    assert exporter.paragraphs(article)[-1] == "Words."


def test_a_package_whose_reader_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "names", lambda: {"odd": "another.package"})
    with pytest.raises(UsageError, match=r"'odd' cannot be loaded from another\.package"):
        exporter.read(b"Words.", name="a.txt")
