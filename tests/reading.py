"""A tagged PDF as it is read out: the structure tree with its text, in order."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import NamedTuple

import pikepdf
import pypdfium2
from pypdfium2 import raw


class StructureElement(NamedTuple):
    """An element: what it is, its language, its text with that of all in it, those in it, and
    the element itself, of an open file."""

    kind: str
    language: str | None
    text: str
    inner: list[StructureElement]
    element: pikepdf.Object

    def every(self, kind: str) -> Iterator[StructureElement]:
        if self.kind == kind:
            yield self
        for child in self.inner:
            yield from child.every(kind)


def read_out(pdf: pikepdf.Pdf) -> StructureElement:
    """The whole of an open file, as told to somebody who does not see it."""
    buffer = io.BytesIO()
    pdf.save(buffer)
    texts = _texts(buffer.getvalue())
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}

    def tell(element: pikepdf.Object, language: str | None, page: int) -> StructureElement:
        language = str(element.Lang) if "/Lang" in element else language
        page = numbers[element.Pg.objgen] if "/Pg" in element else page
        words: list[str] = []
        inner: list[StructureElement] = []
        kids = element.get("/K", pikepdf.Array())
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                words.append(texts[page].get(kid, ""))
            elif kid.get("/Type") == "/MCR":
                words.append(texts[numbers[kid.Pg.objgen]].get(int(kid.MCID), ""))
            elif "/S" in kid:
                inner.append(tell(kid, language, page))
                words.append(inner[-1].text)
        return StructureElement(str(element.S)[1:], language, "".join(words), inner, element)

    return tell(pdf.Root.StructTreeRoot.K[0], str(pdf.Root.Lang), 0)


def _texts(data: bytes) -> list[dict[int, str]]:
    """For each page what stands under each mark of its content."""
    by_page: list[dict[int, str]] = []
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            words: dict[int, str] = {}
            textpage = page.get_textpage()
            for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
                mark = raw.FPDFPageObj_GetMarkedContentID(item.raw)
                length = raw.FPDFTextObj_GetText(item.raw, textpage.raw, None, 0)
                buffer = (raw.FPDF_WCHAR * (length // 2))()
                raw.FPDFTextObj_GetText(item.raw, textpage.raw, buffer, length)
                words[mark] = words.get(mark, "") + bytes(buffer).decode("utf-16-le").rstrip("\0")
            by_page.append(words)
    return by_page
