"""Styles: their settings, and what their pages keep to."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from ctypes import c_double
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pypdfium2
import pypdfium2.raw as raw
import pytest
from msgspec import structs
from PIL import Image

from exporter import resources
from exporter.backends.pdf import chart, fit, font_files, fonts, structure, style
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.options import Settings
from exporter.editions.selection import Selected
from exporter.errors import UsageError
from exporter.model import build, dates
from exporter.model.article import Article, Asset, Cell, Figure, Table, Teaser
from exporter.model.build import paragraph
from tests import fonts as fonts_for_tests
from tests import kitchen_sink
from tests.rendering import kitchen_sink_pdf, render_pdf

from .samples import article

STYLES = sorted(resources.styles())
ONE = [pytest.param(name, marks=() if name == "newspaper" else pytest.mark.conformance) for name in STYLES]
"""The style with most rules in every run, the others in conformance runs."""


def own(folder: Path, toml: str, css: str = "") -> str:
    (folder / "style.toml").write_text(toml)
    (folder / "print.css").write_text(css)
    return str(folder)


def render(name: str, *articles: Article, report: Report | None = None, **settings: object) -> bytes:
    edition = compile_edition(Selected(articles or (article("One"),), ()), title="Tests")
    return render_pdf(edition, Settings(style=name, **settings), report).data  # type: ignore[arg-type]


def font_names(data: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        cases = [page.Resources.get("/Font", {}) for page in pdf.pages]
        return {str(font.BaseFont).partition("+")[2] for case in cases for font in dict(case).values()}


# -- Settings ----------------------------------------------------------------------------


def test_a_style_without_settings_has_the_usual_ones(tmp_path: Path) -> None:
    assert style.load(str(tmp_path)) == style.Style()


@pytest.mark.parametrize(
    ("text", "says", "remedy"),
    [
        ('artcles = "page"', "artcles", "'articles'"),
        ("[text]\nleadin = 12", "leadin", "'leading'"),
        ("[color]\nink = '#000000'", "color", "'colours'"),
        ('articles = "flaw"', "articles cannot be 'flaw'", "docs/styles.md"),
        ("articles = ", "style.toml", "docs/styles.md"),
        ("text = 10", "text must be a table", "docs/styles.md"),
        ("[text]\nsize = 2", "text.size must be at least 6", "docs/styles.md"),
        ("[columns]\ncount = 9", "columns.count must be at most 4", "docs/styles.md"),
        ("[margins]\ntop = 'wide'", "margins.top must be a number", "docs/styles.md"),
        ("[colours]\nink = 'red'", "colours.ink must be a colour such as #8a1c1c", "docs/styles.md"),
        ("[fonts]\nserif = 'a;b'", "fonts.serif must be the name of a font family", "docs/styles.md"),
        ("[text]\nsize = 12\nleading = 11", "text.leading", "docs/styles.md"),
        ('paper = "A5"\n[margins]\ninside = 50\noutside = 50', "leave less than 60 mm", "docs/styles.md"),
    ],
)
def test_settings_that_are_off_are_told(tmp_path: Path, text: str, says: str, remedy: str) -> None:
    with pytest.raises(UsageError) as caught:
        style.load(own(tmp_path, text))
    assert says in str(caught.value)
    assert remedy in caught.value.remedy


def test_a_copied_style_is_changed_by_its_settings_alone(tmp_path: Path) -> None:
    shutil.copytree(resources.style("digest"), tmp_path / "mine")
    file = tmp_path / "mine" / "style.toml"
    text = file.read_text()
    for pattern, value in (
        (r"inside = \d+", "inside = 60"),
        ('serif = ".*"', 'serif = "Spectral"'),
        (r"(?m)^size = .*", "size = 13"),
    ):
        text, count = re.subn(pattern, value, text)
        assert count == 1
    file.write_text(text)
    words = article("One", paragraph(["The quay is open again. " * 40]))
    before, after = render("digest", words), render(str(tmp_path / "mine"), words)
    assert "Plex-Serif-Set" in font_names(before)
    assert not any("Plex-Serif-Set" in name for name in font_names(after))
    assert "Spectral-Set" in font_names(after)
    edges = []
    for data in (before, after):
        with pypdfium2.PdfDocument(data) as document:
            text_page = document[2].get_textpage()
            start = text_page.get_text_range().index("The quay")
            left, bottom, _, top = text_page.get_charbox(start)
            edges.append((left, top - bottom))
    assert edges[1][0] - edges[0][0] == pytest.approx((60 - 36) * style.POINT, abs=1)
    assert edges[1][1] > edges[0][1]


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("paper", ["A4", "A5", "Letter"])
def test_pages_hold_a_whole_number_of_lines(name: str, paper: style.Paper) -> None:
    _, height, leading = style.load(name).measure(paper)
    assert height % leading == pytest.approx(style.SLACK, abs=0.02)


def test_a_style_brings_its_own_fonts(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    for face in font_files.packaged():
        if face.family == "Spectral":
            shutil.copy(face.path, tmp_path / "fonts" / f"x{face.path.name}")
    report = Report()
    data = render(own(tmp_path, '[fonts]\nserif = "Spectral"'), report=report)
    assert report.findings == ()
    assert "Spectral-Set" in font_names(data)
    assert "xSpectral" in str(fonts.choose((), (), style.families(str(tmp_path), style.load(str(tmp_path)))))


def test_fonts_that_are_missing_or_broken_are_named(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "Torn.ttf").write_bytes(b"\0\1\0\0torn")
    report = Report()
    toml = '[fonts]\nserif = "Torn"\nsans = "No Such Face"\nmono = "IBM Plex Mono"'
    data = render(own(tmp_path, toml), report=report)
    assert [(f.id, f.detail) for f in report.findings] == [
        ("font-missing", "Torn"),
        ("font-missing", "No Such Face"),
    ]
    assert "Plex-Serif-Set" in font_names(data)


def test_text_too_pale_to_read_is_told(tmp_path: Path) -> None:
    report = Report()
    render(own(tmp_path, '[colours]\nquiet = "#999999"'), report=report)
    (finding,) = report.findings
    assert finding.id == "style-problem"
    assert "quiet #999999 has a contrast of 2.8" in finding.detail


def test_the_engine_counts_lines_as_the_styles_file_does(tmp_path: Path) -> None:
    report = Report()
    render(own(tmp_path, "", "p { color: red }\n\nh1 { colour: red }\n"), report=report)
    (finding,) = report.findings
    assert finding.id == "style-problem"
    assert finding.where == f"{tmp_path}/print.css"
    assert "`colour: red ` in line 3," in finding.detail


# -- Colours -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", STYLES)
def test_every_text_is_dark_enough(name: str) -> None:
    assert list(style.load(name).faint()) == []
    assert style.contrast("#767676") == pytest.approx(4.54, abs=0.01)  # as WCAG's own examples have it


@pytest.mark.parametrize("name", [*STYLES, "_shared"])
def test_styles_take_their_colours_from_the_settings(name: str) -> None:
    css = (resources.style("digest").parent / name / "print.css").read_text()
    rules = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|device-cmyk)a?\(", rules) == []


# -- The grid ----------------------------------------------------------------------------


class Letter(NamedTuple):
    """A character on a page: its baseline from the top, from the left, and its size, in points."""

    page: int
    x: float
    y: float
    size: float


def letters(data: bytes) -> Iterator[Letter]:
    x, y, matrix = c_double(), c_double(), raw.FS_MATRIX()
    with pypdfium2.PdfDocument(data) as document:
        for number, page in enumerate(document):
            text, height = page.get_textpage(), page.get_height()
            for i in range(text.count_chars()):
                if not chr(raw.FPDFText_GetUnicode(text, i)).isspace():
                    raw.FPDFText_GetCharOrigin(text, i, x, y)
                    raw.FPDFText_GetMatrix(text, i, matrix)
                    size = raw.FPDFText_GetFontSize(text, i) * abs(matrix.d)
                    yield Letter(number, x.value, height - y.value, size)


@pytest.mark.parametrize("name", ["digest", "book"])
def test_all_running_text_stands_on_one_grid(name: str) -> None:
    """Through headings, lists, tables, code, images and other scripts, on left and right pages."""
    settings = style.load(name)
    data = kitchen_sink_pdf(name).data
    lines = {letter.y for letter in letters(data) if abs(letter.size - settings.text.size) < 0.05}
    assert len(lines) > 20
    first = min(lines)
    off = [(y - first) % settings.text.leading for y in lines]
    assert max(min(o, settings.text.leading - o) for o in off) < 0.15


ODD = (
    ("ko", "마을 텃밭에 감자", {"ascent": 2600, "descent": 1400}),
    ("ko", "두물머리 나루", {"ascent": 300, "descent": 20}),
    ("ja", "つぎの市は日よう", {"ascent": 2600, "descent": 900, "units": 2048, "top": 1900}),
    ("zh", "水旁集市今天开门", {"features": fonts_for_tests.BASELINES}),
    ("ko", "水레방아 옆길", {"top": 400}),
    ("hi", "नदी के पास नया पुल", {"top": 300}),
    ("ko", "숲속 책방", {"ascent": 2600, "descent": 1400, "features": fonts_for_tests.BASELINES}),
)
"""Words with the fonts that have their letters, which would push lines apart by their heights, their
baselines, or by outlines from which baselines are guessed. Those of the last are in a collection."""


@pytest.mark.parametrize("name", ONE)
def test_fonts_of_other_scripts_leave_lines_on_the_grid(name: str, tmp_path: Path) -> None:
    """Whatever heights and baselines the system's fonts have, alone in a line and beside Latin."""
    texts = []
    for number, (language, words, features) in enumerate(ODD):
        output = fonts_for_tests.font(f"Odd {number}", {*words} - {" "}, **features)  # type: ignore[arg-type]
        if words == ODD[-1][1]:
            plain = fonts_for_tests.font("Plain", {*words} - {" "})
            fonts_for_tests.collection(tmp_path / f"Odd{number}.ttc", plain, output)
        else:
            output.save(tmp_path / f"Odd{number}.ttf")
        own = build.paragraph([f"“{words}”, 13 (1). {words}? " * 5])
        neighbour = build.paragraph([f"The fair at the mill, “{words}”, is {words} open. " * 4])
        texts.append(article(f"Fair {number}", (*own, *neighbour), language=language))
    report = Report()
    with fonts_for_tests.installed(tmp_path):
        data = render(name, *texts, report=report)
    assert [finding for finding in report.findings if finding.id == "glyph-missing"] == []
    assert {f"Odd{number}-Set" for number in range(len(ODD) - 1)} <= font_names(data)
    leading = style.load(name).text.leading
    by_page: dict[int, set[float]] = {}
    for letter in letters(data):
        if letter.page > 1 and abs(letter.size - style.load(name).text.size) < 0.05:
            by_page.setdefault(letter.page, set()).add(letter.y)
    steps = [low - high for lines in by_page.values() for high, low in pairwise(sorted(lines))]
    if name == "newspaper":  # columns of unequal length move what comes after them
        steps = [step for step in steps if step < 1.5 * leading]
    assert len(steps) > 10
    assert max(abs(step - leading * round(step / leading)) for step in steps) < 0.02


def test_lines_of_columns_meet() -> None:
    settings = style.load("newspaper")
    words = " ".join(f"word{n}" for n in range(700))
    data = render(
        "newspaper", article("One", build.paragraph([words])), article("Two", build.paragraph([words]))
    )
    width, _, _ = settings.measure(None)
    matches: dict[int, set[float]] = {}
    for letter in letters(data):
        if letter.page == 2 and abs(letter.size - settings.text.size) < 0.05:
            column = int((letter.x + 1 - settings.margins.inside * style.POINT) // (width / 3))
            matches.setdefault(column, set()).add(round(letter.y, 1))
    assert sorted(matches) == [0, 1, 2]
    assert len(matches[0]) > 30
    assert matches[1] <= matches[0]
    assert matches[2] <= matches[0]


@pytest.mark.parametrize("name", ["digest", "book"])
def test_a_notes_number_is_as_large_as_the_text_asks(name: str) -> None:
    note = build.note(build.paragraph(["Below the line."]))
    data = render(name, article("One", build.paragraph(["A quay", *note, " opens."])))
    settings = style.load(name)
    with pypdfium2.PdfDocument(data) as document:
        page = next(p for p in document if "A quay" in p.get_textpage().get_text_range())
        text, matrix = page.get_textpage(), raw.FS_MATRIX()
        call = text.get_text_range().index("A quay") + len("A quay")
        raw.FPDFText_GetMatrix(text, call, matrix)
        size = raw.FPDFText_GetFontSize(text, call) * abs(matrix.d)
    # Both fonts have raised figures of their own, which are small at the text's full size.
    assert abs(size - settings.text.size) < 0.1


@pytest.mark.parametrize("name", STYLES)
def test_running_heads_keep_to_one_line(name: str) -> None:
    """However long a title is, head and edition stand beside each other and are not broken."""
    title = "The harbour master opens the old swing bridge again after eleven long months of repair"
    body = build.paragraph(["The quay is open to all. " * 600])
    edition = compile_edition(
        Selected((article(title, body),), ()), title="A digest of all the harbours from north to south"
    )
    data = render_pdf(edition, Settings(style=name)).data
    settings = style.load(name)
    tops: dict[int, set[float]] = {}
    for letter in letters(data):
        if letter.y < settings.margins.top * style.POINT and letter.page > 1:
            tops.setdefault(letter.page, set()).add(round(letter.y))
    assert tops
    assert all(len(lines) == 1 for lines in tops.values())


# -- Tables ------------------------------------------------------------------------------


def test_a_table_of_short_cells_is_narrow_and_none_gets_more_lines() -> None:
    def table(*lines: tuple[str, ...]) -> Table:
        return Table(tuple(tuple(Cell(build.paragraph([text])) for text in line) for line in lines), 1)

    short = table(("Menge", "Zutat"), ("400 g", "Weizenmehl"), ("1 TL", "Kümmel, Salz nach Gefühl"))
    long = table(("Term", "Meaning"), ("quay", "a wall to land at " * 30))
    assert 15 < fit.breadth(short) < 30
    assert fit.breadth(long) > 100
    assert fit.breadth(Table(((Cell(build.paragraph(["one"]), colspan=2),),), 0)) == 0
    with pypdfium2.PdfDocument(render("newspaper", article("One", (short,)))) as document:
        said = [p.get_textpage().get_text_range() for p in document]
    assert any("Kümmel, Salz nach Gefühl" in text for text in said)  # on one line still


# -- Images and briefs of a newspaper ------------------------------------------------------


def _picture(width: int, height: int) -> Asset:
    buffer = io.BytesIO()
    Image.new("L", (width, height), 120).save(buffer, "PNG")
    data = buffer.getvalue()
    return Asset(sha256(data).hexdigest(), "image/png", width, height, "", data)


@pytest.mark.parametrize(
    ("width", "height", "columns"),
    [(1600, 500, 3), (1600, 1000, 2), (500, 400, 2), (250, 300, 1), (900, 1500, 1)],
)
def test_images_fill_columns(width: int, height: int, columns: int) -> None:
    settings = style.load("newspaper")
    across, _, _ = settings.measure(None)
    gap = settings.columns.gap * style.POINT
    span, neighbour = settings.span(width, height, None)
    assert span == pytest.approx((across + gap) / 3 * columns - gap)
    assert neighbour == (columns < 3)
    asset = _picture(width, height)
    data = render("newspaper", article("One", (Figure(asset.id, "a quay"),), assets=(asset,)))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        drawn = [
            [float(x) for x in operands]
            for page in pdf.pages
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "cm"
        ]
    # It covers its box, whose height is a whole number of lines: a little may be cut away.
    assert any(-0.6 < m[0] * style.PIXEL - span < 10 for m in drawn), drawn


def test_briefs_of_a_newspaper_stand_side_by_side_whole() -> None:
    teasers = [Teaser(title=f"Brief {n}", summary=f"Said{n} " + "word " * 30) for n in range(6)]
    long = Teaser(title="Brief 6", summary="Said6 " + "word " * 3000 + "end.")
    edition = compile_edition(Selected((article("One"),), (*teasers, long)), title="Tests")
    assert len(edition.briefs) == 7
    with pypdfium2.PdfDocument(render_pdf(edition, Settings(style="newspaper")).data) as document:
        (page,) = (p for p in document if "Said0" in p.get_textpage().get_text_range())
        text = page.get_textpage()
        said = text.get_text_range()
        places = [text.get_charbox(said.index(f"Brief {n}"))[:2] for n in range(6)]
        words = sum(p.get_textpage().get_text_range().count("word") for p in document)
    assert len({round(x) for x, _ in places}) == 3
    assert len({round(y) for _, y in places}) == 2
    # One that is longer than a page is not kept whole, and loses nothing.
    assert words == 6 * 30 + 3000


def test_an_image_too_small_or_too_tall_for_columns_keeps_its_shape() -> None:
    settings = style.load("newspaper")
    assert settings.span(60, 40, None) == (0, False)
    assert settings.span(900, 4000, None) == (0, False)
    assert style.load("digest").span(900, 400, None) == (0, False)


# -- At a glance -------------------------------------------------------------------------


def _published(*days: str, window: str = "") -> Edition:
    output = tuple(structs.replace(article(f"On {day}"), published=day) for day in days)
    query = dates.Window(*map(date.fromisoformat, window.split()))
    return compile_edition(Selected(output, ()), title="Tests", window=query)


@pytest.mark.parametrize(
    ("days", "window", "caption", "bars", "ends"),
    [
        ("2021-07-01 2021-07-03 2021-07-03", "", "a day, at most 2", 3, "1 Jul 2021 to 3 Jul 2021"),
        ("2021-07-05", "2021-07-01 2021-08-31", "a day, at most 1", 62, "1 Jul 2021 to 31 Aug 2021"),
        ("2021-07-05", "2021-07-01 2021-09-01", "a week, at most 1", 10, "28 Jun 2021 to 30 Aug 2021"),
        ("2021-07-05 2021-07", "2021-01-01 2022-12-31", "a month, at most 2", 24, "Jan 2021 to Dec 2022"),
        ("1990 2021-07", "", "a year, at most 1", 32, "1990 to 2021"),
    ],
)
def test_bars_stand_for_days_weeks_months_or_years(
    days: str, window: str, caption: str, bars: int, ends: str
) -> None:
    drawn = chart.chart(_published(*days.split(), window=window))
    assert drawn is not None
    assert drawn.caption == f"Articles {caption}"
    assert (len(drawn.bars), f"{drawn.first} to {drawn.last}") == (bars, ends)
    assert max(drawn.bars) == 1


def test_the_chart_is_told_in_words() -> None:
    drawn = chart.chart(_published("2021-07-01", "2021-07-03", "2021-07-03"))
    assert drawn is not None
    assert drawn.words == "Articles a day. 1 July 2021: 1; 3 July 2021: 2."
    assert drawn.bars == [0.5, 0, 1]
    busy = _published(
        *(f"2021-{month:02}-{day:02}" for month in (7, 8) for day in range(1, 29)), "2021-07-09"
    )
    drawn = chart.chart(busy)
    assert drawn is not None
    assert drawn.words == "Articles a day. At most 2, on 9 July 2021; some in 56 of 59."


@pytest.mark.parametrize(
    "days", [("2021-07-01",), ("2021-07-01", "2021-07-02"), ("0001-01-01", "2021-07-01")]
)
def test_few_days_or_ages_have_no_chart(days: tuple[str, ...]) -> None:
    assert chart.chart(_published(*days)) is None


@pytest.mark.parametrize("name", STYLES)
def test_the_front_page_shows_the_chart_and_says_it(name: str) -> None:
    edition = _published("2021-07-01", "2021-07-03", "2021-07-05")
    with pikepdf.open(io.BytesIO(render_pdf(edition, Settings(style=name)).data)) as pdf:
        front = pdf.pages[0]
        described = [
            str(element.Alt)
            for element in structure.elements(pdf.Root.StructTreeRoot)
            if element.get("/S") == "/Figure" and "/Alt" in element
        ]
        assert described == ["Articles a day. 1 July 2021: 1; 3 July 2021: 1; 5 July 2021: 1."]
        operators = [str(operator) for _, operator in pikepdf.parse_content_stream(front)]
        assert operators.count("re") >= 3  # the bars are drawn, not painted as an image
        assert "/Image" not in [x.Subtype for x in dict(front.Resources.get("/XObject", {})).values()]


# -- In black alone ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ONE)
def test_a_black_file_has_no_colour(name: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 30)).save(buffer, "PNG")
    red = Asset(sha256(buffer.getvalue()).hexdigest(), "image/png", 60, 40, "", buffer.getvalue())
    shown = article(
        "One", (Figure(red.id, "red"), *kitchen_sink.edition().entries[0].article.blocks), assets=(red,)
    )
    # Days enough for a chart.
    more = (article(f"No {n}", published=f"2021-07-0{n}") for n in range(1, 4))
    edition = compile_edition(Selected((shown, *more), ()), title="Tests")
    assert _colours(render_pdf(edition, Settings(style=name)).data) - {"grey"}
    assert _colours(render_pdf(edition, Settings(style=name, look="black")).data) == {"grey"}


def _colours(data: bytes) -> set[str]:
    """What a file's pages and their forms paint with: ``grey`` where red, green and blue are as one."""
    matches = set()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        streams = [page.obj for page in pdf.pages] + [o for o in pdf.objects if isinstance(o, pikepdf.Stream)]
        for stream in streams:
            if stream.get("/Subtype") == "/Image":
                matches.add("grey" if stream.ColorSpace == "/DeviceGray" else str(stream.ColorSpace))
            elif stream.get("/Type") == "/Page" or stream.get("/Subtype") == "/Form":
                for operands, operator in pikepdf.parse_content_stream(stream):
                    if str(operator) in ("rg", "RG"):
                        matches.add("grey" if len({*map(float, operands)}) == 1 else f"{list(operands)}")
                    elif str(operator) in ("k", "K", "sc", "SC", "scn", "SCN", "sh"):
                        matches.add(str(operator))
    return matches


# -- Lines -------------------------------------------------------------------------------


def _lines(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [line for page in document for line in page.get_textpage().get_text_range().splitlines()]


@pytest.mark.parametrize("name", STYLES)
def test_long_addresses_break_at_their_seams_and_are_copied_whole(name: str) -> None:
    address = (
        "https://papers.example/2021/the-harbour-quay/" + "opened?again=after&eleven=months/" * 9 + "end"
    )
    body = build.paragraph(["See ", *build.link(address, [address]), " there."])
    lines = _lines(render(name, article("One", body)))
    first = next(n for n, line in enumerate(lines) if "https://papers.example/2021" in line)
    last = next(n for n, line in enumerate(lines) if n >= first and "/end" in line)
    assert last > first
    for line, following in zip(lines[first:last], lines[first + 1 :], strict=False):
        assert line.rstrip()[-1] in "/.?=" or following[0] == "&", (line, following)
    assert address in "".join(lines[first : last + 1])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "「橋は、開いた」と、港の人は言った。（三月、朝。）、船ー船、"),
        ("zh", "“桥，开了。”港口的人说：《三月》，早上。（船）！"),
    ],
)
def test_no_line_begins_with_what_ends_a_phrase(language: str, text: str) -> None:
    body = build.paragraph([text * 30])
    lines = _lines(render("newspaper", article("One", body, language=language)))
    lines = [line for line in lines if len(line) > 8 and line[:3] in text * 2]
    assert len(lines) > 10
    assert [line for line in lines if line[0] in "、。」）”》，！：ー"] == []
    assert [line for line in lines if line.rstrip()[-1] in "「（“《"] == []


@pytest.mark.parametrize("name", STYLES)
def test_small_capitals_are_the_fonts_own_or_none(name: str) -> None:
    css = fonts.choose((), (), style.families(name, style.load(name))).css()
    details = re.search("--small-caps: ([a-z-]+);", css)
    assert details is not None
    assert details[1] == ("all-small-caps" if style.load(name).fonts.serif == "Spectral" else "normal")
    own = (resources.style(name) / "print.css").read_text() + resources.shared_style("print.css")
    assert set(re.findall(r"font-variant-caps: ([^;]+);", own)) <= {"var(--small-caps)"}
