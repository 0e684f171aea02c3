"""What the package document says of the book: whose it is, what it covers, who can read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from exporter.backends import _words
from exporter.backends._record import record
from exporter.edition import Edition
from exporter.model import Figure
from exporter.walk import each_block


class Datum(NamedTuple):
    """One metadata element: a Dublin Core name (``title``) with its attributes, or a
    property of a ``meta`` element (``schema:accessMode``)."""

    name: str
    value: str
    attributes: Mapping[str, str] = MappingProxyType({})


def dublin_core(edition: Edition) -> Iterator[Datum]:
    """The Dublin Core elements, but for the identifier."""
    yield Datum("title", book_title(edition), {"id": "title"})
    for tag in languages(edition):
        yield Datum("language", tag)
    told = record(edition)
    # A digest is made of what its sources published; of a lone article its authors are the makers.
    many = bool(told.sources) and len(edition.entries) > 1
    creators, contributors = (told.sources, told.authors) if many else (told.authors or told.sources, ())
    for n, name in enumerate(creators, 1):
        yield Datum("creator", name, {"id": f"creator-{n}"})
    for n, name in enumerate(contributors, 1):
        yield Datum("contributor", name, {"id": f"contributor-{n}"})
    for name in told.publishers:
        yield Datum("publisher", name)
    if told.link:
        yield Datum("source", told.link)
    for tag in told.subjects:
        yield Datum("subject", tag)
    days = _words.window_words(edition)
    counts = _words.counts(edition)
    yield Datum("description", f"{days}: {counts}." if days else f"{counts}.")
    if told.last:
        yield Datum("date", told.last)
    if told.coverage:
        yield Datum("coverage", told.coverage)


def properties(edition: Edition, pictures: bool) -> Iterator[Datum]:
    """The ``meta`` elements: what accessibility checkers and libraries ask for.

    ``pictures`` says whether an image besides the cover is in the book.
    """
    yield Datum("title-type", "main", {"refines": "#title"})
    described = all(
        figure.alt or figure.caption
        for entry in edition.entries
        for figure in each_block(entry.article.blocks)
        if isinstance(figure, Figure) and figure.asset
    )
    yield Datum("schema:accessMode", "textual")
    yield Datum("schema:accessMode", "visual")  # the cover, at least
    if described:
        yield Datum("schema:accessModeSufficient", "textual")
    if pictures:
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
    yield Datum("schema:accessibilityHazard", "none")  # images stand still
    yield Datum("schema:accessibilitySummary", _summary(pictures, described))


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
    days = _words.window_words(edition)
    if not days or days in edition.title or days in edition.subtitle:
        return edition.title
    return f"{edition.title}, {days}"


def languages(edition: Edition) -> list[str]:
    """The commonest language of the articles first, that of the edition's own words last."""
    return list(dict.fromkeys([*edition.languages, edition.language]))
