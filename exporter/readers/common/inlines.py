"""Pending inlines of the visitor: pieces with their marks, turned into paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from lxml import etree

from exporter.model import build, visit
from exporter.model.article import (
    Block,
    Code,
    Figure,
    Heading,
    Inline,
    LineBreak,
    Link,
    Paragraph,
    Text,
)

_LONGEST_CREDIT = 160
"""Maximum number of characters in a credit next to an image."""
_LONG_LINE = 100
"""Characters from which on a line is a paragraph, if another of this length follows."""
_STOPS = tuple(f"{stop}{mark}" for stop in ".!?…" for mark in ("", '"', "”", "’", "»", "“", ")"))
_EDGES = "\xa0\u3000\u200b\u2060\ufeff \t\n\r\f\v"


class Mark:
    """An open mark: its element, its kind and, for a link, its address."""

    def __init__(self, element: etree._Element, kind: type[Inline], href: str = "") -> None:
        self.element, self.kind, self.href = element, kind, href


Piece = tuple[Inline, tuple[Mark, ...]]
"""An inline, and the marks around it, the outermost first."""


def paragraphs(run: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The inlines, split at two or more line breaks, or at one between long sentences."""
    for part in _apart(run):
        yield from _sentences_apart(part)


def _sentences_apart(run: list[Piece]) -> Iterator[list[Piece]]:
    """The inlines, split at line breaks between two long lines of which the first ends a sentence."""
    breaks = [n for n, (node, _) in enumerate(run) if isinstance(node, LineBreak)]
    lines = [
        visit.plain([node for node, _ in run[start + 1 : end]]).strip(_EDGES)
        for start, end in pairwise((-1, *breaks, len(run)))
    ]
    start = 0
    for at, (line, following) in zip(breaks, pairwise(lines), strict=True):
        if min(len(line), len(following)) >= _LONG_LINE and line.endswith(_STOPS):
            yield run[start:at]
            start = at + 1
    yield run[start:]


def _apart(run: Sequence[Piece]) -> Iterator[list[Piece]]:
    part: list[Piece] = []
    pending: list[Piece] = []
    breaks = 0
    for piece in run:
        node = piece[0]
        if isinstance(node, LineBreak):
            breaks += 1
            pending.append(piece)
        elif isinstance(node, Text) and not node.text.strip(_EDGES) and breaks:
            pending.append(piece)
        else:
            if breaks >= 2:
                yield part
                part = []
            else:
                part += pending
            pending, breaks = [], 0
            part.append(piece)
    yield part


def trim(run: list[Piece]) -> list[Piece]:
    """The inlines without white space at the ends, including no-break and wide spaces."""
    start, end = 0, len(run)
    while start < end and isinstance(node := run[start][0], Text):
        if text := node.text.lstrip(_EDGES):
            run[start] = (Text(text), run[start][1])
            break
        start += 1
    while end > start and isinstance(node := run[end - 1][0], Text):
        if text := node.text.rstrip(_EDGES):
            run[end - 1] = (Text(text), run[end - 1][1])
            break
        end -= 1
    return run[start:end]


def nest(run: Sequence[Piece], depth: int = 0) -> tuple[Inline, ...]:
    """Nest pieces with marks into inlines. No kind is nested in itself."""
    out: list[Inline] = []
    for mark, group in groupby(run, key=lambda piece: piece[1][depth] if len(piece[1]) > depth else None):
        pieces = list(group)
        if mark is None:
            out += join_code(piece[0] for piece in pieces)
            continue
        inner = nest(pieces, depth + 1)
        if mark.kind is Link:
            out += build.link(mark.href, inner)
        else:
            out.append(mark.kind(inner))
    return tuple(out)


def join_code(nodes: Iterator[Inline]) -> Iterator[Inline]:
    for is_code, group in groupby(nodes, key=lambda node: isinstance(node, Code)):
        if is_code:
            yield Code("".join(node.text for node in group if isinstance(node, Code)))
        else:
            yield from group


def join(parts: Sequence[Block]) -> tuple[Inline, ...]:
    """The inlines of several blocks, separated by line breaks: for a caption or a term."""
    out: list[Inline] = []
    for block in parts:
        if isinstance(block, Paragraph | Heading):
            out += [*([LineBreak()] if out else []), *block.content]
    return tuple(out)


def add_caption(blocks: list[Block], caption: tuple[Inline, ...], *, has_image: bool) -> list[Block]:
    """The blocks of a figure with its caption moved to the last image.

    A line or two next to the only image, a credit, are appended to the caption. A lost image (``has_image``)
    keeps both.
    """
    figures = [block for block in blocks if isinstance(block, Figure)]
    lines = [block for block in blocks if isinstance(block, Paragraph)]
    if len(figures) + len(lines) == len(blocks) and len(figures) <= 1 and (figures or has_image):
        credit = join(lines)
        if len(visit.plain(credit)) <= _LONGEST_CREDIT:
            figure = figures[0] if figures else Figure()
            parts = [run for run in (caption or figure.caption, credit) if run]
            words = [node for run in parts for node in (LineBreak(), *run)][1:]
            return list(build.figure(figure.asset, figure.alt, words))
    if not caption:
        return blocks
    for index in range(len(blocks) - 1, -1, -1):
        if isinstance(block := blocks[index], Figure):
            return [
                *blocks[:index],
                Figure(block.asset, block.alt, build.inlines(caption)),
                *blocks[index + 1 :],
            ]
    return [*blocks, *build.paragraph(caption)] if blocks else list(build.figure(None, "", caption))
