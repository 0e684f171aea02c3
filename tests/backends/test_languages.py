"""Paragraphs in another language than their article's: told to those who listen, set by its rules."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from lxml import etree

from exporter.backends.registry import render_checked
from exporter.editions.options import Settings
from exporter.model.article import Block
from exporter.model.build import heading, list_block, note, paragraph, quote
from tests.backends.samples import article, edition_of
from tests.checkers import epubcheck, verapdf
from tests.reading import read_out
from tests.rendering import render_pdf

KOREAN, ARABIC, GERMAN = "항구의 종이 다시 울린다.", "عاد سوق الكتب القديمة.", "Der Hafenmeister läutet."
XML = "http://www.w3.org/XML/1998/namespace"
BLOCKS: tuple[Block, ...] = (
    *paragraph(["The bell rings."]),
    *heading(1, ["Die Glocke"], "de"),
    *paragraph([KOREAN, *note(paragraph(["A bell."]))], "ko"),
    *quote(paragraph([ARABIC], "ar")),
    *list_block([paragraph([GERMAN], "de"), (*paragraph(["One."]), *paragraph([KOREAN], "ko"))]),
    *heading(1, ["The bell"]),
    *paragraph(["It is over."]),
)


ALSO = [pytest.param(style, marks=pytest.mark.conformance) for style in ("digest", "newspaper")]


@pytest.mark.parametrize("style", ["book", *ALSO])
def test_the_tags_of_a_pdf_tell_them(style: str, tmp_path: Path) -> None:
    data = render_pdf(edition_of(article("Bells", BLOCKS)), Settings(style=style)).data
    (file := tmp_path / "bells.pdf").write_bytes(data)
    assert verapdf("ua1", [file]) == ""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        values = read_out(pdf)
        running_texts = {
            "".join(element.text.split()): element.language
            for sort in ("P", "H2", "H3")
            for element in values.every(sort)
        }
    by_language = {language: text for text, language in running_texts.items() if language != "en"}
    assert "종이다시" in by_language["ko"]
    assert "سوق" in by_language["ar"] or "قوس" in by_language["ar"]
    assert by_language["de"] == "DieGlocke"
    assert {"Thebellrings.", "Thebell", "Itisover."} <= {t for t, tag in running_texts.items() if tag == "en"}


def test_a_book_tells_them_and_their_direction(tmp_path: Path) -> None:
    edition = edition_of(article("Bells", BLOCKS))
    data = render_checked(edition, "epub").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (name,) = (n for n in archive.namelist() if "1-a" in n)
        root = etree.fromstring(archive.read(name))
        package = archive.read("OEBPS/content.opf").decode()
    body = root.find("{*}body")
    assert body is not None
    matches = {
        "".join(e.itertext()).strip().split("1")[0]: (etree.QName(e).localname, e.get("dir"))
        for e in body.iter("{*}p", "{*}h2", "{*}span", "{*}div")
        if e.get("lang") not in (None, "en") and e.get("lang") == e.get(f"{{{XML}}}lang")
    }
    assert matches[ARABIC] == ("p", "rtl")
    assert matches["Die Glocke"] == ("h2", "ltr")
    assert matches[GERMAN] == ("span", "ltr")
    assert any(text.startswith(KOREAN) for text in matches)
    assert "<dc:language>ko</dc:language>" in package
    (file := tmp_path / "bells.epub").write_bytes(data)
    assert epubcheck(file) == []


def test_a_paragraph_is_hyphenated_by_its_own_rules() -> None:
    """What German rules part in a narrow column, Korean ones leave whole: the text alone is the same."""
    text = "Donaudampfschifffahrtsgesellschaftskapitän " * 12

    def lines(language: str) -> str:
        body = paragraph([text], language)
        data = render_pdf(edition_of(article("Ships", body)), Settings(paper="A5")).data
        with pypdfium2.PdfDocument(data) as pdf:
            return "".join(page.get_textpage().get_text_range() for page in pdf)

    assert lines("de").count("Donaudampfschifffahrtsgesellschaftskapitän") < lines("ko").count(
        "Donaudampfschifffahrtsgesellschaftskapitän"
    )
