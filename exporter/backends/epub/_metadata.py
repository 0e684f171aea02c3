"""What the package document says of the book: whose it is, what it covers, who can read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from exporter.backends.common import labels
from exporter.backends.common.record import Record, record
from exporter.editions import periods
from exporter.editions.compile import Edition
from exporter.model.article import Figure
from exporter.model.visit import each_block

_NAMED = 12
"""Publishers that the rights name."""


_MAX_AUTHORS = 100
"""Of thousands of authors a library's shelf takes those of the most articles."""


class Datum(NamedTuple):
    """One metadata element: a Dublin Core name (``title``) with its attributes, or a
    property of a ``meta`` element (``schema:accessMode``)."""

    name: str
    value: str
    attributes: Mapping[str, str] = MappingProxyType({})


_ROLE = {"scheme": "marc:relators"}
_MAKERS, _AUTHOR = "cre", "aut"
"""What a maker of the book is to it (MARC relator terms): its creator, or author of a text in it."""
_ARTICLES = re.compile(r"(The|An?) (.+)")


def dublin_core(edition: Edition) -> Iterator[Datum]:
    """The Dublin Core elements, but for the identifier."""
    yield Datum("title", book_title(edition), {"id": "title"})
    if edition.subtitle:
        yield Datum("title", edition.subtitle, {"id": "subtitle"})
    for tag in languages(edition):
        yield Datum("language", tag)
    summary = record(edition)
    for n, (name, _) in enumerate(_makers(edition, summary)[0], 1):
        yield Datum("creator", name, {"id": f"creator-{n}"})
    for n, (name, _) in enumerate(_makers(edition, summary)[1], 1):
        yield Datum("contributor", name, {"id": f"contributor-{n}"})
    for name in summary.publishers:
        yield Datum("publisher", name)
    if summary.link:
        yield Datum("source", summary.link)
    for tag in summary.subjects:
        yield Datum("subject", tag)
    days = labels.window_words(edition)
    counts = labels.counts(edition)
    yield Datum("description", f"{days}: {counts}." if days else f"{counts}.")
    if summary.last:
        yield Datum("date", summary.last)
    if summary.coverage:
        yield Datum("coverage", summary.coverage)
    if summary.publishers:
        yield Datum("rights", _rights(summary.publishers))


def _makers(edition: Edition, summary: Record) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Creators and contributors with their roles. A digest is made of what its sources
    published; of a lone article its authors are the makers."""
    counts = Counter(name for entry in edition.entries for name in set(entry.article.authors))
    frequent = sorted(summary.authors, key=lambda name: -counts[name])[:_MAX_AUTHORS]
    authors = [(name, _AUTHOR) for name in frequent]
    sources = [(name, _MAKERS) for name in summary.sources]
    if sources and len(edition.entries) > 1:
        return sources, authors
    return authors or sources, []


def _rights(publishers: Sequence[str]) -> str:
    named = ", ".join(publishers[:_NAMED])
    more = f" and {len(publishers) - _NAMED} more" if len(publishers) > _NAMED else ""
    return f"The rights in each article are its publisher's: {named}{more}."


class Inside(NamedTuple):
    """What is in the book: images besides the cover, marks of the pages of print."""

    pictures: bool
    pages: bool


def properties(edition: Edition, inside: Inside) -> Iterator[Datum]:
    """The ``meta`` elements: the series, what refines the Dublin Core elements, and what
    accessibility checkers ask for (EPUB Accessibility 1.1, 2).
    """
    yield Datum("title-type", "main", {"refines": "#title"})
    yield from _filed(book_title(edition), "title")
    if edition.subtitle:
        yield Datum("title-type", "subtitle", {"refines": "#subtitle"})
    creators, contributors = _makers(edition, record(edition))
    for kind, makers in (("creator", creators), ("contributor", contributors)):
        for n, (name, role) in enumerate(makers, 1):
            yield Datum("role", role, {"refines": f"#{kind}-{n}", **_ROLE})
            yield from _filed(name, f"{kind}-{n}")
    yield from _series(edition)
    described = all(
        figure.alt or figure.caption
        for entry in edition.entries
        if entry.article.assets
        for figure in each_block(entry.article.blocks)
        if isinstance(figure, Figure) and figure.asset
    )
    yield Datum("schema:accessMode", "textual")
    yield Datum("schema:accessMode", "visual")  # the cover, at least
    if described:
        yield Datum("schema:accessModeSufficient", "textual")
    if inside.pictures:
        yield Datum("schema:accessModeSufficient", "textual,visual")
    for feature in (
        "tableOfContents",
        "readingOrder",
        "structuralNavigation",
        "displayTransformability",
        "ARIA",
    ):
        yield Datum("schema:accessibilityFeature", feature)
    if described:
        yield Datum("schema:accessibilityFeature", "alternativeText")
    if inside.pages:
        yield Datum("schema:accessibilityFeature", "pageBreakMarkers")
        yield Datum("schema:accessibilityFeature", "pageNavigation")
        yield Datum("pageBreakSource", f"the PDF of this edition, {edition.identifier}")
    yield Datum("schema:accessibilityHazard", "none")  # images stand still
    yield Datum("schema:accessibilitySummary", _summary(inside.pictures, described))


def _filed(name: str, id: str) -> Iterator[Datum]:
    """Under which word a title or a source is looked up, where that is not its first. Of
    persons this is not known: which of their names is the family's depends on whose they are."""
    if match := _ARTICLES.fullmatch(name):
        yield Datum("file-as", f"{match[2]}, {match[1]}", {"refines": f"#{id}"})


def _series(edition: Edition) -> Iterator[Datum]:
    """A calendar's edition is one of a series, a volume one of a set (EPUB 3.3, D.3.1)."""
    volume = edition.volume
    place = [*periods.ordinal(edition.window), *([volume.number] if volume else [])]
    if place:
        yield Datum("belongs-to-collection", volume.title if volume else edition.title, {"id": "series"})
        kind = "series" if periods.ordinal(edition.window) else "set"
        yield Datum("collection-type", kind, {"refines": "#series"})
        yield Datum("group-position", ".".join(map(str, place)), {"refines": "#series"})


def _summary(pictures: bool, described: bool) -> str:
    words = [
        "Text that reflows, in reading order, with a nested table of contents, headings and linked notes."
    ]
    if not pictures:
        words.append("The only image is the cover, which is described.")
    elif described:
        words.append("All images are described or have a caption.")
    else:
        words.append("Some images have no description: their sources gave none.")
    return " ".join(words)


def book_title(edition: Edition) -> str:
    """The title with its days, so that one month's digest is not another's on the shelf."""
    days, volume = labels.window_words(edition), edition.volume
    title = volume.title if volume else edition.title
    if days and days not in title and days not in edition.subtitle:
        title = f"{title}, {days}"
    return f"{title} ({volume.number} of {volume.count})" if volume else title


def languages(edition: Edition) -> list[str]:
    """The commonest language of the articles first, that of the edition's own words last."""
    return list(dict.fromkeys([*edition.languages, edition.language]))
