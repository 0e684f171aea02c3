"""Makes an article's blocks fit a page: bounded nesting, regular tables, headings in their place.

A model tree may be 64 levels deep; a page is some 30 indents wide, and the layout
engine recurses several times a level. What lies deeper than `MAX_DEPTH` keeps its
order and its words and loses its indent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain
from typing import assert_never

from wcwidth import wcswidth

from exporter.backends.pdf import wide_tables
from exporter.model.article import (
    Block,
    Cell,
    Code,
    CodeBlock,
    Definition,
    DefinitionList,
    Emphasis,
    Figure,
    Heading,
    Inline,
    LineBreak,
    Link,
    ListBlock,
    Note,
    Paragraph,
    Quote,
    Rule,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
)
from exporter.model.visit import groups, map_inlines, plain, texts

MAX_DEPTH = 6
"""Indents that a page can carry: deeper lists and quotes are set at this one."""
MAX_INLINE_DEPTH = 8
MAX_NOTE = 600
"""Characters that fit a page's foot; the engine drops what does not, so a longer note
stands under its paragraph."""
CHARACTER, GUTTER = 0.5, 1.2
"""Rems that a character of a table takes, a bold one at that, and the space between columns."""
FEET = 2_000
"""Characters that notes may have in all, whatever the length of their text."""
_LONG_NOTE = Superscript((Text("\N{DAGGER}"),))


def blocks(content: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks as a page can carry them."""
    out: list[Block] = []
    for block in content:
        notes: list[Note] = []
        out += map_inlines(_block(block, 0, False), partial(_take_long_notes, notes=notes))
        out += (_set_apart(note) for note in notes)
    return tuple(out)


def overnoted(content: Sequence[Block]) -> bool:
    """Whether the notes are longer than the text: at their feet pages would have room for
    hardly a line of it, and the engine would look for that line for very long."""
    text, all = (sum(map(len, texts(content, notes=notes))) for notes in (False, True))
    return all - text > max(text, FEET)


def _take_long_notes(node: Inline, notes: list[Note]) -> tuple[Inline, ...]:
    if isinstance(node, Note) and sum(map(len, texts(node.blocks, notes=True))) > MAX_NOTE:
        notes.append(node)
        return (_LONG_NOTE,)
    return (node,)


def _set_apart(note: Note) -> Quote:
    """A long note as a quotation that begins with its mark."""
    first, *rest = note.blocks
    if isinstance(first, Paragraph):
        return Quote((Paragraph((_LONG_NOTE, Text(" "), *first.content), first.language), *rest))
    return Quote((Paragraph((_LONG_NOTE,)), first, *rest))


def _block(block: Block, depth: int, in_table: bool) -> tuple[Block, ...]:
    if isinstance(block, Paragraph):
        return (Paragraph(_run(block.content), block.language),)
    if isinstance(block, Heading):
        # Inside a cell, item or quote a heading would break the order of levels.
        return (
            (Heading(block.level, _run(block.content), block.language),)
            if depth == 0
            else _as_paragraphs(block)
        )
    if isinstance(block, Figure):
        return (Figure(block.asset, block.alt, _run(block.caption)),)
    too_deep = depth >= MAX_DEPTH or (isinstance(block, Table) and in_table)
    if isinstance(block, ListBlock | Quote | DefinitionList | Table) and too_deep:
        return _flat(block, depth, in_table)
    if isinstance(block, ListBlock):
        items = tuple(_all(item, depth + 1, in_table) for item in block.items)
        return (ListBlock(tuple(i for i in items if i), block.ordered, block.start),) if any(items) else ()
    if isinstance(block, Quote):
        return (Quote(_all(block.blocks, depth + 1, in_table)),)
    if isinstance(block, DefinitionList):
        return (
            DefinitionList(
                tuple(
                    Definition(_run(d.term), tuple(_all(b, depth + 1, in_table) for b in d.bodies))
                    for d in block.items
                )
            ),
        )
    if isinstance(block, Table):
        return _table(block, depth)
    if isinstance(block, CodeBlock | Rule):
        return (block,)
    assert_never(block)


def _all(content: Iterable[Block], depth: int, in_table: bool) -> tuple[Block, ...]:
    return tuple(fitted for block in content for fitted in _block(block, depth, in_table))


def _flat(block: Block, depth: int, in_table: bool) -> tuple[Block, ...]:
    out: list[Block] = []
    if isinstance(block, Table) and block.caption:
        out.append(Paragraph(_run(block.caption)))
    if isinstance(block, DefinitionList):
        for item in block.items:
            out.append(Paragraph((Strong(_run(item.term)),)))
            for body in item.bodies:
                out += _all(body, depth, in_table)
    else:
        for group in groups(block):
            out += _all(group, depth, in_table)
    return tuple(out)


def _as_paragraphs(heading: Heading) -> tuple[Block, ...]:
    return (Paragraph((Strong(_run(heading.content)),), heading.language),)


# -- Tables ------------------------------------------------------------------------------


def _table(table: Table, depth: int) -> tuple[Block, ...]:
    """The table with every row filled to the same width and no cell reaching beyond it."""
    head = min(table.head, len(table.rows))
    heads, body = wide_tables.condensed(table.rows[:head], table.rows[head:])
    columns = max((sum(c.colspan for c in row) for row in (*heads, *body)), default=0)
    if not columns:
        return ()
    rows = [*_section(heads, columns, depth), *_section(body, columns, depth)]
    return (Table(tuple(rows), head if head < len(rows) else 0, _run(table.caption)),)


def _section(rows: Sequence[Sequence[Cell]], columns: int, depth: int) -> list[tuple[Cell, ...]]:
    taken: set[tuple[int, int]] = set()
    out = []
    for y, row in enumerate(rows):
        cells: list[Cell] = []
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            if x >= columns:
                # No column is left for it: its words go to the cell before.
                if cells:
                    extra = _all(cell.blocks, depth + 1, True)
                    cells[-1] = _with(cells[-1], (*cells[-1].blocks, *extra))
                continue
            width = 1
            while width < min(cell.colspan, columns - x) and (y, x + width) not in taken:
                width += 1
            height = max(1, min(cell.rowspan, len(rows) - y))
            taken.update((y + j, x + i) for j in range(height) for i in range(width))
            fitted = _all(cell.blocks, depth + 1, True)
            cells.append(Cell(fitted, cell.header, width, height, cell.align))
            x += width
        missing = [i for i in range(columns) if (y, i) not in taken]
        taken.update((y, i) for i in missing)
        cells += [Cell(()) for _ in missing]
        out.append(tuple(cells))
    return out


def _with(cell: Cell, content: tuple[Block, ...]) -> Cell:
    return Cell(content, cell.header, cell.colspan, cell.rowspan, cell.align)


def columns(table: Table) -> tuple[int, ...]:
    """The widths of a regular table's columns in per cent, by what stands in them.

    Widths given beforehand keep the table on the page whatever its words are, and spare
    the engine measuring every cell several times over.
    """
    words, lines = _needs(table)
    # A column gets its longest word and, the longer its text the less of it, room for the rest.
    wanted = [min(word, 20) + 2 + min(line, 400) ** 0.7 for word, line in zip(words, lines, strict=True)]
    shares = [max(1, int(100 * w / sum(wanted))) for w in wanted]
    if shares:
        shares[-1] += 100 - sum(shares)
    return tuple(shares)


def breadth(table: Table) -> float:
    """The width in rems from which on no cell of a regular table gets fewer lines, so that one
    of short cells need not reach across the page; 0 where that is not known."""
    if any(cell.colspan > 1 for row in table.rows for cell in row):
        return 0
    lines = _needs(table)[1]
    return max(
        (
            100 * (line * CHARACTER + GUTTER) / share
            for line, share in zip(lines, columns(table), strict=True)
        ),
        default=0,
    )


def _needs(table: Table) -> tuple[list[int], list[int]]:
    """The characters of each column's longest word and of its longest cell."""
    count = max((sum(c.colspan for c in row) for row in table.rows), default=0)
    words, lines = [4] * count, [4] * count
    for x, cell in chain.from_iterable(wide_tables.placed(table.rows)):
        if cell.colspan == 1 and x < count:
            text = " ".join(texts(cell.blocks))[:2000]
            lines[x] = max(lines[x], _wide(text))
            words[x] = max([words[x], *map(_wide, text.split())])
    return words, lines


def _wide(text: str) -> int:
    return max(wcswidth(text), 0) or len(text)


# -- Inlines -----------------------------------------------------------------------------


def _run(content: Sequence[Inline], depth: int = 0) -> tuple[Inline, ...]:
    if depth > MAX_INLINE_DEPTH:
        text = plain(content, notes=True)
        return (Text(text),) if text else ()
    out: list[Inline] = []
    for node in content:
        if isinstance(node, Link):
            out.append(Link(node.href, _run(node.content, depth + 1)))
        elif isinstance(node, Emphasis | Strong | Subscript | Superscript):
            out.append(type(node)(_run(node.content, depth + 1)))
        elif isinstance(node, Note):
            out.append(Note(_all(node.blocks, 0, False)))
        elif isinstance(node, Text | Code | LineBreak):
            out.append(node)
        else:
            assert_never(node)
    return tuple(out)


# -- Titles -----------------------------------------------------------------------------


def shorten(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters, cut between words, the cut marked."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit // 2 else cut).rstrip(" ,;:.-–—") + "…"
