"""What the running heads say: for each page the value of every named string that is asked for.

A layout of one section hears only its own ``string-set``; here the sections' heads are put
together in reading order, by the style's own rules and CSS's own meaning (GCPM 3, 1.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import cssselect2
import lxml.etree
import lxml.html
import tinycss2

from exporter.backends.pdf.assets import HtmlSection
from exporter.backends.pdf.layout import Laid
from exporter.backends.pdf.pagerules import Heard, Setting, string_sets

CONTINUED = "continued"
"""The named string that the pipeline itself sets: what goes on from the page before, if anything does."""


class Head(NamedTuple):
    """What an element says to the running heads; ``continued`` what it says of pages on which
    it goes on."""

    values: tuple[tuple[str, str], ...]
    continued: str


class RunningTexts(NamedTuple):
    """A page as the running heads know it: its section's class, and the values asked for."""

    kind: str
    values: Mapping[Heard, str]


def running_texts(
    sections: Iterable[tuple[HtmlSection, Laid]], wanted: Iterable[Heard]
) -> Iterator[list[RunningTexts]]:
    """For each section its pages, with what every named string of ``wanted`` says there."""
    wanted = tuple(wanted)
    said: dict[str, str] = {}
    for section, laid in sections:
        kinds, heads = _heads(section)
        kind = next(iter(kinds.values()), "")
        pages = []
        for page in laid.pages:
            kind = next((kinds[anchor] for anchor in page.anchors if anchor in kinds), kind)
            begins = [heads[anchor] for anchor in page.anchors if anchor in heads]
            goes_on = [heads[anchor].continued for anchor in page.carried if anchor in heads]
            here: dict[str, list[str]] = {CONTINUED: goes_on[-1:] or [""]}
            for name, value in (value for head in begins for value in head.values):
                here.setdefault(name, []).append(value)
            pages.append(RunningTexts(kind, {ask: _value(ask, here, said, not goes_on) for ask in wanted}))
            said.update((name, values[-1]) for name, values in here.items())
        yield pages


def _value(wanted: Heard, here: Mapping[str, list[str]], said: Mapping[str, str], at_top: bool) -> str:
    name, which = wanted
    before = said.get(name, "")
    if name not in here:
        return "" if which == "all-once" else before
    if which == "first-except" and name != CONTINUED:
        return ""
    if which == "start" and not at_top:
        return before
    return here[name][-1 if which == "last" else 0]


def _heads(section: HtmlSection) -> tuple[dict[str, str], dict[str, Head]]:
    """The class of each section with an id, and by id what is said there."""
    body = next(lxml.html.document_fromstring(section.html).iter("body"))
    children = [child for child in body if isinstance(child.tag, str)]
    kinds = {str(child.get("id", "")): str(child.get("class", "")) for child in children}
    owners: dict[str, list[lxml.html.HtmlElement]] = {}
    for element in body.iter():
        if isinstance(element.tag, str) and "data-head" in element.attrib:
            owner = next((a for a in (element, *element.iterancestors()) if "id" in a.attrib), None)
            if owner is not None:
                owners.setdefault(str(owner.attrib["id"]), []).append(element)
    matcher = _matcher(string_sets(section.css))
    heads = {}
    for anchor, elements in owners.items():
        values = tuple(value for element in elements for value in _values(element, matcher))
        continued = next((e.attrib["data-continued"] for e in elements if "data-continued" in e.attrib), "")
        heads[anchor] = Head(values, str(continued))
    return kinds, heads


@cache
def _matcher(rules: tuple[tuple[str, tuple[Setting, ...]], ...]) -> cssselect2.Matcher:
    matcher = cssselect2.Matcher()
    for selector, settings in rules:
        try:
            compiled = cssselect2.compile_selector_list(tinycss2.parse_component_value_list(selector))
        except cssselect2.SelectorError:
            continue  # the layout complains of it
        for one in compiled:
            matcher.add_selector(one, settings)
    return matcher


def _values(element: lxml.html.HtmlElement, matcher: cssselect2.Matcher) -> Iterator[tuple[str, str]]:
    """What the rules make of an element, matched within its ancestors alone."""
    line = lxml.etree.Element(element.tag, dict(element.attrib))
    for ancestor in element.iterancestors():
        above = lxml.etree.Element(ancestor.tag, dict(ancestor.attrib))
        above.append(line)
        line = above
    *_, wrapped = cssselect2.ElementWrapper.from_html_root(line).iter_subtree()
    matches = sorted(matcher.match(wrapped), key=lambda match: match[:2])
    for setting in matches[-1][3] if matches else ():
        pieces = (text if kind == "text" else element.get(text, "") for kind, text in setting.pieces)
        yield setting.name, "".join(pieces)
