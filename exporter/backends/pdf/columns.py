"""An article's body cut into what is set in columns and what stands at full width.

The engine balances columns by laying them out again and again, and never ends where
a piece fits no column: a table, an image, a heading that must not part from its text.
So columns hold running text alone, which may break after any line; everything else
stands between them, and a very long text is cut, as every round looks at all of its rest.

A heading over a paragraph runs with the text all the same: the two are set as the lines
of one block, so what keeps a paragraph's first lines together keeps the heading with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias, assert_never

from markupsafe import Markup

from exporter.model.article import (
    Block,
    CodeBlock,
    DefinitionList,
    Figure,
    Heading,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Table,
)
from exporter.model.visit import groups, plain, texts

SHORT = 240
"""Characters that are too few for columns: three of them would have two lines each."""
WHOLE = 1_300
"""Characters up to which columns are not broken over two pages: some ten lines of three."""
LONG = 14_000
"""Characters of one set of columns, some two pages."""
DEEP = 2
"""Lists and quotations within each other that a column is wide enough for."""

Kind: TypeAlias = Literal["columns", "whole", "narrow", "wide"]


class Run(NamedTuple):
    """Blocks set in one way: in ``columns``, in ones that stay on a page (``whole``), as text
    too short for them (``narrow``), or ``wide``."""

    kind: Kind
    blocks: tuple[Block, ...]


def runs(body: Iterable[Block]) -> list[Run]:
    """The body's blocks in order, cut into runs."""
    groups: list[tuple[bool, int, list[Block]]] = []
    for unit in _units(body):
        flows = len(unit) == 2 or _flows(unit[0])
        size = sum(map(len, texts(unit)))
        if groups and groups[-1][0] == flows and (not flows or groups[-1][1] + size <= LONG):
            _, before, blocks = groups.pop()
            groups.append((flows, before + size, [*blocks, *unit]))
        else:
            groups.append((flows, size, [*unit]))
    return [Run(_kind(flows, size), tuple(blocks)) for flows, size, blocks in groups]


def body(blocks: Iterable[Block], write: Callable[[Iterable[Block]], Markup]) -> Markup:
    """The body as HTML: an element for each run, its class the run's kind, and one, ``headed``,
    for each heading that runs with its paragraph."""
    form = Markup('<div class="{}">\n{}\n</div>')
    whole = Markup('<div class="whole"><div class="columns">\n{1}\n</div></div>')

    def units(run: Run) -> Markup:
        pieces = (form.format("headed", write(u)) if len(u) == 2 else write(u) for u in _units(run.blocks))
        return Markup("\n").join(pieces)

    return Markup("\n").join(
        (whole if run.kind == "whole" else form).format(run.kind, units(run)) for run in runs(blocks)
    )


def _units(body: Iterable[Block]) -> Iterator[tuple[Block, ...]]:
    """What stays together: a heading and the paragraph under it, else each block alone."""
    heading: Heading | None = None
    for block in body:
        if heading and isinstance(block, Paragraph) and _flows(block):
            yield heading, block
            heading = None
            continue
        if heading:
            yield (heading,)
        heading = block if isinstance(block, Heading) else None
        if heading is None:
            yield (block,)
    if heading:
        yield (heading,)


def _kind(flows: bool, size: int) -> Kind:
    if not flows:
        return "wide"
    if size <= SHORT:
        return "narrow"
    return "whole" if size <= WHOLE else "columns"


def _flows(block: Block, depth: int = 0) -> bool:
    """Whether it is running text, all through, that a narrow column can take."""
    if isinstance(block, Paragraph):
        return len(plain(block.content)) <= LONG
    if isinstance(block, ListBlock | Quote | DefinitionList):
        return depth < DEEP and all(_flows(inner, depth + 1) for group in groups(block) for inner in group)
    if isinstance(block, Heading | CodeBlock | Figure | Table | Rule):
        return False
    assert_never(block)
