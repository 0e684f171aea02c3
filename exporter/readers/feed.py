"""Feeds: RSS 0.9x to 2.0, RDF, CDF and Atom, by feedparser; JSON Feed. See docs/readers/feed.md.

An entry with its content is an article. One with no more than a summary is a teaser, unless the
summary is in truth the text: several paragraphs or many words, and not cut short. All teasers of
a feed stand together on a listing that has the feed's name.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from html import escape
from time import struct_time
from typing import Any
from xml.sax import SAXParseException

import feedparser

from exporter.diagnostics import Report
from exporter.model import build, dates, visit
from exporter.model.article import Article, Teaser, When
from exporter.readers.common import date_parsing, metadata, person_names, prose, titles, xml_prolog
from exporter.readers.common.images import join, scheme
from exporter.readers.common.metadata import based
from exporter.readers.records import mapping, rows
from exporter.readers.records.mapping import Profile
from exporter.readers.source import Source

_JSON_FEED = Profile(
    about="JSON Feed 1.0 and 1.1",
    signs=("id",),
    title=("title",),
    body=("content_html", "content_text"),
    summary=("summary",),
    link=("url", "external_url"),
    published=("date_published", "date_modified"),
    authors=("authors", "author", "/authors", "/author"),
    source=("/title",),
    tags=("tags",),
    language=("language", "/language"),
    basis="feed",
)
_JSON_VERSION = re.compile(r'"version"\s*:\s*"https?:(?:\\?/){2}jsonfeed\.org(?:\\?/)version')
_ENTRY = re.compile(r"<((?:\w+:)?(?:item|entry))[\s>].*?(?:</\1\s*>|(?=<\1[\s>])|\Z)", re.I | re.S)
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|channel)(?=[\s>/])", re.I)
_RDF = re.compile(r"purl\.org/rss|netscape\.com/rdf/simple|channel\.netscape", re.I)
_FAILURES = (TypeError, AttributeError, ValueError, LookupError, AssertionError)
_MARKUP_TYPES = frozenset(("text/html", "application/xhtml+xml"))
_CUT = re.compile(r"(?:\N{HORIZONTAL ELLIPSIS}|\.\.\.)[\s\])»>]*\Z")
_WHOLE_TEXT = 500
"""A summary of so many characters is the text itself."""
_NO_POSTS = frozenset(("attachment", "nav_menu_item", "revision"))
"""What a WordPress export holds beside its posts and pages."""


def sniff(source: Source) -> float:
    if rows.is_json(source):
        return 0.95 if _JSON_VERSION.search(source.text()[:4000]) else 0.0
    if "<" not in source.text()[:100]:
        return 0.0
    root = xml_prolog.split(source.text()).body[:2000]
    if _is_opml(root):
        return 0.95
    match = _ROOT.match(root)
    if match and match[0].lower().endswith("rdf"):
        return 0.9 if _RDF.search(root) else 0.0
    # A refused document has no body to know it by.
    return 0.95 if match or (not root and _ROOT.search(source.text())) else 0.0


def read(source: Source, report: Report) -> Iterable[Article]:
    if rows.is_json(source):
        records = rows.read(source, report, partial(mapping.fits, _JSON_FEED))
        yield from mapping.articles(records, _JSON_FEED, source, report, "feed", "application/feed+json")
        return
    before = xml_prolog.split(source.text(report))
    if before.refused:
        report.add("entities-refused", source.name, before.refused)
        return
    if _is_opml(before.body):
        report.add("feed-list", source.name)
        return
    feed = _Feed(_parsed(before.document, source, report), source, report)
    yield from feed.articles()
    yield from feed.listing()


def _is_opml(body: str) -> bool:
    """Whether an XML document is a list of feeds (OPML 2.0)."""
    return body[:5].lower() == "<opml" and not body[5:6].isalnum()


def _parsed(document: str, source: Source, report: Report) -> Mapping[str, Any]:
    """What feedparser finds. Some broken feeds it fails on; then each entry is parsed by itself,
    below what stands above them all, and costs no other."""
    try:
        parsed = _parse(document)
        if parsed["bozo"]:
            report.add("feed-broken", source.name, _problem(parsed["bozo_exception"]))
        return parsed
    except _FAILURES as error:
        report.add("feed-broken", source.name, _problem(error))
    whole: dict[str, Any] = {"feed": {}, "entries": []}
    first = _ENTRY.search(document)
    head = document[: first.start()] if first else ""
    for entry in _ENTRY.finditer(document):
        with suppress(*_FAILURES):
            parsed = _parse(head + entry[0])
            whole = {**parsed, "entries": [*whole["entries"], *parsed["entries"]]}
    return whole


def _parse(document: str) -> Mapping[str, Any]:
    # As bytes in a stream, it is the feed itself and never an address to open.
    stream = io.BytesIO(document.encode())
    parsed: dict[str, Any] = feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)
    return parsed


def _problem(error: Exception) -> str:
    if isinstance(error, SAXParseException):
        return f"line {error.getLineNumber()}: {error.getMessage()}"
    return build.one_line(str(error))[:200]


class _Feed:
    def __init__(self, parsed: Mapping[str, Any], source: Source, report: Report) -> None:
        self._source, self._report = source, report
        self._entries: list[Mapping[str, Any]] = parsed["entries"]
        self._feed: Mapping[str, Any] = parsed["feed"]
        self._is_atom = str(parsed.get("version")).startswith("atom")
        self._title = _line(self._feed, "title") or None
        self._language = build.language_tag(self._feed.get("language"))
        self._site = build.safe_link(self._feed.get("link") or "")
        self._teasers: list[Teaser] = []

    def articles(self) -> Iterator[Article]:
        """The entries that have their text; those that have not are kept for `listing`."""
        number = 0
        for entry in self._entries:
            if entry.get("wp_post_type") in _NO_POSTS or entry.get("wp_status") in ("draft", "trash"):
                continue
            item = self._entry(entry, number)
            if isinstance(item, Article):
                number += 1
                yield item
            elif item is not None:
                self._teasers.append(item)

    def listing(self) -> Iterator[Article]:
        number = len(self._entries) - len(self._teasers)
        yield from metadata.listing(
            self._title or self._source.name,
            self._teasers,
            self._source.origin("feed", "application/xml", number),
            source=self._title,
            language=self._language,
            link=self._site,
        )

    def _entry(self, entry: Mapping[str, Any], number: int) -> Article | Teaser | None:
        report, source = self._report, self._source
        via = build.safe_link(join(self._site, _text(entry, "link")))
        link = build.safe_link(_text(entry, "feedburner_origlink")) or via
        language = build.language_tag(_language(entry)) or self._language
        text, kind, relative_to = _body(entry)
        base = build.safe_link(join(self._site, relative_to)) if relative_to else None
        text += "".join(self._enclosed(entry))
        if kind in _MARKUP_TYPES or prose.is_html(text):
            blocks, assets = prose.html(text, source, report, base=base or link or self._site)
        else:
            blocks, assets = prose.plain(text), ()
        title, authors = _line(entry, "title"), self._authors(entry)
        words = " ".join(visit.texts(blocks))
        if not title and not (words or link):
            return None
        published = self._published(entry, language)
        label = build.one_line((entry.get("source") or {}).get("title") or "") or self._title
        if not blocks or not (_content(entry) or _is_text(blocks, words)):
            title = title or titles.first_words(words) or link or ""
            return Teaser(title, build.one_line(words), published, label, link, language, None, _tags(entry))
        basis = based("feed", title=title, authors=authors, source=label, language=language)
        if not title:
            report.add("title-missing", source.name)
            title, basis["title"] = titles.first_words(words) or link or "", "guess"
        if published:
            basis["published"] = "feed"
        return Article(
            title=title,
            authors=authors,
            source=label,
            aggregator=self._title if self._title != label else None,
            tags=_tags(entry),
            language=language,
            published=published,
            basis=basis,
            link=link,
            via=via if via != link else None,
            blocks=titles.without_title(blocks, title),
            assets=assets,
            origin=source.origin("feed", "application/xml", number),
        )

    def _published(self, entry: Mapping[str, Any], language: str | None) -> When | None:
        """The date as the entry has it; of one that has been changed since, that of the first."""
        invalid = ""
        for name in ("published", "created", "updated"):
            stated = _text(entry, name)
            if date := date_parsing.parse(stated, language=language) or _known(_raw(entry, f"{name}_parsed")):
                return date
            invalid = invalid or stated
        if invalid:
            self._report.add("date-invalid", self._source.name, build.one_line(invalid)[:60])
        return None

    def _authors(self, entry: Mapping[str, Any]) -> tuple[str, ...]:
        """The entry's authors; in Atom, one that names none has the feed's (RFC 4287, 4.2.1)."""
        people = list(entry.get("authors") or ())
        if not any(people) and self._is_atom:
            people = list(self._feed.get("authors") or ())
        written = str(entry.get("author") or "")

        def name(person: Mapping[str, Any]) -> str:
            # feedparser cuts a mail address after four letters of its last domain.
            is_of_mail = person.get("email") and str(person["email"]) in written
            return written if is_of_mail else str(person.get("name") or "")

        return person_names.people(map(name, people))

    def _enclosed(self, entry: Mapping[str, Any]) -> Iterator[str]:
        """Enclosed images that lie beside the feed; those on the network are no part of its text."""
        for link in entry.get("links") or ():
            href = str(link.get("href") or "")
            is_image = link.get("rel") == "enclosure" and str(link.get("type")).startswith("image/")
            if is_image and not scheme(href) and self._source.sibling(href) is not None:
                yield f'<figure><img src="{escape(href)}" alt=""></figure>'


def _raw(entry: Mapping[str, Any], name: str) -> Any:
    """A field itself: `get` of feedparser's own mapping stands others in for what is not there."""
    return dict.get(entry, name) if isinstance(entry, dict) else None


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = _raw(entry, name)
    return value.strip() if isinstance(value, str) else ""


def _line(entry: Mapping[str, Any], name: str) -> str:
    """A title in one line, markup taken out where it has a type that says so."""
    kind = (entry.get(f"{name}_detail") or {}).get("type")
    return prose.line(_text(entry, name)) if kind in _MARKUP_TYPES else build.one_line(_text(entry, name))


def _language(entry: Mapping[str, Any]) -> str | None:
    details = (*(entry.get("content") or ()), entry.get("title_detail") or {})
    return next(filter(None, (entry.get("language"), *(d.get("language") for d in details))), None)


def _content(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the entry gives as its content: of several forms, markup."""
    given = [c for c in entry.get("content") or () if str(c.get("value") or "").strip() and _is_prose(c)]
    return max(given, key=lambda c: (c.get("type") in _MARKUP_TYPES, len(c["value"])), default=None)


def _is_prose(content: Mapping[str, Any]) -> bool:
    kind = str(content.get("type") or "text/plain")
    return kind.startswith("text/") or kind in _MARKUP_TYPES


def _body(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    """The entry's words, their media type and the address they are relative to."""
    best: Mapping[str, Any] = _content(entry) or {}
    summary: Mapping[str, Any] = _raw(entry, "summary_detail") or {}
    if not best and _is_prose(summary):
        best = summary
    value = str(best.get("value") or "") or _text(entry, "summary")
    return value, str(best.get("type") or ""), str(best.get("base") or "")


def _is_text(blocks: tuple[Any, ...], words: str) -> bool:
    """Whether what stands as a summary is the whole text."""
    filled = [block for block in blocks if any(t.strip() for t in visit.texts((block,)))]
    return not _CUT.search(words) and (len(filled) > 1 or len(words) >= _WHOLE_TEXT)


def _tags(entry: Mapping[str, Any]) -> tuple[str, ...]:
    names = (build.one_line(str(t.get("label") or t.get("term") or "")) for t in entry.get("tags") or ())
    return tuple(dict.fromkeys(filter(None, names)))[:40]


def _known(moment: struct_time | None) -> When | None:
    """A date in a form that feedparser alone knows, in UTC as it gives it; midnight may be no time at all."""
    if moment is None:
        return None
    try:
        moment_ = datetime(*moment[:6], tzinfo=UTC)
    except ValueError:
        return None
    when = dates.when(moment_ if moment[3:6] != (0, 0, 0) else moment_.date())
    return date_parsing.parse(when)
