"""The PDF backend: an edition to a print-styled PDF, tagged for accessibility (PDF/UA-1).

    compose          Edition → sections (HTML, CSS, fonts, pictures), cut where a page begins anyway;
                     contents and index wait for page numbers (`sectioning`, `style`, `fit`, `fonts`)
    layout           a section → a tagged PDF, its `tags` completed, taken apart (`page_fragment`), and
                     what is on its pages (WeasyPrint; in `workers`)
    numbering        the laid-out body → references, contents and index with true page numbers
    headers_footers  all pages → running heads and page numbers, and where the text is between them
    join             all of these → one file with one structure, one set of fonts (`font_merging`), one
                     outline, written object by object (`writer`, `syntax`)
    finalize         that file → metadata, identity; and what an archival file needs (`archive`)

The engine is imported when an edition is rendered, not before: it needs libraries of the
system, and a machine without them can still render the other formats.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings


def render(edition: Edition, settings: Settings, report: Report) -> bytes:
    """The edition's PDF. Raises `MissingLibrary` where the system lacks the layout's libraries."""
    from exporter.backends.pdf.layout import PACKAGES, SUBSETTER  # isort: skip  # may be missing
    from exporter.backends.pdf import archive, cache
    from exporter.backends.pdf.compose import compose
    from exporter.backends.pdf.finalize import finalize
    from exporter.backends.pdf.metadata import pdf_metadata
    from exporter.backends.pdf.pipeline import lay_out_all
    from exporter.backends.pdf.workers import Press

    if settings.cache and not cache.is_usable():
        report.add("cache-unusable", str(cache.folder()))
        settings = msgspec.structs.replace(settings, cache=False)
    with Press(settings) as press:
        pages = lay_out_all(compose(edition, settings, report), press)
    _report_plainly(press.plainly, edition, report)
    if press.without_flex:
        what = f"flex and grid were set as blocks: {press.without_flex}"
        report.add("style-problem", f"{settings.style}/print.css", what)
    if settings.cache:
        cache.trim()
    if not SUBSETTER:
        report.add("subsetter-missing", "libharfbuzz-subset", PACKAGES)
    complaints = [complaint for laid in pages.sections for complaint in laid.complaints]
    for kind, message in (*complaints, *pages.headers_footers.complaints):
        where = f"{settings.style}/print.css" if kind == "style-problem" else edition.title
        report.add(kind, where, message)
    kept = archive.attachments(edition, settings.originals, report) if settings.archival else None
    return finalize(pages.sections, pages.front, pages.headers_footers, pdf_metadata(edition), kept)


def _report_plainly(plainly: Mapping[str, str], edition: Edition, report: Report) -> None:
    places = {entry.anchor: (entry.article.origin.name, entry.article.title) for entry in edition.entries}
    places |= {brief.anchor: (edition.title, brief.teaser.title) for brief in edition.briefs}
    for anchor, (where, title) in places.items():
        if anchor in plainly:
            report.add("article-set-plainly", where, f"{title[:80]}: {plainly[anchor]}")


def locate(data: bytes, edition: Edition) -> dict[str, str]:
    """The page label of every entry and brief that has a destination on a page."""
    from exporter.backends.pdf.finalize import locate as read_back

    del edition
    return read_back(data)
