"""What is done to the joined file: metadata, identity, the tags' finer points; and reading it back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from pikepdf import Array, Dictionary, NameTree, Pdf
from pikepdf.models.metadata import encode_pdf_date

from exporter.backends.common.templates import fill
from exporter.backends.pdf import archive
from exporter.backends.pdf.archive import Attachment
from exporter.backends.pdf.headers_footers import HeadersFooters
from exporter.backends.pdf.join import join
from exporter.backends.pdf.layout import Laid
from exporter.backends.pdf.metadata import PdfMetadata
from exporter.backends.pdf.syntax import dictionary, refer, string
from exporter.backends.pdf.writer import Writer


def finalize(
    sections: Sequence[Laid],
    front: int,
    headers_footers: HeadersFooters,
    metadata: PdfMetadata,
    attachments: Sequence[Attachment] | None = None,
) -> bytes:
    """The finished file of laid-out sections, the first so many pages of which are ``front``
    matter: the same in, the same out. With ``attachments``, be they none, it is one to keep
    (PDF/A-3a)."""
    writer = Writer()
    titles = {**_outlined(sections), **metadata.titles}
    # How a picture is smoothed an archive pages to the viewer (ISO 19005-3, 6.2.8).
    catalogue = join(writer, sections, front, headers_footers, titles, smooth=attachments is None)
    packet = fill("pdf/metadata.xml", head=metadata, archival=attachments is not None).strip().encode()
    catalogue |= {
        "Metadata": refer(writer.put_stream(packet, b"/Type/Metadata/Subtype/XML")),
        "PageMode": b"/UseOutlines",
    }
    if attachments is not None:
        kept = archive.keep(writer, attachments, pdf_date(metadata.modified))
        evidence = b"/EmbeddedFiles %s>>" % kept.pop("EmbeddedFiles")
        catalogue |= {**kept, "Names": catalogue["Names"][:-2] + evidence}
    return writer.end(writer.put(dictionary(catalogue)), _put_information(writer, metadata))


def _outlined(sections: Sequence[Laid]) -> dict[str, str]:
    """What the outline calls the places that it leads to, by their anchors."""
    pages = [page for laid in sections for page in laid.pages]
    return {
        anchor: mark.label
        for page in pages
        for anchor, box in page.anchors.items()
        for mark in page.bookmarks
        if abs(mark.y - box.y) < 1
    }


def locate(data: bytes) -> dict[str, str]:
    """For each named destination that lies on a page of the file the page's label."""
    with Pdf.open(io.BytesIO(data)) as pdf:
        return {anchor: pdf.pages[index].label for anchor, index in destinations(pdf).items()}


def destinations(pdf: Pdf) -> dict[str, int]:
    """Named destination → index of its page, from 0; those that lead nowhere are left out."""
    names = pdf.Root.get("/Names", Dictionary()).get("/Dests")
    if names is None:
        return {}
    pages = {page.obj.objgen: index for index, page in enumerate(pdf.pages)}
    by_label = {}
    for name, target in NameTree(names).items():
        explicit = target.get("/D") if isinstance(target, Dictionary) else target
        if isinstance(explicit, Array) and len(explicit) and isinstance(explicit[0], Dictionary):
            index = pages.get(explicit[0].objgen)
            if index is not None:
                by_label[name] = index
    return by_label


# -- Metadata ----------------------------------------------------------------------------


def _put_information(writer: Writer, metadata: PdfMetadata) -> int:
    """What the file says of itself in the older form: the same as its XMP."""
    date = pdf_date(metadata.modified)
    fields = {
        "Title": metadata.title,
        "Author": "; ".join(metadata.record.authors),
        "Subject": metadata.description,
        "Keywords": "; ".join(metadata.record.subjects),
        "Creator": metadata.generator,
        "Producer": metadata.producer,
        "CreationDate": date,
        "ModDate": date,
    }
    return writer.put(dictionary({key: string(value) for key, value in fields.items() if value}))


def pdf_date(instant: str) -> str:
    """An instant in ISO 8601 as PDF writes it (ISO 32000-1, 7.9.4)."""
    return encode_pdf_date(datetime.fromisoformat(instant))
