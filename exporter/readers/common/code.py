"""Code on a page, in the forms that highlighters use, normalised to one ``pre`` per block.

`prepare` leaves only the text in a ``pre``, and its language in its class. A line that is a box of its own
ends in a line feed; line numbers, prompts that cannot be selected, and buttons are removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from textwrap import dedent

from lxml import etree

from exporter.readers.common.elements import DROPPED
from exporter.readers.common.markup import drop, text_of

_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang|highlight-source|brush:)[-\s]?([\w+#.-]+)")
_NUMBERS = ("lineno", "linenos", "line-no", "linenumber", "line-number", "line-numbers", "linenumbers", "lnt",
            "lnum", "gutter", "gutters", "rouge-gutter", "ln-numbers", "ln-n", "blob-num")  # fmt: skip
_GUTTERS = ("gutter", "gutters", "rouge-gutter")
_ALONE = frozenset(("ln", "gl"))
"""Class names of line numbers: whole names, and parts of other names."""
_TOOLS = ("copy", "copybutton", "clipboard", "toolbar", "header", "tooltip", "sr-only", "select-none")
_CODE_CELL = frozenset(("code", "rouge-code", "lntd", "hljs-ln-code", "blob-code", "highlight", "linenodiv"))
_BOXES = frozenset(("div", "p", "li", "tr", "ol", "ul", "table", "tbody"))
_STYLED_BOXES = ("display:block", "display:flex", "display:grid", "display:table-row")
_HOLDERS = frozenset(("div", "figure", "code", "table", "tbody", "tr", "td", "section", "pre", "span"))
_MARKERS = frozenset(
    (
        "hljs",
        "sourcecode",
        "highlight",
        "syntaxhighlighter",
        "code-block",
        "codeblock",
        "crayon",
        "prettyprint",
    )
)
_LANGUAGES = frozenset(
    [
        *(
            "bash",
            "sh",
            "shell",
            "zsh",
            "console",
            "powershell",
            "bat",
            "c",
            "cpp",
            "c++",
            "csharp",
            "cs",
            "css",
        ),
        *(
            "clojure",
            "cmake",
            "dart",
            "diff",
            "dockerfile",
            "elixir",
            "elm",
            "erlang",
            "fortran",
            "fsharp",
            "go",
        ),
        *(
            "graphql",
            "groovy",
            "haskell",
            "html",
            "http",
            "ini",
            "java",
            "javascript",
            "js",
            "json",
            "jsx",
            "julia",
        ),
        *(
            "kotlin",
            "latex",
            "lean",
            "lisp",
            "lua",
            "makefile",
            "markdown",
            "matlab",
            "nginx",
            "nix",
            "objectivec",
        ),
        *(
            "ocaml",
            "perl",
            "php",
            "prolog",
            "python",
            "py",
            "r",
            "ruby",
            "rb",
            "rust",
            "sass",
            "scala",
            "scheme",
        ),
        *(
            "scss",
            "sql",
            "swift",
            "tex",
            "toml",
            "ts",
            "tsx",
            "typescript",
            "vb",
            "vim",
            "xml",
            "yaml",
            "yml",
            "zig",
        ),
    ]
)
_ATTRIBUTES = ("language", "data-lang", "data-language", "data-code-language", "data-enlighter-language")
_LEVELS = 4
_MOST_BESIDE = 8
_LONGEST_TITLE = 40
"""Maximum number of characters in the title and the buttons of a code block."""


def prepare(root: etree._Element) -> None:
    """Replace each block of code with one plain ``pre``, in place."""
    for table in list(root.iter("table")):
        if next(table.iterancestors("pre"), None) is None and (cells := _code_cells(table)):
            _rewrite(table, "\n".join("".join(_lines(_inner(cell))).removesuffix("\n") for cell in cells))
    for button in list(root.iter("clipboard-copy")):
        drop(button)
    for code in list(root.iter("code")):
        if next(code.iterdescendants("pre"), None) is not None:
            code.tag = "div"
        elif _is_block(code):
            _rewrite(code, dedent("".join(_lines(code)).strip("\n")).rstrip())
    for items in list(root.iter("ol")):
        if (
            "linenums" in (items.get("class") or "").split()
            and next(items.iterancestors("pre"), None) is None
        ):
            _rewrite(items, "".join(_lines(items)))
    for pre in list(root.iter("pre")):
        if next(pre.iterancestors("pre"), None) is None:
            _rewrite(pre, "".join(_lines(pre)))


def language(pre: etree._Element) -> str | None:
    """The language named by a ``pre``, its ``code`` or an element that contains nothing else; None if there
    is none."""
    for element in (pre, *islice(pre.iterdescendants("code", "pre"), _LEVELS), *_around(pre)):
        if match := _LANGUAGE.search(element.get("class") or ""):
            return match[1]
        if value := next(filter(None, map(element.get, _ATTRIBUTES)), None):
            return value
        names = (element.get("class") or "").casefold().replace("highlight-", "highlight ").split()
        if _MARKERS.intersection(names) and (value := next((n for n in names if n in _LANGUAGES), None)):
            return value
    return pre.get("lang")


def _around(code: etree._Element) -> Iterator[etree._Element]:
    """The elements around a block of code with nothing else in them but buttons and a title."""
    inner = code
    for holder in islice(code.iterancestors(), _LEVELS + 2):
        neighbours = [child for child in islice(holder, _MOST_BESIDE) if child is not inner]
        words = (text_of(child) for child in neighbours if isinstance(child.tag, str))
        texts = (holder.text, inner.tail, *words, *(child.tail for child in neighbours))
        length = sum(len((text or "").strip()) for text in texts)
        if holder.tag not in _HOLDERS or len(neighbours) >= _MOST_BESIDE - 1 or length > _LONGEST_TITLE:
            return
        yield holder
        inner = holder


def _rewrite(element: etree._Element, text: str) -> None:
    named = language(element)
    for holder in list(_around(element)):
        _drop_tools(holder, element)
    tail = element.tail
    for child in list(element):
        element.remove(child)
    element.attrib.clear()
    element.tag, element.text, element.tail = "pre", text.replace("\xa0", " "), tail
    if named:
        element.set("class", f"language-{named}")


def _drop_tools(holder: etree._Element, code: etree._Element) -> None:
    """Remove the text of copy buttons and similar tools around a block of code."""
    inner = {code, *islice(code.iterancestors(), _LEVELS + 2)}
    for child in list(holder):
        is_tool = child.tag in ("div", "span", "button") and _has(child, _TOOLS)
        if is_tool and child not in inner and len(text_of(child)) <= _LONGEST_TITLE:
            drop(child)


def _is_block(code: etree._Element) -> bool:
    """Whether a ``code`` outside a ``pre`` is a block of lines."""
    if next(code.iterancestors("pre", "p", "li", "td"), None) is not None:
        return False
    classes = (code.get("class") or "").split()
    return "block" in classes or _is_box(code) or sum(1 for _ in islice(filter(_is_line, code), 2)) == 2


def _code_cells(table: etree._Element) -> list[etree._Element]:
    """The cells with code in a table that has line numbers in another column; none for other tables."""
    cells: list[etree._Element] = []
    is_numbered = False
    rows = list(table.iter("tr"))
    if table.find(".//table") is not None:
        return []
    for row in rows:
        columns = [cell for cell in row if cell.tag in ("td", "th")]
        if not 1 <= len(columns) <= 3:
            return []
        numbers = [cell for cell in columns if _is_gutter(cell)]
        is_numbered |= bool(numbers)
        rest = [cell for cell in columns if cell not in numbers]
        if len(rest) > 1 or (not numbers and not is_numbered):
            return []
        cells += rest
    if not is_numbered or not cells:
        return []
    is_code = any(_CODE_CELL.intersection((cell.get("class") or "").split()) for cell in cells)
    return (
        cells
        if is_code or cells[0].find(".//pre") is not None or cells[0].find(".//code") is not None
        else []
    )


def _inner(cell: etree._Element) -> etree._Element:
    """The ``pre`` or ``code`` that contains all the text of a cell, else the cell."""
    for tag in ("pre", "code"):
        candidates = list(islice(cell.iter(tag), 2))
        if len(candidates) == 1 and len(text_of(candidates[0]).split()) == len(text_of(cell).split()):
            return candidates[0]
    return cell


def _is_gutter(cell: etree._Element) -> bool:
    text = text_of(cell).strip()
    if not all(char.isdigit() or char.isspace() for char in text):
        return False
    if cell.get("data-line-number") or _is_number(cell):
        return True
    return bool(text) and any(_is_number(e) for e in islice(cell.iter(etree.Element), 1, 6))


# -- Lines -----------------------------------------------------------------------------------


def _lines(element: etree._Element) -> list[str]:
    """The text of a block of code."""
    out: list[str] = []
    skipped: etree._Element | None = None
    pending = False
    starts: list[tuple[etree._Element, int]] = []
    numbers = _bare_numbers(element)

    def put(text: str) -> None:
        nonlocal pending
        if pending and text:
            if not text.startswith("\n"):
                out.append("\n")
            pending = False
        if text:
            out.append(text)

    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if skipped is not None:
            if node is not skipped or event != "end":
                continue
            skipped = None
            put(_tail(node))
            continue
        if event == "start":
            if node is not element and (
                node.tag in DROPPED or node.tag == "svg" or node in numbers or _is_tool(node)
            ):
                skipped = node
                continue
            if node is not element and _is_line(node):
                if pending:
                    put("\n")
                elif out and not out[-1].endswith("\n"):
                    out.append("\n")
                starts.append((node, len(out)))
            if node.tag == "br":
                put("\n")
            elif node.text and (len(node) == 0 or node.text.strip() or not _is_line(node[0])):
                put(node.text)
        elif event == "end":
            if starts and starts[-1][0] is node:
                _, start = starts.pop()
                pending = pending or len(out) == start or not out[-1].endswith("\n")
            if node is not element:
                put(_tail(node))
        elif node is not element:
            put(node.tail or "")
    return out


def _tail(node: etree._Element) -> str:
    """The text after an element; empty between two lines that are boxes, where it only indents the source."""
    tail = node.tail or ""
    if not tail.strip() and "\n" in tail and _is_line(node):
        following = node.getnext()
        if following is None:
            return ""
        if _is_line(following):
            return "\n" if _is_box(node) else "\n" * tail.count("\n")
    return tail


def _is_line(node: etree._Element) -> bool:
    if not isinstance(node.tag, str):
        return False
    if _is_box(node):
        return True
    if node.tag not in ("span", "code", "a"):
        return False
    return node.get("data-line") is not None or any(
        name == "line" or name.endswith("-line") for name in (node.get("class") or "").split()
    )


def _is_box(node: etree._Element) -> bool:
    if node.tag in _BOXES:
        return True
    style = (node.get("style") or "").replace(" ", "").casefold()
    return any(name in style for name in _STYLED_BOXES)


def _is_tool(node: etree._Element) -> bool:
    """Whether an element is a line number, or belongs to the tools of the page and not to the code."""
    text = text_of(node).strip() if len(node) < _LEVELS else ""
    is_number = all(char.isdigit() or char.isspace() for char in text)
    if node.get("data-line-number") is not None or node.get("data-linenumber") is not None:
        return is_number and node.tag != "tr"
    if not node.get("class") and not node.get("style"):
        return False
    if _is_number(node) and (is_number or _has(node, _GUTTERS)):
        return node.tag != "table"
    style = (node.get("style") or "").replace(" ", "").casefold()
    if "user-select:none" in style:
        return len(text) <= 8
    return _has(node, _TOOLS) and len(text_of(node)) <= _LONGEST_TITLE


def _bare_numbers(element: etree._Element) -> frozenset[etree._Element]:
    """The line numbers of a block in which only the counting identifies them."""
    lines = [
        node for node in element.iter("div", "span", "li", "tr", "p") if _is_line(node) and len(node) > 1
    ]
    firsts = [node[0] for node in lines if not (node.text or "").strip() and not (node[0].tail or "").strip()]
    texts = [text_of(first).strip() if isinstance(first.tag, str) else "" for first in firsts]
    numbered = [(first, text) for first, text in zip(firsts, texts, strict=True) if text.isdecimal()]
    counted = [int(text) for _, text in numbered if len(text) < 8]
    if len(counted) >= 2 and counted == list(range(counted[0], counted[0] + len(counted))):
        return frozenset(first for first, _ in numbered)
    return frozenset()


def _is_number(node: etree._Element) -> bool:
    return bool(_ALONE.intersection((node.get("class") or "").split())) or _has(node, _NUMBERS)


def _has(node: etree._Element, words: Sequence[str]) -> bool:
    """Whether one of the words is in the class of an element, as a whole or between hyphens."""
    names = f" {node.get('class') or ''} ".casefold().replace("_", "-").replace(" ", "-")
    return any(f"-{word}-" in names for word in words)
