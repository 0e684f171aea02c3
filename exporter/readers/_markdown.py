"""Markdown text → blocks, by markdown-it-py and the mapping of HTML that all readers share.

CommonMark with tables, footnotes and definition lists. Most collections are written for
it or for kramdown: on 5,230 real posts Python-Markdown lost lists or code in 1,418, as it
wants four columns of indentation and a blank line before a list where these want two and none.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from exporter.diagnostics import Report
from exporter.model import Asset, Block
from exporter.readers import Source, _dom, _markup

_MAX_NESTING = 40
_MARKER = r"(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))[ \t]*"
_TOO_MANY_MARKERS = re.compile(rf"^([ \t]*(?:{_MARKER}){{{_MAX_NESTING}}})(?:{_MARKER})+", re.M)
_TOO_FAR_IN = re.compile(rf"^([ ]{{{2 * _MAX_NESTING}}})[ ]+(?=(?:[-*+]|\d{{1,9}}[.)])[ \t])", re.M)


def blocks(
    text: str, source: Source, report: Report, *, base: str | None = None
) -> tuple[tuple[Block, ...], tuple[Asset, ...]]:
    """The blocks that Markdown ``text`` makes, and the images they use.

    ``base`` is the page's own address, against which relative links are resolved.
    """
    shallow = _shallow(text)
    if shallow != text:
        report.add("nesting-too-deep", source.name)
    html = _engine().render(shallow)
    return _dom.blocks(_markup.parse(html, source.name, report), source, report, base=base)


def _shallow(text: str) -> str:
    """``text`` without the quote and list markers past `_MAX_NESTING` in a line, and without
    the indentation that would nest as deep: the engine drops what lies too deep, words and all."""
    text = _TOO_MANY_MARKERS.sub(r"\1", text)
    return _TOO_FAR_IN.sub(r"\1", text)


class _Engine(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002
        """All pass: addresses are judged when the tree is read; one refused here would leave
        its brackets in the text."""
        return True


@cache
def _engine() -> MarkdownIt:
    return (
        _Engine("default", {"html": True, "maxNesting": 4 * _MAX_NESTING})
        .use(footnote_plugin)
        .use(deflist_plugin)
    )
