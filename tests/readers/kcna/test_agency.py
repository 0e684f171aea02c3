"""Pages of agencies and papers as they are when copied: invented news in the real forms, and real pages."""

from __future__ import annotations

import hashlib

import pytest

import exporter
from exporter.diagnostics import Report
from exporter.model.article import Article
from exporter.readers import registry as readers
from exporter.readers.source import Source
from tests.conformance.editions import corpus

NEWS = "Harbourton, May 4 (KCNA) -- The ferry to the islands has been given a new bell."
MORE = "It was rung for the first time by its maker."

KCNA_JP = f"""calendar>>May 4. 2019 Juche 108 |
Ferry Given New Bell
|
|
{NEWS}
{MORE}
Copyright (C) KOREA NEWS SERVICE(KNS) All Rights Reserved.
|
"""
KCNA_KP = f"""Ferry Given New Bell
[2026.5.4.]
{NEWS}
{MORE}
"""
OANA = f"""ID :
12345
Sat, 05/04/2019 - 10:36
Auther :
Shortlink :
https://news.example/node/12345
The shortlink copeid
Ferry Given New Bell
{NEWS}
{MORE} -0-
"""
RYUGILO = f"""June 20, Juche108(2019)
Ferry Given New Bell

{NEWS}

{MORE}

To write your feedbacks
Change the CAPTCHA code
"""
RODONG = """Sep. 20,Juche 113 (2024) Friday
> Life > 570

Ferry Given New Bell

It was rung for the first time by its maker.

Bread Baked on the Quay

Seven loaves came out of the oven at noon.
"""
TITLED = f"""Ferry Given New Bell [Juche113.5.4.]

{NEWS}

{MORE}
"""
PASSED_ON = f"""Ferry Given New Bell

{NEWS}

{MORE}

Related posts:
Old bell for sale
"""


def read(text: str) -> Article:
    (article,) = exporter.read(text.encode(), name="page.txt")
    assert article.origin.reader == "agency"
    return article


@pytest.mark.parametrize(
    ("text", "source", "published", "captured", "basis"),
    [
        (KCNA_JP, "KCNA.co.jp", "2019-05-04", None, "stated"),
        (KCNA_KP, "KCNA.kp", "2026-05-04", None, "stated"),
        (OANA, "KCNA", "2019-05-04", None, "stated"),
        (RYUGILO, "Uriminzokkiri", "2019-05-04", "2019-06-20", "guess"),
        (TITLED, "KCNA", "2024-05-04", None, "stated"),
        (PASSED_ON, "KCNA", None, None, None),
    ],
)
def test_each_form_gives_title_day_source_and_body(
    text: str, source: str, published: str | None, captured: str | None, basis: str | None
) -> None:
    article = read(text)
    assert article.title == "Ferry Given New Bell"
    assert (article.source, article.published, article.captured) == (source, published, captured)
    assert article.basis.get("published") == basis
    first, last = exporter.paragraphs(article)
    assert first == NEWS
    assert last.startswith(MORE)


def test_a_dateline_after_the_visit_is_of_the_year_before() -> None:
    article = read(RYUGILO.replace("June 20, Juche108(2019)", "January 9, Juche108(2019)"))
    assert article.published == "2018-05-04"


def test_a_list_of_articles_gives_teasers() -> None:
    article = read(RODONG)
    assert article.is_listing
    assert [(t.title, t.captured) for t in article.teasers] == [
        ("Ferry Given New Bell", "2024-09-20"),
        ("Bread Baked on the Quay", "2024-09-20"),
    ]


def test_a_day_that_does_not_exist_is_told() -> None:
    report = Report()
    (article,) = exporter.read(KCNA_JP.replace("May 4.", "May 44.").encode(), name="page.txt", report=report)
    assert article.published is None
    assert "date-invalid" in [finding.id for finding in report.findings]


def test_a_sign_without_an_article_is_told() -> None:
    reading = readers.read_source(Source(b"calendar>>May 4. 2019 Juche 108 |\n|\n|\n", "page.txt"))
    assert "no-article" in [finding.id for finding in reading.diagnostics]


@pytest.mark.parametrize(
    "text", ["A calendar for 2019\n\nIt has twelve pages.", "News\n\nThe KCNA said on May 4 that it rained."]
)
def test_other_texts_are_left_to_other_readers(text: str) -> None:
    (article,) = exporter.read(text.encode(), name="page.txt")
    assert article.origin.reader == "text"


REAL = {
    "friend_9504": ("2756", None, None, "DPRK Today", 5, 0),
    "globalsecurity_20050509": ("0844", None, None, "KCNA", 6, 0),
    "kcnajp_20110917-04": ("f73a", "2011-09-17", None, "KCNA.co.jp", 1, 0),
    "kcnajp_20151012-28": ("f2c1", "2015-10-12", None, "KCNA.co.jp", 1, 0),
    "kcnajp_20160110-08": ("fdb8", "2016-01-10", None, "KCNA.co.jp", 9, 0),
    "kcnajp_20161008-16": ("f2c1", "2016-10-08", None, "KCNA.co.jp", 2, 0),
    "kcnajp_20180921-08": ("2ade", "2018-09-21", None, "KCNA.co.jp", 1, 0),
    "kcnajp_20190527-01": ("d428", "2019-05-27", None, "KCNA.co.jp", 1, 0),
    "kcnajp_20200420-10": ("938f", "2020-04-20", None, "KCNA.co.jp", 1, 0),
    "kcnawatch_memorandum": ("f9fa", "2005-03-04", "2024-04-26", "KCNA.co.jp (En)", 10, 0),
    "nkaggregator_20111204": ("9c1e", None, None, "KCNA", 1, 0),
    "oananews_501461": ("bd15", "2018-08-15", None, "KCNA", 2, 0),
    "rodong_listing": ("4fc5", None, None, "Rodong Sinmun", 0, 3),
    "uriminzokkiri_18607": ("aefd", "2019-03-14", "2019-06-20", "Uriminzokkiri", 8, 0),
}
"""The real pages as a person reads them: the title's hash, days, source, paragraphs, teasers."""


def values(article: Article) -> tuple[str, str | None, str | None, str | None, int, int]:
    return (
        hashlib.sha256(article.title.encode()).hexdigest()[:4],
        article.published,
        article.captured,
        article.source,
        len(exporter.paragraphs(article)),
        len(article.teasers),
    )


def test_real_pages_read_as_a_person_reads_them() -> None:
    folder = corpus("dprk", "dprk_pages_text")
    matches = {path.stem: values(exporter.read(path)[0]) for path in sorted(folder.glob("*.txt"))}
    assert matches == REAL
