"""Tables in the structure tree: which heading cells each cell stands under (ISO 14289-1, 7.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from pikepdf import Array, Dictionary, Name, Object, String

from exporter.backends.pdf import artifacts
from exporter.backends.pdf.structure import Tree, inner, kind


def complete(tree: Tree, names: Collection[str], pages: Sequence[Sequence[str]]) -> None:
    """Every heading cell names what it heads, every other its headings; a head has a body; a
    table that goes on over pages is one. ``names`` are the tables' ids, ``pages`` those that
    stand on each page, in order."""
    _unite(tree, names, pages)
    for table in tree.every("/Table"):
        groups = inner(table)
        rows = [row for group in groups for row in ([group] if kind(group) == "/TR" else inner(group))]
        _relate(tree, [row for row in rows if kind(row) == "/TR"])
        if all(kind(group) != "/TBody" for group in groups):
            for group in groups:
                if kind(group) == "/THead":
                    group.S = Name.TBody


def _unite(tree: Tree, names: Collection[str], pages: Sequence[Sequence[str]]) -> None:
    """Makes one table of what the engine parted at the pages' ends; a head that comes again
    is read out once."""
    heads: list[Object] = []
    for first, *rest in tree.match(tree.every("/Table"), names, pages).values():
        headed = any(kind(group) == "/THead" for group in inner(first))
        for group in (group for table in rest for group in inner(table) if kind(group) == "/THead"):
            if headed:
                heads.append(group)
            else:
                group.S = Name.TBody
        tree.unite([first, *rest])
    artifacts.hide(tree, heads)


def _relate(tree: Tree, rows: list[Object]) -> None:
    above: dict[int, list[str]] = defaultdict(list)
    neighbours: dict[int, list[str]] = defaultdict(list)
    taken: set[tuple[int, int]] = set()
    data: list[tuple[Object, range, range]] = []
    for y, row in enumerate(rows):
        x = 0
        for cell in inner(row):
            while (y, x) in taken:
                x += 1
            attributes = cell.get("/A", Dictionary())
            across = range(x, x + int(attributes.get("/ColSpan", 1)))
            down = range(y, y + int(attributes.get("/RowSpan", 1)))
            taken.update((j, i) for j in down for i in across)
            if kind(cell) == "/TD":
                data.append((cell, across, down))
                continue
            name = tree.identify(cell)
            heads = kind(row.P) == "/THead"
            cell.A.Scope = Name.Column if heads else Name.Row
            for n in across if heads else down:
                (above if heads else neighbours)[n].append(name)
    for cell, across, down in data:
        names = [*(n for j in down for n in neighbours[j]), *(n for i in across for n in above[i])]
        if names:
            cell.A.Headers = Array([String(name) for name in dict.fromkeys(names)])
        elif "/Headers" in cell.get("/A", Dictionary()):
            del cell.A.Headers
