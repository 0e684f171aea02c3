"""Where a long edition is cut, and how its pages are numbered and looked up."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.backends.pdf import compose, numbering, sectioning, template_context
from exporter.backends.pdf.template_context import Part, Unit
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, Grouping, compile_edition
from exporter.editions.options import Settings
from exporter.editions.selection import Selected
from exporter.model.article import Article
from exporter.model.build import link, paragraph
from tests import kitchen_sink
from tests.rendering import render_pdf

WORDS = "The tide came in and the boats went out again, as they had done the day before. "


def article(
    number: int, day: date, length: int = 40, source: str = "Test Post", to: int | None = None
) -> Article:
    links = (
        paragraph([*link(f"https://papers.example/{to}", ["the other story"]), "."]) if to is not None else ()
    )
    return Article(
        title=f"Story {number:03} of the quay",
        source=source,
        language="en",
        published=day.isoformat(),
        link=f"https://papers.example/{number}",
        blocks=(*paragraph([WORDS * length]), *links),
        origin=kitchen_sink.origin(f"{number}.md"),
    )


def edition(*articles: Article, group: Grouping = "source") -> Edition:
    return compile_edition(Selected(articles, ()), title="Tests", group=group)


def pages(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range() for page in document]


def labels(data: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [page.label for page in pdf.pages]


# -- Cutting -----------------------------------------------------------------------------

DAYS = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2021, 12, 31)).map(str))
ITEMS = st.lists(st.tuples(DAYS, st.sampled_from("ABC"), st.integers(1, 400)), max_size=60)


@given(ITEMS, st.booleans())
def test_nothing_is_lost_or_moved_in_the_cut(
    items: list[tuple[str | None, str, int]], in_order: bool
) -> None:
    items = sorted(items, key=lambda i: (i[0] is None, i[0] or "")) if in_order else items
    units = sectioning.divided(items, lambda i: i[2], lambda i: i[0], lambda i: i[1], long=1_000, unit=300)
    assert [item for _, unit in units for item in unit] == items
    assert len({unit for unit, _ in units}) == len(units)
    if len(units) > 1:
        assert sum(i[2] for i in items) / len(units) >= 300
    runs = list(sectioning.runs(items, lambda i: i[2], str, run=300))
    assert [item for run in runs for item in run] == items
    assert all(len(run) == 1 or sum(i[2] for i in run) <= 1_200 for run in runs)


@given(ITEMS, st.integers(0, 59))
def test_a_new_item_changes_the_runs_beside_it_alone(
    items: list[tuple[str | None, str, int]], place: int
) -> None:
    items = [*dict.fromkeys(items)]
    new = (None, "new", 30)
    longer = [*items[:place], new, *items[place:]]
    one, other = (
        {tuple(run) for run in sectioning.runs(some, lambda _: 100, str, run=300)} for some in (items, longer)
    )
    changed = {item for run in other - one for item in run}
    assert new in changed
    assert len(changed) <= 12 * 3


def test_a_long_part_is_divided_by_its_dates() -> None:
    output = edition(*(article(n, date(2024, 1, 1) + timedelta(n * 4)) for n in range(45)))
    layout_jobs = compose.compose(output, Settings(), Report())
    heads = [re.search('class="unit-title"[^>]*>([^<]*)', section.html) for section in layout_jobs.body]
    assert [head[1] if head else "" for head in heads] == [
        "January 2024", "February 2024", "March 2024", "April 2024", "May 2024", "June 2024"
    ]  # fmt: skip
    text = pages(render_pdf(output).data)
    assert "February 2024" in text[1]  # the contents
    assert sum("Test Post" in page.split("\n")[0] for page in text) > 20  # every running head


def test_a_short_part_is_not() -> None:
    output = edition(*(article(n, date(2024, 1, 1) + timedelta(n)) for n in range(12)))
    assert len(compose.compose(output, Settings(), Report()).body) == 1


@pytest.mark.parametrize("group", ["none", "day"])
def test_parts_without_dates_to_divide_by_are_cut_all_the_same(group: Grouping) -> None:
    one_day = (article(n, date(2024, 1, 1), 300, f"Post {n % 2}") for n in range(24))
    output = compile_edition(Selected(tuple(one_day), ()), title="Tests", group=group)
    sections = compose.compose(output, Settings(), Report()).body
    assert len(sections) > 1
    assert sum(section.html.count("<article") for section in sections) == 24


# -- Numbers -----------------------------------------------------------------------------


def test_front_matter_is_numbered_in_roman_and_a_book_begins_on_the_right() -> None:
    output = edition(*(article(n, date(2024, 1, 1), 5) for n in range(3)))
    book = render_pdf(output, Settings(style="book")).data
    assert labels(book)[:3] == ["i", "ii", "1"]
    assert "ii" in pages(book)[1].split()
    three = edition(*(article(n, date(2024, 1, 1), 5) for n in range(45)))
    book = render_pdf(three, Settings(style="book")).data
    assert labels(book)[:5] == ["i", "ii", "iii", "iv", "1"]
    assert pages(book)[3].strip() == ""  # the left page that nothing is left for


def test_a_link_to_another_article_tells_its_page() -> None:
    articles = [article(n, date(2024, 1, n + 1), 60, to=2 - n) for n in range(3)]
    output = render_pdf(edition(*articles), Settings(style="book"))
    text = pages(output.data)
    front = labels(output.data).index("1")
    places = [output.locations[entry.anchor] for entry in edition(*articles).entries]
    for n, place in enumerate(places):
        until = int(places[n + 1]) if n < 2 else len(text)
        values = "".join(text[front + int(place) - 1 : front + until]).replace("\xa0", " ")
        assert f"(page {places[2 - n]})" in " ".join(values.split())


def test_the_index_tells_the_pages_of_sources_and_days() -> None:
    output = edition(
        *(article(n, date(2024, 1 + n // 7, 3 + n % 7 // 4), 60, f"Post {n % 3 // 2}") for n in range(14))
    )
    product = render_pdf(output, Settings(style="book"))
    text = pages(product.data)
    assert all(" ".join(text).count(month) > 1 for month in ("January 2024", "February 2024"))
    with pikepdf.open(io.BytesIO(product.data)) as pdf:
        values = [str(a.Dest) for a in pdf.pages[-2].Annots]
    assert set(values) <= {entry.anchor for entry in output.entries}
    front = labels(product.data).index("1")
    begins = [int(product.locations[entry.anchor]) for entry in output.entries]
    ends = [*(page - 1 for page in begins[1:]), len(text) - front - 2]
    runs: dict[str, list[list[int]]] = {"Post 0": [], "Post 1": []}
    for entry, first, last in zip(output.entries, begins, ends, strict=True):
        children = runs[str(entry.article.source)]
        if children and children[-1][1] == first - 1:
            children[-1][1] = last
        else:
            children.append([first, last])
    printed = text[-2].replace("\n", " ")
    for name, matches in runs.items():
        line = ", ".join(f"{first}–{last}" if last > first else f"{first}" for first, last in matches)
        assert f"{name} {line}" in printed


def test_a_small_edition_has_no_index() -> None:
    output = edition(article(1, date(2024, 1, 1)))
    assert not any("Sources and dates" in page for page in pages(render_pdf(output).data))


def test_long_contents_are_cut_before_parts() -> None:
    def part(name: str, size: int) -> Part:
        return Part(name, name, [Unit("", "", [name] * size)])  # type: ignore[list-item]

    chapters = template_context.chapters([part("a", 100), part("b", 50), part("c", 2_000), part("d", 3)])
    assert [
        [(s.part.title, s.begins, sum(len(u.articles) for u in s.units)) for s in c] for c in chapters
    ] == [
        [("a", True, 100), ("b", True, 50)],
        [("c", True, 900)],
        [("c", False, 900)],
        [("c", False, 200)],
        [("d", True, 3)],
    ]


def test_contents_in_chapters_tell_true_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_context, "ENOUGH", 3)
    output = edition(*(article(n, date(2024, 1, 1), 5, f"Post {n % 4}") for n in range(16)))
    product = render_pdf(output)
    front = labels(product.data).index("1")
    assert front == 5
    with pikepdf.open(io.BytesIO(product.data)) as pdf:
        led = [str(a.Dest) for page in pdf.pages[:front] for a in page.get("/Annots", ())]
    assert {entry.anchor for entry in output.entries} <= set(led)


# -- Running heads -----------------------------------------------------------------------


def test_pages_on_which_an_article_goes_on_say_so(tmp_path: Path) -> None:
    (tmp_path / "print.css").write_text(
        "@page { size: A5; margin: 2cm; @top-left { content: string(continued) }"
        ' @top-right { content: string(piece, start) } @bottom-right { content: "to " string(piece, last) } }'
    )
    output = edition(*(article(n, date(2024, 1, n), length) for n, length in ((1, 60), (2, 1), (3, 1))))
    text = pages(render_pdf(output, Settings(style=str(tmp_path))).data)
    text = [" ".join(page.split()) for page in text]
    # A part begins on the first page of the body, and nothing goes on there.
    assert text[2].startswith("Test Post")
    assert text[3].startswith("Story 001 of the quay · Test Post · 1 Jan 2024 Story 001 of the quay")
    assert "to Story 003 of the quay" in next(page for page in text if "Story 002 of the quay Test" in page)


def test_only_an_article_that_refers_is_laid_out_twice() -> None:
    output = edition(*(article(n, date(2024, 1, 1), 5, to=0 if n == 30 else None) for n in range(40)))
    sections = compose.compose(output, Settings(style="book"), Report()).body
    assert [section.html.count("<article") for section in sections if numbering.refers(section)] == [1]


def test_a_long_title_stays_on_one_page() -> None:
    title = "The harbour council tells once more why the ferry waits for the tide and not for the clock " * 3
    many = [
        msgspec.structs.replace(article(n, date(2024, 1, 1), 18 + n), title=f"{n:02} {title}".strip())
        for n in range(24)
    ]
    product = render_pdf(edition(*many), Settings(style="digest"))
    text = dict(zip(labels(product.data), pages(product.data), strict=True))
    for entry in edition(*many).entries:
        page = "".join(text[product.locations[entry.anchor]].split())
        assert "".join(entry.article.title.split()) in page
