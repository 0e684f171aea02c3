"""One article by itself: nothing of a collection is left about it, in any format."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from exporter.backends.registry import render_checked
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, single
from exporter.editions.options import Settings
from exporter.model import build
from tests.backends.samples import article
from tests.checkers import verapdf
from tests.rendering import render_pdf


def edition(length: int = 3) -> Edition:
    words = build.paragraph(["The ferry leaves the quay when the tide allows it and not before. " * 6])
    return single(article("The ferry waits", words * length, authors=("Ada Lind",)))


ALSO = [pytest.param(style, marks=pytest.mark.conformance) for style in ("book", "newspaper")]


@pytest.mark.parametrize("style", ["digest", *ALSO])
def test_a_pdf_of_the_article_alone(style: str, tmp_path: Path) -> None:
    report = Report()
    output = render_pdf(edition(30), Settings(style=style), report).data
    assert report.findings == ()
    with pypdfium2.PdfDocument(output) as pdf:
        text = [page.get_textpage().get_text_bounded() for page in pdf]
        labels = [pdf.get_page_label(number) for number in range(len(pdf))]
    assert labels == [str(number) for number in range(1, len(labels) + 1)]
    assert len(labels) > 1
    assert text[0].count("The ferry waits") == 1
    assert not any("Contents" in page or "About this edition" in page for page in text)
    with pikepdf.open(io.BytesIO(output)) as pdf:
        assert str(pdf.docinfo.Title).startswith("The ferry waits")
    (tmp_path / "one.pdf").write_bytes(output)
    assert verapdf("ua1", [tmp_path / "one.pdf"]) == ""


def test_its_date_is_told_in_the_language_that_is_asked_for() -> None:
    output = render_checked(single(article("The ferry waits", published="2021-05-02"), language="de"), "txt")
    assert "2. Mai 2021" in output.data.decode()


def test_an_epub_of_the_article_alone() -> None:
    output = render_checked(edition(), "epub").data
    with zipfile.ZipFile(io.BytesIO(output)) as book:
        documents = [name for name in book.namelist() if name.endswith(".xhtml")]
    assert len(documents) == 3
    assert {"OEBPS/cover.xhtml", "OEBPS/nav.xhtml"} < set(documents)


@pytest.mark.parametrize("settings", [Settings(), Settings(flowed=True), Settings(ascii=True)])
def test_a_text_of_the_article_alone(settings: Settings) -> None:
    product = render_checked(edition(), "txt", settings)
    lines = product.data.decode().split("\n")
    assert lines[:2] == ["The ferry waits", "==============="]
    assert lines[2].startswith("Harbour Gazette")
    assert list(product.locations.values()) == ["line 1"]
