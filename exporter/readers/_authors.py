"""Who wrote a page's article: the names that it tells machines, else those in its byline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from exporter import build
from exporter.model import Basis
from exporter.readers import _words
from exporter.readers._markup import text_of
from exporter.readers._stated import names, of, unique

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
_DOMAIN = re.compile(r"[\w-]+\.(?:[a-z]{2,3}|[a-z]{2,3}\.[a-z]{2})", re.I)
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|author-?name|autor(?:en?|es)?|auteurs?|writer|reporter)(?:$|[\s_0-9-])",
    re.I,
)
_NOT_BYLINE = re.compile(r"bio|related|social|follow|image|avatar|photo|comment|more|desc|card", re.I)
_LABELLED = re.compile(
    r"(?:by|von|par|por|autor(?:in)?(?:/autor(?:in)?)?|author|auteur|autore|автор|written by)(?:\s*+:)?\s++"
    r"(.{2,60})",
    re.I,
)
_MAX_LABELLED = 80
_NAME = re.compile(
    r"[^\W\d_][\w.'’-]*(?:[ ,]+[^\W\d_][\w.'’-]*){1,7}|[A-Z]{2,5},?|"
    r"[\uac00-\ud7a3]{2,4}(?: ?기자)?|[\u4e00-\u9fff]{2,5}(?:記者|记者)?"
)
_JOBS = re.compile(r"(?:기자|특파원|記者|记者|특派員)\Z")


def authors(
    root: etree._Element, meta: dict[str, list[str]], article: dict[str, object], site: str | None
) -> tuple[tuple[str, ...], Basis]:
    """The authors as the page names them to machines, else in its byline, and which of both it is;
    the site itself stands for them only where nobody is named."""
    house: tuple[tuple[str, ...], Basis] = (), "metadata"
    ways: Iterable[tuple[Iterable[str], Basis]] = (
        (_makers(article.get("author")), "metadata"),
        (of(meta, *_META), "metadata"),
        (
            (
                text_of(e)
                for e in root.iter()
                if "author" in (e.get("itemprop") or "").split() and e.tag != "meta"
            ),
            "stated",
        ),
        ((text_of(e) for e in root.iter("a") if "author" in (e.get("rel") or "").split()), "stated"),
        (_bylines(root), "stated"),
    )
    for values, basis in ways:
        found = unique(name for value in values for name in _persons(value))
        if people := tuple(name for name in found if not _is_house(name, site)):
            return people[:20], basis
        if not house[0]:
            house = found[:1], basis
    return house


def _is_house(name: str, site: str | None) -> bool:
    """Whether a name is the site's own: ``STERN.de``, ``n-tv NACHRICHTEN``, ``admin``."""
    bare, own = (_OF_HOUSES.sub("", text).casefold() for text in (name, site or ""))
    if bare in ("admin", "administrator", "webmaster", "staff", "editor", "") or _DOMAIN.fullmatch(name):
        return True
    return bool(own) and (own in bare or (len(bare) >= 3 and bare in own))


def _bylines(root: etree._Element) -> Iterator[str]:
    """What short elements say whose class calls them a byline, up to the first that says it."""
    for element in root.iter("p", "div", "span", "a", "address", "li", "strong", "em"):
        said = element.get("class") or ""
        if not _BYLINE.search(said) or _NOT_BYLINE.search(said):
            if element.tag in ("p", "li") and (name := _labelled(element)):
                yield name
                return
            continue
        if any(a.tag in ("aside", "nav", "footer", "figure", "figcaption") for a in element.iterancestors()):
            continue
        lines = [build.one_line(str(piece)) for piece in element.itertext() if str(piece).strip()]
        names = [line for line in lines if _NAME.fullmatch(_words.without_by(line).strip(" ,"))]
        if names and sum(map(len, lines)) <= 160:
            yield from names
            return


def _labelled(element: etree._Element) -> str | None:
    """The name in a line like ``Autor: Jane Doe``."""
    if len(element) > 4 or len(element.text or "") > _MAX_LABELLED:
        return None
    match = _LABELLED.fullmatch(build.one_line(text_of(element)))
    return match[1] if match and _NAME.fullmatch(match[1].strip(" ,")) else None


def _makers(value: object) -> Iterator[str]:
    """The names of JSON-LD's authors, also where they are given in two parts."""
    for item in value if isinstance(value, list) else [value]:
        if (
            isinstance(item, dict)
            and not item.get("name")
            and (item.get("givenName") or item.get("familyName"))
        ):
            yield build.one_line(f"{item.get('givenName') or ''} {item.get('familyName') or ''}")
        else:
            yield from names(item)


def _persons(value: str) -> Iterator[str]:
    value = _words.without_by(build.one_line(value))
    if re.search(r"https?://|@|\bwww\.", value) or len(value) > 200:
        return
    value = re.sub(r"\(\s*(?:image|photo|picture|foto|credit)\b.*|\([^()]{0,40}\)\Z", "", value, flags=re.I)
    parts = re.split(r"(?:(?<!\s)\s++)?[;|/]\s*+|(?<!\s)\s++(?:and|und|et|y|og|och|&)\s++", value)
    for part in parts:
        # "Doe, Jane" is one name; "Jane Doe, John Roe" are two.
        names = (
            part.split(",")
            if part.count(",") >= 1 and all(" " in p.strip() for p in part.split(","))
            else [part]
        )
        for name in names:
            name = _JOBS.sub("", name.strip(" ,·")).rstrip()
            slug = re.fullmatch(r"[a-z]+(?:-[a-z]+)+", name)
            if 1 < len(name) <= 80 and not slug:
                yield name
