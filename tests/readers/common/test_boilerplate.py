"""Furniture among an article's paragraphs: what each rule takes, and what looks like it and stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml.html import fromstring

from exporter.diagnostics import Report
from exporter.model import visit
from exporter.model.article import Rule
from exporter.readers import registry as readers
from exporter.readers.common import boilerplate, boilerplate_rules, dom
from exporter.readers.source import Source

CASES = Path(__file__).parents[2] / "cases/reading"
DOCS = Path(__file__).parents[3] / "docs/readers/html.md"
ITEM_TEXT = [
    f"The {name} of the harbour was painted on a dry day, and those who walked past it on their way to the"
    f" market agreed that the colour suited it, whatever the committee had written in its long letter."
    for name in ("lighthouse", "weighing house", "swing bridge", "boathouse", "customs shed")
]
HERE = "https://gazette.example/paint"


def paragraphs(*pieces: str) -> str:
    return "".join(piece if piece.startswith("<") else f"<p>{piece}</p>" for piece in pieces)


def cleaned(*pieces: str, keep: str = "") -> tuple[list[str], dict[str, tuple[int, int]]]:
    """The texts that stay, and lines and words left out by rule."""
    source, report = Source(b"", "page.html", disabled_rules=frozenset([keep])), Report()
    blocks = dom.blocks(fromstring(f"<div>{paragraphs(*pieces)}</div>"), source, Report(), base=HERE)[0]
    kept = boilerplate.remove(blocks, source, report, link=HERE, authors=("Nell Marsh",))
    taken = [boilerplate_rules.parse_finding(finding) for finding in report.findings]
    return list(visit.texts(kept)), {rule: (lines, words) for rule, lines, words in taken}


def link(words: str, path: str = "seals") -> str:
    return f'<a href="https://gazette.example/{path}">{words}</a>'


AFTER = [
    ("credits", "Reporting by Nell Marsh; editing by Ida Holm"),
    ("credits", "Tom Reed in Eastport contributed to this report."),
    ("credits", "(Quelle: dpa/sda)"),
    ("credits", "Con información de agencias y de la redacción"),
    ("credits", "<ul><li>– additional reporting by Ida Holm</li></ul>"),
    ("standing-note", "Our standards: the Gazette's principles of trust"),
    ("standing-note", "Fehler gefunden? Jetzt melden."),
    ("author-note", "Nell Marsh covers the harbour and the council. She has a boat of her own."),
    ("author-note", "Ida Holm is a senior reporter at the Gazette who writes about ships."),
    ("author-note", "Die Autorin ist Redakteurin im Ressort Hafen und Küste."),
    ("author-note", "Email: marsh@gazette.example"),
    ("subscribe", "Sign up for our weekly letter and get the news from the quay in your inbox."),
    ("subscribe", "Abonnieren Sie unseren Brief vom Hafen"),
    ("share", "Follow us: Facebook | Instagram"),
    ("share", "Facebook Twitter Whatsapp"),
    ("told-line", "Updated: 4 May 2024"),
    ("credits", "nm/dpa"),
    ("share", "¡Síguenos en Instagram!"),
    ("tags", "Tags: harbour, paint, council"),
    ("tags", "Schlagwörter: Hafen, Farbe"),
    ("glyphs", "___"),
    ("widget", "Close"),
    ("widget", "Wird geladen …"),
    ("read-more", "Most popular"),
    ("read-more", f"Lire aussi {link('Les phoques de la baie comptés deux fois')}"),
    ("link-alone", f"Newsblog: {link('All the news of the harbour as it comes in')}"),
    ("link-alone", f"FROM THE SAME HARBOUR | {link('All the news of the harbour as it comes in')}"),
    ("counter", "2 hours ago"),
    ("counter", "00:00 / 03:15"),
    ("widget", "An dieser Stelle finden Sie einen externen Inhalt, der den Artikel ergänzt."),
    ("standing-note", "We may earn a commission when you buy through links on our site."),
    ("widget", "Schriftgröße anpassen!"),
    ("menu", " ".join(link(word, word) for word in ("Harbour", "Town", "Sport", "Letters", "Weather"))),
]


@pytest.mark.parametrize(("rule", "line"), AFTER)
def test_what_follows_the_text_is_left_out_counted_and_kept_on_request(rule: str, line: str) -> None:
    texts, counts = cleaned(*ITEM_TEXT, line)
    assert texts == ITEM_TEXT
    assert counts == {rule: (1, len(fromstring(f"<p>{line}</p>").text_content().split()))}
    assert len(cleaned(*ITEM_TEXT, line, keep=rule)[0]) == len(ITEM_TEXT) + 1


@pytest.mark.parametrize(
    "line",
    [
        "Correction: the shed was painted in May.",
        "This article was amended on 4 May to say that the bridge is grey.",
        "Editor's note: the committee has since replied.",
        "Anm. d. Red.: Der Schuppen ist inzwischen grün.",
        "Nota de la redacción: la carta llegó después.",
        "訂正：橋の色は灰色です。",
    ],
)
def test_corrections_and_notes_of_editors_stay(line: str) -> None:
    assert cleaned(*ITEM_TEXT, line, "Reporting by Ida Holm") == ([*ITEM_TEXT, line], {"credits": (1, 4)})


@pytest.mark.parametrize(
    "line",
    [
        "Nell Marsh is a reporter whom the committee would rather not see on its quay.",
        "Reporting by the two papers brought the letter to light.",
        "Photo: the bridge before it was painted.",
        "Sources: two letters, and a walk along the quay.",
        "Subscribe who will, the mayor said.",
        "Our standards are not those of the committee.",
        "Tags: the word that the painters had sprayed on the wall.",
        "marsh@gazette.example",
    ],
)
def test_within_the_text_such_lines_stay(line: str) -> None:
    assert cleaned(*ITEM_TEXT[:3], line, *ITEM_TEXT[3:]) == ([*ITEM_TEXT[:3], line, *ITEM_TEXT[3:]], {})


@pytest.mark.parametrize(
    "line",
    [
        "Ida Holm is a painter from Eastport who has never held a brush this long.",
        "Is Nell Marsh a reporter at the Gazette? She does not say.",
        "Reportingham has no harbour.",
        "Closed until May.",
        "So the video shows.",
        "Taggart had the last word.",
        "Follow the money, said the mayor.",
        f"Read the letter: {link('here')}",
        f"{link('Harbour')} and {link('town')} agree.",
        "12 hours",
        "Eastport, 4 May 2024",
        "1.",
        "It was long ago.",
    ],
)
def test_last_words_of_an_author_stay(line: str) -> None:
    texts, counts = cleaned(*ITEM_TEXT, line)
    assert (len(texts), counts) == (len(ITEM_TEXT) + 1, {})


def test_the_name_of_the_author_below_the_text_is_left_out() -> None:
    assert cleaned(*ITEM_TEXT, ITEM_TEXT[0], "Nell Marsh") == (
        [*ITEM_TEXT, ITEM_TEXT[0]],
        {"author-note": (1, 2)},
    )


@pytest.mark.parametrize("heading", ["<h3>About the author</h3>", "<p>Über die Autorin:</p>"])
def test_a_note_below_a_line_that_announces_it_is_left_out(heading: str) -> None:
    note = (
        "She grew up on a ferry and has since written four books on the sea, of which one has a whale in it."
    )
    texts, counts = cleaned(*ITEM_TEXT, heading, note)
    assert (texts, list(counts)) == (ITEM_TEXT, ["author-note"])
    assert cleaned(ITEM_TEXT[0], heading, *ITEM_TEXT[1:], *ITEM_TEXT)[0][2:] == [*ITEM_TEXT[1:], *ITEM_TEXT]


def test_glyphs_within_the_text_are_a_break() -> None:
    source, report = Source(b"", "page.html"), Report()
    blocks = dom.blocks(
        fromstring(f"<div>{paragraphs(*ITEM_TEXT[:2], '* * *', *ITEM_TEXT[2:])}</div>"), source, report
    )[0]
    kept = boilerplate.remove(blocks, source, report, link=None, authors=())
    assert kept == (*blocks[:2], Rule(), *blocks[3:])


@pytest.mark.parametrize(
    "line",
    [
        "Published Aug 28, 2024 • Last updated 1 hour ago • 4 minute read",
        "15.04.2024 - 15:48 UhrLesedauer: 2 Min.",
        "On 6/13/2018 by @idaholm",
        "05/10/2018 - by Ida - Tags: paint",
        "Author of the article:",
        "Nell Marsh",
    ],
)
def test_a_line_of_dates_and_names_above_the_text_is_left_out(line: str) -> None:
    texts, counts = cleaned(line, *ITEM_TEXT)
    assert (texts, list(counts)) == (ITEM_TEXT, ["told-line"])


@pytest.mark.parametrize(
    "line", ["2 May by the sea, with the painters", "On a day in May, by Ida", "May is late"]
)
def test_a_line_above_the_text_that_says_more_stays(line: str) -> None:
    assert cleaned(line, *ITEM_TEXT) == ([line, *ITEM_TEXT], {})


@pytest.mark.parametrize("word", ["Video", "Menu", "Print"])
def test_a_word_of_a_button_over_text_is_a_heading(word: str) -> None:
    assert cleaned(*ITEM_TEXT[:3], f"<h2>{word}</h2>", *ITEM_TEXT[3:])[0] == [
        *ITEM_TEXT[:3],
        word,
        *ITEM_TEXT[3:],
    ]


CARDS = ["The ferry that never came", "A baker leaves the square", "Storm over the old mill"]


def cards(headline: str) -> list[str]:
    return [
        piece
        for n, words in enumerate(CARDS)
        for piece in (
            headline.format(link(words, str(n))),
            f"Teaser {n} of a story that others tell.",
            "Ida Holm",
        )
    ]


@pytest.mark.parametrize("headline", ["<h3>{}</h3>", "<p>{}</p>"])
def test_cards_of_other_articles_are_left_out_wherever_they_are(headline: str) -> None:
    pieces = ["<h2>More from the Gazette</h2>", *cards(headline)]
    assert cleaned(*ITEM_TEXT[:3], *pieces, *ITEM_TEXT[3:])[0] == ITEM_TEXT
    texts, counts = cleaned(*ITEM_TEXT, *pieces)
    assert texts == ITEM_TEXT
    assert sum(lines for lines, _ in counts.values()) == 10
    assert {"read-more", "cards"} <= set(counts)


def test_headings_with_text_below_are_no_cards() -> None:
    chapters = [
        piece for n, text_item in enumerate(ITEM_TEXT) for piece in (f"<h3>House {n}</h3>", text_item)
    ]
    texts, counts = cleaned(ITEM_TEXT[0], "<h2>More from the quay</h2>", *chapters)
    assert [text for text in texts if text in ITEM_TEXT] == [ITEM_TEXT[0], *ITEM_TEXT]
    assert "cards" not in counts


def test_lists_and_text_below_a_pointer_are_no_cards() -> None:
    lists = [f"<h2>{word}</h2><ul><li>{word} of the quay</li></ul>" for word in ("Notes", "Books", "Maps")]
    assert "Notes of the quay" in cleaned(*ITEM_TEXT, "<h2>See also</h2>", *lists)[0]
    pointers = [f"<p>{link(f'The boats of the year {n}', str(n))}</p>" for n in range(3)]
    mixed = [piece for pair in zip(pointers, ITEM_TEXT[2:], strict=True) for piece in pair]
    assert cleaned(*ITEM_TEXT[:2], "Related", *mixed)[0] == ITEM_TEXT


def test_stamps_of_a_live_blog_are_left_out_and_a_programme_keeps_its_times() -> None:
    stamps = ["3:42 pm ET", "1:15 pm ET", "11:50 am ET"]
    entries = [piece for pair in zip(stamps, ITEM_TEXT, strict=False) for piece in pair]
    assert cleaned(*entries) == (ITEM_TEXT[:3], {"live-stamp": (3, 9)})
    programme = [piece for pair in zip(reversed(stamps), ITEM_TEXT, strict=False) for piece in pair]
    assert cleaned(*programme) == (programme, {})


@pytest.mark.parametrize(
    "line", ["投票には会員登録が必要です。", "<ul><li>港</li><li>新規登録</li><li>ログインする</li></ul>"]
)
def test_notices_for_members_are_left_out(line: str) -> None:
    texts, counts = cleaned(*ITEM_TEXT, line)
    assert (texts, list(counts)) == (ITEM_TEXT, ["subscribe"])


def test_a_list_of_more_names_than_notices_stays() -> None:
    names = "<ul><li>港</li><li>橋</li><li>ログイン</li></ul>"
    assert cleaned(*ITEM_TEXT, names) == ([*ITEM_TEXT, "港", "橋", "ログイン"], {})


def test_a_stamp_may_have_the_author_or_a_label_right_behind_it() -> None:
    stamps = ["20:42KEY EVENT", "20:24Nell Marsh", "19:39Ida van Holm", "19:20Tom Reed"]
    entries = [piece for pair in zip(stamps, ITEM_TEXT, strict=False) for piece in pair]
    kept, counts = cleaned(*entries)
    assert kept == [ITEM_TEXT[0], ITEM_TEXT[1], "19:39Ida van Holm", ITEM_TEXT[2], ITEM_TEXT[3]]
    assert counts == {"live-stamp": (3, 6)}


@pytest.mark.parametrize(
    "line",
    [
        "Last updated 15\xa0hours ago",
        "Published May 4, 2024 \xa0•\xa0 Last updated 1\xa0hour ago \xa0•\xa0 4 minute read",
        "By Gazette, nm",
        "AFP, EASTPORT",
        "By Nell Marsh and Ida Holm / Eastport Gazette Staff Writers",
    ],
)
def test_lines_above_the_text_that_say_who_and_when_are_left_out(line: str) -> None:
    assert cleaned(line, *ITEM_TEXT)[0] == ITEM_TEXT


@pytest.mark.parametrize("line", ["Gazette, nm", "By bus, on foot", "5:30Start", "AFP reports from Eastport"])
def test_lines_above_the_text_that_say_something_else_stay(line: str) -> None:
    assert cleaned(line, *ITEM_TEXT)[0] == [line, *ITEM_TEXT]


@pytest.mark.parametrize("name", ["about-the-author-at-the-end", "cards-inside-the-article"])
def test_a_page_with_end_matter_gives_its_eight_paragraphs(name: str) -> None:
    texts = page(name)
    assert len(texts) == 8
    assert texts[0].startswith("The harbour council met")
    assert texts[-1].endswith("during the gale of last month.")


def test_a_page_with_a_long_menu_gives_the_short_article_alone() -> None:
    text = " ".join(page("menu-read-for-the-article"))
    assert text.startswith("The harbour council met")
    assert text.endswith("at forty thousand crowns")


def page(name: str) -> list[str]:
    (article,) = readers.read_source(Source((CASES / f"{name}.html").read_bytes(), f"{name}.html")).articles
    return list(visit.texts(article.blocks))


# -- Bad input -------------------------------------------------------------------------


def test_a_page_of_nothing_but_furniture_is_what_its_reader_saved() -> None:
    pieces = ["Share this article", "Most popular", "Close", "___", "Subscribe now", "12"]
    assert cleaned(*pieces) == (pieces, {})


def test_a_page_with_two_articles_loses_neither_without_a_word() -> None:
    two = "".join(f"<article><h1>House {n}</h1>{paragraphs(*ITEM_TEXT[n : n + 2])}</article>" for n in (0, 2))
    page = f"<!DOCTYPE html><html lang=en><title>Houses</title><body><main>{two}</main></body></html>"
    reading = readers.read_source(Source(page.encode(), "page.html"), "html")
    texts = [text for article in reading.articles for text in visit.texts(article.blocks)]
    assert [text for text in texts if text in ITEM_TEXT] == ITEM_TEXT[:4]


def test_ten_thousand_times_are_read() -> None:
    hours = "".join(
        f"<p>{''.join(f'<time>{n}:{m:02}</time> a boat, ' for m in range(100))}</p>" for n in range(100)
    )
    page = (
        f"<!DOCTYPE html><html lang=en><title>The log</title><body><article>{hours}</article></body></html>"
    )
    (article,) = readers.read_source(Source(page.encode(), "page.html"), "html").articles
    assert " ".join(visit.texts(article.blocks)).count("a boat") == 10_000


# -- The data --------------------------------------------------------------------------


def test_a_star_is_at_an_end_of_a_phrase_alone_and_no_phrase_is_of_two_rules() -> None:
    phrases = [(p, r.name) for r in boilerplate_rules.rules() for p in {*r.phrases, *r.at_end}]
    assert not [p for p, _ in phrases if "*" in p.strip("*")]
    assert len({p for p, _ in phrases}) == len(phrases)


def test_the_documentation_names_each_rule() -> None:
    rules = {rule.name: rule.takes for rule in boilerplate_rules.rules()}
    text = DOCS.read_text("utf-8")
    assert [name for name, takes in rules.items() if f"| `{name}` | {takes} |" not in text] == []
