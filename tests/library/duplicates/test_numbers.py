"""Articles that differ in a number stay two; copies that print it otherwise stay one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from exporter.diagnostics import Report
from exporter.editions.selection import Selection
from exporter.library import Library
from exporter.library.catalog import select
from exporter.library.duplicates import SCHEME, features, fingerprint, is_copy, is_same
from exporter.library.duplicates._numbers import Number, numbers, spelled
from exporter.library.importer import import_files
from tests.library.duplicates.numbers import (
    FRAME,
    OTHERS,
    SPELLINGS,
    TEXTS,
    Case,
    article,
    different,
    respelled,
    surrounded,
    titled,
)


def told_wrong(cases: Iterable[Case], *, same: bool) -> list[str]:
    """Both ways round, as the library asks."""
    wrong = []
    for name, a, b in cases:
        one, other = features(a), features(b)
        if {is_copy(one, other), is_copy(other, one)} != {same}:
            wrong.append(name)
    return wrong


# -- Different articles ------------------------------------------------------------------


@pytest.mark.parametrize("kind", OTHERS)
def test_articles_that_differ_in_a_number_are_two(kind: str) -> None:
    assert told_wrong(different(kind), same=False) == []


def test_one_text_under_headlines_that_differ_in_the_number_is_two() -> None:
    assert told_wrong(titled(), same=False) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Harbour news (3.2.9)", "Harbour news (3.3.9)"),
        ("The mill (1)", "The mill (2)"),
        ("5 walks by the sea", "7 walks by the sea"),
        ("Ferry timetable 3.2 is out, with a map", "Ferry timetable 3.3 is out"),
        ("v3.2.9", "v3.3.9"),
    ],
)
def test_headlines_of_one_text_tell_two_articles(a: str, b: str) -> None:
    assert told_wrong([Case(a, *(article(title, *TEXTS["en"][2:]) for title in (a, b)))], same=False) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Boats go out after 3 years", "48,000 crowns for the harbour's boats"),
        ("Boats go out [2024.04.23.]", "Boats go out [2024.04.24.]"),
        ("Boats go out [Juche113.4.23.]", "Boats go out [2024.4.23.]"),
        ("Boats go out (2 photos)", "Boats go out (5 photos)"),
        ("UPDATE 1-Boats go out", "UPDATE 2-Boats go out"),
        ("Boats go out (2nd LD)", "Boats go out (3rd LD)"),
        ("World War 2 boat goes out", "World War II boat goes out"),
        ("Boats go out after 3 years", "Boats go out after three years"),
    ],
)
def test_other_headlines_of_one_text_are_of_one_article(a: str, b: str) -> None:
    assert told_wrong([Case(a, *(article(title, *TEXTS["en"][2:]) for title in (a, b)))], same=True) == []


def test_notes_of_a_few_words_under_one_headline_are_two() -> None:
    pair = (article("Tide", f"High water: {height} m at the pier.") for height in ("5.2", "5.5"))
    assert told_wrong([Case("tide", *pair)], same=False) == []


def test_one_number_among_thousands_tells() -> None:
    cells = [f"{number * 37} boats" for number in range(1, 4000)]
    other = [*cells[:3000], "5 boats", *cells[3001:]]
    pair = [article("Boats", " ".join(each)) for each in (cells, other)]
    assert told_wrong([Case("table", *pair)], same=False) == []
    cut = article("Boats", " ".join(cells[:2500]))
    assert told_wrong([Case("cut", pair[0], cut)], same=True) == []


# -- Copies ------------------------------------------------------------------------------


@pytest.mark.parametrize("ways", SPELLINGS, ids="".join)
def test_a_number_printed_otherwise_is_the_same(ways: tuple[str, ...]) -> None:
    assert told_wrong(respelled(ways), same=True) == []


@pytest.mark.parametrize("pair", FRAME, ids=" / ".join)
def test_what_pages_put_around_an_article_is_none_of_its_numbers(pair: tuple[str, str]) -> None:
    assert told_wrong(surrounded(pair), same=True) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Updated the timetable program to 3.2.9", "Updated the timetable program to 3.3.9"),
        ("Published 17 charts", "Published 18 charts"),
        ("Final score: 2-1", "Final score: 2-2"),
        ("17 votes", "18 votes"),
        ("Download: https://papers.example/v3.2.9.zip", "Download: https://papers.example/v3.3.9.zip"),
    ],
)
def test_lines_that_look_like_a_pages_own_tell(a: str, b: str) -> None:
    pair = (article("Harbour news", *TEXTS["en"][2:], line) for line in (a, b))
    assert told_wrong([Case(a, *pair)], same=False) == []


@pytest.mark.parametrize("end", ["48,...", "48...", "48…"])
def test_a_text_cut_in_a_number_is_a_copy(end: str) -> None:
    title, _, *body = TEXTS["en"]
    pair = (article(title, *body, f"The pier cost {cost}") for cost in ("48,000 crowns in all.", end))
    assert told_wrong([Case(end, *pair)], same=True) == []


def test_a_word_for_a_number_is_no_other_number() -> None:
    pair = (article("Boats", *TEXTS["en"][2:], f"Of {count} boats two came.") for count in ("ten", "10"))
    assert told_wrong([Case("ten", *pair)], same=True) == []


# -- Tokens ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rose by 5.2 percent.", [("5.2", "percent")]),
        ("1,234.56 and 1.234,56", [("1234.56", ""), ("1234.56", "")]),
        ("May 6,2024 at 9:05 p.m.", [("6", ""), ("2024", ""), ("9-5", "pm")]),
        ("£5m, $5bn", [("5000000", "sterling"), ("5000000000", "dollars")]),
        ("10,5 mil millones de dólares", [("10500000000", "dollars")]),
        ("CVE-2024-1234", [("2024-1234", "cve-")]),
        ("5천만원", [("50000000", "won")]),
        ("World War I, and I went", [("1", "")]),
        ("a 5-10 million range", [("5-10e6", "")]),
        ("of CO₂ and 5 m²", [("5", "m2")]),
        ("no numbers", []),
    ],
)
def test_a_number_is_its_whole_token(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(matches.value, matches.unit) for matches in numbers(spelled(text))] == expected


def test_a_number_knows_what_is_before_it() -> None:
    assert list(numbers("The harbour paid -5")) == [Number("-5", "", "eharbourpaid")]


# -- The library and articles at hand ------------------------------------------------------


CASES = {
    "rate": ("5.2 percent", "5.5 percent"),
    "version": ("3.2.9", "3.3.9"),
    "score": ("2-1", "2-2"),
    "plain": ("17", "18"),
}


@pytest.mark.parametrize("pair", CASES.values(), ids=CASES)
def test_none_is_left_out_by_either_way(pair: tuple[str, str], tmp_path: Path) -> None:
    """As files, under one headline and under headlines with the number."""
    for number in pair:
        title, *body = (text.format(number) for text in TEXTS["en"])
        for name, headline in (("own", title), ("same", "Harbour news")):
            page = f"---\ntitle: {headline}\ndate: 2024-04-23\nsource: Gazette\n---\n\n" + "\n\n".join(body)
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / f"{number}.md").write_text(page)
    for name in ("own", "same"):
        with Library.temporary() as library:
            import_files(library, [tmp_path / name], Report())
            filed = library.select(Selection(), Report())
        assert len(filed.articles) == 2
        chosen = select(filed.articles)
        assert len(chosen.articles) == 2
        assert chosen.excluded == ()


@pytest.mark.parametrize("ways", SPELLINGS[:4], ids="".join)
def test_copies_are_one_by_either_way(ways: tuple[str, ...]) -> None:
    copies = [
        msgspec.structs.replace(case.b, title="Harbour news")
        for case in respelled(ways)
        if case.name.startswith("en:")
    ]
    assert len(select(copies).articles) == 1
    with Library.holding(copies) as library:
        assert len(library.select(Selection(), Report()).articles) == 1


# -- Stored prints -------------------------------------------------------------------------


def test_prints_of_two_schemes_are_not_compared() -> None:
    now = features(article("Boats", *TEXTS["en"][2:]))
    before = msgspec.structs.replace(now, print=msgspec.structs.replace(now.print, scheme=SCHEME - 1))
    with pytest.raises(ValueError, match="scheme"):
        is_same(now, before)


def test_a_print_stored_before_there_were_numbers_is_read() -> None:
    output = fingerprint(article("Boats", *TEXTS["en"][2:]))
    kept = msgspec.to_builtins(output)
    del kept["numbers"]
    assert msgspec.convert(kept | {"scheme": 1}, type(output)).scheme == 1
