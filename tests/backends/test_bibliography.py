"""References as reference managers read them: other people's parsers find everything in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.backends.registry import get, render_checked, suffix
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.selection import Selected
from exporter.errors import IncompleteError
from exporter.model import build
from exporter.model.article import Copy, Teaser
from exporter.readers.registry import choose
from exporter.readers.source import Source
from tests import strategies
from tests.backends.reference_parsers import READ, Read
from tests.backends.samples import changed, edition_of, hostile_edition, produced_elsewhere
from tests.kitchen_sink import edition as kitchen_sink

GOLDENS = Path(__file__).parents[1] / "golden" / "backends"
FORMS = ("bib", "csl", "ris")


def read(edition: Edition, form: str) -> list[Read]:
    return READ[form](render_checked(edition, form).data)


def shown(edition: Edition) -> Iterator[tuple[str, str, str]]:
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
    data = render_checked(kitchen_sink(), form).data
    golden = GOLDENS / f"kitchen-sink{suffix(form)}"
    if request.config.getoption("--rewrite-goldens"):
        golden.write_bytes(data)
    assert data == golden.read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_same_bytes_in_another_place(form: str) -> None:
    assert produced_elsewhere(form, "Asia/Seoul", "5") == render_checked(kitchen_sink(), form).data


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", [kitchen_sink, hostile_edition])
def test_everything_is_found_in_order(make: Callable[[], Edition], form: str) -> None:
    edition = make()
    assert [(r.title, r.date, r.url) for r in read(edition, form)] == list(shown(edition))


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    """One to four articles without bodies, which no reference tells of, and up to three briefs."""
    articles = draw(st.lists(strategies.articles(st.just(())), min_size=1, max_size=4))
    return compile_edition(Selected(tuple(articles), tuple(draw(st.lists(strategies.teasers, max_size=3)))))


@given(editions())
@settings(max_examples=25, deadline=None)
def test_every_title_date_and_address_survives(edition: Edition) -> None:
    for form in FORMS:
        product = render_checked(edition, form)
        matches = READ[form](product.data)
        assert [(r.title, r.date, r.url) for r in matches] == list(shown(edition))
        assert list(product.locations.values()) == [r.key for r in matches]
        for entry, reference in zip(edition.entries, matches, strict=False):  # the briefs come after
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
    product = render_checked(edition, form)
    assert set(product.locations) == {brief.anchor for brief in edition.briefs}
    first, second = READ[form](product.data)
    assert (first.title, first.date, first.container) == ("A bridge", "2021-05", "Valley Post")
    assert (first.url, first.abstract) == ("https://valley.example/bridge", "It is new.")
    assert first.note == second.note == "Known by its teaser alone"
    assert first.key != second.key


@pytest.mark.parametrize("form", FORMS)
def test_a_brief_has_its_sources_name_as_the_articles_have(form: str) -> None:
    neighbour = changed(source="Harbour Gazette (En)", publisher="Harbour Gazette")
    teasers = (Teaser("One", source="Harbour Gazette (En)"), Teaser("Two", source="Valley Post (De)"))
    matches = read(compile_edition(Selected((neighbour,), teasers)), form)
    assert [r.container for r in matches] == ["Harbour Gazette", "Harbour Gazette", "Valley Post (De)"]


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
    (matches,) = read(edition_of(changed(published=published, captured=published)), form)
    assert (matches.date, matches.accessed) == (day, day)


@pytest.mark.parametrize("form", FORMS)
def test_all_that_is_known_is_told(form: str) -> None:
    (matches,) = read(
        edition_of(
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
    assert matches.kind == {"bib": "articlenewspaper", "csl": "article-newspaper", "ris": "NEWS"}[form]
    last = ("Field, Martin, Jr." if form == "ris" else "Field, Jr., Martin", "Ministry of Tides and Lights")
    assert matches.authors == ("van der Berg, Anna", *last)
    assert matches.container == "Harbour Gazette"
    assert (matches.accessed, matches.abstract, matches.keywords) == (
        "2021-06-11",
        "Oak & larch",
        ("fish & chips", "oak"),
    )
    assert matches.url == "https://watch.example/7?a=1&b=%20#c_d", "where there is no original, what was seen"
    assert matches.note == "Via Coast Watch, https://watch.example/7?a=1&b=%20#c_d"


@pytest.mark.parametrize("form", FORMS)
def test_other_papers_are_a_note(form: str) -> None:
    copies = (Copy("Coast Courier", "2021-05", "https://courier.example/1_a"), Copy("Valley\nPost"))
    (matches,) = read(edition_of(changed(aggregator="Coast Watch", also=copies)), form)
    shown = "Also in: Coast Courier, May 2021, https://courier.example/1_a; Valley Post"
    assert matches.note == f"Via Coast Watch. {shown}"
    (alone,) = read(edition_of(changed(also=copies[1:])), form)
    assert alone.note == "Also in: Valley Post"


@pytest.mark.parametrize("form", FORMS)
def test_without_a_container_it_is_a_page_or_less(form: str) -> None:
    page = changed("Page", source=None, publisher=None, link="https://a.example/")
    matches = read(edition_of(page, changed("Sheet", source=None, publisher=None)), form)
    assert {r.title: r.kind for r in matches} == {
        "bib": {"Page": "online", "Sheet": "misc"},
        "csl": {"Page": "webpage", "Sheet": "document"},
        "ris": {"Page": "ELEC", "Sheet": "GEN"},
    }[form]


@pytest.mark.parametrize("form", FORMS)
def test_an_address_that_is_none_is_left_out(form: str) -> None:
    (matches,) = read(edition_of(changed(link="javascript:alert({})")), form)
    assert matches.url == ""


def test_marks_that_part_keywords_are_not_in_them() -> None:
    assert read(edition_of(changed(tags=("tides, high; low", ",", "oak"))), "bib")[0].keywords == (
        "tides high low",
        "oak",
    )


def test_a_comma_parts_no_institution_in_ris() -> None:
    (matches,) = read(edition_of(changed(authors=("Ministry of Tides, Office 7*",))), "ris")
    assert matches.authors == ("Ministry of Tides Office 7",)


@pytest.mark.parametrize(
    ("language", "named"),
    [("en", "english"), ("en-US", "american"), ("de-AT", "ngerman"), ("zh-Hans", "chinese"), ("zz", None)],
)
def test_languages_have_babels_names(language: str, named: str | None) -> None:
    data = render_checked(edition_of(changed(language=language)), "bib").data
    matches = re.search(rb"langid = \{(.*)\}", data)
    assert (matches and matches[1].decode()) == named


# -- finding everything again --


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lost", ["entry", "title", "date", "address", "key twice"])
def test_what_is_lost_is_named(lost: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = kitchen_sink()
    data = render_checked(edition, form).data
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
            "key twice": ("lind2021quay", "talbote2021orgel"),
        }[lost]  # fmt: skip
        spoiled = data.replace(old.encode(), new.encode(), 1)
    assert spoiled != data
    monkeypatch.setattr(get(form), "render", lambda *_: spoiled)
    with pytest.raises(IncompleteError, match="Die Orgel") as raised:
        render_checked(edition, form)
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
        ("ris", b"TY  - NEWS\r\nTitle: x\r\nER  - \r\n"),
        ("ris", b"TY  - NEWS\r\nID  - a"),
    ],
)
def test_bytes_of_another_form_are_refused(form: str, data: bytes) -> None:
    with pytest.raises(IncompleteError):
        get(form).locate(data, kitchen_sink())


# -- beside articles --


@pytest.mark.parametrize("form", FORMS)
def test_references_are_no_articles(form: str) -> None:
    data = render_checked(kitchen_sink(), form).data
    assert choose(Source(data, f"digest{suffix(form)}")) is None
