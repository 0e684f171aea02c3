"""The documents of the book: each chapter as XHTML bytes, in reading order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from markupsafe import Markup

from exporter.backends.common import labels
from exporter.backends.common.page_marks import Breaks
from exporter.backends.common.templates import fill
from exporter.backends.common.xhtml import Dialect, Picture, Writer, opened
from exporter.editions.compile import NO_DATE, Brief, Edition, Entry, Part
from exporter.model.article import Article
from exporter.model.build import language_tag, safe_link

NAV = "nav.xhtml"
TITLE = "title.xhtml"


class Chapter(NamedTuple):
    """One document. ``label`` stands in the contents, in ``language``; ``depth`` is 0 for
    what stands at the top there, 1 for what stands under a part, None for what is not listed."""

    file: str
    data: bytes
    label: str = ""
    language: str = ""
    depth: int | None = 0


_TO = Markup('href="{}" title="{}"')

Pictures = Callable[[Article], Callable[[str], Picture | None]]
"""For an article: the way from an image's id to its place in the book."""


class Neighbours(NamedTuple):
    """The articles before and after one, if there are such: the attributes of a link to each."""

    before: Markup | None
    after: Markup | None


def chapters(edition: Edition, pictures: Pictures, cover: str, breaks: Breaks) -> Iterator[Chapter]:
    """Every document of the spine but the contents, in order; ``cover`` is the image's place,
    ``breaks`` are the pages of print."""
    yield _page("cover.xhtml", edition, "epub/cover.xhtml", labels.COVER, image=cover)._replace(depth=None)
    if not edition.single:
        yield _page(
            TITLE,
            edition,
            "epub/title.xhtml",
            edition.title,
            days=labels.window_words(edition),
            counts=labels.counts(edition),
        )._replace(depth=None)
    entries = edition.entries
    digits = len(str(entries[-1].number)) if entries else 1
    files = {entry.anchor: f"{entry.number:0{digits}d}-{entry.anchor}.xhtml" for entry in entries}
    inside = {e.article.link: f"{files[e.anchor]}#{e.anchor}" for e in entries if e.article.link}
    named = [_TO.format(files[e.anchor], e.article.title or labels.UNTITLED) for e in entries]
    around = {
        entry.anchor: Neighbours(before, after)
        for entry, before, after in zip(entries, [None, *named], [*named[1:], None], strict=False)
    }
    for number, part in enumerate(edition.parts, 1):
        if part.title:
            yield _part(part, number, edition)
        for entry in part.entries:
            dialect = Dialect(
                picture=pictures(entry.article),
                prefix=f"{entry.anchor}-n",
                href=lambda href: inside.get(href) or inside.get(href.partition("#")[0]) or href,
                opening=breaks if breaks.wanted else opened,
            )
            file, depth = files[entry.anchor], 1 if part.title else 0
            page = breaks.begin(entry.anchor, file)
            yield _article(entry, file, depth, edition, dialect, around[entry.anchor], page)
    if edition.briefs:
        yield _page(
            "briefs.xhtml",
            edition,
            "epub/briefs.xhtml",
            labels.IN_BRIEF,
            briefs=[_brief(brief, edition) for brief in edition.briefs],
        )
    if not edition.single:
        yield _page(
            "colophon.xhtml",
            edition,
            "epub/colophon.xhtml",
            labels.COLOPHON,
            days=labels.window_words(edition),
            counts=labels.counts(edition),
            sources=edition.sources,
        )


Tree = list[tuple[dict[str, str], list[dict[str, str]]]]
"""The contents: what stands at the top, each with what stands under it (file, label, spoken)."""


def tree(edition: Edition, listed: list[Chapter]) -> Tree:
    """The contents of the chapters in reading order."""
    nodes: Tree = []
    for chapter in listed:
        line = {
            "file": chapter.file,
            "label": chapter.label,
            "spoken": "" if chapter.language == edition.language else _language_attributes(chapter.language),
        }
        if chapter.depth == 1:
            nodes[-1][1].append(line)
        elif chapter.depth == 0:
            nodes.append((line, []))
    return nodes


def contents(edition: Edition, listed: list[Chapter], tree: Tree, pages: Mapping[str, str]) -> bytes:
    """The navigation document: the contents as a reader sees them, the landmarks, the
    pages of print. ``listed`` are the chapters in reading order, ``tree`` those of them that the
    contents show, ``pages`` addresses by label."""
    first = next((c.file for c in listed if c.depth is not None), NAV)
    title = next((c.file for c in listed if c.file == TITLE), None)
    page = _page(
        NAV,
        edition,
        "epub/nav.xhtml",
        labels.CONTENTS,
        tree=tree,
        first=first,
        nav=NAV,
        title_page=title,
        pages=pages,
    )
    return page.data


def ncx(edition: Edition, tree: Tree, title: str) -> bytes:
    """The contents once more, for readers of EPUB 2 (OPF 2.0.1, 2.4.1)."""
    return fill("epub/toc.ncx", edition=edition, tree=tree, title=title).encode()


def language(article: Article, edition: Edition) -> str:
    """The article's language as a valid tag; the edition's where it is not known."""
    return language_tag(article.language) or edition.language


def _page(file: str, edition: Edition, template: str, label: str, **values: object) -> Chapter:
    text = fill(
        template,
        edition=edition,
        title=label,
        spoken=_language_attributes(edition.language),
        words=labels,
        **values,
    )
    return Chapter(file, text.encode(), label, edition.language)


def _part(part: Part, number: int, edition: Edition) -> Chapter:
    label = labels.part_title(part, edition)
    return _page(f"part-{number:02d}-{part.anchor}.xhtml", edition, "epub/part.xhtml", label, part=part)


def _article(
    entry: Entry, file: str, depth: int, edition: Edition, dialect: Dialect, around: Neighbours, page: Markup
) -> Chapter:
    article = entry.article
    tag = language(article, edition)
    writer = Writer(dialect)
    body = writer.blocks(article.blocks)
    label = article.title or labels.UNTITLED
    text = fill(
        "epub/article.xhtml",
        edition=edition,
        entry=entry,
        article=article,
        title=label,
        spoken=_language_attributes(tag),
        words=labels,
        ours=_language_attributes(edition.language),
        undated=NO_DATE,
        published=labels.spell(article.published, edition.language) if article.published else "",
        captured=labels.spell(article.captured, edition.language) if article.captured else "",
        link=safe_link(article.link or ""),
        also=labels.also(article, edition),
        nav=NAV,
        before=around.before,
        after=around.after,
        page=page,
        body=body,
        notes=[(id, _with_backlink(id, n, note)) for n, (id, note) in enumerate(writer.notes, 1)],
    )
    return Chapter(file, text.encode(), label, tag, depth)


@cache
def _language_attributes(tag: str) -> Markup:
    """The attributes that say in which language an element is."""
    return Markup(' xml:lang="{0}" lang="{0}" dir="{1}"').format(tag, labels.direction(tag))


def _with_backlink(id: str, number: int, note: Markup) -> Markup:
    """The note's text, its number in front: a link back to the mark in the text."""
    back = Markup('<a href="#{}-ref" role="doc-backlink" class="noteback">{}</a> ').format(id, number)
    if note.startswith("<p"):
        opening, mark, rest = note.partition(">")
        return Markup(f"{opening}{mark}{back}{rest}")
    return Markup("<p>") + back + Markup("</p>\n") + note


def _brief(brief: Brief, edition: Edition) -> dict[str, object]:
    teaser = brief.teaser
    tag = language_tag(teaser.language) or edition.language
    return {
        "anchor": brief.anchor,
        "title": teaser.title or labels.UNTITLED,
        "summary": labels.summary(teaser),
        "line": labels.brief_line(teaser, edition),
        "link": safe_link(teaser.link or ""),
        "spoken": _language_attributes(tag),
    }
