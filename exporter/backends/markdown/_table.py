"""Tables drawn with pipes, where their form allows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import wcwidth

from exporter.backends.markdown import _inlines
from exporter.model.article import Align, Cell, Note, Paragraph, Table

_WIDEST = 40
"""Columns are filled with spaces up to here: beyond, alignment costs more than it shows."""
_RULES: dict[Align | None, tuple[str, str]] = {
    None: ("-", "-"),
    "left": (":", "-"),
    "center": (":", ":"),
    "right": ("-", ":"),
}


def grid(table: Table, note: Callable[[Note], str]) -> list[str] | None:
    """The lines of a table whose one head row is of heading cells, whose rows are alike, and
    whose cells hold a run at most; None for others."""
    if not _is_simple(table):
        return None
    rows = [[_text(cell, note) for cell in row] for row in table.rows]
    aligns = [cell.align for cell in table.rows[0]]
    widths = [max(3, *(min(_cells(text), _WIDEST) for text in column)) for column in zip(*rows, strict=True)]
    rule = [
        _RULES[align][0] + "-" * (width - 2) + _RULES[align][1]
        for align, width in zip(aligns, widths, strict=True)
    ]
    return [_line(row, widths) for row in (rows[0], rule, *rows[1:])]


def _is_simple(table: Table) -> bool:
    if table.head != 1 or table.caption or not table.rows or not table.rows[0]:
        return False
    first = table.rows[0]
    return all(
        len(row) == len(first)
        and all(_fits(cell, above, number == 0) for cell, above in zip(row, first, strict=True))
        for number, row in enumerate(table.rows)
    )


def _fits(cell: Cell, above: Cell, header: bool) -> bool:
    return (
        cell.header == header
        and cell.align == above.align
        and cell.colspan == cell.rowspan == 1
        and (
            not cell.blocks
            or (len(cell.blocks) == 1 and isinstance(p := cell.blocks[0], Paragraph) and not p.language)
        )
    )


def _text(cell: Cell, note: Callable[[Note], str]) -> str:
    """A cell's words; `_fits` has seen that it holds none or a paragraph."""
    content = [inline for block in cell.blocks if isinstance(block, Paragraph) for inline in block.content]
    return _inlines.one_line(content, note, cell=True)


def _line(texts: Sequence[str], widths: Sequence[int]) -> str:
    cells = (text + " " * (width - _cells(text)) for text, width in zip(texts, widths, strict=True))
    return f"| {' | '.join(cells)} |"


def _cells(text: str) -> int:
    """How many cells wide a terminal shows the text."""
    return wcwidth.width(text, control_codes="ignore")
