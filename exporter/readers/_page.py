"""What a web page says about itself: JSON-LD, OpenGraph, meta elements, ``time``, saved-page comments.

Only what is machine readable; each value is as the page has it. JSON-LD follows
schema.org's NewsArticle, OpenGraph ogp.me's article type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

import msgspec
from lxml import etree

from exporter import build
from exporter.model import When
from exporter.readers import Hints, _dates
from exporter.readers._markup import text_of
from exporter.readers._pictures import join

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Story|WebPage|CreativeWork)\Z")
_PUBLISHED = [
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "og:published_time",
    "date",
    "dc.date",
    "dc.date.issued",
    "dc.date.created",
    "dcterms.date",
    "dcterms.created",
    "dcterms.issued",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "date_published",
    "citation_publication_date",
    "citation_date",
    "prism.publicationdate",
    "published_at",
    "originalpublicationdate",
]
_AUTHORS = [
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
_SAVED = re.compile(
    r"\burl:\s*(?P<singlefile>\S+)|saved date:\s*(?P<day>[^\n]+)|saved from url=\(\d+\)(?P<browser>\S+)"
    r"|Saved from (?P<monolith>\S+|local source) at (?P<instant>\S+) using monolith"
)
_SAVERS = ("SingleFile", "saved from url", "using monolith")
_MAX_JSON = 2_000_000


class Page(msgspec.Struct, frozen=True):
    """A page's own words on itself; empty or None for what it does not say."""

    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    site: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    published: When | None = None
    invalid: str | None = None
    link: str | None = None
    saved_from: str | None = None
    saved: When | None = None
    base: str | None = None
    description: str | None = None
    image: str | None = None


def read(root: etree._Element, hints: Hints | None = None) -> Page:
    """Gather what the page tells, and what is known of it where it tells nothing."""
    known = hints or Hints()
    meta = _meta(root)
    things = list(_things(root))
    article = _article(things)
    saved_from, saved = _saved(root)
    saved_from, saved = saved_from or build.safe_link(known.link or ""), saved or known.captured
    link = next(
        filter(None, (build.safe_link(join(saved_from, address)) for address in _links(root, meta, article))),
        saved_from,
    )
    told = (*_languages(root, meta, article), known.language)
    language = next(filter(None, map(build.language_tag, told)), None)
    site = next(iter(_unique([*_sites(meta, article, things), known.source or ""])), None)
    published, invalid = _published(_dates_given(root, meta, article), language)
    base = next(
        (build.safe_link(join(link, b.get("href") or "")) for b in root.iter("base") if b.get("href")), None
    )
    return Page(
        titles=_unique([*_titles(meta, article), known.title or ""]),
        authors=_authors(root, meta, article, site) or known.authors,
        site=site,
        section=next(
            iter(_unique([*meta.get("article:section", ()), *_strings(article.get("articleSection"))])), None
        ),
        tags=_unique(_tags(meta, article))[:40],
        language=language,
        published=published or known.published,
        invalid=invalid,
        link=link,
        saved_from=saved_from,
        saved=saved,
        base=base or saved_from or link,
        description=next(iter(_unique(_of(meta, "og:description", "description"))), None),
        image=next(_of(meta, "og:image", "twitter:image", "twitter:image:src"), None),
    )


# -- Where things stand ------------------------------------------------------------------


def _meta(root: etree._Element) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        content = build.one_line(element.get("content") or "")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if content and (name := element.get(attribute)):
                out.setdefault(name.strip().lower(), []).append(content)
    return out


def _things(root: etree._Element) -> Iterator[dict[str, object]]:
    """Every object of the page's JSON-LD, outer before inner."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = re.sub(
            r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*\Z", "", script.text or ""
        )
        if len(text) > _MAX_JSON:
            continue
        try:
            stack: list[object] = [json.loads(text.strip().rstrip(";"), strict=False)]
        except (ValueError, RecursionError):
            continue
        while stack:
            node = stack.pop()
            if isinstance(node, list):
                stack += reversed(node)
            elif isinstance(node, dict):
                yield node
                stack += [
                    v
                    for k, v in reversed(node.items())
                    if k in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement")
                ]


def _types(thing: dict[str, object]) -> list[str]:
    return list(_strings(thing.get("@type")))


def _article(things: Iterable[dict[str, object]]) -> dict[str, object]:
    """The JSON-LD object that is the article: the one that says most about it."""
    best: dict[str, object] = {}
    best_score = 0
    for thing in things:
        if not any(_ARTICLE.search(t) for t in _types(thing)):
            continue
        score = sum(
            2 if key in ("headline", "datePublished", "author", "articleBody") else 0 for key in thing
        )
        score += 0 if any(t.endswith(("WebPage", "CreativeWork")) for t in _types(thing)) else 3
        if score > best_score:
            best, best_score = thing, score
    return best


def _titles(meta: dict[str, list[str]], article: dict[str, object]) -> Iterator[str]:
    yield from _of(meta, "og:title")
    yield from _strings(article.get("headline"))
    yield from _of(meta, "twitter:title", "dc.title", "citation_title", "title")
    if article:
        yield from _strings(article.get("name"))


def _sites(
    meta: dict[str, list[str]], article: dict[str, object], things: list[dict[str, object]]
) -> Iterator[str]:
    yield from _of(meta, "og:site_name")
    yield from _names(article.get("publisher"))
    for thing in things:
        if {"WebSite", "NewsMediaOrganization"} & set(_types(thing)):
            yield from _names(thing)
    yield from _of(meta, "application-name", "publisher", "dc.publisher", "citation_journal_title")


def _links(root: etree._Element, meta: dict[str, list[str]], article: dict[str, object]) -> Iterator[str]:
    for element in root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            yield (element.get("href") or "").strip()
    yield from _of(meta, "og:url")
    whole = article.get("mainEntityOfPage")
    yield from _strings(whole.get("@id") if isinstance(whole, dict) else whole)
    yield from _strings(article.get("url"))


def _languages(root: etree._Element, meta: dict[str, list[str]], article: dict[str, object]) -> Iterator[str]:
    yield from filter(
        None, (root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang"))
    )
    yield from _strings(article.get("inLanguage"))
    yield from _of(meta, "content-language", "og:locale", "language", "dc.language")
    body = root.find("body")
    if body is not None:
        yield body.get("lang") or ""


def _tags(meta: dict[str, list[str]], article: dict[str, object]) -> Iterator[str]:
    yield from _of(meta, "article:tag", "og:article:tag")
    for value in (*_strings(article.get("keywords")), *_of(meta, "news_keywords", "keywords", "tags")):
        yield from re.split(r"[,;،、]", value)


def _dates_given(
    root: etree._Element, meta: dict[str, list[str]], article: dict[str, object]
) -> Iterator[str]:
    yield from _strings(article.get("datePublished"))
    yield from _of(meta, *_PUBLISHED)
    yield from _strings(article.get("dateCreated"))
    marked, plain = [], []
    for element in root.iter():
        stated = element.get("datetime") or element.get("content") if isinstance(element.tag, str) else None
        if not stated or element.tag == "meta":
            continue
        if "datePublished" in (element.get("itemprop") or "") or element.get("pubdate") is not None:
            marked.append(stated)
        elif element.tag == "time" and re.search(
            r"publi|entry-date|post-?date|byline", _classes(element), re.I
        ):
            plain.append(stated)
    yield from (*marked, *plain)


def _published(given: Iterable[str], language: str | None) -> tuple[When | None, str | None]:
    """The first of the dates that is one; a day gives way to an instant within it."""
    found: When | None = None
    invalid = None
    for value in given:
        when = _dates.parse(value, language=language)
        if when is None:
            invalid = invalid or value
        elif found is None or (len(found) == 10 and when.startswith(f"{found}T")):
            found = when
    return found, None if found else invalid


def _classes(element: etree._Element) -> str:
    parent = element.getparent()
    return f"{element.get('class') or ''} {'' if parent is None else parent.get('class') or ''}"


def _authors(
    root: etree._Element, meta: dict[str, list[str]], article: dict[str, object], site: str | None
) -> tuple[str, ...]:
    """The authors as the page names them to machines, else in its byline; the site itself stands
    for them only where nobody is named."""
    house: tuple[str, ...] = ()
    for values in (
        _makers(article.get("author")),
        _of(meta, *_AUTHORS),
        (
            text_of(e)
            for e in root.iter()
            if "author" in (e.get("itemprop") or "").split() and e.tag != "meta"
        ),
        (text_of(e) for e in root.iter("a") if "author" in (e.get("rel") or "").split()),
        _bylines(root),
    ):
        found = _unique(name for value in values for name in _persons(value))
        if people := tuple(name for name in found if not _is_house(name, site)):
            return people[:20]
        house = house or found[:1]
    return house


def _is_house(name: str, site: str | None) -> bool:
    """Whether a name is the site's own: ``STERN.de``, ``n-tv NACHRICHTEN``, ``admin``."""
    bare = re.sub(r"\W|nachrichten|redaktion|online|editorial|team|news|www", "", name, flags=re.I).casefold()
    own = re.sub(
        r"\W|nachrichten|redaktion|online|editorial|team|news|www", "", site or "", flags=re.I
    ).casefold()
    if bare in ("admin", "administrator", "webmaster", "staff", "editor", "") or _DOMAIN.fullmatch(name):
        return True
    return bool(own) and (own in bare or (len(bare) >= 3 and bare in own))


_DOMAIN = re.compile(r"[\w-]+\.(?:[a-z]{2,3}|[a-z]{2,3}\.[a-z]{2})", re.I)
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|author-?name|autor(?:en?|es)?|auteurs?|writer|reporter)(?:$|[\s_0-9-])",
    re.I,
)
_NOT_BYLINE = re.compile(r"bio|related|social|follow|image|avatar|photo|comment|more|desc|card", re.I)


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
        names = [line for line in lines if _NAME.fullmatch(re.sub(_BY, "", line).strip(" ,"))]
        if names and sum(map(len, lines)) <= 160:
            yield from names
            return


def _labelled(element: etree._Element) -> str | None:
    """The name in a line like ``Autor: Jane Doe``."""
    if len(element) > 4 or len(element.text or "") > _MAX_LABELLED:
        return None
    match = _LABELLED.fullmatch(build.one_line(text_of(element)))
    return match[1] if match and _NAME.fullmatch(match[1].strip(" ,")) else None


_LABELLED = re.compile(
    r"(?:by|von|par|por|autor(?:in)?(?:/autor(?:in)?)?|author|auteur|autore|автор|written by)\s*:?\s+"
    r"(.{2,60})",
    re.I,
)
_MAX_LABELLED = 80
_BY = re.compile(r"\A(?:by|von|par|por|di|da|av|af|door|oleh|от|автор:?)\s+|\A(?:by|von)\Z", re.I)
_NAME = re.compile(
    r"[^\W\d_][\w.'’-]*(?:[ ,]+[^\W\d_][\w.'’-]*){1,7}|[A-Z]{2,5},?|"
    r"[\uac00-\ud7a3]{2,4}(?: ?기자)?|[\u4e00-\u9fff]{2,5}(?:記者|记者)?"
)
_JOBS = re.compile(r"\s*(?:기자|특파원|記者|记者|특派員)\Z")


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
            yield from _names(item)


def _persons(value: str) -> Iterator[str]:
    value = re.sub(_BY, "", build.one_line(value))
    if re.search(r"https?://|@|\bwww\.", value) or len(value) > 200:
        return
    value = re.sub(r"\(\s*(?:image|photo|picture|foto|credit)\b.*|\([^()]{0,40}\)\Z", "", value, flags=re.I)
    parts = re.split(r"\s*;\s*|\s+(?:and|und|et|y|og|och)\s+|\s+&\s+|\s*[|/]\s*", value)
    for part in parts:
        # "Doe, Jane" is one name; "Jane Doe, John Roe" are two.
        names = (
            part.split(",")
            if part.count(",") >= 1 and all(" " in p.strip() for p in part.split(","))
            else [part]
        )
        for name in names:
            name = re.sub(_JOBS, "", name.strip(" ,·"))
            slug = re.fullmatch(r"[a-z]+(?:-[a-z]+)+", name)
            if 1 < len(name) <= 80 and not slug:
                yield name


def _saved(root: etree._Element) -> tuple[str | None, When | None]:
    """Address and date in the comment that SingleFile, monolith or a browser leaves in a page."""
    address: str | None = None
    when: When | None = None
    comments = [
        *(n for n in root.itersiblings(preceding=True)),
        *root.iterchildren(etree.Comment),
        *root.iterchildren("head"),
    ]
    for node in comments:
        texts = (
            [c.text or "" for c in node.iterchildren(etree.Comment)]
            if node.tag == "head"
            else [node.text or ""]
        )
        for text in texts if node.tag in (etree.Comment, "head") else []:
            if not any(saver in text for saver in _SAVERS):
                continue
            for match in _SAVED.finditer(text):
                found = match["singlefile"] or match["browser"] or match["monolith"]
                address = address or build.safe_link(found or "")
                when = when or _dates.parse(build.one_line(match["day"] or match["instant"] or ""))
    return address, when


# -- Values ---------------------------------------------------------------------------


def _of(meta: dict[str, list[str]], *names: str) -> Iterator[str]:
    for name in names:
        yield from meta.get(name, ())


def _strings(value: object) -> Iterator[str]:
    """The strings in a JSON-LD value: itself, or each of a list."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            item = item.get("@value") or item.get("name")
        if (
            isinstance(item, str | int | float)
            and not isinstance(item, bool)
            and (text := build.one_line(str(item)))
        ):
            yield text


def _names(value: object) -> Iterator[str]:
    """The names of people or organisations given as strings, objects or lists of either."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield from _strings(item.get("name"))
        else:
            yield from _strings(item)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    from html import unescape

    return tuple(dict.fromkeys(text for v in values if (text := build.one_line(unescape(v)))))
