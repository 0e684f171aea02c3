"""The copied page of KCNA Watch: exactly what stands there, in every variant of the form."""

from __future__ import annotations

import json
import tarfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exporter
from exporter.diagnostics import Report
from exporter.editions.compile import compile_edition
from exporter.editions.selection import Selected
from exporter.model.article import Article, Emphasis, Link, Paragraph, Text
from tests.copied import CopiedTeaser, Page

SHARED = Path(__file__).parents[3].parent / "shared"

PAGE = Page(
    title="Old mill turns again",
    label="Harbour Gazette (En)",
    published=date(2024, 3, 4),
    visited=date(2024, 9, 3),
    paragraphs=[
        "Harbourton, March 4 (HG) -- The wheel of the old mill turned on Monday.",
        "It had stood still  for ninety years, said the miller.",
        "Flour will be sold from May. -0-",
    ],
    teasers=[
        CopiedTeaser(
            "Ferry runs late",
            "The evening ferry will leave at nine from now on, as the tide al",
            date(2024, 9, 2),
        ),
        CopiedTeaser(
            "A bench for the pier", "A bench was given to the pier by its friends.", date(2024, 8, 31)
        ),
    ],
)


def read(text: str | bytes, name: str = "page.txt", report: Report | None = None) -> tuple[Article, ...]:
    data = text if isinstance(text, bytes) else text.encode()
    return exporter.read(data, name=name, report=report)


def agrees(article: Article, page: Page, *, visited: bool = True) -> None:
    assert article.title == page.title
    assert article.source == page.label
    assert article.published == page.published.isoformat()
    assert article.captured == (page.visited.isoformat() if visited else None)
    assert list(exporter.paragraphs(article)) == page.paragraphs
    values = [(t.title, t.summary, t.date) for t in article.teasers]
    assert values == [(t.title, t.summary, t.day.isoformat()) for t in page.teasers]


@pytest.mark.parametrize("visit", ["both", "long", "short", "none"])
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
@pytest.mark.parametrize("more_articles", [True, False])
def test_every_variant_of_the_frame(visit: str, gap: str, more_articles: bool) -> None:
    report = Report()
    (article,) = read(PAGE.text(visit=visit, gap=gap, more_articles=more_articles), report=report)
    agrees(article, PAGE, visited=visit != "none")
    assert not report.findings


def test_day_comes_first_and_label_is_parted() -> None:
    (article,) = read(PAGE.text())
    assert article.published == "2024-03-04"
    assert article.basis["published"] == "stated"
    assert (article.source, article.publisher, article.language) == (
        "Harbour Gazette (En)",
        "Harbour Gazette",
        "en",
    )
    assert article.aggregator == "KCNA Watch"
    assert {t.source for t in article.teasers} == {"Harbour Gazette (En)"}


def test_page_without_teasers_or_closing() -> None:
    bare = Page(PAGE.title, PAGE.label, PAGE.published, PAGE.visited, PAGE.paragraphs)
    for more_from in (True, False):
        for more_articles in (True, False):
            (article,) = read(bare.text(more_from=more_from, more_articles=more_articles))
            agrees(article, bare)


@pytest.mark.parametrize("times", [2, 3, 4])
@pytest.mark.parametrize("title", ["Ferry runs late", "Ferry runs late\n\nand the bell is lent"])
def test_a_teasers_title_is_one_however_often_it_is_said(times: int, title: str) -> None:
    """By a picture's words, a link and a heading; the model has it once, and so has the digest."""
    said = "\n\n".join([title] * times)
    text = PAGE.text().replace("Ferry runs late\n\nFerry runs late", said)
    assert text.count("Ferry runs late") == times
    report = Report()
    (article,) = read(text, report=report)
    title = title.replace("\n\n", " ")
    assert [(t.title, t.summary) for t in article.teasers] == [
        (title, PAGE.teasers[0].summary),
        (PAGE.teasers[1].title, PAGE.teasers[1].summary),
    ]
    assert not report.findings
    digest = exporter.render(compile_edition(Selected((article,), article.teasers)), "txt").decode()
    assert " ".join(digest.split()).count(title) == 1


def test_several_pages_in_one_file() -> None:
    other = Page(
        "Second story", "Lantern Street Journal", date(2024, 4, 5), date(2024, 9, 4), ["One.", "Two."]
    )
    for joint in ("\n", "\n\n\n", "\n\n* * *\n\n", "\n------\n"):
        first, second, third = read(joint.join([PAGE.text(), other.text(more_articles=False), PAGE.text()]))
        agrees(first, PAGE)
        agrees(second, other)
        agrees(third, PAGE)
        assert [a.origin.part for a in (first, second, third)] == [0, 1, 2]


def test_line_ends_and_encodings_change_nothing() -> None:
    text = PAGE.text()
    for data in (
        text.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + text.encode(),
        text.encode("utf-16"),
        text.encode("utf-16-le"),
    ):
        (article,) = read(data)
        agrees(article, PAGE)


def test_words_of_the_frame_inside_the_body_stay_there() -> None:
    body = [
        "Date: a fruit of the palm.",
        "More From the kitchen garden came in.",
        "May 5, 2024",
        "More Articles",
    ]
    page = Page("A title", "Harbour Gazette", PAGE.published, PAGE.visited, [*body, "The end."], PAGE.teasers)
    (article,) = read(page.text())
    agrees(article, page)


def test_a_teaser_without_summary_and_one_whose_title_is_its_summary() -> None:
    page = Page(PAGE.title, PAGE.label, PAGE.published, PAGE.visited, PAGE.paragraphs)
    page.teasers = [
        CopiedTeaser("Bare", "", date(2024, 9, 1)),
        CopiedTeaser("Half a", "Half a loaf is better.", date(2024, 9, 1)),
        CopiedTeaser("Last", "", date(2024, 8, 30)),
    ]
    (article,) = read(page.text())
    agrees(article, page)


@pytest.mark.parametrize("stated", ["31/02/2021", "04/13/2021", "00/00/0000", "yesterday"])
def test_a_date_that_does_not_exist_is_left_out_and_told(stated: str) -> None:
    report = Report()
    (article,) = read(PAGE.text().replace("04/03/2024", stated), report=report)
    assert article.published is None
    assert {"date-invalid", "date-missing"} <= {f.id for f in report.findings}
    assert list(exporter.paragraphs(article)) == PAGE.paragraphs


def test_no_title_is_told_and_the_text_kept() -> None:
    report = Report()
    (article,) = read(PAGE.text().replace(PAGE.title + "\n\n", ""), report=report)
    assert article.title.startswith("Harbourton, March 4")
    assert "title-missing" in report.counts()
    assert list(exporter.paragraphs(article)) == PAGE.paragraphs


READER_COPY = """\
Title: Old mill turns again | KCNA Watch

URL Source: https://example.org/newstream/1710000000-1/old-mill/

Published Time: 2024-03-05T06:00:00+00:00

Markdown Content:
September 3, 2024

[KCNA](https://example.org/) [Harbour Gazette (En)](https://example.org/source/hg)

# Old mill turns again

Date: 04/03/2024 | Source: Harbour Gazette (En) | [Read original version at source](https://example.com/mill?a=1)

The wheel of the *old mill* turned on Monday.

See [the plan](https://example.com/plan) on the 2nd floor.

### More From Harbour Gazette (En)

[![Image 1: Ferry runs late](https://example.org/f.jpg)](https://example.org/ferry/)

#### [Ferry runs late](https://example.org/ferry/)

The evening ferry will leave at nine.

September 2, 2024

The evening ferry will leave at nine.

More Articles
"""


def test_reader_service_copy() -> None:
    (article,) = read(READER_COPY, "page.md")
    assert (article.title, article.published, article.captured) == (
        "Old mill turns again",
        "2024-03-04",
        "2024-09-03",
    )
    assert article.link == "https://example.com/mill?a=1"
    assert article.via == "https://example.org/newstream/1710000000-1/old-mill/"
    first, second = article.blocks
    assert first == Paragraph(
        (Text("The wheel of the "), Emphasis((Text("old mill"),)), Text(" turned on Monday."))
    )
    assert isinstance(second, Paragraph)
    assert second.content[1] == Link("https://example.com/plan", (Text("the plan"),))
    (teaser,) = article.teasers
    assert (teaser.title, teaser.summary, teaser.date, teaser.link) == (
        "Ferry runs late",
        "The evening ferry will leave at nine.",
        "2024-09-02",
        "https://example.org/ferry/",
    )


_words = st.text(
    st.sampled_from("abcdefgh éö김평양Яж العربية.,;:!?'’“”-()[]0123456789&<>*_#"), min_size=1, max_size=90
).filter(lambda t: bool(t.strip()) and t.strip("-=_*~# ") != "")
_lines = _words.map(lambda t: "W" + t)
_days = st.dates(date(1990, 1, 1), date(2030, 12, 31))
_pages = st.builds(
    Page,
    title=_words.map(lambda t: "T" + t.strip()),
    label=st.sampled_from(["Pyongyang Times", "KCNA.kp (En)", "한들신문 (Kr)", "A. B. Gazette"]),
    published=_days,
    visited=_days,
    paragraphs=st.lists(_lines, min_size=1, max_size=8),
    teasers=st.lists(
        st.builds(CopiedTeaser, title=_lines, summary=st.one_of(st.just(""), _lines), day=_days), max_size=5
    ),
)


def _plain(page: Page) -> bool:
    # A title that is its own summary, or two teasers of one title, cannot be told from one another.
    titles = [teaser.title for teaser in page.teasers]
    return len(set(titles)) == len(titles) and not {t.summary for t in page.teasers} & set(titles)


@settings(deadline=None, max_examples=150)
@given(
    _pages.filter(_plain),
    st.sampled_from(["both", "long", "short"]),
    st.sampled_from(["\n\n", "\n", "\n \n"]),
    st.booleans(),
)
def test_any_page_comes_back_exactly(page: Page, visit: str, gap: str, more_articles: bool) -> None:
    (article,) = read(page.text(visit=visit, gap=gap, more_articles=more_articles))
    agrees(article, page)


# -- Real pages, where they are at hand --------------------------------------------------


def test_the_real_page() -> None:
    folder = SHARED / "seed"
    if not folder.is_dir():
        pytest.skip("the real page is not at hand (../shared/seed)")
    (article,) = exporter.read(folder)
    assert article.title == "Historic milestone in boosting DPRK-Russia friendship"
    assert (article.source, article.published, article.captured) == (
        "Pyongyang Times",
        "2021-07-21",
        "2025-12-18",
    )
    text = next(folder.glob("*.txt")).read_text("utf-8")
    body = text.split("version at source\n")[1].split("More From")[0]
    assert list(exporter.paragraphs(article)) == body.strip("\n").split("\n\n")
    assert len(article.blocks) == 14
    assert len(article.teasers) == len(set(article.teasers)) == 16
    first, last = article.teasers[0], article.teasers[-1]
    assert (first.title, first.date) == ("Chairman Kim Jong Il ’s outlook on life", "2025-12-17")
    assert (last.title, last.date) == ("Haeju Tilery inaugurated", "2025-12-14")


def test_750_real_texts_in_the_frame() -> None:
    pack = SHARED / "corpora" / "dprk.tar.xz"
    if not pack.is_file():
        pytest.skip("the pack of real texts is not at hand (../shared/corpora/dprk.tar.xz)")
    pages: dict[str, bytes] = {}
    truths: list[dict[str, object]] = []
    with tarfile.open(pack) as archive:
        for member in archive:
            if "kcnawatch_form/" in member.name and member.isfile():
                file = archive.extractfile(member)
                assert file is not None
                if member.name.endswith(".txt"):
                    pages[Path(member.name).name] = file.read()
                elif member.name.endswith(".jsonl"):
                    truths = [json.loads(line) for line in file]
    assert len(truths) == 750
    for truth in truths:
        (article,) = read(pages[str(truth["file"])], str(truth["file"]))
        got = {
            "title": article.title,
            "source": article.source,
            "published": article.published,
            "page_date": article.captured,
            "paragraphs": list(exporter.paragraphs(article)),
            "related": [{"title": t.title, "date": t.date, "summary": t.summary} for t in article.teasers],
        }
        assert got == {key: truth[key] for key in got}, truth["file"]


def test_what_is_unclear_is_told() -> None:
    report = Report()
    text = PAGE.text(visit="none").replace(f"KCNA {PAGE.label}\n\n", "Menu\n\nHome\n\n")
    (article,) = read(text, report=report)
    assert article.title == PAGE.title
    assert [(f.id, f.detail) for f in report.findings] == [("frame-unclear", "above the title: Menu; Home")]

    report = Report()
    (article,) = read(PAGE.text(more_articles=False) + "\n\nSubscribe now", report=report)
    assert len(article.teasers) == 2
    assert [(f.id, f.detail) for f in report.findings] == [
        ("frame-unclear", "among the teasers: Subscribe now")
    ]


FRAME = f"Date: 04/03/2024 | Source: {PAGE.label} | Read original version at source"
CRUMB = f"KCNA {PAGE.label}"
VISIT = "September 3, 2024Sep 3, 2024"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        (FRAME, FRAME.replace(" ", "\u00a0")),
        (FRAME, f"\u200b{FRAME}  "),
        (FRAME, FRAME.replace("04/03", "4/3")),
        (FRAME, FRAME.replace(" | ", "|")),
        (FRAME, FRAME.replace(" | ", "\n")),
        (FRAME, FRAME.replace(" | ", " |\n\n")),
        (FRAME, FRAME.replace(" | ", "\n| ")),
        (FRAME, FRAME.replace("Date:", "DATE:").replace("Source:", "SOURCE:")),
        (CRUMB, f"KCNA\u00a0{PAGE.label}"),
        (CRUMB, f"KCNA\n{PAGE.label}"),
        (f"{CRUMB}\n\n", ""),
        (VISIT, "September 3, 2024\nSep 3, 2024"),
        (VISIT, "Sept 3, 2024"),
        (VISIT, "september 3, 2024"),
        ("September 2, 2024", "September\u00a02, 2024"),
        ("September 2, 2024", "SEPTEMBER 2, 2024"),
        ("Ferry runs late", "Ferry\nruns late"),
        ("More From", "More from"),
        ("More From Harbour Gazette", "MORE FROM HARBOUR GAZETTE"),
        ("More Articles", "more articles"),
        (PAGE.title, "Old mill\nturns again"),
    ],
)
def test_habits_of_browsers_and_of_hands(old: str, new: str) -> None:
    text = PAGE.text()
    assert old in text
    report = Report()
    (article,) = read(text.replace(old, new), report=report)
    agrees(article, PAGE)
    assert not report.findings


@pytest.mark.parametrize(
    ("joint", "visit"),
    [
        (joint, visit)
        for joint in ("", "\n", "\f", "\n\ufeff", "\n\n")
        for visit in ("both", "short", "none")
        if joint or visit != "none"  # else nothing tells where the second page begins
    ],
)
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_pages_joined_by_hand(joint: str, visit: str, gap: str) -> None:
    text = PAGE.text(visit=visit).replace("\n\n", gap)
    articles = read(joint.join([text] * 3))
    assert len(articles) == 3
    for article in articles:
        agrees(article, PAGE, visited=visit != "none")


@pytest.mark.parametrize("more_articles", [True, False])
def test_pages_without_a_head_leave_each_other_their_teasers(more_articles: bool) -> None:
    text = PAGE.text(visit="none", more_articles=more_articles).replace(f"{CRUMB}\n\n", "")
    for article in read("\n".join([text] * 3)):
        agrees(article, PAGE, visited=False)


def test_what_stands_around_a_page_is_left_out_and_told() -> None:
    text = PAGE.text()
    for around, values in (
        (f"Home\nSearch\n\n{text}", "above the title: Home; Search"),
        (text.replace(CRUMB, f"Menu\n{CRUMB}", 1), "above the title: Menu"),
        (f"{text}\n\nWe use cookies.\nAccept\n", "below the page: We use cookies.; Accept"),
    ):
        report = Report()
        (article,) = read(around, report=report)
        agrees(article, PAGE)
        assert [(f.id, f.detail) for f in report.findings] == [("frame-unclear", values)]


@pytest.mark.parametrize(
    "lines",
    [
        f"Date:{' ' * 20_000}Source: x",
        f"Date: 1/1/2020{' ' * 20_000}Source:{' ' * 20_000}x",
        f"Date: 1/1/2020\nSource: {' ' * 20_000}x|y",
        f"Date: 1/1/2020\n{chr(10) * 20_000}Source: x|y",
        "*" * 20_000 + "Date:" + "*" * 20_000 + "Source:",
        f"{FRAME}\nWords.\n" + "More From\n" * 20_000,
    ],
)
def test_hostile_lines_do_not_keep_the_reader_busy(lines: str) -> None:
    """Each of these would take a backtracking expression, or one look ahead too many, hours."""
    (article,) = read(f"A title\n\n{lines}\n\nThe end.")
    assert "The end." in exporter.plain_text(article)
