"""HTML and CSS to a tagged PDF: a pure function around the layout engine, WeasyPrint.

It knows nothing of editions: the same HTML, CSS and resources give the same bytes, so a
run of pages can be laid out anywhere and kept. Importing it raises `MissingLibrary` where
the system lacks what the engine needs.
"""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from exporter.backends.pdf.assets import SCHEME, Resource
from exporter.errors import MissingLibrary

PACKAGES = (
    "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0;"
    " dnf install pango harfbuzz; brew install pango harfbuzz"
)
"""How to get the system's libraries that the engine needs."""

try:
    with warnings.catch_warnings():
        # Without libharfbuzz-subset the engine warns on import; `SUBSETTER` tells the user.
        warnings.simplefilter("ignore", DeprecationWarning)
        from weasyprint import CSS, HTML
        from weasyprint.text.ffi import harfbuzz_subset
        from weasyprint.text.fonts import FontConfiguration

        from exporter.backends.pdf.fetch import Fetcher
except OSError as error:
    raise MissingLibrary(
        f"the layout engine lacks a library: {str(error).splitlines()[0]}", f"Install it: {PACKAGES}."
    ) from error

SUBSETTER = harfbuzz_subset is not None
"""Whether the HarfBuzz subsetter is there; the engine's own is many times slower."""

_QUIET = ("fontTools", "PIL")


class Laid(NamedTuple):
    """A laid-out document: its bytes, and what the engine complained of: (kind, message)."""

    data: bytes
    complaints: tuple[tuple[str, str], ...]


def lay_out(html: str, css: str, resources: Mapping[str, Resource], *, epoch: int = 0) -> Laid:
    """The PDF of one HTML document, tagged for PDF/UA-1, with a destination for every id.

    ``css`` is the whole style sheet; ``resources`` all that HTML and CSS may refer to;
    ``epoch`` the second that subset fonts are stamped with, where they are stamped.
    """
    fetcher = Fetcher(resources)
    with _listening() as heard, _stamped(epoch):
        fonts = FontConfiguration()
        sheet = CSS(string=css, font_config=fonts, url_fetcher=fetcher, base_url=SCHEME)
        document = HTML(string=html, url_fetcher=fetcher, base_url=SCHEME)
        data = document.write_pdf(
            stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True
        )
    return Laid(data or b"", tuple(dict.fromkeys(map(_complaint, heard))))


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
def _stamped(epoch: int) -> Iterator[None]:
    """Without the HarfBuzz subsetter fonts carry the time they were cut: it is fixed here."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def _complaint(message: str) -> tuple[str, str]:
    of_style = re.match(r"Ignored|Unknown|Invalid|Parse error|Expected|Unsupported|This stylesheet", message)
    return ("style-problem" if of_style else "layout-problem"), message[:300]
