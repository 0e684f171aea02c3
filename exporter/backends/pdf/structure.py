"""A tagged file's structure tree in the hand: walked, changed, put back (ISO 32000-1, 14.7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TypeAlias, TypeGuard

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

Kid: TypeAlias = Object | int
"""What an element holds: an element, a reference to an annotation, the number of marked content."""


def kind(element: Object) -> str:
    """What an element is: ``/P``, ``/Art``, …"""
    return str(element.S)


def kids(element: Object) -> list[Kid]:
    content = element.get("/K")
    if content is None:
        return []
    return list(content) if isinstance(content, Array) else [content]


def is_element(kid: Kid) -> TypeGuard[Object]:
    return isinstance(kid, Dictionary) and "/S" in kid


def inner(element: Object) -> list[Object]:
    """The elements that an element holds."""
    return [kid for kid in kids(element) if is_element(kid)]


def elements(node: Object) -> Iterator[Object]:
    """The elements under a node, itself included, in reading order."""
    stack = [node]
    while stack:
        element = stack.pop()
        yield element
        stack.extend(reversed(inner(element)))


class Tree:
    """The structure tree of an open file; ``seed`` begins the identifiers that it gives."""

    def __init__(self, pdf: Pdf, seed: str) -> None:
        self.pdf = pdf
        self._root = pdf.Root.StructTreeRoot
        self.document = self._root.K[0]
        self._seed = seed
        self._pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        numbers = list(self._root.ParentTree.Nums)
        self._owners = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
        self._named: dict[str, Object] = {}
        self._dropped: set[tuple[int, int]] = set()
        self._index: dict[str, list[Object]] = {}

    def by_page(self, elements: Iterable[Object]) -> dict[int, list[Object]]:
        """Elements by the number of the page that they begin on, from 0."""
        pages: dict[int, list[Object]] = defaultdict(list)
        for element in elements:
            pages[self._pages[element.Pg.objgen]].append(element)
        return dict(pages)

    def every(self, sort: str) -> list[Object]:
        """All elements of a kind, in reading order, as they were when this was first asked."""
        if not self._index:
            self._index = defaultdict(list)
            for element in elements(self.document):
                self._index[kind(element)].append(element)
        return self._index[sort]

    def match(
        self, elements: Iterable[Object], names: Container[str], pages: Sequence[Sequence[str]]
    ) -> dict[str, list[Object]]:
        """Elements by their ids among ``names``, one for each page that an element touches.

        ``pages`` are the ids that stand on each page, in order: where a page has as many of
        those as of these, they are each other's, else the page's are left out.
        """
        matched: dict[str, list[Object]] = defaultdict(list)
        for number, on_page in self.by_page(list(elements)).items():
            ids = [id for id in pages[number] if id in names]
            for id, element in zip(ids, on_page, strict=True) if len(ids) == len(on_page) else ():
                matched[id].append(element)
        return dict(matched)

    # -- Elements ------------------------------------------------------------------------

    def new(self, kind: Name, parent: Object) -> Object:
        """An empty element that knows its parent; the parent does not hold it yet."""
        element = Dictionary(Type=Name.StructElem, S=kind, K=Array(), P=parent)
        if "/Pg" in parent:
            element.Pg = parent.Pg
        return self.pdf.make_indirect(element)

    def hold(self, parent: Object, children: Sequence[Kid]) -> None:
        """Gives an element its content again."""
        for kid in children:
            if is_element(kid):
                kid.P = parent
        parent.K = Array(children)

    def drop(self, element: Object) -> None:
        """Takes an element out of its parent."""
        parent = element.P
        self.hold(parent, [kid for kid in kids(parent) if not _same(kid, element)])

    def unite(self, fragments: Sequence[Object]) -> None:
        """Makes one element of several, the first of them."""
        first, *rest = fragments
        for fragment in rest:
            children: list[Kid] = []
            for kid in kids(fragment):
                if isinstance(kid, int):
                    self.own(first, fragment.Pg, kid)
                    here = fragment.Pg.objgen == first.Pg.objgen
                    children.append(kid if here else Dictionary(Type=Name.MCR, Pg=fragment.Pg, MCID=kid))
                else:
                    children.append(kid)
            self.drop(fragment)
            self.hold(fragment, [])
            self.hold(first, [*kids(first), *children])

    def put_after(self, place: Object, element: Object) -> None:
        """Puts an element, dropped or new, after another one."""
        siblings = kids(place.P)
        at = next(n for n, kid in enumerate(siblings, 1) if _same(kid, place))
        self.hold(place.P, [*siblings[:at], element, *siblings[at:]])

    def identify(self, element: Object) -> str:
        """A name by which others refer to the element."""
        name = f"{self._seed}-{len(self._named):05}"
        self._named[name] = element
        element.ID = String(name)
        return name

    # -- What they hold ------------------------------------------------------------------

    def own(self, element: Object, page: Object, mark: int) -> None:
        """The marked content of a page is the element's."""
        self._owners[int(page.StructParents)][mark] = element

    def disown(self, page: Object, mark: int) -> None:
        """The marked content of a page is nobody's."""
        self._owners[int(page.StructParents)][mark] = None

    def own_annotation(self, element: Object, annotation: Object) -> None:
        self._owners[int(annotation.StructParent)] = element

    def drop_annotation(self, annotation: Object) -> None:
        """Takes an annotation from its page; the reference to it has to go, too."""
        self._owners.pop(int(annotation.StructParent))
        self._dropped.add(annotation.objgen)

    def finish(self) -> None:
        """Puts in order what elements are found by."""
        owners = [thing for key in sorted(self._owners) for thing in (key, self._owners[key])]
        self._root.ParentTree.Nums = Array(owners)
        names = [thing for name in sorted(self._named) for thing in (String(name), self._named[name])]
        self._root.IDTree = self.pdf.make_indirect(Dictionary(Names=Array(names)))
        for page in self.pdf.pages if self._dropped else ():
            if "/Annots" in page:
                page.Annots = Array([a for a in page.Annots if a.objgen not in self._dropped])


def _same(kid: Kid, element: Object) -> bool:
    return isinstance(kid, Dictionary) and kid.objgen == element.objgen
