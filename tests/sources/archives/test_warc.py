"""Web archives: each HTML response a page, with the archive's own date, address and images."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from collections.abc import Sequence
from pathlib import Path

import brotli
import pytest

from exporter.sources import archives
from tests.conformance.editions import corpus
from tests.sources.archives.samples import FERRY, findings_of, page, picture, read

Record = tuple[str, str, bytes, list[tuple[str, str]], str]
WHEN = "2023-04-05T06:07:08Z"


def response(
    address: str,
    body: str | bytes,
    headers: Sequence[tuple[str, str]] = (("Content-Type", "text/html; charset=utf-8"),),
    status: str = "200 OK",
) -> Record:
    return "response", address, body.encode() if isinstance(body, str) else body, list(headers), status


def image(address: str, colour: str = "navy") -> Record:
    return response(address, picture(colour), [("Content-Type", "image/png")])


def warc(records: Sequence[Record], *, packed: bool = True) -> bytes:
    """An archive of the records, each packed by itself where ``packed`` (ISO 28500, annex D)."""
    parts = []
    for kind, address, body, headers, status in records:
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "", ""]
        block = "\r\n".join(lines).encode() + body
        fields = {
            "WARC-Type": kind,
            "WARC-Target-URI": address,
            "WARC-Date": WHEN,
            "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{len(parts):012}>",
            "WARC-Payload-Digest": f"sha1:{base64.b32encode(hashlib.sha1(body).digest()).decode()}",
            "Content-Type": "application/http; msgtype=response",
            "Content-Length": str(len(block)),
        }
        head = "\r\n".join(["WARC/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""])
        record = head.encode() + block + b"\r\n\r\n"
        parts.append(gzip.compress(record) if packed else record)
    return b"".join(parts)


SITE = "https://harbour.example/news/"
PAGES = [
    response(f"{SITE}ferry", page("Ferry runs late", body="<img src=/img/ferry.png><img src='boat.png'>")),
    image("http://harbour.example/img/ferry.png"),
    image(f"{SITE}boat.png", "red"),
    response(f"{SITE}gone", page("Not found"), status="404 Not Found"),
    response(f"{SITE}data.json", "{}", [("Content-Type", "application/json")]),
    response(
        f"{SITE}bread?id=3",
        page("Bread is dearer", head="<link rel=canonical href=https://harbour.example/bread>"),
    ),
]


@pytest.mark.parametrize("packed", [True, False])
def test_pages_of_an_archive(tmp_path: Path, packed: bool) -> None:
    (tmp_path / "a.warc.gz").write_bytes(warc(PAGES, packed=packed))
    (ferry, bread), books, report = read(tmp_path / "a.warc.gz")
    assert ferry.origin.name == "a.warc.gz!/https://harbour.example/news/ferry"
    assert (ferry.title, ferry.link, ferry.source) == ("Ferry runs late", f"{SITE}ferry", "harbour.example")
    assert (ferry.captured, ferry.basis["captured"]) == ("2023-04-05T06:07:08+00:00", "metadata")
    assert ferry.published is None
    assert len(ferry.assets) == 2
    assert (bread.link, bread.via) == ("https://harbour.example/bread", f"{SITE}bread?id=3")
    assert findings_of(report) == []
    assert [(b.articles, b.reader) for b in books] == [(2, "warc")]


def test_an_image_that_the_archive_has_not_is_remote(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(warc([PAGES[0], image(f"{SITE}boat.png")], packed=False))
    (article,), _, report = read(tmp_path / "a.warc")
    assert len(article.assets) == 1
    assert [(f.id, f.detail) for f in report.warnings] == [
        ("image-remote", "https://harbour.example/img/ferry.png")
    ]


@pytest.mark.parametrize("address", ["http://[odd/x", "http://", "http://a.example:99999/%zz"])
def test_odd_addresses_cost_no_page(tmp_path: Path, address: str) -> None:
    body = f"<img src='{address}'><img src='http://[worse/y.png'>"
    records = [response(address, page("Ferry runs late", body=body)), image(address), PAGES[5]]
    (tmp_path / "a.warc").write_bytes(warc(records, packed=False))
    articles, _, report = read(tmp_path / "a.warc")
    assert [a.title for a in articles] == ["Ferry runs late", "Bread is dearer"]
    assert "reader-failed" not in report.counts()


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = (body[:half], body[half:], b"")
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", deflated),
        ("br", brotli.compress),
        ("gzip", bytes),
        ("identity", bytes),
    ],
)
@pytest.mark.parametrize("in_chunks", [True, False])
def test_what_a_server_packed_is_unpacked(tmp_path: Path, coding: str, pack: object, in_chunks: bool) -> None:
    body = pack(page("Fähre fährt später").encode("latin-1"))  # type: ignore[operator]
    headers = [("Content-Type", "text/html; charset=iso-8859-1"), ("Content-Encoding", coding)]
    if in_chunks:
        body, headers = chunked(body), [*headers, ("Transfer-Encoding", "chunked")]
    (tmp_path / "a.warc.gz").write_bytes(warc([response("https://a.example/x", body, headers)]))
    (article,), _, report = read(tmp_path / "a.warc.gz")
    assert article.title == "Fähre fährt später"
    assert findings_of(report) == []


def test_a_page_that_unpacks_without_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter.sources.archives.warc.MAX_BYTES", 1_000_000)
    for coding, pack in (("gzip", gzip.compress), ("br", brotli.compress)):
        body = pack(b"<html>" + b"<p>bread" * 4_000_000)
        headers = [("Content-Type", "text/html"), ("Content-Encoding", coding)]
        bomb = response("https://a.example/bomb", body, headers)
        (tmp_path / "a.warc.gz").write_bytes(warc([bomb, PAGES[0]]))
        articles, _, report = read(tmp_path / "a.warc.gz")
        assert [a.title for a in articles] == ["Ferry runs late"]
        assert findings_of(report)[0] == ("file-too-large", "a.warc.gz!/https://a.example/bomb")


def test_a_gzip_bomb_ends_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE", 1_000_000)
    bomb = response("https://a.example/bomb", b"0" * 30_000_000, [("Content-Type", "image/png")])
    for data in (warc([PAGES[0], bomb]), gzip.compress(warc([PAGES[0], bomb], packed=False))):
        (tmp_path / "a.warc.gz").write_bytes(data)
        _, _, report = read(tmp_path / "a.warc.gz")
        assert ("archive-too-large", "a.warc.gz") in findings_of(report)
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(b"WARC/1.0\r\nWARC-Type: " + b"a" * 30_000_000))
    _, _, report = read(tmp_path / "a.warc.gz")
    assert report.warnings


@pytest.mark.parametrize("by", [-200, -20, 20, 400, 100_000])
def test_a_wrong_length_costs_its_own_record(tmp_path: Path, by: int) -> None:
    records = [warc([record], packed=False) for record in PAGES[:1] * 1 + PAGES[5:]]
    first = records[0]
    at = first.index(b"Content-Length: ") + 16
    length = int(first[at : first.index(b"\r\n", at)])
    wrong = first.replace(b"Content-Length: %d" % length, b"Content-Length: %d" % (length + by), 1)
    for packed in (False, True):
        parts = [gzip.compress(part) if packed else part for part in (wrong, *records[1:])]
        (tmp_path / "a.warc").write_bytes(b"".join(parts))
        articles, _, report = read(tmp_path / "a.warc")
        assert articles[-1].title == "Bread is dearer"
        assert "archive-broken" in report.counts()


@pytest.mark.parametrize("packed", [True, False])
def test_an_archive_cut_short_gives_what_it_has(tmp_path: Path, packed: bool) -> None:
    data = warc([PAGES[5], PAGES[0]], packed=packed)
    (tmp_path / "a.warc").write_bytes(data[:-300])
    articles, _, report = read(tmp_path / "a.warc")
    assert articles[0].title == "Bread is dearer"
    assert "archive-broken" in report.counts()


def test_damage_in_the_middle_costs_what_it_hits(tmp_path: Path) -> None:
    parts = [warc([response(f"{SITE}{n}", page(f"Boat number {n}"))]) for n in range(5)]
    broken = bytearray(parts[2])
    broken[len(broken) // 2 : len(broken) // 2 + 40] = b"\xff" * 40
    (tmp_path / "a.warc.gz").write_bytes(b"".join([*parts[:2], bytes(broken), *parts[3:]]))
    articles, _, report = read(tmp_path / "a.warc.gz")
    assert {f"Boat number {n}" for n in (0, 1, 3, 4)} <= {a.title for a in articles}
    assert "archive-broken" in report.counts()


def test_no_page_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(warc(PAGES[1:5]))
    articles, _, report = read(tmp_path / "a.warc.gz")
    assert (articles, findings_of(report)) == ((), [("archive-empty", "a.warc.gz")])


def test_a_revisit_is_told_where_the_page_is_missing(tmp_path: Path) -> None:
    revisit = ("revisit", f"{SITE}ferry", b"", [("Content-Type", "text/html")], "200 OK")
    (tmp_path / "a.warc.gz").write_bytes(warc([PAGES[5], revisit]))
    articles, _, report = read(tmp_path / "a.warc.gz")
    assert [a.title for a in articles] == ["Bread is dearer"]
    assert [f.detail for f in report.findings if f.id == "archive-revisit"] == [f"{SITE}ferry"]


def test_an_archive_larger_than_a_file_may_be_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporter.sources.archives.warc.MAX_BYTES", 20_000)
    pages = [response(f"{SITE}{n}", page(f"Boat number {n}")) for n in range(100)]
    (tmp_path / "a.warc").write_bytes(warc(pages, packed=False))
    assert (tmp_path / "a.warc").stat().st_size > 20_000
    articles, _, report = read(tmp_path / "a.warc")
    assert (len(articles), findings_of(report)) == (100, [])


def test_real_archives() -> None:
    """warcio's own: how many pages each gives, and which are damaged."""
    matches = {}
    for path in sorted(corpus("feeds", "warcio_tests/test/data").iterdir()):
        if ".warc" in path.name:
            articles, _, report = read(path)
            matches[path.name] = (len(articles), "archive-broken" in report.counts())
            assert "reader-failed" not in report.counts()
    assert matches == {
        "example-bad-non-chunked.warc.gz": (1, False),
        "example-bad.warc.gz.bad": (1, False),
        "example-digest.warc": (0, False),
        "example-iana.org-chunked.warc": (1, False),
        "example-resource.warc.gz": (1, False),
        "example-space-in-target-uri.warc.gz": (0, False),
        "example-trunc.warc": (1, True),
        "example-wget-bad-target-uri.warc.gz": (1, False),
        "example-wrong-chunks.warc.gz": (1, False),
        "example.warc": (1, False),
        "example.warc.gz": (1, False),
        "post-test.warc.gz": (0, False),
    }


def test_what_is_read_says_what_the_page_says(tmp_path: Path) -> None:
    import exporter

    (tmp_path / "a.warc.gz").write_bytes(warc(PAGES))
    assert exporter.paragraphs(read(tmp_path / "a.warc.gz")[0][0])[0] == FERRY
