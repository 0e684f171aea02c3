"""The two extractors that are compared: what each finds in a page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from exporter.model import visit
from exporter.model.article import (
    Block,
    Code,
    CodeBlock,
    Figure,
    Inline,
    LineBreak,
    Note,
    Table,
    Text,
)
from exporter.readers import registry as readers
from exporter.readers.source import Source


class SourceFile(NamedTuple):
    title: str = ""
    authors: tuple[str, ...] = ()
    day: str = ""
    paragraphs: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


def exporter(name: str, data: bytes) -> SourceFile:
    reading = readers.read_source(Source(data, f"{name.rpartition('/')[2]}.html"), "html")
    if not reading.articles:
        return SourceFile()
    article = reading.articles[0]
    captions = [
        visit.plain(block.caption) for block in visit.each_block(article.blocks) if isinstance(block, Figure)
    ]
    return SourceFile(
        article.title,
        article.authors,
        (article.published or "")[:10],
        tuple(_lines(article.blocks)),
        tuple(filter(None, captions)),
    )


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    """Paragraphs, headings, items, cells and code, a string each, as a page shows them: a note's number at
    its mark, its text after all others. Captions are not of the text."""
    notes: list[str] = []
    yield from _body_lines(blocks, notes)
    for number, note in enumerate(notes, 1):
        yield f"[{number}] {note}"


def _body_lines(blocks: Iterable[Block], notes: list[str]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, CodeBlock):
            yield block.text
        elif not isinstance(block, Figure | Table):
            for run in visit.runs(block):
                yield "".join(_shown(node, notes) for node in run)
        for group in visit.groups(block):
            yield from _body_lines(group, notes)


def _shown(node: Inline, notes: list[str]) -> str:
    if isinstance(node, Note):
        notes.append(" ".join(visit.texts(node.blocks)))
        return f"[{len(notes)}]"
    if isinstance(node, Text | Code | LineBreak):
        return visit.plain([node])
    return "".join(_shown(inner, notes) for inner in node.content)


def trafilatura(name: str, data: bytes) -> SourceFile:
    """Plain trafilatura, as its documentation shows it."""
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    matches = bare_extraction(data, include_comments=False, with_metadata=True)
    if matches is None:
        return SourceFile()
    fields = matches if isinstance(matches, dict) else matches.as_dict()
    authors = fields.get("author") or ""
    return SourceFile(
        fields.get("title") or "",
        tuple(filter(None, (author.strip() for author in authors.split(";")))),
        fields.get("date") or "",
        tuple((fields.get("text") or "").split("\n")),
    )


def trafilatura_text(name: str, data: bytes) -> None:
    """trafilatura for the text alone, without metadata: the unit of processor time."""
    from trafilatura import bare_extraction

    bare_extraction(data, fast=False)


class Extractor(NamedTuple):
    extract: Callable[[str, bytes], SourceFile]
    timed: Callable[[str, bytes], object] | None = None
    """What its processor time is measured on, where that is not ``extract``."""


EXTRACTORS = {"exporter": Extractor(exporter), "trafilatura": Extractor(trafilatura, trafilatura_text)}
