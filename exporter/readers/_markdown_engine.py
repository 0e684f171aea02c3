"""Markdown text → HTML, by Python-Markdown with the block structure of CommonMark.

Tables, footnotes, definition lists and struck-out text are understood too.
"""

from __future__ import annotations

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.preprocessors import Preprocessor
from markdown.util import ETX, STX

from exporter.readers import _markdown_links
from exporter.readers._markdown_blocks import StructureProcessor
from exporter.readers._markdown_raw import RestoreProcessor
from exporter.readers._markdown_verbatim import Verbatim


def to_html(text: str) -> str:
    """The HTML of Markdown ``text``: a fragment, raw HTML passed through, not sanitized."""
    footnotes = _Footnotes(PLACE_MARKER=f"{STX}footnotes{ETX}")
    return Markdown(extensions=[footnotes, _CommonMark(footnotes, 300_000 + 4 * len(text))]).convert(text)


class _Footnotes(FootnoteExtension):
    """Marks of one note bear one id: making them unlike takes quadratic time, and nothing points at them."""

    def unique_ref(self, reference: str, found: bool = False) -> str:  # noqa: ARG002
        return reference


class _CommonMark(Extension):
    """Puts our structure in the place of Python-Markdown's, and mends what its inlines lack."""

    def __init__(self, footnotes: FootnoteExtension, patience: int) -> None:
        super().__init__()
        self._footnotes, self._patience = footnotes, patience

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.preprocessors.register(_Lines(md), "normalize_whitespace", 30)
        md.preprocessors.deregister("html_block")
        md.parser.blockprocessors.register(StructureProcessor(md, self._footnotes), "structure", 200)
        md.inlinePatterns.register(Verbatim(md), "backtick", 190)
        for name in ("escape", "autolink", "automail", "html"):
            md.inlinePatterns.deregister(name)
        _markdown_links.register(md, self._patience)
        assert md.delimiters is not None
        md.delimiters.add("~", "del", double=True)
        md.treeprocessors.deregister("prettify")
        md.postprocessors.register(RestoreProcessor(md), "raw_html", 30)


class _Lines(Preprocessor):
    """Makes line ends alike and takes out the characters that Python-Markdown's placeholders are made of."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines).replace(STX, "").replace(ETX, "")
        return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
