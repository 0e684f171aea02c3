"""HTML and CSS to a tagged PDF: a pure function around the layout engine, WeasyPrint.

It knows nothing of editions: the same section gives the same bytes, so a run of pages can
be laid out anywhere and kept. Importing it raises `MissingLibrary` where
the system lacks what the engine needs.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

from pikepdf import Pdf

from exporter.backends.pdf import marks, tags, variables
from exporter.backends.pdf.assets import SCHEME, HtmlSection, Resource
from exporter.backends.pdf.marks import Marks
from exporter.backends.pdf.page_fragment import PageFragment, take_apart
from exporter.errors import MissingLibrary

PACKAGES = (
    "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0;"
    " dnf install pango harfbuzz; brew install pango harfbuzz"
)
"""How to get the system's libraries that the engine needs."""

try:
    with warnings.catch_warnings():
        # On import the engine warns if libharfbuzz-subset is missing, which `SUBSETTER` says, and if
        # the system has no fonts: the program brings its own.
        warnings.simplefilter("ignore")
        from weasyprint import CSS, HTML
        from weasyprint.text.ffi import harfbuzz_subset
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher, URLFetcherResponse

        from exporter.backends.common.page_marks import SIGN
except OSError as error:
    raise MissingLibrary(
        f"the layout engine lacks a library: {str(error).splitlines()[0]}", f"Install it: {PACKAGES}."
    ) from error

SUBSETTER = harfbuzz_subset is not None
"""Whether the HarfBuzz subsetter is there; the engine's own is many times slower."""

POINT = 0.75
"""Points in the engine's unit, the CSS pixel."""

_QUIET = ("fontTools", "PIL")
_OF_STYLE = re.compile(
    "Error: |Ignored|Unknown|Invalid|Parse error|Expected|Unsupported|Empty|Deprecated|Missing|No source"
    "|In counter|Failed to load style|@layer|@import|This stylesheet"
)
"""How the engine's messages on CSS begin."""


class Box(NamedTuple):
    """A place on a page in points from its lower left corner: the box's upper left, its width."""

    x: float
    y: float
    width: float


class Bookmark(NamedTuple):
    """A line for the outline; the level counts from 1, the highest."""

    level: int
    label: str
    x: float
    y: float
    closed: bool


class Page(NamedTuple):
    """What one laid-out page holds: the ids that begin on it, in order, those that go on from
    a page before, and bookmarks. ``place`` is its place in its file, from 0: even ones were
    laid out as right-hand pages."""

    anchors: Mapping[str, Box]
    carried: tuple[str, ...]
    bookmarks: tuple[Bookmark, ...]
    place: int


class Laid(NamedTuple):
    """A laid-out document: its PDF taken apart, what stands where, and what the engine complained
    of: (kind, message). It has several fragments where it could only be laid out in pieces."""

    fragments: tuple[PageFragment, ...]
    pages: tuple[Page, ...]
    complaints: tuple[tuple[str, str], ...]


class Failure(NamedTuple):
    """A document that the engine could not lay out, and why."""

    reason: str


def attempt(section: HtmlSection) -> Laid | Failure:
    """The section laid out, or what kept the engine from it: a pure function, to run anywhere."""
    try:
        laid = lay_out(section.html, section.css, section.resources, own=section.own, tagged=section.tagged)
    except MemoryError:
        return Failure("it takes too much memory")
    except Exception as error:  # whatever the engine raises on content that it cannot lay out
        return Failure(f"{type(error).__name__}: {str(error)[:200]}".rstrip(": "))
    # The engine may end a layout early and not say so.
    there = {anchor for page in laid.pages for anchor in page.anchors}
    lost = sum(anchor not in there for anchor in section.anchors)
    return Failure(f"{lost} of {len(section.anchors)} articles came out on no page") if lost else laid


def lay_out(
    html: str, css: str, resources: Mapping[str, Resource], *, own: str = "", tagged: bool = True
) -> Laid:
    """One HTML document laid out, tagged for PDF/UA-1 unless it is mere headers and footers.

    ``css`` is the whole style section but for what this document has of its ``own``;
    ``resources`` all that HTML and CSS may refer to.
    """
    output = printed(html, variables.settled(css, html), resources, own=own, tagged=tagged)
    with Pdf.open(io.BytesIO(output.data)) as pdf:
        if output.marks is not None:
            seed = hashlib.sha256(output.data).hexdigest()[:8]
            tags.complete(pdf, seed, output.marks, [tuple(page.anchors) for page in output.document.pages])
        fragment = take_apart(pdf)
    return Laid((fragment,), _pages(output.document), output.complaints)


class Printed(NamedTuple):
    """What the engine makes of a document: its PDF, what it knows of its pages, what it complained
    of; and what was marked before, if it is tagged."""

    data: bytes
    document: Any
    complaints: tuple[tuple[str, str], ...]
    marks: Marks | None


def printed(
    html: str, css: str, resources: Mapping[str, Resource], *, own: str = "", tagged: bool = True
) -> Printed:
    """The document as the engine pages it."""
    fetcher = Fetcher(resources)
    variant = "pdf/ua-1" if tagged else None
    with _listening() as heard, _stamped():
        font_files = frozenset((a, r) for a, r in resources.items() if r.media_type.startswith("font/"))
        style, fonts, of_style = _prepared(css, font_files)
        source = HTML(string=html, url_fetcher=fetcher, base_url=SCHEME)
        marked = marks.mark(source.etree_element) if tagged else None
        styles = [style, *([CSS(string=own, base_url=SCHEME)] if own else [])]
        document = source.render(stylesheets=styles, font_config=fonts, pdf_variant=variant, pdf_tags=tagged)
        data = document.write_pdf(pdf_variant=variant, pdf_tags=tagged)
    return Printed(data, document, tuple(dict.fromkeys(map(_complaint, (*of_style, *heard)))), marked)


@lru_cache(maxsize=12)
def _prepared(css: str, fonts: frozenset[tuple[str, Resource]]) -> tuple[Any, Any, tuple[str, ...]]:
    """The style section read, its fonts loaded, and what the engine said of it: most sections
    that a process lays out have these in common."""
    with _listening() as heard:
        loaded = FontConfiguration()
        fetcher = Fetcher(dict(fonts))
        style = CSS(string=css, font_config=loaded, url_fetcher=fetcher, base_url=SCHEME)
    return style, loaded, tuple(heard)


def _pages(document: Any) -> tuple[Page, ...]:
    """Of an id that stands on several pages the first counts; of paragraphs with names the
    first that begins on a page."""
    seen: set[str] = set()
    pages = []
    for place, page in enumerate(document.pages):
        named = [name for name in page.anchors if not name.startswith(marks.OWN)]
        begun = [name for name in named if name not in seen]
        marked = [name for name in begun if SIGN in name]
        anchors = {}
        for name in begun:
            if name not in marked[1:]:
                left, top, right, _ = page.anchors[name]
                anchors[name] = Box(left * POINT, (page.height - top) * POINT, (right - left) * POINT)
        carried = tuple(name for name in page.anchors if name in seen)
        seen |= set(begun)
        bookmarks = tuple(
            Bookmark(level, label, x * POINT, (page.height - y) * POINT, state == "closed")
            for level, label, (x, y), state in page.bookmarks
        )
        pages.append(Page(anchors, carried, bookmarks, place))
    return tuple(pages)


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    """The engine speaks through its logger alone: what it says is caught, not printed."""
    ear = _Ear()
    logger = logging.getLogger("weasyprint")
    loggers = [logger, *map(logging.getLogger, _QUIET)]
    before = [(one.level, one.propagate) for one in loggers]
    logger.addHandler(ear)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    for one in loggers[1:]:
        one.setLevel(logging.CRITICAL)
    try:
        yield ear.heard
    finally:
        logger.removeHandler(ear)
        for one, (level, propagate) in zip(loggers, before, strict=True):
            one.setLevel(level)
            one.propagate = propagate


@contextmanager
def _stamped() -> Iterator[None]:
    """Without the HarfBuzz subsetter fonts carry the time they were cut: it is fixed here."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def _complaint(message: str) -> tuple[str, str]:
    if _OF_STYLE.match(message):
        # What stands before the style's own CSS is all in its first line: columns tell nothing.
        return "style-problem", re.sub(r" at (\d+):\d+", r" in line \1", message)[:300]
    return "layout-problem", message[:300]


# -- What the layout engine may fetch: what it was handed, by name, and nothing else.


class Fetcher(URLFetcher):  # type: ignore[misc]  # the engine ships no types
    """Serves addresses from a mapping. Files, the network and ``data:`` are refused."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        super().__init__(timeout=1, allowed_protocols=(), allow_redirects=False)
        self._resources = resources

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        del headers
        resource = self._resources.get(url)
        if resource is None:
            raise ValueError(f"not part of the edition: {url[:200]}")
        return URLFetcherResponse(url, resource.read(), {"Content-Type": resource.media_type})
