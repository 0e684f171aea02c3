"""Selecting, ordering, grouping, anchoring; every article goes in once."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.diagnostics import Report
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.selection import Selected, Selection
from exporter.errors import NothingToExport, UsageError
from exporter.library.catalog import select
from exporter.model.article import Article, Origin, Paragraph, Teaser, Text
from exporter.model.dates import Window


def article(
    title: str, day: str | None = "2024-05-06", source: str | None = "Gazette", **more: object
) -> Article:
    words = more.pop("words", f"Some words on {title}.")
    fields = {
        "publisher": source,
        "blocks": (Paragraph((Text(str(words)),)),),
        "origin": Origin(f"{title}.txt", "text/plain", title),
        **more,
    }
    return Article(title=title, published=day, source=source, **fields)  # type: ignore[arg-type]


MAY = Window(date(2024, 5, 1), date(2024, 5, 31))


def titles(selected: Selected) -> list[str]:
    return [a.title for a in selected.articles]


def test_both_ends_of_a_range_are_in_it() -> None:
    days = ["2024-04-30", "2024-05-01", "2024-05-31", "2024-06-01"]
    selected = select([article(d, d) for d in days], Selection(window=MAY))
    assert titles(selected) == ["2024-05-01", "2024-05-31"]
    assert [(x.title, x.reason) for x in selected.excluded] == [
        ("2024-04-30", "date"),
        ("2024-06-01", "date"),
    ]


def test_the_undated_are_left_out_of_a_range_and_named() -> None:
    report = Report()
    selected = select([article("Dated"), article("Undated", None)], Selection(window=MAY), report)
    assert titles(selected) == ["Dated"]
    assert [(f.id, f.detail) for f in report.findings] == [("undated-left-out", "Undated")]
    assert titles(select([article("Undated", None)], Selection(window=MAY, undated=True))) == ["Undated"]
    assert titles(select([article("Undated", None)])) == ["Undated"]


def test_filters() -> None:
    articles = [
        article(
            "a", source="Harbour Gazette (En)", publisher="Harbour Gazette", language="en", tags=("Sea",)
        ),
        article("b", source="한들신문 (Kr)", publisher="한들신문", language="ko"),
        article("c", source="Hafenbote", language="de-DE", tags=("sea", "Wind")),
    ]
    assert titles(select(articles, Selection(sources=("harbour gazette",)))) == ["a"]
    assert titles(select(articles, Selection(sources=("한들신문 (Kr)",)))) == ["b"]
    assert titles(select(articles, Selection(languages=("de",)))) == ["c"]
    assert titles(select(articles, Selection(languages=("KR", "en")))) == ["a", "b"]
    assert titles(select(articles, Selection(tags=("SEA",)))) == ["a", "c"]


def test_briefs_are_chosen_by_their_tags_too() -> None:
    briefs_ = (Teaser("Charts", tags=("Sea", "maps")), Teaser("Kites", tags=("wind",)), Teaser("Bread"))
    listing = article("Saved", None, None, words="", teasers=briefs_)
    selected = select([listing, article("a", tags=("sea",))], Selection(tags=("SEA",)))
    assert ([t.title for t in selected.briefs], titles(selected)) == (["Charts"], ["a"])
    assert len(select([listing]).briefs) == 3


def test_an_unknown_source_names_the_nearest_first() -> None:
    with pytest.raises(UsageError, match="unknown source") as caught:
        select(
            [article("a", source="Orchard Weekly"), article("b", source="Gazette")],
            Selection(sources=("gazete",)),
        )
    assert "Did you mean 'Gazette'? Known: Gazette, Orchard Weekly" in caught.value.remedy


def test_the_same_article_twice_is_taken_once_the_fuller_copy() -> None:
    report = Report()
    copies = [
        article("One", words="Short."),
        article("Other"),
        article(" ONE ", words="Much longer words.", link="https://example.org/1"),
        article("Renamed", words="x", link="https://example.org/1?utm_source=mail"),
    ]
    selected = select(copies, report=report)
    assert titles(selected) == ["Other", " ONE "]
    assert [x.reason for x in selected.excluded] == ["duplicate", "duplicate"]
    assert report.counts() == {"duplicate": 2}


def test_two_stories_under_one_headline_of_one_day_are_two_articles() -> None:
    briefs = [
        "The ferry carried two hundred people over the bay on Sunday, more than on any day of the last year.",
        "A choir of forty sang in the old weighing house, and the windows were left open for the street.",
    ]
    notes = [article("News in brief", words=words) for words in briefs]
    assert len(select([*notes, notes[0]]).articles) == 2


def test_two_undated_notes_of_one_title_are_two_articles() -> None:
    notes = [article("Notes", None, None, words="One."), article("Notes", None, None, words="Two.")]
    assert len(select(notes).articles) == 2
    assert len(select([*notes, notes[0]]).articles) == 2


def test_briefs_are_teasers_in_the_window_that_no_article_supersedes() -> None:
    briefs_ = (
        Teaser("Kept", "Summary cut sh", "2024-05-20", "Gazette"),
        Teaser("Too late", "", "2024-06-01", "Gazette"),
        Teaser("  full story ", "", "2024-05-06", "Gazette"),
        Teaser("Undated", "", None, "Gazette"),
    )
    more = (Teaser("Kept", "Summary cut short no more", "2024-05-20", "Gazette"),)
    articles = [
        article("Full story"),
        article("Holder", "2023-01-01", teasers=briefs_),
        article("Another", "2023-01-02", teasers=more),
    ]
    selected = select(articles, Selection(window=MAY))
    assert titles(selected) == ["Full story"]
    assert [(t.title, t.summary) for t in selected.briefs] == [("Kept", "Summary cut short no more")]
    assert select(articles, Selection(window=MAY, briefs=False)).briefs == ()
    everything = select(articles)
    assert {t.title for t in everything.briefs} == {"Kept", "Too late", "Undated"}


def test_a_teaser_is_superseded_by_the_article_at_its_address_whatever_its_title() -> None:
    whole = article("A second ferry for the island", link="https://www.gazette.example/ferry?utm_source=x")
    briefs_ = (
        Teaser("Second ferry …", "It runs", "2024-05-05", "Post", "https://gazette.example/ferry"),
        Teaser("Bells", "They ring", "2024-05-05", "Post", "https://gazette.example/bells"),
    )
    selected = select([whole, article("Weather", teasers=briefs_)])
    assert [brief.title for brief in selected.briefs] == ["Bells"]


def test_a_teaser_is_superseded_across_the_label_of_a_language() -> None:
    holder = article(
        "Holder",
        source="Gazette (En)",
        publisher="Gazette",
        teasers=(Teaser("T", "", "2024-05-09", "Gazette (En)"),),
    )
    assert select([holder, article("T", "2024-05-09T10:00:00Z", "Gazette")]).briefs == ()


def test_groups_and_order() -> None:
    articles = [
        article("b", "2024-05-02", "Zeit"),
        article("a", "2024-05-02", "Abend"),
        article("c", "2024-04-30T23:00:00+09:00", "Zeit"),
        article("d", None, None),
    ]

    def shape(edition: Edition) -> list[tuple[str, list[str]]]:
        return [(p.title, [e.article.title for e in p.entries]) for p in edition.parts]

    assert shape(compile_edition(articles, group="source")) == [
        ("Abend", ["a"]),
        ("Zeit", ["c", "b"]),
        ("Source unknown", ["d"]),
    ]
    assert shape(compile_edition(articles, group="day")) == [
        ("2024-04-30", ["c"]),
        ("2024-05-02", ["a", "b"]),
        ("Undated", ["d"]),
    ]
    assert shape(compile_edition(articles, group="month"))[0] == ("2024-04", ["c"])
    assert shape(compile_edition(articles, group="none")) == [("", ["c", "a", "b", "d"])]
    assert shape(compile_edition(articles, group="none", sort="source")) == [("", ["a", "c", "b", "d"])]


def test_anchors_stay_when_an_article_joins() -> None:
    some = [article("b"), article("c")]
    before = {e.article.title: e.anchor for e in compile_edition(some).entries}
    after = {e.article.title: e.anchor for e in compile_edition([article("a"), *some]).entries}
    assert before.items() <= after.items()


def test_nothing_left_is_an_error_of_its_own() -> None:
    with pytest.raises(NothingToExport):
        compile_edition(select([article("a")], Selection(window=Window(date(2000, 1, 1), date(2000, 1, 2)))))


def test_the_identifier_tells_the_content_not_the_place() -> None:
    one = article("a")
    moved = msgspec.structs.replace(one, origin=Origin("elsewhere/a.txt", "text/plain", "a"))
    changed = article("a", words="Other words.")
    identifiers = [compile_edition([a]).identifier for a in (one, moved, changed)]
    assert identifiers[0] == identifiers[1] != identifiers[2]
    assert compile_edition([one]).modified == "2024-05-06T00:00:00Z"
    assert compile_edition([one, article("B", "2024-06-07")]).modified == "2024-06-07T00:00:00Z", "the latest"


_articles = st.lists(
    st.builds(
        article,
        st.sampled_from(["A", "B", "C", "a "]),
        st.sampled_from([None, "2024", "2024-05", "2024-05-06", "2024-05-06T10:00:00+09:00", "2024-07-01"]),
        st.sampled_from([None, "S", "T"]),
        words=st.sampled_from(["x", "xy", "z"]),
    ),
    max_size=12,
)


@given(_articles, st.sampled_from(["source", "day", "month", "none"]), st.sampled_from(["date", "source"]))
def test_every_article_is_in_the_edition_or_told_of(articles: list[Article], group: str, sort: str) -> None:
    selected = select(articles, Selection(window=MAY, undated=True))
    assert len(selected.articles) + len(selected.excluded) == len(articles)
    if not selected.articles:
        return
    edition = compile_edition(selected, group=group, sort=sort)  # type: ignore[arg-type]
    assert len(edition.entries) == len(selected.articles)
    assert [e.number for e in edition.entries] == list(range(1, len(edition.entries) + 1))
    assert len({e.anchor for e in edition.entries}) == len(edition.entries)


@given(_articles)
def test_the_order_of_the_files_does_not_matter(articles: list[Article]) -> None:
    def shape(these: list[Article]) -> list[tuple[str, str | None]]:
        return [
            (e.article.title.strip().casefold(), e.article.published)
            for e in compile_edition(select(these)).entries
        ]

    if articles:
        assert len(shape(articles)) == len(shape(articles[::-1]))


def listing(*teasers: Teaser) -> Article:
    return Article(
        title="Links", source="Links", teasers=teasers, origin=Origin("links.csv", "text/csv", "0")
    )


def test_a_listing_gives_its_briefs_and_is_no_article() -> None:
    kept = listing(Teaser("One", date="2024-05-02"), Teaser("Two", link="https://a.example/2"))
    selected = select([article("Story"), kept])
    assert titles(selected) == ["Story"]
    assert selected.excluded == ()
    assert [t.title for t in selected.briefs] == ["One", "Two"]
    assert compile_edition(select([kept])).briefs


def test_a_listing_is_no_full_article_of_what_it_lists() -> None:
    """Its own title and link, like those of a feed's site, supersede no entry."""
    home = msgspec.structs.replace(listing(Teaser("Links", source="Links")), link="https://a.example/")
    assert [t.title for t in select([home]).briefs] == ["Links"]


def test_undated_entries_of_one_title_are_told_apart_by_their_links() -> None:
    pages = [Teaser("Home", link=f"https://{host}.example/") for host in ("a", "b", "a")]
    assert [t.link for t in select([listing(*pages)]).briefs] == ["https://a.example/", "https://b.example/"]


def test_the_sources_of_a_listing_can_be_asked_for() -> None:
    links = listing(Teaser("One", source="a.example"), Teaser("Two", source="b.example"))
    assert [t.title for t in select([links], Selection(sources=("b.example",))).briefs] == ["Two"]
