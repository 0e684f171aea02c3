"""Records → articles and teasers, by a profile that names the fields.

A record is a mapping as JSON and CSV have them. A profile says, as data, in which of its fields
what stands; `exporter.readers.records.profiles` has those of services and data sets, a user's own come
from ``--map``. A record with a body is an article, one without a teaser; teasers stand on a listing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from exporter.diagnostics import Report
from exporter.model import build, dates
from exporter.model.article import Article, Basis, Block, Teaser, When
from exporter.readers.common import date_parsing, metadata, prose, titles, value_lists
from exporter.readers.common.metadata import based
from exporter.readers.source import Source

Paths: TypeAlias = tuple[str, ...]
"""Where a value may stand, the likeliest first: names of fields, those within others parted by
dots (``source.name``); ``/name`` in the document around the record; ``^`` the folder it lies in.
Case, spaces and signs in names do not count."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A shape of records. ``signs`` are the fields by which it is known; without any, every record
    with a title or body fits. ``parting`` stands between paragraphs where it is no line break;
    ``sibling`` names the file with a record's body, its fields in braces; ``clock`` is the unit of
    numbers that are dates: seconds or milliseconds by their size, microseconds, or WebKit's;
    ``basis`` is that of what a record has."""

    about: str
    signs: Paths = ()
    title: Paths = ()
    subtitle: Paths = ()
    body: Paths = ()
    summary: Paths = ()
    link: Paths = ()
    via: Paths = ()
    published: Paths = ()
    captured: Paths = ()
    authors: Paths = ()
    source: Paths = ()
    section: Paths = ()
    tags: Paths = ()
    language: Paths = ()
    parting: str = ""
    sibling: str = ""
    clock: Literal["unix", "microseconds", "webkit"] = "unix"
    basis: Basis = "metadata"


FIELDS = tuple(
    f.name
    for f in msgspec.structs.fields(Profile)
    if f.name not in ("about", "signs", "parting", "sibling", "clock", "basis")
)
"""What a profile can find in a record."""


class Record(NamedTuple):
    """The fields by their bare names, those of the document around them, and the folder they lie in."""

    fields: Mapping[str, object]
    document: Mapping[str, object] = {}
    folder: str = ""


_CUT = re.compile(r"\[\+\d+ chars\]\s*\Z")  # how a news API ends what it does not give


@lru_cache(maxsize=4096)
def bare(name: str) -> str:
    """A field's name reduced to what counts."""
    return re.sub(r"[\W_]+", "", name).lower() or name


def bared(fields: Mapping[str, object]) -> dict[str, object]:
    """Fields by their bare names; of two that are the same, the first."""
    out: dict[str, object] = {}
    for name, value in fields.items():
        out.setdefault(bare(name), value)
    return out


def lookup(record: Record, path: str) -> object:
    """The value at a path of a record, or None."""
    if path == "^":
        return record.folder or None
    if path.startswith("/"):
        return _within(record.document, path[1:])
    return _within(record.fields, path)


def _within(fields: Mapping[str, object], path: str) -> object:
    if (whole := bare(path)) in fields:
        return fields[whole]
    first, _, rest = path.partition(".")
    inner = fields.get(bare(first)) if rest else None
    inner = next(iter(inner), None) if isinstance(inner, list) else inner
    return _within(bared(inner), rest) if isinstance(inner, Mapping) else None


def fits(profile: Profile, fields: Mapping[str, object]) -> bool:
    """Whether a mapping is a record of this shape."""
    named = bared(fields)
    if profile.signs:
        return all(bare(sign) in named for sign in profile.signs)
    # A title alone has many an object that holds records.
    holds = any(isinstance(v, list) and v and isinstance(v[0], dict) for v in fields.values())
    wanted = (*profile.body, *profile.link, *(() if holds else profile.title))
    return any(isinstance(lookup(Record(named), path), str | list) for path in wanted)


def closest(names: Iterable[str], profiles: Iterable[Profile]) -> Profile | None:
    """The profile of which most signs, and those all, are among the names of fields."""
    there = {bare(name) for name in names}
    fitting = [p for p in profiles if p.signs and all(bare(sign) in there for sign in p.signs)]
    return max(fitting, key=lambda p: len(p.signs), default=None)


def articles(
    records: Iterable[Record], profile: Profile, source: Source, report: Report, reader: str, media_type: str
) -> Iterator[Article]:
    """An article for each record with a body, in their order, then the listing of the others."""
    mapper = _Mapper(profile, source, report, reader, media_type)
    number = 0
    name = source.name
    teasers: list[Teaser] = []
    for record in records:
        name = value_lists.line(lookup(record, "/title")) or name
        item = mapper.convert(record, number)
        if isinstance(item, Article):
            number += 1
            yield item
        elif item is not None:
            teasers.append(item)
    yield from metadata.listing(name, teasers, source.origin(reader, media_type, number))


class _Mapper:
    def __init__(self, profile: Profile, source: Source, report: Report, reader: str, kind: str) -> None:
        self._profile, self._source, self._report = profile, source, report
        self._reader, self._kind = reader, kind

    def convert(self, record: Record, number: int) -> Article | Teaser | None:
        profile, report, source = self._profile, self._report, self._source
        title = self._line(record, profile.title)
        link = self._link(record, profile.link)
        language = self._language(record)
        published = self._date(record, profile.published, language)
        captured = self._date(record, profile.captured, language)
        body = self._body(record)
        label = self._line(record, profile.source)
        authors = self._unique(record, profile.authors, value_lists.names)
        basis = based(profile.basis, title=title, authors=authors, source=label)
        if not label and (label := metadata.host(link) or ""):
            basis["source"] = "url"
        if not body:
            summary = self._line(record, profile.summary)
            if not (title or link):
                return None
            folder = self._line(record, profile.section)
            tags = tuple(dict.fromkeys((*([folder] if folder else []), *self._tags(record))))
            return Teaser(
                title or link or "", summary, published, label or None, link, language, captured, tags
            )
        blocks, assets = self._blocks(body, link)
        if not title:
            report.add("title-missing", source.name)
            title, basis["title"] = titles.first_words(" ".join(body)) or link or "Untitled", "guess"
        if published:
            basis["published"] = profile.basis
        elif date := date_parsing.in_address(link):
            published, basis["published"] = date, "url"
        if captured:
            basis["captured"] = "metadata"
        publisher, language_ = metadata.split_label(label)
        basis |= based(profile.basis, language=language or language_)
        return Article(
            title=title,
            subtitle=self._line(record, profile.subtitle) or None,
            authors=authors,
            source=label or None,
            publisher=publisher if publisher != label else None,
            section=self._line(record, profile.section) or None,
            tags=self._tags(record),
            language=language or language_,
            published=published,
            captured=captured,
            basis=basis,
            link=link,
            via=self._link(record, profile.via),
            blocks=titles.without_title(blocks, title) if basis["title"] != "guess" else blocks,
            assets=assets,
            origin=source.origin(self._reader, self._kind, number),
        )

    def _tags(self, record: Record) -> tuple[str, ...]:
        return self._unique(record, self._profile.tags, value_lists.words)[:40]

    # -- Values --------------------------------------------------------------------------

    def _given(self, record: Record, paths: Paths) -> Iterator[object]:
        for path in paths:
            value = lookup(record, path)
            if not value_lists.is_blank(value):
                yield value

    def _line(self, record: Record, paths: Paths) -> str:
        lines = (value_lists.line(value) for value in self._given(record, paths))
        return next(filter(None, lines), "")

    def _link(self, record: Record, paths: Paths) -> str | None:
        given = [value for value in self._given(record, paths) if isinstance(value, str)]
        link = next(filter(None, map(build.safe_link, given)), None)
        if given and not link:
            self._report.add("link-dropped", self._source.name, build.one_line(given[0])[:80])
        return link

    def _language(self, record: Record) -> str | None:
        for value in self._given(record, self._profile.language):
            if tag := build.language_tag(str(value)) or metadata.language_named(str(value)):
                return tag
        return None

    def _unique(self, record: Record, paths: Paths, parted: value_lists.Parted) -> tuple[str, ...]:
        """The words of the first of the fields that has any."""
        for value in self._given(record, paths):
            if values := tuple(dict.fromkeys(parted(value))):
                return values
        return ()

    def _date(self, record: Record, paths: Paths, language: str | None) -> When | None:
        invalid: object = None
        for value in self._given(record, paths):
            if date := _when(value, self._profile.clock, language):
                return date
            invalid = value if invalid is None else invalid
        if invalid is not None:
            self._report.add("date-invalid", self._source.name, build.one_line(str(invalid))[:60])
        return None

    def _body(self, record: Record) -> tuple[str, ...]:
        """The body's paragraphs, as a list has them, or its whole text."""
        for value in self._given(record, self._profile.body):
            parts = tuple(v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str))
            if any(part.strip() for part in parts) and not _CUT.search(parts[-1]):
                return parts
        if self._profile.sibling:
            name = re.sub(
                r"\{(\w+)\}", lambda m: value_lists.line(lookup(record, m[1])), self._profile.sibling
            )
            if data := self._source.sibling(name):
                return (Source(data, name).text(self._report),)
        return ()

    def _blocks(self, body: tuple[str, ...], link: str | None) -> prose.Body:
        if len(body) > 1 and not any(map(prose.is_html, body)):
            blocks: list[Block] = []
            for part in body:
                blocks += build.paragraph([part])
            return tuple(blocks), ()
        text = "\n\n".join(body)
        if self._profile.parting:
            text = text.replace(self._profile.parting, "\n\n")
        return prose.blocks(text, self._source, self._report, base=link)


_UNITS = {"microseconds": (1_000_000, 0), "webkit": (1_000_000, 11_644_473_600)}
"""A clock's ticks in a second, and the seconds from its epoch to that of Unix: WebKit counts from 1601."""


def _when(value: object, clock: str, language: str | None) -> When | None:
    """A date; of a number that is a day's first moment in UTC, the day, for so data sets keep days."""
    number = int(value) if isinstance(value, str) and re.fullmatch(r"\d{9,17}", value, re.A) else value
    if isinstance(number, int | float) and not isinstance(number, bool) and clock in _UNITS:
        ticks, offset = _UNITS[clock]
        number = int(number) // ticks - offset
    if date := date_parsing.parse(number if isinstance(number, int | float) else value, language=language):
        is_count = isinstance(number, int | float)
        return dates.day(date) if is_count and date.endswith("T00:00:00+00:00") else date
    return None
