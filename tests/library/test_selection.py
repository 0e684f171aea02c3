"""One selection: `exporter.select` over articles and `exporter list` over a library of them agree."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

import exporter
from exporter.editions.selection import Excluded, Selection
from exporter.library import Library
from exporter.model.article import Article, Origin, Paragraph, Text
from exporter.model.dates import Window
from tests.command import run
from tests.conformance.editions import corpus

SELECTIONS = 200
AGENCY, PAPER = "KCNA.kp (En)", "Rodong Sinmun"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real pages of an agency, half of them also as another paper carries them."""
    folder = tmp_path_factory.mktemp("saved")
    for number, page in enumerate(sorted(corpus("dprk", "kcnawatch_form/txt").glob("*.txt"))[::25]):
        text = page.read_text("utf-8")
        (folder / page.name).write_text(text, "utf-8")
        if number % 2 == 0 and AGENCY in text:
            (folder / f"{number:03}-paper.txt").write_text(text.replace(AGENCY, PAPER), "utf-8")
    return folder


@pytest.fixture(scope="module")
def library(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    assert run(["import", str(saved), "--library", "library", "-q"], home).returncode == 0
    return home / "library"


def drawn(random: Random, words: list[str]) -> tuple[Selection, list[str]]:
    """A selection, and the options that ask for it."""
    options: list[str] = []
    first = last = None
    if random.random() < 0.6:
        first = date(2020, 1, 1) + timedelta(random.randrange(2200))
        options += ["--from", first.isoformat()]
    if random.random() < 0.5:
        last = (first or date(2020, 1, 1)) + timedelta(random.randrange(2200))
        options += ["--to", last.isoformat()]
    sources = tuple(random.sample([AGENCY, PAPER, "KCNA.kp"], random.choice([0, 0, 1, 2])))
    languages = random.choice([(), (), ("en",), ("ko",), ("en", "ko")])
    query = random.choice(["", "", random.choice(words), f'"{random.choice(words)}"'])
    undated, merge = random.random() < 0.3, random.random() < 0.8
    zone = random.choice([None, None, "Asia/Seoul", "America/Los_Angeles"])
    options += [word for name in sources for word in ("--source", name)]
    options += [word for tag in languages for word in ("--lang", tag)]
    options += ["--search", query] if query else []
    options += ["--undated"] if undated else []
    options += [] if merge else ["--no-merge"]
    options += ["--zone", zone] if zone else []
    return Selection(
        window=Window(first, last),
        sources=sources,
        languages=languages,
        words=query,
        undated=undated,
        merge=merge,
        zone=zone,
    ), options


def test_the_library_in_python_and_on_the_command_line_select_the_same(saved: Path, library: Path) -> None:
    articles = exporter.read(saved)
    words = sorted({word for article in articles for word in re.findall(r"\w{4,}", article.title)})
    random = Random(17)
    filled = with_copies = 0
    with Library(library) as stored:
        for _ in range(SELECTIONS):
            selection, options = drawn(random, words)
            selected = exporter.select(articles, selection)
            same = stored.select(selection)
            assert selected.articles == same.articles, options
            assert sorted(selected.briefs, key=repr) == sorted(same.briefs, key=repr), options
            listed = run(
                ["list", "--library", str(library), *options], library.parent, {"COLUMNS": "2000"}
            ).stdout.splitlines()
            rows = [tuple(re.split(r"\s{2,}", line.strip())[2:5:2]) for line in listed]
            titles = [(article.source or "?", article.title) for article in selected.articles]
            assert sorted(rows) == sorted(titles), options
            filled += bool(titles)
            with_copies += any(article.also for article in selected.articles)
    assert filled > SELECTIONS // 3
    assert with_copies > SELECTIONS // 10


def article(
    source: str, words: str = "The ferry runs every hour from Monday on, says the office."
) -> Article:
    return Article(
        title="Ferry",
        source=source,
        publisher=source,
        published="2024-05-06",
        blocks=(Paragraph((Text(words),)),),
        origin=Origin("", "", ""),
    )


def test_of_two_copies_the_one_that_the_selection_asks_for_is_taken() -> None:
    copies = [
        article("Herald", "The ferry runs every hour from Monday on, says the office. Fares stay."),
        article("Bote"),
    ]
    (only,) = exporter.select(copies, Selection(sources=("Bote",))).articles
    assert only.source == "Bote"
    assert [copy.source for copy in only.also] == ["Herald"]
    selected = exporter.select(copies)
    assert [a.source for a in selected.articles] == ["Herald"]
    assert [copy.source for copy in selected.articles[0].also] == ["Bote"]
    assert selected.excluded == (Excluded("Ferry", "", "duplicate", "", "it has the fuller text", "Ferry"),)
