"""What is seen and not read out: leaders, heads of tables that come again (ISO 32000-1, 14.8.2.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TypeAlias

import pikepdf
from pikepdf import ContentStreamInlineImage, ContentStreamInstruction, Dictionary, Name, Object, Operator

from exporter.backends.pdf.structure import Tree, elements, is_element, kids, kind

FEWEST = 2
"""As many times a text comes in a row, at least, to be taken for a leader."""

_Step: TypeAlias = ContentStreamInstruction | ContentStreamInlineImage


def hide_leaders(tree: Tree) -> None:
    """Makes artifacts of the dots that lead the eye along a line."""
    for number, on_page in tree.by_page([*tree.every("/Span"), *tree.every("/NonStruct")]).items():
        rows = [(element, row) for element in on_page if (row := _row(element))]
        if not any(len(row) >= FEWEST for _, row in rows):
            continue
        steps = pikepdf.parse_content_stream(tree.pdf.pages[number])
        shown = _shown(steps)
        same_on_all = [(element, row) for element, row in rows if len({shown.get(mark) for mark in row}) == 1]
        dots = {shown.get(row[0]) for _, row in same_on_all if len(row) >= FEWEST}
        # Where there is room for one piece alone, it is known by the others.
        leaders = [
            (element, row)
            for element, row in same_on_all
            if len(row) >= FEWEST or (shown.get(row[0]) in dots and _in_link(element))
        ]
        for element, _ in leaders:
            tree.drop(element)
        _rewrite(tree, number, steps, {mark for _, row in leaders for mark in row})


def _in_link(element: Object) -> bool:
    parent = element.get("/P")
    while parent is not None and kind(parent) in ("/Span", "/NonStruct"):
        parent = parent.get("/P")
    return parent is not None and kind(parent) == "/Link"


def hide(tree: Tree, hidden: Collection[Object]) -> None:
    """Makes artifacts of elements with all that is in them."""
    marks: dict[int, set[int]] = defaultdict(set)
    for root in hidden:
        for number, on_page in tree.by_page(elements(root)).items():
            marks[number].update(kid for element in on_page for kid in kids(element) if isinstance(kid, int))
        tree.drop(root)
    for number in sorted(marks):
        _rewrite(tree, number, pikepdf.parse_content_stream(tree.pdf.pages[number]), marks[number])


def _rewrite(tree: Tree, number: int, steps: list[_Step], marks: Collection[int]) -> None:
    """Tells in a page's content, read as ``steps``, that what is marked so is an artifact."""
    if not marks:
        return
    page = tree.pdf.pages[number]
    artifact = ContentStreamInstruction([Name.Artifact], Operator("BMC"))
    content = pikepdf.unparse_content_stream([artifact if _mark(step) in marks else step for step in steps])
    page.Contents = tree.pdf.make_stream(content)
    for mark in marks:
        tree.disown(page.obj, mark)


def _row(element: Object) -> list[int]:
    """The marks of an element that is a mere row of texts, else none."""
    marks: list[int] = []
    for kid in kids(element):
        inside = kids(kid) if is_element(kid) else [kid]
        if len(inside) != 1 or not isinstance(inside[0], int):
            return []
        marks.append(inside[0])
    return marks


def _mark(step: _Step) -> int | None:
    """The number that marks what an instruction begins."""
    if str(step.operator) != "BDC" or not isinstance(step.operands[1], Dictionary):
        return None
    number = step.operands[1].get("/MCID")
    return None if number is None else int(number)


def _shown(content: list[_Step]) -> dict[int, bytes]:
    """What is shown under each mark of a page's content, in the codes of its font."""
    shown: dict[int, bytes] = {}
    mark: int | None = None
    for step in content:
        operator = str(step.operator)
        if operator == "BDC":
            mark = _mark(step)
        elif operator == "EMC":
            mark = None
        elif operator in ("Tj", "TJ") and mark is not None:
            shown[mark] = shown.get(mark, b"") + step.operands[0].unparse()
    return shown
