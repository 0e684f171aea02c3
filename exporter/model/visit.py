"""Traversals of an article's tree. All other modules go over the tree by these functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import assert_never

from exporter.model.article import (
    Article,
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


def plain(content: Sequence[Inline], *, notes: bool = False) -> str:
    """The characters of a run. A line break counts as a newline, a note as nothing
    unless ``notes``, then as its text in brackets."""
    out: list[str] = []
    for node in content:
        match node:
            case Text() | Code():
                out.append(node.text)
            case LineBreak():
                out.append("\n")
            case Note():
                if notes:
                    out.append(f" [{' '.join(texts(node.blocks, notes=True))}]")
            case Emphasis() | Strong() | Link() | Subscript() | Superscript():
                out.append(plain(node.content, notes=notes))
            case _:
                assert_never(node)
    return "".join(out)


def texts(blocks: Iterable[Block], *, notes: bool = False, alt: bool = True) -> Iterator[str]:
    """The text of each block in order: a paragraph, heading, list item's paragraph, code block,
    table cell, term, caption; with ``alt`` the alternative text of an image without a caption.
    Empty captions are skipped."""
    for block in blocks:
        match block:
            case Paragraph() | Heading():
                yield plain(block.content, notes=notes)
            case CodeBlock():
                yield block.text
            case Figure():
                if caption := plain(block.caption, notes=notes) or (alt and block.alt):
                    yield caption
            case DefinitionList():
                for item in block.items:
                    yield plain(item.term, notes=notes)
                    for body in item.bodies:
                        yield from texts(body, notes=notes, alt=alt)
            case ListBlock() | Quote() | Table() | Rule():
                for run in runs(block):
                    yield plain(run, notes=notes)
                for group in groups(block):
                    yield from texts(group, notes=notes, alt=alt)
            case _:
                assert_never(block)


def groups(block: Block) -> tuple[tuple[Block, ...], ...]:
    """The runs of blocks directly inside ``block``: items, cells, a quote's body."""
    match block:
        case ListBlock():
            return block.items
        case Quote():
            return (block.blocks,)
        case Table():
            return tuple(cell.blocks for row in block.rows for cell in row)
        case DefinitionList():
            return tuple(body for item in block.items for body in item.bodies)
        case Paragraph() | Heading() | CodeBlock() | Figure() | Rule():
            return ()
        case _:
            assert_never(block)


def runs(block: Block) -> tuple[tuple[Inline, ...], ...]:
    """The runs of inlines directly inside ``block``."""
    match block:
        case Paragraph() | Heading():
            return (block.content,)
        case Figure() | Table():
            return (block.caption,) if block.caption else ()
        case DefinitionList():
            return tuple(item.term for item in block.items)
        case ListBlock() | Quote() | CodeBlock() | Rule():
            return ()
        case _:
            assert_never(block)


def each_block(blocks: Iterable[Block]) -> Iterator[Block]:
    """Every block, outer before inner, in reading order; blocks of notes after the block that holds them."""
    for block in blocks:
        yield block
        for run in runs(block):
            for node in each_inline(run):
                if isinstance(node, Note):
                    yield from each_block(node.blocks)
        for group in groups(block):
            yield from each_block(group)


def each_inline(content: Iterable[Inline]) -> Iterator[Inline]:
    """Every inline of a run, outer before inner; not those inside a note's blocks."""
    for node in content:
        yield node
        match node:
            case Emphasis() | Strong() | Link() | Subscript() | Superscript():
                yield from each_inline(node.content)
            case Text() | Code() | LineBreak() | Note():
                pass
            case _:
                assert_never(node)


def map_inlines(blocks: Iterable[Block], change: Callable[[Inline], Iterable[Inline]]) -> tuple[Block, ...]:
    """The blocks with ``change`` applied to every inline, inner before outer.

    ``change`` returns what replaces a node: itself, others, or nothing.
    """

    def on_run(content: Iterable[Inline]) -> tuple[Inline, ...]:
        return tuple(new for node in content for new in change(_inline(node, on_run, on_blocks)))

    def on_blocks(inner: Iterable[Block]) -> tuple[Block, ...]:
        return tuple(_block(block, on_run, on_blocks) for block in inner)

    return on_blocks(blocks)


def with_languages(
    blocks: Iterable[Block], language: Callable[[Paragraph | Heading], str | None]
) -> tuple[Block, ...]:
    """The blocks with the language that ``language`` returns set on every paragraph and heading,
    those of notes included."""

    def on_run(content: Iterable[Inline]) -> tuple[Inline, ...]:
        return tuple(_inline(node, on_run, on_blocks) for node in content)

    def on_blocks(inner: Iterable[Block]) -> tuple[Block, ...]:
        return tuple(on_block(block) for block in inner)

    def on_block(block: Block) -> Block:
        rebuilt = _block(block, on_run, on_blocks)
        if isinstance(rebuilt, Paragraph):
            return Paragraph(rebuilt.content, language(rebuilt))
        if isinstance(rebuilt, Heading):
            return Heading(rebuilt.level, rebuilt.content, language(rebuilt))
        return rebuilt

    return on_blocks(blocks)


def languages(blocks: Iterable[Block]) -> Iterator[str]:
    """The languages set on blocks, with repetitions."""
    for block in each_block(blocks):
        if isinstance(block, Paragraph | Heading) and block.language:
            yield block.language


_OnRun = Callable[[Iterable[Inline]], tuple[Inline, ...]]
_OnBlocks = Callable[[Iterable[Block]], tuple[Block, ...]]


def _inline(node: Inline, on_run: _OnRun, on_blocks: _OnBlocks) -> Inline:
    """The inline with what is directly in it changed."""
    match node:
        case Link():
            return Link(node.href, on_run(node.content))
        case Emphasis() | Strong() | Subscript() | Superscript():
            return type(node)(on_run(node.content))
        case Note():
            return Note(on_blocks(node.blocks))
        case Text() | Code() | LineBreak():
            return node
        case _:
            assert_never(node)


def _block(block: Block, on_run: _OnRun, on_blocks: _OnBlocks) -> Block:
    """The block with what is directly in it changed."""
    match block:
        case Paragraph():
            return Paragraph(on_run(block.content), block.language)
        case Heading():
            return Heading(block.level, on_run(block.content), block.language)
        case Figure():
            return Figure(block.asset, block.alt, on_run(block.caption))
        case ListBlock():
            return ListBlock(tuple(map(on_blocks, block.items)), block.ordered, block.start)
        case Quote():
            return Quote(on_blocks(block.blocks))
        case Table():
            rows = tuple(
                tuple(Cell(on_blocks(c.blocks), c.header, c.colspan, c.rowspan, c.align) for c in row)
                for row in block.rows
            )
            return Table(rows, block.head, on_run(block.caption))
        case DefinitionList():
            return DefinitionList(
                tuple(
                    Definition(on_run(item.term), tuple(map(on_blocks, item.bodies))) for item in block.items
                )
            )
        case CodeBlock() | Rule():
            return block
        case _:
            assert_never(block)


def paragraphs(article: Article, *, alt: bool = False) -> tuple[str, ...]:
    """The text of each block-level paragraph, heading, list item and so on, in order; with ``alt``
    the alternative text of images without a caption, too."""
    return tuple(texts(article.blocks, alt=alt))


def plain_text(article: Article, *, alt: bool = False) -> str:
    """The article's body as text, its paragraphs separated by blank lines; ``alt`` as of `paragraphs`."""
    return "\n\n".join(paragraphs(article, alt=alt))


def size(article: Article) -> int:
    """The length of the article's text in characters, notes included: the fullest copy has the most."""
    return sum(len(text) for text in texts(article.blocks, notes=True))
