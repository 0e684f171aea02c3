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

from collections.abc import Mapping

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
    from exporter.backends.pdf.workers import Press

    if settings.cache and not cache.is_usable():
        report.add("cache-unusable", str(cache.folder()))
        settings = msgspec.structs.replace(settings, cache=False)
    manuscript = compose(edition, settings, report)
    with Press(settings) as press:
        sections, pages = numbering.lay_out(manuscript.body, press)
        front, back = manuscript.front, manuscript.back(pages)
        drafts = [numbering.numbered(sheet, pages, first=n == 0) for n, sheet in enumerate((*front, *back))]
        laid = press.lay_out(drafts)
        opening = list(zip(front, laid, strict=False))
        if pagerules.read(front[0].css).mirrored and sum(len(one.pages) for _, one in opening) % 2:
            # The body begins on a right-hand page.
            verso = numbering.numbered(manuscript.verso, pages)
            opening += zip([manuscript.verso], press.lay_out([verso]), strict=True)
        body = [*zip(manuscript.body, sections, strict=True), *zip(back, laid[len(front) :], strict=True)]
        frame = furniture.lay_out(opening, body, manuscript.verso, press)
    _report_plainly(press.plainly, edition, report)
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


def _report_plainly(plainly: Mapping[str, str], edition: Edition, report: Report) -> None:
    places = {entry.anchor: (entry.article.origin.name, entry.article.title) for entry in edition.entries}
    places |= {brief.anchor: (edition.title, brief.teaser.title) for brief in edition.briefs}
    for anchor, (where, title) in places.items():
        if anchor in plainly:
            report.add("article-set-plainly", where, f"{title[:80]}: {plainly[anchor]}")


def inspect(data: bytes, edition: Edition) -> dict[str, str]:
    """The page label of every entry and brief that has a destination on a page."""
    from exporter.backends.pdf.bind import inspect as read_back

    del edition
    return read_back(data)
