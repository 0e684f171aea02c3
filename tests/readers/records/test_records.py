"""Records and exports: mappings, broken files, and real data sets against what they hold."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import UsageError
from exporter.model import visit
from exporter.model.article import Article, Teaser
from exporter.readers import registry as readers
from exporter.readers.source import Reading, Source
from tests.conformance.editions import corpus


def read(data: str | bytes, name: str, reader: str | None = None) -> Reading:
    return readers.read_source(Source(data.encode() if isinstance(data, str) else data, name), reader)


def articles(reading: Reading) -> list[Article]:
    return [article for article in reading.articles if not article.is_listing]


def teasers(reading: Reading) -> list[Teaser]:
    return [teaser for article in reading.articles for teaser in article.teasers]


def matches(reading: Reading, id: str) -> list[str]:
    return [finding.detail for finding in reading.diagnostics if finding.id == id]


# -- Mappings ----------------------------------------------------------------------------

ODD = [
    {
        "Überschrift": "The quay",
        "inner": {"worte": "It is mended."},
        "am": 1703376000000,
        "von": ["Ann", "Jo"],
    }
]


def test_a_mapping_names_the_fields() -> None:
    data = json.dumps(ODD)
    (article,) = articles(
        read(data, "a.json", "records:title=überschrift,body=inner.worte,date=am,author=von")
    )
    assert (article.title, visit.paragraphs(article)) == ("The quay", ("It is mended.",))
    assert (article.published, article.authors) == ("2023-12-24", ("Ann", "Jo"))


def test_records_without_known_fields_are_told_with_those_they_have() -> None:
    reading = read("worte,am\nIt is mended.,2024\n", "a.csv")
    assert reading.articles == ()
    assert matches(reading, "fields-unknown") == ["worte, am"]


def test_headlines_alone_are_briefs_and_what_holds_them_is_none() -> None:
    data = {
        "title": "All headlines",
        "list": [{"headline": "One", "date": "2024-05-06"}, {"headline": "Two"}],
    }
    assert [(t.title, t.date) for t in teasers(read(json.dumps(data), "a.json"))] == [
        ("One", "2024-05-06"),
        ("Two", None),
    ]


@pytest.mark.parametrize("settings", ["titel=headline", "title", "title="])
def test_a_mapping_that_says_nothing_is_refused(settings: str) -> None:
    with pytest.raises(UsageError):
        readers.get(f"records:{settings}")


def test_other_readers_take_no_settings() -> None:
    with pytest.raises(UsageError):
        readers.get("html:title=headline")


@pytest.mark.parametrize(
    ("stated", "values"),
    [
        (1703376000000, "2023-12-24"),
        (1703376000, "2023-12-24"),
        ("1703412345", "2023-12-24T10:05:45+00:00"),
        ("20240506T081500Z", "2024-05-06T08:15:00+00:00"),
        ("2024-05-06 08:15:00+09:00", "2024-05-06T08:15:00+09:00"),
        ("2024-05", "2024-05"),
        (2024, "2024"),
        (True, None),
        (-1, None),
        (1e300, None),
    ],
)
def test_dates_in_every_form(stated: object, values: str | None) -> None:
    (article,) = articles(read(json.dumps([{"title": "T", "text": "Words.", "date": stated}]), "a.json"))
    assert article.published == values


def test_a_title_with_entities_is_decoded_once() -> None:
    (article,) = articles(read('[{"title": "R&amp;D: 5 < 7 &amp;lt; 9", "body": "x"}]', "a.json"))
    assert article.title == "R&D: 5 < 7 &lt; 9"


# -- Broken files ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        '[{"title": "One", "text": "First."},\n{"title": "Two", "te',
        '{"title": "One", "text": "First."}\n{"title": "Two", text: 2}\n',
        '[{"title": "One", "text": "First."},\n' + "[" * 100_000,
        '[{"title": "One", "text": "First."}, {"n": ' + "9" * 10_000 + "}]",
        '[\n  {\n    "title": "One", "text": "First."\n  },\n  {\n    \'title\': 2\n  }\n]',
    ],
)
def test_broken_json_costs_only_what_is_broken(data: str) -> None:
    reading = read(data, "a.json")
    assert [article.title for article in articles(reading)] == ["One"]
    assert len(matches(reading, "record-broken")) == 1


def test_a_bad_line_costs_only_itself() -> None:
    lines = [f'{{"title": "T{n}", "text": "Words."}}' for n in range(5)]
    lines[2] = '{"title": "T2", "text": "No end'
    reading = read("\n".join(lines), "a.jsonl")
    assert [article.title for article in articles(reading)] == ["T0", "T1", "T3", "T4"]
    assert matches(reading, "record-broken")[0].startswith("line 3:")


def test_a_quotation_mark_never_closed_costs_its_row() -> None:
    rows = 'title,text\nOne,"First\nand more."\nTwo,"never closed\nThree,"He said ""so""."\nFour,"the end\n'
    reading = read(rows, "a.csv")
    assert [article.title for article in articles(reading)] == ["One", "Three", "Four"]
    assert [detail[:7] for detail in matches(reading, "record-broken")] == ["line 4:"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_out(delimiter: str) -> None:
    rows = io.StringIO()
    csv.writer(rows, delimiter=delimiter).writerows(
        [["title", "body", "date"], ["Bread, salt; oil", "One|two, three; four\nfive", "2024-05-06"]]
    )
    (article,) = articles(read(rows.getvalue(), "a.csv"))
    assert (article.title, article.published) == ("Bread, salt; oil", "2024-05-06")


def test_an_article_longer_than_csv_usually_allows() -> None:
    (article,) = articles(read(f"title,body\nLong,{'word ' * 100_000}\n", "a.csv"))
    assert len(visit.plain_text(article)) == 499_999


_words = st.text(st.sampled_from("ab ,;|\"'\n\t<&é한{}[]:"), min_size=1, max_size=30)


@given(st.lists(st.tuples(_words, _words), min_size=1, max_size=6))
def test_every_row_and_record_comes_out(pairs: list[tuple[str, str]]) -> None:
    """Whatever their words are: letters and digits of all of them, in their order, by either form."""
    rows = io.StringIO()
    csv.writer(rows).writerows([("title", "body"), *((f"T{t}", f"B{b}") for t, b in pairs)])
    lines = "\n".join(json.dumps({"title": f"T{t}", "body": f"B{b}"}) for t, b in pairs)
    for data, name in (
        (rows.getvalue(), "a.csv"),
        (lines, "a.jsonl"),
        (f"[{','.join(lines.splitlines())}]", "a.json"),
    ):
        matches = articles(read(data, name))
        assert [bare(a.title) for a in matches] == [bare(f"T{t}") for t, _ in pairs]
        assert [bare(visit.plain_text(a)) for a in matches] == [bare(f"B{b}") for _, b in pairs]


def bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@given(st.integers(0, 400))
def test_json_cut_anywhere_gives_its_whole_records(cut: int) -> None:
    data = json.dumps([{"title": f"T{n}", "text": "Words of a text."} for n in range(8)])[:cut]
    reading = read(data, "a.json")
    assert [a.title for a in articles(reading)] == [f"T{n}" for n in range(data.count("}"))]
    assert "reader-failed" not in {finding.id for finding in reading.diagnostics}


# -- Real data ---------------------------------------------------------------------------


def file(pack: str, folder: str, name: str) -> Path:
    return corpus(pack, folder) / name


@pytest.mark.conformance
def test_a_real_daily_archive_comes_out_whole() -> None:
    path = file("dprk", "kcna_stiles_json", "headlines.shared.json")
    truth = json.loads(path.read_bytes())
    reading = readers.read_source(Source(path.read_bytes(), path.name))
    assert len(articles(reading)) == sum(bool(record.get("story_text")) for record in truth)
    assert len(articles(reading)) + len(teasers(reading)) == len(truth)
    days = {(" ".join(record["headline"].split()), record["date_str"]) for record in truth}
    assert {(" ".join(a.title.split()), a.published) for a in articles(reading)} <= days
    by_mapping = readers.read_source(
        Source(path.read_bytes(), path.name), "records:title=headline,date=date,body=story_text"
    )
    assert [(a.title, a.published) for a in articles(by_mapping)] == [
        (a.title, a.published) for a in articles(reading)
    ]


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.conformance)])
def test_eleven_thousand_real_stories_come_out_in_paragraphs(every: int) -> None:
    path = file("dprk", "kcna_xmarquez", "KCNA_2011.jsonl.gz")
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)[::every]
    truth = [json.loads(line) for line in lines]
    reading = readers.read_source(Source(b"".join(lines), "2011.jsonl"))
    pieces = [record for record in truth if record["story"]]
    assert [a.published for a in articles(reading)] == [record["date"] for record in pieces]
    for article, record in zip(articles(reading), pieces, strict=True):
        parts = [part for part in record["story"].split(", ,  ") if part.strip()]
        assert bare(visit.plain_text(article)) == bare("".join(parts))
        assert len(article.blocks) == len(parts) or len(parts) == 1
    assert len(teasers(reading)) == len(truth) - len(pieces)


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("wallabag-v1.json", 2), ("wallabag-v2.json", 6), ("ril_export.html", 2), ("pocket.csv", 7),
        ("instapaper-export.csv", 4), ("omnivore.json", 20), ("readability.json", 3), ("pinboard_export", 3),
        ("shaarli-bookmarks.html", 2), ("firefox-bookmarks.json", 2), ("chrome-bookmarks", 1),
        ("elcurator.json", 1), ("delicious_export.2021.02.06_21.10.json", 3),
    ],
)  # fmt: skip
def test_every_entry_of_real_exports_comes_out(name: str, entries: int) -> None:
    path = file("exports", "import_exports", f"wallabag/tests/fixtures/Import/{name}")
    reading = readers.read_source(Source(path.read_bytes(), path.name))
    values = [*articles(reading), *teasers(reading)]
    assert len(values) == entries
    assert all(entry.title and entry.link for entry in values)
    if not name.startswith(("wallabag-v1", "instapaper")):
        assert all(entry.captured for entry in values)
    assert not any(t.date for t in teasers(reading)) or name == "omnivore.json"
    assert {article.origin.reader for article in reading.articles} == {"exports"}


def test_naughty_strings_are_words_like_others() -> None:
    strings = json.loads(file("hostile", "blns", "blns.json").read_text("utf-8"))
    values = [{"title": f"T{n}", "text": f"Before {text} after"} for n, text in enumerate(strings)]
    rows = io.StringIO()
    csv.writer(rows).writerows([("title", "text"), *((record["title"], record["text"]) for record in values)])
    for reading in (read(json.dumps(values), "a.json"), read(rows.getvalue(), "a.csv")):
        assert [article.title for article in articles(reading)] == [record["title"] for record in values]
        assert not {"reader-failed", "record-broken"} & {finding.id for finding in reading.diagnostics}
