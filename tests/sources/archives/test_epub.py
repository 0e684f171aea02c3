"""E-books: a book of this program gives its articles back, others a chapter each."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

import exporter
from exporter.backends import registry as backends
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings
from exporter.model import build, visit
from exporter.model.article import Article, Figure, Paragraph
from tests import kitchen_sink
from tests.backends.samples import edition_of
from tests.sources.archives.samples import FERRY, MORE, findings_of, picture, read


def read_back(tmp_path: Path, edition: Edition) -> tuple[tuple[Article, ...], Report]:
    (tmp_path / "digest.epub").write_bytes(
        backends.render_checked(edition, "epub", Settings(), Report()).data
    )
    articles, _, report = read(tmp_path / "digest.epub")
    return articles, report


def test_a_book_of_ours_gives_its_articles_back(tmp_path: Path) -> None:
    edition = kitchen_sink.edition()
    articles, report = read_back(tmp_path, edition)
    originals = [entry.article for entry in edition.entries]
    for article, original in zip(articles, originals, strict=True):
        for field in ("title", "subtitle", "authors", "source", "published", "captured", "link", "language"):
            assert getattr(article, field) == getattr(original, field), field
        assert list(visit.texts(article.blocks)) == list(visit.texts(original.blocks))
        # Of a picture that is lost, the words stand as a paragraph.
        kinds = [Paragraph if isinstance(b, Figure) and not b.asset else type(b) for b in original.blocks]
        assert [type(b) for b in article.blocks] == kinds
        assert len(article.assets) == len(original.assets)
    assert findings_of(report) == []
    assert [f.id for f in report.findings if f.id != "date-missing"] == ["briefs-not-read"]


def test_an_undated_article_of_ours_gets_no_date(tmp_path: Path) -> None:
    article = msgspec.structs.replace(
        kitchen_sink.german(),
        published=None,
        blocks=build.paragraph(["It happened on March 4, 2021, they say."]),
    )
    (matches,), _ = read_back(tmp_path, edition_of(article))
    assert (matches.published, "published" in matches.basis) == (None, False)


CONTAINER = """<?xml version="1.0"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>
<rootfile full-path="book/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
OPF = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="i">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Harbour Book</dc:title>
<dc:language>en</dc:language><dc:identifier id="i">x</dc:identifier>
<dc:creator>Jo Field</dc:creator><dc:date>2021-03-04</dc:date></metadata>
<manifest><item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
<item id="c" href="cover.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/a%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="b" href="text/b.xhtml" media-type="application/xhtml+xml"/>
<item id="gone" href="text/gone.xhtml" media-type="application/xhtml+xml"/>
<item id="p" href="img/p.png" media-type="image/png"/></manifest>
<spine toc="ncx"><itemref idref="c"/><itemref idref="a"/>{more}</spine>
<guide><reference type="cover" href="cover.xhtml"/></guide></package>"""
NCX = """<?xml version="1.0"?><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><navMap>
<navPoint id="n1" playOrder="1"><navLabel><text>The late ferry</text></navLabel>
<content src="text/a%20b.xhtml#top"/></navPoint></navMap></ncx>"""


def chapter(body: str) -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Untold</title></head><body>{body}</body></html>"""


BOOK = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "book/content.opf": OPF.format(more=""),
    "book/toc.ncx": NCX,
    "book/cover.xhtml": chapter(f"<p>{FERRY} {MORE} {FERRY}</p>"),
    "book/text/a b.xhtml": chapter(
        f"<h2>I</h2><p>{FERRY}</p><p><img src='../img/p.png' alt='A boat'/></p><p>{MORE}&nbsp;</p>"
    ),
    "book/text/b.xhtml": chapter(f"<h2>Of bread</h2><p>{MORE}</p><ul><li>{FERRY}</li><li>Rye</li></ul>"),
    "book/img/p.png": picture(),
}


def bound(path: Path, book: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in book.items():
            archive.writestr(name, data)
    return path


def test_a_book_of_one_text_is_that_article(tmp_path: Path) -> None:
    (article,), books, report = read(bound(tmp_path / "a.epub", BOOK))
    assert article.title == "The late ferry"
    assert (article.authors, article.published, article.basis) == (
        ("Jo Field",), "2021-03-04", dict.fromkeys(("title", "published", "authors", "language"), "metadata"),
    )  # fmt: skip
    assert exporter.paragraphs(article) == ("I", FERRY, MORE)
    assert exporter.paragraphs(article, alt=True) == ("I", FERRY, "A boat", MORE)
    assert [a.name for a in article.assets] == ["p.png"]
    assert (article.language, article.origin.name) == ("en", "a.epub!/book/text/a b.xhtml")
    assert findings_of(report) == []
    assert [(b.reader, b.articles) for b in books] == [("epub", 1)]


def test_of_a_book_of_several_no_date_is_taken_for_each(tmp_path: Path) -> None:
    two = {**BOOK, "book/content.opf": OPF.format(more='<itemref idref="b"/><itemref idref="gone"/>')}
    (first, second), _, report = read(bound(tmp_path / "a.epub", two))
    assert (first.title, second.title) == ("The late ferry", "Of bread")
    assert {(a.published, a.authors, a.source) for a in (first, second)} == {(None, (), "The Harbour Book")}
    assert findings_of(report) == [("archive-broken", "a.epub")]
    assert "book/text/gone.xhtml" in report.warnings[0].detail


@pytest.mark.parametrize("missing", ["META-INF/container.xml", "book/content.opf"])
def test_a_book_without_its_frame_is_told(tmp_path: Path, missing: str) -> None:
    book = {name: data for name, data in BOOK.items() if name != missing}
    articles, _, report = read(bound(tmp_path / "a.epub", book))
    assert (articles, findings_of(report)) == ((), [("archive-broken", "a.epub")])


@pytest.mark.parametrize(
    "name", ["META-INF/container.xml", "book/content.opf", "book/toc.ncx", "book/text/a b.xhtml"]
)
@pytest.mark.parametrize("data", [b"", b"\xff\xfe\0", b"<a", b"<a>" * 5000, b"no markup at all"])
def test_broken_parts_raise_nothing(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / "b.txt").write_text("Boats\n\nThey sail.")
    bound(tmp_path / "a.epub", {**BOOK, name: data})
    report = Report()
    articles = exporter.read(tmp_path, report=report)
    assert articles[-1].title == "Boats"
    assert len(articles) == 2 or report.warnings


def test_entities_load_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("The key lies under the mat.")
    evil = f"""<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">
<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{FERRY} &x; {MORE} &c; {FERRY}</p></body></html>"""
    articles, _, _ = read(bound(tmp_path / "a.epub", {**BOOK, "book/text/a b.xhtml": evil}))
    assert "mat" not in "".join(map(exporter.plain_text, articles))
    assert "aaaa" not in "".join(map(exporter.plain_text, articles))
