"""Lists in the structure tree: items of a label and a body, lists in lists (ISO 14289-1, 7.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pikepdf import Dictionary, Name, Object

from exporter.backends.pdf.marks import Marks
from exporter.backends.pdf.structure import Kid, Tree, elements, inner, is_element, kids, kind


def complete(tree: Tree, marks: Marks, pages: Sequence[Sequence[str]]) -> None:
    """Gives every item a body, every list the kind of its numbers; makes one of what the engine
    parted at the pages' ends. ``pages`` are the ids that stand on each page, in order."""
    lists = tree.match(tree.every("/L"), marks.lists, pages)
    items = tree.match(tree.every("/LI"), marks.items, pages)
    for item in tree.every("/LI"):
        _fill(tree, item)
    for element in tree.every("/L"):
        _nest(tree, element)
    for fragments in items.values():
        first, *rest = fragments
        for fragment in rest:
            tree.drop(fragment)
            tree.unite([_body(first), _body(fragment)])
    for id, fragments in lists.items():
        tree.unite(fragments)
        fragments[0].A = Dictionary(O=Name.List, ListNumbering=Name(marks.lists[id]))
    _name_terms(tree, marks.items, items)
    for id, (item, *_) in items.items():
        if marks.items[id] == "note":
            body = _body(item)
            note = tree.new(Name.Note, body)
            tree.hold(note, kids(body))
            tree.hold(body, [note])
            tree.identify(note)


def _fill(tree: Tree, item: Object) -> None:
    """What stands beside an item's label and body goes into the body."""
    labels = [element for element in inner(item) if kind(element) == "/Lbl"]
    bodies = [element for element in inner(item) if kind(element) == "/LBody"]
    body = bodies[0] if bodies else tree.new(Name.LBody, item)
    children: list[Kid] = []
    for kid in kids(item):
        if not is_element(kid) or kind(kid) not in ("/Lbl", "/LBody"):
            children.append(kid)
        elif kind(kid) == "/LBody":
            children += kids(kid)
    tree.hold(body, children)
    tree.hold(item, [*labels, body])


def _body(item: Object) -> Object:
    return inner(item)[-1]


def _nest(tree: Tree, element: Object) -> None:
    """A list among another's items belongs to the item before it, in the place where it is drawn."""
    kept: list[Object] = []
    for kid in inner(element):
        if kind(kid) != "/L" or not kept or kind(kept[-1]) != "/LI":
            kept.append(kid)
            continue
        body, place = _body(kept[-1]), _drawn(kid)
        children = kids(body)
        at = next(
            (n for n, other in enumerate(children) if is_element(other) and _drawn(other) > place),
            len(children),
        )
        tree.hold(body, [*children[:at], kid, *children[at:]])
    tree.hold(element, kept)


def _drawn(element: Object) -> int:
    """When an element is drawn on its page, labels apart: they come last of all."""
    marks = (m for e in elements(element) if kind(e.P) != "/Lbl" for m in kids(e) if isinstance(m, int))
    return min(marks, default=0)


def _name_terms(tree: Tree, tags: Mapping[str, str], items: Mapping[str, Sequence[Object]]) -> None:
    """Puts a term and what is said of it into one item: the engine makes one of each."""
    before: Object | None = None
    for id, (item, *_) in items.items():
        if tags[id] == "dt":
            _body(item).S = Name.Lbl
            _fill(tree, item)
            before = item
        elif tags[id] == "dd" and before is not None and before.P.objgen == item.P.objgen:
            tree.drop(item)
            tree.unite([_body(before), _body(item)])
