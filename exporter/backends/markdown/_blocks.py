"""Blocks as lines of Markdown.

What Markdown has no sign for (a cell over two columns, a caption, a language) is
written as the HTML element of that meaning, and what stands in it as Markdown between
blank lines, or as HTML where it is a plain run: GitHub, Obsidian and pandoc show both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import assert_never

import wcwidth
from msgspec.structs import replace

from exporter.backends.markdown import _inlines
from exporter.backends.markdown._escape import inline
from exporter.model import markdown_fields
from exporter.model.article import (
    Align,
    Block,
    Cell,
    CodeBlock,
    DefinitionList,
    Figure,
    Heading,
    Inline,
    ListBlock,
    Note,
    Paragraph,
    Quote,
    Rule,
    Table,
)
from exporter.model.build import clean

_DEEPEST = 6
_BETWEEN = "<!-- -->"
"""Parts what would run together."""


class Writer:
    """Writes the blocks of one article after the other; numbers notes and images through all.

    ``images`` has the names of the images that can be shown, by asset.
    """

    def __init__(self, images: Mapping[str, str]) -> None:
        self._images = images
        self._notes: list[Note] = []
        self._numbers: dict[int, int] = {}
        self._image_count = 0

    def note_lines(self) -> list[str]:
        """The notes met since the last call; those met within notes are added as it goes."""
        lines: list[str] = []
        while self._image_count < len(self._notes):
            note = self._notes[self._image_count]
            self._image_count += 1
            body = self.blocks(note.blocks)
            if body and isinstance(note.blocks[0], Paragraph):
                lines += ["", f"[^{self._image_count}]: {body[0]}", *_indented(body[1:], "    ")]
            else:
                lines += ["", f"[^{self._image_count}]:", *_indented(body, "    ")]
        return lines[1:]

    def _label(self, note: Note) -> str:
        # By identity: two of the same words are two notes.
        if id(note) not in self._numbers:
            self._notes.append(note)
            self._numbers[id(note)] = len(self._notes)
        return str(self._numbers[id(note)])

    # -- Blocks --------------------------------------------------------------------------

    def blocks(self, blocks: Iterable[Block]) -> list[str]:
        """The blocks' lines, a blank line between two blocks."""
        lines: list[str] = []
        before: Block | None = None
        turn = False  # of two lists side by side each has its own sign
        for block in blocks:
            turn = (
                isinstance(block, ListBlock)
                and isinstance(before, ListBlock)
                and block.ordered == before.ordered
                and not turn
            )
            added = self._block(block, turn)
            if not added:
                continue
            if lines:
                lines.append("")
            if isinstance(block, DefinitionList) and isinstance(before, DefinitionList):
                lines += [_BETWEEN, ""]
            lines += added
            before = block
        return lines

    def _block(self, block: Block, turn: bool) -> list[str]:
        if isinstance(block, Paragraph | Heading) and block.language:
            plain = replace(block, language=None)
            inner = self._block(plain, False)
            return [f'<div lang="{block.language}">', "", *inner, "", "</div>"] if inner else []
        if isinstance(block, Paragraph):
            return _inlines.lines(block.content, self._label) if block.content else []
        if isinstance(block, Heading):
            return self._heading(block)
        if isinstance(block, ListBlock):
            return self._list(block, turn)
        if isinstance(block, Quote):
            return [f"> {line}" if line else ">" for line in self.blocks(block.blocks)]
        if isinstance(block, CodeBlock):
            return _code(block)
        if isinstance(block, Figure):
            return self._figure(block)
        if isinstance(block, Table):
            return self._table(block)
        if isinstance(block, DefinitionList):
            return self._definitions(block)
        if isinstance(block, Rule):
            return ["***"]
        assert_never(block)

    def _heading(self, block: Heading) -> list[str]:
        level = markdown_fields.ARTICLE_LEVEL + block.level
        if level > _DEEPEST:
            return self._element_lines(f'h{_DEEPEST} aria-level="{level}"', block.content)
        return [f"{'#' * level} {_inlines.one_line(block.content, self._label)}"]

    def _list(self, block: ListBlock, turn: bool) -> list[str]:
        tight = all(_is_tight(item) for item in block.items)
        lines: list[str] = []
        for number, item in enumerate(block.items, block.start):
            marker = f"{number}{')' if turn else '.'} " if block.ordered else "+ " if turn else "- "
            added: list[str] = []
            if tight:
                for inner in item:
                    added += self._block(inner, False)
            else:
                added = self.blocks(item)
            lines += [""] if lines and not tight else []
            lines += [(marker + (added or [""])[0]).rstrip(" "), *_indented(added[1:], " " * len(marker))]
        return lines

    def _figure(self, block: Figure) -> list[str]:
        name = self._images.get(block.asset or "")
        image = f"![{inline(block.alt)}]" + (f"[{name}]" if name else "()")
        if not block.caption:
            return [image]
        return ["<figure>", "", image, "", *self._element_lines("figcaption", block.caption), "</figure>"]

    def _definitions(self, block: DefinitionList) -> list[str]:
        lines: list[str] = []
        if all(_is_plain(item.term, item.bodies) for item in block.items):
            for item in block.items:
                lines += ["", _inlines.one_line(item.term, self._label)]
                for body in item.bodies:
                    first, *rest = self.blocks(body)
                    lines += [f":   {first}", *_indented(rest, "    ")]
            return lines[1:]
        for item in block.items:
            lines += self._element_lines("dt", item.term)
            for body in item.bodies:
                lines += self._cell("dd", body)
        return ["<dl>", *lines, "</dl>"]

    def _table(self, block: Table) -> list[str]:
        if (drawn := grid(block, self._label)) is not None:
            return drawn
        lines = ["<table>"]
        if block.caption:
            lines += self._element_lines("caption", block.caption)
        lines += ["<thead>"] if block.head else []
        for number, row in enumerate(block.rows):
            cells = [self._cell(_tag(cell), cell.blocks) for cell in row]
            if all(len(cell) == 1 for cell in cells):
                lines.append(f"<tr>{''.join(cell[0] for cell in cells)}</tr>")
            else:
                lines += ["<tr>", *(line for cell in cells for line in cell), "</tr>"]
            lines += ["</thead>"] if number + 1 == block.head else []
        return [*lines, "</table>"]

    def _element_lines(self, tag: str, content: Sequence[Inline]) -> list[str]:
        """A run in an element."""
        return self._cell(tag, (Paragraph(tuple(content)),) if content else ())

    def _cell(self, tag: str, blocks: Sequence[Block]) -> list[str]:
        """Blocks in an element: in one line where they are a plain run."""
        end = f"</{tag.split()[0]}>"
        if not blocks:
            return [f"<{tag}>{end}"]
        if len(blocks) == 1 and isinstance(only := blocks[0], Paragraph) and not only.language:
            run = _inlines.elements(only.content)
            if run is not None:
                return [f"<{tag}>{run}{end}"]
        return [f"<{tag}>", "", *self.blocks(blocks), "", end]


def _code(block: CodeBlock) -> list[str]:
    language = inline(block.language or "").strip()
    sign = "~" if "`" in language else "`"
    fence = sign * max(_inlines.longest_run(sign, block.text) + 1, 3)
    return [fence + language, *(clean(block.text).split("\n") if block.text else []), fence]


def _is_tight(item: Sequence[Block]) -> bool:
    """A paragraph, and perhaps a list that may follow it without a blank line: in the midst of
    a paragraph a number other than 1 is a number."""
    if not item or not isinstance(item[0], Paragraph) or item[0].language:
        return False
    return len(item) == 1 or (
        len(item) == 2
        and isinstance(inner := item[1], ListBlock)
        and (not inner.ordered or inner.start == 1)
        and all(_is_tight(i) for i in inner.items)
    )


def _is_plain(term: Sequence[Inline], bodies: Sequence[Sequence[Block]]) -> bool:
    """Whether the signs of a definition list can say it: a term, and bodies begun by words."""
    return bool(term and bodies) and all(body and isinstance(body[0], Paragraph) for body in bodies)


def _indented(lines: Iterable[str], indent: str) -> list[str]:
    return [indent + line if line else "" for line in lines]


def _tag(cell: Cell) -> str:
    """A cell's start tag without its brackets."""
    spans = "".join(
        f' {name}="{span}"'
        for name, span in (("colspan", cell.colspan), ("rowspan", cell.rowspan))
        if span != 1
    )
    return ("th" if cell.header else "td") + spans + (f' align="{cell.align}"' if cell.align else "")


# -- Tables drawn with pipes, where their form allows it.


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
