"""Notes in the structure tree: each after the paragraph that calls it, not at its page's end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from pikepdf import Name, Object

from exporter.backends.pdf.structure import Tree, inner, kids, kind

_IN_LINE = ("/Span", "/NonStruct", "/Link", "/Reference")
_ALONE = ("/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6")
"""Blocks that hold text alone: a note stands after them, in any other at its end."""


def place(tree: Tree, notes: Mapping[str, str], pages: Sequence[Sequence[str]]) -> None:
    """Tags notes as notes and moves them to where they are read. ``notes`` is each note's id
    by that of its call; ``pages`` are the ids that stand on each page, in order."""
    if not notes:
        return
    texts, areas = _texts(tree, set(notes.values()), pages)
    calls = _calls(tree, notes.keys(), pages)
    latest: dict[tuple[int, int], Object] = {}
    for call, note in notes.items():
        if call not in calls or note not in texts:
            continue
        block = calls[call].P
        while kind(block) in _IN_LINE:
            block = block.P
        tree.drop(texts[note])
        if kind(block) in _ALONE:
            tree.put_after(latest.get(block.objgen, block), texts[note])
            latest[block.objgen] = texts[note]
        else:
            tree.hold(block, [*kids(block), texts[note]])
    for area in areas:
        if not kids(area):
            tree.drop(area)


def _texts(
    tree: Tree, names: Set[str], pages: Sequence[Sequence[str]]
) -> tuple[dict[str, Object], list[Object]]:
    """The notes by id, and the areas at the pages' feet that they are found in."""
    areas = [top for top in inner(tree.document) if kind(top) == "/NonStruct"]
    by_id = tree.match((note for area in areas for note in inner(area)), names, pages)
    for fragments in by_id.values():
        tree.unite(fragments)
        note, marker = fragments[0], inner(fragments[0])[:1]
        note.S = Name.Note
        tree.identify(note)
        if marker and kind(marker[0]) == "/NonStruct":
            marker[0].S = Name.Lbl
    return {id: fragments[0] for id, fragments in by_id.items()}, areas


def _calls(tree: Tree, names: Set[str], pages: Sequence[Sequence[str]]) -> dict[str, Object]:
    """The references to notes by id. The engine tags a call as something without meaning; it
    is alone in the element that was put around it."""
    wrapped = (element for element in tree.every("/Span") if kind(element.P) != "/Note")
    alone = (kid for e in wrapped for kid in inner(e) if kind(kid) == "/NonStruct" and len(kids(e)) == 1)
    by_id = {id: fragments[0] for id, fragments in tree.match(alone, names, pages).items()}
    for call in by_id.values():
        call.S = Name.Reference
    return by_id
