"""The structure tree made whole: what the layout engine pages undone in its tags (ISO 14289-1).

The engine makes a tree for each page. Here they become one: an article that goes on over
pages is one element, text is its paragraph's and not its line's, a note follows its call.
"""

from __future__ import annotations

from collections.abc import Sequence

from pikepdf import Array, Name, Object, Pdf, String

from exporter.backends.pdf import artifacts, links, lists, notes, table_tags
from exporter.backends.pdf.marks import Mark, Marks
from exporter.backends.pdf.structure import Kid, Tree, elements, inner, is_element, kids, kind

POINT = 0.75
"""Points in the engine's unit, the CSS pixel."""

_TEXT = frozenset(
    f"/{kind}" for kind in (
        "P", "H1", "H2", "H3", "H4", "H5", "H6", "Link", "Span", "LBody", "Lbl", "TD", "TH", "Caption",
        "Note", "Reference", "NonStruct", "Div",
    )
)  # fmt: skip
"""Elements that may hold text themselves."""
_RUNS = frozenset(["/Span", "/NonStruct"])
_BARE = frozenset(["/Type", "/S", "/K", "/Pg", "/P"])
_BLOCKS = frozenset(["/Sect", "/Art", "/Div", "/BlockQuote"])


def complete(pdf: Pdf, seed: str, marks: Marks, pages: Sequence[Sequence[str]]) -> None:
    """Makes the tags of the engine's open file whole: the same in, the same out.

    ``seed`` begins the names that elements get; ``marks`` were made in the document before it
    was laid out; ``pages`` are the ids that stand on each page, in order.
    """
    tree = Tree(pdf, seed)
    links.complete(tree, marks.links)
    artifacts.hide_leaders(tree)
    elements = _find(tree, marks.body, pages)
    lists.complete(tree, marks, pages)
    table_tags.complete(tree, marks.tables, pages)
    notes.place(tree, marks.notes, pages)
    _complete_figures(tree)
    _gather_text(tree)
    for fragments in reversed(elements.values()):
        tree.unite(fragments)
    tree.finish()


# -- Elements that the document knows ----------------------------------------------------


def _find(tree: Tree, marks: Sequence[Mark], pages: Sequence[Sequence[str]]) -> dict[str, list[Object]]:
    """The elements of each mark, one for each page that it touches, with their language.

    On a page the elements of a kind in one parent are the marks of that kind in theirs, in
    order; where their numbers differ (a style has made boxes of its own) nothing is found.
    """
    by_id: dict[str, list[Object]] = {}

    def match(elements: Sequence[Object], marks: Sequence[Mark], ids: frozenset[str]) -> None:
        for sort in dict.fromkeys(mark.kind for mark in marks):
            these = [element for element in elements if kind(element) == sort]
            those = [mark for mark in marks if mark.kind == sort and mark.id in ids]
            if len(these) != len(those):
                continue
            for element, mark in zip(these, those, strict=True):
                by_id.setdefault(mark.id, []).append(element)
                if mark.language:
                    element.Lang = String(mark.language)
                match(inner(element), mark.inner, ids)

    for number, on_page in tree.by_page(inner(tree.document)).items():
        match(on_page, marks, frozenset(pages[number]))
    return by_id


# -- Text --------------------------------------------------------------------------------


def _gather_text(tree: Tree) -> None:
    """Gives text to the element that it means something to, of which the engine makes one for
    every line and every change of type; what is empty and means nothing goes."""
    for element in reversed(list(elements(tree.document))):
        children: list[Kid] = []
        changed = False
        for kid in kids(element):
            marks = _marks(kid)
            if marks is None or (marks and not _takes(element, kid)):
                children.append(kid)
                continue
            for mark in marks:
                tree.own(element, element.Pg, mark)
            children += marks
            changed = True
        if changed:
            tree.hold(element, children)
        if _is_paragraph(element):
            element.S = Name.P


def _is_paragraph(element: Object) -> bool:
    """Whether text stands in a block that the engine knows no better name for."""
    if kind(element) == "/Div":
        return any(isinstance(kid, int) for kid in kids(element))
    return kind(element) == "/NonStruct" and kind(element.P) in _BLOCKS and bool(_marks(element))


def _marks(kid: Kid) -> list[int] | None:
    """The marks of an element without meaning that holds text alone, or nothing; else None."""
    if not is_element(kid) or kind(kid) not in _RUNS or kid.keys() - _BARE:
        return None
    marks = [mark for mark in kids(kid) if isinstance(mark, int)]
    return marks if len(marks) == len(kids(kid)) else None


def _takes(element: Object, kid: Kid) -> bool:
    """Whether the text of an element in it may be an element's own."""
    return is_element(kid) and kind(element) in _TEXT and bool(kid.Pg.objgen == element.Pg.objgen)


def _complete_figures(tree: Tree) -> None:
    """A figure's box is given in the page's own units, from its lower left corner."""
    for figure in tree.every("/Figure"):
        tree.identify(figure)
        left, top, right, bottom = (float(side) * POINT for side in figure.A.BBox)
        height = float(figure.Pg.MediaBox[3])
        figure.A.BBox = Array([round(side, 3) for side in (left, height - bottom, right, height - top)])
