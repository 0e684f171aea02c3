"""The table of formats: each described in one row, its backend imported when it is used.

A backend renders an edition to the bytes of one file (`Backend.render`) and reads finished bytes back
(`Backend.locate`). `render_checked` calls both and compares: every entry and brief that went in came out,
or it raises. Built-in formats are in `TABLE`; others join by the entry point ``exporter.backends``.
"""

from __future__ import annotations

import codecs
import io
from functools import cache
from typing import Protocol, cast

import msgspec

from exporter import plugins
from exporter.backends.common.own_output import Open
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings
from exporter.errors import IncompleteError
from exporter.model import visit
from exporter.version import __version__
from exporter.workers import resource_bundle

_MOST_TEXT = 16 * 1024**2
"""Bytes of a text in UTF-16 that are looked at."""


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """All that the program knows of a format; a backend of another package has one as its ``FORMAT``.

    ``module`` is the import string of the backend; ``suffix`` ends its files, with the dot; ``about`` says
    in a line what it makes. ``options`` are the fields of `exporter.editions.options.Settings` that it
    uses. ``packages`` are the distributions that its bytes depend on: a file is rendered again when the
    version of one of them changes, and another machine must have the same. ``breaks_lines`` tells that
    soft hyphens (U+00AD) are of use in it; elsewhere they are taken out of all texts. ``is_usual`` tells
    that a run makes it if none is named. ``page_labels_from`` is the format whose pages it may refer to.
    ``recognised_by`` is the import string, with a colon before the function, of what knows a file of this
    format as exporter's output (see `exporter.backends.common.own_output`); it is only asked about files
    that have one of the ``signs`` in their head.
    """

    module: str = ""
    suffix: str
    media_type: str
    about: str
    options: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    breaks_lines: bool = False
    is_usual: bool = False
    page_labels_from: str = ""
    recognised_by: str = ""
    signs: tuple[bytes, ...] = ()


_OWN = "exporter.backends.common.own_output"
_TEXT = ("anyascii", "babel", "wcwidth")
_DRAWN = ("pillow", "resvg-py")
_FONTS = (
    *("fonttools", "fontpkg-ibm-plex-serif", "fontpkg-ibm-plex-sans", "fontpkg-ibm-plex-mono"),
    *("fontpkg-ibm-plex-sans-arabic", "fontpkg-spectral"),
)

TABLE: dict[str, Format] = {
    "pdf": Format(
        module="exporter.backends.pdf",
        suffix=".pdf",
        media_type="application/pdf",
        about="Print-styled PDF, tagged for accessibility (PDF/UA-1)",
        options=("style", "paper", "look", "archival", "cache"),
        packages=(
            *("weasyprint", "pydyf", "pyphen", "tinycss2", "cssselect2", "brotli", "zopfli"),
            *("pikepdf", "jinja2", "babel", "lxml", *_DRAWN, *_FONTS),
        ),
        breaks_lines=True,
        is_usual=True,
        recognised_by=f"{_OWN}:is_pdf",
        signs=(b"%PDF-",),
    ),
    "epub": Format(
        module="exporter.backends.epub",
        suffix=".epub",
        media_type="application/epub+zip",
        about="EPUB 3 for e-readers",
        options=("style", "image_max", "cover", "with_pages", "embed_fonts"),
        packages=("ebooklib", "lxml", "jinja2", "babel", *_DRAWN, *_FONTS),
        breaks_lines=True,
        is_usual=True,
        page_labels_from="pdf",
        recognised_by=f"{_OWN}:is_epub",
        signs=(b"mimetypeapplication/epub+zip",),
    ),
    "txt": Format(
        module="exporter.backends.text",
        suffix=".txt",
        media_type="text/plain; charset=utf-8",
        about="Plain-text digest for mail and terminal",
        options=("width", "ascii", "flowed"),
        packages=_TEXT,
        is_usual=True,
        recognised_by=f"{_OWN}:is_text",
        signs=(b"=",),
    ),
    "eml": Format(
        module="exporter.backends.text.mail",
        suffix=".eml",
        media_type="message/rfc822",
        about="The text digest as a mail (RFC 5322), to open or send",
        options=("width", "ascii"),
        packages=_TEXT,
        recognised_by=f"{_OWN}:is_mail",
        signs=(b"@exporter.invalid>",),
    ),
    "md": Format(
        module="exporter.backends.markdown",
        suffix=".md",
        media_type="text/markdown; charset=utf-8",
        about="Markdown in one file, which reads back as the same articles",
        packages=("babel", "pyyaml"),
        recognised_by=f"{_OWN}:is_markdown",
        signs=(b"form: exporter-edition-",),
    ),
    "bib": Format(
        module="exporter.backends.bibliography.biblatex",
        suffix=".bib",
        media_type="application/x-bibtex",
        about="References for BibLaTeX and what imports it",
        packages=("babel",),
        recognised_by=f"{_OWN}:is_references",
        signs=(b"@",),
    ),
    "csl": Format(
        module="exporter.backends.bibliography.csl",
        suffix=".csl.json",
        media_type="application/vnd.citationstyles.csl+json",
        about="References as CSL-JSON, for Zotero and pandoc",
        packages=("babel",),
        recognised_by=f"{_OWN}:is_references",
        signs=(b'"type": "',),
    ),
    "ris": Format(
        module="exporter.backends.bibliography.ris",
        suffix=".ris",
        media_type="application/x-research-info-systems",
        about="References as RIS, for Zotero, EndNote and others",
        packages=("babel",),
        recognised_by=f"{_OWN}:is_references",
        signs=(b"TY  - ",),
    ),
    "json": Format(
        module="exporter.backends.json",
        suffix=".json",
        media_type="application/json",
        about="The edition as data (JSON), to work on and read again",
        breaks_lines=True,
        recognised_by=f"{_OWN}:is_json",
        signs=(b'"exporter"', b'"identifier"'),
    ),
}
"""Built-in formats by name."""

USUAL = tuple(name for name, row in TABLE.items() if row.is_usual)
"""The formats of a run that names none."""


class Locations(msgspec.Struct, frozen=True):
    """Which entry stands where: anchor → page, address, line, citation key or pointer."""

    places: dict[str, str]


class Product(msgspec.Struct, frozen=True):
    """A finished file, checked."""

    data: bytes
    receipt: Locations


class Backend(Protocol):
    """What a backend module offers.

    ``FORMAT`` describes it; a built-in one has a row in `TABLE` instead.
    """

    FORMAT: Format

    def render(self, edition: Edition, settings: Settings, report: Report) -> bytes:
        """The edition's file. Every entry (``edition.entries``, in ``edition.parts``) and every brief
        (``edition.briefs``) is to be in it. What cannot be shown is added to ``report``. Raises
        `exporter.errors.ExporterError` where there can be no file."""
        ...

    def locate(self, data: bytes, edition: Edition) -> dict[str, str]:
        """Where each entry and brief is in the finished bytes: anchor → page, address, line or pointer.

        What it says is found in the bytes, never taken from the edition, which is given for formats that
        hold no anchors. Raises `IncompleteError` for bytes that are not of the format."""
        ...


@cache
def names() -> dict[str, str]:
    """All formats: name → import string. Raises `UsageError` where two claim one name."""
    return plugins.registered(
        "exporter.backends", "format", {name: row.module for name, row in TABLE.items()}
    )


def get(name: str) -> Backend:
    """The backend of that name, imported now. Raises `UsageError` for an unknown one."""
    return cast(Backend, plugins.load("format", name, names()))


def describe(name: str) -> Format:
    """The description of a format, of a built-in one without importing its engine. Raises `UsageError`."""
    return TABLE.get(name) or get(name).FORMAT


def suffix(name: str) -> str:
    """The ending of a format's files, with the dot. Raises `UsageError`."""
    return describe(name).suffix


@cache
def versions(name: str) -> dict[str, str]:
    """The versions of exporter and of all packages that the format's bytes depend on, by name; ``none``
    for one that is not installed."""
    return {"exporter": __version__, **resource_bundle.installed(describe(name).packages)}


def is_own_output(name: str, head: bytes, content: Open) -> bool:
    """Whether a file is an output of exporter, in any format. ``head`` is its beginning, some ten thousand
    bytes; ``content`` opens it, to look further where that is worth it. Raises `OSError`."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # as some editors save a text
        with content() as file:
            text = _as_utf8(file.read(_MOST_TEXT))
        return is_own_output(name, _as_utf8(head), lambda: io.BytesIO(text))
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return any(
        any(sign in head for sign in row.signs) and plugins.function(row.recognised_by)(name, head, content)
        for row in map(describe, names())
        if row.recognised_by
    )


def _as_utf8(text: bytes) -> bytes:
    return text.decode("utf-16", "replace").encode("utf-8", "replace")


def render_checked(
    edition: Edition, format: str, settings: Settings | None = None, report: Report | None = None
) -> Product:
    """The edition's file in that format, read back and found complete.

    Raises `IncompleteError` naming what is missing from the file.
    """
    backend = get(format)
    settings = settings or Settings()
    report = report if report is not None else Report()
    row = describe(format)
    if settings.with_pages and row.page_labels_from:
        printed = get(row.page_labels_from)
        pages = printed.locate(printed.render(edition, settings, Report()), edition)
        settings = msgspec.structs.replace(settings, pages=pages)
    if not row.breaks_lines:
        edition = _without_soft_hyphens(edition)
    data = backend.render(edition, settings, report)
    places = backend.locate(data, edition)
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
