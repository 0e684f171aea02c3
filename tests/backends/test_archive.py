"""The archival PDF: it carries the articles as data and the files they were read from.

That it conforms: tests/conformance.
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import pikepdf
import pytest

import exporter
from exporter.backends.registry import Product, render_checked
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.options import Original, Settings
from exporter.editions.selection import Selected
from exporter.model.article import Article, to_json
from exporter.sources import read_many
from tests.rendering import kitchen_sink_pdf, render_pdf

INPUT = Path(__file__).parents[2] / "input"


def edition_of(articles: tuple[Article, ...]) -> Edition:
    return compile_edition(Selected(articles, ()), title="Kept", group="none")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a page of two names, Markdown, and two articles in one JSON."""
    folder = tmp_path_factory.mktemp("saved")
    (folder / "one.md").write_text("---\ntitle: One\ndate: 2024-05-01\nauthor: A. Reed\n---\nThe quay.\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "Größe & Gewicht.txt").write_text("Two\n\nThe scales.\n")
    written = tuple(
        article
        for n in (3, 4)
        for article in exporter.read(f"Article {n}\n\nWords.".encode(), name=f"gone-{n}.txt")
    )
    (folder / "two.json").write_bytes(to_json(written))
    return folder


def render(folder: Path, make: Callable[..., Product] = render_pdf) -> bytes:
    articles, books = read_many.read_paths([folder], Report())
    settings = Settings(archival=True, originals=read_many.originals(articles, books))
    return make(edition_of(articles), settings=settings).data


def attached(data: bytes) -> dict[str, tuple[str, str, str, bytes]]:
    """Each attachment: what it is to the pages, its media type, its description, its bytes."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        specs = {name: pdf.attachments[name] for name in pdf.attachments}
        assert sorted(str(spec.UF) for spec in pdf.Root.AF) == list(specs)
        return {
            name: (
                str(spec.relationship),
                spec.get_file().mime_type,
                spec.description,
                spec.get_file().read_bytes(),
            )
            for name, spec in specs.items()
        }


def test_the_file_carries_its_evidence(saved: Path) -> None:
    data = render(saved)
    matches = attached(data)
    assert {name: (values[0], values[1]) for name, values in matches.items()} == {
        "edition.json": ("/Data", "application/json"),
        "1-one.md": ("/Source", "text/markdown"),
        "2-two.json": ("/Source", "application/json"),
        "3-grösse-gewicht.txt": ("/Source", "text/plain"),
    }
    assert matches["1-one.md"][3] == (saved / "one.md").read_bytes()
    assert matches["2-two.json"][3] == (saved / "two.json").read_bytes()
    assert matches["2-two.json"][2] == "The original of “Article 3” and 1 more, read from two.json"
    assert matches["3-grösse-gewicht.txt"][2] == "The original of “Two”, read from sub/Größe & Gewicht.txt"


def test_the_data_are_the_edition(saved: Path) -> None:
    articles, _ = read_many.read_paths([saved], Report())
    file = render(saved)
    data = attached(file)["edition.json"][3]
    assert msgspec.json.decode(data, type=Edition) == edition_of(articles)
    assert exporter.read(data, name="edition.json") == tuple(e.article for e in edition_of(articles).entries)
    with pikepdf.open(io.BytesIO(file)) as pdf:
        destinations = set(pikepdf.NameTree(pdf.Root.Names.Dests))
    assert {entry.anchor for entry in edition_of(articles).entries} <= destinations


def test_attachments_tell_their_size_date_and_checksum(saved: Path) -> None:
    with pikepdf.open(io.BytesIO(render(saved))) as pdf:
        for name in pdf.attachments:
            file = pdf.attachments[name].get_file()
            assert file.size == len(file.read_bytes())
            assert file.md5 == hashlib.md5(file.read_bytes()).digest()
            assert str(file.obj.Params.ModDate) == str(pdf.docinfo["/ModDate"])


def test_an_original_that_changed_or_went_is_told(saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    shutil.copytree(saved, folder)
    articles, books = read_many.read_paths([folder], Report())
    originals = read_many.originals(articles, books)
    (folder / "one.md").write_text("Other words\n")
    (folder / "two.json").unlink()
    del originals[next(a.origin.sha256 for a in articles if a.title == "Two")]
    report = Report()
    data = render_pdf(edition_of(articles), Settings(archival=True, originals=originals), report).data
    assert list(attached(data)) == ["edition.json"]
    assert {(f.id, f.where, f.detail) for f in report.findings} == {
        ("original-missing", "one.md", "changed since it was read"),
        ("original-missing", "two.json", "it is not a regular file"),
        ("original-missing", "sub/Größe & Gewicht.txt", "not among the files given"),
    }


def test_the_same_bytes_each_time(saved: Path, tmp_path: Path) -> None:
    shutil.copytree(saved, tmp_path / "elsewhere")
    anew = partial(render_checked, format="pdf")
    assert render(saved, anew) == render(tmp_path / "elsewhere", anew)


def test_names_that_would_harm_are_made_safe() -> None:
    from exporter.backends.pdf import archive
    from exporter.diagnostics import Report

    names = ["../../etc/passwd", "C:\\aux", "con.txt", "a/b.tar.gz", "x.html?q=<1>", "...", "한글 기사.html"]
    articles = tuple(
        exporter.read(f"Title {n}\n\nWords.".encode(), name=name)[0] for n, name in enumerate(names)
    )
    originals = {
        a.origin.sha256: Original(name, "text/plain", a.origin.sha256, f"Title {n}\n\nWords.".encode())
        for n, (a, name) in enumerate(zip(articles, names, strict=True))
    }
    matches = [a.name for a in archive.attachments(edition_of(articles), originals, Report())]
    assert matches == [
        "edition.json",
        "1-passwd",
        "2-aux",
        "3-con.txt",
        "4-b-tar.gz",
        "5-x",
        "6-original",
        "7-한글-기사.html",
    ]


def test_the_command_attaches_what_it_read(saved: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from exporter.cli import app

    for command in ("export", "batch"):
        options = ["--undated"] if command == "export" else ["--every", "year"]
        done = CliRunner().invoke(
            app,
            [
                command,
                str(saved),
                *options,
                "--archival",
                "-f",
                "pdf",
                "-o",
                str(tmp_path),
                "--name",
                command,
            ],
        )
        assert done.exit_code == 0, done.output
    (whole,) = tmp_path.glob("export*.pdf")
    (year,) = tmp_path.glob("batch*.pdf")
    assert len(attached(whole.read_bytes())) == 4
    assert list(attached(year.read_bytes())) == ["1-one.md", "edition.json"]


def test_the_library_attaches_what_it_is_told_of(saved: Path) -> None:
    articles = exporter.read(saved)
    data = exporter.render(edition_of(articles), "pdf", settings=Settings(archival=True), originals=saved)
    assert len(attached(data)) == 4


def test_ordinary_files_carry_nothing() -> None:
    with pikepdf.open(io.BytesIO(kitchen_sink_pdf().data)) as pdf:
        assert not pdf.attachments
        assert "/AF" not in pdf.Root
        assert "pdfaid:part" not in pdf.open_metadata()
