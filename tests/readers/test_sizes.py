"""Sources far from the usual size: a single byte, very many of everything, more than is read."""

from __future__ import annotations

import pytest

from exporter.model import visit
from exporter.readers import registry as readers
from exporter.readers.source import Reading, Source


def read(data: bytes, name: str) -> Reading:
    return readers.read_source(Source(data, name))


def ids(reading: Reading) -> set[str]:
    return {finding.id for finding in reading.diagnostics}


@pytest.mark.parametrize(
    "name", ["a.html", "a.md", "a.txt", "a.json", "a.csv", "a.jsonl", "a.xml", "a.eml", "a"]
)
@pytest.mark.parametrize("byte", [b"x", b"<", b"{", b"\n", b"\0", b"\xff", b"-", b"#"])
def test_a_single_byte_is_an_article_or_a_word_on_why_not(name: str, byte: bytes) -> None:
    reading = read(byte, name)
    assert "reader-failed" not in ids(reading)
    assert reading.articles or ids(reading)


def test_a_page_of_very_many_paragraphs_keeps_each() -> None:
    values = [
        f"Paragraph {n} tells of the harbour and of those who mend nets on its quay." for n in range(4_000)
    ]
    page = "<title>Nets</title><article><h1>Nets</h1>" + "".join(f"<p>{text}</p>\n" for text in values)
    (article,) = read(page.encode(), "nets.html").articles
    assert list(visit.paragraphs(article)) == values


def test_frames_alone_are_no_article() -> None:
    page = f"<html><title>Frames</title><frameset>{'<frame src=a.html>' * 20_000}</frameset></html>"
    reading = read(page.encode(), "frames.html")
    assert reading.articles == ()
    assert ids(reading) == {"no-article"}


def test_more_than_is_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    page = b"<title>Nets</title><article><p>A page on nets, on quays, and on boats.</p></article>"
    assert len(read(page, "nets.html").articles) == 1
    monkeypatch.setattr(readers, "MAX_BYTES", len(page) - 1)
    reading = read(page, "nets.html")
    assert (reading.articles, ids(reading)) == ((), {"file-too-large"})
