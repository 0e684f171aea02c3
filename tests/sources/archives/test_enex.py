"""Exports of Evernote: notes come out whole, one at a time, and hostile ones harm nothing."""

from __future__ import annotations

import base64
import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

import exporter
from exporter.diagnostics import Report
from exporter.model import visit
from exporter.model.article import Article, Figure
from exporter.sources.archives import Archive, enex

CASES = Path(__file__).parents[2] / "cases/reading"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE en-export SYSTEM "http://xml.evernote.com/pub/evernote-export4.dtd">
"""
BODY = """<div>The tide&nbsp;table.</div><div><en-todo checked="true"/>Buy rope</div>
<div><en-todo/>Sell rope</div><table><tr><td>Mon</td><td>4.1 m</td></tr></table>
<ul style="--en-todo:true;"><li style="--en-checked: false;"><div>Paint</div></li></ul>
<en-media type="image/png" hash="{digest}"/><div>Behind the picture.</div>"""


def png(mode: str = "RGB", size: tuple[int, int] = (8, 8)) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, "PNG")
    return buffer.getvalue()


def note(title: str = "Tides", body: str = BODY, image: bytes = b"") -> str:
    digest = hashlib.md5(image).hexdigest()
    data = base64.b64encode(image).decode()
    resource = f"<resource><data encoding='base64'>{data}</data><mime>image/png</mime></resource>"
    return (
        f"<note><title>{title}</title><created>20240309T101500Z</created><tag>sea</tag><content><![CDATA["
        f"<!DOCTYPE en-note SYSTEM 'http://xml.evernote.com/pub/enml2.dtd'><en-note>"
        f"{body.format(digest=digest)}</en-note>]]></content>{resource if image else ''}</note>"
    )


def export(*notes: str, head: str = HEAD) -> bytes:
    return f"{head}<en-export>{''.join(notes)}</en-export>".encode()


def read(folder: Path, data: bytes) -> tuple[tuple[Article, ...], dict[str, int]]:
    path, report = folder / "notes.enex", Report()
    path.write_bytes(data)
    return exporter.read(path, report=report), report.counts()


def test_each_note_is_an_article() -> None:
    gulls, ferry = exporter.read(CASES / "notes.enex")
    assert (gulls.title, gulls.authors, gulls.tags) == ("Why gulls come inland", ("Ines Mora",), ("birds",))
    assert (gulls.link, gulls.captured) == ("https://quay.example/gulls", "2024-03-09T10:15:00+00:00")
    assert visit.paragraphs(gulls)[1:] == ("The second reason is rest.", "fields", "ponds")
    assert (ferry.title, visit.paragraphs(ferry)) == (
        "What the ferry costs",
        ("The ferry lost money again last year.",),
    )


def test_a_note_keeps_its_check_boxes_tables_and_pictures_in_place(tmp_path: Path) -> None:
    (article,), matches = read(tmp_path, export(note(image=png())))
    assert [text.replace("\xa0", " ") for text in visit.texts(article.blocks)] == [
        *("The tide table.", "☑ Buy rope", "☐ Sell rope", "Mon", "4.1 m", "☐ Paint", "Behind the picture."),
    ]
    assert isinstance(article.blocks[-2], Figure)
    assert [(asset.width, asset.id) for asset in article.assets] == [(8, hashlib.sha256(png()).hexdigest())]
    assert set(matches) == {"date-missing"}


def test_what_a_note_holds_beside_its_text_is_kept_or_reported(tmp_path: Path) -> None:
    unseen, sealed = (
        "<div>Words.</div>",
        '<div>Words.</div><en-crypt hint="x">c2Vj</en-crypt><div>More.</div>',
    )
    (first, second), matches = read(tmp_path, export(note(body=unseen, image=png()), note(body=sealed)))
    assert len(first.assets) == 1
    assert visit.paragraphs(second) == ("Words.", "More.")
    assert matches["markup-dropped"] == 1


def test_of_an_export_cut_short_whole_notes_are_read(tmp_path: Path) -> None:
    articles, matches = read(tmp_path, export(note("One"), note("Two"), note("Three"))[:-40])
    assert [article.title for article in articles] == ["One", "Two"]
    assert matches["archive-broken"] == 1


def test_an_export_with_an_entity_bomb_is_not_read(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE en-export [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    articles, matches = read(tmp_path, export(note("&b;"), head=f"{bomb}<!--{'x' * 5_000}-->"))
    assert (articles, matches) == ((), {"entities-refused": 1})


def test_an_image_of_64_megapixels_is_left_out_and_reported(tmp_path: Path) -> None:
    (article,), matches = read(tmp_path, export(note(image=png("1", (8_000, 8_000)))))
    assert (len(article.assets), matches["image-too-large"]) == (0, 1)
    assert visit.paragraphs(article)[-1] == "Behind the picture."


def test_a_note_without_a_form_costs_itself_alone(tmp_path: Path) -> None:
    articles, matches = read(tmp_path, export("<note></note>", "<note><<<</note>", note("Whole")))
    assert [article.title for article in articles] == ["Whole"]
    assert matches


class Pieces(io.BytesIO):
    """A file that notes how many bytes it was asked for at most."""

    most = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.most = max(self.most, len(data))
        return data


def test_an_export_is_read_piece_by_piece() -> None:
    notes = [note(str(number), body="<div>" + "x" * 900_000 + "</div>") for number in range(8)]
    file = Pieces(export(*notes))
    archive = Archive(file, "notes.enex", "enex", Report())
    assert len(archive.members) == len(notes)
    assert b"x" * 900_000 in archive.members[7].source().data
    assert file.most <= enex._BLOCK


@pytest.mark.parametrize("case", ["note.rtf", "subs.opml"])
def test_other_forms_are_refused_with_a_remedy(case: str) -> None:
    report = Report()
    assert exporter.read(CASES / case, report=report) == ()
    assert report.counts() == {"file-not-text" if case.endswith("rtf") else "feed-list": 1}


@pytest.mark.parametrize(
    "opening", ["<?xml version='1.0'?><a>b</a>", "\ufeff <!DOCTYPE a><a>b</a>", "{\\rtf1 b}"]
)
def test_markup_is_never_plain_text(opening: str) -> None:
    report = Report()
    assert exporter.read(f"{opening}\n\nMore words.\n".encode(), name="a.txt", report=report) == ()
    assert report.counts() == {"file-not-text": 1}
