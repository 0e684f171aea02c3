"""A finished PDF read back: is everything where it says it is?"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, NameTree, NumberTree
from pypdfium2 import raw

from exporter.backends.common import labels
from exporter.editions.compile import Edition
from tests.reading import StructureElement, read_out

_SHAPED = re.compile("[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff]")
"""Scripts whose letters extraction does not give back in the order in which they were written."""


class Opened(NamedTuple):
    """A file open in two libraries; ``places`` are the pages of named destinations, from 0."""

    pdf: pikepdf.Pdf
    document: pypdfium2.PdfDocument
    structure: StructureElement
    labels: list[str]
    places: dict[str, int]


def audit(data: bytes, edition: Edition) -> list[str]:
    """What is not as it should be, in words."""
    with ExitStack() as stack:
        pdf = stack.enter_context(pikepdf.open(io.BytesIO(data)))
        document = stack.enter_context(pypdfium2.PdfDocument(data))
        page_labels = [page.label for page in pdf.pages]
        opened = Opened(pdf, document, read_out(pdf), page_labels, _places(pdf))
        checks = (_entries, _links, _folios, _outline, _structure, _contents)
        return [finding for check in checks for finding in check(opened, edition)]


def _places(pdf: pikepdf.Pdf) -> dict[str, int]:
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    return {name: numbers[target[0].objgen] for name, target in NameTree(pdf.Root.Names.Dests).items()}


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


# -- Places ------------------------------------------------------------------------------


def _entries(file: Opened, edition: Edition) -> Iterator[str]:
    """Each article's destination is on the page with its title."""
    titles = [(entry.anchor, entry.article.title) for entry in edition.entries]
    titles += [(brief.anchor, brief.teaser.title) for brief in edition.briefs]
    for anchor, title in titles:
        if anchor not in file.places:
            yield f"“{title}” has no destination"
            continue
        text = "".join(_text(file, file.places[anchor] + n) for n in range(2))
        if not _SHAPED.search(title) and _letters(title) not in _letters(text):
            yield f"“{title}” is not on page {file.labels[file.places[anchor]]}"


def _text(file: Opened, number: int) -> str:
    return str(file.document[number].get_textpage().get_text_range()) if number < len(file.labels) else ""


def _links(file: Opened, edition: Edition) -> Iterator[str]:
    """Every link leads somewhere and says in words where."""
    for label, page in zip(file.labels, file.pdf.pages, strict=True):
        for annotation in page.get("/Annots", Array()):
            target = str(annotation.get("/Dest", ""))
            address = str(annotation.get("/A", Dictionary()).get("/URI", ""))
            if target not in file.places if target else not re.match("https?://|mailto:", address):
                yield f"a link on page {label} leads nowhere: {target or address}"
            words = str(annotation.get("/Contents", ""))
            if not words or "://" in words or words == target or words.startswith("Another place"):
                yield f"a link on page {label} is not described: {words}"


def _contents(file: Opened, edition: Edition) -> Iterator[str]:
    """The number at the end of each line of the contents, in the index, and after a link from
    article to article is the label of the page that the link leads to."""
    anchors = {entry.anchor for entry in edition.entries}
    lines = set()
    for link in file.structure.every("Link"):
        target = next((t for kid in link.element.K if (t := _target(kid))), "")
        if target not in file.places:
            continue  # `_links` tells of those that lead nowhere
        label, page = file.labels[file.places[target]], file.labels[_page(file, link)]
        text = link.text.strip()
        in_front = not page.isdecimal()
        if in_front:
            lines.add(target)
        right = text.endswith(label) or (text.startswith(label) and _SHAPED.search(text))
        referred = re.search(r"\(page\s(\d+)\)$", text)
        if referred:
            right = referred[1] == label
        in_index = text.isdecimal() and target in anchors
        if (in_front or referred or in_index) and not right:
            yield f"“{text}” on page {page} leads to page {label}"
    for entry in edition.entries:
        if entry.anchor not in lines:
            yield f"“{entry.article.title}” is not in the contents"


def _target(kid: object) -> str:
    inside = isinstance(kid, Dictionary) and "/Obj" in kid and "/Dest" in kid.Obj
    return str(kid.Obj.Dest) if inside else ""


def _page(file: Opened, part: StructureElement) -> int:
    return next(n for n, page in enumerate(file.pdf.pages) if page.obj.objgen == part.element.Pg.objgen)


def _folios(file: Opened, edition: Edition) -> Iterator[str]:
    """Labels run on, roman and then arabic, and the number that is printed is the label."""
    front = [label for label in file.labels if not label.isdecimal()]
    if not front or file.labels != [*front, *(str(n + 1) for n in range(len(file.labels) - len(front)))]:
        yield f"page labels do not run on: {', '.join(file.labels[:9])} …"
    printed = 0
    for label, page in zip(file.labels, file.document, strict=True):
        numbers = [text for text in _headers_and_footers(page) if re.fullmatch(r"\d+|[ivxl]+", text)]
        printed += bool(numbers)
        if numbers and label not in numbers:
            yield f"page {label} is labelled {' and '.join(numbers)}"
    if printed < len(file.labels) / 2:
        yield f"only {printed} of {len(file.labels)} pages have their number on them"


def _headers_and_footers(page: pypdfium2.PdfPage) -> Iterator[str]:
    """The texts of running heads and folios: they are drawn in forms, not on the page itself."""
    textpage = page.get_textpage()
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=4):
        if item.level > 0:
            length = raw.FPDFTextObj_GetText(item.raw, textpage.raw, None, 0)
            buffer = (raw.FPDF_WCHAR * (length // 2))()
            raw.FPDFTextObj_GetText(item.raw, textpage.raw, buffer, length)
            yield bytes(buffer).decode("utf-16-le").rstrip("\0").strip()


def _outline(file: Opened, edition: Edition) -> Iterator[str]:
    """The outline leads to every part and article, and nowhere else."""
    numbers = {page.obj.objgen: number for number, page in enumerate(file.pdf.pages)}
    lines: dict[str, list[int]] = defaultdict(list)
    with file.pdf.open_outline() as outline:
        stack = list(outline.root)
        while stack:
            item = stack.pop()
            stack.extend(item.children)
            number = numbers.get(item.destination[0].objgen)
            if number is None:
                yield f"the outline's “{item.title}” leads nowhere"
            else:
                lines[_line(item.title)].append(number)
    wanted = [(entry.anchor, entry.article.title) for entry in edition.entries]
    wanted += [(part.anchor, labels.part_title(part, edition)) for part in edition.parts if part.title]
    for anchor, title in wanted:
        if file.places.get(anchor) not in lines[_line(title)]:
            yield f"“{title}” is not in the outline"


def _line(title: str) -> str:
    return unicodedata.normalize("NFC", " ".join(title.split()))[:60]


# -- Tags --------------------------------------------------------------------------------


def _structure(file: Opened, edition: Edition) -> Iterator[str]:
    """The tags are regular, and hold all marked content once."""
    articles = list(file.structure.every("Art"))
    if len(articles) != len(edition.entries):
        yield f"{len(articles)} articles are tagged, not {len(edition.entries)}"
    for part, entry in zip(articles, edition.entries, strict=False):
        wanted = entry.article.language or edition.language
        if part.element.get("/Lang") != wanted:
            yield f"“{entry.article.title}” is tagged as {part.element.get('/Lang')}"
    before = 0
    for part in _every(file.structure):
        inner = {child.kind for child in part.inner}
        if re.fullmatch("H[1-6]", part.kind):
            if int(part.kind[1]) > before + 1:
                yield f"a heading skips a level: {part.text}"
            before = int(part.kind[1])
        if part.kind == "TH" and part.element.A.get("/Scope") not in ("/Row", "/Column"):
            yield f"a heading cell has no scope: {part.text}"
        if part.kind == "Note" and "/ID" not in part.element:
            yield f"a note has no name: {part.text}"
        if part.kind == "L" and inner - {"LI", "Caption"}:
            yield f"a list holds {inner}"
        if part.kind == "LI" and [child.kind for child in part.inner] not in (["LBody"], ["Lbl", "LBody"]):
            yield f"a list item holds {inner}: {part.text}"
        if part.kind == "Link" and any(child.kind == "Link" for child in _every(part) if child is not part):
            yield f"a link holds a link: {part.text}"
        if part.kind == "Figure":
            yield from _figure(file, part)
    yield from _content(file)


def _figure(file: Opened, part: StructureElement) -> Iterator[str]:
    if not str(part.element.get("/Alt", "")).strip():
        yield "a figure has no words"
    left, bottom, right, top = map(float, part.element.A.BBox)
    width, height = file.document[_page(file, part)].get_size()
    if not (0 <= left < right <= width and 0 <= bottom < top <= height):
        yield f"a figure's box is off the page: {part.element.A.BBox}"


def _content(file: Opened) -> Iterator[str]:
    owners = dict(NumberTree(file.pdf.Root.StructTreeRoot.ParentTree).items())
    owned: dict[tuple[tuple[int, int], int], int] = defaultdict(int)
    for part in _every(file.structure):
        kids = part.element.get("/K", Array())
        for kid in kids if isinstance(kids, Array) else [kids]:
            if isinstance(kid, int):
                owned[part.element.Pg.objgen, kid] += 1
            elif isinstance(kid, Dictionary) and kid.get("/Type") == "/MCR":
                owned[kid.Pg.objgen, int(kid.MCID)] += 1
    for label, page in zip(file.labels, file.pdf.pages, strict=True):
        streams = page.Contents if isinstance(page.Contents, Array) else [page.Contents]
        marks = map(int, re.findall(rb"/MCID (\d+)", b"".join(part.read_bytes() for part in streams)))
        kids = owners[int(page.StructParents)]
        for mark in marks:
            if owned[page.obj.objgen, mark] != 1 or kids[mark] is None:
                yield f"a text on page {label} is in {owned[page.obj.objgen, mark]} elements"


def _every(part: StructureElement) -> Iterator[StructureElement]:
    yield part
    for inner in part.inner:
        yield from _every(inner)
