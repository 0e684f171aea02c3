"""Blocks of HTML in Markdown, where CommonMark begins and ends them (0.31.2, section 4.6).

A block that begins with a tag such as ``<details>`` ends at a blank line: what follows is Markdown
again, up to the next such block. Code, scripts and comments end at their own mark.
"""

from __future__ import annotations

import re

from markdown_it.rules_block.html_block import HTML_SEQUENCES

_VERBATIM = re.compile(r"<!--|<(?:pre|script|style|textarea)(?=[\s>]|\Z)", re.I)
_MARKDOWN = re.compile(r"<[a-z][^<>]*\smarkdown=[^<>]*>\s*\Z", re.I)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)", re.I)
_CLOSED = re.compile(r"(?:</[a-z][a-z0-9]*+>)++(?=[^\s<])", re.I)
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
))  # fmt: skip
_IMPLIED = frozenset((
    "colgroup", "dd", "dt", "li", "optgroup", "option", "p", "tbody", "td", "tfoot", "th", "thead", "tr",
))  # fmt: skip
"""Elements whose end may be left out."""
MARK = "\ufdd3"
"""A character that means nothing to anybody, on both sides of a block's number."""


class HtmlBlocks:
    """The blocks of HTML of one text, taken out of its ``lines`` as they are found.

    Of a line in which a block ends before text, the text stays in ``lines``, to be read next.
    """

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._found_blocks: list[str] = []
        self._endless: set[str] = set()
        self._open = 0  # elements that the blocks so far leave open
        self._end: int | None = None  # the line after the last block
        self._closing = ""  # tags at the end of the block that `end` found, before text in their line

    def end(self, number: int, body: str, column: int, before: str, indent: int = 0) -> int | None:
        """The number of the line after the block that begins with ``body`` in line ``number``, or None
        if none begins there.

        ``column`` is that of the content of the list item around it, 0 outside lists; ``before`` is the line
        above, ``indent`` the spaces before ``body`` in its list item: with four it is a block only in an
        element that is still open, or right after a block. A comment, script or piece of code without its
        end is not a block: it would take the rest of the text with it.
        """
        if not body.startswith("<"):
            return None
        if indent >= 4:
            is_inside = not before and (self._open or self._is_after_block(number))
            return self._blank(number, body, column) if is_inside else None
        for begins, ends, interrupts in HTML_SEQUENCES:
            if begins.search(body) and (interrupts or not before):
                if not ends.search(""):
                    return self._after(ends, number, body)
                return number + 1 if _MARKDOWN.match(body) else self._blank(number, body, column)
        return None

    def take(self, first: str, number: int, end: int, column: int) -> str:
        """A paragraph that represents the block of ``first`` and the lines from ``number`` to ``end``."""
        below = (line[min(column, len(line) - len(line.lstrip(" "))) :] for line in self._lines[number:end])
        block = (first, *below) if end >= number else ()
        self._found_blocks.append("\n".join((*block, self._closing)))
        self._closing = ""
        if not _VERBATIM.match(first):
            self._open = max(0, self._open + left_open(self._found_blocks[-1]))
        self._end = end
        return f"{MARK}{len(self._found_blocks) - 1}{MARK}"

    def restored(self, html: str) -> str:
        """``html``, made of Markdown with such paragraphs, with the blocks in their place."""
        parts = html.split(MARK)
        for at in range(1, len(parts) - 1, 2):
            parts[at] = self._found_blocks[int(parts[at])]
            if parts[at - 1].endswith("<p>") and parts[at + 1].startswith("</p>"):
                parts[at - 1], parts[at + 1] = parts[at - 1][:-3], parts[at + 1][4:]
        return "".join(parts)

    def _is_after_block(self, number: int) -> bool:
        """Whether nothing but blank lines is between the last block and line ``number``."""
        return self._end is not None and not any(line.strip() for line in self._lines[self._end : number])

    def _after(self, ends: re.Pattern[str], number: int, body: str) -> int | None:
        """The number of the line after the first one from ``body`` on that has the end."""
        if ends.search(body):
            return number + 1
        if ends.pattern not in self._endless:
            for below in range(number + 1, len(self._lines)):
                if ends.search(self._lines[below]):
                    return below + 1
            self._endless.add(ends.pattern)
        return None

    def _blank(self, number: int, body: str, column: int) -> int:
        """The number of the line that ends the block: one that is blank, outside the list item, or plain text
        after all its elements are closed. The last is not CommonMark's; nor is that a blank line in code
        or in a comment ends nothing. Authors mean both.
        """
        depth = 0
        is_within_tag = False
        while body:
            depth += left_open(body, _VOID)
            if depth <= 0 and (closed := _CLOSED.match(body)):
                self._closing = closed[0]
                self._lines[number] = " " * column + body[closed.end() :]
                return number
            if "<" in body or ">" in body:
                is_within_tag = body.rfind("<") > body.rfind(">")
            number = self._verbatim(number, body) + 1
            if number == len(self._lines):
                break
            line = self._lines[number]
            body = line.lstrip(" ")
            if len(line) - len(body) < column:
                break
            if depth <= 0 and not is_within_tag and not body.startswith("<"):
                break
        return number

    def _verbatim(self, number: int, body: str) -> int:
        """The number of the line in which the code or comment ends that is open at the end of ``body``."""
        position = 0
        while match := _VERBATIM.search(body, position):
            end = "-->" if match[0] == "<!--" else f"</{match[0][1:].lower()}"
            below = number
            position = body.lower().find(end, match.end())
            while position < 0 and end not in self._endless:
                below += 1
                if below == len(self._lines):
                    self._endless.add(end)
                    return number
                position = self._lines[below].lower().find(end)
            if position < 0:
                return number
            number, body = below, self._lines[below] if below > number else body
        return number


def left_open(html: str, ignored: frozenset[str] = _VOID | _IMPLIED) -> int:
    """How many more elements begin in ``html`` than end, without those of the ``ignored`` names: else those
    whose end may be left out."""
    ends = [bool(tag[1]) for tag in _TAG.finditer(html) if tag[2].lower() not in ignored]
    return len(ends) - 2 * sum(ends)
