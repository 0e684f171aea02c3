"""What read-later services and browsers give their users to take away; see docs/readers/exports.md.

Most of them hold no texts but titles, addresses and the days of saving: their entries are briefs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from lxml import html

from exporter.diagnostics import Report
from exporter.model.article import Article
from exporter.readers.common import markup
from exporter.readers.common.markup import text_of
from exporter.readers.records import mapping, rows
from exporter.readers.records.mapping import Profile, Record
from exporter.readers.records.profiles import BOOKMARKS, EXPORTS
from exporter.readers.source import Source

_BOOKMARK_FILE = re.compile(
    r"<!doctype\s+netscape-bookmark-file|<title>\s*(?:Pocket Export|Instapaper: Export)\s*</title>", re.I
)
SHAPES = (*sorted(profile.about for profile in EXPORTS.values()), BOOKMARKS.about)
"""What is known, for people to read."""

_HEADINGS = ("h1", "h2", "h3")


def sniff(source: Source) -> float:
    if _is_bookmarks(source):
        return 0.95
    return 0.92 if _profile(source) else 0.0


def read(source: Source, report: Report) -> Iterable[Article]:
    if _is_bookmarks(source):
        root = markup.parse(source.text(report), source.name, report)
        return mapping.articles(_bookmarks(root), BOOKMARKS, source, report, "exports", "text/html")
    profile = _profile(source)
    if profile is None:
        return ()
    records = rows.read(source, report, partial(mapping.fits, profile))
    kind = "application/json" if rows.is_json(source) else "text/csv"
    return mapping.articles(records, profile, source, report, "exports", kind)


def _is_bookmarks(source: Source) -> bool:
    return bool(_BOOKMARK_FILE.search(source.text()[:2000]))


def _profile(source: Source) -> Profile | None:
    if not rows.is_json(source) and not rows.is_csv(source):
        return None
    return mapping.closest(rows.names(source), EXPORTS.values())


def _bookmarks(root: html.HtmlElement) -> Iterator[Record]:
    """The links of a bookmark file, each with its attributes, the heading above it, the note below."""
    folder = ""
    for element in root.iter("a", *_HEADINGS):
        if element.tag in _HEADINGS:
            folder = text_of(element)
        elif element.get("href"):
            fields: dict[str, object] = dict(element.items())
            fields["title"] = text_of(element)
            fields["description"] = _note(element)
            yield Record(mapping.bared(fields), folder=folder)


def _note(link: html.HtmlElement) -> str:
    """The text of the ``dd`` after a link's ``dt``."""
    holder = link.getparent()
    following = None if holder is None or holder.tag != "dt" else holder.getnext()
    return (following.text or "").strip() if following is not None and following.tag == "dd" else ""
