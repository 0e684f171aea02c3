"""What the PDF's tags tell to somebody who does not see the page."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import NameTree

from exporter.editions.compile import compile_edition
from exporter.editions.options import Settings
from exporter.editions.selection import Selected
from exporter.model.article import (
    Article,
    Block,
    Cell,
    CodeBlock,
    Definition,
    DefinitionList,
    Emphasis,
    Figure,
    Link,
    ListBlock,
    Note,
    Paragraph,
    Table,
    Text,
)
from exporter.model.build import link, paragraph
from tests import kitchen_sink
from tests.reading import StructureElement, read_out
from tests.rendering import kitchen_sink_pdf, render_pdf

COLUMNS = "@page { size: A5 } .body { columns: 2 } article { display: flow-root }"


def article(title: str, *blocks: Block, language: str | None = "en", link: str | None = None) -> Article:
    return Article(
        title=title,
        source="Test Post",
        language=language,
        published="2021-05-01",
        blocks=blocks,
        link=link,
        assets=(kitchen_sink.picture(),),
        origin=kitchen_sink.origin(f"{title[:20]}.md"),
    )


def words(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def rendered(*articles: Article, style: str = "digest") -> bytes:
    output = compile_edition(Selected(articles, ()), title="Tests", group="none")
    return render_pdf(output, Settings(style=style)).data


Read = Callable[..., StructureElement]


@pytest.fixture
def read() -> Iterator[Read]:
    """Renders articles and reads the file out, which stays open for the test."""
    with ExitStack() as files:

        def render_and_read(*articles: Article, style: str = "digest") -> StructureElement:
            data = rendered(*articles, style=style)
            return read_out(files.enter_context(pikepdf.open(io.BytesIO(data))))

        yield render_and_read


def plain(values: StructureElement) -> str:
    return " ".join(values.text.replace("\x02", "").split())


def bare(values: StructureElement) -> str:
    """Without spaces: at a line's end there is none."""
    return "".join(values.text.split())


@pytest.fixture(scope="module")
def pdf() -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(kitchen_sink_pdf().data)) as pdf:
        yield pdf


@pytest.fixture(scope="module")
def sink(pdf: pikepdf.Pdf) -> StructureElement:
    return read_out(pdf)


# -- Articles and text -------------------------------------------------------------------


@pytest.mark.parametrize("style", ["digest", "book", "columns"])
def test_an_article_is_one_whatever_its_pages(style: str, tmp_path: Path, read: Read) -> None:
    if style == "columns":
        (tmp_path / "print.css").write_text(COLUMNS)
        style = str(tmp_path)
    long = [words(f"Sentence {n} of a long story. " * 30) for n in range(14)]
    values = read(
        article("Alpha", *long, language="de"),
        article("Bravo", words("Brief."), language="fr"),
        article("Charlie", *long, language="da"),
        article("Delta", words("No language."), language=None),
        style=style,
    )
    assert [(a.language, plain(a)[:5]) for a in values.every("Art")] == [
        ("de", "Alpha"),
        ("fr", "Bravo"),
        ("da", "Charl"),
        ("en", "Delta"),
    ]
    assert all(f"Sentence {n} of" in plain(next(values.every("Art"))) for n in range(14))


def test_a_paragraph_is_one_whatever_its_lines_and_pages(read: Read) -> None:
    text = "".join(f"word{n} " for n in range(1600))
    values = read(article("Long", words(text), words("After.")))
    assert [bare(p) for p in values.every("P") if "word1 " in p.text] == [text.replace(" ", "")]


def test_text_of_no_better_kind_is_a_paragraph(read: Read) -> None:
    values = read(
        article("Code", CodeBlock("first line\nsecond line"), ListBlock(((words("a"), words("b")),)))
    )
    assert [bare(p) for p in next(values.every("Art")).every("P")][1:] == ["firstlinesecondline", "b"]


def test_what_is_said_in_the_editions_language_tells_so(sink: StructureElement) -> None:
    arts = {a.inner[0].text: a for a in sink.every("Art")}
    german = arts["Die Orgel der Dorfkirche klingt wieder"]
    assert [(p.language, plain(p)[:8]) for p in german.every("P")] == [
        ("en", "Talbote "),
        ("de", "Nach zwe"),
        ("de", "Das Eröf"),
        ("en", "Original"),
    ]
    brief = next(d for d in sink.every("Div") if "다리의" in d.text and d.language == "ko")
    assert [p.language for p in brief.every("P")] == ["en", "ko"]
    lines = [line for line in sink.every("Link") if "Dorfkirche" in line.text]
    assert [line.language for line in lines] == ["de"]


def test_headings_skip_no_level(sink: StructureElement) -> None:
    levels = [
        int(values.kind[1]) for values in every(sink) if values.kind[0] == "H" and values.kind[1:].isdigit()
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def every(values: StructureElement) -> Iterator[StructureElement]:
    yield values
    for inner in values.inner:
        yield from every(inner)


# -- Tables ------------------------------------------------------------------------------


def cell(text: str, **spans: int) -> Cell:
    return Cell(paragraph([text]), header=text[0].isupper(), **spans)  # type: ignore[arg-type]


def test_cells_tell_what_they_stand_under(read: Read) -> None:
    table = Table(
        (
            (cell("Day"), cell("Tide", colspan=2), cell("Wind")),
            (cell("Of May"), cell("Low"), cell("High"), cell("Knots")),
            (cell("One", rowspan=2), cell("low1"), cell("high1"), cell("wind1")),
            (cell("low2"), cell("high2", colspan=2)),
            (cell("Two"), cell("low3"), cell("high3"), cell("wind3")),
        ),
        2,
    )
    values = read(article("Table", table))
    names = {str(th.element.ID): plain(th) for th in values.every("TH")}
    assert {plain(th): str(th.element.A.Scope) for th in values.every("TH")} == {
        **dict.fromkeys(["Day", "Tide", "Wind", "Of May", "Low", "High", "Knots"], "/Column"),
        **dict.fromkeys(["One", "Two"], "/Row"),
    }
    assert {plain(td): [names[str(h)] for h in td.element.A.Headers] for td in values.every("TD")} == {
        "low1": ["One", "Tide", "Low"],
        "high1": ["One", "Tide", "High"],
        "wind1": ["One", "Wind", "Knots"],
        "low2": ["One", "Tide", "Low"],
        "high2": ["One", "Tide", "High", "Wind", "Knots"],
        "low3": ["Two", "Tide", "Low"],
        "high3": ["Two", "Tide", "High"],
        "wind3": ["Two", "Wind", "Knots"],
    }


def test_a_table_over_pages_is_one_and_its_head_is_read_once() -> None:
    data = rendered(article("Tides", kitchen_sink.table(150), words("After.")))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        values = read_out(pdf)
        assert len(NameTree(pdf.Root.StructTreeRoot.IDTree)) == len(list(values.every("TH")))
    (table,) = values.every("Table")
    assert [plain(head) for head in table.every("THead")] == ["Day Morning Evening Remarks"]
    assert len(list(table.every("TR"))) == len(kitchen_sink.table(150).rows)
    with pypdfium2.PdfDocument(data) as document:
        seen = "".join(page.get_textpage().get_text_range() for page in document)
    assert seen.count("Morning") > 3


def test_a_head_without_a_body_is_a_body(read: Read) -> None:
    values = read(article("Head", Table(((cell("Alone"), cell("Together")),), 1)))
    assert [group.kind for group in next(values.every("Table")).inner] == ["TBody"]


# -- Lists, notes, links, figures --------------------------------------------------------


def test_lists_nest_and_tell_their_kind(read: Read) -> None:
    inner = ListBlock(((words("one"),), (words("two"),)), ordered=True)
    terms = DefinitionList(
        (
            Definition((Text("Quay"),), ((words("a wall"),), (words("a bank"),))),
            Definition((Text("Mole"),), ((words("a beast"),),)),
        )
    )
    values = read(article("Lists", ListBlock(((words("oak"),), (words("ash"), inner, words("elm")))), terms))
    outer, nested, last = (values for values in next(values.every("Art")).every("L"))
    assert [str(it.element.A.ListNumbering) for it in (outer, nested, last)] == ["/Disc", "/Decimal", "/None"]
    assert [[part.kind for part in item.inner] for item in outer.inner] == [["Lbl", "LBody"]] * 2
    assert bare(outer.inner[1].inner[1]) == "ash1.one2.twoelm"
    assert [[plain(part) for part in item.inner] for item in last.inner] == [
        ["Quay", "a walla bank"],
        ["Mole", "a beast"],
    ]


def test_a_list_over_pages_is_one(read: Read) -> None:
    inner = ListBlock(tuple((words(f"inner{n} " * 40),) for n in range(20)))
    items = [
        (words(f"item{n} " * 60), inner, words(f"end{n}")) if n == 2 else (words(f"item{n}"),)
        for n in range(60)
    ]
    values = read(article("List", ListBlock(tuple(items), ordered=True)))
    outer, nested = next(values.every("Art")).every("L")
    assert len(outer.inner) == 60
    assert len(nested.inner) == 20
    assert all(
        [part.kind for part in item.inner] == ["Lbl", "LBody"] for item in (*outer.inner, *nested.inner)
    )
    assert plain(outer.inner[2]).endswith("inner19 end2")
    assert plain(outer.inner[59]) == "60. item59"


def test_notes_are_read_after_what_they_are_to(read: Read) -> None:
    def noted(text: str, note: str) -> Paragraph:
        return Paragraph((Text(text), Note(paragraph([note])), Text(" goes on.")))

    values = read(
        article(
            "Notes",
            noted("First", "alpha"),
            words("Between."),
            ListBlock(((noted("Second", "bravo"),),)),
            Table(((cell("Head"),), (Cell((noted("third", "charlie"),)),)), 1),
            words("Far. " * 900),
            noted("Fourth", "delta"),
        )
    )
    body = next(values.every("Art")).inner[-1]
    assert [(part.kind, plain(part)[:16]) for part in body.inner][:3] == [
        ("P", "First1 goes on."),
        ("Note", "1. alpha"),
        ("P", "Between."),
    ]
    assert plain(next(body.every("LBody"))) == "Second2 goes on.2. bravo"
    assert plain(next(body.every("TD"))) == "third3 goes on.3. charlie"
    assert [(part.kind, plain(part)[:16]) for part in body.inner][-2:] == [
        ("P", "Fourth4 goes on."),
        ("Note", "4. delta"),
    ]
    assert [plain(reference) for reference in values.every("Reference")] == ["1", "2", "3", "4"]
    assert len({str(note.element.ID) for note in values.every("Note")}) == 4
    assert [plain(note.inner[0]) for note in values.every("Note")] == ["1.", "2.", "3.", "4."]


def test_notes_at_the_end_are_notes_too(read: Read) -> None:
    text = Paragraph((Text("Called"), Note(paragraph(["alpha"])), Text(" once.")))
    values = read(article("Notes", text), style="newspaper")
    assert [plain(reference) for reference in values.every("Reference")] == ["1"]
    ((label, body),) = (item.inner for item in values.every("LI") if "alpha" in item.text)
    assert (plain(label), [(part.kind, plain(part)) for part in body.inner]) == ("1.", [("Note", "alpha")])
    assert "/ID" in body.inner[0].element


def test_many_notes_keep_their_order(read: Read) -> None:
    blocks = [
        Paragraph(
            (Text(f"Call {n}"), Note(paragraph([f"note{n} " + "long " * (n % 50)])), Text(" end. " * 20))
        )
        for n in range(120)
    ]
    values = read(article("Notes", *blocks))
    body = next(values.every("Art")).inner[-1]
    assert [part.kind for part in body.inner] == ["P", "Note"] * 120
    assert [plain(note).split()[1] for note in body.every("Note")] == [f"note{n}" for n in range(120)]


def test_names_lead_to_their_elements(pdf: pikepdf.Pdf, sink: StructureElement) -> None:
    known = NameTree(pdf.Root.StructTreeRoot.IDTree)
    named = [values for values in every(sink) if "/ID" in values.element]
    assert {values.kind for values in named} == {"TH", "Note", "Figure"}
    assert len(known) == len(named)
    assert all(known[str(values.element.ID)].objgen == values.element.objgen for values in named)


def test_links_are_described_in_words(pdf: pikepdf.Pdf) -> None:
    target = article("The target", words("x"), link="https://papers.example/target")
    source = article(
        "The source",
        Paragraph(link("https://papers.example/target", ["there"])),
        Paragraph((Link("https://harbour.example/a?b=c", (Text("out "), Emphasis((Text("far"),)))),)),
        Paragraph((Link("mailto:a@b.example?subject=x", (Text("mail"),)),)),
    )
    with pikepdf.open(io.BytesIO(rendered(source, target))) as output:
        front = [page.label for page in output.pages].index("1")
        values = [str(a.Contents) for page in list(output.pages)[front:] for a in page.get("/Annots", ())]
        assert all(annotation.F == 4 for page in output.pages for annotation in page.get("/Annots", ()))
    assert values[:3] == ["The target", "Link to harbour.example", "Mail to a@b.example"]
    titles = {e.article.title for e in kitchen_sink.edition().entries}
    lines = [str(a.Contents) for a in pdf.pages[1].Annots]
    assert titles <= set(lines)
    assert not any("place" in line for line in lines)


def test_each_link_is_one_however_it_is_made(sink: StructureElement, read: Read) -> None:
    values = read(
        article(
            "Links",
            Paragraph(
                (Link("https://harbour.example/", (Text("plain "), Emphasis((Text("far"),)), Text(" end"))),)
            ),
        )
    )
    (output,) = (link for link in values.every("Link") if "far" in link.text)
    assert plain(output) == "plain far end"
    assert sum(1 for kid in output.element.K if isinstance(kid, pikepdf.Dictionary)) == 1
    for line in sink.every("Link"):
        assert not any(inner.kind == "Link" for inner in every(line) if inner is not line)


def test_leaders_are_not_read_out(pdf: pikepdf.Pdf, sink: StructureElement, read: Read) -> None:
    buffer = io.BytesIO()
    pdf.save(buffer)
    with pypdfium2.PdfDocument(buffer.getvalue()) as document:
        assert ". . . . ." in document[1].get_textpage().get_text_range()
    (line,) = (line for line in sink.every("Link") if "Dorfkirche" in line.text)
    assert plain(line) == "16 May 2021 Die Orgel der Dorfkirche klingt wieder 3"
    values = read(article("Stars", words("* * *"), words(". . . . . ."), words("No no no")))
    assert [plain(p) for p in next(values.every("Art")).every("P")][1:4] == [
        "* * *",
        ". . . . . .",
        "No no no",
    ]


def test_a_leader_is_not_read_out_however_short(read: Read) -> None:
    titles = [f"The harbour {'l' * n}" for n in range(60, 120, 2)]
    values = read(*(article(title, words("Text.")) for title in titles))
    lines = [plain(line) for line in values.every("Link") if "harbour" in line.text]
    assert len(lines) == len(titles)
    assert not [line for line in lines if "." in line]


@pytest.mark.parametrize("style", ["digest", "book"])
def test_figures_tell_where_they_stand(style: str) -> None:
    asset = kitchen_sink.picture()
    pictures = [article(f"Picture {n}", Figure(asset.id, "A drawing", (Text("Drawn"),))) for n in range(2)]
    data = rendered(*pictures, style=style)
    with pikepdf.open(io.BytesIO(data)) as pdf, pypdfium2.PdfDocument(data) as document:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        figures = [values.element for values in read_out(pdf).every("Figure")]
        assert len(figures) == 2
        for figure in figures:
            assert str(figure.Alt) == "A drawing"
            page = document[numbers[figure.Pg.objgen]]
            boxes = [i.get_bounds() for i in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]
            values = tuple(map(float, figure.A.BBox))
            assert any(all(abs(a - b) < 0.6 for a, b in zip(values, box, strict=True)) for box in boxes), (
                values,
                boxes,
            )
