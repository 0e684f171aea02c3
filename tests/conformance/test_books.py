"""Whole editions as e-books, judged by EPUBCheck and read back: nothing in them may run or lead astray.

`make conformance` runs all of it; `make test` leaves out the long ones.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from exporter.backends.registry import render_checked
from exporter.diagnostics import Report
from exporter.editions import volumes
from exporter.editions.compile import compile_edition
from tests.backends.samples import article
from tests.checkers import epubcheck
from tests.conformance.editions import BOOKS, QUICK

EDITIONS = {**QUICK, **BOOKS}
CHAPTERS = 1000
"""Chapters of a book: EPUBCheck takes four times as long for twice as many."""
SAFE = ("http://", "https://", "mailto:")
LIVE = frozenset(("script", "iframe", "object", "embed", "form", "input", "svg", "math", "style", "base"))


def _elements(data: bytes) -> Iterator[etree._Element]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        for name in book.namelist():
            if name.endswith(".xhtml"):
                yield from etree.fromstring(book.read(name)).iter(etree.Element)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICK and name != "demo" else pytest.mark.conformance)
        for name in EDITIONS
    ],
)
def test_a_book_conforms(name: str, tmp_path: Path) -> None:
    book = EDITIONS[name]()
    for number, edition in enumerate(volumes.cut(book.edition, CHAPTERS)):
        data = render_checked(edition, "epub", report=Report()).data
        for element in _elements(data):
            assert etree.QName(element).localname not in LIVE
            for attribute in element.attrib:
                assert not str(attribute).lower().startswith("on")
            href = element.get("href", "")
            assert ":" not in href.split("/")[0] or href.startswith(SAFE), href
        file = tmp_path / f"{number}.epub"
        file.write_bytes(data)
        assert epubcheck(file) == []


@pytest.mark.conformance
@pytest.mark.parametrize("format", ["txt", "md", "json", "bib"])
def test_hostile_text_comes_out_whole_in_every_form(format: str) -> None:
    book = BOOKS["hostile"]()
    product = render_checked(book.edition, format)
    assert len(product.locations) == len(book.edition.entries) + len(book.edition.briefs)
    control = {chr(code) for code in range(32)} - set("\n\t")
    assert not control & set(product.data.decode())


@pytest.mark.conformance
@pytest.mark.parametrize("format", ["epub", "txt", "md"])
def test_twenty_thousand_articles(format: str) -> None:
    edition = compile_edition([article(f"Piece {n}", source=f"Post {n % 7}") for n in range(20_000)])
    assert len(render_checked(edition, format).locations) == 20_000
