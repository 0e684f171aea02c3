"""Which language a paragraph is in, where it is not the article's: what is declared, and what is certain."""

from __future__ import annotations

import pytest

from exporter.model import visit
from exporter.model.article import Article, Heading, Paragraph
from exporter.readers import registry as readers
from exporter.readers.source import Source

ENGLISH = (
    "The ferry to the outer islands runs again after a winter in the dock, and the harbour office says "
    "that it will leave at the same hour as before. Those who have a card from last year may use it until "
    "the summer, if it was not lost in the mean time, as there are no others to be had."
)
SHORT = "It is the first ferry of the year, and the last of its kind."
GERMAN = (
    "Die Fähre zu den äußeren Inseln fährt nach einem Winter im Dock wieder, und das Hafenamt sagt, dass sie "
    "zur selben Stunde ablegen wird wie zuvor. Wer eine Karte vom letzten Jahr hat, kann sie bis zum Sommer "
    "nutzen, wenn sie nicht in der Zwischenzeit verloren ging, denn andere sind nicht zu haben."
)
PERSIAN = "کتاب‌های قدیمی پس از دو سال به میدان شهر برگشتند و مردم از صبح زود آمدند."
ARABIC = "عاد سوق الكتب القديمة إلى ساحة المدينة بعد غياب عامين."
NAMES = "Lund, Berg, Dahl, Holm, Strand, Vik, Nes, Sand, Moen, Lie, Bakke, Haug, Eide, Solberg, Aas, " * 4


def read(body: str, language: str | None = "en") -> Article:
    shown = f' lang="{language}"' if language else ""
    page = (
        f"<!doctype html><html{shown}><meta charset=utf-8><title>A ferry</title><body><article>"
        f"<h1>A ferry</h1><p>{ENGLISH}</p>{body}<p>{SHORT}</p></article></body></html>"
    )
    (article,) = readers.read_source(Source(page.encode(), "page.html")).articles
    return article


def details(article: Article) -> dict[str, str]:
    """The languages of single blocks, by the first words."""
    return {
        visit.plain(block.content)[:12]: block.language
        for block in visit.each_block(article.blocks)
        if isinstance(block, Paragraph | Heading) and block.language
    }


@pytest.mark.parametrize(
    ("body", "matches"),
    [
        ('<p lang="fr">Le bac repart.</p>', {"Le bac repar": "fr"}),
        ('<p xml:lang="fr">Le bac repart.</p>', {"Le bac repar": "fr"}),
        ('<div lang="fr"><p>Le bac.</p><section><p>Il part.</p></section></div><p>On.</p>',
         {"Le bac.": "fr", "Il part.": "fr"}),
        ('<blockquote lang="de"><p>Das Boot.</p><p lang="nl">De boot.</p></blockquote>',
         {"Das Boot.": "de", "De boot.": "nl"}),
        ('<h2 lang="fr">Le bac</h2><p>And so on.</p>', {"Le bac": "fr"}),
        ('<ul lang="fr"><li>Un</li><li>Deux</li></ul>', {"Un": "fr", "Deux": "fr"}),
        ('<table lang="fr"><tr><th>Un</th><td>Deux</td></tr><tr><th>Trois</th><td>Six</td></tr></table>',
         {"Un": "fr", "Deux": "fr", "Trois": "fr", "Six": "fr"}),
        ('<p><span lang="fr">Le bac repart.</span></p>', {"Le bac repar": "fr"}),
        ('<p>They say <i lang="fr">le bac</i> here.</p>', {}),  # a word makes no paragraph
        ('<p lang="en-US">The boat.</p>', {}),
        ('<p lang="und">The boat.</p><p lang="">The boat.</p><p lang="x-klingon">The boat.</p>', {}),
        ('<p lang="fr">항구의 종이 울린다.</p>', {"항구의 종이 울린다.": "ko"}),  # what it says cannot be
        (f'<p lang="de">{ENGLISH}</p><p lang="de">So it says.</p>', {}),  # nor this, nor what is like it
    ],
)  # fmt: skip
def test_what_is_declared(body: str, matches: dict[str, str]) -> None:
    assert details(read(body)) == matches


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("항구의 종이 다시 울린다.", "ko"),
        ("港の鐘がまた鳴る。", "ja"),
        ("港口的钟声又响了。", "zh"),
        ("Η καμπάνα του λιμανιού.", "el"),
        ("פעמון הנמל מצלצל שוב.", "he"),
        (ARABIC, "ar"),
        (GERMAN, "de"),
        (PERSIAN, None),  # Persian, Urdu or another: too short to tell
        ("Колокол снова звонит.", None),  # Russian, Bulgarian or another
        ("Die Glocke läutet wieder.", None),  # too short
        ("The sign says 항구 in red.", None),
        (NAMES, None),  # of no language
    ],
)
def test_what_is_certain(text: str, language: str | None) -> None:
    assert details(read(f"<p>{text}</p>")) == ({text[:12]: language} if language else {})


def test_the_text_is_the_same() -> None:
    body = f"<p>{ARABIC}</p><blockquote><p>{GERMAN}</p></blockquote>"
    assert visit.plain_text(read(body)) == "\n\n".join((ENGLISH, ARABIC, GERMAN, SHORT))


def test_a_page_that_says_it_of_every_paragraph_has_that_language() -> None:
    page = (
        "<title>Bac</title><body><div lang=fr><h1>Bac</h1><p>Le bac repart.</p><p>Il part.</p></div></body>"
    )
    (article,) = readers.read_source(Source(page.encode(), "page.html")).articles
    assert (article.language, article.basis["language"]) == ("fr", "stated")
    assert details(article) == {}


def test_other_forms_are_asked_too() -> None:
    text = f"A ferry\n\n{ENGLISH}\n\n항구의 종이 다시 울린다.\n\n{ENGLISH}\n"
    (article,) = readers.read_source(Source(text.encode(), "ferry.txt")).articles
    assert article.language == "en"
    assert set(details(article).values()) == {"ko"}
