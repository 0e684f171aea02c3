"""CommonMark text with tables, footnotes and definition lists → blocks, by markdown-it.

This is for files that this program wrote, in which every character counts. All other Markdown is read by
`exporter.readers.common.markdown`. HTML is read where it is for a block without a syntax in Markdown, with
Markdown between its tags; all other tags are ignored, and unsafe elements (scripts, styles, forms) are
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from msgspec.structs import replace

from exporter.diagnostics import Report
from exporter.model import build
from exporter.model.article import (
    MAX_DEPTH,
    Block,
    Cell,
    CodeBlock,
    Definition,
    DefinitionList,
    Heading,
    Inline,
    Paragraph,
    Rule,
    Table,
)
from exporter.readers.common import elements, inlines, tables
from exporter.readers.markdown._commonmark_inlines import MARKS, InlineBuilder, Markup, markup, paragraph

Image = Callable[[Token], tuple[Block, ...]]
"""Converts the token of an image to blocks."""

_WEIGHT = {"ul": 2, "ol": 2, "table": 3, "blockquote": 1, "dl": 2}
_CONTAINERS = frozenset(("li", "dt", "dd", "tr", "td", "th", "caption", "figure", "figcaption"))
_BEARERS = {
    "li": ("ul", "ol"),
    **dict.fromkeys(("tr", "caption"), ("table",)),
    **dict.fromkeys(("td", "th"), ("tr",)),
    **dict.fromkeys(("dt", "dd"), ("dl",)),
    "figcaption": ("figure",),
}
"""Elements with a meaning only in their own parent; elsewhere only their content counts."""
_VOID = frozenset(("embed", "frame", "input", "link", "meta", "param"))
_HEADINGS = frozenset(f"h{n}" for n in range(1, 7))
_MAX_NESTING = 160
"""Levels of nesting for the engine, which recurses; a list takes two. It does not read what is deeper."""
_MAX_NOTES = 4
"""Levels of notes in notes."""
_MAX_REFERENCES = 50_000
"""Notes shown in a text: each may be shown often, and contain others that are, too."""
_MAX_BRACKETS = 2000
"""Brackets in one paragraph: from each, the engine searches for a link up to the end of the paragraph."""
_MAX_FRAMES = 4 * MAX_DEPTH
"""Elements open at a time, including ignored ones."""


@cache
def _engine() -> MarkdownIt:
    engine = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table")
    engine.use(footnote_plugin, inline=False, move_to_end=False).use(deflist_plugin)
    # Addresses are checked where links are built, and stay as they are in the text.
    # markdown-it's documented way to replace these, which its types do not allow.
    engine.validateLink = bool  # type: ignore[assignment, method-assign]
    engine.normalizeLink = engine.normalizeLinkText = str  # type: ignore[assignment, method-assign]
    engine.core.ruler.before("inline", "brackets", _brackets)
    return engine


def _brackets(state: StateCore) -> None:
    """Escape the brackets of a paragraph that consists of little else."""
    for token in state.tokens:
        if token.content.count("[") > _MAX_BRACKETS:
            escaped = re.sub(r"(?<!\\)((?:\\\\)*)\[", r"\1\\[", token.content)
            if len(escaped) - len(token.content) > _MAX_BRACKETS and token.type == "inline":
                token.content = escaped


class Document:
    """A parsed text.

    ``tokens`` are those of its blocks without the notes; ``level`` is that of the highest heading of a body,
    minus one. ``references`` are names of images with addresses.
    """

    def __init__(
        self, text: str, where: str, report: Report, image: Image, references: Iterable[str], level: int = 0
    ) -> None:
        env = {"references": {name.upper(): {"href": name, "title": ""} for name in references}}
        self.tokens: list[Token] = []
        self._notes: dict[str, list[Token]] = {}
        self._where, self._report, self._image, self._level = where, report, image, level
        self._within: list[str] = []
        self._depth = 0
        self._sort(_engine().parse(text, env))

    def blocks(self, tokens: Sequence[Token]) -> tuple[Block, ...]:
        """The blocks of some of the document's tokens."""
        return _Builder(self._note, self._image, self._level, self._where, self._report).build(tokens)

    def run(self, token: Token) -> tuple[Inline, ...]:
        """The inlines of an ``inline`` token."""
        run = InlineBuilder(self._note, self._image)
        run.add(token.children or ())
        return run.done()

    def _sort(self, tokens: Iterable[Token]) -> None:
        label: str | None = None
        for token in tokens:
            if token.level >= _MAX_NESTING - 2:
                self._report.add("nesting-too-deep", self._where)
            if token.type == "footnote_reference_open":
                label = str(token.meta["label"])
                self._notes[label] = []
            elif token.type == "footnote_reference_close":
                label = None
            else:
                (self.tokens if label is None else self._notes[label]).append(token)

    def _note(self, label: str) -> tuple[Inline, ...]:
        if label not in self._notes or label in self._within:  # a note in itself has no end
            return ()
        self._depth += 1
        if len(self._within) >= _MAX_NOTES or self._depth > _MAX_REFERENCES:
            self._report.add("nesting-too-deep", self._where)
            return ()
        self._within.append(label)
        blocks = self.blocks(self._notes[label])
        self._within.pop()
        return build.note(blocks)


class _Frame:
    """An open element, and the content so far."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.blocks: list[Block] = []
        self.items: list[tuple[Block, ...]] = []
        self.rows: list[tuple[Cell, ...]] = []
        self.cells: list[Cell] = []
        self.terms: list[tuple[tuple[Inline, ...], list[tuple[Block, ...]]]] = []
        self.caption: tuple[Inline, ...] = ()
        self.head = 0


class _Builder:
    """Builds blocks from tokens and tags, with a stack of frames and the pending inlines of a line."""

    def __init__(
        self,
        note: Callable[[str], tuple[Inline, ...]],
        image: Image,
        level: int,
        where: str,
        report: Report,
    ) -> None:
        self._pending = InlineBuilder(note, image)
        self._level, self._where, self._report = level, where, report
        self._frames = [_Frame("", {})]
        self._skipped = ""

    def build(self, tokens: Iterable[Token]) -> tuple[Block, ...]:
        for token in tokens:
            self._token(token)
        while len(self._frames) > 1:
            self._close(self._frames[-1].tag)
        self._flush()
        return tuple(self._frames[0].blocks)

    def _token(self, token: Token) -> None:
        if token.type == "inline":
            self._pending.add(token.children or ())
        elif token.type == "html_block":
            for piece in markup(token.content):
                self._markup(piece)
            self._skipped = ""
        elif token.type in ("fence", "code_block"):
            self._flush()
            language = unescapeAll(token.info).strip()
            text = token.content.removesuffix("\n")
            self._last.blocks.append(CodeBlock(build.clean(text), build.clean(language) or None))
        elif token.type == "hr":
            self._flush()
            self._last.blocks.append(Rule())
        elif token.nesting > 0:
            self._open(token.tag, {name: str(value) for name, value in token.attrs.items()})
        elif token.nesting < 0:
            self._close(token.tag)

    def _markup(self, piece: Markup) -> None:
        if self._skipped:
            self._skipped = "" if piece == Markup(self._skipped) else self._skipped
        elif piece.tag in elements.DROPPED:
            self._report.add("markup-dropped", self._where)
            self._skipped = piece.tag if piece.opens and piece.tag not in _VOID else ""
        elif piece.tag in MARKS or piece.tag == "br":
            self._pending.markup(piece)
        elif not piece.tag:
            # Line ends belong to the markup: this program writes none in text between tags.
            space = re.sub(r"\s+", lambda m: " " if "\n" in m[0] else m[0], piece.text.strip("\n"))
            self._pending.text(space)
        elif piece.opens:
            self._open(piece.tag, piece.attributes)
        else:
            self._close(piece.tag)

    @property
    def _last(self) -> _Frame:
        return self._frames[-1]

    def _flush(self) -> None:
        """Turn the pending inlines into a paragraph; its images follow."""
        self._last.blocks += paragraph(self._pending.done())
        images, self._pending.blocks = self._pending.blocks, []
        self._last.blocks += images

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        self._flush()
        if len(self._frames) >= _MAX_FRAMES:
            return
        if (
            tag in _CONTAINERS
            or tag in _HEADINGS
            or (tag == "div" and "lang" in attributes)
            or (tag in _WEIGHT and self._allows(tag))
        ):
            self._frames.append(_Frame(tag, attributes))

    def _allows(self, tag: str) -> bool:
        """Whether one more level keeps the article within `MAX_DEPTH`, including marks and text in it."""
        if sum(_WEIGHT.get(frame.tag, 0) for frame in self._frames) + _WEIGHT[tag] + 8 <= MAX_DEPTH:
            return True
        self._report.add("nesting-too-deep", self._where)
        return False

    def _close(self, tag: str) -> None:
        if tag in _HEADINGS and self._last.tag == tag:
            self._heading()
            return
        self._flush()
        if tag == "thead" and self._last.tag == "table":
            self._last.head = len(self._last.rows)
        elif any(frame.tag == tag for frame in self._frames[1:]):
            while (frame := self._frames.pop()).tag != tag:
                self._finish(frame)
            self._finish(frame)

    def _heading(self) -> None:
        frame = self._frames.pop()
        level = tables.span(frame.attributes.get("aria-level") or frame.tag[1:]) - self._level
        # Content in paragraphs, from HTML, belongs to the heading, too.
        content = (*inlines.join(frame.blocks), *self._pending.done())
        self._last.blocks += build.heading(level, content)
        images, self._pending.blocks = self._pending.blocks, []
        self._last.blocks += images

    def _finish(self, frame: _Frame) -> None:
        """Add the content of a finished frame to the frame around it."""
        outer, blocks = self._last, tuple(frame.blocks)
        if outer.tag not in _BEARERS.get(frame.tag, (outer.tag,)):
            outer.blocks += [*blocks, *(block for cell in frame.cells for block in cell.blocks)]
        elif frame.tag in ("ul", "ol"):
            start = _start(frame.attributes.get("start", ""))
            outer.blocks += [*blocks, *build.list_block(frame.items, ordered=frame.tag == "ol", start=start)]
        elif frame.tag == "div":
            language = build.language_tag(frame.attributes["lang"])
            outer.blocks += [
                replace(b, language=b.language or language) if isinstance(b, Paragraph | Heading) else b
                for b in blocks
            ]
        elif frame.tag == "li":
            outer.items.append(blocks)
        elif frame.tag == "blockquote":
            outer.blocks += build.quote(blocks)
        elif frame.tag in ("td", "th"):
            get = frame.attributes.get
            spans = tables.span(get("colspan")), tables.span(get("rowspan"))
            outer.cells.append(
                Cell(blocks, frame.tag == "th", *spans, tables.align(get("align"), get("style")))
            )
        elif frame.tag == "tr":
            outer.blocks += blocks
            outer.rows.append(tuple(frame.cells))
        elif frame.tag == "table":
            rows = tuple(frame.rows)
            outer.blocks += [*blocks, *([Table(rows, frame.head, frame.caption)] if rows else [])]
        elif frame.tag in ("caption", "figcaption"):
            outer.caption = build.inlines(inlines.join(blocks))
        elif frame.tag == "figure":
            outer.blocks += inlines.add_caption(frame.blocks, frame.caption, has_image=False)
        elif frame.tag == "dt":
            outer.terms.append((build.inlines(inlines.join(blocks)), []))
        elif frame.tag == "dd" and outer.terms:
            outer.terms[-1][1].append(blocks)
        elif frame.tag == "dl":
            items = tuple(Definition(term, tuple(bodies)) for term, bodies in frame.terms)
            outer.blocks += [*blocks, *([DefinitionList(items)] if items else [])]
        else:
            outer.blocks += blocks


def _start(value: str) -> int:
    """The number of the first item of a list; 1 if it is invalid."""
    return int(value) if re.fullmatch(r"\d{1,9}", value, re.A) else 1
