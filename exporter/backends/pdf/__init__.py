"""The PDF backend: an edition to a print-styled PDF, tagged for accessibility (PDF/UA-1).

    compose   Edition → HTML, CSS, fonts and pictures       (no engine; `fit`, `fonts`)
    layout    HTML, CSS, resources → PDF                    (WeasyPrint; knows no editions)
    bind      PDF → PDF with metadata, identity, fine tags  (pikepdf)

The engine is imported when an edition is rendered, not before: it needs libraries of the
system, and a machine without them can still make the other formats.
"""

from __future__ import annotations

from exporter import dates
from exporter.backends import Settings
from exporter.diagnostics import Report
from exporter.edition import Edition

SUFFIX = ".pdf"
MEDIA_TYPE = "application/pdf"


def render(edition: Edition, settings: Settings, report: Report) -> bytes:
    """The edition's PDF. Raises `MissingLibrary` where the system lacks the layout's libraries."""
    from exporter.backends.pdf.bind import bind
    from exporter.backends.pdf.compose import compose
    from exporter.backends.pdf.imprint import imprint
    from exporter.backends.pdf.layout import PACKAGES, SUBSETTER, lay_out

    document = compose(edition, settings, report)
    epoch = int(dates.instant(edition.modified).timestamp())
    laid = lay_out(document.html, document.css, document.resources, epoch=epoch)
    if not SUBSETTER:
        report.add("subsetter-missing", "libharfbuzz-subset", PACKAGES)
    for kind, message in laid.complaints:
        report.add(kind, edition.title, message)
    return bind(laid.data, imprint(edition))


def inspect(data: bytes, edition: Edition) -> dict[str, str]:
    """The page label of every entry and brief that has a destination on a page."""
    from exporter.backends.pdf.bind import inspect as read_back

    del edition
    return read_back(data)
