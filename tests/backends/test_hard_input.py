"""Input that is hard on a press: very long, very wide, very dense, or a style that is off.

Each case is judged by what a reader would miss: every word in order and within the margins,
heads that come again, notes at the foot of the page that calls them, and a word about what
had to be set in another way.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from exporter import resources
from exporter.backends.pdf import fit, font_files, style, stylecheck, wide_tables, workers
from exporter.diagnostics import Report
from exporter.editions.compile import compile_edition
from exporter.editions.options import Settings
from exporter.editions.selection import Selected
from exporter.model import build
from exporter.model.article import Asset, Block, Cell, Figure, Note, Paragraph, Table, Text
from exporter.model.visit import texts
from tests.backends.margins import outside
from tests.rendering import render_pdf

from .samples import article

STYLES = sorted(resources.styles())
WORDS = "The ferry left the quay at nine with flour and pears for the islands and came back empty. "


def render(
    blocks: Iterable[Block], style: str = "digest", report: Report | None = None, **more: object
) -> bytes:
    text_item = article("Story", tuple(blocks), **more)  # type: ignore[arg-type]
    output = compile_edition(Selected((text_item,), ()), title="Tests", group="none")
    return render_pdf(output, Settings(style=style), report).data


def pages(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def shown(report: Report) -> list[tuple[str, str]]:
    return [(finding.id, finding.detail) for finding in report.findings]


def own(folder: Path, toml: str, css: str = "") -> str:
    (folder / "style.toml").write_text(f'paper = "A5"\n{toml}')
    (folder / "print.css").write_text(css)
    return str(folder)


def cell(text: str, colspan: int = 1) -> Cell:
    return Cell(build.paragraph([text]), colspan=colspan)


# -- Long and short ----------------------------------------------------------------------


@pytest.mark.parametrize("length", [50, pytest.param(200, marks=pytest.mark.conformance)])
def test_a_long_article_comes_out_whole_and_in_order(tmp_path: Path, length: int) -> None:
    count = length * 41 // 10
    large, report = own(tmp_path, "[text]\nsize = 16\nleading = 26"), Report()
    text = pages(render(chain(*(build.paragraph([f"P{n:04} {WORDS}"]) for n in range(count))), large, report))
    assert len(text) > length
    assert [int(n) for n in re.findall(r"P(\d{4})", "".join(text))] == list(range(count))
    assert "".join(text).count("ferry") == count
    assert report.findings == ()


@pytest.mark.parametrize("style", STYLES)
def test_an_article_of_one_word_is_an_article(style: str) -> None:
    report = Report()
    text = pages(render(build.paragraph(["Aye"]), style, report))
    assert ["Aye" in page.split() for page in text].count(True) == 1
    assert report.findings == ()


def test_a_word_of_10000_letters_is_broken_at_the_margin() -> None:
    data = render(build.paragraph([f"Before {'bcdfghjklm' * 1000} after."]), "book")
    matches = re.search(r"Before(.*)after", re.sub(r"\W|\d", "", "".join(pages(data))))
    assert matches
    heads = re.sub("Tests|Story|HarbourGazette|May", "", matches[1], flags=re.IGNORECASE)
    assert heads == "bcdfghjklm" * 1000
    assert outside(data) == []


# -- Tables ------------------------------------------------------------------------------


@pytest.mark.conformance
def test_a_table_of_a_thousand_rows_has_its_head_on_every_page() -> None:
    rows = [(cell("Berth"),), *((cell(f"r{n:04}"),) for n in range(1400))]
    text = pages(render((Table(tuple(rows), 1),), "newspaper"))
    assert [int(n) for n in re.findall(r"r(\d{4})", "".join(text))] == list(range(1400))
    with_rows = [page for page in text if re.search(r"r\d{4}", page)]
    assert len(with_rows) > 20
    assert all(page.count("Berth") == 1 for page in with_rows)


@pytest.mark.parametrize("style", ["book", "newspaper"])
def test_each_value_of_60_columns_can_be_told_by_row_and_column(style: str) -> None:
    report = Report()
    head = tuple(cell(f"H{x:02}") for x in range(60))
    body = tuple(tuple(cell(f"{y}v{x:02}") for x in range(60)) for y in range(3))
    data = render((Table((head, *body), 1, (Text("Tides"),)),), style, report)
    columns: list[int] = []
    named: list[str] = []
    for line in "\n".join(pages(data)).split("\n"):
        if heads := re.findall(r"\bH(\d\d)\b", line):
            named = heads
            columns += map(int, heads[1:])
        elif values := re.findall(r"\b(\d)v(\d\d)\b", line):
            assert [x for _, x in values] == named
            assert len({y for y, _ in values}) == 1
    assert columns == list(range(1, 60))
    ((id, detail),) = shown(report)
    number = re.findall(r"Tides \((\d+)/(\d+)\)", "".join(pages(data)))
    assert [int(n) for n, _ in number] == list(range(1, int(number[0][1]) + 1))
    assert (id, detail) == ("table-divided", f"60 columns, in {number[0][1]} tables")
    assert outside(data) == []


def test_cells_over_many_columns_make_no_column_and_are_said_again_in_each_band() -> None:
    whole = (cell("over all", colspan=100),)
    narrow = fit.blocks((Table(((cell("a"), cell("b")), whole)),))
    assert [[c.colspan for c in row] for row in narrow[0].rows] == [[1, 1], [2]]  # type: ignore[union-attr]
    row = tuple(cell(f"v{n}") for n in range(20))
    noted = Cell((Paragraph((Text("over all"), Note(build.paragraph(["Noted"])))),), colspan=20)
    heard: list[str] = []
    parts = wide_tables.divided(fit.blocks((Table((row, (noted,))),)), 50, heard.append)
    said = [list(texts((part,), notes=True)) for part in parts]
    assert len(parts) > 2
    assert heard == [f"20 columns, in {len(parts)} tables"]
    assert [one[-1] for one in said] == ["over all [Noted]", *["over all"] * (len(parts) - 1)]
    assert [v for one in said for v in one if v.startswith("v") and v != "v0"] == [
        f"v{n}" for n in range(1, 20)
    ]


# -- Images ------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["book", "newspaper"])
def test_an_image_taller_than_the_page_stands_whole_on_one(style: str) -> None:
    buffer = io.BytesIO()
    Image.new("L", (900, 6000), 120).save(buffer, "PNG")
    data = buffer.getvalue()
    tower = Asset(hashlib.sha256(data).hexdigest(), "image/png", 900, 6000, "tower.png", data)
    words = build.paragraph([WORDS * 5])
    output = render(
        (*words, Figure(tower.id, "A tower", (Text("The tower"),)), *words), style, assets=(tower,)
    )
    matches = []
    with pypdfium2.PdfDocument(output) as document:
        for page in document:
            for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
                left, bottom, right, top = item.get_bounds()
                width, height = page.get_size()
                assert min(left, bottom, width - right, height - top) > 20
                assert (top - bottom) / (right - left) == pytest.approx(6000 / 900, rel=0.02)
                matches.append("The tower" in page.get_textpage().get_text_range())
    assert matches == [True]


# -- Notes -------------------------------------------------------------------------------


def noted(count: int, words: str, note: str) -> tuple[Block, ...]:
    notes = (Note(build.paragraph([f"N{n:03} {note}"])) for n in range(count))
    return tuple(Paragraph((Text(f"C{n:03} {words}"), note)) for n, note in enumerate(notes))


def numbers(letter: str, page: str) -> list[int]:
    return [int(n) for n in re.findall(rf"\b{letter}(\d{{3}})\b", page)]


def check_feet(text: list[str], count: int) -> None:
    """Texts and notes are all there in order, each note at the foot of the page of its text, or
    of the one on which that ends."""
    for letter in "CN":
        assert [n for page in text for n in numbers(letter, page)] == list(range(count))
    place = {n: number for number, page in enumerate(text) for n in numbers("N", page)}
    call = {n: number for number, page in enumerate(text) for n in numbers("C", page)}
    assert {n: place[n] - call[n] for n in range(count) if place[n] - call[n] not in (0, 1)} == {}
    for page in text:
        lines = [line for line in page.split("\n") if re.search(r"\b[CN]\d{3}\b", line)]
        assert sorted(lines, key=lambda line: "N" in line and bool(numbers("N", line))) == lines


@pytest.mark.conformance
def test_200_notes_stand_at_the_feet_of_their_pages() -> None:
    report = Report()
    text = pages(render(noted(200, WORDS, "see the letters"), "digest", report))
    check_feet(text, 200)
    assert report.findings == ()


def test_a_line_waits_for_its_notes_and_notes_keep_their_order() -> None:
    """Notes that the engine puts off change places."""
    body = noted(100, (WORDS * 3)[:270], (WORDS * 2)[:95])
    check_feet(pages(render(body, "book")), 100)


@pytest.mark.parametrize(("style", "says"), [("book", True), ("newspaper", False)])
def test_notes_longer_than_their_text_stand_at_its_end(style: str, says: bool) -> None:
    report = Report()
    text = "".join(pages(render(noted(90, "bell", "see the letters of the office"), style, report)))
    assert numbers("C", text) == numbers("N", text) == list(range(90))
    assert text.rfind("C089") < text.find("N000")
    assert shown(report) == ([("notes-at-end", "Story")] if says else [])


def test_notes_stand_at_the_feet_of_pages_in_columns(tmp_path: Path) -> None:
    text = pages(render(noted(40, WORDS * 3, "see the letters"), own(tmp_path, "[columns]\ncount = 3")))
    check_feet(text, 40)
    assert sum(bool(numbers("N", page)) for page in text) > 3


# -- Styles of one's own -----------------------------------------------------------------


BODY = (
    *build.paragraph([WORDS * 3]),
    *build.list_block([build.paragraph(["north"]), build.paragraph(["south"])]),
)


@pytest.mark.conformance
def test_flex_and_grid_in_a_style_are_set_as_blocks_where_they_take_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_spare", {})
    monkeypatch.setenv("EXPORTER_SHEET_SECONDS", "1.5")
    css = "* { display: flex } .part { display: grid; grid-template-columns: 1fr 1fr }"
    name, report = own(tmp_path, "", css), Report()
    table = Table(((cell("east"), cell("west")), (cell("ebb"), cell("flow"))), 1)
    data = render((*BODY, table, *noted(2, WORDS, "see the letters")), name, report)
    words = "".join(pages(data))
    for word in ("north", "south", "east", "west", "ebb", "flow", "N000", "N001"):
        assert words.count(word) == 1
    assert words.count("ferry") == 5
    assert outside(data) == []
    (finding,) = report.findings
    assert (finding.id, finding.where) == ("style-problem", f"{name}/print.css")
    assert "flex and grid were set as blocks" in finding.detail


@pytest.mark.parametrize(
    ("css", "line"),
    [
        ("p { color: black }\n\nh1 { color black; }\n", 3),
        ("p { color: black }\n}\nh1 { color: black }\n", 2),
        ("p { color: black }\n\n\nh1 { color: 'black }\n", 4),
        ("p { color: black }\n/* and so on\n", 2),
        ("p { color: black }\n@media print {\nh1 { color: black }\n", 2),
        ("p { color: black }\nh1( { color: black }\n", 2),
        ("p { color: black }\n\n::: { color: black }\n", 3),
    ],
)
def test_css_that_is_none_is_named_with_its_line(tmp_path: Path, css: str, line: int) -> None:
    name, report = own(tmp_path, "", css), Report()
    style.report_problems(name, style.load(name), report)
    assert {(f.id, f.where) for f in report.findings} == {("style-problem", f"{name}/print.css")}
    assert all(f.detail.endswith(f"in line {line}") for f in report.findings)


def test_css_that_is_sound_passes_as_it_is() -> None:
    for name in STYLES:
        css = resources.own_style(name, "print.css")
        assert stylecheck.check(css) == (css, ())


@pytest.mark.parametrize("css", ["h1 { color: 'black }\n", "p { color: black }\n/* and so on"])
def test_what_a_style_never_closes_swallows_neither_fonts_nor_paper(tmp_path: Path, css: str) -> None:
    report = Report()
    data = render(BODY, own(tmp_path, "", css), report)
    assert [f.id for f in report.findings if "in line" in f.detail] == [f.id for f in report.findings]
    with pypdfium2.PdfDocument(data) as document:
        assert {tuple(map(round, page.get_size())) for page in document} == {(420, 595)}
        texts = document[2].get_objects([pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
        fonts = {text.get_font().get_base_name() for text in texts}
    assert fonts
    assert all("Plex-Serif-Set" in name for name in fonts), fonts


@pytest.mark.parametrize("damage", ["cut short", "scribbled on"])
def test_a_font_file_that_is_not_as_it_was_made_is_not_taken(tmp_path: Path, damage: str) -> None:
    whole = next(face.path for face in font_files.packaged() if face.family == "Spectral").read_bytes()
    middle = len(whole) // 2
    torn = (
        whole[: -len(whole) // 10] if damage == "cut short" else whole[:middle] + b"!" + whole[middle + 1 :]
    )
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "Torn.ttf").write_bytes(torn)
    report = Report()
    data = render(BODY, own(tmp_path, '[fonts]\nserif = "Spectral"'), report)
    assert shown(report) == [("font-missing", "Spectral")]
    assert "ferry" in "".join(pages(data))
