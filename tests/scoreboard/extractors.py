"""The two extractors that are compared: what each finds in a page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from exporter import readers, walk
from exporter.model import Block, CodeBlock, Figure, Table


class Found(NamedTuple):
    title: str = ""
    authors: tuple[str, ...] = ()
    day: str = ""
    paragraphs: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


def exporter(name: str, data: bytes) -> Found:
    reading = readers.read_source(readers.Source(data, f"{name.rpartition('/')[2]}.html"), "html")
    if not reading.articles:
        return Found()
    article = reading.articles[0]
    captions = [
        walk.plain(block.caption) for block in walk.each_block(article.blocks) if isinstance(block, Figure)
    ]
    return Found(
        article.title,
        article.authors,
        (article.published or "")[:10],
        tuple(_lines(article.blocks)),
        tuple(filter(None, captions)),
    )


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    """Paragraphs, headings, items, cells and code, a string each; captions are not of the text."""
    for block in walk.each_block(blocks):
        if isinstance(block, CodeBlock):
            yield block.text
        elif not isinstance(block, Figure | Table):
            yield from map(walk.plain, walk.runs(block))


def trafilatura(name: str, data: bytes) -> Found:
    """Plain trafilatura, as its documentation shows it."""
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = bare_extraction(data, include_comments=False, with_metadata=True)
    if found is None:
        return Found()
    fields = found if isinstance(found, dict) else found.as_dict()
    authors = fields.get("author") or ""
    return Found(
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
    extract: Callable[[str, bytes], Found]
    timed: Callable[[str, bytes], object] | None = None
    """What its processor time is measured on, where that is not ``extract``."""


EXTRACTORS = {"exporter": Extractor(exporter), "trafilatura": Extractor(trafilatura, trafilatura_text)}
