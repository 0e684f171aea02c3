"""Copies are found by their marks, wherever these stand and whatever saves a look at them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest

from exporter.editions.selection import Selection
from exporter.library import Library, _groups
from exporter.library._bloom_filter import BloomFilter
from exporter.library.index_row import card
from exporter.model.article import Article
from tests.bench import generated


def in_zone(count: int) -> list[Article]:
    """Articles, each third a copy of an earlier one in another paper."""
    out: list[Article] = []
    for number in range(count):
        one = generated.article(number)
        if number % 3 == 2:
            copied = out[number // 3]
            one = msgspec.structs.replace(
                copied, source="The Copyist", publisher=None, link=None, origin=one.origin
            )
        out.append(one)
    return out


def filed(library: Library, articles: list[Article]) -> None:
    with library.filing() as filing:
        for number, article in enumerate(articles):
            file = filing.begin(b"%d %s" % (number, article.origin.sha256.encode()), "", 0, 0, "")
            filing.add(file, [card(article)])
            filing.end(file, article.origin.sha256, None, ())


def shelves(library: Library) -> list[tuple[str, int]]:
    return [(line.title, line.copies) for line in library.lines(Selection(undated=True))]


def marks(library: Library) -> int:
    with sqlite3.connect(library.folder / "library.sqlite") as db:
        return sum(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _groups.MARKS)


@pytest.fixture(scope="module")
def expected() -> list[tuple[str, int]]:
    with Library.temporary() as library:
        filed(library, in_zone(60))
        matches = shelves(library)
    assert sum(copies for _, copies in matches) >= 15
    return matches


def test_a_sieve_changes_nothing_but_the_time(tmp_path: Path, expected: list[tuple[str, int]]) -> None:
    with Library(tmp_path) as library:
        articles = in_zone(60)
        filed(library, articles[:30])
        library.expect(1_000)
        filed(library, articles[30:])
        assert shelves(library) == expected


@pytest.mark.parametrize("most", [0, 40, 500])
def test_it_does_not_matter_where_marks_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, expected: list[tuple[str, int]]
) -> None:
    monkeypatch.setattr(_groups, "_FRESH", most)
    with Library(tmp_path) as library:
        articles = in_zone(60)
        for start in range(0, 60, 7):
            filed(library, articles[start : start + 7])
        assert shelves(library) == expected
        assert library.check() == []


def test_what_another_process_has_filed_meanwhile_is_found_too(tmp_path: Path) -> None:
    one = generated.article(1)
    other = msgspec.structs.replace(one, source="The Copyist", publisher=None, link=None)
    with Library(tmp_path) as library, Library(tmp_path) as elsewhere:
        library.expect(1_000)
        filed(elsewhere, [one])
        filed(library, [msgspec.structs.replace(other, origin=generated.article(2).origin)])
        assert [copies for _, copies in shelves(library)] == [1]


def test_no_mark_of_what_is_removed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_groups, "_FRESH", 200)
    with Library(tmp_path) as library:
        articles = in_zone(21)
        for start in range(0, 21, 7):
            filed(library, articles[start : start + 7])
        assert marks(library) > 200
        with library.database.reading() as db:
            ids = [id for (id,) in db.execute("SELECT id FROM article")]
        library.remove(ids)
        assert marks(library) == 0
        filed(library, articles[:3])
        assert library.check() == []


def test_a_sieve_lets_through_all_that_are_there_and_few_others(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        filed(library, in_zone(30))
        with library.database.reading() as db:
            children = [
                mark
                for table in _groups.MARKS
                for mark in db.execute(f"SELECT DISTINCT kind, value FROM {table}")
            ]
            bloom = BloomFilter(db)
        assert bloom.passed(children) == children
        strange = [mark for number in range(1_000, 1_040) for mark in card(generated.article(number)).marks]
        assert len(strange) > 800
        assert len(bloom.passed(strange)) < len(strange) // 20
        bloom.add(strange)
        assert bloom.passed(strange) == strange
