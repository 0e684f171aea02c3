"""What a selection asks for, and what it gives: the library answers it, an edition is made of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypeVar

import msgspec

from exporter.model import dates
from exporter.model.article import Article, Teaser, When
from exporter.model.build import folded
from exporter.model.dates import Window

Dated = TypeVar("Dated", Article, Teaser)


class Selection(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What the reader of the edition asked for; an empty tuple asks for everything.

    ``undated`` lets articles without a date of publication in; ``briefs`` keeps teasers;
    ``words`` are looked for in title and text, phrases in quotation marks. Without ``merge`` every copy
    of an article is taken, not the best alone. Days are those of the
    zones in which the pages tell their time, or all of one ``zone``, an IANA name.
    """

    window: Window = Window()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    undated: bool = False
    briefs: bool = True
    words: str = ""
    merge: bool = True
    zone: str | None = None

    def day_in_zone(self, date: When | None) -> When | None:
        """A date in the selection's zone."""
        return dates.in_zone(date, self.zone) if date and self.zone else date

    def in_zone(self, one: Dated) -> Dated:
        """An article or a teaser with its date in the selection's zone."""
        if not self.zone:
            return one
        name = "published" if isinstance(one, Article) else "date"
        return msgspec.structs.replace(one, **{name: self.day_in_zone(getattr(one, name))})

    def takes_day(self, date: When | None) -> bool:
        """Whether a date, in the selection's zone, or none at all, is asked for."""
        if date is None:
            return self.undated or self.window.open
        return self.window.holds(date)

    def takes_tags(self, tags: Sequence[str]) -> bool:
        """Whether one of the tags is asked for, or none is."""
        wanted = {tag.casefold() for tag in self.tags}
        return not wanted or bool(wanted & {tag.casefold() for tag in tags})


class Excluded(msgspec.Struct, frozen=True, gc=False):
    """An article that is not in the edition, and why: ``duplicate``, ``undated``,
    ``date``, ``source``, ``tag``, ``language`` or ``words``; of a duplicate, which copy was ``kept``, by
    the name of its file and its title, and ``why``."""

    title: str
    where: str
    reason: str
    kept: str = ""
    why: str = ""
    kept_title: str = ""

    @property
    def described(self) -> str:
        """A duplicate, and the copy that was taken instead of it."""
        return f"{self.title} (kept: {self.kept}{f'; {self.why}' if self.why else ''})"


class Selected(msgspec.Struct, frozen=True, gc=False):
    """The outcome of a selection."""

    articles: tuple[Article, ...]
    briefs: tuple[Teaser, ...]
    excluded: tuple[Excluded, ...] = ()


DedupeKey: TypeAlias = tuple[str, str, str]


def dedupe_key(title: str, source: str | None, date: When | None) -> DedupeKey:
    """What shows that two articles are the same one: title, source and day."""
    return folded(title), folded(source), dates.day(date) or date or ""


def article_key(article: Article) -> DedupeKey:
    """What shows that another article is the same one: title, source and day."""
    return dedupe_key(article.title, article.publisher or article.source, article.published)


def teaser_key(teaser: Teaser, carrier: Article) -> DedupeKey:
    """A teaser's story; on the page of its own source, the label means that page's publisher."""
    source = carrier.publisher if teaser.source == carrier.source else teaser.source
    return dedupe_key(teaser.title, source or teaser.source, teaser.date)
