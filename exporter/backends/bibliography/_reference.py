"""What a reference says of an article or a brief, the same in every form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, TypeAlias

from exporter.backends.bibliography._keys import Wanted, keys
from exporter.backends.bibliography._names import Name, split
from exporter.backends.common import labels
from exporter.editions.compile import Edition
from exporter.model.article import Article, Teaser, When
from exporter.model.build import one_line, safe_link

BRIEF = "Known by its teaser alone"
"""The note on a brief, whose article was not at hand."""

Kind: TypeAlias = Literal["newspaper", "web", "other"]
"""``newspaper`` where the container is known, ``web`` where only the address is."""


class Reference(NamedTuple):
    """One reference; a text is empty where nothing is known, and always one line.

    ``date`` (of publication) and ``accessed`` are ``2021``, ``2021-07`` or ``2021-07-21``: days at
    most, as references are dated; ``url`` is the original's address, or else the aggregator's;
    ``language`` a BCP 47 tag.
    """

    anchor: str
    title: str
    authors: tuple[Name, ...] = ()
    container: str = ""
    date: str = ""
    accessed: str = ""
    url: str = ""
    language: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    note: str = ""
    key: str = ""

    @property
    def kind(self) -> Kind:
        if self.container:
            return "newspaper"
        return "web" if self.url else "other"


def references(edition: Edition) -> list[Reference]:
    """The edition's articles in its order, then its briefs, each with its key."""
    found = [_of_article(entry.anchor, entry.article, edition) for entry in edition.entries]
    # A teaser has its source's label alone, in which the articles of that source tell the name.
    articles = (entry.article for entry in edition.entries)
    publishers = {a.source: a.publisher for a in articles if a.source and a.publisher}
    found += [_of_brief(brief.anchor, brief.teaser, publishers) for brief in edition.briefs]
    named = keys(Wanted(one.anchor, _lead(one), one.date, one.title) for one in found)
    return [one._replace(key=named[one.anchor]) for one in found]


def _lead(reference: Reference) -> str:
    return reference.authors[0].family if reference.authors else reference.container


def _of_article(anchor: str, article: Article, edition: Edition) -> Reference:
    known = {name.casefold() for name in (article.source, article.publisher, article.aggregator) if name}
    passed_on = (one_line(article.aggregator or ""), safe_link(article.via or "") or "")
    return Reference(
        anchor,
        one_line(article.title) or labels.UNTITLED,
        authors=tuple(split(author, known) for author in article.authors if one_line(author)),
        container=one_line(article.publisher or article.source or ""),
        date=_day(article.published),
        accessed=_day(article.captured),
        url=safe_link(article.link or "") or passed_on[1],
        language=article.language or "",
        abstract=one_line(article.subtitle or ""),
        keywords=tuple(dict.fromkeys(filter(None, map(one_line, article.tags)))),
        note=". ".join(filter(None, (_with_commas("Via ", passed_on), _also(article, edition)))),
    )


def _with_commas(before: str, pieces: Iterable[str]) -> str:
    """The pieces that are known; nothing at all where none is."""
    known = ", ".join(filter(None, pieces))
    return before + known if known else ""


def _also(article: Article, edition: Edition) -> str:
    """Where else the article appeared: a reference has fields for one paper alone."""
    copies = [
        _with_commas("", (one_line(copy.name), copy.day, copy.link)) for copy in labels.also(article, edition)
    ]
    return f"{labels.ALSO}: {'; '.join(copies)}" if copies else ""


def _of_brief(anchor: str, teaser: Teaser, publishers: Mapping[str, str]) -> Reference:
    source = teaser.source or ""
    return Reference(
        anchor,
        one_line(teaser.title) or labels.UNTITLED,
        container=one_line(publishers.get(source, source)),
        date=_day(teaser.date),
        url=safe_link(teaser.link or "") or "",
        language=teaser.language or "",
        abstract=one_line(labels.summary(teaser)),
        note=BRIEF,
    )


def _day(value: When | None) -> str:
    return (value or "")[:10]
