"""Normalisation of tables: spans that fit, rows of equal width, head and body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exporter.model import build
from exporter.model.article import Align, Block, Cell, Inline, Table

_MAX_SPAN = 200
_MAX_PLACES = 50_000
"""Grid cells of a table, or four per cell if that is more: with spans, a few rows can claim millions of empty
cells."""


def is_too_large(places: int, cells: int) -> bool:
    return places > max(_MAX_PLACES, 4 * cells)


def requested_columns(value: str | None) -> int:
    """The columns that a ``colspan`` attribute requests, without a limit."""
    digits = (value or "").strip()[:9]
    return int(digits) if digits.isascii() and digits.isdigit() else 1


def span(value: str | None) -> int:
    """The number in a ``colspan`` or ``rowspan`` attribute, at most 200; 1 if it is invalid."""
    digits = (value or "").strip()
    return (
        min(max(int(digits), 1), _MAX_SPAN)
        if digits.isascii() and digits.isdigit() and len(digits) < 6
        else 1
    )


_ALIGNMENTS: dict[str, Align] = {"left": "left", "center": "center", "right": "right"}


def align(value: str | None, style: str | None) -> Align | None:
    """The alignment in an ``align`` attribute or a ``text-align`` declaration."""
    declared = (style or "").replace(" ", "").lower().rpartition("text-align:")[2].split(";")[0]
    return _ALIGNMENTS.get((value or declared).lower().strip())


def table(
    rows: Sequence[tuple[bool, Sequence[Cell]]], caption: Iterable[Inline | str] = ()
) -> tuple[Block, ...] | None:
    """Return a table from ``rows``, each with whether it is in the head, as a sequence of at most one block.

    None if it would have far more grid cells than cells. If no row is marked as head, leading rows with
    heading cells only are the head. Row spans end at the end of head or body; rows that are too short are
    padded with empty cells.
    """
    rows = [(in_head, cells) for in_head, cells in rows if cells]
    if not any(cell.blocks for _, cells in rows for cell in cells):
        return ()
    marked = [cells for in_head, cells in rows if in_head]
    body = [cells for in_head, cells in rows if not in_head]
    if not marked:
        above = 0
        while above < len(body) - 1 and all(cell.header for cell in body[above]):
            above += 1
        marked, body = body[:above], body[above:]
    elif not body:
        marked, body = [], marked
    count = sum(len(cells) for _, cells in rows)
    head, main = _regular(marked, count), _regular(body, count)
    if head is None or main is None:
        return None
    grids = [head, main]
    width = max(w for _, w in grids)
    if is_too_large(width * len(rows), count):
        return None
    filled = [(*cells, *[Cell(())] * (width - used)) for grid, _ in grids for cells, used in grid]
    return (Table(tuple(filled), len(marked), build.inlines(caption)),)


def flatten(
    rows: Sequence[tuple[bool, Sequence[Cell]]], caption: Iterable[Inline | str] = ()
) -> tuple[Block, ...]:
    """The content of a table, cell by cell, below its caption."""
    blocks = [block for _, cells in rows for cell in cells for block in cell.blocks]
    return (*build.paragraph(caption), *blocks)


def _regular(rows: Sequence[Sequence[Cell]], count: int) -> tuple[list[tuple[list[Cell], int]], int] | None:
    """Each row's cells with spans cut to fit, and the columns that it covers; and the maximum of these.

    None if the spans cover too much for a table of ``count`` cells.
    """
    places = 0
    hanging: dict[int, int] = {}  # column → rows that a cell above still covers
    out: list[tuple[list[Cell], int]] = []
    width = 0
    for index, cells in enumerate(rows):
        column = 0
        covered = {c for c, left in hanging.items() if left > 0}
        places += len(covered) + sum(cell.colspan for cell in cells)
        if is_too_large(places, count):
            return None
        kept: list[Cell] = []
        for cell in cells:
            while column in covered:
                column += 1
            columns = cell.colspan
            for wanted in range(cell.colspan):
                if column + wanted in covered:
                    columns = wanted
                    break
            down = min(cell.rowspan, len(rows) - index)
            kept.append(Cell(cell.blocks, cell.header, columns, down, cell.align))
            for c in range(column, column + columns):
                hanging[c] = down
            column += columns
        out.append((kept, len(covered) + sum(cell.colspan for cell in kept)))
        width = max([width, column, *(c + 1 for c in covered)])
        hanging = {c: left - 1 for c, left in hanging.items() if left > 1}
    return out, width
