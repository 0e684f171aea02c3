"""Reads a finished EPUB back: is it of one piece, and where does each anchor stand?"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import cast
from urllib.parse import unquote

from lxml import etree

from exporter.editions.compile import Edition
from exporter.errors import ExporterError, IncompleteError

_OPF = "{http://www.idpf.org/2007/opf}"
_NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
_XHTML = "{http://www.w3.org/1999/xhtml}"
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OUTWARD = ("http:", "https:", "mailto:")
_IDS = etree.XPath("//@id", smart_strings=False)
_LINKS = etree.XPath("//@href | //@src", smart_strings=False)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, collect_ids=False)


def locate(data: bytes, edition: Edition) -> dict[str, str]:
    """Each anchor found as an id in a document of the spine, with its address in the file.

    Raises `IncompleteError` where the book is not of one piece: an item of the manifest
    missing, a document not well-formed or with one id twice, a link into the void, or
    contents in another order than the chapters.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Book(archive).places(edition)
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        raise _broken(str(error)) from error


def _broken(what: str) -> ExporterError:
    return IncompleteError(f"the EPUB is not of one piece: {what}", "Please report this with the articles.")


class _Book:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        if archive.namelist()[:1] != ["mimetype"]:
            raise _broken("the mimetype does not come first")
        container = self._xml("META-INF/container.xml")
        package_name = _said(_first(container, f"{_CONTAINER}rootfile"), "full-path")
        self._base = posixpath.dirname(package_name)
        self._package = self._xml(package_name)
        self._manifest: dict[str, etree._Element] = {}
        for item in _first(self._package, f"{_OPF}manifest"):
            name = self._join(self._base, _said(item, "href"))
            if name not in self._names:
                raise _broken(f"{name} is in the manifest but not in the file")
            self._manifest[_said(item, "id")] = item
        self._spine = [
            self._join(self._base, _said(self._manifest[_said(ref, "idref")], "href"))
            for ref in _first(self._package, f"{_OPF}spine")
        ]

    def places(self, edition: Edition) -> dict[str, str]:
        wanted = {entry.anchor for entry in edition.entries} | {brief.anchor for brief in edition.briefs}
        wanted |= {part.anchor for part in edition.parts}
        ids: dict[str, set[str]] = {}
        links: dict[tuple[str, str], str] = {}  # folder and address → a document that has it
        by_anchor: dict[str, str] = {}
        nav: list[str] = []
        nav_name = self._nav()
        for name, root in self._documents():
            if name in ids:
                raise _broken(f"{name} is in the spine twice")
            here = _texts(_IDS, root)
            ids[name] = set(here)
            if len(here) != len(ids[name]):
                raise _broken(f"{name} has one id twice: {Counter(here).most_common(1)[0][0]}")
            for id in wanted.intersection(here):
                by_anchor.setdefault(id, f"{name}#{id}")
            folder = posixpath.dirname(name)
            for href in set(_texts(_LINKS, root)):
                if href.startswith("#"):
                    self._check_link(name, href, ids)
                elif not href.lower().startswith(_OUTWARD):
                    links.setdefault((folder, href), name)
            if name == nav_name:
                nav = [self._target(name, href)[0] for href in _toc_links(root)]
        for (_, href), name in links.items():
            self._check_link(name, href, ids)
        self._check_order("contents", nav)
        ncx = [
            item for item in self._manifest.values() if item.get("media-type") == "application/x-dtbncx+xml"
        ]
        for item in ncx:
            name = self._join(self._base, _said(item, "href"))
            points = self._xml(name).iter(f"{_NCX}content")
            self._check_order("NCX", [self._target(name, _said(point, "src"))[0] for point in points])
        return by_anchor

    def _documents(self) -> Iterator[tuple[str, etree._Element]]:
        """The spine, unpacked a few at a time, which keeps each task in the processor's cache."""
        for n in range(0, len(self._spine), 64):
            names = self._spine[n : n + 64]
            for name, data in zip(names, [self._archive.read(name) for name in names], strict=True):
                yield name, etree.fromstring(data, _PARSER)

    def _check_link(self, origin: str, href: str, ids: Mapping[str, Container[str]]) -> None:
        target, fragment = self._target(origin, href)
        if target not in self._names or (fragment and fragment not in ids.get(target, ())):
            raise _broken(f"a link of {origin} leads nowhere: {href}")

    def _check_order(self, what: str, listed: list[str]) -> None:
        places = {name: n for n, name in enumerate(self._spine)}
        order = [places[name] for name in listed]
        if not order or order != sorted(order):
            raise _broken(f"the {what} and the chapters are in different order")

    def _nav(self) -> str:
        for item in self._manifest.values():
            if "nav" in (item.get("properties") or "").split():
                return self._join(self._base, _said(item, "href"))
        raise _broken("it has no contents")

    def _target(self, origin: str, href: str) -> tuple[str, str]:
        path, _, fragment = href.partition("#")
        target = self._join(origin.rpartition("/")[0], unquote(path)) if path else origin
        return target, unquote(fragment)

    @staticmethod
    def _join(folder: str, name: str) -> str:
        if "/" not in name:
            return f"{folder}/{name}" if folder else name
        return posixpath.normpath(posixpath.join(folder, name))

    def _xml(self, name: str) -> etree._Element:
        return etree.fromstring(self._archive.read(name), _PARSER)


def _texts(path: etree.XPath, root: etree._Element) -> list[str]:
    return cast(list[str], path(root))


def _toc_links(root: etree._Element) -> Iterator[str]:
    for nav in root.iter(f"{_XHTML}nav"):
        if nav.get(_EPUB_TYPE) == "toc":
            for anchor in nav.iter(f"{_XHTML}a"):
                yield _said(anchor, "href")


def _first(root: etree._Element, tag: str) -> etree._Element:
    for element in root.iter(tag):
        return element
    raise _broken(f"there is no {etree.QName(tag).localname} in it")


def _said(element: etree._Element, attribute: str) -> str:
    value = element.get(attribute)
    if value is None:
        raise _broken(f"{etree.QName(element).localname} without {attribute}")
    return value
