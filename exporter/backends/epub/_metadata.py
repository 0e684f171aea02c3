"""What the package document says of the book: whose it is, what it covers, who can read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from exporter.backends import _words
from exporter.build import safe_link
from exporter.edition import NO_SOURCE, Edition
from exporter.model import Figure
from exporter.walk import each_block

MAX_SUBJECTS = 40
"""Of thousands of tags the commonest tell what the book is about; the rest is noise."""


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
    articles = [entry.article for entry in edition.entries]
    sources = [source for source, _ in edition.sources if source != NO_SOURCE]
    authors = list(dict.fromkeys(author for a in articles for author in a.authors))
    # A digest is made of what its sources published; of a lone article its authors are the makers.
    creators, contributors = (sources, authors) if sources and len(articles) > 1 else (authors or sources, [])
    for n, name in enumerate(creators, 1):
        yield Datum("creator", name, {"id": f"creator-{n}"})
    for n, name in enumerate(contributors, 1):
        yield Datum("contributor", name, {"id": f"contributor-{n}"})
    for name in dict.fromkeys(p for a in articles if (p := a.publisher or a.source)):
        yield Datum("publisher", name)
    if len(articles) == 1 and (link := safe_link(articles[0].link or "")):
        yield Datum("source", link)
    tags = Counter(tag for a in articles for tag in dict.fromkeys(a.tags))
    for tag, _ in sorted(tags.items(), key=lambda item: (-item[1], item[0]))[:MAX_SUBJECTS]:
        yield Datum("subject", tag)
    days = _words.window_words(edition)
    counts = _words.counts(edition)
    yield Datum("description", f"{days}: {counts}." if days else f"{counts}.")
    first, last = _bounds(edition)
    if last:
        yield Datum("date", last)
    if first and last:
        yield Datum("coverage", first if first == last else f"{first}/{last}")


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


def _bounds(edition: Edition) -> tuple[str | None, str | None]:
    """The first and last day of the edition, ``YYYY-MM-DD``."""
    first, last = edition.window.first, edition.window.last
    span = edition.span or (None, None)
    return first.isoformat() if first else span[0], last.isoformat() if last else span[1]
