"""Articles in columns: what may stand in them, and that laying them out always ends."""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import re
import shutil
import unicodedata
from collections import Counter
from functools import cache
from itertools import chain
from multiprocessing.connection import Connection
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from PIL import Image

from exporter import resources
from exporter.backends.pdf import columns, compose, layout, pagerules
from exporter.diagnostics import Report
from exporter.editions.compile import compile_edition
from exporter.editions.options import Settings
from exporter.editions.selection import Selected
from exporter.model import build
from exporter.model.article import (
    Asset,
    Block,
    Cell,
    CodeBlock,
    DefinitionList,
    Figure,
    Heading,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Table,
    Text,
)
from exporter.model.visit import groups, texts
from tests import strategies
from tests.rendering import render_pdf

from .samples import article

LIMIT = 100
"""Seconds after which a layout is taken for one without end; each here takes one or two."""


# -- What stands in columns --------------------------------------------------------------


@given(strategies.bodies)
@settings(max_examples=40)
def test_columns_hold_running_text_alone_and_nothing_is_lost(body: tuple[Block, ...]) -> None:
    runs = columns.runs(body)
    assert tuple(chain.from_iterable(run.blocks for run in runs)) == body
    for run in runs:
        if run.kind != "wide":
            kinds = {type(block) for outer in run.blocks for block in _within(outer)}
            assert kinds <= {Paragraph, ListBlock, Quote, DefinitionList, Heading}
            followed = zip(run.blocks, (*run.blocks[1:], None), strict=True)
            assert all(isinstance(b, Paragraph) for a, b in followed if isinstance(a, Heading))


def _within(block: Block) -> list[Block]:
    """The block and all inside it, but for those of notes, which leave the column."""
    return [block, *(matches for group in groups(block) for inner in group for matches in _within(inner))]


def test_a_long_text_is_cut_and_a_short_one_is_not_torn_apart() -> None:
    paragraphs = tuple(Paragraph((Text("word " * 100),)) for _ in range(100))
    runs = columns.runs(paragraphs)
    assert {run.kind for run in runs} == {"columns"}
    assert columns.runs(paragraphs[:2])[0].kind == "whole"
    assert all(sum(map(len, texts(run.blocks))) <= columns.LONG for run in runs)
    assert len(runs) == 4
    assert columns.runs((Paragraph((Text("A word."),)),))[0].kind == "narrow"
    assert columns.runs((Paragraph((Text("word " * columns.LONG),)),))[0].kind == "wide"


def test_a_heading_runs_with_its_paragraph_and_with_nothing_else() -> None:
    text = (Paragraph((Text("word " * 300),)),)
    head = build.heading(2, ["On the quay"])
    assert [run.kind for run in columns.runs((*text, *head, *text, *head, *text))] == ["columns"]
    kinds = [run.kind for run in columns.runs((*text, *head, ListBlock((text,)), *head))]
    assert kinds == ["columns", "wide", "columns", "wide"]


# -- Layout ends -------------------------------------------------------------------------


def _image(width: int, height: int) -> Asset:
    buffer = io.BytesIO()
    Image.new("L", (width, height), 120).save(buffer, "PNG")
    data = buffer.getvalue()
    return Asset(hashlib.sha256(data).hexdigest(), "image/png", width, height, "", data)


ASSETS = (_image(200, 2600), _image(1500, 300))
TALL, FLAT = (Figure(asset.id, "…") for asset in ASSETS)


def _words(count: int) -> tuple[Block, ...]:
    words = ("harbour", "quay", "of", "and", "responsibilities", "a", "bridge", "unfortunately", "in", "it")
    return build.paragraph([" ".join(words[(n * n + n // 3) % 10] for n in range(count))])


def _noted(count: int) -> tuple[Block, ...]:
    (paragraph,) = _words(count)
    assert isinstance(paragraph, Paragraph)
    return (Paragraph((*paragraph.content, *build.note(_words(count // 2)))),)


def _listed(*items: tuple[Block, ...]) -> tuple[Block, ...]:
    return (ListBlock(items),)


def _tabled(rows: int, across: int) -> tuple[Block, ...]:
    return (Table(tuple(tuple(Cell(_words(3)) for _ in range(across)) for _ in range(rows)), 1),)


def _joined(*groups: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(chain.from_iterable(groups))


def _heading(*words: str) -> tuple[Block, ...]:
    return build.heading(2, [" ".join(words)])


_TEXT = _words(90)
CASES: dict[str, tuple[Block, ...]] = {
    "one word": _words(1),
    "short paragraphs": _joined(*(_words(n % 7 + 1) for n in range(90))),
    "long paragraphs": _joined(*(_words(n) for n in (400, 900, 1500))),
    "growing paragraphs": _joined(*(_words(n) for n in range(1, 80, 3))),
    "a word of 10,000 letters": _joined(_TEXT, build.paragraph(["x" * 10_000]), _TEXT),
    "words wider than a column": _joined(*(build.paragraph(["y" * n]) for n in (60, 119, 121, 200)), _TEXT),
    "headings at every place": _joined(*(_heading("On the quay") + _words(n) for n in range(2, 70, 2))),
    "headings alone": _joined(*(_heading(f"Head {n}") for n in range(60)), _TEXT),
    "a long heading": _joined(_heading("responsibilities of the harbour" * 20), _words(200)),
    "tables between text": _joined(*(_words(50 + n) + _tabled(n, n % 9 + 1) for n in range(1, 12))),
    "a table in a list": _joined(_TEXT, _listed(_tabled(30, 4), _words(30)), _TEXT),
    "images": _joined(_TEXT, (TALL,), _words(40), (FLAT,), _TEXT, (TALL,)),
    "an image in a quotation": _joined(_TEXT, (Quote((TALL, *_words(9))),), _TEXT),
    "code": _joined(_TEXT, (CodeBlock("let quay = open()\n" * 90),), _TEXT),
    "notes": _joined(*(_noted(n) for n in range(10, 120, 10))),
    "lists": _listed(*(_words(n % 40 + 1) + _listed(_words(n), _words(3)) for n in range(40))),
    "deep lists": _listed(_listed(_listed(_listed(_listed(_words(300)))))),
    "rules": _joined(*((*_words(60), Rule()) for _ in range(20))),
}


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> None:
    """What the first layout loads, each process finds loaded."""
    _lay_out(_words(1), "en", "newspaper")


def _lay_out(body: tuple[Block, ...], language: str, style: str) -> bytes:
    edition = compile_edition(
        Selected((article("Story", body, language=language, assets=ASSETS),), ()), title="Tests"
    )
    layout_jobs = compose.compose(edition, Settings(style=style), Report())
    (section,) = layout_jobs.body
    return layout.printed(section.html, pagerules.bare(section.css), section.resources).data


def _send(body: tuple[Block, ...], language: str, style: str, pipe: Connection) -> None:
    pipe.send(_lay_out(body, language, style))


@cache
def _laid_out(body: tuple[Block, ...], language: str = "en", style: str = "newspaper") -> bytes:
    """The body as that style sets it; fails where that takes too long."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_send, args=(body, language, style, theirs))
    process.start()
    theirs.close()
    try:
        assert ours.poll(LIMIT), f"still at it after {LIMIT} s"
        data = ours.recv()
    finally:
        process.kill()
        process.join()
    assert isinstance(data, bytes)
    return data


def _letters(text: str) -> Counter[str]:
    return Counter(re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)))


@pytest.mark.parametrize("case", CASES)
def test_layout_ends_and_every_letter_is_on_a_page(case: str) -> None:
    data = _laid_out(CASES[case])
    wanted = _letters(" ".join(texts(CASES[case], notes=True)))
    with pypdfium2.PdfDocument(data) as document:
        matches = Counter[str]()
        for page in document:
            text = page.get_textpage()
            matches += _letters(text.get_text_range())
            width, height = page.get_size()
            for i in range(0, text.count_chars(), 7):
                left, bottom, right, top = text.get_charbox(i)
                assert min(left, bottom) > 20, (case, text.get_text_range(i, 1))
                assert max(right - width, top - height) < -20, (case, text.get_text_range(i, 1))
    assert {letter: n for letter, n in wanted.items() if matches[letter] < n} == {}


@pytest.mark.parametrize(
    ("language", "text"), [("ar", "أعيد فتح الجسر القديم "), ("ko", "다리가 다시 열렸다 ")]
)
def test_layout_ends_in_other_scripts(language: str, text: str) -> None:
    body = _joined(*(build.paragraph([text * n]) for n in (1, 3, 9, 27, 81, 120)))
    data = _laid_out(body, language)
    with pypdfium2.PdfDocument(data) as document:
        assert sum(page.get_textpage().count_chars() for page in document) > 200 * len(text)


def test_no_heading_stands_last_on_a_page() -> None:
    with pypdfium2.PdfDocument(_laid_out(CASES["headings at every place"])) as document:
        for page in document:
            lines = page.get_textpage().get_text_range().split("\r\n")
            assert "On the quay" not in lines[-1:], lines[-3:]


def test_a_heading_in_a_column_stands_over_its_text() -> None:
    """Wherever a column ends, two lines of the paragraph stand under its heading, in the same column."""
    body = _joined(
        *(
            (*_words(35 + 3 * n), *_heading(f"Head {n}"), *build.paragraph([f"Text{n} " + "word " * 60]))
            for n in range(14)
        )
    )
    seen = 0
    with pypdfium2.PdfDocument(_laid_out(body)) as document:
        for page in document:
            text = page.get_textpage()
            said = text.get_text_range()
            for n in range(14):
                if (head := said.find(f"Head {n}\r")) >= 0:
                    x, y, *_ = text.get_charbox(head)
                    below, under, *_ = text.get_charbox(said.index(f"Text{n} "))
                    assert abs(below - x) < 2
                    assert 8 < y - under < 14
                    seen += 1
    assert seen == 14


def test_notes_at_the_foot_of_pages_with_columns(tmp_path: Path) -> None:
    """A style may ask for both: every note is at the foot of a page, none lost, none over the text."""
    shutil.copytree(resources.style("newspaper"), tmp_path / "noted")
    toml = (tmp_path / "noted" / "style.toml").read_text()
    (tmp_path / "noted" / "style.toml").write_text(toml.replace('notes = "end"', 'notes = "foot"'))
    body = _joined(
        *(
            (
                *_words(80),
                *build.paragraph([f"Here{n}", *build.note(build.paragraph([f"Below{n} at the foot"]))]),
            )
            for n in range(9)
        )
    )
    data = _laid_out(body, style=str(tmp_path / "noted"))
    with pypdfium2.PdfDocument(data) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    for n in range(9):
        (here,) = (i for i, said in enumerate(pages) if f"Here{n}" in said)
        (below,) = (i for i, said in enumerate(pages) if f"Below{n}" in said)
        assert below - here in (0, 1)


def test_a_notes_number_leads_to_it() -> None:
    body = (*_words(60), *_noted(40), *_noted(20))
    edition = compile_edition(Selected((article("One", body),), ()), title="Tests")
    with pikepdf.open(io.BytesIO(render_pdf(edition, Settings(style="newspaper")).data)) as pdf:
        names = pikepdf.NameTree(pdf.Root.Names.Dests)
        links = [
            a for page in pdf.pages for a in page.get("/Annots", ()) if "Note" in str(a.get("/Contents"))
        ]
        assert [str(link.Contents) for link in links] == ["Note 1", "Note 2"]
        assert all(str(link.Dest) in names for link in links)
