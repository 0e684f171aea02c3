"""E-books (EPUB 3.3 and 2.0.1): each document of the spine that has text is a page.

A book made by exporter returns its articles, each with the metadata in its chapter. In other books,
a document is an article with its title in the contents; the package's metadata (authors, date) applies
to the article only if the book has just one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple
from urllib.parse import unquote

import msgspec
from lxml import etree

from exporter.errors import is_momentary
from exporter.model import dates
from exporter.readers.source import MAX_BYTES, Hints, Source
from exporter.sources.archives import Member, Package, Unreadable, _tree
from exporter.sources.archives import zip as packed
from exporter.sources.archives._tree import File

_TYPE = "application/epub+zip"
_CONTAINER = "META-INF/container.xml"
_DOCUMENTS = ("application/xhtml+xml", "text/html")
_MAX_XML = 16 * 1024**2
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ENOUGH = 120
"""Minimum number of characters of a document with text, as opposed to a title page."""
_NO_TEXT = frozenset(
    (
        *("cover", "titlepage", "title-page", "halftitlepage", "toc", "landmarks", "loi", "lot", "index"),
        *("copyright-page", "copyright", "imprint", "colophon", "dedication"),
    )
)


class _Item(NamedTuple):
    path: str
    media_type: str
    properties: str


class _Book(NamedTuple):
    """The content of the package document: the documents in reading order, and metadata."""

    spine: list[_Item]
    labels: Mapping[str, str]
    skipped: frozenset[str]
    hints: Hints


def sniff(head: bytes, name: str) -> float:
    if not head.startswith(b"PK\x03\x04"):
        return 0.0
    return 0.9 if _TYPE.encode() in head[:120] or name.endswith(".epub") else 0.0


def members(package: Package) -> Iterator[Member]:
    tree = packed.tree(package)
    book = _book(tree, package)
    chosen = []
    for item in book.spine:
        if item.path in book.skipped or "nav" in item.properties.split():
            continue
        try:
            root = _xml(tree, item.path)
        except Unreadable as problem:
            package.report.add(problem.id, package.member(item.path), problem.detail)
            continue
        if _is_briefs(root):
            package.report.add("briefs-not-read", package.member(item.path))
        elif _section(root) is not None or _is_text(root):
            chosen.append((item, _section(root) is not None))
    for item, is_ours in chosen:
        own = book.hints if len(chosen) == 1 else Hints(source=book.hints.title, language=book.hints.language)
        if is_ours:
            own = Hints(language=book.hints.language)
        hints = Hints(
            title=book.labels.get(item.path),
            authors=own.authors,
            published=own.published,
            source=own.source,
            language=own.language,
            media_type="application/xhtml+xml",
            whole=True,
        )
        name = package.member(item.path)
        yield Member(name, tree[item.path].size, partial(_source, tree, item.path, name, hints))


def _source(tree: Mapping[str, File], path: str, name: str, hints: Hints) -> Source:
    if tree[path].size > MAX_BYTES:
        raise Unreadable("file-too-large", f"{tree[path].size >> 20} MB")
    data, hints = _page(_xml(tree, path), hints)
    return Source(data, name, partial(_tree.sibling, tree, posixpath.dirname(path)), hints=hints)


def _is_text(root: etree._Element) -> bool:
    kinds = {
        kind
        for element in root.iter("{*}body", "{*}section")
        for kind in (element.get(_EPUB_TYPE) or "").split()
    }
    return not kinds & _NO_TEXT and len(_text(root)) >= _ENOUGH


# -- A chapter as a page -----------------------------------------------------------------


def _text(element: etree._Element) -> str:
    """The text of an element, single-spaced."""
    return " ".join("".join(str(t) for t in element.itertext()).split())


def _is_briefs(root: etree._Element) -> bool:
    """Whether a document has the briefs at the end of exporter's own books."""
    body = root.find("{*}body")
    return (
        body is not None
        and body.get("class") == "briefs"
        and body.find(".//{*}section[@class='brief']") is not None
    )


def _page(root: etree._Element, hints: Hints) -> tuple[bytes, Hints]:
    """The document as a page without header and footer, and the hints with their metadata."""
    section = _section(root)
    language = root.get(_LANG) or root.get("lang")
    if section is not None:
        hints = _framed(section, hints)
        for name in ("{*}header", "{*}footer"):
            for part in section.findall(name):
                section.remove(part)
    elif not hints.title:
        hints = msgspec.structs.replace(hints, title=_heading(root))
    body = root.find("{*}body") if section is None else section
    for element in root.iter(etree.Element):
        # The HTML reader expects names without namespace.
        if isinstance(element.tag, str):
            element.tag = etree.QName(element).localname
        element.attrib.pop(_EPUB_TYPE, "")
    etree.cleanup_namespaces(root)
    whole = etree.Element("html")
    if language:
        whole.set("lang", language)
    inner = etree.SubElement(whole, "body")
    if body is not None:
        inner.text = body.text
        inner.extend(list(body))
    return etree.tostring(whole, encoding="utf-8", method="html", doctype="<!DOCTYPE html>"), hints


def _heading(root: etree._Element) -> str | None:
    """The first heading of a document that the contents do not list, or its title."""
    headings = (_text(h) for h in root.iter("{*}h1", "{*}h2", "{*}h3"))
    named = (_text(t) for t in root.iterfind("{*}head/{*}title"))
    return next(filter(None, (*headings, *named)), None)


def _section(root: etree._Element) -> etree._Element | None:
    """The article in a document of exporter's own books; None in others."""
    body = root.find("{*}body")
    if body is None or body.get("class") != "article":
        return None
    section = body.find("{*}section")
    if section is None or section.find("{*}header/{*}p[@class='byline']") is None:
        return None
    return section


def _framed(section: etree._Element, hints: Hints) -> Hints:
    """The hints with the metadata in the header and footer of exporter's own chapter."""
    title = section.find("{*}header/{*}h1")
    source = section.find("{*}header/{*}p[@class='source']")
    subtitle = section.find("{*}header/{*}p[@class='subtitle']")
    published = section.find("{*}header/{*}p[@class='byline']/{*}time")
    authors = section.find("{*}header/{*}p[@class='byline']/{*}span[@class='authors']")
    link = section.find("{*}footer/{*}p/{*}a")
    captured = section.find("{*}footer/{*}p/{*}time")
    return msgspec.structs.replace(
        hints,
        title=_text(title) if title is not None else hints.title,
        subtitle=_text(subtitle) if subtitle is not None else None,
        source=_text(source) if source is not None else hints.source,
        published=_when(published),
        authors=tuple(_text(authors).split(", ")) if authors is not None else (),
        link=link.get("href") if link is not None else None,
        captured=_when(captured),
    )


def _when(time: etree._Element | None) -> str | None:
    value = time.get("datetime") or "" if time is not None else ""
    return value if dates.is_when(value) else None


# -- The package -------------------------------------------------------------------------


def _book(tree: Mapping[str, File], package: Package) -> _Book:
    container = _xml(tree, _CONTAINER)
    path = next((e.get("full-path") or "" for e in container.iter("{*}rootfile")), "")
    opf = _xml(tree, path)
    items = {
        item.get("id"): _Item(
            _resolved(path, item.get("href") or ""),
            item.get("media-type") or "",
            item.get("properties") or "",
        )
        for item in opf.iter("{*}item")
    }
    spine: dict[str, _Item] = {}
    for reference in opf.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.path not in tree:
            where = item.path if item else reference.get("idref") or ""
            package.report.add("archive-broken", package.name, f"the spine's {where[:200]} is not there")
        elif item.path in spine:
            package.report.add("archive-broken", package.name, f"the spine has {item.path[:200]} again")
        elif item.media_type in _DOCUMENTS:
            spine[item.path] = item
    skipped = {
        _resolved(path, guide.get("href") or "")
        for guide in opf.iter("{*}reference")
        if (guide.get("type") or "").lower() in _NO_TEXT
    }
    return _Book(list(spine.values()), _labels(tree, items.values()), frozenset(skipped), _metadata(opf))


def _metadata(opf: etree._Element) -> Hints:
    def texts_of_(name: str) -> list[str]:
        values = (
            " ".join((e.text or "").split()) for e in opf.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}")
        )
        return [value for value in values if value]

    date = next(iter(texts_of_("date")), "")[:10]
    return Hints(
        title=next(iter(texts_of_("title")), None),
        authors=tuple(texts_of_("creator")),
        published=date if dates.is_when(date) else None,
        source=next(iter(texts_of_("publisher")), None),
        language=next(iter(texts_of_("language")), None),
    )


def _labels(tree: Mapping[str, File], items: Iterable[_Item]) -> dict[str, str]:
    """The titles in the contents by document, from the navigation document or the NCX."""
    labels: dict[str, str] = {}
    seen: set[str] = set()
    for item in items:
        if item.path in seen:
            continue
        try:
            if "nav" in item.properties.split():
                links = [(a.get("href") or "", _text(a)) for a in _toc(_xml(tree, item.path))]
            elif item.media_type == "application/x-dtbncx+xml":
                links = list(_points(_xml(tree, item.path)))
            else:
                continue
            seen.add(item.path)
        except Unreadable:
            continue
        for href, label in links:
            if label:
                labels.setdefault(_resolved(item.path, href), label)
    return labels


def _toc(nav: etree._Element) -> Iterator[etree._Element]:
    for element in nav.iter("{*}nav"):
        if "toc" in (element.get(_EPUB_TYPE) or "").split():
            yield from element.iter("{*}a")


def _points(ncx: etree._Element) -> Iterator[tuple[str, str]]:
    for point in ncx.iter("{*}navPoint"):
        content, label = point.find("{*}content"), point.find("{*}navLabel")
        if content is not None and label is not None:
            yield content.get("src") or "", _text(label)


def _resolved(base: str, href: str) -> str:
    """The path in the book of ``href`` in the document at ``base``, without its fragment."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(href.partition("#")[0])))


def _xml(tree: Mapping[str, File], path: str) -> etree._Element:
    """The root of a document of the book, as far as it is well-formed. Raises `Unreadable`."""
    if path not in tree:
        raise Unreadable("archive-broken", f"{path or _CONTAINER} is not there")
    data = tree[path].read(_MAX_XML)
    # Entities and external files are never loaded.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_pis=True
    )
    try:
        root = etree.fromstring(re.sub(rb"&nbsp;", b"&#160;", data), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if is_momentary(error):
            raise
        raise Unreadable("archive-broken", f"{path}: {error}") from None
    if root is None:
        raise Unreadable("archive-broken", f"{path} is no XML")
    return root
