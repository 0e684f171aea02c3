"""The edition's own words: labels, dates and metadata lines, the same in every format.

The words are English so far; dates follow the edition's language by CLDR (Babel).
"""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from exporter.editions.compile import NO_DATE, NO_SOURCE, Edition, Part
from exporter.model import dates
from exporter.model.article import Article, Teaser, When
from exporter.model.build import safe_link

CONTENTS = "Contents"
IN_BRIEF = "In brief"
ORIGINAL = "Original"
CAPTURED = "Saved"
ALSO = "Also in"
COVER = "Cover"
TITLE_PAGE = "Title page"
COLOPHON = "About this edition"
INDEX = "Sources and dates"
SOURCES = "Sources"
DATES = "Dates"
START = "Start of text"
LANDMARKS = "Landmarks"
PAGES = "Pages of print"
SOURCE = "Source"
ARTICLES = "Articles"
LINES = "The numbers at the right count the lines of this text."
UNTITLED = "Untitled"
ONWARD = "To other articles"
PREVIOUS = "Previous"
NEXT = "Next"
UNSET = "The text of this article could not be set here. Please read it in the original."

EN_DASH = "\N{EN DASH}"

_CUT = 80
"""Characters from which on a summary without an end is taken for a cut one."""

_RIGHT_TO_LEFT = frozenset(
    ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ku-Arab", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"]
)


def direction(language: str | None) -> str:
    """``rtl`` for languages written from right to left, else ``ltr``."""
    tag = language or ""
    if "-Arab" in tag or "-Hebr" in tag:
        return "rtl"
    return "rtl" if tag.split("-")[0] in _RIGHT_TO_LEFT and "-Latn" not in tag else "ltr"


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse("en-GB" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


@lru_cache(maxsize=4096)
def spell(value: When, language: str = "en", *, short: bool = False) -> str:
    """A date in words, as precise as it is: ``21 July 2021``, ``July 2021``, ``2021``;
    ``short`` ``21 Jul 2021``, ``Jul 2021``."""
    locale = _locale(language)
    first = dates.span(value)[0]
    if len(value) == 4:
        return value
    if len(value) == 7:
        return str(format_date(first, "LLL y" if short else "LLLL y", locale=locale))
    return str(format_date(first, "medium" if short else "long", locale=locale))


def period(value: str, language: str) -> str:
    """A day, month or year in words, or the two days at its ends, parted by a slash in ``value``."""
    if not value:
        return NO_DATE
    ends = [spell(end, language) for end in value.split("/")]
    return f" {EN_DASH} ".join(ends)


def window_words(edition: Edition) -> str:
    """The edition's days: the window asked for, else the days its articles span; a whole
    month or year by its name."""
    first: date | None = edition.window.first
    last: date | None = edition.window.last
    if span := edition.span:
        first = first or date.fromisoformat(span[0])
        last = last or date.fromisoformat(span[1])
    if first and last and first.day == 1 and (first.month == 1 or first.month == last.month):
        for whole in (f"{first:%Y-%m}", f"{first:%Y}"):
            if dates.span(whole) == (first, last):
                return spell(whole, edition.language)
    ends = [spell(d.isoformat(), edition.language) for d in (first, last) if d]
    if len(ends) == 2 and ends[0] != ends[1]:
        return f"{ends[0]} {EN_DASH} {ends[1]}"
    return ends[0] if ends else ""


def part_title(part: Part, edition: Edition) -> str:
    """A part's heading: a source as it is, a day or month spelled out."""
    if edition.grouping in ("day", "month") and part.title != NO_DATE:
        return spell(part.title, edition.language)
    return part.title


def byline(article: Article, edition: Edition) -> list[str]:
    """The metadata line's pieces: source, date, authors; what is unknown is left out."""
    pieces = [article.source or ""]
    pieces.append(spell(article.published, edition.language) if article.published else NO_DATE)
    pieces.append(", ".join(article.authors))
    return [piece for piece in pieces if piece]


class Elsewhere(NamedTuple):
    """Another paper in which an article stood: its name, the date in words and as ISO 8601 text,
    and the address; what is unknown is empty."""

    name: str
    day: str
    date: When
    link: str


def also(article: Article, edition: Edition) -> list[Elsewhere]:
    """Where else the article appeared, to be shown after `ALSO`."""
    return [
        Elsewhere(
            copy.source,
            spell(copy.published, edition.language) if copy.published else "",
            copy.published or "",
            safe_link(copy.link or "") or "",
        )
        for copy in article.also
    ]


def brief_line(teaser: Teaser, edition: Edition) -> str:
    """A brief's source and date; where only the day of keeping it is known, that, marked as such."""
    date_words = spell(teaser.date, edition.language) if teaser.date else ""
    if teaser.captured and not teaser.date:
        date_words = f"saved {spell(teaser.captured, edition.language)}"
    return " \N{MIDDLE DOT} ".join(piece for piece in (teaser.source or "", date_words) if piece)


def counts(edition: Edition) -> str:
    """``12 articles from 3 sources, 4 briefs``."""

    def counted(n: int, one: str, many: str) -> str:
        return f"{n:,} {one if n == 1 else many}"

    articles = len(edition.entries)
    sources = sum(name != NO_SOURCE for name, _ in edition.sources)
    words = []
    if articles:
        origins = f" from {counted(sources, 'source', 'sources')}" if sources else ""
        words.append(counted(articles, "article", "articles") + origins)
    if edition.briefs:
        words.append(counted(len(edition.briefs), "brief", "briefs"))
    return ", ".join(words)


def summary(teaser: Teaser) -> str:
    """A brief's words. Aggregators cut them after so many characters, in mid-word or not:
    where no sentence ends, an ellipsis says so."""
    text = teaser.summary.rstrip()
    return f"{text}…" if len(text) > _CUT and (text[-1].isalnum() or text[-1] in ",;:") else text
