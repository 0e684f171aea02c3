"""Each known shape of data sets and interfaces: known by its signs, its fields in their places."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exporter.model import visit
from exporter.readers import registry as readers
from exporter.readers.records import mapping
from exporter.readers.records.profiles import EXPORTS, RECORDS
from exporter.readers.source import Source

AT = "https://gazette.example/quay"
DAY = "2024-05-06T08:15:00+00:00"
# A record of each shape, in the fields of that shape, on one and the same article.
SAMPLES: dict[str, dict[str, Any]] = {
    "newsapi": {
        "source": {"id": None, "name": "Gazette"},
        "author": "Ann Field",
        "title": "The quay",
        "url": AT,
        "publishedAt": "2024-05-06T08:15:00Z",
        "content": "It is mended.",
    },
    "webz": {
        "thread": {"uuid": "1", "url": AT, "site_full": "Gazette", "title": "The quay"},
        "uuid": "1",
        "url": AT,
        "author": "Ann Field",
        "published": "2024-05-06T08:15:00.000+00:00",
        "title": "The quay",
        "text": "It is mended.",
        "language": "english",
        "crawled": "2024-05-07T00:01:00.000+00:00",
    },
    "guardian": {
        "id": "quay",
        "type": "article",
        "sectionName": "Harbour",
        "webPublicationDate": "2024-05-06T08:15:00Z",
        "webTitle": "The quay",
        "webUrl": AT,
        "fields": {"byline": "Ann Field", "body": "<p>It is mended.</p>", "publication": "Gazette"},
    },
    "newspaper": {
        "title": "The quay",
        "text": "It is mended.",
        "authors": ["Ann Field"],
        "url": AT,
        "publish_date": "2024-05-06T08:15:00+00:00",
        "meta_lang": "en",
        "keywords": ["quay"],
    },
    "news-please": {
        "authors": ["Ann Field"],
        "date_publish": "2024-05-06 08:15:00+00:00",
        "date_download": "2024-05-07",
        "language": "en",
        "maintext": "It is mended.",
        "source_domain": "Gazette",
        "title": "The quay",
        "url": AT,
    },
    "cc_news": {
        "title": "The quay",
        "text": "It is mended.",
        "domain": "Gazette",
        "date": "2024-05-06 08:15:00+00:00",
        "description": "On the quay.",
        "url": AT,
        "image_url": None,
    },
    "trafilatura": {
        "title": "The quay",
        "author": "Ann Field",
        "hostname": "gazette.example",
        "sitename": "Gazette",
        "date": "2024-05-06T08:15:00+00:00",
        "source": AT,
        "text": "It is mended.",
        "raw_text": "It is mended.",
    },
    "schema": {
        "@type": "NewsArticle",
        "headline": "The quay",
        "articleBody": "It is mended.",
        "author": {"name": "Ann Field"},
        "datePublished": "2024-05-06T08:15:00Z",
        "publisher": {"name": "Gazette"},
        "url": AT,
    },
    "stiles": {
        "topic": "Harbour",
        "headline": "The quay",
        "link": AT,
        "date": 1714983300000,
        "story_text": "It is mended.",
    },
}
BRIEFS: dict[str, dict[str, Any]] = {
    "gdelt": {
        "url": AT,
        "url_mobile": "",
        "title": "The quay",
        "seendate": "20240506T081500Z",
        "domain": "gazette.example",
        "language": "English",
        "sourcecountry": "Ireland",
    },
    "nyt": {
        "headline": {"main": "The quay", "kicker": None},
        "web_url": AT,
        "pub_date": "2024-05-06T08:15:00+0000",
        "abstract": "It is mended.",
        "byline": {"original": "By Ann Field"},
        "source": "Gazette",
    },
    "xmarquez-headlines": {
        "date": "2024-05-06",
        "title": "The quay",
        "english": True,
        "story.link": AT,
        "index.link": AT,
    },
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_record_of_each_shape_gives_the_article(name: str) -> None:
    data = json.dumps({"status": "ok", "results": [SAMPLES[name]]})
    assert mapping.closest(SAMPLES[name], RECORDS.values()) == RECORDS[name]
    reading = readers.read_source(Source(data.encode(), "answer.json"))
    (article,) = reading.articles
    assert (article.title, article.link, article.published) == ("The quay", AT, DAY)
    assert visit.paragraphs(article) == ("It is mended.",)
    if name not in ("cc_news", "stiles"):
        assert article.authors == ("Ann Field",)
    if name not in ("newspaper", "stiles"):
        assert article.source == "Gazette"


@pytest.mark.parametrize("name", BRIEFS)
def test_a_record_without_a_text_is_a_brief(name: str) -> None:
    assert mapping.closest(BRIEFS[name], RECORDS.values()) == RECORDS[name]
    reading = readers.read_source(Source(json.dumps([BRIEFS[name]]).encode(), "answer.json"))
    (listing,) = reading.articles
    (teaser,) = listing.teasers
    assert (teaser.title, teaser.link) == ("The quay", AT)
    # A crawler's day of seeing is not that of publication.
    assert (teaser.captured or teaser.date or "")[:10] == "2024-05-06"
    assert bool(teaser.date) == (name != "gdelt")


def test_every_shape_is_tried() -> None:
    assert {*SAMPLES, *BRIEFS} == {*RECORDS} - {"xmarquez-stories"}  # that one on the real file


def test_no_shape_hides_another() -> None:
    for table in (EXPORTS, RECORDS):
        assert len({profile.signs for profile in table.values()}) == len(table)
        for profile in table.values():
            assert mapping.closest(profile.signs, table.values()) == profile
