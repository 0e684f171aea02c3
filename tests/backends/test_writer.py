"""The press's own PDF notation and files: what is written is read back, by a library, as it was meant."""

from __future__ import annotations

import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, Pdf, String

from exporter.backends.pdf import join, syntax, writer
from exporter.backends.pdf.headers_footers import HeadersFooters, Place
from exporter.backends.pdf.layout import Box, Laid, Page
from exporter.backends.pdf.page_fragment import Placeholders, fill, take_apart
from exporter.backends.pdf.syntax import dictionary, refer
from exporter.backends.pdf.writer import Writer

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
HOSTILE = "12 0 R) /Rect [ 1 2 3 4 ] \\ (( endobj\n\u200b한국"


def read(file: bytes) -> Pdf:
    pdf = Pdf.open(io.BytesIO(file), suppress_warnings=False)
    assert pdf.check_pdf_syntax() == []
    return pdf


def finished(output: Writer, **entries: bytes) -> bytes:
    """A file of one empty page beside what was written."""
    pages, page = output.reserve(), output.reserve()
    values = {"Type": b"/Page", "Parent": refer(pages), "MediaBox": b"[0 0 9 9]", "Resources": b"<<>>"}
    output.put(dictionary(values), page)
    output.put(dictionary({"Type": b"/Pages", "Count": b"1", "Kids": b"[%s]" % refer(page)}), pages)
    root = output.put(dictionary({"Type": b"/Catalog", "Pages": refer(pages), **entries}))
    return output.end(root, output.put(b"<</Title(T)>>"))


# -- Notation ----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(TEXT, st.text(st.characters(codec="ascii"), min_size=1, max_size=20).filter(lambda t: "\0" not in t))
def test_texts_and_names_come_back(text: str, key: str) -> None:
    output = Writer()
    values = output.put(b"<</Text %s/Name %s>>" % (syntax.string(text), syntax.name(key)))
    with read(finished(output, Own=refer(values))) as pdf:
        assert str(pdf.Root.Own.Text) == text
        assert str(pdf.Root.Own.Name) == f"/{key}"


@given(st.floats(-20000, 20000))
def test_numbers_are_true_to_a_thousandth_and_have_no_exponent(value: float) -> None:
    values = syntax.number(value)
    assert abs(float(values) - value) <= 0.00051
    assert not set(values) - set(b"-.0123456789")


# -- Files -------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 199, 200, 201, 1000])
def test_every_object_is_found_again(count: int) -> None:
    output = Writer()
    numbers = [output.put(b"(%d)" % n) for n in range(count)]
    streams = [output.put_packed(b"data %d" % n) for n in range(3)]
    kept = syntax.array(map(refer, (*numbers, *streams)))
    with read(finished(output, Own=kept)) as pdf:
        *texts, a, b, c = pdf.Root.Own
        assert [str(text) for text in texts] == [str(n) for n in range(count)]
        assert [stream.read_bytes() for stream in (a, b, c)] == [b"data 0", b"data 1", b"data 2"]


@pytest.mark.parametrize("count", [0, 1, writer.WIDE, writer.WIDE + 1, writer.WIDE**2 + 1])
def test_trees_hold_all_their_leaves(count: int) -> None:
    output = Writer()
    names = {syntax.string(f"n{n:05}"): b"%d" % n for n in range(count)}
    numbers = {b"%d" % (3 * n): syntax.string(str(n)) for n in range(count)}
    own = {
        "A": refer(writer.put_tree(output, names, "Names")),
        "B": refer(writer.put_tree(output, numbers, "Nums")),
    }
    with read(finished(output, **own)) as pdf:
        assert {k: int(v) for k, v in NameTree(pdf.Root.A).items()} == {f"n{n:05}": n for n in range(count)}
        assert {int(k): str(v) for k, v in NumberTree(pdf.Root.B).items()} == {
            3 * n: str(n) for n in range(count)
        }


def test_identity_comes_from_the_content() -> None:
    def file(text: bytes) -> bytes:
        output = Writer()
        output.put(text)
        return finished(output)

    assert file(b"(a)") == file(b"(a)")
    with read(file(b"(a)")) as one, read(file(b"(b)")) as other:
        assert one.trailer.ID[0] != other.trailer.ID[0]


# -- Taken apart and joined --------------------------------------------------------------


def laid(number: int, pages: int = 1) -> Laid:
    """A tagged file made by hand, whose texts look like PDF's notation."""
    with Pdf.new() as pdf:
        marks = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=Array()))
        owners, annotations = [], []
        for n in range(pages):
            page = pdf.add_blank_page(page_size=(300, 400)).obj
            page.Contents = pdf.make_stream(b"/P <</MCID 0>> BDC EMC")
            page.Resources, page.StructParents = Dictionary(), n
            element = Dictionary(S=Name.P, P=marks, Pg=page, K=0, Alt=String(f"{HOSTILE} {number}.{n}"))
            element = pdf.make_indirect(element)
            marks.K.append(element)
            owners += [n, Array([element])]
            uri = f"https://papers.example/({n})%205 0 R"
            action = Dictionary(S=Name.URI, URI=String(uri))
            keys = pages + 2 * n, pages + 2 * n + 1
            link = Dictionary(Rect=Array([10, 20, 30, 40]), A=action, StructParent=keys[0])
            inside = Dictionary(Rect=Array([1, 2, 3, 4]), Dest=String("b"), StructParent=keys[1])
            link.Subtype = inside.Subtype = Name.Link
            page.Annots = Array([pdf.make_indirect(link), pdf.make_indirect(inside)])
            annotations += [keys[0], element, keys[1], element]
        tree = pdf.make_indirect(Dictionary(Nums=Array([*owners, *annotations])))
        pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(K=Array([marks]), ParentTree=tree))
        pdf.Root.Lang = String("en")
        marks.P = pdf.Root.StructTreeRoot
        pages_ = [Page({f"a{number}-{n}": Box(5, 390, 9)}, (), (), n) for n in range(pages)]
        return Laid((take_apart(pdf),), tuple(pages_), ())


@pytest.fixture(scope="module")
def joined() -> Pdf:
    sections = [laid(0, 2), laid(1), laid(2, 80)]
    with Pdf.new() as pdf:
        pdf.add_blank_page(page_size=(300, 400)).Contents = pdf.make_stream(b"0 0 9 9 re f")
        pdf.pages[0].obj.Resources = Dictionary()
        blank = Laid((take_apart(pdf),), (Page({}, (), (), 0),), ())
    headers_footers = HeadersFooters([blank], [(Place(0, 0),)] * 83, [0.0, 7.5, *[0.0] * 81], ())
    output = Writer()
    catalogue = join.join(output, sections, 1, headers_footers, {"b": "Another (b)"})
    return read(output.end(output.put(dictionary(catalogue)), output.put(b"<<>>")))


def test_joined_pages_keep_their_order_and_texts(joined: Pdf) -> None:
    assert [page.label for page in joined.pages] == ["i", *(str(n) for n in range(1, 83))]
    elements = joined.Root.StructTreeRoot.K[0].K
    values = [f"{HOSTILE} {number}.{n}" for number, count in ((0, 2), (1, 1), (2, 80)) for n in range(count)]
    assert [str(element.Alt) for element in elements] == values
    assert [element.Pg.objgen for element in elements] == [page.obj.objgen for page in joined.pages]
    assert list(NameTree(joined.Root.Names.Dests)) == sorted(
        f"a{number}-{n}" for number, count in ((0, 2), (1, 1), (2, 80)) for n in range(count)
    )


def test_joined_pages_own_their_content_and_links(joined: Pdf) -> None:
    owners = NumberTree(joined.Root.StructTreeRoot.ParentTree)
    for page, element in zip(joined.pages, joined.Root.StructTreeRoot.K[0].K, strict=True):
        assert [owner.objgen for owner in owners[int(page.StructParents)]] == [element.objgen]
        for annotation in page.Annots:
            assert owners[int(annotation.StructParent)].objgen == element.objgen
    keys = [int(a.StructParent) for page in joined.pages for a in page.Annots]
    assert len(set(keys)) == len(keys)


def test_links_lead_on_and_say_where(joined: Pdf) -> None:
    out, inside = joined.pages[2].Annots
    assert str(out.A.URI) == "https://papers.example/(0)%205 0 R"
    assert str(out.Contents) == "Link to papers.example"
    assert (str(inside.Dest), str(inside.Contents)) == ("b", "Another (b)")


def test_what_stands_on_a_page_moves_with_its_text(joined: Pdf) -> None:
    still, moved = ([float(x) for x in page.Annots[0].Rect] for page in joined.pages[:2])
    assert (still, moved) == ([10, 20, 30, 40], [17.5, 20, 37.5, 40])
    assert b"7.5 0 cm" in joined.pages[1].Contents[0].read_bytes()
    places = NameTree(joined.Root.Names.Dests)
    assert [float(places[name][2]) for name in ("a0-0", "a0-1")] == [5, 12.5]


def test_slots_leave_all_else_alone() -> None:
    placeholders = Placeholders(
        100, 7, 50, [0.0, 2.5], {"F1": 9}, lambda anchor: anchor.upper().encode(), False
    )
    values = b"[|3| |0| |k2| |x1:10| |fF1| |aq-1| |i|(3 0 R)]".replace(b"|", b"\0")
    assert fill(values, placeholders) == b"[103 0 R 7 0 R 52 12.5 9 0 R Q-1 (3 0 R)]"


def test_pictures_are_smoothed_but_in_an_archive() -> None:
    with Pdf.new() as pdf:
        page = pdf.add_blank_page()
        image = pdf.make_stream(b"\0", Subtype=Name.Image, Width=1, Height=1, Interpolate=True)
        page.obj.Resources = Dictionary(XObject=Dictionary(Im=image))
        page.Contents = pdf.make_stream(b"/Im Do")
        fragment = take_apart(pdf)
    placeholders = Placeholders(0, 0, 0, [], {}, lambda _: b"", True)
    assert b"/Interpolate true" in fill(fragment.objects, placeholders)
    assert b"/Interpolate" not in fill(fragment.objects, placeholders._replace(smooth=False))


def test_a_library_can_write_it_anew(joined: Pdf) -> None:
    buffer = io.BytesIO()
    joined.save(buffer, qdf=True)
    with pikepdf.open(buffer) as again:
        assert len(again.pages) == 83
