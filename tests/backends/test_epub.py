"""The EPUB as its reader finds it: whole, in order, valid, safe, and the same every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from lxml import etree
from PIL import Image

from exporter.backends import epub
from exporter.backends.common.images import Prepared
from exporter.backends.epub import _cover, _fonts, _metadata
from exporter.backends.registry import render_checked
from exporter.diagnostics import Report
from exporter.editions import volumes
from exporter.editions.compile import Edition, compile_edition, single
from exporter.editions.options import Settings
from exporter.editions.selection import Selected
from exporter.errors import IncompleteError
from exporter.model import build, images, visit
from exporter.model.article import Article, Asset, Cell, Figure, Link, Note, Table, Teaser, Text
from exporter.model.dates import Window
from tests import fonts, strategies
from tests.backends.samples import HOSTILE, article, hostile_edition, produced_elsewhere
from tests.checkers import epubcheck
from tests.kitchen_sink import edition as kitchen_sink
from tests.kitchen_sink import picture

XHTML = "{http://www.w3.org/1999/xhtml}"
DC = "{http://purl.org/dc/elements/1.1/}"
OPF = "{http://www.idpf.org/2007/opf}"
XML = "{http://www.w3.org/XML/1998/namespace}"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"


@dataclass
class Book:
    """A finished EPUB, unpacked."""

    data: bytes

    def __post_init__(self) -> None:
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            self.entries = archive.infolist()
            self.files = {info.filename: archive.read(info) for info in self.entries}

    def xml(self, name: str) -> etree._Element:
        return etree.fromstring(self.files[f"OEBPS/{name}"])

    @property
    def documents(self) -> dict[str, etree._Element]:
        return {name: etree.fromstring(d) for name, d in self.files.items() if name.endswith(".xhtml")}

    def metadata(self, tag: str) -> list[str]:
        return [element.text or "" for element in self.xml("content.opf").iter(tag)]

    def meta(self, name: str) -> list[str]:
        matches = self.xml("content.opf").iter(f"{OPF}meta")
        return [element.text or "" for element in matches if element.get("property") == name]

    def chapter(self, title: str) -> etree._Element:
        for root in self.documents.values():
            contents = any(nav.get(EPUB_TYPE) == "toc" for nav in root.iter(f"{XHTML}nav"))
            if root.findtext(f"{XHTML}head/{XHTML}title") == title and not contents:
                return root
        raise AssertionError(f"no chapter {title!r}")


def book(edition: Edition, style: str = "digest") -> Book:
    return Book(render_checked(edition, "epub", Settings(style=style)).data)


def text_of(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.fixture(scope="module")
def sink() -> Book:
    return book(kitchen_sink())


def test_every_article_and_brief_has_its_address() -> None:
    edition = kitchen_sink()
    product = render_checked(edition, "epub")
    output = Book(product.data)
    anchors = [e.anchor for e in edition.entries] + [b.anchor for b in edition.briefs]
    for anchor in anchors:
        file, _, fragment = product.locations[anchor].partition("#")
        assert fragment == anchor
        assert etree.fromstring(output.files[file]).find(f".//*[@id='{anchor}']") is not None
    files = [product.locations[e.anchor].partition("#")[0] for e in edition.entries]
    assert len(set(files)) == len(edition.entries)


def test_contents_are_nested_as_the_parts(sink: Book) -> None:
    edition = kitchen_sink()
    expected = [
        *((part.title, [e.article.title for e in part.entries]) for part in edition.parts),
        ("In brief", []),
        ("About this edition", []),
    ]
    nav = sink.xml("nav.xhtml").find(f".//{XHTML}nav")
    items = nav.findall(f"{XHTML}ol/{XHTML}li")
    seen = [
        (li.findtext(f"{XHTML}a"), [a.text for a in li.findall(f"{XHTML}ol/{XHTML}li/{XHTML}a")])
        for li in items
    ]
    assert seen == expected
    ncx = "{http://www.daisy.org/z3986/2005/ncx/}"
    label = f"{ncx}navLabel/{ncx}text"
    points = sink.xml("toc.ncx").findall(f"{ncx}navMap/{ncx}navPoint")
    seen = [(p.findtext(label), [q.findtext(label) for q in p.findall(f"{ncx}navPoint")]) for p in points]
    assert seen == expected
    assert sink.xml("toc.ncx").find(f".//{ncx}meta[@name='dtb:depth']").get("content") == "2"


def test_an_edition_that_is_not_grouped_has_flat_contents() -> None:
    nav = book(kitchen_sink("none")).xml("nav.xhtml").find(f".//{XHTML}nav")
    assert len(nav.findall(f"{XHTML}ol/{XHTML}li")) == 6 + 2
    assert nav.find(f"{XHTML}ol/{XHTML}li/{XHTML}ol") is None


def test_headings_begin_at_one_and_skip_no_level(sink: Book) -> None:
    for name, root in sink.documents.items():
        levels = [int(e.tag[-1]) for e in root.iter() if re.fullmatch(r".*}h[1-6]", str(e.tag))]
        assert name.endswith("cover.xhtml") or levels[0] == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


def test_an_article_says_where_it_is_from(sink: Book) -> None:
    header = sink.chapter("New quay opens three months early").find(f".//{XHTML}header")
    assert text_of(header) == (
        "Harbour Gazette (En) New quay opens three months early Oak, larch and a good deal of rope"
        " 2 May 2021 · Ada Lind, Per Holm"
    )
    footer = sink.chapter("New quay opens three months early").find(f".//{XHTML}footer")
    assert "https://harbour.example/news/2021/05/02/" in text_of(footer)
    assert "11 June 2021" in text_of(footer)
    assert "Also in: Coast Courier, 3 May 2021; صحيفة المدينة, May 2021; Valley Post" in text_of(footer)
    (copy,) = [a for a in footer.iter(f"{XHTML}a") if text_of(a) == "Coast Courier"]
    assert copy.get("href") == "https://courier.example/2021/quay?page=2&lang=en"
    assert [t.get("datetime") for t in footer.iter(f"{XHTML}time")] == ["2021-06-11", "2021-05-03", "2021-05"]


@pytest.mark.parametrize("is_single", [False, True])
def test_the_contents_come_before_the_first_article(is_single: bool) -> None:
    edition = single(article("One")) if is_single else compile_edition([article("One")], group="none")
    package = book(edition).xml("content.opf")
    names = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
    spine = [names[item.get("idref")] for item in package.iter(f"{OPF}itemref")]
    before = ["cover.xhtml", *([] if is_single else ["title.xhtml"]), "nav.xhtml"]
    assert spine[: len(before)] == before
    assert len(spine) > len(before)


def test_languages_and_directions_are_marked(sink: Book) -> None:
    arabic = sink.chapter("سوق الكتب القديمة يعود إلى الساحة")
    assert (arabic.get("lang"), arabic.get("dir")) == ("ar", "rtl")
    assert arabic.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    korean = sink.chapter("마을 텃밭에 첫 감자가 나왔다")
    assert (korean.get("lang"), korean.get("dir")) == ("ko", "ltr")
    assert sink.xml("content.opf").get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


def test_notes_lead_there_and_back(sink: Book) -> None:
    root = sink.chapter("New quay opens three months early")
    marks = [a for a in root.iter(f"{XHTML}a") if a.get(EPUB_TYPE) == "noteref"]
    assert [mark.text for mark in marks] == ["1", "2"]
    for mark in marks:
        note = root.find(f".//{XHTML}aside[@id='{mark.get('href')[1:]}']")
        back = note.find(f".//{XHTML}a[@role='doc-backlink']")
        assert back.get("href") == f"#{mark.get('id')}"
    assert "Its second paragraph." in text_of(note)


def test_an_image_is_stored_once_however_many_articles_show_it() -> None:
    asset = picture()
    blocks = (Figure(asset.id, "A harbour"),)
    output = book(compile_edition([article(t, blocks, assets=(asset,)) for t in ("One", "Two")]))
    images = [name for name in output.files if name.startswith("OEBPS/images/") and "cover" not in name]
    assert len(images) == 1
    for title in ("One", "Two"):
        image = output.chapter(title).find(f".//{XHTML}img")
        assert f"OEBPS/{image.get('src')}" in images
        assert image.get("alt") == "A harbour"


def test_an_image_with_a_hostile_name_stays_in_its_folder() -> None:
    asset = msgspec.structs.replace(picture(), id="../../../etc/x", name="../../y.png")
    output = book(compile_edition([article("One", (Figure(asset.id, "A"),), assets=(asset,))]))
    assert all(re.fullmatch(r"mimetype|(META-INF|OEBPS)/[\w./-]+", n) and ".." not in n for n in output.files)
    assert output.chapter("One").find(f".//{XHTML}img").get("src").startswith("images/")


@pytest.mark.parametrize("title", ["", "a\x01b", "two\nlines", "\ud800"])
def test_an_edition_of_any_title_has_one(title: str) -> None:
    (matches,) = book(compile_edition([article("One")], title=title)).metadata(f"{DC}title")
    assert matches.removesuffix(", 2 May 2021") in ("Digest", "ab", "two lines")


@pytest.mark.parametrize("data", [b"", b"not an image"])
def test_a_lost_image_leaves_its_words(data: bytes) -> None:
    asset = Asset("f" * 64, "image/png", 4, 4, "x.png", data)
    output = book(compile_edition([article("One", (Figure(asset.id, "A harbour"),), assets=(asset,))]))
    assert output.chapter("One").find(f".//{XHTML}img") is None
    assert "A harbour" in text_of(output.chapter("One"))


def test_metadata_tell_what_the_book_is(sink: Book) -> None:
    edition = kitchen_sink()
    assert sink.metadata(f"{DC}title")[0] == "The Kitchen Sink, May 2021"
    assert sink.meta("file-as")[0] == "Kitchen Sink, May 2021, The"
    assert set(sink.meta("role")) == {"cre", "aut"}
    assert sink.metadata(f"{DC}rights")[0].startswith("The rights in each article are its publisher's: ")
    assert sink.metadata(f"{DC}identifier") == [edition.identifier]
    assert set(sink.metadata(f"{DC}language")) == {"en", "ar", "de", "ko", "ru"}
    assert sink.metadata(f"{DC}language")[0] == "en"
    assert "마을신문" in sink.metadata(f"{DC}creator")
    assert sink.metadata(f"{DC}contributor") == ["Ada Lind", "Per Holm"]
    assert sink.metadata(f"{DC}subject") == ["building", "harbour"]
    assert sink.metadata(f"{DC}coverage") == ["2021-05-01/2021-05-31"]
    assert sink.meta("dcterms:modified") == [edition.modified]
    assert "textual" in sink.meta("schema:accessModeSufficient")


def test_a_calendars_edition_is_one_of_a_series() -> None:
    july = Window(date(2021, 7, 1), date(2021, 7, 31))
    articles = [article(f"N{n}", published=f"2021-07-{n + 1:02}") for n in range(3)]
    whole = compile_edition(articles, title="The week", window=july)
    output = book(whole)
    assert output.meta("belongs-to-collection") == ["The week"]
    assert (output.meta("collection-type"), output.meta("group-position")) == (["series"], ["2021.7"])
    last = book(volumes.numbered(volumes.cut(whole, 2), whole.title)[-1])
    assert last.metadata(f"{DC}title")[0] == "The week, July 2021 (2 of 2)"
    assert (last.meta("belongs-to-collection"), last.meta("group-position")) == (["The week"], ["2021.7.2"])
    assert last.metadata(f"{DC}identifier") != output.metadata(f"{DC}identifier")
    assert not book(compile_edition(articles)).meta("group-position")


def test_articles_lead_to_one_another_and_to_the_contents() -> None:
    output = book(compile_edition([article(f"Piece {n}", published=f"2021-07-0{n}") for n in (1, 2, 3)]))
    ways = {}
    for title in ("Piece 1", "Piece 2", "Piece 3"):
        onward = output.chapter(title).find(f".//{XHTML}nav[@class='onward']")
        ways[title] = [(a.text, a.get("title")) for a in onward.iter(f"{XHTML}a")]
    assert ways["Piece 1"] == [("Contents", None), ("Next", "Piece 2")]
    assert ways["Piece 2"] == [("Previous", "Piece 1"), ("Contents", None), ("Next", "Piece 3")]
    assert ways["Piece 3"] == [("Previous", "Piece 2"), ("Contents", None)]


def test_a_link_to_an_article_of_the_book_stays_in_it() -> None:
    there = article("There", link="https://quay.example/there")
    links = [
        *build.link("https://quay.example/there#two", ["in"]),
        *build.link("https://quay.example/x", ["out"]),
    ]
    edition = compile_edition([there, article("Here", build.paragraph(links))])
    product = render_checked(edition, "epub")
    here = Book(product.data).chapter("Here").find(f".//{XHTML}section")
    place = next(product.locations[e.anchor] for e in edition.entries if e.article.title == "There")
    hrefs = [a.get("href") for a in here.iter(f"{XHTML}a")]
    assert hrefs[:2] == [place.removeprefix("OEBPS/"), "https://quay.example/x"]


def test_the_users_own_cover(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 480), "teal").save(out, "WEBP")
    given = images.asset(out.getvalue(), "mine.webp", "", Report())
    output = Book(render_checked(kitchen_sink(), "epub", Settings(cover=given)).data)
    with Image.open(io.BytesIO(output.files["OEBPS/images/cover.jpg"])) as cover:
        assert cover.size == (300, 480)
    assert output.xml("cover.xhtml").find(f".//{XHTML}img").get("src") == "images/cover.jpg"


@pytest.mark.parametrize("style", ["digest", "book"])
def test_fonts_come_along_where_asked_for(
    style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One of each family stands for all: to cut one takes a second.
    some = {file.family: file for file in reversed([*_fonts._packaged()])}
    monkeypatch.setattr(_fonts, "_packaged", some.values)
    settings = Settings(style=style, embed_fonts=True)
    data = render_checked(kitchen_sink(), "epub", settings).data
    assert data == render_checked(kitchen_sink(), "epub", settings).data
    output = Book(data)
    css = output.files["OEBPS/style.css"].decode()
    named = re.findall(r"src: url\((.*?)\)", css)
    assert named
    assert re.search(r':lang\(ar\).*\{ font-family: "IBM Plex Sans Arabic"', css)
    text = "".join(d.decode() for name, d in output.files.items() if name.endswith(".xhtml"))
    for name in named:
        with TTFont(io.BytesIO(output.files[f"OEBPS/{name}"])) as font:
            assert "fvar" not in font
            covered = {chr(code) for code in font.getBestCmap()}
            assert covered <= set(text) | set(" \xa0")
            assert ("ن" if "arabic" in name else "e") in covered
    assert not any("fonts/" in name for name in book(kitchen_sink(), style).files)
    (tmp_path / "fonts.epub").write_bytes(data)
    assert epubcheck(tmp_path / "fonts.epub") == []


def test_images_are_as_large_as_asked_for() -> None:
    asset = picture()
    edition = compile_edition([article("One", (Figure(asset.id, "A quay"),), assets=(asset,))])
    output = Book(render_checked(edition, "epub", Settings(image_max=120)).data)
    name = next(n for n in output.files if "images/" in n and "cover" not in n)
    with Image.open(io.BytesIO(output.files[name])) as image:
        assert max(image.size) == 120


def test_editions_and_volumes_of_one_title_have_covers_of_one_colour() -> None:
    def weekly(title: str, day: str) -> Edition:
        return compile_edition([article("One", published=day)], title=title)

    def colour(edition: Edition) -> object:
        with Image.open(io.BytesIO(_cover.png(edition))) as image:
            return image.convert("RGB").getpixel((10, 10))

    def band(title: str, day: str) -> object:
        return colour(weekly(title, day))

    first = weekly("Weekly", "2021-07-01")
    assert colour(first) == band("Weekly", "2022-01-09")
    assert colour(volumes.numbered([first, first], "Weekly")[0]) == colour(first)
    assert len({band(f"Title {n}", "2021-07-01") for n in range(2)}) > 1


def test_an_article_alone_is_its_authors_work() -> None:
    output = book(compile_edition([article("One", authors=("Ada Lind",), source="Harbour Gazette")]))
    assert output.metadata(f"{DC}creator") == ["Ada Lind"]
    assert output.metadata(f"{DC}publisher") == ["Harbour Gazette"]


def test_no_claim_of_described_images_where_one_has_no_words() -> None:
    asset = picture()
    shown = book(compile_edition([article("One", (Figure(asset.id, "A harbour"),), assets=(asset,))]))
    silent = book(compile_edition([article("One", (Figure(asset.id),), assets=(asset,))]))
    assert "alternativeText" in shown.meta("schema:accessibilityFeature")
    assert "alternativeText" not in silent.meta("schema:accessibilityFeature")
    assert "textual" not in silent.meta("schema:accessModeSufficient")


def test_tables_can_be_reached_by_keys_and_empty_headings_head_nothing() -> None:
    head = (Cell((), header=True), Cell(build.paragraph(["Tide"]), header=True))
    row = (Cell(build.paragraph(["high"])), Cell(build.paragraph(["4.2 m"])))
    output = book(compile_edition([article("One", (Table((head, row), 1),))])).chapter("One")
    (scrolled,) = (div for div in output.iter(f"{XHTML}div") if div.get("class") == "table")
    assert scrolled.get("tabindex") == "0"
    assert [etree.QName(cell).localname for cell in output.find(f".//{XHTML}thead/{XHTML}tr")] == ["td", "th"]


def test_the_cover_is_a_picture_of_its_own() -> None:
    png = _cover.png(kitchen_sink())
    assert Image.open(io.BytesIO(png)).size == (1600, 2560)
    assert _cover.png(kitchen_sink()) == png
    assert _cover.png(kitchen_sink(title="Another")) != png


@pytest.mark.parametrize("title", ["x" * 5000, "word " * 1000, "\U00013080 \U00013080", "a\nb 🙂", " "])
def test_a_cover_is_made_of_any_title(title: str) -> None:
    edition = compile_edition([article("One")], title=title)
    assert Image.open(io.BytesIO(_cover.png(edition))).format == "PNG"


def test_a_cover_takes_a_font_of_the_system_where_it_has_to(tmp_path: Path) -> None:
    """Wherever it is, and never a broken one."""
    title = "마을 소식"
    edition = compile_edition([article("One")], title=title)
    covers = []
    for name, is_whole in (("none", False), ("broken", False), ("whole", True)):
        (tmp_path / name / "deep").mkdir(parents=True)
        path = tmp_path / name / "deep" / "NanumMyeongjoBold.ttf"
        if is_whole:
            fonts.font("Any", title).save(path)
        elif name == "broken":
            path.write_bytes(b"\0\1\0\0torn")
        with fonts.installed(tmp_path / name):
            covers.append(_cover.png(edition))
    assert covers[0] == covers[1] != covers[2]


def test_packed_the_same_way_every_time(sink: Book) -> None:
    first = sink.entries[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert sink.files["mimetype"] == b"application/epub+zip"
    assert {info.date_time for info in sink.entries} == {(1980, 1, 1, 0, 0, 0)}


def test_same_bytes_in_another_place(sink: Book) -> None:
    assert produced_elsewhere("epub", "Pacific/Kiritimati", "77") == sink.data


@pytest.mark.parametrize(
    "articles",
    [
        [article("Only a title", ())],
        [article("Line one\nline two 🙂"), article("x" * 5000)],
        [article("The same"), article("The same", source="Another")],
        [article("")],
    ],
    ids=["empty", "odd titles", "one title twice", "no title"],
)
def test_odd_editions_come_out_whole(articles: list[Article]) -> None:
    edition = compile_edition(articles)
    places = render_checked(edition, "epub").locations
    assert {entry.anchor for entry in edition.entries} <= set(places)


def test_an_edition_of_briefs_alone() -> None:
    output = book(compile_edition(Selected((), (Teaser("A bridge", "It is new."),))))
    assert "It is new." in text_of(output.chapter("In brief"))


def test_a_brief_is_in_its_own_language() -> None:
    teasers = (Teaser("جسر جديد", "افتتح اليوم.", language="ar"), Teaser("A bridge", "It is new."))
    output = book(compile_edition(Selected((), teasers))).chapter("In brief")
    shown = {text_of(e)[:4]: (e.get("lang"), e.get("dir")) for e in output.iter(f"{XHTML}section")}
    assert shown["A br"] == ("en", "ltr")
    assert shown["جسر "] == ("ar", "rtl")


def test_no_link_holds_another() -> None:
    inner = Link("https://b.example/", (Text("inner"),))
    note = Note(build.paragraph(["The note"]))
    blocks = build.paragraph([Link("https://a.example/", (Text("outer "), inner, note)), " after"])
    root = book(compile_edition([article("One", blocks)])).chapter("One")
    assert root.find(f".//{XHTML}a//{XHTML}a") is None
    assert text_of(root.find(f".//{XHTML}section/{XHTML}p")) == "outer inner1 after"


def test_what_is_hostile_is_shown_not_run() -> None:
    output = book(hostile_edition())
    allowed = {"http", "https", "mailto", ""}
    for name, root in output.documents.items():
        for element in root.iter(etree.Element):
            tag = etree.QName(element).localname
            assert tag not in {"script", "style", "iframe", "object", "embed", "form", "svg", "base"}, name
            for key, value in element.attrib.items():
                assert not key.startswith("on"), name
                if key in ("href", "src"):
                    assert (re.match(r"([a-z]+):|", value, re.I)[1] or "") in allowed, name
                    assert element.tag == f"{XHTML}a" or "//" not in value, "nothing is loaded from outside"
    titles = {root.findtext(f"{XHTML}head/{XHTML}title") for root in output.documents.values()}
    assert {build.one_line(text) for text in HOSTILE if build.one_line(text)} <= titles


# -- reading back --


def repacked(data: bytes, change: dict[str, bytes | None]) -> bytes:
    """The archive with files replaced, or left out where None."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = change.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def test_a_book_not_of_one_piece_is_refused(sink: Book) -> None:
    name = next(name for name in sink.files if re.match(r"OEBPS/1-", name))
    chapter, nav = sink.files[name], sink.files["OEBPS/nav.xhtml"]
    end, first = b"</header>", b"<ol>\n<li>"
    broken: dict[str, dict[str, bytes | None]] = {
        "in the manifest but not in the file": {name: None},
        "leads nowhere": {name: chapter.replace(end, end + b'<a href="#no">x</a>')},
        "twice": {name: chapter.replace(end, b'<i id="x"/><i id="x"/>' + end)},
        "different order": {
            "OEBPS/nav.xhtml": nav.replace(first, b'<ol><li><a href="colophon.xhtml">x</a></li><li>', 1)
        },
        "mismatch": {name: chapter.replace(end, b"")},
    }
    for complaint, change in broken.items():
        with pytest.raises(IncompleteError, match=complaint):
            epub.locate(repacked(sink.data, change), kitchen_sink())
    with pytest.raises(IncompleteError):
        epub.locate(sink.data[:-100], kitchen_sink())


def test_a_missing_article_is_named(sink: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    more = compile_edition([*(e.article for e in kitchen_sink().entries), article("The one that is lost")])
    monkeypatch.setattr(epub, "render", lambda *_: sink.data)
    with pytest.raises(IncompleteError, match="The one that is lost"):
        render_checked(more, "epub")


# -- properties --


def letters(text: str) -> Counter[str]:
    return Counter(character for character in text if character.isalnum())


@given(strategies.editions())
@settings(max_examples=15, deadline=None)
def test_no_letter_is_lost_and_every_id_is_unique(edition: Edition) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_cover, "image", lambda *_: Prepared(b"cover", "image/png", 1, 1))  # not drawn: slow
        product = render_checked(edition, "epub")
    output = Book(product.data)
    for entry in edition.entries:
        file = product.locations[entry.anchor].partition("#")[0]
        root = etree.fromstring(output.files[file])
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        for text in visit.texts(entry.article.blocks, notes=True):
            assert not letters(text) - letters("".join(root.itertext()))
        whole = "\n".join(visit.texts(entry.article.blocks, notes=True))
        assert not letters(whole) - letters("".join(root.itertext()))


# -- languages and makers --


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("ko", "ltr")]
)
def test_a_package_tells_its_language_and_direction(language: str, direction: str) -> None:
    output = book(compile_edition([article("One", language=language)], language=language))
    package = output.xml("content.opf")
    assert (package.get(f"{XML}lang"), package.get("dir")) == (language, direction)
    assert package.find(f"{OPF}spine").get("page-progression-direction") == direction


def test_a_book_is_leafed_through_as_most_of_it_is_read() -> None:
    """Whatever the language of its own words is."""
    arabic = [article(f"No {n}", language="ar") for n in range(2)]
    package = book(compile_edition([*arabic, article("One", language="en")])).xml("content.opf")
    assert package.get("dir") == "ltr"
    assert package.find(f"{OPF}spine").get("page-progression-direction") == "rtl"


def test_of_too_many_authors_the_busiest_are_named_and_then_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_metadata, "_MAX_AUTHORS", 3)
    by = [("Zoe", "Bo"), ("Yan",), ("Bo", "Cy"), ("Ann",), ("Cy",), ("Cy",)]
    output = book(
        compile_edition([article(f"No {n}", authors=names) for n, names in enumerate(by)], group="none")
    )
    assert output.metadata(f"{DC}contributor") == ["Cy", "Bo", "Zoe"]


# -- conformance --


def test_epubcheck_finds_nothing_in_hostile_text_or_the_kitchen_sink(tmp_path: Path) -> None:
    hostile, sink = hostile_edition(), kitchen_sink()
    articles = tuple(entry.article for e in (hostile, sink) for entry in e.entries)
    teasers = tuple(brief.teaser for e in (hostile, sink) for brief in e.briefs)
    both = compile_edition(Selected(articles, teasers), title=hostile.title)
    (tmp_path / "book.epub").write_bytes(book(both, "book").data)
    assert epubcheck(tmp_path / "book.epub") == []
