"""The backends: an edition in, the bytes of one file out.

A backend is a module with

    SUFFIX, MEDIA_TYPE
    render(edition, settings, report) -> bytes
    inspect(data, edition) -> dict[anchor, place]

``render`` sets the edition; ``inspect`` reads finished bytes back and tells, for each
anchor that is really there, where it stands (a page, a document's address, a line, a key).
It gets the edition for forms that hold no anchors: a text file shows an entry by its
number and title. What it tells is found in the bytes, never taken from the edition.
`render_checked` calls both and compares: every entry and brief that went in came out, or it
raises. Built-in backends stand in `TABLE`; others come by the entry point
``exporter.backends``.
"""

from __future__ import annotations

from functools import cache
from typing import Protocol, cast

import msgspec

from exporter import plugins
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings
from exporter.errors import IncompleteError
from exporter.model import visit

TABLE: dict[str, tuple[str, str]] = {
    "pdf": ("exporter.backends.pdf", "Print-styled PDF, tagged for accessibility (PDF/UA-1)"),
    "epub": ("exporter.backends.epub", "EPUB 3 for e-readers"),
    "txt": ("exporter.backends.text", "Plain-text digest for mail and terminal"),
    "eml": ("exporter.backends.text.mail", "The text digest as a mail (RFC 5322), to open or send"),
    "md": ("exporter.backends.markdown", "Markdown in one file, which reads back as the same articles"),
    "bib": ("exporter.backends.bibliography.biblatex", "References for BibLaTeX and what imports it"),
    "csl": ("exporter.backends.bibliography.csl", "References as CSL-JSON, for Zotero and pandoc"),
    "ris": ("exporter.backends.bibliography.ris", "References as RIS, for Zotero, EndNote and others"),
    "json": ("exporter.backends.json", "The edition as data (JSON), to work on and read again"),
}
"""Built-in backends: format name → module, and what it makes."""

_SUFFIXES = {**{name: f".{name}" for name in TABLE}, "csl": ".csl.json"}

_PLAIN = frozenset(("txt", "eml", "md", "bib", "csl", "ris"))
"""Formats in which nothing breaks lines at soft hyphens, so that they would be a part of the words."""

USUAL = ("pdf", "epub", "txt")
"""The formats of a run that names none."""


class Locations(msgspec.Struct, frozen=True):
    """Which entry stands where: anchor → page, address, line, citation key or pointer."""

    places: dict[str, str]


class Product(msgspec.Struct, frozen=True):
    """A finished file, checked."""

    data: bytes
    receipt: Locations


class Backend(Protocol):
    """What a backend module offers."""

    SUFFIX: str
    MEDIA_TYPE: str

    def render(self, edition: Edition, settings: Settings, report: Report) -> bytes: ...

    def inspect(self, data: bytes, edition: Edition) -> dict[str, str]: ...


@cache
def names() -> dict[str, str]:
    """All formats: name → import string. Raises `UsageError` where two claim one name."""
    return plugins.registered("exporter.backends", "format", TABLE)


def get(name: str) -> Backend:
    """The backend of that name, imported now. Raises `UsageError` for an unknown one."""
    return cast(Backend, plugins.load("format", name, names()))


def suffix(name: str) -> str:
    """The ending of a format's files, of a built-in one without loading its engine."""
    return _SUFFIXES.get(name) or get(name).SUFFIX


def render_checked(
    edition: Edition, format: str, settings: Settings | None = None, report: Report | None = None
) -> Product:
    """The edition's file in that format, read back and found complete.

    Raises `IncompleteError` naming what is missing from the file.
    """
    backend = get(format)
    settings = settings or Settings()
    report = report if report is not None else Report()
    if settings.with_pages and format == "epub":
        printed = get("pdf").render(edition, settings, Report())
        settings = msgspec.structs.replace(settings, pages=get("pdf").inspect(printed, edition))
    if format in _PLAIN:
        edition = _without_soft_hyphens(edition)
    data = backend.render(edition, settings, report)
    places = backend.inspect(data, edition)
    missing = [e.article.title for e in edition.entries if e.anchor not in places]
    missing += [b.teaser.title for b in edition.briefs if b.anchor not in places]
    if missing:
        listed = "; ".join(title[:80] for title in missing[:5])
        raise IncompleteError(
            f"{len(missing)} of {len(edition.entries) + len(edition.briefs)} articles are not in the"
            f" {format} file: {listed}",
            "Nothing was written. Please report this with the articles named.",
        )
    wanted = [*(e.anchor for e in edition.entries), *(b.anchor for b in edition.briefs)]
    return Product(data, Locations({anchor: places[anchor] for anchor in wanted}))


def _without_soft_hyphens(edition: Edition) -> Edition:
    """The edition with no U+00AD in any of its texts."""
    articles = (entry.article for entry in edition.entries)
    texts = (text for a in articles for text in (a.title, *visit.texts(a.blocks, notes=True)))
    if not any("\xad" in text for text in texts):
        return edition
    data = msgspec.json.encode(edition).replace("\xad".encode(), b"")
    return msgspec.json.decode(data, type=Edition)
