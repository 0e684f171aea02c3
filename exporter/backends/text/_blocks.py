"""Blocks and inlines as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from exporter.backends.text import _table
from exporter.backends.text._wrap import cells, chop, wrap
from exporter.model.article import (
    Block,
    Code,
    CodeBlock,
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
from exporter.model.visit import plain

UNWRAPPED = 1_000_000
"""Cells of a line that is broken later."""
NARROW = 20
"""Cells below which nothing is indented further: deep nesting must not squeeze text to a thread."""

_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


@dataclass
class Writer:
    """Writes one article's blocks; numbers the links and notes met on the way, in order, each
    address once. The references' own lines come from `reference_lines`, after the body. Where
    text is ``flowed`` a paragraph is one line, for `_flowed` to break."""

    flowed: bool = False
    references: list[str | Note] = field(default_factory=list)
    _numbers: dict[str | int, int] = field(default_factory=dict)
    _in_table: bool = False

    # -- blocks --

    def blocks(self, blocks: Iterable[Block], width: int) -> list[str]:
        """The blocks' lines, a blank line between two blocks."""
        lines: list[str] = []
        for block in blocks:
            added = self.block(block, width)
            if lines and added:
                lines.append("")
            lines += added
        return lines

    def block(self, block: Block, width: int) -> list[str]:
        if isinstance(block, Paragraph):
            return self.run(block.content, self._measure(width))
        if isinstance(block, Heading):
            return underlined(self.run(block.content, width), width, "-" if block.level == 1 else "~")
        if isinstance(block, ListBlock):
            return self._list(block, width)
        if isinstance(block, Quote):
            return _prefixed(self.blocks(block.blocks, _inner(width, 2)), "> ", "> ", width)
        if isinstance(block, CodeBlock):
            inner = _inner(width, 4)
            lines = [part.rstrip() for line in block.text.split("\n") for part in chop(line, inner)]
            return _prefixed(lines, "    ", "    ", width)
        if isinstance(block, Figure):
            return self._figure(block, width)
        if isinstance(block, Table):
            return self._table(block, width)
        if isinstance(block, DefinitionList):
            return self._definitions(block, width)
        if isinstance(block, Rule):
            return [center("* * *" if width >= 5 else "*", width)]
        assert_never(block)

    def _list(self, block: ListBlock, width: int) -> list[str]:
        last = block.start + len(block.items) - 1
        size = max(len(str(block.start)), len(str(last))) + 2 if block.ordered else 2
        tight = all(_is_tight(item) for item in block.items)
        lines: list[str] = []
        for number, item in enumerate(block.items, block.start):
            marker = (f"{number}." if block.ordered else "-").ljust(size)
            added: list[str] = []
            for inner in item:
                more = self.block(inner, _inner(width, size))
                added += [""] if added and more and not tight else []
                added += more
            lines += [""] if lines and not tight else []
            lines += _prefixed(added or [""], marker, " " * size, width)
        return lines

    def _figure(self, block: Figure, width: int) -> list[str]:
        width = self._measure(width)
        caption = self.run(block.caption, width)
        alt = block.alt or ("" if caption else "untitled")
        if alt == plain(block.caption):
            alt = ""
        return [*(wrap(f"[Image: {alt}]", width) if alt else ["[Image]"]), *caption]

    def _table(self, block: Table, width: int) -> list[str]:
        caption = self.run(block.caption, width)
        outermost, self._in_table = not self._in_table, True
        # Columns are tried at several widths: done at every depth, the cost would be exponential.
        lines = _table.draw(block, width, self.blocks, columns=outermost)
        self._in_table = not outermost
        return [*caption, *([""] if caption and lines else []), *lines]

    def _definitions(self, block: DefinitionList, width: int) -> list[str]:
        lines: list[str] = []
        for item in block.items:
            lines += [""] if lines else []
            lines += self.run(item.term, width)
            for body in item.bodies:
                lines += _prefixed(self.blocks(body, _inner(width, 4)), "    ", "    ", width)
        return lines

    def _measure(self, width: int) -> int:
        return UNWRAPPED if self.flowed and not self._in_table else width

    # -- inlines --

    def run(self, content: Sequence[Inline], width: int) -> list[str]:
        """A run of inlines as lines: a forced break begins a new one."""
        return [line for part in self.text(content).split("\n") for line in wrap(part, width)]

    def text(self, content: Iterable[Inline]) -> str:
        """A run's characters, with a newline for a forced break and a number for each reference."""
        return "".join(self._inline(node) for node in content)

    def _inline(self, node: Inline) -> str:
        if isinstance(node, Text | Code):
            return node.text
        if isinstance(node, LineBreak):
            return "\n"
        if isinstance(node, Note):
            return self._mark(node)
        inner = self.text(node.content)
        if isinstance(node, Link):
            shown = plain(node.content)
            return (
                inner
                if shown in (node.href, node.href.removeprefix("mailto:"))
                else inner + self._mark(node.href)
            )
        if isinstance(node, Superscript) and _all_in(inner, _RAISED):
            return inner.translate(_RAISED)
        if isinstance(node, Subscript) and _all_in(inner, _LOWERED):
            return inner.translate(_LOWERED)
        if isinstance(node, Emphasis | Strong | Subscript | Superscript):
            return inner
        assert_never(node)

    def _mark(self, reference: str | Note) -> str:
        # A note by its identity: two of the same words are two notes, but a table's cells are
        # written more than once.
        key = id(reference) if isinstance(reference, Note) else reference
        if key not in self._numbers:
            self.references.append(reference)
            self._numbers[key] = len(self.references)
        return f"[{self._numbers[key]}]"

    def reference_lines(self, width: int) -> list[str]:
        """The list of links and notes; those met within notes are added as it goes."""
        lines: list[str] = []
        for number, reference in enumerate(self.references, 1):  # it grows meanwhile
            mark = f"[{number}] "
            if isinstance(reference, Note):
                body = self.blocks(reference.blocks, _inner(width, len(mark)))
                lines += _prefixed(body or [""], mark, " " * len(mark), width)
            else:
                lines.append(mark + reference)
        return lines


def underlined(lines: list[str], width: int, stroke: str) -> list[str]:
    """The lines of a heading over a stroke as wide as the widest."""
    return [*lines, stroke * min(max(map(cells, lines)), width)] if lines else []


def center(text: str, width: int) -> str:
    return " " * max((width - cells(text)) // 2, 0) + text


def _is_tight(item: Sequence[Block]) -> bool:
    return all(isinstance(block, Paragraph if i == 0 else ListBlock) for i, block in enumerate(item))


def _inner(width: int, indent: int) -> int:
    return width - indent if width - indent >= NARROW else width


def _prefixed(lines: list[str], first: str, rest: str, width: int) -> list[str]:
    """The lines indented; where there is no room to, ``first`` stands on a line of its own."""
    if width - len(first) < NARROW:
        return [first.strip(), *lines] if first.strip() else lines
    return [((rest if i else first) + line).rstrip() for i, line in enumerate(lines)]


def _all_in(text: str, table: dict[int, int]) -> bool:
    return bool(text) and all(ord(character) in table for character in text)
