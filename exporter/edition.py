"""From articles to one publication: selection, order, parts, anchors.

    select(articles, selection)  →  Selected   (what goes in, and what not and why)
    compile_edition(selected)    →  Edition    (ordered, grouped, anchored, identified)

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
from typing import Literal, TypeAlias, TypeVar

import msgspec

from exporter import dates, identity, wording
from exporter.build import language_tag, one_line
from exporter.dates import Window
from exporter.diagnostics import Report
from exporter.errors import NothingToExport, unknown
from exporter.model import Article, Origin, Teaser, When
from exporter.walk import languages as languages_within
from exporter.walk import plain_text, texts

Grouping: TypeAlias = Literal["source", "day", "month", "none"]
Order: TypeAlias = Literal["date", "source"]
GROUPINGS: tuple[Grouping, ...] = ("source", "day", "month", "none")
ORDERS: tuple[Order, ...] = ("date", "source")

_NAMESPACE = uuid.UUID("8d8c4a5e-53c5-5b0c-9d2f-6d6f0f3c8a51")
NO_SOURCE = "Source unknown"
NO_DATE = "Undated"


Dated = TypeVar("Dated", Article, Teaser)


class Selection(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What the reader of the edition asked for; an empty tuple asks for everything.

    ``undated`` lets articles without a date of publication in; ``briefs`` keeps teasers;
    ``words`` are looked for in title and text, phrases in quotation marks. Days are those of the
    zones in which the pages tell their time, or all of one ``zone``, an IANA name.
    """

    window: Window = Window()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    undated: bool = False
    briefs: bool = True
    words: str = ""
    zone: str | None = None

    def day_told(self, date: When | None) -> When | None:
        """A date as the selection's zone tells it."""
        return dates.in_zone(date, self.zone) if date and self.zone else date

    def told(self, one: Dated) -> Dated:
        """An article or a teaser with its date as the selection's zone tells it."""
        if not self.zone:
            return one
        name = "published" if isinstance(one, Article) else "date"
        return msgspec.structs.replace(one, **{name: self.day_told(getattr(one, name))})

    def takes_day(self, date: When | None) -> bool:
        """Whether a date, told in the selection's zone, or none at all, is asked for."""
        if date is None:
            return self.undated or self.window.open
        return self.window.holds(date)

    def takes_tags(self, tags: Sequence[str]) -> bool:
        """Whether one of the tags is asked for, or none is."""
        wanted = {tag.casefold() for tag in self.tags}
        return not wanted or bool(wanted & {tag.casefold() for tag in tags})


class LeftOut(msgspec.Struct, frozen=True, gc=False):
    """An article that is not in the edition, and why: ``duplicate``, ``undated``,
    ``date``, ``source``, ``tag``, ``language`` or ``words``; of a duplicate, which copy was ``kept``."""

    title: str
    where: str
    reason: str
    kept: str = ""


class Selected(msgspec.Struct, frozen=True, gc=False):
    """The outcome of a selection."""

    articles: tuple[Article, ...]
    briefs: tuple[Teaser, ...]
    left_out: tuple[LeftOut, ...] = ()


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
    any of its articles tells, never the clock; ``languages`` all that occur, the
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
        found = sorted(d for e in self.entries if (d := dates.day(e.article.published)))
        return (found[0], found[-1]) if found else None


def to_json(edition: Edition) -> bytes:
    """The native form: all that is in the edition, UTF-8 JSON; docs/edition.schema.json tells its shape."""
    return msgspec.json.encode(edition)


# -- Selecting -------------------------------------------------------------------------


def select(
    articles: Iterable[Article], selection: Selection | None = None, report: Report | None = None
) -> Selected:
    """The articles and briefs that the selection asks for, each once, in reading order.
    A listing gives its briefs alone.

    Raises `UsageError` where a source is named that no article has.
    """
    selection = selection or Selection()
    report = report if report is not None else Report()
    everything = tuple(articles)
    for name in selection.sources:
        known = {name for a in everything for name in (a.source, a.publisher) if name}
        known |= {t.source for a in everything if a.is_listing for t in a.teasers if t.source}
        if everything and name.casefold() not in {k.casefold() for k in known}:
            raise unknown("source", name, known)
    unique, left_out = _once([a for a in everything if not a.is_listing], report)
    chosen: list[Article] = []
    for article in unique:
        reason = _why_not(article, selection)
        if reason is None:
            chosen.append(selection.told(article))
            continue
        left_out.append(LeftOut(article.title, article.origin.name, reason))
        if reason == "undated":
            report.add("undated-left-out", article.origin.name, article.title)
    briefs = _briefs(everything, selection) if selection.briefs and not selection.words else ()
    return Selected(tuple(chosen), briefs, tuple(left_out))


def _why_not(article: Article, selection: Selection) -> str | None:
    if not _matches_source(selection, article.source, article.publisher):
        return "source"
    if not selection.takes_tags(article.tags):
        return "tag"
    if not _matches_language(selection, article.language):
        return "language"
    if selection.words and not wording.answers(f"{article.title}\n{_said(article)}", selection.words):
        return "words"
    if selection.takes_day(selection.day_told(article.published)):
        return None
    return "date" if article.published else "undated"


def _said(article: Article) -> str:
    return "\n".join(texts(article.blocks, notes=True))


def _matches_source(selection: Selection, *names: str | None) -> bool:
    wanted = {name.casefold() for name in selection.sources}
    return not wanted or any(name and name.casefold() in wanted for name in names)


def _matches_language(selection: Selection, language: str | None) -> bool:
    wanted = {language_tag(name) or name for name in selection.languages}
    return not wanted or bool(language and {language, language.split("-")[0]} & wanted)


def folded(text: str | None) -> str:
    """A name as it is compared: in one case, with single spaces."""
    return " ".join((text or "").casefold().split())


Story: TypeAlias = tuple[str, str, str]


def _story(title: str, source: str | None, date: When | None) -> Story:
    """What tells that two articles are the same one: title, source and day."""
    return folded(title), folded(source), dates.day(date) or date or ""


def story_of(article: Article) -> Story:
    """What tells that another article is the same one: title, source and day."""
    return _story(article.title, article.publisher or article.source, article.published)


def story_told(teaser: Teaser, beside: Article) -> Story:
    """A teaser's story; on the page of its own source, the label means that page's publisher."""
    source = beside.publisher if teaser.source == beside.source else teaser.source
    return _story(teaser.title, source or teaser.source, teaser.date)


def _once(articles: Sequence[Article], report: Report) -> tuple[list[Article], list[LeftOut]]:
    """Each article once. Those with the same link, or the same title, source and day, are looked at:
    of copies (`exporter.identity.clusters`) the best stays, in the place of the first."""
    kept: dict[int, int] = {}  # the best copy's place, by the first's
    left_out: list[LeftOut] = []
    for meeting in _meetings(articles):
        facts = [identity.facts(articles[i]) for i in meeting] if len(meeting) > 1 else []
        for group in identity.clusters(facts) if facts else [[0]]:
            best, *others = (meeting[at] for at in group)
            kept[min([best, *others])] = best
            lead = articles[best]
            for other in others:
                copy = articles[other]
                left_out.append(LeftOut(copy.title, copy.origin.name, "duplicate", lead.origin.name))
                report.add("duplicate", copy.origin.name, f"{copy.title} (kept: {lead.origin.name})")
    return [articles[kept[first]] for first in sorted(kept)], left_out


def _meetings(articles: Sequence[Article]) -> list[list[int]]:
    """The places of articles, together where they are likely to be copies."""
    leader = list(range(len(articles)))

    def lead(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    seen: dict[tuple[str, ...], int] = {}
    for i, article in enumerate(articles):
        keys: list[tuple[str, ...]] = [story_of(article)]
        if not article.published:
            # Without a date a title alone proves nothing ("Notes"): the text must be the same, too.
            keys = [(*keys[0], plain_text(article))]
        if article.link:
            keys.append((identity.canonical(article.link),))
        for key in keys:
            j = lead(seen.setdefault(key, i))
            k = lead(i)
            leader[max(j, k)] = min(j, k)
    together: dict[int, list[int]] = {}
    for i in range(len(articles)):
        together.setdefault(lead(i), []).append(i)
    return list(together.values())


def _briefs(articles: Sequence[Article], selection: Selection) -> tuple[Teaser, ...]:
    """The teasers in the window, each once, that no full article at hand supersedes."""
    told = [a for a in articles if not a.is_listing]
    full: set[tuple[str, ...]] = {story_of(a) for a in told}
    full |= {(a.link,) for a in told if a.link}
    kept: dict[tuple[str, ...], Teaser] = {}
    for article in articles:
        for teaser in article.teasers:
            story = story_told(teaser, article)
            if story in full or (teaser.link and (teaser.link,) in full):
                continue
            teaser = selection.told(teaser)
            if not selection.takes_day(teaser.date) or not _matches_language(selection, teaser.language):
                continue
            if not selection.takes_tags(teaser.tags):
                continue
            if not _matches_source(selection, teaser.source, article.publisher):
                continue
            # Without a date a title alone proves nothing: the link must be the same, too.
            key = story if teaser.date or not teaser.link else (*story, teaser.link)
            other = kept.get(key)
            if other is None or len(teaser.summary) > len(other.summary):
                kept[key] = teaser
    return tuple(kept.values())


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
    brief_anchors = _anchors("b", ["\0".join(_story(t.title, t.source, t.date)) for t in teasers])
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
    made = compile_edition([article], title=article.title or "Untitled", group="none", language=language)
    return msgspec.structs.replace(made, single=True)


def _identity(article: Article) -> str:
    return article.link or "\0".join(story_of(article))


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
    for told in identities:
        base = kind + hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:10]
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
    stories = [msgspec.structs.replace(a, origin=Origin("", "", a.origin.sha256)) for a in articles]
    seed = msgspec.json.encode((title, subtitle, window, group, sort, stories, teasers))
    return urn(hashlib.sha256(seed).hexdigest())


def urn(seed: str) -> str:
    """An identifier made from the seed alone (RFC 9562, version 5)."""
    return uuid.uuid5(_NAMESPACE, seed).urn


def _modified(articles: Sequence[Article], teasers: Sequence[Teaser]) -> When:
    told = [w for a in articles for w in (a.published, a.captured) if w]
    told += [t.date for t in teasers if t.date]
    if not told:
        return "1980-01-01T00:00:00Z"
    latest = max(dates.instant(w) for w in told)
    return latest.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
