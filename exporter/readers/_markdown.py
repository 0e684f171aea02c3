"""Markdown text → blocks, by Python-Markdown and the mapping of HTML that all readers share."""

from __future__ import annotations

from functools import cache

from markdown import Markdown
from markdown.inlinepatterns import SimpleTagInlineProcessor

from exporter.diagnostics import Report
from exporter.model import Asset, Block
from exporter.readers import Source, _dom, _markup

_EXTENSIONS = "abbr attr_list def_list fenced_code footnotes md_in_html sane_lists tables"


def blocks(
    text: str, source: Source, report: Report, *, base: str | None = None
) -> tuple[tuple[Block, ...], tuple[Asset, ...]]:
    """The blocks that Markdown ``text`` makes, and the images they use.

    ``base`` is the page's own address, against which relative links are resolved.
    """
    html = _engine().reset().convert(text)
    return _dom.blocks(_markup.parse(html, source.name, report), source, report, base=base)


@cache
def _engine() -> Markdown:
    engine = Markdown(extensions=_EXTENSIONS.split(), output_format="html")
    engine.inlinePatterns.register(SimpleTagInlineProcessor(r"(~~)(?=\S)(.+?)(?<=\S)~~", "del"), "strike", 65)
    return engine
