"""The part of a web page that is the article.

trafilatura says which of a page's texts are the article's; it flattens them, though.
So its word only votes: the smallest element that holds what it chose is the body,
mapped by `_dom` with its lists, tables, figures and captions, less what is furniture.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

import trafilatura
from lxml import etree, html

from exporter.readers._markup import text_of

_FURNITURE_TAGS = frozenset(("nav", "footer", "aside", "dialog", "menu", "script", "style", "template"))
_FURNITURE_ROLES = frozenset(
    (
        "navigation",
        "complementary",
        "contentinfo",
        "banner",
        "search",
        "dialog",
        "alertdialog",
        "menu",
        "toolbar",
    )
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|sharebar|social|related|recirc\w*|recommend\w*|comments?|disqus|newsletter|"
    r"subscri\w+|signup|promo\w*|advert\w*|ads?|adbox|sponsor\w*|outbrain|taboola|breadcrumbs?|cookie\w*|consent|"
    r"paywall|popup|modal|pagination|pager|sidebar|widget|teasers?|most-?read|more-?(?:on|from|stories|news)|"
    r"read-?(?:more|next|also)|see-?also|tags?|tag-?list|topics?|byline|author-?(?:box|bio|info)|toolbar|skip-?link|"
    r"screen-reader-text|visually-hidden|sr-only|noprint|print-only|hidden)(?:$|[\s_-])",
    re.I,
)
_BLOCKS = [
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "td",
    "th",
    "dd",
    "dt",
    "figcaption",
    "div",
]
_KEPT_WHOLE = 0.4


def find(root: html.HtmlElement, chosen: frozenset[str]) -> etree._Element | None:
    """The element of a copy of the page that holds the article, without furniture, or None."""
    tree = copy.deepcopy(root)
    body = tree.find("body")
    body = tree if body is None else body
    _strip(body, chosen)
    votes = {e: len(t) for e in body.iter(*_BLOCKS) if (t := bare(text_of(e))) in chosen}
    if not votes:
        return None
    total = sum(votes.values())
    element: etree._Element = body
    weight = _weights(body, votes)
    while True:
        inner = next((c for c in element if weight.get(c, 0) >= 0.8 * total), None)
        if inner is None or inner.tag in ("p", "ul", "ol", "table", "blockquote", "li", "tbody", "tr"):
            return element
        element = inner


def chosen(root: html.HtmlElement) -> frozenset[str]:
    """The texts of a page that trafilatura takes for the article's, bare of space and marks."""
    document = trafilatura.bare_extraction(
        copy.deepcopy(root),
        include_comments=False,
        include_tables=True,
        with_metadata=False,
        favor_recall=False,
    )
    body = getattr(document, "body", None)
    if body is None:
        return frozenset()
    texts: set[str] = set()
    for element in body.iter(etree.Element):
        text = bare(text_of(element))
        if (text and len(element) == 0) or element.tag in ("p", "head", "item", "cell", "quote", "code"):
            texts.add(text)
        # A text between line breaks may be a paragraph of its own.
    return frozenset(t for t in texts if len(t) > 1)


def bare(text: str) -> str:
    """``text`` reduced to what two readings of it agree on."""
    return re.sub(r"[\s\xa0\u200b]+", "", text)


def _weights(body: etree._Element, votes: dict[etree._Element, int]) -> dict[etree._Element, int]:
    out: dict[etree._Element, int] = {}
    for element, length in votes.items():
        holder: etree._Element | None = element
        while holder is not None:
            out[holder] = out.get(holder, 0) + length
            if holder is body:
                break
            holder = holder.getparent()
    return out


def _strip(body: etree._Element, chosen: frozenset[str]) -> None:
    """Take the furniture out of ``body``; not where it would take much of the article with it."""
    whole = sum(len(t) for t in chosen) or 1
    for element in list(body.iter()):
        if not isinstance(element.tag, str) or element is body or element.getparent() is None:
            continue
        if _is_furniture(element):
            held = sum(len(t) for t in _texts(element) if t in chosen)
            if held < _KEPT_WHOLE * whole:
                element.drop_tree() if isinstance(element, html.HtmlElement) else None


def _texts(element: etree._Element) -> Iterator[str]:
    for block in element.iter(*_BLOCKS):
        yield bare(text_of(block))


def _is_furniture(element: etree._Element) -> bool:
    if element.tag in _FURNITURE_TAGS or (element.get("role") or "") in _FURNITURE_ROLES:
        return True
    if element.tag in (
        "p",
        "em",
        "strong",
        "b",
        "i",
        "span",
        "body",
        "html",
        "main",
        "article",
        "figure",
        "img",
        "picture",
    ):
        return False
    return bool(_FURNITURE.search(f"{element.get('class') or ''} {element.get('id') or ''}"))
