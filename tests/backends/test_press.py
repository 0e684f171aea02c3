"""The press: what is laid out in sections comes out as if it had been laid out in one."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from collections import Counter
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import ImageChops

from exporter import resources
from exporter.backends.pdf import compose, headers_footers, layout, numbering
from exporter.backends.pdf.assets import PLACE, HtmlSection
from exporter.backends.pdf.workers import Press
from exporter.backends.registry import Product, render_checked
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, Grouping, compile_edition
from exporter.editions.options import Settings
from exporter.editions.selection import Selected
from exporter.errors import ExporterError
from exporter.model.article import Article, Teaser
from exporter.model.build import link, paragraph
from tests import kitchen_sink
from tests.one_document import in_one
from tests.rendering import kitchen_sink_pdf

OWN_STYLE = """
@page { size: A5; margin: 2cm; background: #fffbe8;
  @bottom-center { content: counter(page) " of " counter(pages) }
  @top-left { content: string(piece) } @top-right { content: string(part, first-except) } }
@page cover { @bottom-center { content: counter(page, lower-roman) " of " counter(pages) } }
@page contents { @bottom-center { content: counter(page, lower-roman) " of " counter(pages) } }
@page :first { margin-top: 5cm; @top-left { content: "The first" } }
@page :left { margin-left: 3cm; margin-right: 1cm }
@page :right { margin-left: 1cm; margin-right: 3cm }
article { break-before: page } .part-title + article { break-before: auto }
"""


def article(number: int, source: str = "Test Post", length: int = 12) -> Article:
    return Article(
        title=f"Story {number:03} of the quay",
        source=source,
        language="en",
        published=f"2021-05-{number % 28 + 1:02}",
        link=f"https://papers.example/{number}",
        blocks=(
            *paragraph([f"The {n}th boat came in. " * length for n in range(2)]),
            *paragraph([*link(f"https://papers.example/{number + 1}", ["The next story"])]),
        ),
        origin=kitchen_sink.origin(f"{number}.md"),
    )


def edition(*articles: Article, group: Grouping = "source", briefs: int = 0) -> Edition:
    teasers = tuple(Teaser(f"Brief {n}", "Short.", "2021-05-01", "Post") for n in range(briefs))
    return compile_edition(Selected(articles, teasers), title="Tests", group=group)


def assert_alike(one: bytes, other: bytes) -> None:
    """The same pages with the same words in the same places."""
    with pypdfium2.PdfDocument(one) as a, pypdfium2.PdfDocument(other) as b:
        assert len(a) == len(b)
        for number, (x, y) in enumerate(zip(a, b, strict=True), 1):
            words = [Counter(page.get_textpage().get_text_range().split()) for page in (x, y)]
            assert words[0] == words[1], f"page {number}"
            difference = ImageChops.difference(
                *(page.render(scale=1).to_pil().convert("L") for page in (x, y))
            )
            strong = difference.point(lambda v: 255 * (v > 90)).getbbox()
            assert strong is None, f"page {number}: {strong}"


def without_continued(name: str, folder: Path) -> str:
    """A style but for its named string ``continued``, which the engine alone knows nothing of."""
    shutil.copytree(resources.style(name), folder)
    css = (folder / "print.css").read_text()
    assert "string(continued)" in css
    (folder / "print.css").write_text(css.replace("string(continued)", "string(piece, first-except)"))
    return str(folder)


@pytest.fixture
def own_style(tmp_path: Path) -> str:
    (tmp_path / "print.css").write_text(OWN_STYLE)
    return str(tmp_path)


@pytest.fixture(scope="module")
def long() -> Edition:
    """Parts of several sections, contents of several pages."""
    return edition(*(article(n, "Alpha Post" if n % 3 else "Beta Post") for n in range(44)), briefs=3)


@pytest.fixture(scope="module")
def product(long: Edition) -> Product:
    return render_checked(long, "pdf", Settings(style="book"))


@pytest.fixture(scope="module")
def book(product: Product) -> bytes:
    return product.data


# -- As if in one ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "name"), [("source", "digest"), pytest.param("day", "book", marks=pytest.mark.conformance)]
)
def test_pages_are_as_in_one_layout(group: Grouping, name: str, tmp_path: Path) -> None:
    output, settings = (
        kitchen_sink.edition(group),
        Settings(style=without_continued(name, tmp_path / name), cache=True),
    )
    assert_alike(render_checked(output, "pdf", settings).data, in_one(output, settings))


def test_a_style_of_ones_own_need_not_know(own_style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers_footers, "CHUNK", 4)
    output = edition(*(article(n) for n in range(11)), group="none", briefs=2)
    (Path(own_style) / "style.toml").write_text('articles = "page"')
    settings = Settings(style=own_style, cache=True)
    assert_alike(render_checked(output, "pdf", settings).data, in_one(output, settings))


@pytest.mark.conformance
def test_long_editions_are_as_in_one_layout(long: Edition, tmp_path: Path) -> None:
    settings = Settings(style=without_continued("book", tmp_path / "book"), cache=True)
    assert_alike(render_checked(long, "pdf", settings).data, in_one(long, settings))


# -- Sections ----------------------------------------------------------------------------


def test_a_section_depends_on_its_content_alone() -> None:
    same = [article(n, "Alpha Post") for n in range(3)]
    one = compose.compose(edition(*same, article(50, "Zeta Post")), Settings(), Report())
    other = compose.compose(
        edition(*same, *(article(n, "Beta Post") for n in (60, 61))), Settings(), Report()
    )
    assert one.body[0] == other.body[0]
    assert layout.attempt(one.body[0]) == layout.attempt(other.body[0])


def test_what_no_font_has_is_told_once_wherever_it_stands() -> None:
    report = Report()
    posts = [article(n, f"{n} Post \U00010000") for n in range(2)]
    output = compile_edition(Selected(tuple(posts), ()), title="Tests", subtitle="\U00010001", group="source")
    compose.compose(output, Settings(), report)
    assert [f.detail for f in report.findings] == [
        "Linear B: \U00010000 U+10000, \U00010001 U+10001, in 2 articles"
    ]


@pytest.mark.conformance
def test_the_number_of_workers_changes_nothing(long: Edition, book: bytes) -> None:
    again = render_checked(long, "pdf", Settings(style="book", workers=2)).data
    assert hashlib.sha256(again).digest() == hashlib.sha256(book).digest()


def test_references_that_do_not_settle_are_told() -> None:
    links = f'<p id="a">A<a href="{PLACE}b">B</a></p><p id="b">C</p>'
    html = f'<html lang="en"><title>t</title><body>{links}</body></html>'
    css = """a::after { content: target-counter(attr(href), page) }
    p { break-before: page } #b { break-before: avoid } a { display: block }
    a[data-page="1"] { break-after: page }"""
    restless = HtmlSection("Restless", html, css, {})
    with Press(Settings()) as press, pytest.raises(ExporterError, match="changed the pages each of 3 times"):
        numbering.lay_out([restless], press)


# -- Style settings ----------------------------------------------------------------------


def test_left_and_right_pages_of_unlike_size_are_told(tmp_path: Path) -> None:
    (tmp_path / "print.css").write_text("@page { size: A5 } @page :left { margin-left: 4cm }")
    report = Report()
    render_checked(edition(article(1)), "pdf", Settings(style=str(tmp_path)), report)
    assert [f.id for f in report.findings] == ["style-problem"]


# -- The joined file ---------------------------------------------------------------------


def test_page_numbers_are_no_content(book: bytes) -> None:
    with pikepdf.open(io.BytesIO(book)) as pdf:
        for page in pdf.pages:
            first, *_ = pikepdf.parse_content_stream(page)
            assert str(first.operator) == "BDC"
            assert first.operands[0] == "/Artifact"
            forms = [form for name, form in page.Resources.XObject.items() if name.startswith("/Furniture")]
            assert forms
            assert not any(b"MCID" in form.read_bytes() for form in forms)
            assert page.Contents[1].read_bytes().count(b"/Furniture") == 0


def test_every_piece_of_content_has_its_place_in_the_structure() -> None:
    data = kitchen_sink_pdf(group="day").data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        owners = dict(pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree).items())
        for page in pdf.pages:
            marked = re.findall(rb"/MCID (\d+)", b"".join(part.read_bytes() for part in page.Contents))
            mine = list(owners[int(page.StructParents)])
            owned = [mcid for mcid, owner in enumerate(mine) if owner is not None]
            assert sorted(map(int, marked)) == owned
            for mcid in owned:
                owner = mine[mcid]
                own = [kid for kid in owner.K if isinstance(kid, int) and owner.Pg.objgen == page.obj.objgen]
                continued = [
                    k.MCID
                    for k in owner.K
                    if isinstance(k, pikepdf.Dictionary) and "/MCID" in k and k.Pg.objgen == page.obj.objgen
                ]
                assert mcid in (*own, *continued)
            for annotation in page.get("/Annots", ()):
                assert owners[int(annotation.StructParent)].S == "/Link"


def test_headings_of_tables_keep_their_cells() -> None:
    table = kitchen_sink.table(4)
    articles = [
        Article(
            title=f"Table {n}",
            source=f"Post {n}",
            published="2021-05-01",
            blocks=(table,),
            origin=kitchen_sink.origin(f"{n}.md"),
        )
        for n in range(3)
    ]
    with pikepdf.open(io.BytesIO(render_checked(edition(*articles), "pdf").data)) as pdf:
        cells = [
            o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") in ("/TH", "/TD")
        ]
        ids = [str(cell.ID) for cell in cells if "/ID" in cell]
        wanted = {str(h) for cell in cells for h in cell.get("/A", {}).get("/Headers", ())}
        assert len(ids) == len(set(ids))
        assert wanted
        assert wanted <= set(ids)


def test_links_lead_to_their_article_in_whatever_section(long: Edition, book: bytes) -> None:
    anchors = {e.article.link: e.anchor for e in long.entries}
    with pikepdf.open(io.BytesIO(book)) as pdf:
        places = dict(pikepdf.NameTree(pdf.Root.Names.Dests).items())
        pages = {page.obj.objgen for page in pdf.pages}
        links = [a for page in pdf.pages for a in page.get("/Annots", ())]
        inside = [str(a.Dest) for a in links if "/Dest" in a]
        assert all(places[name][0].objgen in pages for name in inside)
        assert set(anchors.values()) <= set(inside)
        assert not any(str(a.A.URI).startswith("exporter:") for a in links if "/A" in a)


def test_contents_of_several_pages_tell_the_true_ones(long: Edition, product: Product) -> None:
    shown: dict[str, str] = {}
    with pikepdf.open(io.BytesIO(product.data)) as pdf, pypdfium2.PdfDocument(product.data) as document:
        for number in (1, 2):
            width, _ = document[number].get_size()
            text = document[number].get_textpage()
            for annotation in pdf.pages[number].Annots:
                _, bottom, _, top = map(float, annotation.Rect)
                end = text.get_text_bounded(0.8 * width, bottom, width, top)
                shown[str(annotation.Dest)] = re.findall(r"\d+", end)[-1]
    for entry in long.entries:
        assert shown[entry.anchor] == product.locations[entry.anchor]


def test_the_outline_nests_over_sections(long: Edition, book: bytes) -> None:
    with pikepdf.open(io.BytesIO(book)) as pdf, pdf.open_outline() as outline:
        tree = [(item.title, [child.title for child in item.children]) for item in outline.root]
    parts = [(part.title, [e.article.title for e in part.entries]) for part in long.parts]
    assert tree == [*parts, ("In brief", []), ("Sources and dates", []), ("About this edition", [])]


def test_each_face_is_in_the_file_once(book: bytes) -> None:
    with pikepdf.open(io.BytesIO(book)) as pdf:
        fonts = [f for page in pdf.pages for f in page.Resources.Font.values()]
        forms = [
            form for page in pdf.pages for form in page.Resources.XObject.values() if "/Resources" in form
        ]
        fonts += [font for form in forms for font in form.Resources.get("/Font", {}).values()]
        files = {(str(f.BaseFont), f.DescendantFonts[0].FontDescriptor.FontFile2.objgen) for f in fonts}
    assert len(files) == len({name for name, _ in files})
