"""Links in the structure tree: one element each, which holds its annotation (ISO 14289-1, 7.18.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from urllib.parse import urlsplit

from pikepdf import Dictionary, Name, Object, String

from exporter.backends.pdf.assets import PLACE
from exporter.backends.pdf.structure import Kid, Tree, elements, inner, is_element, kids, kind

_NOTE = re.compile(r"-note-(\d+)$")
"""Ends the anchors of notes at an article's end."""
_PRINT = 4
"""The flag that an annotation is not left out in print (ISO 32000-1, 12.5.3)."""


def complete(tree: Tree, languages: Mapping[str, str]) -> None:
    """Leaves each link one element and the annotations that make it larger: the engine makes
    both for each of its lines, and for everything inside it, too. ``languages`` is that of the
    words for an address."""
    parents: list[Object] = []
    stack = [tree.document]
    while stack:
        element = stack.pop()
        links = [link for link in inner(element) if kind(link) == "/Link"]
        for link in links:
            _clear(tree, link)
        if links:
            parents.append(element)
        stack.extend(other for other in inner(element) if kind(other) != "/Link")
    for parent in parents:
        for address, run in groupby(kids(parent), _address):
            if address:
                lines = [link for link in run if is_element(link)]
                tree.unite(lines)
                if _NOTE.search(address) and kind(parent) == "/NonStruct":
                    parent.S = Name.Reference
                if address in languages:
                    lines[0].Lang = String(languages[address])


def anchor(annotation: Object) -> str | None:
    """The anchor that a link leads to; None where it leads out of the edition."""
    address = str(annotation.get("/A", Dictionary()).get("/URI", ""))
    if address.startswith(PLACE):
        return address.removeprefix(PLACE)
    return str(annotation.Dest) if "/Dest" in annotation else None


def named(anchor: str, titles: Mapping[str, str]) -> str:
    """In words what a link in the edition leads to."""
    note = _NOTE.search(anchor)
    return f"Note {note[1]}" if note else titles.get(anchor, "Another place in this edition")


def described(annotation: Object) -> str:
    """In words where a link out of the edition leads to; the engine shows the raw address."""
    address = str(annotation.A.URI)
    if address.startswith("mailto:"):
        return f"Mail to {address.removeprefix('mailto:').partition('?')[0]}"
    return f"Link to {urlsplit(address).hostname or address}"


def _address(kid: Kid) -> str:
    """What a link leads to; empty for all else."""
    if not is_element(kid) or kind(kid) != "/Link":
        return ""
    (annotation, *_) = (
        content.Obj for content in kids(kid) if isinstance(content, Dictionary) and "/Obj" in content
    )
    return str(annotation.get("/A", Dictionary()).get("/URI", annotation.get("/Dest", "")))


def _clear(tree: Tree, link: Object) -> None:
    """Leaves a link the annotations that none of its others covers, and no link inside it."""
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
    if not references:  # it leads nowhere
        link.S = Name.Span


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
