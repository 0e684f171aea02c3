"""What is done to the joined file: metadata, identity, the tags' finer points; and reading it back."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, Pdf

from exporter.backends.pdf import tags
from exporter.backends.pdf.furniture import Furniture
from exporter.backends.pdf.imprint import Imprint
from exporter.backends.pdf.join import joined
from exporter.backends.pdf.layout import Laid
from exporter.edition import NO_SOURCE


def bind(sections: Sequence[Laid], furniture: Furniture, imprint: Imprint) -> bytes:
    """The finished file of laid-out sections: the same in, the same out."""
    with joined(sections, furniture) as pdf:
        places = destinations(pdf)
        _describe(pdf, imprint)
        tags.mend(pdf)
        tags.tell_languages(pdf, imprint.articles, places)
        tags.name_links(pdf, imprint.titles)
        pdf.Root.PageMode = Name.UseOutlines
        buffer = io.BytesIO()
        pdf.save(
            buffer,
            deterministic_id=True,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return buffer.getvalue()


def inspect(data: bytes) -> dict[str, str]:
    """For each named destination that lies on a page of the file the page's label."""
    with Pdf.open(io.BytesIO(data)) as pdf:
        return {anchor: pdf.pages[index].label for anchor, index in destinations(pdf).items()}


def destinations(pdf: Pdf) -> dict[str, int]:
    """Named destination → index of its page, from 0; those that lead nowhere are left out."""
    names = pdf.Root.get("/Names", Dictionary()).get("/Dests")
    if names is None:
        return {}
    pages = {page.obj.objgen: index for index, page in enumerate(pdf.pages)}
    found = {}
    for name, target in NameTree(names).items():
        explicit = target.get("/D") if isinstance(target, Dictionary) else target
        if isinstance(explicit, Array) and len(explicit) and isinstance(explicit[0], Dictionary):
            index = pages.get(explicit[0].objgen)
            if index is not None:
                found[name] = index
    return found


# -- Metadata ----------------------------------------------------------------------------


def _describe(pdf: Pdf, imprint: Imprint) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        xmp["dc:title"] = imprint.title
        xmp["dc:description"] = imprint.description
        xmp["dc:identifier"] = imprint.identifier
        xmp["dc:language"] = list(imprint.languages)
        xmp["dc:format"] = "application/pdf"
        if imprint.sources:
            xmp["dc:publisher"] = [name for name, _ in imprint.sources if name != NO_SOURCE]
        xmp["xmp:CreatorTool"] = imprint.generator
        xmp["xmp:CreateDate"] = imprint.modified
        xmp["xmp:ModifyDate"] = imprint.modified
        xmp["xmp:MetadataDate"] = imprint.modified
