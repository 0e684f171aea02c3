"""A million blank lines cost no more than their bytes."""

from __future__ import annotations

import time

import pytest

from exporter.readers import registry as readers
from exporter.readers.source import Source

PAGE = (
    "The ferry\n\nDate: 06/05/2024 | Source: Harbour Times | Read original version at source\n\n"
    "The ferry runs every hour from Monday on.\n"
)
BLANK = "\n" * 200_000


@pytest.mark.parametrize("text", [PAGE + BLANK + PAGE, BLANK + "The ferry\n\nIt runs every hour.\n" + BLANK])
def test_blank_lines_around_pages_take_no_time(text: str) -> None:
    began = time.process_time()
    articles = readers.read_source(Source(text.encode(), "a.txt")).articles
    assert {article.title for article in articles} == {"The ferry"}
    assert time.process_time() - began < 3, "of minutes"
