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

from exporter.model import build
from exporter.model.article import Basis, When
from exporter.readers.common import date_parsing
from exporter.readers.common.images import join
from exporter.readers.common.markup import matching
from exporter.readers.html._authors import authors
from exporter.readers.html._metadata import names, of, strings, unique
from exporter.readers.source import Hints

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
_SAVED = re.compile(
    r"\burl:\s*(?P<singlefile>\S+)|saved date:\s*(?P<day>[^\n]+)|saved from url=\(\d+\)(?P<browser>\S+)"
    r"|Saved from (?P<monolith>\S+|local source) at (?P<instant>\S+) using monolith"
)
_SAVERS = ("SingleFile", "saved from url", "using monolith")
_DATED = etree.XPath("//*[@datetime or @content]")
_MAX_JSON = 2_000_000


class Page(msgspec.Struct, frozen=True):
    """A page's own words on itself; empty or None for what it does not say."""

    titles: tuple[str, ...] = ()
    headline: str | None = None
    authors: tuple[str, ...] = ()
    authors_basis: Basis = "metadata"
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
    text: str | None = None


def read(root: etree._Element, hints: Hints | None = None) -> Page:
    """Gather what the page says, and what is known of it where it says nothing."""
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
    languages = (*_languages(root, meta, article), known.language)
    language = next(filter(None, map(build.language_tag, languages)), None)
    site = next(iter(unique([*_sites(meta, article, things), known.source or ""])), None)
    published, invalid = _published(_dates_given(root, meta, article), language)
    base = next(
        (build.safe_link(join(link, b.get("href") or "")) for b in root.iter("base") if b.get("href")), None
    )
    people, authors_basis = authors(root, meta, article, site)
    return Page(
        titles=unique([*_titles(meta, article), known.title or ""]),
        headline=next(iter(strings(article.get("headline"))), None),
        authors=people or known.authors,
        authors_basis=authors_basis if people else "metadata",
        site=site,
        section=next(
            iter(unique([*meta.get("article:section", ()), *strings(article.get("articleSection"))])), None
        ),
        tags=unique(_tags(meta, article))[:40],
        language=language,
        published=published or known.published,
        invalid=invalid,
        link=link,
        saved_from=saved_from,
        saved=saved,
        base=base or saved_from or link,
        description=next(iter(unique(of(meta, "og:description", "description"))), None),
        image=next(of(meta, "og:image", "twitter:image", "twitter:image:src"), None),
        text=next(iter(strings(article.get("articleBody"))), None),
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
    return list(strings(thing.get("@type")))


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
    yield from of(meta, "og:title")
    yield from strings(article.get("headline"))
    yield from of(meta, "twitter:title", "dc.title", "citation_title", "title")
    if article:
        yield from strings(article.get("name"))


def _sites(
    meta: dict[str, list[str]], article: dict[str, object], things: list[dict[str, object]]
) -> Iterator[str]:
    yield from of(meta, "og:site_name")
    yield from names(article.get("publisher"))
    for thing in things:
        if {"WebSite", "NewsMediaOrganization"} & set(_types(thing)):
            yield from names(thing)
    yield from of(meta, "application-name", "publisher", "dc.publisher", "citation_journal_title")


def _links(root: etree._Element, meta: dict[str, list[str]], article: dict[str, object]) -> Iterator[str]:
    for element in root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            yield (element.get("href") or "").strip()
    yield from of(meta, "og:url")
    whole = article.get("mainEntityOfPage")
    yield from strings(whole.get("@id") if isinstance(whole, dict) else whole)
    yield from strings(article.get("url"))


def _languages(root: etree._Element, meta: dict[str, list[str]], article: dict[str, object]) -> Iterator[str]:
    yield from filter(
        None, (root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang"))
    )
    yield from strings(article.get("inLanguage"))
    yield from of(meta, "content-language", "og:locale", "language", "dc.language")
    body = root.find("body")
    if body is not None:
        yield body.get("lang") or ""


def _tags(meta: dict[str, list[str]], article: dict[str, object]) -> Iterator[str]:
    yield from of(meta, "article:tag", "og:article:tag")
    for value in (*strings(article.get("keywords")), *of(meta, "news_keywords", "keywords", "tags")):
        yield from re.split(r"[,;،、]", value)


def _dates_given(
    root: etree._Element, meta: dict[str, list[str]], article: dict[str, object]
) -> Iterator[str]:
    yield from strings(article.get("datePublished"))
    yield from of(meta, *_PUBLISHED)
    yield from strings(article.get("dateCreated"))
    marked, plain = [], []
    for element in matching(_DATED, root):
        stated = element.get("datetime") or element.get("content")
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
    date: When | None = None
    invalid = None
    for value in given:
        when = date_parsing.parse(value, language=language)
        if when is None:
            invalid = invalid or value
        elif date is None or (len(date) == 10 and when.startswith(f"{date}T")):
            date = when
    return date, None if date else invalid


def _classes(element: etree._Element) -> str:
    parent = element.getparent()
    return f"{element.get('class') or ''} {'' if parent is None else parent.get('class') or ''}"


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
                saved = match["singlefile"] or match["browser"] or match["monolith"]
                address = address or build.safe_link(saved or "")
                when = when or date_parsing.parse(build.one_line(match["day"] or match["instant"] or ""))
    return address, when
