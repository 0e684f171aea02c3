"""Text copied from the pages of North Korean news agencies and papers, known by a line of each site's own.

The forms are data (``agency.toml``). Lines of one ``|`` are cells of the sites' layout tables. Where
a page prints the day of the visit alone, the day in the article's dateline (``Pyongyang, March 14
(KCNA) --``) with the nearest year before it is a guess, and called one; without a year anywhere
the article stays undated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Literal

import msgspec

from exporter import resources
from exporter.diagnostics import Report
from exporter.model import build
from exporter.model.article import Article, Basis, Teaser, When
from exporter.readers.common import date_parsing, metadata
from exporter.readers.common.languages import language_of
from exporter.readers.source import Source

_HEAD = 12
"""Lines among which a form's sign stands."""
_LOOKED_AT = 6000
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATELINE = re.compile(r"[A-Z][\w .’'-]{2,30}, ([A-Z][a-z]+)\.? (\d{1,2}) \(KCNA\)\s*(?:--?|–|—)")
_FRAME = re.compile(r"[\s|·]*")
_TITLE_DAY = re.compile(r"(?:(?<!\s)\s++)?\[\s*(Juche ?\d{2,3}[. ]\d{1,2}[. ]\d{1,2})\.?\s*\]\s*\Z", re.I)


class Form(msgspec.Struct, frozen=True):
    """How a site's page reads when it is copied; see ``agency.toml``. The title stands below the
    sign, but ``below`` it; what ``opens`` with the sign is the text itself."""

    name: str
    source: str
    sign: str
    is_: Literal["published", "captured", ""] = msgspec.field(default="", name="is")
    month_first: bool = False
    below: bool = False
    opens: bool = False
    lists: bool = False
    before: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@cache
def _forms() -> tuple[tuple[Form, re.Pattern[str]], ...]:
    return tuple(
        (form, re.compile(form.sign)) for form in resources.tables(__package__, "agency.toml", "form", Form)
    )


def sniff(source: Source) -> float:
    if source.suffix not in ("", ".txt", ".text"):
        return 0.0
    return 0.9 if _known(list(islice(_lines(source.text()[:_LOOKED_AT]), _HEAD))) else 0.0


def read(source: Source, report: Report) -> Iterable[Article]:
    lines = list(_lines(source.text(report)))
    known = _known(lines)
    if known is None:
        report.add("no-article", source.name)
        return
    form, at, day = known
    when = date_parsing.parse(day, language="en-US" if form.month_first else None) if day else None
    if day and when is None:
        report.add("date-invalid", source.name, day)
    if form.lists:
        yield from _listed(form, _body(form, lines[at + 1 :]), when, source)
        return
    if form.below or form.opens:
        above = _body(form, lines[:at])
        title, body = (above[0] if above else ""), _body(form, lines[at + (1 if form.below else 0) :])
    else:
        rest = _body(form, [*lines[:at], *lines[at + 1 :]])
        title, body = (rest[0] if rest else ""), rest[1:]
    if not title or not body:
        report.add("title-missing" if body else "no-article", source.name)
        title = title or form.name
    if match := _TITLE_DAY.search(title):
        title = title[: match.start()]
        when = when or date_parsing.parse(match[1])
    published, captured, basis = _days(form, when, body)
    basis |= {"title": "stated" if title != form.name else "guess", "source": "stated", "language": "guess"}
    script = language_of("\n".join(body))
    yield Article(
        title=title,
        source=form.source,
        language=script if script in ("ko", "ja") else "en",
        published=published,
        captured=captured,
        basis=basis,
        blocks=tuple(block for line in body for block in build.paragraph([line])),
        origin=source.origin("agency", "text/plain"),
    )


def _lines(text: str) -> Iterator[str]:
    """The lines that say something, without the bars of the page's frame."""
    texts = (build.one_line(line).strip(" |") for line in text.split("\n"))
    return (line for line in texts if not _FRAME.fullmatch(line))


def _known(lines: Sequence[str]) -> tuple[Form, int, str] | None:
    """The form, where its sign stands, and the day that the sign names."""
    for form, sign in _forms():
        for at, line in enumerate(lines[:_HEAD]):
            if match := sign.fullmatch(line):
                return form, at, (match.groupdict().get("day") or "")
    return None


def _body(form: Form, lines: Sequence[str]) -> list[str]:
    """The lines down to the site's own words, without those that stand above the title."""
    kept: list[str] = []
    for line in lines:
        if line.startswith(form.ends):
            break
        if kept or not any(re.fullmatch(pattern, line) for pattern in form.before):
            kept.append(line)
    return kept


def _days(
    form: Form, when: When | None, body: Sequence[str]
) -> tuple[When | None, When | None, dict[str, Basis]]:
    """The days of publication and of the visit, with what they rest on."""
    if form.is_ == "captured":
        guess = _dateline(body[0] if body else "", when)
        basis: dict[str, Basis] = {"captured": "stated"} if when else {}
        return guess, when, {**basis, "published": "guess"} if guess else basis
    return when, None, {"published": "stated"} if when else {}


def _dateline(opening: str, visit: When | None) -> When | None:
    """The dateline's day, in the last year in which it was not after the visit."""
    match = _DATELINE.match(opening)
    if match is None or visit is None or match[1][:3].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(match[1][:3].lower()) + 1
    year = int(visit[:4])
    day = f"{month:02d}-{int(match[2]):02d}"
    return date_parsing.parse(f"{year if day <= visit[5:10] else year - 1}-{day}")


def _listed(form: Form, lines: Sequence[str], visit: When | None, source: Source) -> Iterator[Article]:
    """A page that lists articles: titles and first sentences by turns."""
    teasers = [
        Teaser(title=title, summary=summary, captured=visit, source=form.source, language="en")
        for title, summary in zip(lines[::2], lines[1::2], strict=False)
    ]
    yield from metadata.listing(
        form.name, teasers, source.origin("agency", "text/plain"), source=form.source, language="en"
    )
