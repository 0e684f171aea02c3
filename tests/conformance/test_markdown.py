"""Real collections, written as Markdown and read back: every article is what it was."""

from __future__ import annotations

import pytest

from exporter.diagnostics import Report
from exporter.editions.compile import compile_edition
from exporter.editions.selection import Selected
from exporter.sources import read_many
from tests.backends.test_markdown import check_round_trip
from tests.conformance.editions import corpus

pytestmark = pytest.mark.conformance


@pytest.mark.parametrize(
    ("pack", "folder", "pattern", "least"),
    [
        ("collections", "digitalgov/content", "*-*.md", 2400),
        ("collections", "rust_blog", "*.md", 50),
        ("dprk", "kcnawatch_form/txt", "*.txt", 750),
    ],
)
def test_all_articles_come_back(pack: str, folder: str, pattern: str, least: int) -> None:
    articles, _ = read_many.read_paths(sorted(corpus(pack, folder).rglob(pattern)), Report())
    assert len(articles) >= least
    check_round_trip(compile_edition(Selected(articles, ()), group="month"))
