"""Which part of a page is read as its article, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

import exporter
from exporter.diagnostics import Report
from tests.readers.test_reading_cases import COAST, FERRY, LIGHTHOUSE


def read(body: str, *, keep: Collection[str] = ()) -> tuple[list[str], dict[str, str]]:
    """The paragraphs of a page's article, and the diagnostics of its body: the detail of each by its id."""
    page = f'<html lang="en"><head><title>The tower</title></head><body>{body}</body></html>'
    report = Report()
    (article,) = exporter.read(page.encode(), name="a.html", disabled_rules=keep, report=report)
    said = {finding.id: finding.detail for finding in report.findings}
    return list(exporter.paragraphs(article)), {
        id: said[id] for id in ("paragraphs-left-out", "body-doubtful") if id in said
    }


def div(attributes: str, paragraphs: Sequence[str]) -> str:
    return f"<div {attributes}>{''.join(f'<p>{text}</p>' for text in paragraphs)}</div>"


def in_class(name: str, paragraphs: Sequence[str]) -> str:
    return div(f'class="{name}"', paragraphs)


TITLE = "<h1>The tower</h1>"
LONG = f"{FERRY[0]} {FERRY[1]}"


@pytest.mark.parametrize("name", ["newsletter", "related", "promo-box"])
def test_a_long_paragraph_that_is_left_out_is_reported_with_its_rule(name: str) -> None:
    page = f"<article>{TITLE}{in_class('text', LIGHTHOUSE)}{in_class(name, [LONG])}{in_class('text', COAST)}"
    paragraphs, said = read(page)
    assert paragraphs == [*LIGHTHOUSE, *COAST]
    assert said == {
        "paragraphs-left-out": f"boilerplate: 1, {len(LONG.split())} words, such as “{LONG[:60]}”"
    }
    assert read(page, keep=["boilerplate"]) == ([*LIGHTHOUSE, LONG, *COAST], {})


def test_a_short_paragraph_that_is_left_out_is_not_reported() -> None:
    page = f"<article>{TITLE}{in_class('text', LIGHTHOUSE)}{in_class('newsletter', FERRY)}</article>"
    assert read(page) == (LIGHTHOUSE, {})


def test_an_article_much_shorter_than_the_pages_longest_prose_is_doubtful() -> None:
    article = f"<article>{TITLE}{in_class('text', FERRY)}</article>"
    paragraphs, said = read(article + in_class("promo", LIGHTHOUSE) + in_class("related", COAST))
    assert paragraphs == FERRY
    assert FERRY[0].startswith(said["body-doubtful"])


def test_an_article_shorter_than_its_comments_and_the_footer_is_not_doubtful() -> None:
    article = f"<article>{TITLE}{in_class('text', FERRY)}</article>"
    footer = f"<footer>{in_class('about', COAST)}</footer>"
    assert "body-doubtful" not in read(article + in_class("comments", LIGHTHOUSE) + footer)[1]


@pytest.mark.parametrize("attributes", ['style="display:none"', "hidden"])
@pytest.mark.parametrize("first", [True, False])
def test_of_a_shown_and_a_hidden_copy_one_is_read(attributes: str, first: bool) -> None:
    copies = [in_class("text", LIGHTHOUSE), div(attributes, LIGHTHOUSE)]
    assert read(f"<main>{TITLE}{''.join(copies if first else reversed(copies))}</main>") == (LIGHTHOUSE, {})


@pytest.mark.parametrize("attributes", ['class="full"', 'class="full" style="display:none"'])
def test_of_a_teaser_and_the_full_text_the_full_text_is_read(attributes: str) -> None:
    teaser = in_class("opening", [LIGHTHOUSE[0], f"{LIGHTHOUSE[1][:80]} …"])
    assert read(f"<main>{TITLE}{teaser}{div(attributes, LIGHTHOUSE)}</main>") == (LIGHTHOUSE, {})


def test_all_containers_of_one_class_are_read() -> None:
    containers = [in_class("text", LIGHTHOUSE), in_class("ad", ["Ad"]), in_class("text", COAST)]
    assert read(f"<main>{TITLE}{''.join(containers)}</main>") == ([*LIGHTHOUSE, *COAST], {})


@pytest.mark.parametrize("name", ["related-content", "newsletter-open", "social comments-on"])
def test_a_class_removes_no_wrapper_of_the_whole_article(name: str) -> None:
    other = in_class("cards", ["Other news of the town, in a line or two, and a word on who wrote it."])
    assert (
        read(f"{TITLE}{in_class(name, LIGHTHOUSE)}<section><h2>Popular</h2>{other}</section>")[0]
        == LIGHTHOUSE
    )


@pytest.mark.parametrize("repeated", [LIGHTHOUSE[0], "Nobody spoke."])
def test_a_paragraph_that_its_author_repeats_stays(repeated: str) -> None:
    paragraphs = [repeated, *LIGHTHOUSE[1:4], repeated, *LIGHTHOUSE[4:], repeated]
    assert read(f"<article>{TITLE}{in_class('text', paragraphs)}</article>") == (paragraphs, {})
    parts = "".join(in_class("part", paragraphs[n : n + 4]) for n in range(0, len(paragraphs), 4))
    assert read(f"<article>{TITLE}{parts}</article>") == (paragraphs, {})
