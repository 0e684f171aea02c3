"""This program's JSON written by somebody else: nothing of it that no reader would build gets in."""

from __future__ import annotations

import msgspec

from exporter.model import visit
from exporter.model.article import Article, Copy, Link, Origin, Paragraph, Teaser, Text, to_json
from exporter.readers.registry import read_source
from exporter.readers.source import Source


def test_what_no_reader_would_build_is_taken_out() -> None:
    article = Article(
        title="A\x07 title",
        language="en_US",
        published="2021-13-45",
        captured="2021-07-21",
        link="javascript:alert(1)",
        blocks=(
            Paragraph((Link("javascript:alert(1)", (Text("click\x00 me"),)),)),
            Paragraph((Link("https://papers.example/", (Text("a link"),)),)),
        ),
        teasers=(Teaser("One", date="soon", link="file:///etc/passwd"),),
        also=(Copy("Two\x07", "2021-02-30", "javascript:alert(1)"),),
        origin=Origin("x", "x", "0"),
    )
    reading = read_source(Source(to_json(article), "a.json"), "native")
    (matches,) = reading.articles
    assert (matches.title, matches.language, matches.link) == ("A title", "en-US", None)
    assert (matches.published, matches.captured) == (None, "2021-07-21")
    assert visit.paragraphs(matches) == ("click me", "a link")
    assert [b.content[0] for b in matches.blocks] == [  # type: ignore[union-attr]
        Text("click me"),
        Link("https://papers.example/", (Text("a link"),)),
    ]
    assert (matches.teasers[0].date, matches.teasers[0].link) == (None, None)
    assert matches.also == (Copy("Two"),)
    assert "date-invalid" in {finding.id for finding in reading.diagnostics}


def test_what_is_in_order_comes_back_as_it_was() -> None:
    from tests.kitchen_sink import articles

    for article in articles():
        (matches,) = read_source(Source(to_json(article), "a.json"), "native").articles
        assert msgspec.json.encode(matches) == msgspec.json.encode(article)
