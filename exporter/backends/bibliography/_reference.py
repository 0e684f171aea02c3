"""What a reference says of an article or a brief, the same in every form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from anyascii import anyascii

from exporter.backends.bibliography._names import Name, split
from exporter.backends.common import labels
from exporter.editions.compile import Edition
from exporter.errors import IncompleteError
from exporter.model.article import Article, Teaser, When
from exporter.model.build import one_line, safe_link

BRIEF = "Known by its teaser alone"
"""The note on a brief, whose article was not available."""

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
    citations = [_of_article(entry.anchor, entry.article, edition) for entry in edition.entries]
    # A teaser has its source's label alone, in which the articles of that source tell the name.
    articles = (entry.article for entry in edition.entries)
    publishers = {a.source: a.publisher for a in articles if a.source and a.publisher}
    citations += [_of_brief(brief.anchor, brief.teaser, publishers) for brief in edition.briefs]
    named = keys(Wanted(one.anchor, _lead(one), one.date, one.title) for one in citations)
    return [one._replace(key=named[one.anchor]) for one in citations]


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


# -- Citation keys: ``lind2021quay``, short, ASCII, one for each reference, the same tomorrow.


_LEAD = 20
"""Letters of an author's or a source's name that a key has at most, and of a title's word."""

_LEAST = 4
"""Letters of a word that says something of a title: articles and prepositions have fewer."""


class Wanted(NamedTuple):
    """What a key is made from; ``lead`` is the name the reference is sorted by."""

    anchor: str
    lead: str
    date: str
    title: str


def keys(wanted: Iterable[Wanted]) -> dict[str, str]:
    """A key for each anchor.

    Of those that would have the same key the earliest has it; the others' take their anchors'
    first letters. So what is added later to an edition leaves the older keys as they are.
    """
    by_anchor: dict[str, str] = {}
    used: set[str] = set()
    for one in sorted(wanted, key=lambda one: (one.date or "9999", one.anchor)):
        base = _base(one)
        tries = (base, *(f"{base}-{one.anchor[:end]}" for end in range(5, len(one.anchor) + 1)))
        by_anchor[one.anchor] = next(key for key in tries if key not in used)
        used.add(by_anchor[one.anchor])
    return by_anchor


def _base(one: Wanted) -> str:
    words = _words(one.title)
    word = next((word for word in words if len(word) >= _LEAST), words[0] if words else "untitled")
    return f"{_first_word(one.lead)}{one.date[:4] or 'nd'}{word[:_LEAD]}"


def _first_word(name: str) -> str:
    words = [word for word in _words(name) if word != "the"] or ["anon"]
    lead = words[0]
    for word in words[1:]:
        if len(lead) + len(word) > _LEAD:
            break
        lead += word
    return lead[:_LEAD]


def _words(text: str) -> list[str]:
    """The words in small ASCII letters; a word of another alphabet as Latin letters spell it."""
    words = (re.sub(r"[^a-z0-9]", "", anyascii(word).lower()) for word in re.findall(r"[^\W_]+", text))
    return [word for word in words if word]


# -- Which references are really in a finished file?


class Citation(NamedTuple):
    """What a file says, read back: the parts without which a reference is of no use."""

    key: str
    title: str
    date: str
    url: str


def places(citations: Sequence[Citation], edition: Edition) -> dict[str, str]:
    """The citation key of each entry and brief whose title, date and address stand under that
    key. A key that occurs twice identifies nothing: a reference manager takes one of the two."""
    times = Counter(one.key for one in citations)
    there = {one.key: one for one in citations if times[one.key] == 1}
    return {
        one.anchor: one.key
        for one in references(edition)
        if there.get(one.key) == Citation(one.key, one.title, one.date, one.url)
    }


def decoded(data: bytes) -> str:
    """The file's text. Raises `IncompleteError` where it is none."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise IncompleteError("the references are not valid UTF-8", "Please report this.") from error


def broken(what: str) -> IncompleteError:
    """The error for bytes that are not of their form."""
    return IncompleteError(f"the references are broken: {what}", "Please report this.")
