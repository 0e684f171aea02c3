"""What is left to do for a section that the engine cannot lay out: smaller pieces, then plain text.

It works on the finished section, which is made for layout already; the pieces of one section
hold all that it holds, in its order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

import lxml.html
from lxml.html import HtmlElement

from exporter.backends.common import labels
from exporter.backends.pdf.assets import HtmlSection

_BLOCKS = frozenset(
    ["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "pre", "blockquote", "figure",
     "figcaption", "caption", "table", "tr", "ul", "ol", "dl", "br", "hr"]
)  # fmt: skip
"""Elements that begin a paragraph of their own."""
_ARRANGED = re.compile(r"\bdisplay\s*:\s*(?:inline-)?(?:flex|grid)\b")
FRAME = """
head { display: none !important; }
html, body, section { display: block !important; columns: auto !important; float: none !important;
  position: static !important; }
"""
"""What keeps pages apart whatever a style does to what holds them."""
_PLAIN = """
.plainly, .plainly * { display: block !important; columns: auto !important; float: none !important;
  position: static !important; hyphens: manual !important; }
.plainly a { display: inline !important; }
"""


def halves(section: HtmlSection) -> list[HtmlSection]:
    """The section cut between two of its articles; itself where it holds but one."""
    middle = len(section.anchors) // 2
    return split(section, [section.anchors[:middle], section.anchors[middle:]]) if middle else [section]


def split(section: HtmlSection, groups: Sequence[Sequence[str]]) -> list[HtmlSection]:
    """The section cut into these groups of its articles; what stands about them goes with the
    nearest. Itself where its markup lacks one of them."""
    sections = []
    for number, group in enumerate(groups):
        root = _parsed(section.html)
        by_id = _by_id(root, (group[0], group[-1]))
        if by_id is None:
            return [section]
        first, last = by_id
        if number:
            _remove_beside(first, before=True)
        if number < len(groups) - 1:
            _remove_beside(last, before=False)
        name = section.name if len(group) > 1 else _title(first) or section.name
        sections.append(section._replace(name=name, html=_written(root), anchors=tuple(group)))
    return sections


def plainly(section: HtmlSection, *, text: bool = True) -> HtmlSection:
    """The section of one article with its body as paragraphs of mere text: no tables, images or
    notes, no flex or grid. Without ``text`` they only say that it is to be read elsewhere."""
    root = _parsed(section.html)
    by_id = _by_id(root, section.anchors)
    if by_id is not None:
        (article,) = by_id
        article.set("class", f"{article.get('class', '')} plainly".strip())
        body = next((e for name in ("body", "summary") for e in article.find_class(name)), article)
        lines = list(_paragraphs(body)) if text else [labels.UNSET]
        for child in list(body):
            body.remove(child)
        body.text = None
        body.extend(_paragraph(line) for line in lines)
    return section._replace(html=_written(root), css=without_flex(section.css))


def is_wild(css: str) -> bool:
    """Whether the style uses what `without_flex` takes out of it."""
    return _ARRANGED.search(css) is not None


def without_flex(css: str) -> str:
    """The style without what may take the engine for ever: flex, grid, columns of whole pages."""
    return _ARRANGED.sub("display: block", css) + FRAME + _PLAIN


# -- Markup ------------------------------------------------------------------------------


def _parsed(html: str) -> HtmlElement:
    return lxml.html.document_fromstring(html, parser=_parser())


@cache
def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(huge_tree=True)


def _written(root: HtmlElement) -> str:
    return "<!DOCTYPE html>\n" + str(lxml.html.tostring(root, encoding="unicode"))


def _by_id(root: HtmlElement, ids: Sequence[str]) -> list[HtmlElement] | None:
    elements = {str(e.get("id")): e for e in reversed(root.xpath("//*[@id]"))}
    return [elements[id] for id in ids] if all(id in elements for id in ids) else None


def _remove_beside(element: HtmlElement, *, before: bool) -> None:
    """All of the body that lies before, or after, the element."""
    for one in (element, *element.iterancestors()):
        if one.tag == "body":
            break
        for sibling in list(one.itersiblings(preceding=before)):
            sibling.getparent().remove(sibling)
        parent = one.getparent()
        if before and parent is not None and parent.tag != "body":
            # Its beginning is in an earlier piece, with its name.
            parent.text = None
            parent.attrib.pop("id", None)
        elif not before:
            one.tail = None


def _title(article: HtmlElement) -> str:
    heading = next(iter(article.iter("h1", "h2")), None)
    return "" if heading is None else f"“{heading.text_content().strip()[:80]}”"


def _paragraph(text: str) -> HtmlElement:
    element = lxml.html.Element("p")
    element.text, element.tail = text, "\n"
    return element


def _paragraphs(element: HtmlElement) -> Iterator[str]:
    """The element's text, a paragraph for each block, line of code and row of a table."""
    for line in "".join(_running(element, False)).split("\n"):
        if text := " ".join(line.split()).strip(" |"):
            yield text


def _running(element: HtmlElement, in_code: bool) -> Iterator[str]:
    """The text with a line feed wherever a block begins or ends."""
    in_code = in_code or element.tag == "pre"
    is_block, is_note = element.tag in _BLOCKS, element.get("class") == "note"
    yield "\n" if is_block else " (" if is_note else ""
    if element.tag == "img" and element.getnext() is None:  # there is no caption
        yield str(element.get("alt", ""))
    yield _lines(element.text, in_code)
    for child in element:
        if isinstance(child.tag, str):
            yield from _running(child, in_code)
        yield _lines(child.tail, in_code)
    yield "\n" if is_block else ")" if is_note else " | " if element.tag in ("td", "th") else ""


def _lines(text: str | None, in_code: bool) -> str:
    """Lines count in code alone."""
    return (text or "") if in_code else re.sub(r"\s+", " ", text or "")
