"""Tables drawn in text: columns where they fit, else one record a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from exporter.backends.text._wrap import cells, longest, wrap
from exporter.model.article import Block, Cell, Table

Render = Callable[[Sequence[Block], int], list[str]]

_GAP = 2
_WHOLE = 14
"""Words up to this width are not broken for the sake of a column."""
_MOST_COLUMNS = 64
_ROOMY = 22
"""Cells from which records are indented under their headings."""


class _Placed(NamedTuple):
    cell: Cell
    row: int
    column: int
    span: int


def draw(table: Table, width: int, render: Render, *, columns: bool = True) -> list[str]:
    """The table's lines, without its caption; ``render`` gives a cell's at a width. Without
    ``columns`` each row is a record: cells are then laid out once, not tried at several widths."""
    placed = _place(table)
    if not placed:
        return []
    widths = _widths(placed, width, render) if columns else None
    if widths is None:
        return _records(table, placed, width, render)
    placed_in: list[list[_Placed]] = [[] for _ in table.rows]
    for p in placed:
        placed_in[p.row].append(p)
    rows = [_row(row, widths, number < table.head, render) for number, row in enumerate(placed_in)]
    between = [""] if any(len(row) > 1 for row in rows[table.head :]) else []
    lines: list[str] = []
    for number, row in enumerate(rows):
        if number == table.head and number:
            lines.append((" " * _GAP).join("-" * w for w in widths))
        elif lines and row:
            lines += between if number > table.head else []
        lines += row
    return lines


def _place(table: Table) -> list[_Placed]:
    """Every cell with its row and first column, spans taken into account."""
    taken: set[tuple[int, int]] = set()
    placed: list[_Placed] = []
    for number, row in enumerate(table.rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            span = min(max(cell.colspan, 1), _MOST_COLUMNS)
            down = min(max(cell.rowspan, 1), len(table.rows) - number)
            taken.update((number + r, column + c) for r in range(down) for c in range(span))
            placed.append(_Placed(cell, number, column, span))
            column += span
    return placed


def _widths(placed: Sequence[_Placed], width: int, render: Render) -> list[int] | None:
    """The columns' widths, or None where the table is too wide for columns."""
    count = max(p.column + p.span for p in placed)
    room = width - _GAP * (count - 1)
    if count > _MOST_COLUMNS or room < 3 * count:
        return None
    natural, least = [1] * count, [1] * count
    for p in sorted(placed, key=lambda p: p.span):
        lines = render(p.cell.blocks, width)
        most = max(map(cells, lines), default=1)
        whole = max((longest(line, _WHOLE) for line in lines), default=1)
        columns = range(p.column, p.column + p.span)
        for widths, needed in ((natural, most), (least, whole)):
            # What a cell over several columns lacks goes to its last one.
            lacking = needed - sum(widths[c] for c in columns) - _GAP * (p.span - 1)
            if p.span == 1 or widths is least:
                widths[columns[-1]] += max(lacking, 0)
    if sum(least) > room:
        return None
    if sum(natural) <= room:
        return _spread(placed, natural, room, render, width)
    wanted = [max(n - w, 0) for n, w in zip(natural, least, strict=True)]
    spare = room - sum(least)
    total = sum(wanted) or 1
    return [w + spare * want // total for w, want in zip(least, wanted, strict=True)]


def _spread(placed: Sequence[_Placed], widths: list[int], room: int, render: Render, width: int) -> list[int]:
    """Columns that all fit, made wider where a cell over several of them would like it."""
    for p in placed:
        if p.span > 1:
            most = max(map(cells, render(p.cell.blocks, width)), default=1)
            last = p.column + p.span - 1
            total = sum(widths[p.column : last + 1]) + _GAP * (p.span - 1)
            widths[last] += max(min(most - total, room - sum(widths)), 0)
    return widths


def _row(row: Sequence[_Placed], widths: Sequence[int], head: bool, render: Render) -> list[str]:
    """One row's lines, its cells side by side."""
    columns: list[tuple[int, int, list[str]]] = []  # first cell, width, lines
    for p in row:
        width = sum(widths[p.column : p.column + p.span]) + _GAP * (p.span - 1)
        start = sum(widths[: p.column]) + _GAP * p.column
        lines = render(p.cell.blocks, width)
        columns.append((start, width, [_aligned(line, width, p.cell.align) for line in lines]))
    height = max((len(lines) for _, _, lines in columns), default=0)
    out: list[str] = []
    for number in range(height):
        line = ""
        for start, _, lines in columns:
            at = number - (height - len(lines) if head else 0)
            if 0 <= at < len(lines):
                line += " " * (start - cells(line)) + lines[at]
        out.append(line.rstrip())
    return out


def _aligned(line: str, width: int, align: str | None) -> str:
    free = max(width - cells(line), 0)
    return " " * (free if align == "right" else free // 2 if align == "center" else 0) + line


def _records(table: Table, placed: Sequence[_Placed], width: int, render: Render) -> list[str]:
    """Each row as lines ``Heading: text``, a blank line between rows."""
    names: dict[int, str] = {}
    for p in placed:
        if p.row < table.head:
            name = " ".join(render(p.cell.blocks, width)).strip()
            names[p.column] = " / ".join(filter(None, (names.get(p.column), name)))
    body = [p for p in placed if p.row >= table.head]
    unused = [name for column, name in names.items() if name and column not in {p.column for p in body}]
    out: list[str] = [line for name in unused for line in wrap(name, width)]
    indent = "  " if width >= _ROOMY else ""
    row = -1
    for p in body:
        lines = render(p.cell.blocks, width - len(indent))
        if not lines:
            continue
        if p.row != row and out:
            out.append("")
        row = p.row
        name = names.get(p.column, "")
        if not name:
            out += lines
        elif len(lines) == 1 and cells(name) + 2 + cells(lines[0]) <= width:
            out.append(f"{name}: {lines[0]}")
        else:
            out += [*wrap(f"{name}:", width), *(f"{indent}{line}".rstrip() for line in lines)]
    return out
