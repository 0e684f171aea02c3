"""What of a page is running text, and what is boilerplate by its markup.

Boilerplate is what an element's name, role or class says is not part of the article.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from lxml import etree

from exporter.readers.html import _figures
from exporter.readers.html._passages import HEADINGS, Passage, lengths

ENOUGH = 1000
"""Characters from which an article is not short."""
_SEVERAL = 3
"""Paragraphs that make a run."""
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
    """Whether the markup says that the element is a menu, an advertisement, or a list of other articles."""
    if element.tag in _TAGS or (element.get("role") or "") in _ROLES:
        return True
    if element.tag in _NEVER:
        return False
    if element.tag == "label":  # an answer of a poll
        return any(button.get("type") == "radio" for button in element.iter("input"))
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(names) == 1 or not _is_named(names):
        return False
    return not any(a.tag == "p" for a in element.iterancestors()) and not _figures.is_only_figure(element)


@lru_cache(8192)  # pages and sites use the same classes again and again
def _is_named(names: str) -> bool:
    return _CLASSES.search(names) is not None


def is_menu_or_comments(element: etree._Element) -> bool:
    """Whether the element cannot be part of an article: a menu, a footer, a list of comments."""
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


class Prose:
    """The running text of a page by the element that holds it."""

    def __init__(self, top: etree._Element, passages: Iterable[Passage]) -> None:
        self._aside: dict[etree._Element, bool] = {top: False}
        self._main: etree._Element | None = None
        self.runs: defaultdict[etree._Element, list[Passage]] = defaultdict(list)
        visible = [passage for passage in passages if passage.is_prose and not passage.is_hidden]
        for passage in visible:
            holder = passage.element.getparent()
            if holder is not None:
                self.runs[holder].append(passage)
        self._lengths = lengths(top, visible)
        self.total = self._lengths[top]
        heading = next(top.iter("h1"), None)
        if heading is not None:
            # Of several articles on a page, the one with the page's heading is the page's.
            holder = next(heading.iterancestors("article"), None)
            if holder is not None and self._lengths[holder] >= ENOUGH // 2:
                self._main = holder

    def of(self, element: etree._Element) -> int:
        """Characters of running text in the element."""
        return self._lengths[element]

    def is_aside(self, element: etree._Element) -> bool:
        """Whether the element is boilerplate, or in it; never one that holds most of the running text."""
        unknown = []
        for holder in (element, *element.iterancestors()):
            if holder in self._aside:
                aside = self._aside[holder]
                break
            unknown.append(holder)
        else:
            aside = False
        for holder in reversed(unknown):
            aside = aside or self._is_other(holder)
            self._aside[holder] = aside
        return aside

    def _is_other(self, element: etree._Element) -> bool:
        """Whether the element itself is not part of the article."""
        if is_boilerplate(element):
            return self._is_apart(element) or 2 * self.of(element) <= self.total
        return is_list_of_works(element) or self._is_another(element)

    def _is_another(self, element: etree._Element) -> bool:
        """Whether the element is an article next to the one with the page's heading."""
        return element.tag == "article" and self._is_apart(element)

    def _is_apart(self, element: etree._Element) -> bool:
        """Whether the page has an article with its heading, and the element neither holds it nor is in it."""
        main = self._main
        return (
            main is not None
            and element is not main
            and main not in element.iterancestors("article")
            and element not in main.iterancestors()
        )

    def longest_anywhere(self) -> list[Passage]:
        """The longest run of the page, also one in boilerplate, but not in comments or another article."""
        runs = (
            run
            for holder, run in self.runs.items()
            if not any(
                is_menu_or_comments(a) or self._is_another(a) for a in (holder, *holder.iterancestors())
            )
        )
        return max(runs, key=lambda run: sum(p.length for p in run), default=[])

    def longest(self) -> list[Passage]:
        """The longest run outside boilerplate: the paragraphs of one element.

        Empty if they are too few or too short to be an article.
        """
        runs = [run for holder, run in self.runs.items() if not self.is_aside(holder)]
        run = max(runs, key=lambda run: sum(p.length for p in run), default=[])
        return run if len(run) >= _SEVERAL and sum(p.length for p in run) >= ENOUGH // 2 else []
