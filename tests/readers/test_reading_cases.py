"""The stored pages, feeds, mails and notes: each gives its words as JSON, as text and as EPUB."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from lxml import etree

import exporter
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, single
from exporter.editions.options import Settings
from exporter.model.article import Article, Asset, CodeBlock, Figure, ListBlock, Note
from exporter.model.visit import each_block, each_inline, plain, runs, texts

CASES = Path(__file__).parents[1] / "cases/reading"
LONG = 40
"""Characters from which words may be in an output only once."""


class Expected(NamedTuple):
    """What an article has in each format.

    ``words`` come in this order, once each where they are long, and ``unwanted`` ones not at all.
    Where it is about them: the texts of its ``notes``, that come after the words in text and EPUB;
    the number of its ``figures`` and the alternative texts (``alts``) of those with a picture, which
    EPUB has as attributes; its ``codes``. Without ``authors`` or ``title``, these are not looked at.
    """

    words: Sequence[str]
    unwanted: Sequence[str] = ()
    title: str | None = None
    authors: tuple[str, ...] | None = None
    published: str | None = None
    source: str | None = None
    notes: tuple[str, ...] = ()
    figures: int = 0
    alts: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


LIGHTHOUSE = [
    "The harbour council met on Tuesday evening to decide how the old lighthouse should be kept standing"
    " through another winter of storms.",
    "Members had been divided for months over the cost, which the treasurer put at forty thousand crowns"
    " for masonry alone, without the lamp.",
    "A petition signed by nine hundred residents was read aloud before the vote, and nobody spoke against"
    " it in the two hours that followed.",
    "Work is expected to begin in April, when the scaffolding now standing around the chapel becomes free"
    " and the tides are at their lowest.",
    "The keeper, who has lived below the lantern room for thirty years, said that she would believe it"
    " when she saw the first stone replaced.",
    "Fishermen along the quay were more hopeful, pointing out that the money had already been put aside"
    " in the budget of the previous year.",
    "A second meeting will settle who may climb the tower once it is open again, and whether a small fee"
    " should be asked of visitors.",
    "Until then the path along the cliff stays closed after dusk, as the railing gave way in two places"
    " during the gale of last month.",
]
COAST = [
    "Further along the coast the fog signal has been silent since autumn, and pilots now steer by the"
    " church spire when clouds are low.",
    "The insurers asked for a survey in three parts, the first of which was finished by a diver and two"
    " students of engineering in June.",
    "Nobody on the quay remembers who gave the lamp its brass collar, though a plate beneath it names a"
    " captain lost at sea long ago.",
    "Schoolchildren painted the inner door in the colours of the town, and the council has promised to"
    " leave their work as it stands.",
    "The ferry company offered to carry stone without charge on its morning crossing, provided that"
    " masons load it before six o'clock.",
    "In spring the gulls return to the gallery, so that no hammer may be used on the upper ring between"
    " March and the end of August.",
    "An old ledger found in the cellar lists every gallon of oil burned since the tower was lit, and will"
    " be shown at the town hall.",
    "What remains of the first wall can be seen at low water, a curve of black granite where seals lie in"
    " the sun on quiet days.",
]
FERRY = [
    "The ferry lost money again last year, and the board says that it will do so again this year whatever"
    " the weather brings.",
    "Only the summer of 2018 brought a surplus, when the road bridge was closed for nine weeks and"
    " everyone had to cross.",
    "The board meets again in June to decide on fares and on the winter boats, and all who pay fares may"
    " come and speak.",
    "The minutes of the last meeting lie in the office, where they may be read on any day of the week but"
    " not on Mondays.",
]
CLERKS = (
    "A fifth paragraph names the two clerks who keep the books, and says that neither of them has ever"
    " missed a day at work."
)
BOUND = [
    "The height of the wave follows from the wind, and the tables of the last century give it for a fetch"
    " that is long enough.",
    "A second paragraph says that the tables were made by hand in the winter of 1911 by two clerks of the"
    " harbour office.",
]
CHECKED = [
    "A third says that nobody has checked them since, although every boat that leaves the harbour carries"
    " a copy on board.",
    "A fourth one closes the matter with a word of thanks to the clerks, both of whom retired before the"
    " second war began.",
]
NOTES = ("By 41,200 crowns, before the subsidy.", "The accounts were never audited.")
MILLS = "Brook, Ada (1981). Mills of the Ash. Ash Press. p. 12."


def norms(word: str) -> list[str]:
    """Five paragraphs, four of which have ``word`` in an element of its own."""
    return [
        f"The height of the wave follows from the wind, and {word} is what the tables of the last century"
        " give for a fetch that is long enough.",
        f"A second paragraph says that the tables were made by hand, with {word} as their rule, in the"
        " winter of 1911 by two clerks.",
        f"A third says that nobody has checked {word} since, although every boat that leaves the harbour"
        " carries a copy on board.",
        f"A fourth one closes the matter with a word of thanks to the clerks, both of whom knew {word}"
        " before the second war began.",
        "A fifth has nothing but words, and stands here at the end so that the page has at least one line"
        " that is plain to all.",
    ]


def with_ends(paragraphs: Sequence[str], linked: str, rest: str) -> list[str]:
    """The paragraphs, the third, fifth and seventh with a link and the ``rest``, which the link's
    number parts from it in text."""
    return [
        piece
        for n, text in enumerate(paragraphs)
        for piece in ((text + linked, rest) if n in (2, 4, 6) else (text,))
    ]


NOTED = Expected(FERRY, ("[1]", "[2]", "↩"), notes=NOTES)
EXPECTED: dict[str, tuple[Expected, ...]] = {
    "about-the-author-at-the-end.html": (
        Expected(LIGHTHOUSE, ("___", "senior reporter", "Our standards", "weekly letter")),
    ),
    "alt-text-counts-as-text.html": (Expected(LIGHTHOUSE, figures=1),),
    "aria-hidden-words.html": (Expected(FERRY),),
    "author-is-a-mail-address.html": (Expected(LIGHTHOUSE, ("a.lind@",), authors=("Anna Lind",)),),
    "author-list-class.html": (Expected(LIGHTHOUSE, authors=("Nathan Holm",)),),
    "button-paragraphs-lost.html": (Expected(norms("the rule")),),
    "byline-labels.html": (Expected(FERRY, authors=("Ada Brook",)),),
    "caption-without-image-element.html": (
        Expected(["The keeper on the stairs.", "Photo: Renata Holm, Gazette", *LIGHTHOUSE], figures=1),
    ),
    "cards-inside-the-article.html": (
        Expected(LIGHTHOUSE, ("Popular", "Swipe", "swipe", "More from", "Never Came", "Baker", "Old Mill")),
    ),
    "code-line-boxes.html": (
        Expected(FERRY, codes=("for gull in harbour:\n    print(gull)", "if tide:\n    wait()")),
    ),
    "code-line-numbers.html": (
        Expected(
            [*FERRY[:2], "while True:", *FERRY[2:]],
            ("1 2",),
            codes=("func count() int {\n    return 1 }", "while True:\n    sleep(1)"),
        ),
    ),
    "comment-within-a-paragraph.html": (
        Expected(
            [*with_ends(LIGHTHOUSE, " It was not the first", " such day, and hardly the last."), *COAST]
        ),
    ),
    "div-paragraph-with-hidden-words.html": (
        Expected(with_ends(LIGHTHOUSE, " (HRB.O)", " rose two per cent.")),
    ),
    "feed-authors.xml": (
        Expected(
            [
                "Der Deich wird in diesem Jahr um einen halben Meter erhöht, sagt der Verband.",
                "Die Arbeiten beginnen im August.",
            ],
            authors=("Anna Holm", "Jan Petersen"),
        ),
        Expected(
            ["Die Schleuse bleibt zu, bis der Bagger fertig ist.", "Das dauert eine Woche."],
            ("redaktion@",),
            authors=("Anna Holm", "Jan Petersen"),
        ),
        Expected(["Das Fest war gut besucht."], authors=("Anna Holm", "Jan Petersen", "Ole Falk")),
    ),
    "first-letter-set-apart.html": (Expected(LIGHTHOUSE, ("T he",)),),
    "footnotes-hugo.html": (NOTED,),
    "footnotes-substack.html": (NOTED,),
    "footnotes-wikipedia.html": (NOTED,),
    "footnotes-word.html": (NOTED,),
    "footnotes-wordpress.html": (NOTED,),
    "forwarded.eml": (
        Expected(
            [
                "Why gulls come inland",
                "It is not the weather.",
                "where the plough has turned up worms.",
                "nobody walks round it in winter.",
            ],
            ("pat@", "quay@", "Unsubscribe", "Forwarded message", "hidden preview", "Fwd:", "Pat Reader"),
            title="The Quay Letter: Why gulls come inland",
            source="The Quay Letter",
            published="2024-03-05T07:00:00",
        ),
    ),
    "header-within-the-article.html": (
        Expected(
            [
                "Storms have eaten at the tower for a hundred years. Now the town will pay, and wonders"
                " whether it waited too long to begin, and who is to say so.",
                "The lighthouse in March, seen from the fishing quay, with the scaffolding of the chapel"
                " behind it",
                *LIGHTHOUSE,
            ],
            ("Coast", "By Anna Lind", "19.10.2025"),
            title="Lighthouse to be repaired",
            authors=("Anna Lind",),
            figures=1,
        ),
    ),
    "headline-for-search-engines.html": (
        Expected(LIGHTHOUSE, ("ghostly light",), title="The quantum lantern"),
    ),
    "job-title-as-author.html": (Expected(LIGHTHOUSE, authors=("Noah Holm",)),),
    "math-display-lost.html": (
        Expected([*BOUND, "The bound is this,", "u≤c", *CHECKED], ("u≤cu", r"\leq", "u≤c u≤c")),
    ),
    "math-fraction.html": (
        Expected([*FERRY[:2], "has to pay is (k w)/2, and", "engine is v^10 in", *FERRY[2:]]),
    ),
    "math-katex-twice.html": (
        Expected([*BOUND, "the bound u≤c throughout, as the older tables of the", *CHECKED], (r"\leq",)),
    ),
    "math-paragraphs-lost.html": (Expected(norms("u≤c")),),
    "menu-read-for-the-article.html": (
        Expected(
            [LIGHTHOUSE[0], LIGHTHOUSE[1].partition(" for masonry")[0]],
            ("Harbour news", "Arts and exhibitions", "Whatsapp", "Tags:"),
            title="Lighthouse to be repaired",
        ),
    ),
    "notes.enex": (
        Expected(
            [
                "Gulls come inland for food, and the food is on the fields behind the town.",
                "The second reason is rest.",
                "fields",
                "ponds",
            ],
            ("<", "xml"),
            title="Why gulls come inland",
            authors=("Ines Mora",),
        ),
        Expected(["The ferry lost money again last year."], ("<", "xml"), title="What the ferry costs"),
    ),
    "paper-instead-of-author.html": (Expected(LIGHTHOUSE, authors=("Sarah Holm",)),),
    "picture-source-only.html": (Expected(FERRY, figures=1, alts=("The stairs",)),),
    "ruby-hidden.html": (
        Expected(
            [
                "けさ、港(みなと)の市場(いちば)では、いつもより早く魚のせりが始まりました。",
                "漁師(りょうし)たちは、夜明け前から船を出して、たくさんのさばをとってきたということです。",
                "町の人は「こんなに新(あたら)しい魚はめずらしい」と話していました。市場は来週も同じ時間に開きます。",
            ],
        ),
    ),
    "ruby-paragraphs-lost.html": (Expected(norms("rule(rool)")),),
    "same-text-twice.html": (Expected(LIGHTHOUSE),),
    "svg-formula.html": (
        Expected(
            [*FERRY[:2], "The surplus of 2018.", *FERRY[2:]],
            figures=2,
            alts=("h = k w / 2", "2018"),
        ),
    ),
    "text-in-two-containers.html": (Expected([*LIGHTHOUSE, *COAST], (" Ad ",)),),
    "time-paragraphs-lost.html": (Expected(norms("the first of May")),),
    "view-all-posts-by.html": (Expected(LIGHTHOUSE, authors=("Will Holm",)),),
    "wiki-page.html": (
        Expected(
            [
                "The mill in 1920",
                "Built",
                "1788",
                "River",
                "Ash",
                "Low Mill is a water mill on the river Ash. It was built in 1788",
                "and ground corn until 1951.",
                "History",
                "The wheel, seen from the weir",
                "The mill changed hands six times in its first century. The longest owners were the Brooks,"
                " who also held the ferry.",
                "The boat",
                "The stairs",
            ],
            ("edit",),
            title="Low Mill",
            notes=(MILLS, '"Low Mill closes". Valley Post. 3 May 1951.', MILLS),
            figures=4,
        ),
    ),
    "wp-posted-on.html": (Expected(FERRY, ("Posted on",), authors=("imora",)),),
    "wrapper-related.html": (
        Expected(
            [f"{text} So it was in {1901 + n}, too." for n, text in enumerate(3 * [*FERRY, CLERKS])],
            ("Popular", "another post"),
        ),
    ),
}
# A cover of its own takes most of the time that a small book needs.
COVER = Asset("", "image/png", 40, 30, "cover.png", (CASES / "lamp.png").read_bytes())
REFUSED = {"note.rtf": "file-not-text", "subs.opml": "feed-list"}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_case_gives_its_words_in_every_format(name: str) -> None:
    for article, expected in zip(exporter.read(CASES / name), EXPECTED[name], strict=True):
        edition = single(article)
        check_json(exporter.render(edition, "json"), expected)
        text = exporter.render(edition, "txt", settings=Settings(width=5000)).decode()
        check_text(text, expected)
        check_epub(exporter.render(edition, "epub", settings=Settings(cover=COVER)), expected)


@pytest.mark.parametrize("name", REFUSED)
def test_a_case_without_an_article_is_refused(name: str) -> None:
    report = Report()
    assert exporter.read(CASES / name, report=report) == ()
    assert [finding.id for finding in report.findings] == [REFUSED[name]]


def test_a_gallery_has_an_item_for_each_picture() -> None:
    (article,) = exporter.read(CASES / "wiki-page.html")
    (gallery,) = [block for block in each_block(article.blocks) if isinstance(block, ListBlock)]
    captions = [[plain(b.caption) for b in item if isinstance(b, Figure)] for item in gallery.items]
    assert captions == [["The boat"], ["The stairs"]]


def check_json(data: bytes, expected: Expected) -> None:
    (entry,) = msgspec.json.decode(data, type=Edition).entries
    article = entry.article
    check_words(" ".join(texts(article.blocks, alt=False)), expected.words, expected.unwanted)
    for name in ("title", "authors", "published", "source"):
        if (value := getattr(expected, name)) is not None:
            assert getattr(article, name) == value
    blocks = list(each_block(article.blocks))
    figures = [block for block in blocks if isinstance(block, Figure)]
    assert len(figures) == expected.figures
    if expected.alts:
        assert tuple(figure.alt for figure in figures if figure.asset) == expected.alts
    assert tuple(" ".join(texts(note.blocks)) for note in notes(article)) == expected.notes
    if expected.codes:
        assert tuple(block.text for block in blocks if isinstance(block, CodeBlock)) == expected.codes


def notes(article: Article) -> Iterator[Note]:
    for block in each_block(article.blocks):
        for run in runs(block):
            yield from (node for node in each_inline(run) if isinstance(node, Note))


def check_text(text: str, expected: Expected) -> None:
    unwanted = () if expected.notes else expected.unwanted  # marks of notes are [1], as on some pages
    check_words(text, [*expected.words, *expected.notes], unwanted)
    assert text.count("[Image") == expected.figures
    for alt in expected.alts:
        assert f"[Image: {alt}]" in text
    for code in expected.codes:
        assert "".join(f"    {line}\n" for line in code.split("\n")) in text
    for author in expected.authors or ():
        assert author in text


def check_epub(data: bytes, expected: Expected) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        (chapter,) = [book.read(name) for name in book.namelist() if name.startswith("OEBPS/1-")]
    root = etree.fromstring(chapter)
    matches = {name: root.findall(f".//{{*}}{name}") for name in ("aside", "body", "img", "pre")}
    text = "".join(matches["body"][0].itertext())
    check_words(text, [*expected.words, *expected.notes], expected.unwanted)
    marks = [link for link in root.iterfind(".//{*}a") if link.get("role") == "doc-noteref"]
    assert len(matches["aside"]) == len(marks) == len(expected.notes)
    if expected.alts:  # elsewhere a caption, if any, serves as the alternative text
        assert tuple(image.get("alt") for image in matches["img"]) == expected.alts
    assert tuple("".join(code.itertext()) for code in matches["pre"]) == expected.codes
    for author in expected.authors or ():
        assert author in text


def check_words(text: str, words: Sequence[str], unwanted: Sequence[str]) -> None:
    text = " ".join(text.split())
    place = 0
    for piece in words:
        matches = text.find(piece, place)
        assert matches >= 0, piece
        place = matches + len(piece)
        assert len(piece) < LONG or text.count(piece) == words.count(piece), piece
    assert [piece for piece in unwanted if piece in text] == []
