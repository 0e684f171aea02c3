"""The part of a web page that is the article.

`_choice` chooses the passages that are the article's. The body is the smallest element that contains
them, without what a rule of `_pruning` removes. `exporter.readers.common.dom` maps it to blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec
from lxml import etree, html

from exporter.readers.common import elements
from exporter.readers.common.markup import text_of
from exporter.readers.html import _choice, _figures
from exporter.readers.html._page import Page
from exporter.readers.html._passages import HEADINGS, Passage, bare, passages
from exporter.readers.html._prose import Prose, is_boilerplate
from exporter.readers.html._pruning import LITTLE, PARTS, WHOLE, Pruning, Votes, drop_copies

_LEAVES = HEADINGS | frozenset(
    (
        "p",
        "li",
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
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|leadtext|standfirst|stand-first|intro|introduction|summary|sub-?head\w*|sub-?title|"
    r"sub-?deck|dek|deck|vorspann|ingress|chapeau|chapo|sommario|excerpt|abstract|kicker-text|entradilla|bajada|"
    r"preamble|strapline)(?:$|[\s_-])",
    re.I,
)
_ENDS_SENTENCE = '.!?…。！？”“»"'
_GALLERY = re.compile(r"gallery|carousel|slide-?show|slider|swiper", re.I)
_LISTS = frozenset(("ul", "ol", "nav", "aside", "table", "footer"))
_SHORT = 25
_MANY = 50_000
"""Elements beyond which no extractor runs: the time that trafilatura takes grows with their square."""
_NEARLY = 0.8
"""Share of a page's prose that has to be hidden for it to be shown."""
_FEW = 500
"""Characters of visible prose from which nothing hidden is shown."""
_MOST = 0.8
"""Share of the chosen text that the article's element contains."""


class Body(msgspec.Struct, frozen=True):
    """The ``element`` that contains the article.

    ``left_out`` has the paragraphs of the page that are not in it, by rule; ``is_doubtful`` is true if
    it contains less than half of the page's longest run of prose.
    """

    element: etree._Element
    left_out: dict[str, list[Passage]] = {}
    is_doubtful: bool = False


def find(tree: html.HtmlElement, page: Page, disabled_rules: Iterable[str] = ()) -> Body:
    """The article of the page; what is not part of it is removed from ``tree``."""
    _figures.mark(tree)
    body = tree.find("body")
    top: etree._Element = tree if body is None else body
    if sum(1 for _ in top.iter(etree.Element)) > _MANY:
        return _marked(top)
    candidates = passages(top)
    if _show(candidates) | drop_copies(top, candidates):
        candidates = passages(top)
    prose = Prose(top, candidates)
    chosen = _choice.choose(tree, candidates, prose, page)
    votes = Votes(top, chosen)
    if not votes.total:
        return _marked(top)
    pruning = Pruning(votes, prose, disabled_rules)
    element = _container(top, votes, Votes(top, _choice.core(chosen)))
    opening = list(_opening(top, element, votes, page))
    pruning.drop_boilerplate(top, opening)
    pruning.prune(element, lambda part: _is_standfirst(part, votes, page, True))
    for number, part in enumerate(opening):
        part.tail = None
        element.insert(number, part)
    if opening:
        # The text before what was inserted comes after it.
        opening[-1].tail, element.text = element.text, None
    for part in element.iter(etree.Element):
        if part is element or votes.of(part):
            _unhide(part)  # pages hide what their script shows later, the article included
    return _with_losses(element, candidates, prose, pruning)


def _with_losses(
    element: etree._Element, candidates: Iterable[Passage], prose: Prose, pruning: Pruning
) -> Body:
    """The body, with the running text of the page that is not in it."""
    kept = set(element.iter(etree.Element))
    length = 0
    left_out: dict[str, list[Passage]] = {}
    for passage in candidates:
        if not passage.is_prose:
            continue
        if passage.element in kept:
            length += passage.length
        elif not passage.is_hidden:
            holders = (passage.element, *passage.element.iterancestors())
            rule = next((pruning.rules[holder] for holder in holders if holder in pruning.rules), "outside")
            left_out.setdefault(rule, []).append(passage)
    run = sum(passage.length for passage in prose.longest_anywhere())
    return Body(element, left_out, is_doubtful=2 * length < run)


def _show(candidates: Iterable[Passage]) -> bool:
    """Show hidden text if nearly all running text is hidden; return whether that was so."""
    prose = [passage for passage in candidates if passage.is_prose]
    hidden = [passage.element for passage in prose if passage.is_hidden]
    seen = sum(passage.length for passage in prose if not passage.is_hidden)
    if len(hidden) <= _NEARLY * len(prose) or seen >= _FEW:
        return False
    shown: set[etree._Element] = set()
    for element in hidden:
        for holder in (element, *element.iterancestors()):
            if holder in shown:
                break
            shown.add(holder)
            _unhide(holder)
    return True


def _unhide(element: etree._Element) -> None:
    for name in ("hidden", "aria-hidden", "style"):
        element.attrib.pop(name, "")


def _container(top: etree._Element, votes: Votes, core: Votes) -> etree._Element:
    """The smallest element with nearly all of the chosen text, and all of its core."""
    element = top
    while True:
        inner = next(
            (c for c in element if votes.of(c) >= _MOST * votes.total and core.of(c) == core.total), None
        )
        is_whole = element.tag in ("article", "main") and votes.total < LITTLE
        # A gallery may have more words than the article around it, but is only a part of it.
        if is_whole or inner is None or inner.tag in WHOLE or _GALLERY.search(inner.get("class") or ""):
            return element
        element = inner


def _opening(top: etree._Element, body: etree._Element, votes: Votes, page: Page) -> Iterator[etree._Element]:
    """The article's elements between the page's heading and the body: standfirst and picture with caption."""
    if body is top:
        return
    around = set(body.iterancestors())
    heading = next(top.iter("h1"), None)
    # The class of the header with the heading may be one of boilerplate.
    headed = set() if heading is None else set(heading.iterancestors("header"))
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
        holders = (element, *_within(element, within), within)
        if not near or any(a.tag in _LISTS or elements.is_hidden(a) for a in holders):
            continue
        if not any(a in headed for a in holders) and any(map(is_boilerplate, holders)):
            continue
        is_figure = element.tag == "figure" and _figures.is_described(element, page.image)
        if is_figure or _is_standfirst(element, votes, page, past):
            taken.add(element)
            if element.tag in HEADINGS:
                element.tag = "p"
            yield element


def _is_standfirst(element: etree._Element, votes: Votes, page: Page, past: bool) -> bool:
    """Whether an element is the paragraph that sums the article up: it is the description in the page's
    metadata, or it was chosen, or, ``past`` the heading, its class says so, or it ends as a sentence."""
    if element.tag not in _LEAVES or any(child.tag in PARTS for child in element):
        return False
    text = bare(text_of(element))
    if not 2 * _SHORT <= len(text) <= 40 * _SHORT:
        return False
    linked = sum(len(bare(text_of(a))) for a in element.iter("a"))
    if linked > len(text) // 2:
        return False
    described = bare(page.description or "")
    # A place may precede the text: "Lima."
    if described and (described.startswith(text[:60]) or described[:60] in text[:100]):
        return True
    holder = element.getparent()
    classes = f"{element.get('class') or ''} {'' if holder is None else holder.get('class') or ''}"
    if votes.of(element) and len(text) >= 4 * _SHORT:
        return True
    if not past:
        return False
    if votes.of(element) or _STANDFIRST.search(classes):
        return True
    is_long = element.tag == "p" or len(text) >= 3 * _SHORT
    return element.tag in ("p", "div") and is_long and text[-1] in _ENDS_SENTENCE


def _marked(top: etree._Element) -> Body:
    """Where no passage was chosen: what the page marks as the article, else all of it."""
    for element in top.iter(etree.Element):
        if "articleBody" in (element.get("itemprop") or ""):
            return Body(element)
    articles = [a for a in top.iter("article", "main") if len(bare(text_of(a))) > 200]
    return Body(max(articles, key=lambda a: len(text_of(a)), default=top))


def _within(element: etree._Element, top: etree._Element) -> Iterator[etree._Element]:
    for holder in element.iterancestors():
        if holder is top:
            return
        yield holder
