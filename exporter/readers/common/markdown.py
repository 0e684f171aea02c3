"""Markdown as people write it → blocks, by Python-Markdown and the conversion of HTML of all readers.

CommonMark, GFM and kramdown nest a list by the width of its marker, two or three columns, and accept a list,
quote, heading or fence directly after a paragraph. Python-Markdown nests by four columns and needs a blank
line, so the text is normalised first: without this, every fourth post of real collections lost a list or a
piece of code.
"""

from __future__ import annotations

import re
from functools import cache

from markdown import Markdown
from markdown_it.rules_block.html_block import HTML_SEQUENCES

from exporter.diagnostics import Report
from exporter.model.article import Asset, Block
from exporter.readers.common import dom, markup
from exporter.readers.source import Source

_ITEM = re.compile(r"(?P<mark>[-*+]|\d{1,9}[.)])(?P<gap> +)(?=\S)")
_EMPTY_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s*\Z")
_RULE = re.compile(r"([-*_])(?:[ ]*\1){2,}\s*\Z")
_FENCE = re.compile(r"(`{3,}+|~{3,}+)[^`]*\Z")
_BLOCK = re.compile(r"#{1,6} |>")

MAX_DEPTH = 20
"""Levels of quotes and lists: the engine recurses, and more would exhaust the stack."""

_MARKS = re.compile(
    rf"^((?:[ \t]*(?:>|[-*+](?=[ \t])|\d{{1,9}}[.)](?=[ \t]))){{{MAX_DEPTH}}})[ \t>]*[ \t>*+-]*", re.M
)
_INDENT = re.compile(rf"^[ \t]{{{4 * MAX_DEPTH},}}(?=[-*+>]|\d{{1,9}}[.)])", re.M)


MAX_BRACKETS = 1000
"""Brackets in one paragraph: from each, the engine searches for a link up to the end of the paragraph."""
MAX_OPEN = 100
"""Unclosed brackets in a paragraph, or unclosed tags in a text; the engine searches from these, too."""
MAX_PLACES = 50_000
"""Grid cells of a table, or four per bar if that is more: the engine pads every row."""

_OPEN_TAG = re.compile(r"<(?=[a-zA-Z/!?][^<>]*+(?:<|\Z))")
_ENDLESS = re.compile(r"<(/?)(pre|script|style|textarea)(?=[\s/>]|\Z)", re.I)
_PLAIN = {"[": "\ufdd0", "<": "\ufdd1", "|": "\ufdd2"}
"""Noncharacters of Unicode that replace markup characters which are to be plain text."""


def limit_nesting(text: str) -> str:
    """``text`` without markers of quotes and lists that are nested deeper than `MAX_DEPTH`."""
    return _INDENT.sub(" " * 4 * (MAX_DEPTH - 1), _MARKS.sub(r"\1 ", text))


def escape_slow(text: str) -> tuple[str, bool, bool]:
    """Return ``text`` without markup that the engine needs too long for.

    Also returned: whether paragraphs were changed, and whether tables were. `unescape_slow` restores the
    characters.
    """
    text = calm = _escape_unclosed(text)
    if text.count("[") > MAX_OPEN:
        calm = "".join(
            p.replace("[", _PLAIN["["]) if _is_bracketed(p) else p for p in re.split(r"(\n[ \t]*\n)", text)
        )
    if len(_OPEN_TAG.findall(calm)) > MAX_OPEN:
        calm = _OPEN_TAG.sub(_PLAIN["<"], calm)
    settled = _escape_wide_tables(calm) if calm.count("|") > MAX_OPEN else calm
    return settled, calm != text, settled != calm


def _escape_unclosed(text: str) -> str:
    """``text`` with those tags escaped that would turn all the rest into code or a script."""
    ended: set[str] = set()
    parts: list[str] = []
    end = len(text)
    for tag in reversed(list(_ENDLESS.finditer(text))):
        name = tag[2].lower()
        if tag[1]:
            ended.add(name)
        elif name not in ended:
            parts += [text[tag.start() + 1 : end], _PLAIN["<"]]
            end = tag.start()
    return "".join((text[:end], *reversed(parts)))


def unescape_slow(html: str) -> str:
    """HTML from the engine, with the characters restored that `escape_slow` replaced."""
    for mark, plain in _PLAIN.items():
        html = html.replace(plain, "&lt;" if mark == "<" else mark)
    return html


def _is_bracketed(paragraph: str) -> bool:
    count = paragraph.count("[")
    return count > MAX_BRACKETS or count - paragraph.count("]") > MAX_OPEN


def _escape_wide_tables(text: str) -> str:
    lines = text.split("\n")
    below = 0  # lines of the block from here on, and their bars
    bars = 0
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if not line.strip():
            below = bars = 0
            continue
        columns = line.count("|")
        below, bars = below + 1, bars + columns
        if columns * below > max(MAX_PLACES, 4 * bars) and not line.strip("|-: \t>"):
            lines[number] = line.replace("|", _PLAIN["|"])
    return "\n".join(lines)


class _Item:
    """An open list item: the columns of its marker and of its content."""

    def __init__(self, column: int, content: int) -> None:
        self.column, self.content = column, content


def normalise(text: str) -> tuple[str, HtmlBlocks]:
    """Return ``text`` normalised for Python-Markdown, and its HTML blocks.

    Nested content is indented by multiples of four, blank lines are added where the engine needs them, and a
    placeholder paragraph replaces each HTML block. Code is not changed, and no word anywhere is.
    """
    out: list[str] = []
    items: list[_Item] = []
    fence = ""
    before = ""  # the line above, as it was written
    lines = text.replace(MARK, "").expandtabs(4).split("\n")
    blocks = HtmlBlocks(lines)
    below = 0  # the first line not read yet
    while below < len(lines):
        number, line = below, lines[below]
        below += 1
        body = line.lstrip(" ")
        column = len(line) - len(body)
        if not body:
            out.append("")
            before = ""
            continue
        if fence:
            inside = items[-1].content if items else 0
            out.append(_by_fours(items) + line[min(column, inside) :])
            if body.rstrip() == fence[0] * len(body.rstrip()) and len(body.rstrip()) >= len(fence):
                fence = ""
            before = line
            continue
        item = None if _RULE.match(body) else _ITEM.match(body)
        if not before or item:
            while items and column < items[-1].content:
                if column >= 4 and len(items) == 1 and not item:  # as kramdown does, and as authors mean it
                    break
                items.pop()
        inside = items[-1].content if items else 0
        if item and column - inside < 4 and _may_begin(item["mark"], before):
            if before and not items and not _is_item(before):
                out.append("")
            gap = len(item["gap"])
            content = column + len(item["mark"]) + (gap if gap < 5 else 1)
            mark = item["mark"].replace(")", ".")
            start = f"{_by_fours(items)}{mark} "
            items.append(_Item(column, content))
            body = line[content:]
            if (end := blocks.end(number, body, content, "")) is not None:
                out += [start + blocks.take(body, below, end, content), ""]
                before, below = "", end
                continue
            out.append(start + body)
            if match := _FENCE.match(body.lstrip(" ")):
                fence = match[1]
            before = line
            continue
        if (end := blocks.end(number, body, inside, before, column - inside)) is not None:
            out += ["", _by_fours(items) + blocks.take(body, below, end, inside), ""]
            before, below = "", end
            continue
        if match := _FENCE.match(body):
            fence = match[1]
        if before and (fence or (_BLOCK.match(body) and not _BLOCK.match(before.lstrip(" ")))):
            out.append("")
        out.append(_by_fours(items) + line[min(column, inside) :])
        before = line
    return "\n".join(out), blocks


def _by_fours(items: list[_Item]) -> str:
    return " " * 4 * len(items)


def _is_item(line: str) -> bool:
    body = line.lstrip(" ")
    return bool(_ITEM.match(body) or _EMPTY_ITEM.match(body))


def _may_begin(mark: str, before: str) -> bool:
    """Whether an item may follow the line above: within a paragraph, a number other than 1 is only a number
    (CommonMark 0.31.2, section 5.3)."""
    return not before or mark in "-*+" or mark[:-1] == "1" or _is_item(before) or before.startswith(" ")


# -- The engine ---------------------------------------------------------------------------


_EXTENSIONS = (
    *("abbr", "attr_list", "def_list", "footnotes", "sane_lists", "tables"),
    *("pymdownx.highlight", "pymdownx.superfences", "pymdownx.tilde"),
)


def blocks(
    text: str, source: Source, report: Report, *, base: str | None = None
) -> tuple[tuple[Block, ...], tuple[Asset, ...]]:
    """Return the blocks of Markdown ``text``, and the images that they use.

    ``base`` is the address of the page; relative links are resolved against it.
    """
    flat = limit_nesting(text)
    if flat != text:
        report.add("nesting-too-deep", source.name)
    calm, in_paragraphs, in_tables = escape_slow(flat)
    if in_paragraphs:
        report.add("marks-kept-plain", source.name)
    if in_tables:
        report.add("table-too-large", source.name)
    normalised, html_blocks = normalise(calm)
    html = unescape_slow(html_blocks.restore(_engine().reset().convert(normalised)))
    return dom.blocks(markup.parse(html, source.name, report), source, report, base=base)


@cache
def _engine() -> Markdown:
    settings: dict[str, dict[str, object]] = {
        "pymdownx.highlight": {"use_pygments": False},  # an article has no colours
        "pymdownx.tilde": {"subscript": False},
    }
    engine = Markdown(extensions=list(_EXTENSIONS), extension_configs=settings)
    engine.preprocessors.deregister("html_block")  # see `exporter.readers.common.markdown`
    return engine


# -- HTML blocks: they begin and end as in CommonMark 0.31.2, section 4.6 -------------------


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
"""Elements with an optional end tag."""
MARK = "\ufdd3"
"""A noncharacter of Unicode, before and after the number of an HTML block."""


class HtmlBlocks:
    """Takes the HTML blocks out of the ``lines`` of one text.

    If text follows the end of a block on the same line, that text stays in ``lines``, to be read next.
    """

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._blocks: list[str] = []
        self._endless: set[str] = set()
        self._open = 0  # elements that previous blocks leave open
        self._end: int | None = None  # the line after the last block
        self._closing = ""  # closing tags of the block that `end` returned, if text follows them

    def end(self, number: int, body: str, column: int, before: str, indent: int = 0) -> int | None:
        """The number of the line after the block that begins with ``body`` in line ``number``; None if none
        begins.

        ``column`` is that of the content of the enclosing list item, 0 outside lists; ``before`` is the line
        above, ``indent`` the number of spaces before ``body`` in its list item. With four spaces it is a
        block only in an open element, or directly after a block. An unclosed comment, script or piece of code
        is not a block: it would swallow the rest of the text.
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
        """A placeholder paragraph for the block of ``first`` and the lines from ``number`` to ``end``."""
        below = (line[min(column, len(line) - len(line.lstrip(" "))) :] for line in self._lines[number:end])
        block = (first, *below) if end >= number else ()
        self._blocks.append("\n".join((*block, self._closing)))
        self._closing = ""
        if not _VERBATIM.match(first):
            self._open = max(0, self._open + left_open(self._blocks[-1]))
        self._end = end
        return f"{MARK}{len(self._blocks) - 1}{MARK}"

    def restore(self, html: str) -> str:
        """``html`` with the blocks in the place of their placeholder paragraphs."""
        parts = html.split(MARK)
        for at in range(1, len(parts) - 1, 2):
            parts[at] = self._blocks[int(parts[at])]
            if parts[at - 1].endswith("<p>") and parts[at + 1].startswith("</p>"):
                parts[at - 1], parts[at + 1] = parts[at - 1][:-3], parts[at + 1][4:]
        return "".join(parts)

    def _is_after_block(self, number: int) -> bool:
        """Whether only blank lines are between the last block and line ``number``."""
        return self._end is not None and not any(line.strip() for line in self._lines[self._end : number])

    def _after(self, ends: re.Pattern[str], number: int, body: str) -> int | None:
        """The number of the line after the first one, from ``body`` on, that matches ``ends``."""
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
        after all its elements are closed.

        The last is an extension of CommonMark, and so is that a blank line in code or in a comment does not
        end it: both are what authors mean.
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
        """The number of the line that ends the code or comment which is open at the end of ``body``."""
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
    """The number of start tags in ``html`` minus the number of end tags.

    Elements with names in ``ignored`` do not count, by default void ones and those with an optional end tag.
    """
    ends = [bool(tag[1]) for tag in _TAG.finditer(html) if tag[2].lower() not in ignored]
    return len(ends) - 2 * sum(ends)
