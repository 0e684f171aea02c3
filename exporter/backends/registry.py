"""The table of formats: each described in one row, its backend imported when it is used.

A backend renders an edition to the bytes of one file (`Backend.render`) and reads finished bytes back
(`Backend.locate`). `render_checked` calls both and raises if an entry or a brief is not in the file.
Built-in formats are in `TABLE`; others join by the entry point ``exporter.backends``. The contract is in
docs/formats.md.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol, cast

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
"""Bytes of a text in UTF-16 that are searched."""


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """Describes a format; a backend of another package has one as its ``FORMAT``.

    - ``module``: the import string of the backend; a backend of another package leaves it empty.
    - ``suffix``: the ending of its files, with the dot.
    - ``media_type``: the media type of its files.
    - ``about``: a line for ``exporter formats``.
    - ``options``: the options of an export that change its files, as fields of
      `exporter.editions.options.Settings`.
    - ``packages``: the distributions that its bytes depend on. A file is rendered again when the version
      of one of them changes, and the workers of a cluster must have the same versions.
    - ``breaks_lines``: whether soft hyphens (U+00AD) are useful in it; if not, no text contains any.
    - ``is_usual``: whether a run that names no format writes it.
    - ``page_labels_from``: the format whose pages it may refer to (``--with-pages``).
    - ``recognised_by``: the import string (``package.module:function``) of a `Recogniser` for its files.
    - ``signs``: the recogniser is called for files with one of these in their first bytes.
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
_REFERENCES = ("anyascii", "babel")
_PAGES = ("jinja2", "markupsafe", "babel", "lxml", "pillow", "resvg-py", "fonttools")
_FONTS = (
    *("fontpkg-ibm-plex-serif", "fontpkg-ibm-plex-sans", "fontpkg-ibm-plex-mono"),
    "fontpkg-ibm-plex-sans-arabic",
)

TABLE: dict[str, Format] = {
    "pdf": Format(
        module="exporter.backends.pdf",
        suffix=".pdf",
        media_type="application/pdf",
        about="Print-styled PDF, tagged for accessibility (PDF/UA-1)",
        options=("style", "paper", "look", "with_pages", "archival"),
        packages=(
            *("weasyprint", "pydyf", "pyphen", "tinycss2", "tinyhtml5", "cssselect2", "brotli", "zopfli"),
            *("pikepdf", "wcwidth", "msgspec", *_PAGES, *_FONTS, "fontpkg-spectral"),
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
        packages=("ebooklib", *_PAGES, *_FONTS),
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
        packages=("babel", "pyyaml", "wcwidth"),
        recognised_by=f"{_OWN}:is_markdown",
        signs=(b"form: exporter-edition-",),
    ),
    "bib": Format(
        module="exporter.backends.bibliography.biblatex",
        suffix=".bib",
        media_type="application/x-bibtex",
        about="References for BibLaTeX and what imports it",
        packages=_REFERENCES,
        recognised_by=f"{_OWN}:is_references",
        signs=(b"@",),
    ),
    "csl": Format(
        module="exporter.backends.bibliography.csl",
        suffix=".csl.json",
        media_type="application/vnd.citationstyles.csl+json",
        about="References as CSL-JSON, for Zotero and pandoc",
        packages=("msgspec", *_REFERENCES),
        recognised_by=f"{_OWN}:is_references",
        signs=(b'"type": "',),
    ),
    "ris": Format(
        module="exporter.backends.bibliography.ris",
        suffix=".ris",
        media_type="application/x-research-info-systems",
        about="References as RIS, for Zotero, EndNote and others",
        packages=_REFERENCES,
        recognised_by=f"{_OWN}:is_references",
        signs=(b"TY  - ",),
    ),
    "json": Format(
        module="exporter.backends.json",
        suffix=".json",
        media_type="application/json",
        about="The edition as data (JSON), to work on and read again",
        packages=("msgspec",),
        breaks_lines=True,
        recognised_by=f"{_OWN}:is_json",
        signs=(b'"exporter"', b'"identifier"'),
    ),
}
"""Built-in formats by name."""

USUAL = tuple(name for name, row in TABLE.items() if row.is_usual)
"""The formats of a run that names none."""


class Product(msgspec.Struct, frozen=True):
    """A finished file, checked. ``locations`` says where each entry and brief is in it: anchor → page,
    address, line, citation key or pointer."""

    data: bytes
    locations: dict[str, str]


class Backend(Protocol):
    """A module that writes one format.

    ``FORMAT`` describes the format; a built-in backend has a row in `TABLE` instead.
    """

    FORMAT: Format

    def render(self, edition: Edition, settings: Settings, report: Report) -> bytes:
        """Return the bytes of the edition's file.

        Every entry (``edition.entries``, in the order of ``edition.parts``) and every brief
        (``edition.briefs``) must be in the file. ``settings`` are the options of the run; a backend uses
        those that it declares. Add to ``report`` what the format cannot show. The same arguments give the
        same bytes. Raises `exporter.errors.ExporterError` if there can be no file."""
        ...

    def locate(self, data: bytes, edition: Edition) -> dict[str, str]:
        """Return where each entry and each brief is in finished bytes: anchor → place, as shown to users
        (a page, an address, a line, a pointer).

        Find the places in the bytes: ``edition`` is for formats that cannot contain anchors. What is not
        in the bytes is left out. Raises `exporter.errors.IncompleteError` for bytes that are not of the
        format."""
        ...


_FUNCTIONS: dict[str, Any] = {"render": Callable, "locate": Callable}


@cache
def names() -> dict[str, str]:
    """All formats: name → import string. Raises `UsageError` where two claim one name."""
    return plugins.registered(
        "exporter.backends", "format", {name: row.module for name, row in TABLE.items()}
    )


def get(name: str) -> Backend:
    """Import the backend of a format. Raises `UsageError` for an unknown format, and for a backend of
    another package that does not fulfil the contract."""
    contract = _FUNCTIONS if name in TABLE else {**_FUNCTIONS, "FORMAT": Format}
    return cast(Backend, plugins.load("format", name, names(), contract))


def describe(name: str) -> Format:
    """The description of a format; that of a built-in one needs no import. Raises `UsageError`, see `get`."""
    return TABLE.get(name) or get(name).FORMAT


def suffix(name: str) -> str:
    """The ending of a format's files, with the dot. Raises `UsageError`, see `get`."""
    return describe(name).suffix


@cache
def versions(name: str) -> dict[str, str]:
    """The versions of exporter and of all packages that a format's bytes depend on, by name; ``none`` for
    a package that is not installed. Raises `UsageError`, see `get`."""
    return {"exporter": __version__, **resource_bundle.installed(describe(name).packages)}


def is_own_output(name: str, head: bytes, content: Open) -> bool:
    """Whether a file is an output of exporter, in any format: the `Recogniser` of all of them. Raises
    `OSError`."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # as some editors save a text
        with content() as file:
            text = _as_utf8(file.read(_MOST_TEXT))
        return is_own_output(name, _as_utf8(head), lambda: io.BytesIO(text))
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return any(_is_of(format, name, head, content) for format in names())


def _is_of(format: str, name: str, head: bytes, content: Open) -> bool:
    try:
        row = describe(format)
        return any(sign in head for sign in row.signs) and plugins.function(row.recognised_by)(
            name, head, content
        )
    except Exception:
        if format in TABLE:
            raise
        return False  # a package of somebody else must not keep files from being read


def _as_utf8(text: bytes) -> bytes:
    return text.decode("utf-16", "replace").encode("utf-8", "replace")


def render_checked(
    edition: Edition, format: str, settings: Settings | None = None, report: Report | None = None
) -> Product:
    """Render an edition and check that each entry and brief is in the file.

    Raises `IncompleteError` naming those that are missing, `UsageError` (see `get`), and what the backend
    raises.
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
    titles = {entry.anchor: entry.article.title for entry in edition.entries}
    titles |= {brief.anchor: brief.teaser.title for brief in edition.briefs}
    missing = [title for anchor, title in titles.items() if anchor not in places]
    if missing:
        listed = "; ".join(title[:80] for title in missing[:5])
        raise IncompleteError(
            f"{len(missing)} of {len(titles)} articles are not in the {format} file: {listed}",
            "Nothing was written. Please report this with the articles named.",
        )
    return Product(data, {anchor: places[anchor] for anchor in titles})


def _without_soft_hyphens(edition: Edition) -> Edition:
    """The edition without soft hyphens (U+00AD)."""
    articles = (entry.article for entry in edition.entries)
    texts = (text for a in articles for text in (a.title, *visit.texts(a.blocks, notes=True)))
    if not any("\xad" in text for text in texts):
        return edition
    data = msgspec.json.encode(edition).replace("\xad".encode(), b"")
    return msgspec.json.decode(data, type=Edition)
