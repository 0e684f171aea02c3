"""The PDF backend, judged by the file: its pages, text, destinations, outline, tags and bytes."""

from __future__ import annotations

import hashlib
import io
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.metadata import version
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

import exporter
from exporter.backends.common.images import prepare
from exporter.backends.common.system_fonts import system_files
from exporter.backends.pdf import font_files, fonts
from exporter.backends.pdf.assets import Resource
from exporter.backends.pdf.layout import Fetcher, lay_out, printed
from exporter.backends.registry import Product, render_checked
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.options import Settings
from exporter.editions.selection import Selected
from exporter.errors import IncompleteError, MissingLibrary
from exporter.model.article import (
    Article,
    Asset,
    Block,
    Cell,
    CodeBlock,
    Emphasis,
    Figure,
    Link,
    ListBlock,
    Note,
    Paragraph,
    Quote,
    Strong,
    Table,
    Teaser,
    Text,
)
from exporter.model.build import link, paragraph
from exporter.model.visit import texts
from tests import kitchen_sink
from tests.backends.margins import outside
from tests.checkers import qpdf, verapdf
from tests.rendering import kitchen_sink_pdf, render_pdf


def article(title: str, *blocks: Block, language: str = "en", assets: tuple[Asset, ...] = ()) -> Article:
    return Article(
        title=title,
        source="Test Post",
        language=language,
        published="2021-05-01",
        blocks=blocks,
        assets=assets,
        origin=kitchen_sink.origin(f"{title[:20]}.md"),
    )


def edition(*articles: Article) -> Edition:
    return compile_edition(Selected(articles, ()), title="Tests", group="none")


def render(*articles: Article, report: Report | None = None, style: str = "digest") -> bytes:
    return render_pdf(edition(*articles), Settings(style=style), report or Report()).data


def pages(data: bytes) -> list[str]:
    """The text of each page. The engine's hyphens at line ends come out as U+FFFE."""
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range() for page in document]


def letters(text: str) -> str:
    """Only what a reader reads out: no spaces, hyphens or line breaks."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


@pytest.fixture(scope="module")
def sink() -> Edition:
    return kitchen_sink.edition()


@pytest.fixture(scope="module")
def report() -> Report:
    return Report()


@pytest.fixture(scope="module")
def product(sink: Edition, report: Report) -> Product:
    return render_pdf(sink, Settings(), report)


@pytest.fixture(scope="module")
def opened(product: Product) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(product.data)) as pdf:
        yield pdf


# -- Complete ----------------------------------------------------------------------------


def test_every_entry_and_brief_stands_where_it_is_located(sink: Edition, product: Product) -> None:
    text = pages(product.data)
    with pikepdf.open(io.BytesIO(product.data)) as pdf:
        front = [page.label for page in pdf.pages].index("1")
        assert [page.label for page in pdf.pages][:front] == ["i", "ii"]
    for anchor, title in [(e.anchor, e.article.title) for e in sink.entries] + [
        (b.anchor, b.teaser.title) for b in sink.briefs
    ]:
        if not re.search("[\u0600-\u06ff]", title):  # extraction reorders Arabic ligatures
            assert letters(title) in letters(text[front + int(product.locations[anchor]) - 1]), title


def test_an_entry_that_is_not_in_the_file_is_missed(sink: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    from exporter.backends.pdf import finalize

    anchor = sink.entries[2].anchor
    matches = finalize.destinations
    monkeypatch.setattr(
        finalize, "destinations", lambda pdf: {k: v for k, v in matches(pdf).items() if k != anchor}
    )
    with pytest.raises(IncompleteError, match="1 of 10 articles are not in the pdf file"):
        render_pdf(sink)


def test_no_word_is_lost(sink: Edition, product: Product) -> None:
    # Without figures: the numbers of notes stand between the words.
    text = re.sub(r"\d", "", letters("".join(pages(product.data))))
    for entry in sink.entries:
        for piece in texts(entry.article.blocks):
            words = re.sub(r"\d", "", letters(piece))
            if entry.article.language == "ar":
                assert not Counter(words) - Counter(text)
            else:
                assert words in text, piece
    for brief in sink.briefs:
        assert letters(brief.teaser.summary) in text
    for shown in ("Also in: Coast Courier, 3 May", "May 2021; Valley Post"):
        assert re.sub(r"\d", "", letters(shown)) in text


def test_contents_tell_the_true_pages(sink: Edition, product: Product, opened: pikepdf.Pdf) -> None:
    shown: dict[str, set[str]] = {}
    with pypdfium2.PdfDocument(product.data) as document:
        page, text = opened.pages[1], document[1].get_textpage()
        width, _ = document[1].get_size()
        for annotation in page.Annots:
            _, bottom, _, top = map(float, annotation.Rect)
            middle = (bottom + top) / 2
            end = text.get_text_bounded(0.8 * width, middle - 2, width, middle + 2)
            shown.setdefault(str(annotation.Dest), set()).update(re.findall(r"\d+", end))
    for entry in sink.entries:
        assert shown[entry.anchor] == {product.locations[entry.anchor]}, entry.article.title


def test_outline_is_nested_as_the_parts(sink: Edition, opened: pikepdf.Pdf) -> None:
    with opened.open_outline() as outline:
        tree = [(item.title, [child.title for child in item.children]) for item in outline.root]
    parts = [(part.title, [e.article.title for e in part.entries]) for part in sink.parts]
    assert tree == [*parts, ("In brief", []), ("About this edition", [])]


def test_an_edition_without_parts_has_a_flat_outline() -> None:
    flat = edition(*(article(f"Story {n}", *paragraph(["A few words."])) for n in range(3)))
    data = render_pdf(flat, Settings(style="book")).data
    with pikepdf.open(io.BytesIO(data)) as pdf, pdf.open_outline() as outline:
        assert [i.title for i in outline.root][:3] == [e.article.title for e in flat.entries]
        assert not any(i.children for i in outline.root)


# -- The file ----------------------------------------------------------------------------


def test_metadata_come_from_the_edition(sink: Edition, opened: pikepdf.Pdf) -> None:
    assert opened.Root.ViewerPreferences.DisplayDocTitle, "a window is named by the title, not by the file"
    xmp = opened.open_metadata()
    names = ["Harbour Gazette", "Talbote", "Вечерний листок", "صحيفة المدينة", "마을신문"]
    shown = {
        "dc:format": "application/pdf",
        "dc:identifier": sink.identifier,
        "dc:title": "The Kitchen Sink",
        "dc:description": "Everything there is, once. May 2021. 6 articles from 5 sources, 4 briefs",
        "dc:language": {"en", "de", "ru", "ko", "ar"},
        "dc:creator": ["Ada Lind", "Per Holm"],
        "dc:publisher": set(names),
        "dc:source": "; ".join(names),
        "dc:subject": {"building", "harbour"},
        "dc:date": ["2021-05-31"],
        "dc:coverage": "2021-05-01/2021-05-31",
        "xmp:CreateDate": "2021-06-11T00:00:00Z",
        "xmp:ModifyDate": "2021-06-11T00:00:00Z",
        "xmp:MetadataDate": "2021-06-11T00:00:00Z",
        "xmp:CreatorTool": f"exporter {exporter.__version__}",
        "xmpMM:DocumentID": sink.identifier,
        "pdf:Keywords": "building; harbour",
        "pdf:Producer": f"WeasyPrint {version('weasyprint')}, pikepdf {pikepdf.__version__}",
        "pdfuaid:part": "1",
    }
    assert {name: xmp[name] for name in shown} == shown
    assert len(list(xmp)) == len(shown)
    assert str(opened.Root.Lang) == "en"


def test_the_older_metadata_agree_with_the_newer(opened: pikepdf.Pdf) -> None:
    xmp = opened.open_metadata()
    shown = {
        "/Title": xmp["dc:title"],
        "/Author": "; ".join(xmp["dc:creator"]),
        "/Subject": xmp["dc:description"],
        "/Keywords": xmp["pdf:Keywords"],
        "/Creator": xmp["xmp:CreatorTool"],
        "/Producer": xmp["pdf:Producer"],
    }
    matches = {key: str(value) for key, value in opened.docinfo.items()}
    assert {matches.pop("/CreationDate"), matches.pop("/ModDate")} == {"D:20210611000000+00'00"}
    assert matches == shown


@pytest.mark.parametrize(
    ("style", "paper", "size"),
    [("digest", None, (595, 842)), ("book", None, (420, 595)), ("digest", "Letter", (612, 792))],
)
def test_paper(style: str, paper: str | None, size: tuple[int, int]) -> None:
    small = edition(article("One", *paragraph(["A few words."])))
    data = render_pdf(small, Settings(style=style, paper=paper)).data  # type: ignore[arg-type]
    with pypdfium2.PdfDocument(data) as document:
        assert {tuple(map(round, page.get_size())) for page in document} == {size}


def test_the_kitchen_sink_raises_no_complaint(product: Product, report: Report) -> None:
    assert report.findings == ()


def test_checkers_find_nothing(product: Product, tmp_path: Path) -> None:
    files = [tmp_path / "source.pdf", tmp_path / "day.pdf"]
    files[0].write_bytes(product.data)
    files[1].write_bytes(kitchen_sink_pdf(group="day").data)
    assert qpdf(files) == ""
    assert verapdf("ua1", files) == ""


# -- On the page -------------------------------------------------------------------------


def test_notes_stand_at_the_foot_of_their_page() -> None:
    body = [Paragraph((Text("Alpha" if n else "Bravo, "),)) for n in range(1, 5)]
    noted = Paragraph((Text("Charlie"), Note(paragraph(["Delta at the foot"])), Text(" goes on")))
    data = render(article("Notes", noted, *body))
    with pypdfium2.PdfDocument(data) as document:
        text = document[2].get_textpage()
        heights = {}
        for word in ("Charlie", "Alpha", "Delta"):
            index = text.search(word).get_next()[0]
            heights[word] = text.get_charbox(index)[1]
        assert heights["Charlie"] > heights["Alpha"] > heights["Delta"]
        assert heights["Delta"] < document[2].get_height() / 4


def test_a_note_longer_than_a_page_is_not_cut_short() -> None:
    long = Note(tuple(Paragraph((Text("vast " * 300),)) for _ in range(6)))
    data = render(article("Long note", Paragraph((Text("Here"), long))))
    assert "".join(pages(data)).count("vast") == 1800


def test_tables_stay_on_the_page_and_repeat_their_heads() -> None:
    wide = Table(
        tuple(tuple(kitchen_sink.cell(f"Verwaltungsvorschrift{y}{x}") for x in range(12)) for y in range(3)),
        1,
    )
    data = render(article("Tables", kitchen_sink.table(120), wide))
    text = pages(data)
    assert len([page for page in text if "Morning" in page and "Evening" in page]) >= 3
    assert "".join(text).count(" May") >= 120
    assert outside(data) == []


def test_ragged_tables_keep_every_cell() -> None:
    cell = kitchen_sink.cell
    ragged = Table(
        (
            (cell("ant"), cell("bee"), cell("cow", rowspan=9)),
            (cell("dog", colspan=9),),
            (),
            (cell("elk"),) * 4,
        ),
        1,
    )
    text = "".join(pages(render(article("Ragged", ragged, Table(((cell("fox"),),), 1)))))
    assert Counter(re.findall("ant|bee|cow|dog|elk|fox", text)) == {
        "ant": 1, "bee": 1, "cow": 1, "dog": 1, "elk": 4, "fox": 1,
    }  # fmt: skip


def test_long_words_addresses_and_code_break() -> None:
    address = "https://long.example/" + "path/" * 120
    data = render(
        article(
            "Long",
            Paragraph((Text("ж" * 10_000),)),
            Paragraph((Text("가" * 3_000),)),
            Paragraph((Link(address, (Text(address),)),)),
            CodeBlock("ю" * 900 + "\n    indented"),
        )
    )
    text = "".join(pages(data)[2:-1])
    assert [text.count(word) for word in ("ж", "가", "path", "ю")] == [10_000, 3_000, 120, 900]
    assert outside(data) == []


def test_deep_nesting_keeps_its_words() -> None:
    bottom: tuple[Block, ...] = (Paragraph((Text("bottom"),)),)
    lists, quotes, tables = bottom, bottom, bottom
    marks: tuple[Text | Emphasis | Strong, ...] = (Text("bottom"),)
    for n in range(64):
        lists = (Paragraph((Text(f"item{n:02}"),)), ListBlock((lists,)))
        quotes = (Quote(quotes),)
        tables = (Table(((Cell(tables),),)),)
        marks = ((Emphasis, Strong)[n % 2](marks),)
    data = render(article("Deep", *lists, *quotes, *tables, Paragraph(marks)))
    text = "".join(pages(data))
    assert text.count("bottom") == 4
    assert len(re.findall(r"item\d\d", text)) == 64
    assert outside(data) == []


def test_a_title_of_5000_characters_stands_whole_once() -> None:
    title = "A title without an end " * 217
    data = render(article(title.strip(), *paragraph(["Body."])))
    assert "".join(pages(data)).count("without an end") in range(217, 235)
    with pikepdf.open(io.BytesIO(data)) as pdf, pdf.open_outline() as outline:
        assert len(outline.root[0].title) <= 150
        assert outline.root[0].title.endswith("…")


def test_korean_breaks_between_words() -> None:
    words = ["아침부터모인", "이웃들은흙을털고", "크기를재며", "서로의솜씨를칭찬하였다"]
    data = render(article("한국어", *paragraph([" ".join(words * 30)]), language="ko"), style="book")
    lines = [line.strip() for line in pages(data)[2].splitlines() if "이웃" in line or "서로" in line]
    assert lines
    for line in lines:
        assert set(line.split()) <= set(words), line
    assert "\u2060" not in "".join(pages(data))


def test_links_between_articles_of_the_edition_stay_inside() -> None:
    first = article("First", *paragraph([*link("https://papers.example/second", ["see the second"])]))
    second = Article(
        title="Second",
        published="2021-05-02",
        link="https://papers.example/second",
        blocks=paragraph(["Here."]),
        origin=kitchen_sink.origin("second.md"),
    )
    output = edition(first, second)
    data = render_pdf(output).data
    anchor = next(e.anchor for e in output.entries if e.article.title == "Second")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        inside = [str(a.Dest) for a in pdf.pages[2].Annots if "/Dest" in a]
        assert inside == [anchor]
        assert [str(a.Contents) for a in pdf.pages[2].Annots if "/Dest" in a] == ["Second"]


# -- Characters and fonts ----------------------------------------------------------------


def test_characters_without_a_font_are_named_and_marked() -> None:
    report = Report()
    data = render(article("Signs", *paragraph(["Linear B \U00010000\U00010001 and Plex"])), report=report)
    (finding,) = [f for f in report.findings if f.id == "glyph-missing"]
    assert finding.where == "Signs.md"
    assert "U+10000" in finding.detail
    assert "Linear B" in finding.detail
    assert "Linear B ◊◊ and Plex" in "".join(pages(data))


def test_what_no_page_shows_needs_no_font() -> None:
    asset, report = kitchen_sink.picture(), Report()
    figure = Figure(asset.id, "A tablet in Linear B: \U00010002", (Text("A tablet"),))
    data = render(article("Tablet \U00010000", figure, assets=(asset,)), report=report)
    assert "U+10002" not in report.findings[0].detail
    with pikepdf.open(io.BytesIO(data)) as pdf, pdf.open_outline() as outline:
        assert outline.root[0].title == "Tablet \U00010000"
        assert any(
            b"\xd8\x00\xdc\x02" in bytes(o.Alt)
            for o in pdf.objects
            if isinstance(o, pikepdf.Dictionary) and "/Alt" in o
        )


def test_every_font_in_the_file_is_embedded_and_known(opened: pikepdf.Pdf) -> None:
    families = {
        str(font.BaseFont).partition("+")[2]
        for page in opened.pages
        for font in page.Resources.Font.values()
        if "/BaseFont" in font
    }
    assert any("Plex-Serif" in name for name in families)
    known = tuple({face.family.replace(" ", "-") for face in font_files.packaged()})
    plexless = {name for name in families if not name.startswith(known)}
    assert all(name.replace("-", "")[:5] in "".join(system_files()) for name in plexless), plexless


def test_coverage_tells_the_scripts_that_plex_has() -> None:
    covered = fonts.coverage()
    assert covered["Latin"] == covered["Cyrillic"] == "Plex Serif"
    assert covered["Greek"] == "Plex Sans"
    assert covered["Arabic"] == "Plex Sans Arabic"
    assert set(covered) == set(fonts.SCRIPTS)


# -- Nothing from outside ----------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["file:///etc/hostname", "http://pictures.example/a.png", "data:image/png;base64,AAAA", "exporter:none"],
)
def test_the_fetcher_serves_the_edition_alone(address: str) -> None:
    with pytest.raises(ValueError, match="not part of the edition"):
        Fetcher({"exporter:a": Resource(b"a", "text/plain")}).fetch(address)


def test_layout_reads_no_file(tmp_path: Path) -> None:
    picture = tmp_path / "secret.png"
    Image.new("RGB", (40, 40), (200, 0, 0)).save(picture)
    html = (
        f'<html lang="en"><head><title>T</title><base href="{tmp_path.as_uri()}/">'
        f'<link rel="attachment" href="{picture.as_uri()}"></head>'
        f'<body><img alt="a" src="{picture.as_uri()}"><img alt="b" src="secret.png"></body></html>'
    )
    own = fonts.choose(())
    css = f'{own.css()} body {{ background: url("{picture.as_uri()}") }}'
    laid = printed(html, css, own.resources())
    assert any("not part of the edition" in message for _, message in laid.complaints)
    with pikepdf.open(io.BytesIO(laid.data)) as pdf:
        assert "/XObject" not in pdf.pages[0].Resources or not pdf.pages[0].Resources.XObject
        assert not pdf.attachments


def test_a_style_of_ones_own_that_is_off_is_told(tmp_path: Path) -> None:
    (tmp_path / "print.css").write_text("@page { size: A5 } p { colour: red }")
    report = Report()
    render_checked(edition(article("One", *paragraph(["x"]))), "pdf", Settings(style=str(tmp_path)), report)
    (finding,) = report.findings
    assert finding.id == "style-problem"
    assert "colour" in finding.detail


# -- Images ------------------------------------------------------------------------------


def image_asset(image: Image.Image, kind: str, **options: object) -> Asset:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    data = buffer.getvalue()
    return Asset(hashlib.sha256(data).hexdigest(), Image.MIME.get(kind, ""), *image.size, "x", data)


@pytest.mark.parametrize("kind", ["WEBP", "BMP", "TIFF"])
def test_kinds_that_files_cannot_hold_are_converted(kind: str) -> None:
    output = prepare(image_asset(Image.new("RGB", (30, 20), (10, 90, 30)), kind))
    assert output is not None
    assert (output.media_type, output.width, output.height) == ("image/jpeg", 30, 20)
    with Image.open(io.BytesIO(output.data)) as image:
        middle = image.convert("RGB").crop((9, 9, 10, 10)).tobytes()
    assert all(abs(a - b) < 8 for a, b in zip(middle, (10, 90, 30), strict=True))


def test_fit_images_pass_byte_for_byte() -> None:
    asset = kitchen_sink.picture()
    output = prepare(asset)
    assert output is not None
    assert output.data == asset.data


def test_images_are_turned_upright_scaled_and_bared() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "where it was taken"
    output = prepare(image_asset(Image.new("CMYK", (3000, 1000), (0, 90, 90, 0)), "JPEG", exif=exif))
    assert output is not None
    assert (output.width, output.height) == (533, 1600)
    assert b"where it was taken" not in output.data
    with Image.open(io.BytesIO(output.data)) as image:
        assert image.mode == "RGB"


def test_animations_and_transparency() -> None:
    frames = [Image.new("P", (20, 20), n) for n in range(3)]
    moving = prepare(image_asset(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert moving is not None
    with Image.open(io.BytesIO(moving.data)) as image:
        assert getattr(image, "n_frames", 1) == 1
    clear = prepare(image_asset(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "WEBP", lossless=True))
    assert clear is not None
    assert clear.media_type == "image/png"


def test_huge_and_odd_images_stay_on_the_page() -> None:
    shapes = [(5000, 400), (300, 6000), (1, 1), (1600, 1600)]
    assets = tuple(image_asset(Image.new("RGB", size, (90, 90, 90)), "PNG") for size in shapes)
    figures = [Figure(asset.id, "A grey field", (Text("Grey"),)) for asset in assets]
    data = render(article("Pictures", *figures, assets=assets), style="book")
    matches = 0
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            width, height = page.get_size()
            for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
                left, bottom, right, top = item.get_bounds()
                matches += 1
                assert left > 20
                assert bottom > 20
                assert right < width - 20
                assert top < height - 20
    assert matches == 4


def test_a_broken_image_costs_its_picture_alone() -> None:
    broken = Asset("0" * 64, "image/png", 10, 10, "torn.png", b"\x89PNG\r\n\x1a\n torn")
    report = Report()
    data = render(
        article(
            "Torn",
            Figure(broken.id, "A torn map", (Text("The map"),)),
            *paragraph(["After."]),
            assets=(broken,),
        ),
        report=report,
    )
    assert [f.id for f in report.findings] == ["image-broken"]
    text = "".join(pages(data))
    assert "The map" in text
    assert "After." in text


def test_briefs_alone_make_a_file() -> None:
    briefs = Selected((), (Teaser("Only a brief", "Short.", "2021-05-01", "Post"),))
    output = compile_edition(briefs, title="Briefs")
    text = "".join(pages(render_pdf(output).data))
    assert "Only a brief" in text
    assert "Short." in text


def test_notes_count_from_one_in_each_article() -> None:
    def noted(title: str, words: str) -> Article:
        return article(title, Paragraph((Text("Text"), Note(paragraph([words])))))

    text = "\n".join(pages(render(noted("First", "Delta"), noted("Second", "Echo"))))
    assert re.search(r"1\.\s+Delta", text)
    assert re.search(r"1\.\s+Echo", text)


def test_a_machine_without_pango_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class Absent(MetaPathFinder):
        def find_spec(self, fullname: str, path: object, target: object = None) -> None:
            if fullname == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [n for n in sys.modules if n.startswith("weasyprint") or n.endswith((".layout", ".fetch"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    with pytest.raises(MissingLibrary, match="libpango") as caught:
        render(article("One", *paragraph(["x"])))
    assert all(tool in caught.value.remedy for tool in ("apt", "dnf", "brew"))


def test_a_missing_subsetter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from exporter.backends.pdf import layout

    monkeypatch.setattr(layout, "SUBSETTER", False)
    report = Report()
    render(article("One", *paragraph(["x"])), report=report)
    assert "subsetter-missing" in report.counts()


def test_what_the_engine_complains_of_is_handed_on() -> None:
    html = '<!DOCTYPE html><html lang="en"><title>t</title><body><a href="#nowhere">x</a></body></html>'
    own = fonts.choose(())
    css = f"{own.css()} p {{ colour: red }} a {{ color: ; }}"
    kinds = {kind for kind, _ in lay_out(html, css, own.resources()).complaints}
    assert kinds == {"style-problem", "layout-problem"}


@pytest.mark.parametrize("css", ["p { float: none; ] }", "p {} @import 'x.css';", "@font-face { src: none }"])
def test_what_is_wrong_with_a_style_is_told_as_such(css: str) -> None:
    html = '<!DOCTYPE html><html lang="en"><title>t</title><body><p>x</p></body></html>'
    own = fonts.choose(())
    laid = lay_out(html, own.css() + css, own.resources())
    assert {kind for kind, _ in laid.complaints} == {"style-problem"}
