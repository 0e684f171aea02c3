"""What a document knows and its tags do not: languages, kinds of lists, whose a note is.

The engine's tags contain no element's id. But it reports which ids are on a page, and in what
order: so what is to be found again among the tags gets an id of its own before the layout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple
from xml.etree.ElementTree import Element

OWN = "~"
"""Begins the ids that are given here; no place in the edition has such a one."""

KINDS = {"section": "/Sect", "article": "/Art", "div": "/Div", "blockquote": "/BlockQuote", "p": "/P",
         **{f"h{n}": f"/H{n}" for n in range(1, 7)}}  # fmt: skip
"""Elements that are found again, and what the engine tags them as."""
_LISTS = {"ol": "/Decimal", "ul": "/Disc", "dl": "/None"}
_ITEMS = ("li", "dt", "dd")


class Mark(NamedTuple):
    """An element to be found again, and those in it; ``kind`` is its tag's; ``language`` is
    empty where it goes without saying, which it never does of an article."""

    id: str
    kind: str
    language: str
    inner: Sequence[Mark]


class Marks(NamedTuple):
    """``lists`` says by id how a list is numbered, ``items`` what one of its items is: ``li``,
    ``dt``, ``dd``, or a ``note`` at an article's end; ``tables`` are ids; ``notes`` is the id of
    a note at a page's foot by that of its call; ``links`` the language of the words that stand
    for an address."""

    body: Sequence[Mark]
    lists: Mapping[str, str]
    items: Mapping[str, str]
    tables: Collection[str]
    notes: Mapping[str, str]
    links: Mapping[str, str]


def mark(html: Element) -> Marks:
    """Gives ids to what is to be found again, in the parsed document itself."""
    numbers = count()

    def named(element: Element) -> str:
        return element.attrib.setdefault("id", f"{OWN}{next(numbers)}")

    def within(parent: Element, language: str) -> Iterator[Mark]:
        for element in parent:
            if element.tag in KINDS:
                own = element.get("lang")
                inside = tuple(within(element, own or language))
                language_ = own or (language if element.tag == "article" else "")
                yield Mark(named(element), KINDS[element.tag], language_, inside)

    every = [element for element in html.iter() if isinstance(element.tag, str)]
    calls = [element for element in every if element.get("class") == "call"]
    return Marks(
        body=tuple(
            mark
            for element in every
            if element.tag == "body"
            for mark in within(element, html.get("lang", ""))
        ),
        lists={named(element): _LISTS[element.tag] for element in every if element.tag in _LISTS},
        items={
            named(item): "note" if parent.get("class") == "notes" else item.tag
            for parent in every
            for item in parent
            if item.tag in _ITEMS
        },
        tables={named(element) for element in every if element.tag == "table"},
        notes={named(call): named(note) for call in calls for note in call if note.get("class") == "note"},
        links={e.attrib["href"]: e.attrib["lang"] for e in every if {"href", "lang"} <= e.attrib.keys()},
    )
