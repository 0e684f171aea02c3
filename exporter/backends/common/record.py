"""An edition as libraries catalogue it: the facts behind the metadata of every format."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from exporter.editions.compile import NO_SOURCE, Edition
from exporter.model.build import safe_link

MAX_SUBJECTS = 40
"""Of thousands of tags the commonest tell what the edition is about; the rest is noise."""


class Record(NamedTuple):
    """``sources`` are the names that articles came under, the commonest first, ``publishers``
    those behind them; ``subjects`` the commonest tags; ``link`` the original of a lone
    article; ``first`` and ``last`` the days covered, ``YYYY-MM-DD``."""

    authors: tuple[str, ...]
    sources: tuple[str, ...]
    publishers: tuple[str, ...]
    subjects: tuple[str, ...]
    link: str | None
    first: str | None
    last: str | None

    @property
    def coverage(self) -> str | None:
        """The days covered as an ISO 8601 interval, or the one day."""
        if not self.first or not self.last:
            return None
        return self.first if self.first == self.last else f"{self.first}/{self.last}"


def record(edition: Edition) -> Record:
    """The edition's record."""
    articles = [entry.article for entry in edition.entries]
    tags = Counter(tag for a in articles for tag in dict.fromkeys(a.tags))
    subjects = sorted(tags, key=lambda tag: (-tags[tag], tag))[:MAX_SUBJECTS]
    window, span = edition.window, edition.span or (None, None)
    return Record(
        authors=tuple(dict.fromkeys(author for a in articles for author in a.authors)),
        sources=tuple(source for source, _ in edition.sources if source != NO_SOURCE),
        publishers=tuple(dict.fromkeys(p for a in articles if (p := a.publisher or a.source))),
        subjects=tuple(subjects),
        link=safe_link(articles[0].link or "") if len(articles) == 1 else None,
        first=window.first.isoformat() if window.first else span[0],
        last=window.last.isoformat() if window.last else span[1],
    )
