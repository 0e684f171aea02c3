"""References as reference managers read them: other people's parsers find everything in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import bibtexparser
import jsonschema
import msgspec
import pybtex.database
import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st
from pylatexenc import latex2text, macrospec

from exporter import build
from exporter.backends import get, produce
from exporter.backends.bibliography._latex import depth, escaped, unescaped
from exporter.backends.bibliography._names import split
from exporter.edition import Edition, Selected, compile_edition
from exporter.errors import IncompleteError
from exporter.model import Article, Teaser
from exporter.readers import Source, choose
from tests import strategies
from tests.backends.samples import article, hostile_edition, produced_elsewhere
from tests.kitchen_sink import edition as kitchen_sink

GOLDENS = Path(__file__).parents[1] / "golden" / "backends"
FORMS = ("bib", "csl", "ris")


class Read(NamedTuple):
    """A reference as another parser tells it; ``authors`` are family's name, comma, given name."""

    key: str
    kind: str
    title: str
    date: str
    url: str
    authors: tuple[str, ...]
    container: str
    accessed: str
    abstract: str
    keywords: tuple[str, ...]
    note: str


# -- the other parsers --

LATEX = latex2text.get_default_latex_context_db()
LATEX.add_context_category(
    "ours",
    prepend=True,
    macros=[
        latex2text.MacroTextSpec("vphantom", discard=True),
        latex2text.MacroTextSpec("textasciicircum", "^"),
        latex2text.MacroTextSpec("textless", "<"),
        latex2text.MacroTextSpec("textgreater", ">"),
        latex2text.MacroTextSpec("textbar", "|"),
        latex2text.MacroTextSpec("{", "{"),
        latex2text.MacroTextSpec("}", "}"),
    ],
)
PARSED = latex2text.latexwalker.get_default_latex_context_db()
PARSED.add_context_category("ours", prepend=True, macros=[macrospec.std_macro("vphantom", False, 1)])


def typeset(latex: str) -> str:
    """What LaTeX would set."""
    nodes, _, _ = latex2text.latexwalker.LatexWalker(latex, latex_context=PARSED).get_latex_nodes()
    return str(latex2text.LatexNodes2Text(LATEX, strict_latex_spaces=True).nodelist_to_text(nodes))


def read_bib(data: bytes) -> list[Read]:
    """By pybtex; bibtexparser must find the same entries and no fault."""
    text = data.decode()
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    entries = pybtex.database.parse_string(text, "bibtex").entries
    assert [(e.key, e["title"]) for e in library.entries] == [
        (k, e.fields["title"]) for k, e in entries.items()
    ]
    found = []
    for key, entry in entries.items():
        told = {
            name: typeset(value) for name, value in entry.fields.items() if name not in ("url", "keywords")
        }
        people = [
            (
                " ".join(person.prelast_names + person.last_names),
                " ".join(person.lineage_names),
                " ".join(person.first_names + person.middle_names),
            )
            for person in entry.persons.get("author", ())
        ]
        found.append(
            Read(
                key,
                entry.type + told.get("entrysubtype", ""),
                told["title"],
                told.get("date", ""),
                entry.fields.get("url", ""),
                tuple(typeset(", ".join(filter(None, names))) for names in people),
                told.get("journaltitle", ""),
                told.get("urldate", ""),
                told.get("abstract", ""),
                tuple(typeset(word) for word in entry.fields.get("keywords", "").split(", ") if word),
                told.get("note", ""),
            )
        )
    return found


_TEXT = {"type": "string", "minLength": 1}
_DAY = {
    "type": "object",
    "properties": {
        "date-parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}},
        }
    },
    "required": ["date-parts"],
    "additionalProperties": False,
}
CSL = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "type": {"enum": ["article-newspaper", "webpage", "document"]},
            **dict.fromkeys(("issued", "accessed"), _DAY),
            **dict.fromkeys(("id", "title", "container-title", "URL", "language"), _TEXT),
            **dict.fromkeys(("abstract", "keyword", "note"), _TEXT),
            "author": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": dict.fromkeys(("family", "given", "suffix", "literal"), _TEXT),
                    "additionalProperties": False,
                    "oneOf": [
                        {"required": ["family", "given"]},
                        {"required": ["literal"], "maxProperties": 1},
                    ],
                },
            },
        },
        "required": ["id", "type", "title"],
        "additionalProperties": False,
    },
}
"""Of CSL-JSON what is used here, and no more."""


def read_csl(data: bytes) -> list[Read]:
    items = json.loads(data)
    jsonschema.validate(items, CSL)

    def day(date: dict[str, list[list[int]]] | None) -> str:
        return (
            "-".join(f"{n:02}" if i else f"{n:04}" for i, n in enumerate(date["date-parts"][0]))
            if date
            else ""
        )

    return [
        Read(
            item["id"],
            item["type"],
            item["title"],
            day(item.get("issued")),
            item.get("URL", ""),
            tuple(
                ", ".join(name[part] for part in ("literal", "family", "suffix", "given") if part in name)
                for name in item.get("author", ())
            ),
            item.get("container-title", ""),
            day(item.get("accessed")),
            item.get("abstract", ""),
            tuple(item["keyword"].split(", ")) if "keyword" in item else (),
            item.get("note", ""),
        )
        for item in items
    ]


def read_ris(data: bytes) -> list[Read]:
    def day(date: str) -> str:
        assert not date or date.count("/") == 3
        return "-".join(filter(None, date.split("/")))

    return [
        Read(
            item["id"],
            item["type_of_reference"],
            item["title"],
            day(item.get("date", "")),
            ";".join(item.get("urls", ())),  # at which rispy parts them, though few other programs do
            tuple(item.get("authors", ())),
            item.get("secondary_title", ""),
            day(item.get("access_date", "")),
            item.get("abstract", ""),
            tuple(item.get("keywords", ())),
            " ".join(item.get("notes", ())),
        )
        for item in rispy.loads(data.decode())
    ]


READ: dict[str, Callable[[bytes], list[Read]]] = {"bib": read_bib, "csl": read_csl, "ris": read_ris}


def read(edition: Edition, form: str) -> list[Read]:
    return READ[form](produce(edition, form).data)


def made(*articles: Article) -> Edition:
    return compile_edition(Selected(articles, ()), group="none")


def changed(title: str = "A quay", **changes: object) -> Article:
    return msgspec.structs.replace(article(title), **changes)


def told(edition: Edition) -> Iterator[tuple[str, str, str]]:
    """Title, day and address of all that is in the edition, in order."""
    for entry in edition.entries:
        one = entry.article
        yield build.one_line(one.title) or "Untitled", (one.published or "")[:10], one.link or one.via or ""
    for brief in edition.briefs:
        teaser = brief.teaser
        yield build.one_line(teaser.title) or "Untitled", (teaser.date or "")[:10], teaser.link or ""


# -- the files --


@pytest.mark.parametrize("form", FORMS)
def test_the_kitchen_sink_as_stored(form: str, request: pytest.FixtureRequest) -> None:
    data = produce(kitchen_sink(), form).data
    golden = GOLDENS / f"kitchen-sink{get(form).SUFFIX}"
    if request.config.getoption("--rewrite-goldens"):
        golden.write_bytes(data)
    assert data == golden.read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_same_bytes_in_another_place(form: str) -> None:
    assert produced_elsewhere(form, "Asia/Seoul", "5") == produce(kitchen_sink(), form).data


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", [kitchen_sink, hostile_edition])
def test_everything_is_found_in_order(make: Callable[[], Edition], form: str) -> None:
    edition = make()
    assert [(r.title, r.date, r.url) for r in read(edition, form)] == list(told(edition))


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    """One to four articles without bodies, which no reference tells of, and up to three briefs."""
    articles = draw(st.lists(strategies.articles(st.just(())), min_size=1, max_size=4))
    return compile_edition(Selected(tuple(articles), tuple(draw(st.lists(strategies.teasers, max_size=3)))))


@given(editions())
@settings(max_examples=100, deadline=None)
def test_every_title_date_and_address_survives(edition: Edition) -> None:
    for form in FORMS:
        product = produce(edition, form)
        found = READ[form](product.data)
        assert [(r.title, r.date, r.url) for r in found] == list(told(edition))
        assert list(product.receipt.places.values()) == [r.key for r in found]
        for entry, reference in zip(edition.entries, found, strict=False):  # the briefs come after
            assert len(reference.authors) == len(entry.article.authors)
            assert reference.container == (entry.article.source or "")
            assert reference.abstract == (entry.article.subtitle or "")
            assert reference.accessed == (entry.article.captured or "")[:10]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "title",
    [
        "&<>\"{}%$#_~^\\",
        "One } is lone, { too",
        "{{",
        r"\vphantom{\}} \{ {} \textbackslash \&amp; \begin{document}",
        "-- --- `` '' ,, << >> ?` !` \"a",
        "👩‍👩‍👧‍👦 in 東京 🙂",
        "Line one\nline two\r\nand\u2028three\x85four",
        "x" * 5000,
        "{" * 2500 + "}" * 2500,
        "TY  - NEWS",
        "ER  - ",
        "@article{x, title = {y}}",
        "% no comment",
        "",
    ],
    ids=range(14),
)  # fmt: skip
def test_hostile_titles_survive(title: str, form: str) -> None:
    edition = compile_edition(
        Selected((changed(title, source=title, authors=(title,), tags=(title,)), changed("Another")), ())
    )
    assert {r.title for r in read(edition, form)} == {build.one_line(title) or "Untitled", "Another"}


@pytest.mark.parametrize("form", FORMS)
def test_an_edition_of_briefs_alone(form: str) -> None:
    teasers = (
        Teaser("A bridge", "It is new.", "2021-05", "Valley Post", "https://valley.example/bridge", "en"),
        Teaser("A bridge", "It is newer."),
    )
    edition = compile_edition(Selected((), teasers))
    product = produce(edition, form)
    assert set(product.receipt.places) == {brief.anchor for brief in edition.briefs}
    first, second = READ[form](product.data)
    assert (first.title, first.date, first.container) == ("A bridge", "2021-05", "Valley Post")
    assert (first.url, first.abstract) == ("https://valley.example/bridge", "It is new.")
    assert first.note == second.note == "Known by its teaser alone"
    assert first.key != second.key


@pytest.mark.parametrize("form", FORMS)
def test_a_brief_has_its_sources_name_as_the_articles_have(form: str) -> None:
    beside = changed(source="Harbour Gazette (En)", publisher="Harbour Gazette")
    teasers = (Teaser("One", source="Harbour Gazette (En)"), Teaser("Two", source="Valley Post (De)"))
    found = read(compile_edition(Selected((beside,), teasers)), form)
    assert [r.container for r in found] == ["Harbour Gazette", "Harbour Gazette", "Valley Post (De)"]


# -- what a reference says --


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2021", "2021"),
        ("2021-07", "2021-07"),
        ("2021-07-01", "2021-07-01"),
        ("0987-07-01T23:30:00+09:00", "0987-07-01"),
        (None, ""),
    ],
)
def test_dates_are_as_precise_as_they_are(published: str | None, day: str, form: str) -> None:
    (found,) = read(made(changed(published=published, captured=published)), form)
    assert (found.date, found.accessed) == (day, day)


@pytest.mark.parametrize("form", FORMS)
def test_all_that_is_known_is_told(form: str) -> None:
    (found,) = read(
        made(
            changed(
                authors=("Anna van der Berg", "Martin Field Jr.", "Ministry of Tides and Lights"),
                source="Harbour Gazette (En)",
                publisher="Harbour Gazette",
                aggregator="Coast Watch",
                via="https://watch.example/7?a=1&b=%20#c_d",
                subtitle="Oak & larch",
                tags=("fish & chips", "oak", "oak"),
                captured="2021-06-11T08:00:00Z",
            )
        ),
        form,
    )
    assert found.kind == {"bib": "articlenewspaper", "csl": "article-newspaper", "ris": "NEWS"}[form]
    last = ("Field, Martin, Jr." if form == "ris" else "Field, Jr., Martin", "Ministry of Tides and Lights")
    assert found.authors == ("van der Berg, Anna", *last)
    assert found.container == "Harbour Gazette"
    assert (found.accessed, found.abstract, found.keywords) == (
        "2021-06-11",
        "Oak & larch",
        ("fish & chips", "oak"),
    )
    assert found.url == "https://watch.example/7?a=1&b=%20#c_d", "where there is no original, what was seen"
    assert found.note == "Via Coast Watch, https://watch.example/7?a=1&b=%20#c_d"


@pytest.mark.parametrize("form", FORMS)
def test_without_a_container_it_is_a_page_or_less(form: str) -> None:
    page = changed("Page", source=None, publisher=None, link="https://a.example/")
    found = read(made(page, changed("Sheet", source=None, publisher=None)), form)
    assert {r.title: r.kind for r in found} == {
        "bib": {"Page": "online", "Sheet": "misc"},
        "csl": {"Page": "webpage", "Sheet": "document"},
        "ris": {"Page": "ELEC", "Sheet": "GEN"},
    }[form]


@pytest.mark.parametrize("form", FORMS)
def test_an_address_that_is_none_is_left_out(form: str) -> None:
    (found,) = read(made(changed(link="javascript:alert({})")), form)
    assert found.url == ""


def test_marks_that_part_keywords_are_not_in_them() -> None:
    assert read(made(changed(tags=("tides, high; low", ",", "oak"))), "bib")[0].keywords == (
        "tides high low",
        "oak",
    )


def test_a_comma_parts_no_institution_in_ris() -> None:
    (found,) = read(made(changed(authors=("Ministry of Tides, Office 7*",))), "ris")
    assert found.authors == ("Ministry of Tides Office 7",)


@pytest.mark.parametrize(
    ("language", "named"),
    [("en", "english"), ("en-US", "american"), ("de-AT", "ngerman"), ("zh-Hans", "chinese"), ("zz", None)],
)
def test_languages_have_babels_names(language: str, named: str | None) -> None:
    data = produce(made(changed(language=language)), "bib").data
    found = re.search(rb"langid = \{(.*)\}", data)
    assert (found and found[1].decode()) == named


# -- names --


@pytest.mark.parametrize(
    ("author", "parts"),
    [
        ("Ada Lind", ("Lind", "Ada")),
        ("Lind, Ada", ("Lind", "Ada")),
        ("J. R. Reed", ("Reed", "J. R.")),
        ("Mary-Ann O’Hara", ("O’Hara", "Mary-Ann")),
        ("Анна Белова", ("Белова", "Анна")),
        ("Ursula Le Sage", ("Le Sage", "Ursula")),
        ("Layla al-Masri", ("al-Masri", "Layla")),
        ("Martin Field, Jr.", ("Field", "Martin", "Jr.")),
        ("Kim Chol Su", ("Kim", "Chol Su")),
        ("Ri Chun-hee", ("Ri", "Chun-hee")),
        ("Kim Miller", ("Miller", "Kim")),
        ("김 철수", ("김", "철수")),
        ("山田 太郎", ("山田", "太郎")),
    ],
)
def test_names_are_split_where_it_is_plain(author: str, parts: tuple[str, ...]) -> None:
    name = split(author)
    assert tuple(filter(None, name)) == parts


@pytest.mark.parametrize(
    "author",
    [
        *(
            "Coast Watch",
            "Harbour Office",
            "AP NEWS",
            "Pilot",
            "staff",
            "The Sundial Keepers",
            "Ada and Per Lind",
        ),
        *(
            "Ministry of Tides, Quay 7",
            "Lind, Ada, Per",
            "Lind,",
            "Field, Jr., Martin",
            "김철수",
            "سعيد محمد",
        ),
        *("김철수 기자", "quay7", "Anna van", "A B C D E F", "Jr."),
    ],
)
def test_other_names_stay_whole(author: str) -> None:
    assert split(author, {"coast watch"}) == (author, "", "")


# -- keys --


def keys(*articles: Article) -> dict[str, str]:
    """Each article's key by its address, or by its text where it has none."""
    edition = made(*articles)
    places = produce(edition, "csl").receipt.places
    return {e.article.link or str(e.article.published): places[e.anchor] for e in edition.entries}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"authors": ("Ada Lind",), "published": "2021"}, "lind2021quay"),
        ({"authors": ("Harbour Office of Tides and Lights",)}, "harbourofficeoftides2021quay"),
        ({"source": "The Orchard Weekly", "publisher": None}, "orchardweekly2021quay"),
        ({"source": None, "publisher": None, "published": None}, "anonndquay"),
        ({"title": "마을 텃밭", "publisher": "마을신문"}, "maeulsinmun2021maeul"),
        ({"title": "Über Äpfel"}, "harbourgazette2021uber"),
        ({"title": "Oh no"}, "harbourgazette2021oh"),
        ({"title": "!?"}, "harbourgazette2021untitled"),
        ({"title": "w" * 5000}, "harbourgazette2021" + "w" * 20),
    ],
)
def test_keys_tell_who_when_what(changes: dict[str, object], key: str) -> None:
    assert list(keys(changed(**{"title": "The quay", **changes})).values()) == [key]


def test_one_title_twice_has_two_keys() -> None:
    copies = [changed(link=f"https://a.example/{n}") for n in range(200)]
    found = keys(*copies)
    assert len(set(found.values())) == 200
    assert all(re.fullmatch(r"harbourgazette2021quay(-a[0-9a-f]+)?", key) for key in found.values())
    assert keys(*reversed(copies)) == found


def test_what_comes_later_changes_no_older_key() -> None:
    old = [changed(link=f"https://a.example/{n}", published=f"2021-05-0{n}") for n in (1, 2)]
    before = keys(*old)
    after = keys(changed(link="https://a.example/0", published="2021-05-09"), *old)
    assert before.items() < after.items()


# -- finding everything again --


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lost", ["entry", "title", "date", "address", "key twice"])
def test_what_is_lost_is_named(lost: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = kitchen_sink()
    data = produce(edition, form).data
    orgel = "Die Orgel der Dorfkirche klingt wieder"
    if lost == "entry":
        blocks = re.split(rb"(?m)^(?=@|TY  -|  \{)", data)
        (gone,) = (block for block in blocks if orgel.encode() in block)
        spoiled = data.replace(gone, b"")
    else:
        old, new = {
            "title": (orgel, "Die Orgel"),
            "date": {"bib": ("2021-05-16", "2021-05"), "csl": ("          16\n", "          17\n"),
                     "ris": ("DA  - 2021/05/16/", "DA  - 2021/05//")}[form],
            "address": ("https://papers.example/de-orgel", "https://papers.example/"),
            "key twice": ("vecherniylistok2021gorodskaya", "talbote2021orgel"),
        }[lost]  # fmt: skip
        spoiled = data.replace(old.encode(), new.encode(), 1)
    assert spoiled != data
    monkeypatch.setattr(get(form), "render", lambda *_: spoiled)
    with pytest.raises(IncompleteError, match="Die Orgel") as raised:
        produce(edition, form)
    assert str(raised.value).startswith("2 of 10" if lost == "key twice" else "1 of 10")


@pytest.mark.parametrize(
    ("form", "data"),
    [
        ("bib", b"\xff"),
        ("bib", b"@article{a,\n  title = {x},\n"),
        ("bib", b"@article{a,\n  title = {x}},\n}\n"),
        ("csl", b"\xff"),
        ("csl", b'[{"id": "a", "type": "document"}]'),
        ("csl", b'[{"id": "a", "type": "document", "title": "x", "titel": "y"}]'),
        ("ris", b"\xff"),
        ("ris", b"TY  - NEWS\r\nTitle: x\r\n"),
        ("ris", b"TY  - NEWS\r\nID  - a"),
    ],
)
def test_bytes_of_another_form_are_refused(form: str, data: bytes) -> None:
    with pytest.raises(IncompleteError):
        get(form).inspect(data, kitchen_sink())


# -- LaTeX --


@given(st.text(strategies.ODD + strategies.LETTERS + "{}\\{}|^$,<>"))
@settings(max_examples=300, deadline=None)
def test_escapes_balance_and_come_back(text: str) -> None:
    latex = escaped(text)
    assert 0 <= depth(latex) < 50
    assert unescaped(latex) == text
    assert not re.search(r"(?<!\\)[$&%#_]|[~^<>|]", latex)
    assert not re.search(r"\\(?!text|vphantom|[$&%#_{}])", latex)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("Fish & chips: 50 % off, $3_4 #1", r"Fish \& chips: 50 \% off, \$3\_4 \#1"),
        ("a~b^c\\d", r"a{\textasciitilde}b{\textasciicircum}c{\textbackslash}d"),
        ("{a} <b> |c|", r"\{a\} {\textless}b{\textgreater} {\textbar}c{\textbar}"),
        ("one { alone", r"one \{\vphantom{\}} alone"),
        ("one } alone", r"one \vphantom{\{}\} alone"),
        ('“a” "b" -- c', '“a” {"}b{"} -{}- c'),
    ],
)
def test_escapes_are_latexs(text: str, latex: str) -> None:
    assert escaped(text) == latex


# -- beside articles --


@pytest.mark.parametrize("form", FORMS)
def test_references_are_no_articles(form: str) -> None:
    data = produce(kitchen_sink(), form).data
    assert choose(Source(data, f"digest{get(form).SUFFIX}")) is None
