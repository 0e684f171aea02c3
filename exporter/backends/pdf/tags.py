"""The finer points of the structure tree, which the layout engine leaves undone (ISO 14289-1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from pikepdf import Array, Dictionary, Name, NumberTree, Object, Pdf, String

_PRINT = 4
"""The flag that an annotation is not left out in print (ISO 32000-1, 12.5.3)."""


def mend(pdf: Pdf) -> None:
    """Makes the tree regular: list items hold a label and a body, links their annotations."""
    root = pdf.Root.get("/StructTreeRoot")
    if root is None:
        return
    for item in list(elements(root, Name.LI)):
        _fill_body(pdf, item)
    _move_annotations(root)


def _kids(element: Object) -> list[Object]:
    kids = element.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, Array) else [kids]


def _fill_body(pdf: Pdf, item: Object) -> None:
    """What stands beside a list item's label and body goes into the body (7.2-20)."""
    label: list[Object] = []
    body: Object | None = None
    stray: list[Object] = []
    kept: list[Object] = []
    for kid in _kids(item):
        kind = kid.get("/S") if isinstance(kid, Dictionary) else None
        if kind == Name.Lbl:
            label.append(kid)
        elif kind == Name.LBody and body is None:
            body = kid
            kept.append(kid)
        else:
            stray.append(kid)
    if not stray:
        return
    if body is None:
        page = item.get("/Pg")
        body = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.LBody, P=item, K=Array()))
        if page is not None:
            body.Pg = page
        kept.append(body)
    for kid in stray:
        if isinstance(kid, Dictionary) and "/S" in kid:
            kid.P = body
    body.K = Array([*_kids(body), *stray])
    item.K = Array([*label, *kept])


def _move_annotations(root: Object) -> None:
    """An annotation of an element inside a link belongs to the link itself (7.18.5-1)."""
    owners = NumberTree(root.ParentTree)
    for number, owner in list(owners.items()):
        if not isinstance(owner, Dictionary) or owner.get("/S") == Name.Link:
            continue
        link = owner.get("/P")
        while isinstance(link, Dictionary) and link.get("/S") not in (Name.Link, None):
            link = link.get("/P")
        if not isinstance(link, Dictionary) or link.get("/S") != Name.Link:
            continue
        kids = [(kid, isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR) for kid in _kids(owner)]
        moved = [kid for kid, is_reference in kids if is_reference]
        owner.K = Array([kid for kid, is_reference in kids if not is_reference])
        link.K = Array([*_kids(link), *moved])
        owners[number] = link


def elements(node: Object, *kinds: Name) -> Iterator[Object]:
    """The structure elements of those kinds, in document order; an iterative walk."""
    stack = [node]
    while stack:
        element = stack.pop()
        if not isinstance(element, Dictionary):
            continue
        if element.get("/S") in kinds:
            yield element
        kids = element.get("/K")
        if isinstance(kids, Array):
            stack.extend(reversed(list(kids)))
        elif isinstance(kids, Dictionary):
            stack.append(kids)


def tell_languages(pdf: Pdf, articles: Sequence[tuple[str, str | None]], places: Mapping[str, int]) -> None:
    """The language of each article, on its tag, so that it is read out as what it is.

    The engine makes one ``Art`` element for each page an article touches: on a page the
    last ones are those that begin there, one before them is carried over.
    """
    root = pdf.Root.get("/StructTreeRoot")
    if root is None:
        return
    begins: dict[int, list[str | None]] = {}
    for anchor, language in articles:
        if anchor in places:
            begins.setdefault(places[anchor], []).append(language)
    numbers = {page.obj.objgen: index for index, page in enumerate(pdf.pages)}
    per_page: dict[int, list[Object]] = {}
    for element in elements(root, Name.Art):
        if "/Pg" in element and element.Pg.objgen in numbers:
            per_page.setdefault(numbers[element.Pg.objgen], []).append(element)
    running: str | None = None
    for index in sorted(per_page):
        starting = begins.get(index, [])
        carried = len(per_page[index]) - len(starting)
        for element, language in zip(per_page[index], [running] * carried + starting, strict=False):
            if language:
                element.Lang = String(language)
        running = starting[-1] if starting else running


def name_links(pdf: Pdf, titles: Mapping[str, str]) -> None:
    """What a link leads to, in words; the engine gives the raw address."""
    for page in pdf.pages:
        for annotation in page.get("/Annots", Array()):
            if annotation.get("/Subtype") != Name.Link:
                continue
            annotation.F = _PRINT
            action = annotation.get("/A", Dictionary())
            if "/URI" in action:
                address = str(action.URI)
                host = urlsplit(address).hostname if address.startswith("http") else None
                annotation.Contents = String(f"Link to {host or address}")
            else:
                target = annotation.get("/Dest", action.get("/D"))
                if isinstance(target, String) and str(target) in titles:
                    annotation.Contents = String(titles[str(target)])
