"""The title is the headline that the page shows, once."""

from __future__ import annotations

from pathlib import Path

import pytest

import exporter
from exporter.model import build, visit
from exporter.model.article import Article
from exporter.readers.html import _titles

CASES = Path(__file__).parents[2] / "cases/reading"
TEXT = "<p>The harbour council met on Tuesday evening to decide how the old lighthouse should be kept up.</p>"
HEADLINE = "The quantum lantern"


def read(heading: str, shared: str, *, head: str = "", above: str = "", window: str = "") -> Article:
    meta = f'<title>{window or shared}</title><meta property="og:title" content="{shared}">{head}'
    body = f"{above}<h1>{heading}</h1>{TEXT * 5}"
    page = f"<!DOCTYPE html><html><head>{meta}</head><body><article>{body}</article></body></html>"
    (article,) = exporter.read(page.encode(), name="page.html")
    return article


def test_the_headline_leads_over_the_title_for_sharing() -> None:
    (article,) = exporter.read(CASES / "headline-for-search-engines.html")
    assert article.title == HEADLINE
    assert article.basis["title"] == "stated"


@pytest.mark.parametrize(
    ("heading", "shared", "expected"),
    [
        (HEADLINE, "A ghostly light rooted in an old mystery", HEADLINE),
        (f"Science: {HEADLINE}", HEADLINE, HEADLINE),
        (HEADLINE, f"{HEADLINE} | The Gazette", HEADLINE),
        (HEADLINE, f"{HEADLINE} › gazette.example", HEADLINE),
        (
            "A “ghostly” light in the tower",
            "A 'ghostly' light in the tower",
            "A “ghostly” light in the tower",
        ),
        (
            "World news",
            "A ghostly light rooted in an old mystery",
            "A ghostly light rooted in an old mystery",
        ),
        ("A light<br>in the tower", "What keepers say of ghosts", "A light in the tower"),
        ('<a href="/">The Harbour Gazette</a>', HEADLINE, HEADLINE),
    ],
)
def test_the_only_heading_is_the_title(heading: str, shared: str, expected: str) -> None:
    assert read(heading, shared).title == expected


def test_a_headline_in_json_ld_that_is_the_title_for_sharing_keeps_it() -> None:
    json = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A light seen"}</script>'
    assert read(HEADLINE, "A light seen", head=json).title == "A light seen"
    described = json.replace("headline", "name").replace("A light seen", HEADLINE)
    assert read(HEADLINE, "A light seen", head=described).title == HEADLINE


@pytest.mark.parametrize(
    "above",
    [
        f"<p>{HEADLINE}</p>",
        f"<h2>{HEADLINE}</h2><p>{TEXT}</p><p>{HEADLINE.upper()}</p>",
        "<p>A first line that is long enough to be a paragraph of its own in any text that one reads.</p>"
        * 5,
    ],
)
def test_the_headline_is_not_repeated_in_the_body(above: str) -> None:
    texts = list(visit.texts(read(HEADLINE, "A ghostly light", above=above).blocks))
    assert HEADLINE.casefold() not in map(str.casefold, texts)
    assert sum(text in TEXT for text in texts) >= 5


def test_a_heading_is_not_repeated_where_its_kicker_is_a_block_of_its_own() -> None:
    blocks = (*build.heading(1, [f": {HEADLINE}"]), *build.paragraph(["The tower fell."]))
    kept = _titles.below_title(blocks, (f"Science: {HEADLINE}",))
    assert list(visit.texts(kept)) == ["The tower fell."]
