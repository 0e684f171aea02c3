"""Boilerplate by markup: what an element's name, role or class says is not part of the article."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from exporter.readers.html import _figures
from exporter.readers.html._passages import HEADINGS

_TAGS = frozenset(("nav", "footer", "aside", "dialog", "menu", "script", "style", "template"))
_ROLES = frozenset(
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
_CLASSES = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|sharebar|social|related|recirc\w*|recommend\w*|comments?|disqus|newsletter|"
    r"subscri\w+|signup|promo\w*|advert\w*|ads?|adbox|sponsor\w*|outbrain|taboola|breadcrumbs?|cookie\w*|consent|disclaimer|"
    r"paywall|popup|modal|pagination|pager|sidebar|widget|teasers?|most-?read|more-?(?:on|from|stories|news)|popular|trending|"
    r"read-?(?:more|next|also)|see-?also|tags?|tag-?list|topics?|byline|author-?(?:box|bio|info)|toolbar|skip-?link|"
    r"screen-reader-text|visually-hidden|sr-only|noprint|print-only|hidden)(?:$|[\s_-])",
    re.I,
)
_NEVER = frozenset(
    (
        *HEADINGS,
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
        "td",
        "tr",
        "tbody",
    )
)


def is_boilerplate(element: etree._Element) -> bool:
    """Whether the element says of itself that it is a menu, an advertisement, a list of other articles."""
    if element.tag in _TAGS or (element.get("role") or "") in _ROLES:
        return True
    if element.tag in _NEVER:
        return False
    if element.tag == "label":  # an answer of a poll
        return any(button.get("type") == "radio" for button in element.iter("input"))
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(names) == 1 or not _is_named(names):
        return False
    return not any(a.tag == "p" for a in element.iterancestors()) and not _figures.only(element)


@lru_cache(8192)  # pages and sites use the same classes again and again
def _is_named(names: str) -> bool:
    return _CLASSES.search(names) is not None


def is_menu_or_comments(element: etree._Element) -> bool:
    """Whether the element is of no article by its kind: a menu, a footer, a list of comments."""
    if element.tag in _TAGS:
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}".casefold()
    return element.tag not in _NEVER and any(
        word in names for word in ("comment", "disqus", "cookie", "consent")
    )


def is_list_of_works(element: etree._Element) -> bool:
    """Whether the element is an article's list of references: part of it, but not its running text."""
    if element.tag not in ("section", "div", "ol", "ul", "dl"):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}".casefold()
    return any(word in names for word in ("bibliograph", "biblist", "reflist", "references"))
