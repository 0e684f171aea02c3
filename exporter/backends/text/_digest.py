"""The digest: masthead, numbered contents, articles, briefs, colophon."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from exporter.backends.common import labels
from exporter.backends.text import _ascii, _wrap
from exporter.backends.text._blocks import UNWRAPPED, Writer, center, underlined
from exporter.backends.text._wrap import cells, wrap
from exporter.diagnostics import Report
from exporter.editions.compile import NO_DATE, Edition, Entry
from exporter.editions.options import Settings
from exporter.errors import UsageError
from exporter.model.article import Article, Inline, Link, Teaser, Text

LEAST_WIDTH = 24
_BRIEFS = "briefs"
_GAP = "  "
_LEADER = 3
"""Dots that a leader has at least."""


def render(edition: Edition, settings: Settings, report: Report) -> bytes:  # noqa: ARG001 - the protocol's
    """The edition as text, UTF-8 or ASCII. Raises `UsageError` for a width below 24 columns."""
    width = settings.width
    if width < LEAST_WIDTH:
        raise UsageError(f"{width} columns are too few for text", f"Give a width of {LEAST_WIDTH} or more.")
    if settings.ascii:
        edition = _ascii.edition(edition)
    width -= settings.flowed  # a line may be stuffed with a space
    if edition.single:
        # The identifier marks the file as this program's, as it does at the end of a digest.
        lines = [
            *_article(edition.entries[0], edition, width, settings.flowed),
            "",
            edition.identifier,
        ]
        return _encoded(_wrap.lines(lines, settings.width) if settings.flowed else lines, settings)
    head = [*_masthead(edition, width), ""]
    body, places = _body(edition, width, settings.flowed)
    if settings.flowed:
        # Where a line stands is the mail program's to say.
        lines = [*head, *_contents(edition, width, lambda _: ""), *body]
        lines = _wrap.lines(lines, settings.width)
    else:
        lines = [*head, *_numbered(edition, width, len(head), len(body), places), *body]
    return _encoded(lines, settings)


def _encoded(lines: Sequence[str], settings: Settings) -> bytes:
    text = "\n".join(lines) + "\n"
    return _ascii.text(text).encode("ascii") if settings.ascii else text.encode()


def _body(edition: Edition, width: int, flowed: bool) -> tuple[list[str], dict[str, int]]:
    """All that follows the contents, and the place in it of each anchor."""
    lines: list[str] = []
    places: dict[str, int] = {}
    for part in edition.parts:
        if part.title:
            bar = "=" * width
            lines += ["", "", bar, *wrap(labels.part_title(part, edition), width), bar]
        for entry in part.entries:
            lines += ["", ""]
            places[entry.anchor] = len(lines)
            lines += _article(entry, edition, width, flowed)
    if edition.briefs:
        lines += ["", ""]
        places[_BRIEFS] = len(lines)
        lines += underlined(wrap(labels.IN_BRIEF, width), width, "=")
        for brief in edition.briefs:
            lines += ["", *_brief(brief.teaser, edition, width, flowed)]
    lines += ["", "", *_colophon(edition, width)]
    return lines, places


def _numbered(edition: Edition, width: int, before: int, after: int, places: Mapping[str, int]) -> list[str]:
    """The contents with the line on which each entry begins, counted from 1. How long they are
    does not depend on the numbers, but on how many digits these have."""
    digits, length = len(str(before + after)), -1
    while True:
        lines = _contents(edition, width, partial(_line, places, before + length + 1, digits))
        if len(lines) == length:
            return lines
        length = len(lines)
        digits = max(digits, len(str(before + length + after)))


def _line(places: Mapping[str, int], first: int, digits: int, anchor: str) -> str:
    return f"{first + places[anchor]:>{digits}}"


def _masthead(edition: Edition, width: int) -> list[str]:
    bar = "=" * width
    inside = [
        center(line, width)
        for text in (edition.title, edition.subtitle, labels.window_words(edition), labels.counts(edition))
        for line in wrap(text, width - 8)
    ]
    return [bar, "", *inside, "", bar]


def _contents(edition: Edition, width: int, line: Callable[[str], str]) -> list[str]:
    """Numbers, titles, dates; and of each anchor the ``line``, unless that is empty."""
    lines = ["", *underlined([labels.CONTENTS], width, "=")]
    if line(next((entry.anchor for entry in edition.entries), _BRIEFS)):
        wrapped = wrap(labels.LINES, width)
        lines += ["", *wrapped]
    digits = max(len(str(edition.entries[-1].number)) if edition.entries else 0, 2)
    for part in edition.parts:
        lines.append("")
        if part.title:
            lines += [*wrap(labels.part_title(part, edition), width), ""]
        for entry in part.entries:
            number = f"{entry.number:>{digits}}  "
            told_of = _GAP.join(filter(None, (_byline(entry, edition), line(entry.anchor))))
            lines += _led(number, entry.article.title or labels.UNTITLED, told_of, width)
    if edition.briefs:
        told_of = _GAP.join(filter(None, (str(len(edition.briefs)), line(_BRIEFS))))
        lines += ["", *_led("", labels.IN_BRIEF, told_of, width)]
    return lines


def _byline(entry: Entry, edition: Edition) -> str:
    """What the contents say of an entry besides its title: what its part does not say."""
    article = entry.article
    source = (article.source or "") if edition.grouping != "source" else ""
    date = labels.spell(article.published, edition.language) if article.published else NO_DATE
    return ", ".join(filter(None, (source, date if edition.grouping != "day" else "")))


def _led(first: str, text: str, byline: str, width: int) -> list[str]:
    """A line of the contents: the text, hanging, and at the right, after dots, what is reported it."""
    rest = " " * len(first)
    lines = wrap(text, width, first, rest)
    if not byline:
        return lines
    room = width - cells(byline) - 1
    if lines and cells(lines[-1]) + 1 + _LEADER <= room:
        last = lines.pop()
        return [*lines, f"{last} {'.' * (room - cells(last) - 1)} {byline}"]
    if len(rest) + _LEADER <= room:
        return [*lines, f"{rest}{'.' * (room - len(rest))} {byline}"]
    return [*lines, *wrap(byline, width, rest, rest)]


def _article(entry: Entry, edition: Edition, width: int, flowed: bool) -> list[str]:
    article = entry.article
    number = "" if edition.single else f"{entry.number}. "
    lines = underlined(wrap(article.title or labels.UNTITLED, width, number, " " * len(number)), width, "=")
    if article.subtitle:
        lines += wrap(article.subtitle, width)
    lines += wrap(" \N{MIDDLE DOT} ".join(labels.byline(article, edition)), width)
    writer = Writer(flowed=flowed)
    body = writer.blocks(article.blocks, width)
    also = writer.run([*_also(article, edition)], UNWRAPPED if flowed else width)
    for block in (body, writer.reference_lines(width)):
        lines += ["", *block] if block else []
    ends = [f"{labels.ORIGINAL}: {article.link}"] if article.link else []
    if article.captured:
        ends.append(f"{labels.CAPTURED}: {labels.spell(article.captured, edition.language)}")
    ends += also
    return [*lines, "", *ends] if ends else lines


def _also(article: Article, edition: Edition) -> Iterator[Inline]:
    """The line that says where else the article appeared."""
    before = f"{labels.ALSO}: "
    for copy in labels.also(article, edition):
        name = Text(copy.name or labels.UNTITLED)
        yield Text(before)
        yield Link(copy.link, (name,)) if copy.link else name
        yield Text(f", {copy.day}" if copy.day else "")
        before = "; "


def _brief(teaser: Teaser, edition: Edition, width: int, flowed: bool) -> list[str]:
    lines = wrap(teaser.title or labels.UNTITLED, width, "- ", "  ")
    lines += wrap(labels.summary(teaser), UNWRAPPED if flowed else width, "  ", "  ")
    lines += wrap(labels.brief_line(teaser, edition), width, "  ", "  ")
    return [*lines, f"  {teaser.link}"] if teaser.link else lines


def _colophon(edition: Edition, width: int) -> list[str]:
    days = labels.window_words(edition)
    heading = f"{edition.title}{f', {days}' if days else ''}: {labels.counts(edition)}."
    lines = [*underlined([labels.COLOPHON], width, "="), "", *wrap(heading, width)]
    if edition.sources:
        lines.append("")
        for source, count in edition.sources:
            lines += _led("", source, str(count), width)
    return [*lines, "", edition.identifier]
