"""Pages saved in one file, as Chrome and Internet Explorer have them."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest

import exporter
from exporter.diagnostics import Report
from exporter.sources.read_many import read_paths
from tests.sources.archives.samples import FERRY, findings_of, page, picture, read

ADDRESS = "https://harbour.example/news/ferry"
PAGE = page(
    "Ferry runs late – again", body="<img src='cid:a1@mhtml.blink'><img src='/img/b.png'><img src='c.png'>"
)


def part(content: bytes, kind: str, *headers: str) -> str:
    if kind.startswith("text/"):
        coding, body = "quoted-printable", quopri.encodestring(content).decode()
    else:
        coding, body = "base64", base64.encodebytes(content).decode()
    return "\n".join([f"Content-Type: {kind}", f"Content-Transfer-Encoding: {coding}", *headers, "", body])


def chrome(*parts: str) -> bytes:
    head = [
        "From: <Saved by Blink>",
        f"Snapshot-Content-Location: {ADDRESS}",
        "Subject: =?utf-8?Q?Ferry=20runs=20late?=",
        "Date: Wed, 5 Apr 2023 15:07:08 +0900",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related;\n\ttype="text/html";\n\tboundary="----MultipartBoundary--x----"',
        "",
        "",
    ]
    body = "".join(f"------MultipartBoundary--x----\n{p}\n" for p in parts)
    return f"{chr(10).join(head)}{body}------MultipartBoundary--x------\n".replace("\n", "\r\n").encode()


IMAGES = [
    part(
        picture("navy"),
        "image/png",
        "Content-ID: <a1@mhtml.blink>",
        "Content-Location: https://cdn.example/a",
    ),
    part(picture("red"), "image/png", "Content-Location: https://harbour.example/img/b.png"),
    part(picture("green"), "image/png", "Content-Location: https://harbour.example/news/c.png"),
]


def test_a_page_of_chrome(tmp_path: Path) -> None:
    html = part(
        PAGE.encode(), "text/html", "Content-ID: <frame-1@mhtml.blink>", f"Content-Location: {ADDRESS}"
    )
    frame = part(page("A frame").encode(), "text/html", "Content-Location: https://ads.example/")
    (tmp_path / "a.mhtml").write_bytes(chrome(html, *IMAGES, frame))
    (article,), books, report = read(tmp_path / "a.mhtml")
    assert (article.title, article.link) == ("Ferry runs late – again", ADDRESS)
    assert (article.captured, article.basis["captured"]) == ("2023-04-05T15:07:08+09:00", "metadata")
    assert len(article.assets) == 3
    assert exporter.paragraphs(article)[0] == FERRY
    assert findings_of(report) == []
    assert article.origin.name == "a.mhtml"
    assert [(b.reader, b.articles) for b in books] == [("mhtml", 1)]


def test_a_page_of_internet_explorer(tmp_path: Path) -> None:
    """A relative address of an image, another charset, no address of the page's own."""
    text = page("Fähre fährt später", body="<img src='file:///C:/Desk/boat_files/b.png'>").encode("cp1252")
    lines = [
        "From: <Saved by Windows Internet Explorer 11>",
        "Subject: Boat",
        "Date: Wed, 5 Apr 2023 15:07:08 +0200",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related; type="text/html"; boundary="----=_NextPart"',
        "X-MimeOLE: Produced By Microsoft MimeOLE",
        "",
        "This is a multi-part message in MIME format.",
        "",
        "------=_NextPart",
        part(text, 'text/html; charset="windows-1252"', "Content-Location: file://C:\\Desk\\boat.htm"),
        "------=_NextPart",
        part(picture(), "image/png", "Content-Location: file:///C:/Desk/boat_files/b.png"),
        "------=_NextPart--",
    ]
    (tmp_path / "boat.mht").write_text(
        "\r\n".join(lines).replace("\r\n", "\n").replace("\n", "\r\n"), newline=""
    )
    (article,), _, report = read(tmp_path / "boat.mht")
    assert article.title == "Fähre fährt später"
    assert article.link is None
    assert len(article.assets) == 1
    assert findings_of(report) == []


def test_odd_addresses_cost_no_page(tmp_path: Path) -> None:
    html = part(PAGE.encode(), "text/html", "Content-Location: http://[odd/x")
    (tmp_path / "a.mhtml").write_bytes(chrome(html, *IMAGES[:1]))
    (article,), _, _ = read(tmp_path / "a.mhtml")
    assert (article.title, len(article.assets)) == ("Ferry runs late – again", 1)


def test_no_page_in_it(tmp_path: Path) -> None:
    for parts in ((), IMAGES[:1], [part(b" ", "text/html")]):
        (tmp_path / "a.mhtml").write_bytes(chrome(*parts))
        articles, _, report = read(tmp_path / "a.mhtml")
        assert (articles, findings_of(report)) == ((), [("archive-empty", "a.mhtml")])


@pytest.mark.parametrize("depth", [20, 1000, 20_000])
def test_parts_nested_without_end_end(tmp_path: Path, depth: int) -> None:
    head = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b0\nSnapshot-Content-Location: https://a.example/\n\n"
    opened = "".join(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(depth))
    inner = f"--b{depth}\n{part(page('At the bottom').encode(), 'text/html')}\n--b{depth}--\n"
    (tmp_path / "a.mhtml").write_text(head + opened + inner)
    (tmp_path / "b.txt").write_text("Boats\n\nThey sail.")
    report = Report()
    articles, _ = read_paths([tmp_path], report)
    assert articles[-1].title == "Boats"
    assert articles[0].title == "At the bottom" or ("archive-broken", "a.mhtml") in findings_of(report)


def test_cut_short_it_gives_what_it_has(tmp_path: Path) -> None:
    html = part(PAGE.encode(), "text/html", f"Content-Location: {ADDRESS}")
    data = chrome(html, *IMAGES)
    (tmp_path / "a.mhtml").write_bytes(data[: int(len(data) * 0.8)])
    (article,), _, _ = read(tmp_path / "a.mhtml")
    assert exporter.paragraphs(article)[0] == FERRY


def test_mail_is_not_taken_for_a_page(tmp_path: Path) -> None:
    mail = b"From: jo@example.org\nSubject: Hi\nContent-Type: multipart/related; boundary=x\n\n--x--"
    (tmp_path / "a.eml").write_bytes(mail)
    _, books, _ = read(tmp_path / "a.eml")
    assert books[0].reader != "mhtml"
