"""A chapter of a book as a page of its own: what its frame says goes to the hints, the rest is text."""

from __future__ import annotations

import msgspec
from lxml import etree

from exporter.model import dates
from exporter.readers.source import Hints

EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def text(element: etree._Element) -> str:
    """The words in an element, single-spaced."""
    return " ".join("".join(str(t) for t in element.itertext()).split())


def is_ours(root: etree._Element) -> bool:
    """Whether a document is an article as this program's books have it."""
    return _section(root) is not None


def is_briefs(root: etree._Element) -> bool:
    """Whether a document holds the teasers that such a book ends with."""
    body = root.find("{*}body")
    return (
        body is not None
        and body.get("class") == "briefs"
        and body.find(".//{*}section[@class='brief']") is not None
    )


def page(root: etree._Element, hints: Hints) -> tuple[bytes, Hints]:
    """The document as a page without frame, and the hints with what the frame said."""
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
        # To the HTML reader names are plain ones.
        if isinstance(element.tag, str):
            element.tag = etree.QName(element).localname
        element.attrib.pop(EPUB_TYPE, "")
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
    """The first heading of a document that the contents do not list, or what it calls itself."""
    headings = (text(h) for h in root.iter("{*}h1", "{*}h2", "{*}h3"))
    named = (text(t) for t in root.iterfind("{*}head/{*}title"))
    return next(filter(None, (*headings, *named)), None)


def _section(root: etree._Element) -> etree._Element | None:
    body = root.find("{*}body")
    if body is None or body.get("class") != "article":
        return None
    section = body.find("{*}section")
    if section is None or section.find("{*}header/{*}p[@class='byline']") is None:
        return None
    return section


def _framed(section: etree._Element, hints: Hints) -> Hints:
    """What header and footer of a chapter of ours say."""
    title = section.find("{*}header/{*}h1")
    source = section.find("{*}header/{*}p[@class='source']")
    subtitle = section.find("{*}header/{*}p[@class='subtitle']")
    published = section.find("{*}header/{*}p[@class='byline']/{*}time")
    authors = section.find("{*}header/{*}p[@class='byline']/{*}span[@class='authors']")
    link = section.find("{*}footer/{*}p/{*}a")
    captured = section.find("{*}footer/{*}p/{*}time")
    return msgspec.structs.replace(
        hints,
        title=text(title) if title is not None else hints.title,
        subtitle=text(subtitle) if subtitle is not None else None,
        source=text(source) if source is not None else hints.source,
        published=_when(published),
        authors=tuple(text(authors).split(", ")) if authors is not None else (),
        link=link.get("href") if link is not None else None,
        captured=_when(captured),
    )


def _when(time: etree._Element | None) -> str | None:
    stated = time.get("datetime") or "" if time is not None else ""
    return stated if dates.is_when(stated) else None
