"""The digest: masthead, numbered contents, articles, briefs, colophon."""

from __future__ import annotations

from exporter.backends import Settings, _words
from exporter.backends.text._blocks import Writer, center, underlined
from exporter.backends.text._wrap import cells, wrap
from exporter.diagnostics import Report
from exporter.edition import NO_DATE, Edition, Entry
from exporter.errors import UsageError
from exporter.model import Teaser

LEAST_WIDTH = 24
_LEADER = 3
"""Dots that a leader has at least."""


def render(edition: Edition, settings: Settings, report: Report) -> bytes:  # noqa: ARG001 - the protocol's
    """The edition as UTF-8 text. Raises `UsageError` for a width below 24 columns."""
    width = settings.width
    if width < LEAST_WIDTH:
        raise UsageError(f"{width} columns are too few for text", f"Give a width of {LEAST_WIDTH} or more.")
    lines = [*_masthead(edition, width), "", *_contents(edition, width)]
    for part in edition.parts:
        if part.title:
            bar = "=" * width
            lines += ["", "", bar, *wrap(_words.part_title(part, edition), width), bar]
        for entry in part.entries:
            lines += ["", "", *_article(entry, edition, width)]
    if edition.briefs:
        lines += ["", "", *underlined(wrap(_words.IN_BRIEF, width), width, "=")]
        for brief in edition.briefs:
            lines += ["", *_brief(brief.teaser, edition, width)]
    lines += ["", "", *_colophon(edition, width)]
    return ("\n".join(lines) + "\n").encode()


def _masthead(edition: Edition, width: int) -> list[str]:
    bar = "=" * width
    inside = [
        center(line, width)
        for text in (edition.title, edition.subtitle, _words.window_words(edition), _words.counts(edition))
        for line in wrap(text, width - 8)
    ]
    return [bar, "", *inside, "", bar]


def _contents(edition: Edition, width: int) -> list[str]:
    lines = ["", *underlined([_words.CONTENTS], width, "=")]
    digits = max(len(str(len(edition.entries))), 2)
    for part in edition.parts:
        lines.append("")
        if part.title:
            lines += [*wrap(_words.part_title(part, edition), width), ""]
        for entry in part.entries:
            number = f"{entry.number:>{digits}}  "
            lines += _led(number, entry.article.title or _words.UNTITLED, _told(entry, edition), width)
    if edition.briefs:
        lines += ["", *_led("", _words.IN_BRIEF, str(len(edition.briefs)), width)]
    return lines


def _told(entry: Entry, edition: Edition) -> str:
    """What the contents say of an entry besides its title: what its part does not say."""
    article = entry.article
    source = (article.source or "") if edition.grouping != "source" else ""
    date = _words.spell(article.published, edition.language) if article.published else NO_DATE
    return ", ".join(filter(None, (source, date if edition.grouping != "day" else "")))


def _led(first: str, text: str, told: str, width: int) -> list[str]:
    """A line of the contents: the text, hanging, and at the right, after dots, what is told of it."""
    rest = " " * len(first)
    lines = wrap(text, width, first, rest)
    if not told:
        return lines
    room = width - cells(told) - 1
    if lines and cells(lines[-1]) + 1 + _LEADER <= room:
        last = lines.pop()
        return [*lines, f"{last} {'.' * (room - cells(last) - 1)} {told}"]
    if len(rest) + _LEADER <= room:
        return [*lines, f"{rest}{'.' * (room - len(rest))} {told}"]
    return [*lines, *wrap(told, width, rest, rest)]


def _article(entry: Entry, edition: Edition, width: int) -> list[str]:
    article = entry.article
    number = f"{entry.number}. "
    lines = underlined(wrap(article.title or _words.UNTITLED, width, number, " " * len(number)), width, "=")
    if article.subtitle:
        lines += wrap(article.subtitle, width)
    lines += wrap(" \N{MIDDLE DOT} ".join(_words.byline(article, edition)), width)
    writer = Writer()
    for block in (writer.blocks(article.blocks, width), writer.reference_lines(width)):
        lines += ["", *block] if block else []
    ends = [f"{_words.ORIGINAL}: {article.link}"] if article.link else []
    if article.captured:
        ends.append(f"{_words.CAPTURED}: {_words.spell(article.captured, edition.language)}")
    return [*lines, "", *ends] if ends else lines


def _brief(teaser: Teaser, edition: Edition, width: int) -> list[str]:
    lines = wrap(teaser.title or _words.UNTITLED, width, "- ", "  ")
    for text in (_words.summary(teaser), _words.brief_line(teaser, edition)):
        lines += wrap(text, width, "  ", "  ")
    return [*lines, f"  {teaser.link}"] if teaser.link else lines


def _colophon(edition: Edition, width: int) -> list[str]:
    days = _words.window_words(edition)
    told = f"{edition.title}{f', {days}' if days else ''}: {_words.counts(edition)}."
    lines = [*underlined([_words.COLOPHON], width, "="), "", *wrap(told, width)]
    if edition.sources:
        lines.append("")
        for source, count in edition.sources:
            lines += _led("", source, str(count), width)
    return [*lines, "", edition.identifier]
