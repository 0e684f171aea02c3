"""Odd titles, names, images and tables come out whole in every format."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import msgspec
import pytest
from lxml import etree

import exporter
from exporter.backends.registry import TABLE, render_checked
from exporter.editions.compile import compile_edition
from exporter.model import build
from exporter.model.article import Asset, Block, Cell, Figure, Paragraph, Table, Text
from tests.backends.samples import article
from tests.checkers import epubcheck
from tests.kitchen_sink import picture

TITLES = (
    "&<>\"' &amp; <b>",
    "👩‍👩‍👧‍👦 at the 🇰🇷 quay 👍🏽",
    "One line\nand another",
    "tide " * 1000,
    "t" * 5000,
    "] [a](b) `x` | # *",
)


@pytest.mark.parametrize("format", TABLE)
def test_odd_titles_in_every_format(format: str) -> None:
    edition = compile_edition([article(build.one_line(title)) for title in TITLES])
    product = render_checked(edition, format)
    assert set(product.locations) == {entry.anchor for entry in edition.entries}


def test_odd_titles_make_a_valid_book(tmp_path: Path) -> None:
    edition = compile_edition([article(title, source=title[:300], authors=(title,)) for title in TITLES])
    (tmp_path / "odd.epub").write_bytes(render_checked(edition, "epub").data)
    assert epubcheck(tmp_path / "odd.epub") == []


@pytest.mark.parametrize("format", TABLE)
def test_two_articles_of_one_title(format: str) -> None:
    twins = [article("Tides", build.paragraph([words]), source=words) for words in ("first", "second")]
    edition = compile_edition(twins)
    assert len(render_checked(edition, format).locations) == 2


@pytest.mark.parametrize("format", TABLE)
def test_an_edition_of_one(format: str) -> None:
    assert len(render_checked(compile_edition([article("Alone")]), format).locations) == 1


def test_an_image_that_is_not_what_it_says() -> None:
    values = msgspec.structs.replace(picture(), media_type="image/jpeg", name="photo.jpg")
    edition = compile_edition([article("One", (Figure(values.id, "A quay"),), assets=(values,))])
    with zipfile.ZipFile(io.BytesIO(render_checked(edition, "epub").data)) as book:
        items = etree.fromstring(book.read("OEBPS/content.opf")).iter("{*}item")
        types = {item.get("href"): item.get("media-type") for item in items}
        (name,) = (href for href in types if href and "images/" in href and "cover" not in href)
        assert types[name] == "image/png"
        assert book.read(f"OEBPS/{name}").startswith(b"\x89PNG")


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff cut short"])
def test_an_image_that_is_none_leaves_its_words(data: bytes) -> None:
    broken = Asset("0" * 64, "image/jpeg", 10, 10, "photo.jpg", data)
    edition = compile_edition([article("One", (Figure(broken.id, "A quay"),), assets=(broken,))])
    with zipfile.ZipFile(io.BytesIO(render_checked(edition, "epub").data)) as book:
        chapter = next(name for name in book.namelist() if edition.entries[0].anchor in name)
        assert "A quay" in book.read(chapter).decode()


def test_tables_in_tables_make_a_valid_book(tmp_path: Path) -> None:
    inner: tuple[Block, ...] = (Paragraph((Text("deep"),)),)
    for depth in range(8):
        inner = (Table(((Cell((*build.paragraph([f"level {depth}"]), *inner)),),)),)
    edition = compile_edition([article("One", inner)])
    data = render_checked(edition, "epub").data
    (tmp_path / "nested.epub").write_bytes(data)
    assert epubcheck(tmp_path / "nested.epub") == []


def test_formulas_keep_their_characters() -> None:
    formula = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>h</mi><mo>=</mo><mn>42</mn></math>'
    page = f"""<!DOCTYPE html><html lang="en_US"><head><title>Of tides</title></head><body><article>
    <h1>Of tides</h1>
    <p>The height is {formula} in spring, and less in autumn, as everyone at the quay knows who has
    ever had to move a boat by hand.</p>
    <p>Another paragraph says so again, at some length, so that this is an article and not a caption.</p>
    </article></body></html>"""
    (matches,) = exporter.read(page.encode(), name="tides.html")
    assert "h=42" in exporter.plain_text(matches).replace(" ", "")
    assert matches.language == "en-US"
