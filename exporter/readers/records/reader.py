"""Records of articles in JSON, JSON Lines and CSV: from programming interfaces, crawlers, data sets.

Known shapes are read by their profile, others by the usual names of fields or, with ``--map``, by
those that the user gives. See docs/readers/records.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

import msgspec

from exporter.diagnostics import Report
from exporter.errors import UsageError, unknown
from exporter.model.article import Article
from exporter.readers.records import mapping, rows
from exporter.readers.records.mapping import Profile
from exporter.readers.records.profiles import GENERIC, RECORDS
from exporter.readers.source import Source

SHAPES = (*sorted(profile.about for profile in RECORDS.values()), GENERIC.about)
"""What is known, for people to read."""

_REFERENCES = re.compile(r'"type"\s*:\s*"(?:article-(?:newspaper|journal|magazine)|webpage|post-weblog)"')
"""Bibliographies in JSON (CSL), as this program writes them, too, name articles and are none."""

_SUFFIXES = frozenset((".json", ".jsonl", ".ndjson", ".jsonlines"))
_ALIASES = {"date": "published", "author": "authors", "url": "link", "tag": "tags", "text": "body"}
"""What users call the fields, too."""


def sniff(source: Source) -> float:
    is_json = rows.is_json(source)
    if not is_json and not rows.is_csv(source):
        return 0.0
    if mapping.closest(rows.names(source), RECORDS.values()):
        return 0.7
    if _REFERENCES.search(source.text()[:20_000]):
        return 0.0
    return 0.3 if source.suffix in _SUFFIXES or not is_json else 0.0


def read(source: Source, report: Report) -> Iterable[Article]:
    profile = mapping.closest(rows.names(source), RECORDS.values()) or GENERIC
    return _read(profile, source, report)


def configured(settings: str) -> Mapped:
    """A reader of records whose fields the user names: ``title=headline,body=text``; what is not
    named is looked for under its usual names. Raises `UsageError` for a field that there is not."""
    named: dict[str, tuple[str, ...]] = {}
    for pair in filter(None, (part.strip() for part in settings.split(","))):
        field, _, path = (side.strip() for side in pair.partition("="))
        field = _ALIASES.get(field, field)
        if field not in mapping.FIELDS:
            raise unknown("field", field, mapping.FIELDS)
        if not path:
            raise UsageError(f"{pair!r} names no field of the records", "Write title=headline,body=text.")
        named[field] = (*named.get(field, ()), path)
    return Mapped(msgspec.structs.replace(GENERIC, **named))


class Mapped:
    """The reader that a mapping makes."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def sniff(self, source: Source) -> float:
        return sniff(source)

    def read(self, source: Source, report: Report) -> Iterable[Article]:
        return _read(self._profile, source, report)


def _read(profile: Profile, source: Source, report: Report) -> Iterator[Article]:
    records = rows.read(source, report, partial(mapping.fits, profile))
    kind = "application/json" if rows.is_json(source) else "text/csv"
    is_known = False
    for article in mapping.articles(records, profile, source, report, "records", kind):
        is_known = True
        yield article
    if not is_known and (names := dict.fromkeys(rows.names(source))):
        report.add("fields-unknown", source.name, ", ".join(names)[:200])
