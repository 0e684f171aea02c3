"""The block structure of CommonMark, as a block processor of Python-Markdown.

Python-Markdown's own processors cut the text at blank lines and count indentation in
fours; what is written for CommonMark, GFM or kramdown nests by the width of the marker
and needs no blank lines, and loses lists and code there. This processor takes the whole
text instead and follows the strategy that CommonMark's appendix describes: line by line,
a stack of open containers and at most one open leaf. No recursion, so no depth can
break it; past `MAX_CONTAINERS` markers are dropped and the text is kept.

Added to CommonMark: tables (GFM), footnotes, definition lists (PHP Markdown Extra) and
attribute lists (kramdown), which are dropped. The inlines are Python-Markdown's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableProcessor
from markdown.util import ETX, STX, AtomicString, code_escape

from exporter.readers import _markdown_raw as raw
from exporter.readers._markdown_line import Line
from exporter.readers._markdown_links import take_definitions
from exporter.readers._markdown_runs import fill

MAX_CONTAINERS = 60
"""Lists' items, quotes, notes and definitions within one another; more are set in the last."""

MAX_CELLS = 100_000
"""Cells of a table: a short row is filled up, so that a small text could ask for any number."""
MAX_COLUMNS = 500
"""Columns of a table; with more it is none."""
MAX_TICKS = 200
"""Backticks in a table's row; pairing them takes quadratic time."""
MAX_NOTES = 2_000
"""Footnotes that are looked up by name; each look-up goes through all."""

_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})\Z")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|\Z)")
_HEADING_END = re.compile(r"(?:\A|[ \t])#+[ \t]*\Z")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*\Z")
_FENCE = re.compile(r"`{3,}(?=[^`]*\Z)|~{3,}")
_BULLET = re.compile(r"[-+*](?=[ \t]|\Z)")
_NUMBER = re.compile(r"([0-9]{1,9})([.)])(?=[ \t]|\Z)")
_NOTE = re.compile(r"\[\^([^\]\s]+)\]:")
_DEFINITION = re.compile(r":(?=[ \t]+\S)")
_TABLE_RULE = re.compile(r"[|: \t-]*-[|: \t-]*\Z")
_ATTRIBUTES = re.compile(r"\{:[^{}]*\}[ \t]*\Z")
_MARKERS = re.compile(r"(?:(?:>|[-+*](?=[ \t]))[ \t]*)+")


class _Container:
    """An open quote, item, definition or footnote: its element, and how far its content is indented."""

    def __init__(self, kind: str, element: Element, offset: int = 0) -> None:
        self.kind, self.element, self.offset = kind, element, offset
        self.marker = ""  # of the list last opened in it
        self.begun = False  # whether anything but blanks has come


class _Leaf:
    """The block being gathered: its kind, its lines, and for code and raw HTML how it ends."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.lines: list[str] = []
        self.fence = ""
        self.info = ""
        self.indent = 0
        self.end: re.Pattern[str] | None = None


class StructureProcessor(BlockProcessor):
    """Builds the elements of all blocks of a text, nested as CommonMark has it."""

    def __init__(self, md: Markdown, footnotes: FootnoteExtension) -> None:
        super().__init__(md.parser)
        self._md, self._footnotes = md, footnotes
        self._tables = TableProcessor(md.parser, {"use_align_attribute": True})
        self._notes: dict[str, Element] = {}

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        return True

    def run(self, parent: Element, blocks: list[str]) -> None:
        text = "\n\n".join(blocks)
        blocks.clear()
        if (note := self._notes.pop(text, None)) is not None:
            parent.extend(note)
            return
        _Parse(self._md, self._tables, self._note, parent).text(text)

    def _note(self, key: str, around: Element) -> Element:
        """The element to hold the footnote ``key``; a second one of that name stays in its place."""
        if key in self._footnotes.footnotes or len(self._footnotes.footnotes) >= MAX_NOTES:
            return SubElement(around, "div")
        # The extension parses the text of its notes when the document is done. Ours are
        # elements by then: it is given a token, by which `run` knows them again.
        token = f"{STX}note:{len(self._footnotes.footnotes)}{ETX}"
        self._footnotes.setFootnote(key, token)
        self._notes[token] = Element("div")
        return self._notes[token]


class _Parse:
    """One text being read: the stack of containers, the open leaf, and where the line stands."""

    def __init__(
        self,
        md: Markdown,
        tables: TableProcessor,
        note: Callable[[str, Element], Element],
        parent: Element,
    ) -> None:
        self._md, self._tables, self._hold_note = md, tables, note
        self._stack = [_Container("root", parent)]
        self._leaf: _Leaf | None = None
        self._number = 0
        self._ended: tuple[Element, int] | None = None  # the last paragraph, and the line that ended it
        self._line = Line("")
        self._matched = 1

    def text(self, text: str) -> None:
        for self._number, line in enumerate(text.split("\n")):
            self._read(line)
        self._close(0)

    # -- One line ------------------------------------------------------------------------

    def _read(self, text: str) -> None:
        line = self._line = Line(text)
        self._matched = 1
        for container in self._stack[1:]:
            if not self._continues(container):
                break
            self._matched += 1
        if self._leaf and self._all_matched and self._continues_leaf(self._leaf):
            return
        while self._starts():
            pass
        if line.done:
            return
        if line.blank:
            self._end_unmatched()
            self._end_leaf()
        elif self._leaf and self._leaf.kind == "paragraph":
            self._leaf.lines.append(line.rest.lstrip())  # whatever else has ended: lazy continuation
        else:
            self._end_unmatched()
            if self._leaf is None:
                self._open_leaf("paragraph")
            assert self._leaf is not None
            self._leaf.lines.append(line.rest.lstrip())

    @property
    def _all_matched(self) -> bool:
        return self._matched == len(self._stack)

    @property
    def _in_paragraph(self) -> bool:
        return self._all_matched and self._leaf is not None and self._leaf.kind == "paragraph"

    def _continues(self, container: _Container) -> bool:
        line = self._line
        if container.kind == "quote":
            if line.indent > 3 or not line.at(">"):
                return False
            line.to_content()
            line.skip(1)
            line.skip_one_blank()
            return True
        if line.blank:
            return container.begun
        if line.indent < container.offset:
            return False
        line.skip_columns(container.offset)
        return True

    def _continues_leaf(self, leaf: _Leaf) -> bool:
        """Whether the line is the open leaf's, and has been added to it or has ended it."""
        line = self._line
        if leaf.kind == "fence":
            if line.indent <= 3 and re.fullmatch(
                rf"{leaf.fence[0]}{{{len(leaf.fence)},}}[ \t]*", line.content
            ):
                self._end_leaf()
            else:
                line.skip_columns(min(leaf.indent, line.indent))
                leaf.lines.append(line.rest)
            return True
        if leaf.kind == "code":
            if not line.blank and line.indent < 4:
                self._end_leaf()
                return False
            line.skip_columns(min(4, line.indent))
            leaf.lines.append(line.rest)
            return True
        if leaf.kind == "html":
            if leaf.end is None and line.blank:
                self._end_leaf()
                return True
            leaf.lines.append(line.rest)
            if leaf.end and leaf.end.search(line.rest):
                self._end_leaf()
            return True
        if leaf.kind == "table" and (
            line.indent > 3
            or line.content.count("`") > MAX_TICKS
            or len(leaf.lines) * leaf.lines[1].count("|") > MAX_CELLS
        ):
            self._end_leaf()
        return False

    # -- What begins with a line -----------------------------------------------------------

    def _starts(self) -> bool:
        """Open the block that begins here; whether it is a container, in which more may begin."""
        line = self._line
        if line.blank or line.done:
            return False
        if line.indent > 3:
            if not (self._leaf and self._leaf.kind == "paragraph"):
                self._end_unmatched()
                self._end_leaf()
                self._open_leaf("code")
                line.skip_columns(4)
                self._finish(line.rest)
            return False
        content = line.content
        if (mark := content[0]).isalnum() and not mark.isdigit():
            return False
        return (
            self._quote(content)
            or self._note(content)
            or self._item(content)
            or self._definition(content)
            or self._leaf_starts(content)
        )

    def _leaf_starts(self, content: str) -> bool:
        if self._in_paragraph and self._underlined(content):
            return False
        if match := _HEADING.match(content):
            self._interrupt()
            text = _HEADING_END.sub("", content[match.end() :]).strip(" \t")
            self._element(f"h{len(match[1])}", text)
            self._line.finish()
        elif match := _FENCE.match(content):
            self._interrupt()
            leaf = self._open_leaf("fence")
            leaf.fence, leaf.indent = match[0], self._line.indent
            leaf.info = content[match.end() :].strip()
            self._line.finish()
        elif _RULE.match(content):
            self._interrupt()
            SubElement(self._here.element, "hr")
            self._line.finish()
        elif _ATTRIBUTES.match(content):
            self._interrupt()
            self._line.finish()
        elif found := raw.starts(content, self._leaf is None or self._leaf.kind != "paragraph"):
            self._interrupt()
            leaf = self._open_leaf("html")
            leaf.end = found.end
            self._finish(self._line.rest)
            if found.end and found.end.search(content):
                self._end_leaf()
        return False

    def _underlined(self, content: str) -> bool:
        """Whether the line makes the paragraph before it a heading, or a table's head."""
        assert self._leaf is not None
        if match := _UNDERLINE.match(content):
            lines, self._leaf = self._leaf.lines, None
            if text := self._without_definitions(lines):
                self._element("h1" if match[1][0] == "=" else "h2", text)
                self._line.finish()
                return True
            return False
        head = self._leaf.lines[-1].replace("\t", " ")
        rule = content.replace("\t", " ").rstrip()
        if (
            "|" in head
            and _TABLE_RULE.match(rule)
            and self._tables.test(self._here.element, f"{head}\n{rule}")
        ):
            self._leaf.lines.pop()
            self._end_leaf()
            self._open_leaf("table")
            self._leaf.lines += [head, rule]
            self._line.finish()
            return True
        return False

    def _quote(self, content: str) -> bool:
        if content[0] != ">":
            return False
        if self._too_deep(content):
            return False
        self._interrupt()
        self._line.to_content()
        self._line.skip(1)
        self._line.skip_one_blank()
        self._push(_Container("quote", SubElement(self._here.element, "blockquote")))
        return True

    def _note(self, content: str) -> bool:
        match = _NOTE.match(content)
        if match is None or len(self._stack) > MAX_CONTAINERS:
            return False
        self._interrupt()
        self._line.to_content()
        self._line.skip(match.end())
        self._push(_Container("note", self._hold_note(match[1], self._here.element), 4))
        return True

    def _item(self, content: str) -> bool:
        number = _NUMBER.match(content)
        match = number or _BULLET.match(content)
        if match is None or _RULE.match(content) or (self._in_paragraph and _UNDERLINE.match(content)):
            return False
        empty = not content[match.end() :].strip()
        if self._in_paragraph and (empty or (number and int(number[1]) != 1)):
            return False
        if self._too_deep(content):
            return False
        self._interrupt()
        line = self._line
        offset = line.indent + match.end()
        line.to_content()
        line.skip(match.end())
        padding = line.indent
        if empty or padding > 4:
            offset += 1
            line.skip_one_blank()
        else:
            offset += padding
            line.skip_columns(padding)
        self._push(_Container("item", SubElement(self._list(match), "li"), offset))
        return True

    def _list(self, match: re.Match[str]) -> Element:
        """The list that an item belongs to: the one it follows if the markers are alike, or a new one."""
        here = self._here
        marker = match[0][-1]
        last = here.element[-1] if len(here.element) else None
        if last is not None and last.tag in ("ol", "ul") and here.marker == marker:
            return last
        here.marker = marker
        if marker not in ".)":
            return SubElement(here.element, "ul")
        start = str(int(match[0][:-1]))
        return SubElement(here.element, "ol", {"start": start} if start != "1" else {})

    def _definition(self, content: str) -> bool:
        match = _DEFINITION.match(content)
        if match is None or len(self._stack) > MAX_CONTAINERS:
            return False
        if self._in_paragraph:
            assert self._leaf is not None
            terms = self._leaf.lines
            self._leaf = None
        else:
            here = self._stack[self._matched - 1].element
            last = here[-1] if len(here) else None
            if last is not None and self._ended == (last, self._number - 1):
                terms = (last.text or "").split("\n")
                here.remove(last)
            elif last is not None and last.tag == "dl":
                terms = []
            else:
                return False
        self._interrupt()
        here = self._here.element
        last = here[-1] if len(here) else None
        holder = last if last is not None and last.tag == "dl" else SubElement(here, "dl")
        for term in terms:
            fill(SubElement(holder, "dt"), term.strip())
        offset = self._line.indent + 2
        self._line.to_content()
        self._line.skip(match.end())
        self._line.skip_columns(min(self._line.indent, 4))
        self._push(_Container("dd", SubElement(holder, "dd"), offset))
        return True

    def _too_deep(self, content: str) -> bool:
        """Whether no container may open; the markers are then passed over."""
        if len(self._stack) <= MAX_CONTAINERS:
            return False
        if match := _MARKERS.match(content):
            self._line.to_content()
            self._line.skip(match.end())
        return True

    # -- Opening and closing ---------------------------------------------------------------

    @property
    def _here(self) -> _Container:
        return self._stack[-1]

    def _interrupt(self) -> None:
        """A block begins: what has not been continued ends."""
        self._end_unmatched()
        self._end_leaf()
        for container in self._stack:
            container.begun = True

    def _finish(self, text: str) -> None:
        assert self._leaf is not None
        self._leaf.lines.append(text)
        self._line.finish()

    def _push(self, container: _Container) -> None:
        self._stack.append(container)
        self._matched += 1

    def _open_leaf(self, kind: str) -> _Leaf:
        for container in self._stack:
            container.begun = True
        self._leaf = _Leaf(kind)
        return self._leaf

    def _end_unmatched(self) -> None:
        if not self._all_matched:
            self._close(self._matched)

    def _close(self, depth: int) -> None:
        self._end_leaf()
        del self._stack[max(depth, 1) :]

    def _end_leaf(self) -> None:
        """Make an element of the open leaf."""
        leaf, self._leaf = self._leaf, None
        if leaf is None:
            return
        parent = self._here.element
        if leaf.kind == "paragraph":
            if text := self._without_definitions(leaf.lines):
                self._ended = (self._element("p", text), self._number)
        elif leaf.kind in ("code", "fence"):
            self._code(leaf)
        elif leaf.kind == "html":
            SubElement(parent, raw.ELEMENT).text = AtomicString(
                self._md.htmlStash.store("\n".join(leaf.lines))
            )
        else:
            rows = "\n".join(line.replace("\t", " ").strip() for line in leaf.lines)
            self._tables.test(parent, rows)  # sets the columns that `run` fills
            self._tables.run(parent, [rows])
            for cell in parent[-1].iter():
                cell.text = cell.text and cell.text.replace("\\|", "|")

    def _code(self, leaf: _Leaf) -> None:
        lines = leaf.lines
        if leaf.kind == "code":
            while lines and not lines[-1].strip():
                lines.pop()
        code = SubElement(SubElement(self._here.element, "pre"), "code")
        if language := leaf.info.split(maxsplit=1)[:1]:
            code.set("class", f"language-{language[0]}")
        code.text = AtomicString(code_escape("\n".join([*lines, ""])))

    def _without_definitions(self, lines: list[str]) -> str:
        """The paragraph's text, the link definitions at its head taken out and noted."""
        text = "\n".join(lines)
        rest = take_definitions(text, self._md.references)
        if len(rest) < len(text):
            self._here.marker = ""  # a definition parts two lists
        return rest.rstrip()

    def _element(self, tag: str, text: str) -> Element:
        element = SubElement(self._here.element, tag)
        fill(element, text)
        return element
