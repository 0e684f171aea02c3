"""A table too wide for the page, divided: groups of its columns follow one below the other.

Each group begins with the table's first column and has the heads of its own, so that
every value can still be found by its row and its column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import assert_never

from exporter.model.article import (
    Block,
    Cell,
    CodeBlock,
    Definition,
    DefinitionList,
    Figure,
    Heading,
    Inline,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Table,
    Text,
)
from exporter.model.visit import plain, texts

READABLE = 6
"""Letters of its longest word that a column must hold; what is longer is broken."""
APART = 3
"""Characters that the space between two columns is worth."""
INDENT = 4
"""Characters that each list or quotation about a table takes from its lines."""

Row = Sequence[Cell]


def placed(rows: Iterable[Row]) -> Iterator[list[tuple[int, Cell]]]:
    """The cells of each row with the column in which they begin."""
    free: dict[int, int] = {}
    for y, row in enumerate(rows):
        x, cells = 0, list[tuple[int, Cell]]()
        for cell in row:
            while free.get(x, 0) > y:
                x += 1
            cells.append((x, cell))
            for _ in range(cell.colspan):
                free[x] = y + cell.rowspan
                x += 1
        yield cells


def condensed(head: Sequence[Row], body: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows without columns in which no cell begins: pages say ``colspan="100"`` for a whole row."""
    starts = sorted({x for x, _ in chain.from_iterable((*placed(head), *placed(body)))})

    def narrowed(rows: Sequence[Row]) -> list[Row]:
        return [
            [cell_of(cell, max(1, sum(x <= s < x + cell.colspan for s in starts))) for x, cell in row]
            for row in placed(rows)
        ]

    return narrowed(head), narrowed(body)


def cell_of(cell: Cell, colspan: int, blocks: tuple[Block, ...] | None = None) -> Cell:
    """The cell over so many columns, with other content if that is given."""
    return Cell(cell.blocks if blocks is None else blocks, cell.header, colspan, cell.rowspan, cell.align)


def divided(
    content: Iterable[Block], across: int, report: Callable[[str], None], depth: int = 0
) -> tuple[Block, ...]:
    """The blocks with tables in groups of columns that fit a line of ``across`` characters; ``report``
    hears of each."""

    def inner(blocks: Iterable[Block]) -> tuple[Block, ...]:
        return divided(blocks, across, report, depth + 1)

    out: list[Block] = []
    for block in content:
        if isinstance(block, Table):
            columns = _needs(block.rows)
            groups = list(_column_groups(columns, across - INDENT * depth))
            if len(groups) > 1:
                report(f"{len(columns)} columns, in {len(groups)} tables")
                out += (_part(block, groups, number) for number in range(len(groups)))
            else:
                out.append(block)
        elif isinstance(block, ListBlock):
            out.append(ListBlock(tuple(map(inner, block.items)), block.ordered, block.start))
        elif isinstance(block, Quote):
            out.append(Quote(inner(block.blocks)))
        elif isinstance(block, DefinitionList):
            items = (Definition(item.term, tuple(map(inner, item.bodies))) for item in block.items)
            out.append(DefinitionList(tuple(items)))
        elif isinstance(block, Paragraph | Heading | CodeBlock | Figure | Rule):
            out.append(block)
        else:
            assert_never(block)
    return tuple(out)


def _needs(rows: Sequence[Row]) -> list[int]:
    """The least width of each column in characters."""
    needs: dict[int, int] = {}
    for x, cell in chain.from_iterable(placed(rows)):
        words = " ".join(texts(cell.blocks)).split() if cell.colspan == 1 else ()
        longest = min(READABLE, max(map(len, words), default=1))
        needs[x] = max(needs.get(x, 0), longest + APART)
    return [needs.get(x, APART) for x in range(max(needs, default=-1) + 1)]


def _column_groups(needs: Sequence[int], across: int) -> Iterator[list[int]]:
    """The columns of each group: the first one and, in groups about as wide, the others."""
    if sum(needs) <= across:
        yield list(range(len(needs)))
        return
    room, total = across - needs[0], sum(needs[1:])
    even = total / max(1, -(-total // max(1, room))) + max(needs)
    group, used = [0], 0
    for x, need in enumerate(needs[1:], 1):
        if len(group) > 1 and used + need > min(room, even):
            yield group
            group, used = [0], 0
        group.append(x)
        used += need
    yield group


def _part(table: Table, groups: Sequence[Sequence[int]], number: int) -> Table:
    group = groups[number]
    rows: list[Row] = []
    for row in placed(table.rows):
        cells = []
        for x, cell in row:
            if covered := sum(x <= column < x + cell.colspan for column in group):
                # What has begun in a group before is said again, but for its notes and links.
                again = number > 0 and x < group[1]
                cells.append(cell_of(cell, covered, _words(cell) if again else None))
        rows.append(tuple(cells))
    name = Text(f"{number + 1}/{len(groups)}")
    own_caption: tuple[Inline, ...] = table.caption if number == 0 else (Text(plain(table.caption)),)
    caption = (*own_caption, Text(" ("), name, Text(")")) if table.caption else (name,)
    return Table(tuple(map(tuple, rows)), table.head, caption)


def _words(cell: Cell) -> tuple[Block, ...]:
    text = " ".join(texts(cell.blocks))
    return (Paragraph((Text(text),)),) if text else ()
