"""What fuzzing has found, kept: no reader may fail on any of it."""

from __future__ import annotations

import pytest

from exporter import readers
from exporter.readers import Source

FOUND = {
    "a charset with a null character": (
        "mail",
        "page.eml",
        b"From: Jo\nSubject: Bread\nMIME-Version: 1.0\n"
        b"Content-Type: text/plain; charset=us\x00x\n\nBr\xc3\xb6d",
    ),
    "an attribute that no name can be": (
        "exports",
        "page.html",
        b"<!DOCTYPE NETSCAPE-Bookmark-file-1>"
        b'<DL><DT><A HREF="http://a.example/" :x\x07="1" {}="2">Bread</A></DL>',
    ),
}


@pytest.mark.parametrize("found", FOUND, ids=str)
def test_no_reader_fails_on_what_was_found(found: str) -> None:
    reader, name, data = FOUND[found]
    reading = readers.read_source(Source(data, name), reader)
    assert "reader-failed" not in [finding.id for finding in reading.diagnostics]
    assert reading.articles
