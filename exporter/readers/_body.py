"""The part of a web page that is the article.

trafilatura says which of a page's texts are the article's; it flattens them, though.
So its word only votes: the smallest element that holds what it chose is the body, less
what got no vote and is not plainly of a piece with what did. `_dom` then maps the rest
with its lists, tables, figures and captions.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

import trafilatura
from lxml import etree, html

from exporter.readers import _figures, _tables
from exporter.readers._markup import drop, text_of
from exporter.readers._page import Page

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
_LEAVES = frozenset(
    (
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
        "section",
        "span",
        "article",
        "main",
        "center",
        "font",
    )
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_WHOLE = frozenset(("p", "ul", "ol", "dl", "table", "blockquote", "li", "tbody", "tr", "td", "figure", "pre"))
_NEVER_FURNITURE = frozenset(
    (
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
_PARTS = frozenset((*_WHOLE, *_HEADINGS, "div", "section", "article", "main", "header", "dd", "dt"))
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|leadtext|standfirst|stand-first|intro|introduction|summary|sub-?head\w*|sub-?title|"
    r"sub-?deck|dek|deck|vorspann|ingress|chapeau|chapo|sommario|excerpt|abstract|kicker-text|entradilla|bajada|"
    r"preamble|strapline)(?:$|[\s_-])",
    re.I,
)
_ENDS_SENTENCE = '.!?…。！？”“»"'
_GALLERY = re.compile(r"gallery|carousel|slide-?show|slider|swiper", re.I)
_LISTS = frozenset(("ul", "ol", "nav", "aside", "table", "footer"))
_MIXED = frozenset(("div", "section", "td", "p", "span", "article", "main", "center", "font"))
_SHORT = 25
_ENOUGH = 1000
"""Characters of text below which a second opinion is asked for."""
_MANY = 50_000
"""Elements beyond which nobody is asked: the time that trafilatura takes grows with their square."""
_MAX_SHARE = 0.3
"""Of what was chosen: what furniture may hold and be dropped."""
_HOLDS_ENOUGH = 0.8
_SOON = 20_000
_MOST_COMPARED = 500_000_000
"""Characters gone through in search of texts that were chosen in part; beyond them whole ones alone count."""


def find(root: html.HtmlElement, page: Page) -> etree._Element | None:
    """The element of a copy of the page that holds the article, without furniture, or None."""
    tree = copy.deepcopy(root)
    _figures.mark(tree)
    body = tree.find("body")
    top: etree._Element = tree if body is None else body
    if sum(1 for _ in top.iter(etree.Element)) > _MANY:
        return _stated(top)
    votes = _Votes(top, _chosen(tree))
    if not votes.total:
        return _stated(top)
    _strip(top, votes)
    votes = _Votes(top, votes.texts)
    if not votes.total:
        return None
    element = top
    while True:
        inner = next((c for c in element if votes.of(c) >= _HOLDS_ENOUGH * votes.total), None)
        # A gallery may have more words than the article it stands in, and is still not all of it.
        if inner is None or inner.tag in _WHOLE or _GALLERY.search(inner.get("class") or ""):
            break
        element = inner
    opening = list(_opening(top, element, votes, page))
    _prune(element, votes, page)
    for number, piece in enumerate(opening):
        piece.tail = None
        element.insert(number, piece)
    if opening:
        # The text before what was inserted comes after it.
        opening[-1].tail, element.text = element.text, None
    for part in element.iter(etree.Element):
        if part is element or votes.of(part):
            # Pages hide what their script shows later, the article included.
            for name in ("hidden", "aria-hidden", "style"):
                part.attrib.pop(name, "")
    return element


def _opening(
    top: etree._Element, body: etree._Element, votes: _Votes, page: Page
) -> Iterator[etree._Element]:
    """What stands between the page's heading and the body and belongs to the article: the
    standfirst, and the picture with its caption."""
    if body is top:
        return
    around = set(body.iterancestors())
    heading = next(top.iter("h1"), None)
    past = False
    taken: set[etree._Element] = set()
    for element in top.iter(etree.Element):
        if element is body:
            return
        past |= element is heading
        if element in around or taken.intersection(element.iterancestors()):
            continue
        within = next(a for a in element.iterancestors() if a in around)
        near = past or any(a.tag in ("article", "main") for a in (within, *within.iterancestors()))
        if not near or any(a.tag in _LISTS for a in _within(element, within)):
            continue
        is_figure = element.tag == "figure" and _figures.is_told(element, page.image)
        if is_figure or _is_standfirst(element, votes, page, past):
            taken.add(element)
            if element.tag in _HEADINGS:
                element.tag = "p"
            yield element


def _is_standfirst(element: etree._Element, votes: _Votes, page: Page, past: bool) -> bool:
    """Whether an element is the paragraph that sums the article up: the page tells others the same
    of itself, or ``past`` the heading its class says so, it was chosen, or it reads as one."""
    if element.tag not in _LEAVES or any(child.tag in _PARTS for child in element):
        return False
    text = _bare(text_of(element))
    if not 2 * _SHORT <= len(text) <= 40 * _SHORT:
        return False
    linked = sum(len(_bare(text_of(a))) for a in element.iter("a"))
    if linked > len(text) // 2:
        return False
    described = _bare(page.description or "")
    if described and (described.startswith(text[:60]) or text.startswith(described[:60])):
        return True
    holder = element.getparent()
    said = f"{element.get('class') or ''} {'' if holder is None else holder.get('class') or ''}"
    if not past:
        return False
    if votes.of(element) or _STANDFIRST.search(said):
        return True
    return element.tag in ("p", "div") and len(text) >= 3 * _SHORT and text[-1] in _ENDS_SENTENCE


def _chosen(root: html.HtmlElement) -> dict[str, None]:
    """The texts of a page that trafilatura takes for the article's, in order, bare of space.

    Its own judgement is the better one where it finds enough; where not, those that it falls back
    on are asked, too.
    """
    chosen = _extracted(root, fast=True)
    if sum(map(len, chosen)) < _ENOUGH:
        chosen = max(chosen, _extracted(root, fast=False), key=lambda texts: sum(map(len, texts)))
    return chosen


def _extracted(root: html.HtmlElement, *, fast: bool) -> dict[str, None]:
    tree = copy.deepcopy(root)
    _flatten_tables(tree)
    document = trafilatura.bare_extraction(
        tree, include_comments=False, include_tables=True, with_metadata=False, fast=fast
    )
    body = getattr(document, "body", None)
    if body is None:
        return {}
    texts = (
        _bare(text_of(element)) for element in body.iter("p", "head", "item", "cell", "quote", "code", "fw")
    )
    return dict.fromkeys(text for text in texts if len(text) > 1)


def _flatten_tables(root: html.HtmlElement) -> None:
    """Make divisions of tables that would have far more places than cells: trafilatura fills each row up."""
    widths: Counter[etree._Element | None] = Counter()
    for cell in root.iter("td", "th"):
        widths[cell.getparent()] += _tables.claimed(cell.get("colspan"))
    tables: dict[etree._Element, list[int]] = {}
    for row, width in widths.items():
        if row is not None and (table := next(row.iterancestors("table"), None)) is not None:
            tables.setdefault(table, []).append(width)
    for table, claims in tables.items():
        if _tables.is_too_large(len(claims) * max(claims), sum(1 for _ in table.iter("td", "th"))):
            for part in table.iter("table", "thead", "tbody", "tfoot", "tr", "td", "th"):
                part.tag = "div"


def _bare(text: str) -> str:
    """``text`` reduced to what two readings of it agree on."""
    return "".join(text.split()).replace("\u200b", "").replace("\xad", "")


class _Votes:
    """For each element, how many characters in it trafilatura chose."""

    def __init__(self, top: etree._Element, texts: dict[str, None]) -> None:
        self.texts = texts
        self._held: dict[etree._Element, int] = {}
        self._at = self._compared = 0
        self.siblings: Counter[tuple[etree._Element | None, str]] = Counter()
        """How many elements of one name in one parent got a vote."""
        for element in top.iter(*_LEAVES):
            if length := self._length(element):
                self.siblings[element.getparent(), str(element.tag)] += 1
                holder: etree._Element | None = element
                while holder is not None:
                    self._held[holder] = self._held.get(holder, 0) + length
                    holder = None if holder is top else holder.getparent()
        self.total = self._held.get(top, 0)

    @cached_property
    def _all(self) -> str:
        return "\n".join(self.texts)

    def _length(self, element: etree._Element) -> int:
        mixed = any(child.tag in _PARTS for child in element)
        if mixed and element.tag not in _MIXED:
            return 0
        text = _bare(_own_text(element) if mixed else text_of(element))
        if mixed and len(text) < 2 * _SHORT:
            return 0
        if text in self.texts or (len(text) >= _SHORT and self._follows(text)):
            return len(text)
        if self._compared > _MOST_COMPARED:
            return 0
        if len(text) >= _SHORT:
            self._compared += len(self._all)
            if text in self._all:
                return len(text)
        if len(text) >= 2 * _SHORT and element.tag in _MIXED:
            # Paragraphs parted by line breaks alone: trafilatura makes several of one element.
            self._compared += len(self.texts) * len(text)
            inside = sum(len(t) for t in self.texts if len(t) >= _SHORT and t in text)
            return inside if inside > len(text) // 2 else 0
        return 0

    def _follows(self, text: str) -> bool:
        """Whether ``text`` comes soon after what was found last: it does in nearly all pages."""
        found = self._all.find(text, self._at, self._at + len(text) + _SOON)
        if found >= 0:
            self._at = found + len(text)
        return found >= 0

    def of(self, element: etree._Element) -> int:
        return self._held.get(element, 0)


def _own_text(element: etree._Element) -> str:
    """The text of an element but that of the parts in it."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag not in _PARTS:
            pieces.append(text_of(child) if isinstance(child.tag, str) else "")
        pieces.append(child.tail or "")
    return "".join(pieces)


def _stated(top: etree._Element) -> etree._Element | None:
    """Where nobody chose: what the page itself marks as the article, or its text as it is."""
    for element in top.iter(etree.Element):
        if "articleBody" in (element.get("itemprop") or ""):
            return element
    articles = [a for a in top.iter("article", "main") if len(_bare(text_of(a))) > 200]
    best = max(articles, key=lambda a: len(text_of(a)), default=None)
    return top if best is None else best


def _strip(top: etree._Element, votes: _Votes) -> None:
    """Take the furniture out, but nothing that holds much of the article."""
    found = [
        element
        for element in top.iter(etree.Element)
        if element is not top and _is_furniture(element) and votes.of(element) < _MAX_SHARE * votes.total
    ]
    # A site that calls each of its paragraphs a widget would lose all of them, one by one.
    lost = sum(votes.of(element) for element in found)
    for element in found:
        if lost < _MAX_SHARE * votes.total or not votes.of(element):
            drop(element)


def _is_furniture(element: etree._Element) -> bool:
    if element.tag in _FURNITURE_TAGS or (element.get("role") or "") in _FURNITURE_ROLES:
        return True
    if element.tag in _NEVER_FURNITURE:
        return False
    said = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(said) == 1 or not _FURNITURE.search(said):
        return False
    return not any(a.tag == "p" for a in element.iterancestors()) and not _figures.only(element)


def _prune(top: etree._Element, votes: _Votes, page: Page) -> None:
    """Take out what got no vote and does not belong to what got one."""
    first, last = _ends(top, votes)
    position = {element: n for n, element in enumerate(top.iter(etree.Element))}
    for element in list(top.iter(etree.Element)):
        if element is top or votes.of(element) or element.tag not in _PARTS or element not in position:
            continue
        if any(votes.of(e) and e.tag in _WHOLE and e.tag != "figure" for e in _within(element, top)):
            continue  # a line of a paragraph, a cell of a table that was chosen
        inside = first <= position[element] <= last
        opens = position[element] < first and _is_standfirst(element, votes, page, True)
        if not opens and not _belongs(element, votes, inside):
            drop(element)


def _within(element: etree._Element, top: etree._Element) -> Iterator[etree._Element]:
    for holder in element.iterancestors():
        if holder is top:
            return
        yield holder


def _ends(top: etree._Element, votes: _Votes) -> tuple[int, int]:
    numbers = [
        n for n, e in enumerate(top.iter(etree.Element)) if votes.of(e) and e.tag in _LEAVES and e is not top
    ]
    return (min(numbers), max(numbers)) if numbers else (0, 0)


def _belongs(element: etree._Element, votes: _Votes, inside: bool) -> bool:
    """Whether an element without a vote still reads as a part of the article."""
    text = _bare(text_of(element))
    # A picture that leads to itself, larger, is no link to elsewhere.
    linked = sum(
        len(_bare(text_of(a))) for a in element.iter("a") if next(a.iter("figcaption"), None) is None
    )
    pictured = next(element.iter("img", "picture"), None) is not None
    if element.tag == "figure" or any(a.tag == "figure" for a in element.iterancestors()):
        return linked <= len(text) // 2 or not text
    if pictured and len(text) <= 300:
        return linked <= len(text) // 2
    if not text:
        return True
    parent = element.getparent()
    siblings = votes.siblings[parent, element.tag]
    if element.tag in _HEADINGS:
        following = next(
            (s for s in element.itersiblings() if isinstance(s.tag, str) and text_of(s).strip()), None
        )
        return inside and following is not None and votes.of(following) > 0
    if linked > len(text) * 0.4:
        return False
    if element.tag == "p" and siblings >= 2 and len(text) >= 2 * _SHORT:
        neighbours = (element.getprevious(), element.getnext())
        if any(n is not None and n.tag == "p" and votes.of(n) for n in neighbours):
            return True
    if not inside:
        return False
    if element.tag in ("p", "blockquote"):
        return siblings >= 2 and len(text) >= 60
    return element.tag in ("ul", "ol", "dl", "table", "pre") and parent is not None and votes.of(parent) > 0
