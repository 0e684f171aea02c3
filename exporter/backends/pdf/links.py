"""Links in the structure tree: one element each, which holds its annotation (ISO 14289-1, 7.18.5)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from exporter.backends.pdf.structure import Kid, Tree, elements, inner, kids, kind

_PRINT = 4
"""The flag that an annotation is not left out in print (ISO 32000-1, 12.5.3)."""


def mend(tree: Tree, languages: Mapping[str, str]) -> None:
    """Leaves each link one element and the annotations that make it larger: the engine makes
    both for everything inside a link, too. ``languages`` is that of the words for an address."""
    stack = [tree.document]
    while stack:
        element = stack.pop()
        if kind(element) == "/Link":
            _clear(tree, element, languages)
        else:
            stack.extend(inner(element))


def name(pdf: Pdf, titles: Mapping[str, str]) -> None:
    """Tells of each link in words what it leads to; the engine tells the raw address."""
    for page in pdf.pages:
        for annotation in page.get("/Annots", Array()):
            if annotation.get("/Subtype") == Name.Link:
                annotation.Contents = String(_words(annotation, titles))


def _words(annotation: Object, titles: Mapping[str, str]) -> str:
    target = str(annotation.get("/Dest", ""))
    if target:
        note = target.rpartition("-note-")[2]
        place = f"Note {note}" if note.isdecimal() else "Another place in this edition"
        return titles.get(target, place)
    address = str(annotation.get("/A", Dictionary()).get("/URI", ""))
    if address.startswith("mailto:"):
        return f"Mail to {address.removeprefix('mailto:').partition('?')[0]}"
    return f"Link to {urlsplit(address).hostname or address}"


def _clear(tree: Tree, link: Object, languages: Mapping[str, str]) -> None:
    areas: list[Object] = []
    references: list[Kid] = []
    for element in list(elements(link)):
        kept: list[Kid] = []
        for kid in kids(element):
            if not isinstance(kid, Dictionary) or kid.get("/Type") != Name.OBJR:
                kept.append(kid)
            elif any(_covers(area, kid.Obj) for area in areas):
                tree.drop_annotation(kid.Obj)
            else:
                areas.append(kid.Obj)
                references.append(kid)
                tree.own_annotation(link, kid.Obj)
                kid.Obj.F = _PRINT
        tree.hold(element, kept)
        if kind(element) == "/Link" and element.objgen != link.objgen:
            element.S = Name.Span
    tree.hold(link, [*references, *kids(link)])
    for area in areas[:1]:
        language = languages.get(str(area.get("/A", Dictionary()).get("/URI", "")))
        if language:
            link.Lang = String(language)


def _covers(one: Object, other: Object) -> bool:
    """Whether an annotation's area holds all of another's, within half a point."""
    left, bottom, right, top = _sides(one)
    return (
        left - 0.5 <= _sides(other)[0]
        and bottom - 0.5 <= _sides(other)[1]
        and right + 0.5 >= _sides(other)[2]
        and top + 0.5 >= _sides(other)[3]
    )


def _sides(annotation: Object) -> tuple[float, float, float, float]:
    x, y, other_x, other_y = map(float, annotation.Rect)
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)
