"""What fuzzing has found, kept: no reader may fail on any of it."""

from __future__ import annotations

import pytest

from exporter.readers import registry as readers
from exporter.readers.source import Source

MATCHES = {
    "a charset with a null character": (
        "mail",
        "page.eml",
        b"From: Jo\nSubject: Bread\nMIME-Version: 1.0\n"
        b"Content-Type: text/plain; charset=us\x00x\n\nBr\xc3\xb6d",
    ),
    "a title in Base64 that is none": (
        "mail",
        "page.eml",
        b"From: Jo\nSubject: =?utf-8?b?QUJDR@\xf0?=\n\nBread.",
    ),
    "a title in a charset whose name is none": (
        "mail",
        "page.eml",
        b"From: Jo\nSubject: =?utf-8?b?QnJlYWQ=?=\n =?iso-8859\xc3\xbc\x00-1?q?x?=\n\nBread.",
    ),
    "an edition of ours without a heading": (
        "markdown",
        "page.md",
        b"---\ntitle: Harbour notes\nform: exporter-edition-1\n---\n\x16\0\0ur notes\n  - Published: 2021\n",
    ),
    "an attribute that no name can be": (
        "exports",
        "page.html",
        b"<!DOCTYPE NETSCAPE-Bookmark-file-1>"
        b'<DL><DT><A HREF="http://a.example/" :x\x07="1" {}="2">Bread</A></DL>',
    ),
}


def test_a_page_without_its_line_of_date_and_source_is_none() -> None:
    data = b"November 30, 2024\nKCNA KCNA.kp\n\nBell Rung\n\nDate: 31/07/2024 | Sourc\0e: KCNA.kp\n\nIt rang."
    reading = readers.read_source(Source(data, "page.txt"), "kcnawatch")
    assert [finding.id for finding in reading.diagnostics if finding.kind.severity != "info"] == [
        "no-article"
    ]


def test_our_own_json_that_is_no_text_is_told_as_such() -> None:
    (finding,) = readers.read_source(Source(b'"\x85]"', "page.json"), "native").diagnostics
    assert "not this program's JSON" in finding.detail


@pytest.mark.parametrize("matches", MATCHES, ids=str)
def test_no_reader_fails_on_what_was_found(matches: str) -> None:
    reader, name, data = MATCHES[matches]
    reading = readers.read_source(Source(data, name), reader)
    assert "reader-failed" not in [finding.id for finding in reading.diagnostics]
    assert reading.articles
