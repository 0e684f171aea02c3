"""Reads a finished edition back: which titles and briefs are really in it?

A Markdown file holds no anchors. An entry is found by the heading that says its title,
in the edition's order; a brief by its item under the last heading "In brief". What looks
like them within code is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from exporter.backends.common import labels
from exporter.backends.markdown._edition import brief_line, heading
from exporter.editions.compile import Edition
from exporter.errors import IncompleteError
from exporter.model import markdown_fields

_FENCE = re.compile(r"(`{3,}|~{3,})")


def locate(data: bytes, edition: Edition) -> dict[str, str]:
    """Each anchor with the line on which its title stands, counted from 1."""
    try:
        lines = list(_prose(data.decode().split("\n")))
    except UnicodeDecodeError as error:
        raise IncompleteError("the Markdown is not valid UTF-8", "Please report this.") from error
    in_brief = heading(2, labels.IN_BRIEF)
    end = max((at for at, (_, line) in enumerate(lines) if line == in_brief), default=len(lines))
    # Where there are no briefs, a part may have that name.
    end = end if edition.briefs else len(lines)
    titles = [(e.anchor, heading(markdown_fields.ARTICLE_LEVEL, e.article.title)) for e in edition.entries]
    briefs = [(b.anchor, brief_line(b.teaser.title)) for b in edition.briefs]
    return {**_lines_of(titles, lines[:end]), **_lines_of(briefs, lines[end:])}


def _prose(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The lines outside of code with their numbers; code within lists and quotations is indented."""
    fence = ""
    for number, line in enumerate(lines, 1):
        match = _FENCE.match(line)
        if fence:
            fence = "" if line == fence else fence
        elif match:
            fence = match[1]
        else:
            yield number, line


def _lines_of(wanted: Iterable[tuple[str, str]], lines: Sequence[tuple[int, str]]) -> dict[str, str]:
    """The lines wanted that are there, each after the one before it."""
    numbers: dict[str, list[int]] = {}
    for number, line in reversed(lines):
        numbers.setdefault(line, []).append(number)
    by_anchor: dict[str, str] = {}
    at = 0
    for anchor, line in wanted:
        left = numbers.get(line, [])
        while left and left[-1] <= at:
            left.pop()
        if left:
            at = left.pop()
            by_anchor[anchor] = f"line {at}"
    return by_anchor
