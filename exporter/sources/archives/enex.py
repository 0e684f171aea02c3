"""Exports of Evernote (.enex): each note is a page with its images.

The first pass finds where each note begins and ends, the second reads one note at a time, so that an
export may be larger than memory. The document type is never parsed. ENML, the format of a note, is
XHTML with a few elements of its own (dev.evernote.com, "Understanding the Evernote Markup Language").
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from functools import partial
from html import escape
from typing import BinaryIO, NamedTuple

from lxml import etree, html

from exporter.diagnostics import Report
from exporter.model import build
from exporter.model.article import When
from exporter.readers.common import date_parsing, markup, person_names, xml_prolog
from exporter.readers.source import MAX_BYTES, Hints, Source
from exporter.sources.archives import Member, Package, Unreadable

_BLOCK = 1 << 20
_HEAD_BYTES = 1 << 16
_MARK = re.compile(rb"</?note>|</en-export>")
_LONGEST_MARK = 12


class _Place(NamedTuple):
    """The position and size of a note in the file, in bytes."""

    start: int
    size: int


class _Resource(NamedTuple):
    """A file in a note: its media type and bytes."""

    kind: str
    data: bytes


def sniff(head: bytes, _name: str) -> float:
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    is_export = head.startswith(b"<") and (b"<en-export" in head or b"<!DOCTYPE en-export" in head)
    return 0.95 if is_export else 0.0


def members(package: Package) -> Iterator[Member]:
    package.file.seek(0)
    before = xml_prolog.split(package.file.read(_HEAD_BYTES).decode("utf-8", "replace"))
    if before.refused:
        package.report.add("entities-refused", package.name, before.refused)
        return
    for number, place in enumerate(_places(package)):
        package.budget.count()
        name = package.member(str(number + 1))
        yield Member(name, place.size, partial(_source, package.file, place, name))


def _places(package: Package) -> Iterator[_Place]:
    """The places of all complete notes; an incomplete one at the end is reported."""
    start, is_whole = -1, False
    for offset, mark in _marks(package.file):
        if mark == b"<note>":
            start = offset if start < 0 else start
        elif mark == b"</note>" and start >= 0:
            yield _Place(start, offset + len(mark) - start)
            start = -1
        is_whole = mark == b"</en-export>"
    if not is_whole:
        cut = "within a note, which was not read" if start >= 0 else "before its end"
        package.report.add("archive-broken", package.name, f"the export is cut short {cut}")


def _marks(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    offset, kept, position = 0, b"", 0
    while True:
        file.seek(position)
        block = file.read(_BLOCK)
        if not block:
            return
        position += len(block)
        data, end = kept + block, 0
        for mark in _MARK.finditer(data):
            end = mark.end()
            yield offset + mark.start(), mark[0]
        rest = max(end, len(data) - _LONGEST_MARK)
        offset, kept = offset + rest, data[rest:]


def _source(file: BinaryIO, place: _Place, name: str) -> Source:
    if place.size > MAX_BYTES:
        raise Unreadable("file-too-large", f"{place.size >> 20} MB")
    file.seek(place.start)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True, recover=True
    )
    note = etree.fromstring(file.read(place.size), parser)
    if note is None:
        raise Unreadable("archive-broken", "the note is not well-formed")
    resources = dict(_resources(note))
    hints = Hints(
        link=_text(note, "note-attributes/source-url"),
        captured=_date(_text(note, "created")),
        title=_text(note, "title"),
        authors=person_names.people([_text(note, "note-attributes/author")]),
        media_type="text/html",
        encoding="utf-8",
        whole=True,
    )
    return Source(_page(note, resources, name), name, partial(_picture, resources), hints=hints)


def _resources(note: etree._Element) -> Iterator[tuple[str, _Resource]]:
    """The files of a note, by the MD5 hash by which its text refers to them."""
    for resource in note.iterfind("resource"):
        try:
            data = base64.b64decode("".join((resource.findtext("data") or "").split()))
        except (binascii.Error, ValueError):
            data = b""
        yield hashlib.md5(data, usedforsecurity=False).hexdigest(), _Resource(_text(resource, "mime"), data)


def _picture(resources: dict[str, _Resource], name: str) -> bytes | None:
    return resources[name].data if name in resources else None


def _page(note: etree._Element, resources: dict[str, _Resource], name: str) -> bytes:
    """The note as a page: its text with its files in place, those without a reference at the end."""
    content = note.findtext("content") or ""
    root = markup.parse(content[max(content.find("<en-note"), 0) :], name, Report())
    shown = set()
    for element in list(root.iter("en-media", "en-todo", "en-crypt")):
        digest = (element.get("hash") or "").lower()
        if element.tag == "en-todo":
            mark = _box(element.get("checked") == "true")
        else:
            mark = _media(digest, element.get("type") or "", element.get("alt") or "")
            shown.add(digest)
        mark.tail = element.tail
        element.getparent().replace(element, mark)
    for item in root.iter("li"):
        style = (item.get("style") or "").replace(" ", "")
        if "--en-checked:" in style:
            has_block = len(item) and not (item.text or "").strip() and item[0].tag in ("div", "p")
            line = item[0] if has_block else item
            box = _box("--en-checked:true" in style)
            box.tail, line.text = line.text, None
            line.insert(0, box)
    body = root.find("body")
    body.extend(_media(digest, each.kind, "") for digest, each in resources.items() if digest not in shown)
    tags = "".join(
        f'<meta property="article:tag" content="{escape(tag.text or "")}">' for tag in note.iterfind("tag")
    )
    text = etree.tostring(body, encoding="unicode", method="html")
    return f"<!DOCTYPE html><html><head>{tags}</head>{text}</html>".encode()


def _box(is_checked: bool) -> html.HtmlElement:
    box = html.Element("span")
    box.text = "☑ " if is_checked else "☐ "
    return box


def _media(digest: str, kind: str, alternative: str) -> html.HtmlElement:
    """An image; for other files and encrypted text an element that the reader reports."""
    if kind.startswith("image/"):
        return html.Element("img", src=digest, alt=alternative)
    return html.Element("embed", src=digest)


def _text(element: etree._Element, path: str) -> str:
    return build.one_line(element.findtext(path) or "")


def _date(text: str) -> When | None:
    """A moment as Evernote writes it: ``20240309T101500Z``."""
    return date_parsing.parse(text)
