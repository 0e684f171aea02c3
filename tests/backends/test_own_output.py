"""What exporter wrote is not read again as articles, whatever its form and wherever it is."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from exporter.backends.registry import TABLE, is_own_output
from exporter.sources.files import HEAD
from tests.command import run

WRITTEN = Path(__file__).parents[1] / "golden" / "own_output" / "0.1.0"
"""Output of version 0.1.0, of all forms and of the options that change how they begin."""

FERRY = """---
title: The ferry gets a bell
date: 2024-03-05
site: Harbour Gazette
---

The small ferry at Penmere carries a bell again. It rings once before the ramp goes up.
"""
BENCH_NAME = """---
title: From bench to bench
date: 2024-03-07
author: Ida Low
---

There are eleven benches along the river now, and each of them has a name on its back.
"""
EVERY = [word for format in TABLE if format != "pdf" for word in ("-f", format)]
BRIEF = ["-f", "txt", "-f", "md", "-f", "json"]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    (tmp_path / "ferry.md").write_text(FERRY)
    (tmp_path / "bench.md").write_text(BENCH_NAME)
    (tmp_path / "exporter.toml").write_text("[editions.weekly]\n")
    return tmp_path


def outputs(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("digest*")}


@pytest.mark.parametrize("path", [p for p in WRITTEN.rglob("*") if p.is_file()], ids=lambda p: str(p.name))
def test_what_version_0_1_0_wrote_is_known(path: Path) -> None:
    assert is_own_output(path.name, path.read_bytes()[:HEAD], lambda: path.open("rb"))


def test_no_format_is_read_again(saved: Path) -> None:
    words = [word for format in TABLE for word in ("-f", format)]
    assert run(["export", ".", "-o", "out", "-j", "1", *words], saved).returncode == 0
    assert len(list((saved / "out").iterdir())) == len(TABLE)
    again = run(["export", "out", "-o", "again", "-f", "txt"], saved)
    assert again.returncode == 4
    assert f"{len(TABLE)} × own-output" in again.stderr
    assert not (saved / "again").exists()


@pytest.mark.parametrize(
    "options",
    [
        *((), ("--ascii",), ("--flowed", "--width", "30"), ("--split-count", "1"), ("--individual",)),
        ("--title", "", "--subtitle", "By the river", "--group", "none", "--width", "24"),
        ("--title", "강가의 소식", "--from", "2024-03", "--to", "2024-03", "--style", "book"),
        ("--individual", "--ascii", "--flowed"),
    ],
    ids=" ".join,
)
def test_a_second_export_of_its_own_folder_makes_the_same(saved: Path, options: tuple[str, ...]) -> None:
    words = ["export", ".", "-o", ".", "-j", "1", *(BRIEF if options else EVERY), *options]
    assert run([*words, "--report", "report.json"], saved).returncode == 0
    before = {path.name: path.read_bytes() for path in saved.iterdir() if path.name != "report.json"}
    again = run([*words, "--strict", "--report", "again.json"], saved)
    assert again.returncode == 0, again.stderr
    after = {
        path.name: path.read_bytes()
        for path in saved.iterdir()
        if path.name not in ("report.json", "again.json")
    }
    assert after == before
    skipped = len(before) - 3 + 1  # without articles and settings, with the report
    assert json.loads((saved / "again.json").read_text())["counts"]["own-output"] == skipped


def test_a_renamed_text_of_one_article_is_known(saved: Path) -> None:
    run(["export", ".", "-o", "out", "-f", "txt", "--individual", "-j", "1"], saved)
    for number, path in enumerate(sorted((saved / "out").iterdir())):
        path.rename(saved / f"note {number}.txt")
    assert "2 articles, 0 briefs, 0 left out" in run(["list", "."], saved).stderr


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_that_an_editor_saved_as_utf_16_is_known(saved: Path, encoding: str) -> None:
    run(["export", ".", "-o", "out", "-f", "txt", "--individual", "-j", "1"], saved)
    run(["export", ".", "-o", "out", "-f", "txt", "-f", "md", "-f", "eml", "-j", "1"], saved)
    mark = "" if encoding == "utf-16" else "\ufeff"
    for path in (saved / "out").iterdir():
        data = (mark + path.read_bytes().decode()).encode(encoding)
        assert is_own_output(path.name, data[:HEAD], lambda data=data: BytesIO(data)), path.name  # type: ignore[misc]
    data = (mark + FERRY).encode(encoding)
    assert not is_own_output("ferry.md", data, lambda: BytesIO(data))


def test_a_pdf_is_no_reason_to_warn(saved: Path) -> None:
    shutil.copy(WRITTEN / "digest.pdf", saved)
    words = ["export", ".", "-f", "txt", "-o", "out", "--strict"]
    done = run(words, saved)
    assert (done.returncode, "1 × own-output" in done.stderr) == (0, True)
    (saved / "other.pdf").write_bytes((saved / "digest.pdf").read_bytes().replace(b"exporter", b"somebody"))
    assert run(words, saved).returncode == 3


def test_clippings_in_the_output_folder_and_in_a_librarys_are_read(saved: Path) -> None:
    assert run(["batch", ".", "-o", ".", "--library", "news", "-f", "txt"], saved).returncode == 0
    (saved / "news" / "weir.md").write_text(
        BENCH_NAME.replace("bench", "weir").replace("river", "canal of the mill")
    )
    (saved / "digest-2024-05.txt").write_text("The quay is swept\n\nTwo brooms were worn out on Monday.\n")
    listed = run(["list", ".", "--undated"], saved)
    assert "From weir to weir" in listed.stdout
    assert "The quay is swept" in listed.stdout
    assert listed.stderr.splitlines()[-1] == "4 articles, 0 briefs, 0 left out"


@pytest.mark.parametrize(
    "name", ["digest.md", "digest.epub", "digest.json", "2024-03-05-the-ferry-gets-a-bell.txt"]
)
def test_what_is_named_or_asked_for_is_read(tmp_path: Path, name: str) -> None:
    shutil.copy(WRITTEN / name, tmp_path)
    nothing = run(["list", "."], tmp_path)
    assert (nothing.returncode, nothing.stdout) == (4, "")
    assert "Add --own" in nothing.stderr
    for words in ([name], [".", "--own"], [".", name], [name, "."]):
        assert "ferry gets a bell" in run(["list", *words], tmp_path).stdout, words


def test_own_output_in_an_archive_is_skipped_unless_it_is_asked_for(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "saved.zip", "w") as archive:
        archive.writestr("bench.md", BENCH_NAME)
        for name in ("digest.md", "digest.epub", "digest.txt", "digest.json"):
            archive.write(WRITTEN / name, name)
    for words in (["."], ["saved.zip"]):
        listed = run(["list", *words], tmp_path)
        assert (listed.stdout.count("\n"), "4 × own-output" in listed.stderr) == (1, True)
    assert "The ferry gets a bell" in run(["list", "saved.zip", "--own"], tmp_path).stdout


def test_a_library_takes_own_output_once_it_is_asked_for_and_keeps_it(saved: Path) -> None:
    shutil.copy(WRITTEN / "digest.md", saved)
    (saved / "digest.md").write_text(
        (saved / "digest.md").read_text("utf-8").replace("bell", "gong"), "utf-8"
    )
    imported = ["import", ".", "--library", "news"]
    assert run(imported, saved).stdout.startswith("2 articles from 2 files read, 0 unchanged")
    assert run(imported, saved).stdout.startswith("0 articles from 0 files read, 2 unchanged")
    assert "gong" not in run(["list", "--library", "news", "--undated"], saved).stdout
    run([*imported, "--own"], saved)
    assert "gong" in run(["list", "--library", "news"], saved).stdout
    run(imported, saved)
    assert "gong" in run(["list", "--library", "news"], saved).stdout


def test_a_library_reads_an_archive_again_for_the_own_output_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "saved.zip", "w") as archive:
        archive.writestr("bench.md", BENCH_NAME)
        archive.write(WRITTEN / "digest.md", "digest.md")
    for own in ([], ["--own"]):
        run(["import", "saved.zip", "--library", "news", *own], tmp_path)
        listed = run(["list", "--library", "news"], tmp_path).stdout
        assert ("The ferry gets a bell" in listed) == bool(own)


def test_the_record_beside_a_file_of_another_backend_tells_it(saved: Path) -> None:
    """What a record names is skipped while it is as it was made."""
    run(["batch", ".", "-o", "out", "-f", "txt"], saved)
    output = saved / "out" / "digest-2024-03.txt"
    text = "The lock is painted\n\nIt took two days and a great deal of green.\n"
    record = saved / "out" / ".exporter" / "digest-2024-03.json"
    values = json.loads(record.read_text())
    values["formats"]["txt"]["files"][0] |= {
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "bytes": len(text),
    }
    record.write_text(json.dumps(values))
    output.write_text(text)
    assert "The lock is painted" not in run(["list", ".", "--undated"], saved).stdout
    output.write_text(text.replace("two", "ten"))
    assert "The lock is painted" in run(["list", ".", "--undated"], saved).stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "The quay is swept\n=================\n\nTwo brooms were worn out on Monday.\n"),
        (
            "2024-03-05-quay.txt",
            "The quay is swept\n=================\nBy Ida Low\n\nTwo brooms were worn out.\n",
        ),
        ("b.txt", "The quay is swept\n=================\nHarbour Gazette · 5 March 2024\n\nTwo brooms.\n"),
        (
            "2024-03-06-c.txt",
            f"The quay is swept\n=================\nIda Low · {'5' * 5000}\n\nTwo brooms.\n",
        ),
        ("c.txt", f"{'=' * 72}\n\nThe quay is swept\n\n{'=' * 72}\n\nTwo brooms were worn out on Monday.\n"),
        (
            "d.txt",
            "The quay is swept\n\nTwo brooms.\n\nurn:uuid:02a5e58d-ccd4-5df5-a126-4ecf2226b10d\n",
        ),
        ("e.md", "---\ntitle: The quay is swept\n---\n\nform: exporter-edition-1\n"),
        (
            "f.eml",
            "From: a@b.c\nSubject: The quay is swept\nMessage-ID: <1@b.example>\n\nOf @exporter.invalid>\n",
        ),
        ("g.html", "<title>The quay is swept</title><p>Two brooms were worn out on Monday, exporter.</p>"),
        ("h.json", '[{"title": "The quay is swept", "body": "Two brooms.", "identifier": "urn:uuid:1"}]'),
    ],
)
def test_what_only_resembles_it_is_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    listed = run(["list", ".", "--undated"], tmp_path)
    assert listed.stderr.splitlines()[-1] == "1 article, 0 briefs, 0 left out"


def test_a_mailbox_is_read_though_a_digest_is_in_it(tmp_path: Path) -> None:
    digest = (WRITTEN / "digest.eml").read_bytes().replace(b"\r\n", b"\n")
    other = b"From: Ida Low <ida@low.example>\nSubject: The quay is swept\n\nTwo brooms were worn out.\n"
    mark = b"From ida@low.example Mon Mar  4 10:00:00 2024\n"
    (tmp_path / "all.mbox").write_bytes(mark + digest + b"\n" + mark + other)
    assert "The quay is swept" in run(["list", ".", "--undated"], tmp_path).stdout


def test_articles_as_json_are_read_again(saved: Path) -> None:
    """They are made to be corrected."""
    shown = run(["show", "ferry.md", "--json"], saved).stdout
    (saved / "ferry.md").unlink()
    (saved / "ferry.json").write_text(shown.replace("a bell", "a gong"))
    assert "The ferry gets a gong" in run(["list", "."], saved).stdout


@pytest.mark.parametrize(
    "name", ["digest.epub", "digest.pdf", "digest.md", "2024-03-05-the-ferry-gets-a-bell.txt"]
)
def test_half_a_file_breaks_nothing(name: str) -> None:
    data = (WRITTEN / name).read_bytes()
    for end in range(0, len(data), max(1, len(data) // 50)):
        is_own_output(name, data[:end][:HEAD], lambda end=end: BytesIO(data[:end]))
