"""Reads a finished digest back: which numbered titles and briefs are really in it?

A text file holds no anchors. An entry is found by its line in the contents and by its
heading, which says its number and title and is underlined; a brief by its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporter.backends.common import labels
from exporter.backends.text import _ascii
from exporter.editions.compile import Edition
from exporter.errors import IncompleteError

_NUMBERED = re.compile(r"(\d+)\.(?: |$)")
_LISTED = re.compile(r" *(\d+)  \S")
_STROKE = re.compile(r"=+\Z")


def locate(data: bytes, edition: Edition) -> dict[str, str]:
    """Each anchor with the line on which its heading or title stands, counted from 1."""
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError as error:
        raise IncompleteError("the text is not valid UTF-8", "Please report this.") from error
    spelled = _ascii.text if data.isascii() else str
    if edition.single:
        (entry,) = edition.entries
        end = next((n for n, line in enumerate(lines) if _STROKE.match(line)), 0)
        is_there = _squeezed("".join(lines[:end])) == _squeezed(
            spelled(entry.article.title or labels.UNTITLED)
        )
        return {entry.anchor: "line 1"} if is_there else {}
    headings = {(number, title): line for line, number, title in _headings(lines)}
    listed = {
        int(match[1])
        for line in lines[: min(headings.values(), default=len(lines))]
        if (match := _LISTED.match(line))
    }
    places: dict[str, str] = {}
    for entry in edition.entries:
        line = headings.get((entry.number, _squeezed(spelled(entry.article.title or labels.UNTITLED))))
        if line is not None and entry.number in listed:
            places[entry.anchor] = f"line {line + 1}"
    entries_ = list(_briefs(lines))
    at = 0
    for brief in edition.briefs:
        title = _squeezed(spelled(brief.teaser.title or labels.UNTITLED))
        for index in range(at, len(entries_)):
            line, text = entries_[index]
            if text.startswith(title):
                places[brief.anchor] = f"line {line + 1}"
                at = index + 1
                break
    return places


def _headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Line, number and title of every numbered heading over a stroke."""
    end, stroked = len(lines), False  # the next line that is blank or a stroke
    headings: list[tuple[int, int, str]] = []
    for start in range(len(lines) - 1, -1, -1):
        line = lines[start]
        if not line or _STROKE.match(line):
            end, stroked = start, bool(line)
        elif stroked and (match := _NUMBERED.match(line)):
            title = _squeezed("".join([line[match.end() :], *lines[start + 1 : end]]))
            headings.append((start, int(match[1]), title))
    yield from reversed(headings)


def _briefs(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Line and text of each item of the last section headed "In brief"."""
    start = len(lines)
    for number in range(len(lines) - 1, 0, -1):
        if lines[number - 1] == labels.IN_BRIEF and _STROKE.match(lines[number]):
            start = number + 1
            break
    for number in range(start, len(lines)):
        if lines[number].startswith("- "):
            end = next((n for n in range(number, len(lines)) if not lines[n]), len(lines))
            yield number, _squeezed("".join([lines[number][2:], *lines[number + 1 : end]]))


def _squeezed(text: str) -> str:
    """Without white space: wrapping changes nothing else."""
    return "".join(text.split())
