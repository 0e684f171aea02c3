"""The pages of print, told in the e-book."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise

import pypdfium2
import pytest
from lxml import etree
from typer.testing import CliRunner

from exporter.backends.registry import render_checked
from exporter.cli import app
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.options import Settings
from exporter.errors import UsageError
from exporter.model import build
from exporter.model.article import Block
from tests.backends.samples import article
from tests.rendering import render_pdf

XHTML = "{http://www.w3.org/1999/xhtml}"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"


def edition() -> Edition:
    def blocks(number: int) -> tuple[Block, ...]:
        words = (f"Word{number}x{n} of the ferry and its tide, told at some length. " * 4 for n in range(12))
        return tuple(block for text in words for block in build.paragraph([text]))

    return compile_edition([article(f"Piece {n}", blocks(n), published=f"2021-07-0{n}") for n in (1, 2, 3)])


@pytest.mark.parametrize("style", ["digest", "book", "newspaper"])
def test_each_page_begins_where_it_does_in_print(style: str) -> None:
    settings = Settings(style=style, with_pages=True, cache=True)
    report = Report()
    pdf = render_pdf(edition(), settings, report).data
    epub = render_checked(edition(), "epub", settings, report).data
    assert report.findings == ()
    with pypdfium2.PdfDocument(pdf) as document:
        printed = {
            document.get_page_label(n): page.get_textpage().get_text_bounded()
            for n, page in enumerate(document)
        }
    with zipfile.ZipFile(io.BytesIO(epub)) as book:
        nav = etree.fromstring(book.read("OEBPS/nav.xhtml"))
        (pages,) = (n for n in nav.iter(f"{XHTML}nav") if n.get(EPUB_TYPE) == "page-list")
        listed = [(a.text or "", a.get("href", "")) for a in pages.iter(f"{XHTML}a")]
        assert len(listed) >= 2
        assert all(int(one) < int(other) for (one, _), (other, _) in pairwise(listed))
        for label, href in listed:
            file, _, id = href.partition("#")
            root = etree.fromstring(book.read(f"OEBPS/{file}"))
            (mark,) = (element for element in root.iter() if element.get("id") == id)
            assert mark.get("aria-label") == label
            words = "".join(mark.getparent().itertext()).split()
            first = words[0] if words[0].startswith("Word") else "Piece"
            assert first in printed[label], label
        package = book.read("OEBPS/content.opf").decode()
    assert ">pageNavigation<" in package
    assert edition().identifier in package.partition("pageBreakSource")[2]


def test_an_epub_alone_tells_no_pages() -> None:
    with zipfile.ZipFile(io.BytesIO(render_checked(edition(), "epub").data)) as book:
        assert b"page-list" not in book.read("OEBPS/nav.xhtml")
        assert b"pageNavigation" not in book.read("OEBPS/content.opf")


def test_the_pages_of_no_pdf_are_refused() -> None:
    ran = CliRunner().invoke(app, ["export", "input", "-f", "epub", "--with-pages"])
    assert isinstance(ran.exception, UsageError)
