"""From selected articles to one publication: order, parts, anchors.

    compile_edition(selected)  →  Edition   (ordered, grouped, anchored, identified)

An edition assigns every anchor, number and identifier once, so that all backends
agree. Anchors come from the article's identity, not from its place: adding an article
leaves the others' anchors, and with them their rendered sections, as they were.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Literal, TypeAlias

import msgspec

from exporter.editions.selection import Selected, article_key, dedupe_key
from exporter.errors import NothingToExport, unknown
from exporter.model import dates
from exporter.model.article import Article, Origin, Teaser, When
from exporter.model.build import folded, language_tag, one_line
from exporter.model.dates import Window
from exporter.model.visit import languages as languages_within

Grouping: TypeAlias = Literal["source", "day", "month", "none"]
Order: TypeAlias = Literal["date", "source"]
GROUPINGS: tuple[Grouping, ...] = ("source", "day", "month", "none")
ORDERS: tuple[Order, ...] = ("date", "source")

_NAMESPACE = uuid.UUID("8d8c4a5e-53c5-5b0c-9d2f-6d6f0f3c8a51")
NO_SOURCE = "Source unknown"
NO_DATE = "Undated"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One article in its place. ``number`` counts from 1 through the whole edition."""

    number: int
    anchor: str
    article: Article


class Brief(msgspec.Struct, frozen=True, gc=False):
    anchor: str
    teaser: Teaser


class Part(msgspec.Struct, frozen=True, gc=False):
    """Entries under one heading; ``title`` is empty where the edition is not grouped."""

    anchor: str
    title: str
    entries: tuple[Entry, ...]


class Volume(msgspec.Struct, frozen=True, gc=False):
    """Which one this is of the volumes that an edition was cut into; ``title`` is that of all."""

    number: int
    count: int
    title: str


class Edition(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One publication, ready to render.

    ``identifier`` is a URN made from the content; ``modified`` the latest moment that
    any of its articles has, never the clock; ``languages`` all that occur, the
    commonest first; ``window`` the days asked for; ``volume`` is None where it is whole.
    One that is ``single`` is an article by itself: it needs no cover page, contents, colophon.
    """

    title: str
    subtitle: str = ""
    identifier: str
    language: str
    languages: tuple[str, ...]
    modified: When
    window: Window
    grouping: Grouping
    parts: tuple[Part, ...]
    briefs: tuple[Brief, ...] = ()
    volume: Volume | None = None
    single: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for part in self.parts for entry in part.entries)

    @property
    def sources(self) -> tuple[tuple[str, int], ...]:
        """Each source with its number of articles, the largest first."""
        counts = Counter(_part_title(entry.article, "source") for entry in self.entries)
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def source(self, article: Article) -> str:
        """The name under which ``sources`` counts an article."""
        return _part_title(article, "source")

    @property
    def span(self) -> tuple[str, str] | None:
        """The first and last day on which an article of the edition was published."""
        days = sorted(d for e in self.entries if (d := dates.day(e.article.published)))
        return (days[0], days[-1]) if days else None


def to_json(edition: Edition) -> bytes:
    """The native form: all that is in the edition, UTF-8 JSON; docs/edition.schema.json defines its shape."""
    return msgspec.json.encode(edition)


# -- Compiling -------------------------------------------------------------------------


def compile_edition(
    selected: Selected | Iterable[Article],
    *,
    title: str = "Digest",
    subtitle: str = "",
    window: Window | None = None,
    group: Grouping = "source",
    sort: Order = "date",
    language: str | None = None,
) -> Edition:
    """The edition of what was selected.

    ``language`` is that of the edition's own words, by default English. Raises
    `NothingToExport` where there is neither an article nor a brief.
    """
    if group not in GROUPINGS:
        raise unknown("grouping", group, GROUPINGS)
    if sort not in ORDERS:
        raise unknown("order", sort, ORDERS)
    if not isinstance(selected, Selected):
        selected = Selected(tuple(selected), ())
    if not selected.articles and not selected.briefs:
        raise NothingToExport(
            "no article is left to export", "Widen --from and --to or the filters; `exporter list` shows all."
        )
    title, subtitle = one_line(title) or "Digest", one_line(subtitle)
    articles = sorted(selected.articles, key=lambda a: _place(a, sort))
    anchors = _anchors("a", [_identity(a) for a in articles])
    entries = list(zip(articles, anchors, strict=True))
    titles: dict[str, list[tuple[Article, str]]] = {}
    for article, anchor in entries:
        titles.setdefault(_part_title(article, group), []).append((article, anchor))
    parts: list[Part] = []
    number = 0
    for part_title, members in sorted(titles.items(), key=lambda item: _part_place(item[0])):
        numbered = []
        for article, anchor in members:
            number += 1
            numbered.append(Entry(number, anchor, article))
        parts.append(Part(_anchors("p", [part_title])[0], part_title, tuple(numbered)))
    teasers = sorted(
        selected.briefs, key=lambda t: (t.date is None, t.date or "", folded(t.source), folded(t.title))
    )
    brief_anchors = _anchors("b", ["\0".join(dedupe_key(t.title, t.source, t.date)) for t in teasers])
    languages = Counter(a.language for a in articles if a.language)
    languages.update({tag: 0 for a in articles for tag in languages_within(a.blocks) if tag not in languages})
    return Edition(
        title=title,
        subtitle=subtitle,
        identifier=_identifier(title, subtitle, window, group, sort, articles, teasers),
        language=language_tag(language) or "en",
        languages=tuple(sorted(languages, key=lambda tag: (-languages[tag], tag))),
        modified=_modified(articles, teasers),
        window=window or Window(),
        grouping=group,
        parts=tuple(parts),
        briefs=tuple(Brief(b, t) for b, t in zip(brief_anchors, teasers, strict=True)),
    )


def single(article: Article, *, language: str | None = None) -> Edition:
    """An edition of one article by itself, of its title. ``language`` is that of dates and labels."""
    edition = compile_edition([article], title=article.title or "Untitled", group="none", language=language)
    return msgspec.structs.replace(edition, single=True)


def _identity(article: Article) -> str:
    return article.link or "\0".join(article_key(article))


def _place(article: Article, sort: Order) -> tuple[object, ...]:
    moment = dates.instant(article.published).timestamp() if article.published else 0.0
    date = (article.published is None, moment)
    source = (article.source is None, folded(article.source))
    first = (date, source) if sort == "date" else (source, date)
    return (*first, folded(article.title), article.origin.sha256, article.origin.part)


def _part_title(article: Article, group: Grouping) -> str:
    if group == "none":
        return ""
    if group == "source":
        return article.publisher or article.source or NO_SOURCE
    if not article.published:
        return NO_DATE
    return article.published[: 10 if group == "day" else 7]


def _part_place(title: str) -> tuple[bool, str, str]:
    return title in (NO_SOURCE, NO_DATE), title.casefold(), title


def _anchors(kind: str, identities: Sequence[str]) -> list[str]:
    """An XML name for each identity, from its hash; the rare second of its kind is counted."""
    used: Counter[str] = Counter()
    out = []
    for candidate in identities:
        base = kind + hashlib.sha256(candidate.encode("utf-8", "surrogatepass")).hexdigest()[:10]
        used[base] += 1
        out.append(base if used[base] == 1 else f"{base}-{used[base]}")
    return out


def _identifier(
    title: str,
    subtitle: str,
    window: Window | None,
    group: str,
    sort: str,
    articles: Sequence[Article],
    teasers: Sequence[Teaser],
) -> str:
    # Not the files' names: the same articles make the same edition wherever they lie.
    same = [msgspec.structs.replace(a, origin=Origin("", "", a.origin.sha256)) for a in articles]
    seed = msgspec.json.encode((title, subtitle, window, group, sort, same, teasers))
    return urn(hashlib.sha256(seed).hexdigest())


def urn(seed: str) -> str:
    """An identifier made from the seed alone (RFC 9562, version 5)."""
    return uuid.uuid5(_NAMESPACE, seed).urn


def _modified(articles: Sequence[Article], teasers: Sequence[Teaser]) -> When:
    moments = [w for a in articles for w in (a.published, a.captured) if w]
    moments += [t.date for t in teasers if t.date]
    if not moments:
        return "1980-01-01T00:00:00Z"
    latest = max(dates.instant(w) for w in moments)
    return latest.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
