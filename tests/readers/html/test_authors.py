"""The people that bylines, metadata and feeds name, and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

import exporter
from exporter.readers.common import person_names

CASES = Path(__file__).parents[2] / "cases/reading"
TEXT = (
    "<p>The harbour council met on Tuesday evening to decide how the old lighthouse should be kept.</p>" * 4
)


def authors(head: str, byline: str = "") -> tuple[str, ...]:
    body = f"<body><article><h1>A lamp</h1>{byline}{TEXT}"
    page = f"<!DOCTYPE html><html><head><title>A</title>{head}</head>{body}"
    (article,) = exporter.read(page.encode(), name="page.html")
    return article.authors


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("author-is-a-mail-address", ("Anna Lind",)),
        ("author-list-class", ("Nathan Holm",)),
        ("byline-labels", ("Ada Brook",)),
        ("job-title-as-author", ("Noah Holm",)),
        ("paper-instead-of-author", ("Sarah Holm",)),
        ("view-all-posts-by", ("Will Holm",)),
        ("wp-posted-on", ("imora",)),
    ],
)
def test_a_page_names_its_authors(case: str, expected: tuple[str, ...]) -> None:
    (article,) = exporter.read(CASES / f"{case}.html")
    assert article.authors == expected


def test_a_feed_names_its_authors() -> None:
    three = ("Anna Holm", "Jan Petersen", "Ole Falk")
    matches = [article.authors for article in exporter.read(CASES / "feed-authors.xml")]
    assert matches == [three[:2], three[:2], three]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("By Anna Holm, PhD", ["Anna Holm"]),
        ("Dr. Anna Holm, MD, MPH", ["Dr. Anna Holm"]),
        ("Anna Holm, Money Reporter", ["Anna Holm"]),
        ("Anna Holm\nEditor-in-Chief", ["Anna Holm"]),
        ("Anna Holm, Vice President, Harbour Office, Harbour Group", ["Anna Holm"]),
        ("Anna Holm, Money Reporter, Tom Reed, City Editor", ["Anna Holm", "Tom Reed"]),
        ("Par Anna Holm avec AFP", ["Anna Holm"]),
        ("dpa/Anna Holm", ["Anna Holm"]),
        ("Reuters", ["Reuters"]),
        ("Text: Anna Holm, Foto: Tom Reed", ["Anna Holm"]),
        ("Words by Anna Holm, photography by Tom Reed", ["Anna Holm"]),
        ("Photo: Tom Reed", []),
        ("Posted on March 5, 2024 by Anna Holm", ["Anna Holm"]),
        ("Anna Holm Updated March 5, 2024", ["Anna Holm"]),
        ("March 5, 2024", []),
        ("Anna Holm <a.holm@gazette.example>", ["Anna Holm"]),
        ("Anna Holm (@aholm)", ["Anna Holm"]),
        ("Dr Anna Holm - https://blog.example.com/", ["Dr Anna Holm"]),
        ("Harbour Wave (www.wave.example)", []),
        ("@aholm", []),
        ("https://gazette.example/aholm", []),
        ("Alle Beiträge von Anna Holm", ["Anna Holm"]),
        ("Von Anna Holm, Berlin", ["Anna Holm"]),
        ("Anna Holm, Tom Reed und Mia Lund", ["Anna Holm", "Tom Reed", "Mia Lund"]),
        ("Anna Holm; Tom Reed", ["Anna Holm", "Tom Reed"]),
        ("Ana Ruiz y Luis Gil", ["Ana Ruiz", "Luis Gil"]),
        ("José Ruiz y Soler", ["José Ruiz y Soler"]),
        ("Holm, Anna", ["Holm, Anna"]),
        ("Ruiz Soler, Ana", ["Ruiz Soler, Ana"]),
        ("Ursula von Holm", ["Ursula von Holm"]),
        ("Tom Reed, Jr.", ["Tom Reed, Jr."]),
        ("张三、李四", ["张三", "李四"]),
        ("x" * 1000, []),
    ],
)
def test_a_line_names_people(line: str, expected: list[str]) -> None:
    assert list(person_names.people([line])) == expected


def test_a_person_leads_over_a_paper_and_an_agency() -> None:
    agency = '<meta name="author" content="Reuters">'
    assert authors(agency, '<div class="byline">By Anna Holm</div>') == ("Anna Holm",)
    assert authors(agency) == ("Reuters",)


def test_the_bold_line_above_the_text_names_the_author_where_a_paper_names_itself() -> None:
    paper = '<meta property="og:site_name" content="The Lamp"><meta name="author" content="The Lamp">'
    assert authors(paper, "<p><strong>Anna Holm</strong></p>") == ("Anna Holm",)
    assert authors(paper, "<p><strong>What the council says</strong></p>") == ("The Lamp",)
    assert authors("", "<p><strong>Anna Holm</strong></p>") == ()


def test_a_surname_may_be_that_of_a_job() -> None:
    assert authors('<meta name="author" content="Jane Reporter">') == ("Jane Reporter",)
    assert authors('<meta name="author" content="Staff Writer">') == ()


def test_who_replies_to_a_page_did_not_write_it() -> None:
    assert authors("", '<div id="comments"><span class="author">Tom Reed</span></div>') == ()
