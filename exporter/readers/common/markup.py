"""HTML text → an lxml tree, complete at any depth of nesting.

At a certain depth, libxml2 stops without an error and loses the rest of a page. `parse` detects this, removes
the tags that are too deep, and parses again.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import cast

from lxml import etree, html

from exporter.diagnostics import Report

_TEXT = etree.XPath("string()", smart_strings=False)
MAX_TREE = 200
"""Maximum depth of a tree. Well-formed pages stay under 100; lxml copies and serialises far deeper trees
safely."""
_TOO_DEEP = etree.XPath("boolean(//*[count(ancestor::*) >= $most])")

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|textarea|title)\b.*?(?:</\1\s*>|\Z)|<(/?)([a-z][^\s/<>]*+)"
    r"(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>",
    re.I | re.S,
)
_MAX_ATTRIBUTES = 1000
"""Maximum number of attributes of a tag: the parser compares each with all before it."""
_LONG_TAG = 10_000
_ATTRIBUTE = r"""[\s/]++[^\s"'<>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>]++))?+"""
_TOO_MANY = re.compile(rf"(<[a-z][^\s/<>]*+(?:{_ATTRIBUTE}){{{_MAX_ATTRIBUTES}}}+)(?:{_ATTRIBUTE})++", re.I)
_TAIL = 1000
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
# Elements with an optional end tag (HTML section 13.1.2.4): an open one ends where the next begins.
_IMPLIED = frozenset(
    ["dd", "dt", "li", "option", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr"]
)
_BREAKS = frozenset(
    [
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ol",
        "p",
        "section",
        "table",
        "td",
        "tr",
        "ul",
    ]
)

_PARTING = _BREAKS | {"address", "br", "p"}


def parse(text: str, where: str, report: Report) -> html.HtmlElement:
    """The root element of the page or fragment ``text``; empty text gives an empty page.

    A page with tags removed for their depth is reported as ``nesting-too-deep`` at ``where``.
    """
    if max(map(len, text.split("<"))) > _LONG_TAG:
        text = _TOO_MANY.sub(r"\1", text)
    root, lost = _parse(text)
    if lost or _TOO_DEEP(root, most=MAX_TREE):
        report.add("nesting-too-deep", where)
        root, _ = _parse(_flattened(text))
    return root


def matching(path: etree.XPath, root: etree._Element) -> list[etree._Element]:
    """The elements that an XPath selects."""
    return [element for element in cast("list[etree._Element]", path(root)) if isinstance(element.tag, str)]


def pin(root: etree._Element) -> list[etree._Element]:
    """All elements of a tree, to be kept in a variable: lxml creates those without a reference again on each
    pass."""
    return list(root.iter())


def text_of(element: etree._Element) -> str:
    """The text of an element, with white space unchanged."""
    return str(_TEXT(element))


def lines_of(element: etree._Element) -> list[str]:
    """The text of an element, split at line breaks and where a block begins or ends."""
    pieces: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if node.tag in _PARTING:
            pieces.append("\n")
        if event == "start":
            is_text = isinstance(node.tag, str) and node.tag not in ("script", "style")
            pieces.append((node.text or "") if is_text else "")
        elif node is not element:
            pieces.append(node.tail or "")
    return "".join(pieces).split("\n")


def drop(element: etree._Element) -> None:
    """Remove an element from its tree; the text after it stays."""
    parent = element.getparent()
    if not isinstance(element, html.HtmlElement) or parent is None:
        return
    before = element.getprevious()
    before_text = parent.text if before is None else before.tail
    if element.tail and len(before_text or "") > _TAIL:
        # Otherwise, text that grows with each removed element would be copied each time.
        mark = etree.Comment("")
        mark.tail = element.tail
        parent.replace(element, mark)
    else:
        element.drop_tree()


def _parse(text: str) -> tuple[html.HtmlElement, bool]:
    parser = html.HTMLParser(huge_tree=True, encoding="utf-8", remove_pis=True)
    # Characters that XML excludes would end the document for libxml2.
    data = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text).encode()
    try:
        root = html.document_fromstring(data or b"<p>", parser=parser)
    except etree.ParserError:  # only comments or white space
        root = html.document_fromstring(b"<p>", parser=parser)
    return root, any("depth" in entry.message.lower() for entry in parser.error_log)


def _flattened(text: str) -> str:
    """``text`` without tags deeper than `MAX_TREE`; where a block began or ended, a line break remains."""
    limit = MAX_TREE // 2  # the parser adds elements of its own (html, body, tbody)
    open_tags: list[str] = []
    counts: Counter[str] = Counter()

    def keep(match: re.Match[str]) -> str:
        name = (match[3] or "").lower()
        if not name or name in _VOID:
            return match[0]
        mark = "<br><br>" if name in _BREAKS else ""
        if match[2]:
            if not counts[name]:
                return ""
            while (last := open_tags.pop()) != name:
                counts[last] -= 1
            counts[name] -= 1
            return match[0] if len(open_tags) < limit else mark
        if name in _IMPLIED and open_tags and open_tags[-1] == name:
            counts[open_tags.pop()] -= 1
        open_tags.append(name)
        counts[name] += 1
        return match[0] if len(open_tags) <= limit else mark

    return re.sub(r"(?:<br><br>\s*){2,}", "<br><br>", _TAG.sub(keep, text))
