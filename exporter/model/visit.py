"""The traversals: everything that goes over an article's tree goes through here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

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
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
)


def plain(content: Sequence[Inline], *, notes: bool = False) -> str:
    """The characters of a run; a line break counts as a newline, a note as nothing
    unless ``notes``, then as its text in brackets."""
    out: list[str] = []
    for node in content:
        if isinstance(node, Text | Code):
            out.append(node.text)
        elif isinstance(node, LineBreak):
            out.append("\n")
        elif isinstance(node, Note):
            if notes:
                out.append(f" [{' '.join(texts(node.blocks, notes=True))}]")
        else:
            out.append(plain(node.content, notes=notes))
    return "".join(out)


def texts(blocks: Iterable[Block], *, notes: bool = False, alt: bool = True) -> Iterator[str]:
    """The text of each block-level piece in order: a paragraph, heading, list item's
    paragraph, code block, table cell, term, caption; with ``alt`` the alternative text of
    a picture without caption. Empty ones are passed over."""
    for block in blocks:
        if isinstance(block, Paragraph | Heading):
            yield plain(block.content, notes=notes)
        elif isinstance(block, CodeBlock):
            yield block.text
        elif isinstance(block, Figure):
            if caption := plain(block.caption, notes=notes) or (alt and block.alt):
                yield caption
        else:
            if isinstance(block, Table) and block.caption:
                yield plain(block.caption, notes=notes)
            if isinstance(block, DefinitionList):
                for item in block.items:
                    yield plain(item.term, notes=notes)
                    for body in item.bodies:
                        yield from texts(body, notes=notes, alt=alt)
            else:
                for group in groups(block):
                    yield from texts(group, notes=notes, alt=alt)


def groups(block: Block) -> tuple[tuple[Block, ...], ...]:
    """The runs of blocks directly inside ``block``: items, cells, a quote's body."""
    if isinstance(block, ListBlock):
        return block.items
    if isinstance(block, Quote):
        return (block.blocks,)
    if isinstance(block, Table):
        return tuple(cell.blocks for row in block.rows for cell in row)
    if isinstance(block, DefinitionList):
        return tuple(body for item in block.items for body in item.bodies)
    return ()


def runs(block: Block) -> tuple[tuple[Inline, ...], ...]:
    """The runs of inlines directly inside ``block``."""
    if isinstance(block, Paragraph | Heading):
        return (block.content,)
    if isinstance(block, Figure | Table):
        return (block.caption,) if block.caption else ()
    if isinstance(block, DefinitionList):
        return tuple(item.term for item in block.items)
    return ()


def each_block(blocks: Iterable[Block]) -> Iterator[Block]:
    """Every block, outer before inner, in reading order; blocks of notes after their bearer."""
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
        if isinstance(node, Emphasis | Strong | Link | Subscript | Superscript):
            yield from each_inline(node.content)


def map_inlines(blocks: Iterable[Block], change: Callable[[Inline], Iterable[Inline]]) -> tuple[Block, ...]:
    """The blocks with ``change`` applied to every inline, inner before outer.

    ``change`` gives back what stands in a node's place: itself, others, or nothing.
    """

    def on_run(content: Iterable[Inline]) -> tuple[Inline, ...]:
        return tuple(new for node in content for new in change(rebuilt(node)))

    def rebuilt(node: Inline) -> Inline:
        if isinstance(node, Link):
            return Link(node.href, on_run(node.content))
        if isinstance(node, Emphasis | Strong | Subscript | Superscript):
            return type(node)(on_run(node.content))
        if isinstance(node, Note):
            return Note(on_blocks(node.blocks))
        return node

    def on_blocks(inner: Iterable[Block]) -> tuple[Block, ...]:
        return tuple(_rebuilt(block, on_run, on_blocks) for block in inner)

    return on_blocks(blocks)


def with_languages(
    blocks: Iterable[Block], language: Callable[[Paragraph | Heading], str | None]
) -> tuple[Block, ...]:
    """The blocks with every paragraph and heading, those of notes too, in the ``language`` given of it."""

    def on_run(content: Iterable[Inline]) -> tuple[Inline, ...]:
        return tuple(map(on_inline, content))

    def on_inline(node: Inline) -> Inline:
        if isinstance(node, Note):
            return Note(on_blocks(node.blocks))
        if isinstance(node, Link):
            return Link(node.href, on_run(node.content))
        if isinstance(node, Emphasis | Strong | Subscript | Superscript):
            return type(node)(on_run(node.content))
        return node

    def on_blocks(inner: Iterable[Block]) -> tuple[Block, ...]:
        return tuple(on_block(block) for block in inner)

    def on_block(block: Block) -> Block:
        rebuilt = _rebuilt(block, on_run, on_blocks)
        if isinstance(rebuilt, Paragraph):
            return Paragraph(rebuilt.content, language(rebuilt))
        if isinstance(rebuilt, Heading):
            return Heading(rebuilt.level, rebuilt.content, language(rebuilt))
        return rebuilt

    return on_blocks(blocks)


def languages(blocks: Iterable[Block]) -> Iterator[str]:
    """The languages that blocks say of themselves, each as often as it is said."""
    for block in each_block(blocks):
        if isinstance(block, Paragraph | Heading) and block.language:
            yield block.language


def _rebuilt(
    block: Block,
    on_run: Callable[[Iterable[Inline]], tuple[Inline, ...]],
    on_blocks: Callable[[Iterable[Block]], tuple[Block, ...]],
) -> Block:
    """The block with what lies directly in it changed."""
    if isinstance(block, Paragraph):
        return Paragraph(on_run(block.content), block.language)
    if isinstance(block, Heading):
        return Heading(block.level, on_run(block.content), block.language)
    if isinstance(block, Figure):
        return Figure(block.asset, block.alt, on_run(block.caption))
    if isinstance(block, ListBlock):
        return ListBlock(tuple(map(on_blocks, block.items)), block.ordered, block.start)
    if isinstance(block, Quote):
        return Quote(on_blocks(block.blocks))
    if isinstance(block, Table):
        rows = tuple(
            tuple(Cell(on_blocks(c.blocks), c.header, c.colspan, c.rowspan, c.align) for c in row)
            for row in block.rows
        )
        return Table(rows, block.head, on_run(block.caption))
    if isinstance(block, DefinitionList):
        return DefinitionList(
            tuple(Definition(on_run(item.term), tuple(map(on_blocks, item.bodies))) for item in block.items)
        )
    return block


def paragraphs(article: Article, *, alt: bool = False) -> tuple[str, ...]:
    """The text of each block-level paragraph, heading, list item and so on, in order; with ``alt``
    the alternative text of pictures without a caption, too."""
    return tuple(texts(article.blocks, alt=alt))


def plain_text(article: Article, *, alt: bool = False) -> str:
    """The article's body as text, its pieces parted by blank lines; ``alt`` as of `paragraphs`."""
    return "\n\n".join(paragraphs(article, alt=alt))


def size(article: Article) -> int:
    """How much the article says, in characters: the measure of the fuller copy."""
    return sum(len(text) for text in texts(article.blocks, notes=True))
