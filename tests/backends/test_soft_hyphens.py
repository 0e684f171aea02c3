"""Soft hyphens help a layout engine to break words; anywhere else they would cut words in two."""

from __future__ import annotations

import io
import zipfile
from email import message_from_bytes, policy
from pathlib import Path

import pytest

import exporter
from exporter.editions.compile import Edition, single
from exporter.library import text_search
from exporter.model import build

CASE = Path(__file__).parents[1] / "cases/reading/soft-hyphens.html"
SOFT = "\xad"
WORD = "Donaudampfschifffahrt"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return single(exporter.read(CASE)[0])


@pytest.mark.parametrize("format", ["txt", "md", "bib", "csl", "ris"])
def test_no_text_has_soft_hyphens(edition: Edition, format: str) -> None:
    text = exporter.render(edition, format).decode()
    assert SOFT not in text
    assert WORD in text
    assert "Verwaltung" in text or format not in ("txt", "md")


def test_no_mail_has_soft_hyphens(edition: Edition) -> None:
    mail = message_from_bytes(exporter.render(edition, "eml"), policy=policy.default)
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert SOFT not in text.decode()
    assert "Verwaltung" in text.decode()


def test_a_book_keeps_them_in_its_text_alone(edition: Edition) -> None:
    with zipfile.ZipFile(io.BytesIO(exporter.render(edition, "epub"))) as book:
        texts = {name: book.read(name).decode() for name in book.namelist() if name.endswith(("html", "opf"))}
    assert not any(SOFT in text for name, text in texts.items() if name.endswith("opf") or "nav" in name)
    assert any(f"Ver{SOFT}wal{SOFT}tung" in text for text in texts.values())


def test_metadata_file_names_and_search_have_none() -> None:
    (article,) = exporter.read(CASE)
    assert article.title == f"Die {WORD}"
    assert build.slug(f"Donau{SOFT}dampf\u200bschiff") == "donaudampfschiff"
    assert text_search.answers(f"Ver{SOFT}wal{SOFT}tung", f"Verwal{SOFT}tung")
