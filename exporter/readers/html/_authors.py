"""The authors of a page's article: those in its metadata, else those in its byline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit

from lxml import etree

from exporter.model import build
from exporter.model.article import Basis
from exporter.readers.common.markup import lines_of, matching, text_of
from exporter.readers.common.person_names import each, is_agency, is_label, may_be_job
from exporter.readers.html._metadata import names, of, strings, unique

_META = [
    "author",
    "authors",
    "article:author",
    "og:article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "citation_author",
    "cxenseparse:author",
    "articleauthor",
]
_OF_HOUSES = re.compile(r"\W|nachrichten|redaktion|online|editorial|team|news|www", re.I)
_HOUSES = frozenset(("admin", "administrator", "webmaster", "staff", "editor", "board", ""))
_DOMAIN = re.compile(r"[\w-]+\.(?:[a-z]{2,3}|[a-z]{2,3}\.[a-z]{2})", re.I)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|author-?name|autor(?:en?|es)?|auteurs?|writer|reporter)(?:$|[\s_0-9-])",
    re.I,
)
_NOT_BYLINE = ("bio", "related", "social", "follow", "image", "avatar", "photo", "comment", "more", "desc")
_REPLIES = ("comments", "reply", "replies", "webmention")
_AUTHOR_FOLDERS = frozenset(
    (
        "author",
        "authors",
        "autor",
        "autoren",
        "auteur",
        "auteurs",
        "autore",
        "staff",
        "people",
        "profile",
        "writers",
    )
)
_LABELLED = re.compile(
    r"(?:by|von|par|por|autor(?:in)?(?:/autor(?:in)?)?|author|auteur|autore|автор|written by)(?:\s*+:)?\s++"
    r"(.{2,60})",
    re.I,
)
_MAX_LABELLED = 80
_LONG_PARAGRAPH = 80
_NAME = re.compile(
    r"[^\W\d_][\w.'’-]*(?:[ ,]+[^\W\d_][\w.'’-]*){1,7}|[A-Z]{2,5},?|"
    r"[\uac00-\ud7a3]{2,4}(?: ?기자)?|[\u4e00-\u9fff]{2,5}(?:記者|记者)?"
)


def authors(
    root: etree._Element, meta: dict[str, list[str]], article: dict[str, object], site: str | None
) -> tuple[tuple[str, ...], Basis]:
    """The authors as the page's metadata name them, else its byline, and which of both it is. The
    site itself, an agency or an organisation is an author only where no person is named."""
    makers = list(_makers(article.get("author")))
    persons = [name for name, is_person in makers if is_person]
    labels, values = meta.get("twitter:label1", []), meta.get("twitter:data1", [])
    house: tuple[tuple[str, ...], Basis] = (), "metadata"
    ways: Iterable[tuple[Iterable[str], Basis]] = (
        (persons, "metadata"),
        (of(meta, *_META), "metadata"),
        ((value for label, value in zip(labels, values, strict=False) if is_label(label)), "metadata"),
        (_marked(root), "stated"),
        (_bylines(root), "stated"),
        (_openings(root) if makers or meta.get("author") else (), "stated"),
        ((name for name, is_person in makers if not is_person), "metadata"),
    )
    for given, basis in ways:
        names = unique(name for value in given for name in each(unescape(value)))
        named = tuple(name for name in names if not _is_house(name, site))
        if people := tuple(name for name in named if not is_agency(name)):
            # What JSON-LD lists as an author of its own is one, if it stands beside a person.
            return (named if given is persons else people)[:20], basis
        if not house[0]:
            house = named[:1] or names[:1], basis
    if not house[0]:
        return unique(filter(may_be_job, (*persons, *of(meta, *_META)))), "metadata"
    return house


def _is_house(name: str, site: str | None) -> bool:
    """Whether a name is the site's own: ``STERN.de``, ``n-tv NACHRICHTEN``, ``admin``."""
    bare, own = (_OF_HOUSES.sub("", text).casefold() for text in (name, site or ""))
    if bare in _HOUSES or _DOMAIN.fullmatch(name):
        return True
    return bool(own) and (own in bare or (len(bare) >= 3 and bare in own))


def _makers(value: object) -> Iterator[tuple[str, bool]]:
    """The names of JSON-LD's authors, also where they are given in two parts, and whether each may
    be a person's."""
    for item in value if isinstance(value, list) else [value]:
        kinds = set(strings(item.get("@type"))) if isinstance(item, dict) else set()
        if (
            isinstance(item, dict)
            and not item.get("name")
            and (item.get("givenName") or item.get("familyName"))
        ):
            yield build.one_line(f"{item.get('givenName') or ''} {item.get('familyName') or ''}"), True
        else:
            is_person = not kinds or "Person" in kinds
            yield from ((name, is_person) for name in names(item))


_DESCRIBED = etree.XPath("//*[@itemprop]")


def _marked(root: etree._Element) -> Iterator[str]:
    """The names that elements marked as the author's hold: ``itemprop``, else ``rel``."""
    described = (e for e in matching(_DESCRIBED, root) if e.tag != "meta")
    marked = [e for e in described if "author" in (e.get("itemprop") or "").split()]
    named = [n for e in marked for n in e.iter() if "name" in (n.get("itemprop") or "").split()]
    links = named or marked or [a for a in root.iter("a") if "author" in (a.get("rel") or "").split()]
    for element in links:
        yield from lines_of(element)


def _bylines(root: etree._Element) -> Iterator[str]:
    """What short elements say whose class calls them a byline, up to the first that names somebody."""
    for element in root.iter("p", "div", "span", "a", "address", "li", "strong", "em"):
        if not _is_byline(element.get("class") or ""):
            if element.tag in ("p", "li", "address") and (name := _labelled(element)):
                yield name
                return
            continue
        if any(map(_is_beside, element.iterancestors())):
            continue
        lines = [build.one_line(str(piece)) for piece in element.itertext() if str(piece).strip()]
        linked = {build.one_line(text_of(a)) for a in element.iter("a") if _leads_to_author(a)}
        named = [line for line in lines if any(_is_like_name(n) or n in linked for n in each(line))]
        if named and sum(map(len, lines)) <= 160:
            yield from named
            return


def _is_beside(element: etree._Element) -> bool:
    """Whether an element is no part of the article: a picture, a menu, the readers' comments."""
    said = f"{element.get('class') or ''} {element.get('id') or ''}".casefold()
    words = said.replace("-", " ").replace("_", " ").split()
    is_frame = element.tag in ("aside", "nav", "footer", "figure", "figcaption")
    return is_frame or any(word.startswith(_REPLIES) for word in words)


@lru_cache(8192)  # pages and sites use the same classes again and again
def _is_byline(classes: str) -> bool:
    if not _BYLINE.search(classes := _HUMP.sub(" ", classes)):
        return False
    words = classes.casefold().replace("-", " ").replace("_", " ").split()
    return "card" not in words and not any(word.startswith(_NOT_BYLINE) for word in words)


def _is_like_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and not text.islower()


def _leads_to_author(link: etree._Element) -> bool:
    folders = urlsplit(link.get("href") or "").path.casefold().split("/")[:-1]
    return not _AUTHOR_FOLDERS.isdisjoint(folders)


def _labelled(element: etree._Element) -> str | None:
    """The name in a line like ``Autor: Jane Doe``."""
    if len(element) > 4 or len(element.text or "") > _MAX_LABELLED:
        return None
    match = _LABELLED.fullmatch(build.one_line(text_of(element)))
    return match[1] if match and any(map(_is_like_name, each(match[1]))) else None


def _openings(root: etree._Element) -> Iterator[str]:
    """The bold line that is all of a paragraph right above the first long one: a paper that names
    itself in its metadata often has its writers there."""
    above: tuple[str, etree._Element | None] = "", None
    for paragraph in root.iter("p"):
        text = build.one_line(text_of(paragraph))
        if len(text) >= _LONG_PARAGRAPH:
            break
        if text:
            above = text, paragraph
    text, line = above
    if line is None or len(text) > _MAX_LABELLED:
        return
    if any(build.one_line(text_of(bold)) == text for bold in line.iter("strong", "b")):
        names = list(each(text))
        if all(_NAME.fullmatch(name) and all(word[0].isupper() for word in name.split()) for name in names):
            yield from (name for name in names if 2 <= len(name.split()) <= 4)
