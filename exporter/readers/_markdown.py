"""Markdown text → blocks, by markdown-it-py and the mapping of HTML that all readers share.

CommonMark with tables, footnotes and definition lists. Most collections are written for
it or for kramdown: on 5,230 real posts Python-Markdown lost lists or code in 1,418, as it
wants four columns of indentation and a blank line before a list where these want two and none.
"""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from exporter.diagnostics import Report
from exporter.model import Asset, Block
from exporter.readers import Source, _dom, _markup


def blocks(
    text: str, source: Source, report: Report, *, base: str | None = None
) -> tuple[tuple[Block, ...], tuple[Asset, ...]]:
    """The blocks that Markdown ``text`` makes, and the images they use.

    ``base`` is the page's own address, against which relative links are resolved.
    """
    html = _engine().render(text)
    return _dom.blocks(_markup.parse(html, source.name, report), source, report, base=base)


class _Engine(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002
        """All pass: addresses are judged when the tree is read; one refused here would leave
        its brackets in the text."""
        return True


@cache
def _engine() -> MarkdownIt:
    return _Engine("default", {"html": True}).use(footnote_plugin).use(deflist_plugin)
