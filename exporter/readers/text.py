"""Plain text: a title line and paragraphs. No date is looked for: nothing says which is the article's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import dropwhile, pairwise

from exporter.diagnostics import Report
from exporter.model import build
from exporter.model.article import Article, Basis
from exporter.readers.common import titles
from exporter.readers.common.languages import language_of
from exporter.readers.source import Source

_LONGEST_TITLE = 200
_HEAD = 1000
_WRAP = range(45, 101)
_NO_PROSE = frozenset(
    [
        ".css",
        ".js",
        ".mjs",
        ".json",
        ".xml",
        ".rss",
        ".atom",
        ".csv",
        ".tsv",
        ".yaml",
        ".yml",
        ".toml",
        ".ini",
        ".sql",
        ".bib",
        ".ris",
        ".svg",
        ".map",
        ".log",
    ]
)
_STOPS = frozenset('.!?…:。！？”»"')
_UNDERLINE = re.compile(r"\s*([=*_~-])\1{2,}\s*\Z")


_OTHER_FORMS = ("<?xml", "<!doctype", "{\\rtf")


def sniff(source: Source) -> float:
    is_other = source.text()[:_HEAD].lstrip().lower().startswith(_OTHER_FORMS)
    return 0.0 if is_other or source.suffix in _NO_PROSE else 0.1


def read(source: Source, report: Report) -> Iterable[Article]:
    lines = [line.rstrip() for line in source.text(report).replace("\f", "\n\n").split("\n")]
    lines = list(dropwhile(lambda line: not line.strip(), map(build.clean, lines)))
    if not lines:
        report.add("file-empty", source.name)
        return
    basis: dict[str, Basis] = {"title": "stated"}
    title = build.one_line(lines[0])
    parts = list(_paragraphs(lines))
    if len(parts) > 1 and _is_title(lines):
        body = parts[1:] if parts[0] == [lines[0]] else list(_paragraphs(_after_title(lines)))
    elif len(parts) == 1 and len(title) <= _LONGEST_TITLE and len(lines) == 1:
        body = []
    else:
        report.add("title-missing", source.name)
        title, basis["title"], body = titles.first_words(" ".join(parts[0])), "guess", parts
    text = "\n".join(lines)
    script = language_of(text)
    if script in ("ko", "ja"):
        basis["language"] = "guess"
    yield Article(
        title=title,
        language=script if script in ("ko", "ja") else None,
        basis=basis,
        blocks=tuple(block for part in body for block in build.paragraph([_joined(part)])),
        origin=source.origin("text", "text/plain"),
    )


def _is_title(lines: list[str]) -> bool:
    """Whether the first line is a title: not too long, and not the first of a wrapped paragraph."""
    first = lines[0].strip()
    if len(first) > _LONGEST_TITLE:
        return False
    following = lines[1].strip() if len(lines) > 1 else ""
    if not following or _UNDERLINE.match(following) or not any(not line.strip() for line in lines):
        return True
    return not (_is_wrapped(lines[: _first_blank(lines)]))


def _first_blank(lines: list[str]) -> int:
    return next((n for n, line in enumerate(lines) if not line.strip()), len(lines))


def _after_title(lines: list[str]) -> list[str]:
    return lines[2:] if len(lines) > 1 and _UNDERLINE.match(lines[1]) else lines[1:]


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    """The lines of each paragraph: parted by blank lines, or one a line where there are none
    and the lines are not the wrapped ones of a single paragraph."""
    blank = any(not line.strip() for line in lines)
    group: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            group.append(line)
            continue
        if group and (blank or _is_wrapped(group)) and _is_wrapped(group):
            yield group
        else:
            yield from ([line] for line in group)
        group = []


def _is_wrapped(group: list[str]) -> bool:
    """Whether the lines look broken by a program at a column: all but the last about as long,
    none indented as a paragraph's first."""
    if len(group) < 2:
        return True
    lengths = [len(line) for line in group[:-1]]
    longest = max(lengths)
    if longest not in _WRAP or len(group[-1]) > longest + 5:
        return False
    if sum(line[-1] in _STOPS for line in group[:-1]) > len(group) // 2:
        return False
    # A line is broken where the next word would not have fitted.
    for line, following in pairwise(group):
        word = following.split(maxsplit=1)[0]
        if len(line) + 1 + len(word) < longest - 3:
            return False
    return True


def _joined(group: list[str]) -> str:
    """A wrapped paragraph in one line."""
    return " ".join(line.strip() for line in group)
