"""The PDF backend: an edition to a print-styled PDF, tagged for accessibility (PDF/UA-1).

    compose    Edition → sheets (HTML, CSS, fonts, pictures), cut where a page begins anyway;
               contents and index wait for page numbers             (`cut`, `style`, `fit`, `fonts`)
    layout     a sheet → a tagged PDF and what stands on its pages  (WeasyPrint; in `workers`)
    numbering  the laid-out body → references, contents and index with true page numbers
    furniture  all pages → running heads and folios, and where the text stands between them
    join       all of these → one file with one structure, one set of fonts (`typecase`), one outline
    bind       that file → metadata, identity, finer tags; and what makes it one to keep (`archive`)

The engine is imported when an edition is rendered, not before: it needs libraries of the
system, and a machine without them can still make the other formats.
"""

from __future__ import annotations

import msgspec

from exporter.backends import Settings
from exporter.diagnostics import Report
from exporter.edition import Edition

SUFFIX = ".pdf"
MEDIA_TYPE = "application/pdf"


def render(edition: Edition, settings: Settings, report: Report) -> bytes:
    """The edition's PDF. Raises `MissingLibrary` where the system lacks the layout's libraries."""
    from exporter.backends.pdf.layout import PACKAGES, SUBSETTER  # isort: skip  # may be missing
    from exporter.backends.pdf import archive, cache, furniture, numbering, pagerules
    from exporter.backends.pdf.bind import bind
    from exporter.backends.pdf.compose import compose
    from exporter.backends.pdf.imprint import imprint
    from exporter.backends.pdf.workers import lay_out_all

    if settings.cache and not cache.is_usable():
        report.add("cache-unusable", str(cache.folder()))
        settings = msgspec.structs.replace(settings, cache=False)
    manuscript = compose(edition, settings, report)
    sections, pages = numbering.lay_out(manuscript.body, settings)
    front, back = manuscript.front, manuscript.back(pages)
    drafts = [numbering.numbered(sheet, pages, first=n == 0) for n, sheet in enumerate((*front, *back))]
    laid = lay_out_all(drafts, settings)
    opening = list(zip(front, laid, strict=False))
    if pagerules.read(front[0].css).mirrored and sum(len(one.pages) for _, one in opening) % 2:
        # The body begins on a right-hand page.
        verso = numbering.numbered(manuscript.verso, pages)
        opening += zip([manuscript.verso], lay_out_all([verso], settings), strict=True)
    body = [*zip(manuscript.body, sections, strict=True), *zip(back, laid[len(front) :], strict=True)]
    frame = furniture.lay_out(opening, body, manuscript.verso, settings)
    if settings.cache:
        cache.trim()
    if not SUBSETTER:
        report.add("subsetter-missing", "libharfbuzz-subset", PACKAGES)
    every = [one for _, one in (*opening, *body)]
    complaints = [complaint for one in every for complaint in one.complaints]
    for kind, message in (*complaints, *frame.complaints):
        where = f"{settings.style}/print.css" if kind == "style-problem" else edition.title
        report.add(kind, where, message)
    kept = archive.attachments(edition, settings.originals, report) if settings.archival else None
    return bind(every, sum(len(one.pages) for _, one in opening), frame, imprint(edition), kept)


def inspect(data: bytes, edition: Edition) -> dict[str, str]:
    """The page label of every entry and brief that has a destination on a page."""
    from exporter.backends.pdf.bind import inspect as read_back

    del edition
    return read_back(data)
