"""Markdown text → blocks, by Python-Markdown and the mapping of HTML that all readers share.

With tables, footnotes, definition lists, abbreviations, struck-out text and fenced code
anywhere (PyMdown Extensions). Texts written for other engines are first brought into the
form that Python-Markdown wants; see `exporter.readers.common.markdown_normalisation`.
"""

from __future__ import annotations

from functools import cache

from markdown import Markdown

from exporter.diagnostics import Report
from exporter.model.article import Asset, Block
from exporter.readers.common import dom, markup
from exporter.readers.common.markdown_normalisation import shallow, spelled_out, with_marks, without_marks
from exporter.readers.source import Source

_EXTENSIONS = (
    *("abbr", "attr_list", "def_list", "footnotes", "sane_lists", "tables"),
    *("pymdownx.highlight", "pymdownx.superfences", "pymdownx.tilde"),
)


def blocks(
    text: str, source: Source, report: Report, *, base: str | None = None
) -> tuple[tuple[Block, ...], tuple[Asset, ...]]:
    """The blocks that Markdown ``text`` makes, and the images they use.

    ``base`` is the page's own address, against which relative links are resolved.
    """
    flat = shallow(text)
    if flat != text:
        report.add("nesting-too-deep", source.name)
    calm, in_paragraphs, in_tables = without_marks(flat)
    if in_paragraphs:
        report.add("marks-kept-plain", source.name)
    if in_tables:
        report.add("table-too-large", source.name)
    spelled, html_blocks = spelled_out(calm)
    html = with_marks(html_blocks.restored(_engine().reset().convert(spelled)))
    return dom.blocks(markup.parse(html, source.name, report), source, report, base=base)


@cache
def _engine() -> Markdown:
    settings: dict[str, dict[str, object]] = {
        "pymdownx.highlight": {"use_pygments": False},  # colours are no part of an article
        "pymdownx.tilde": {"subscript": False},
    }
    engine = Markdown(extensions=list(_EXTENSIONS), extension_configs=settings)
    engine.preprocessors.deregister("html_block")  # see `exporter.readers.common.html_blocks`
    return engine
