"""Read Markdown with front matter, as in Jekyll, Hugo, Pelican and Obsidian's Web Clipper, and the editions
that this program writes as Markdown. See docs/readers/markdown.md."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from exporter.diagnostics import Report
from exporter.model import build, visit
from exporter.model.article import Article, Basis, Block, Heading
from exporter.readers.common import date_parsing, markdown, metadata, titles, value_lists
from exporter.readers.common.metadata import based
from exporter.readers.markdown import _edition, _frontmatter
from exporter.readers.markdown._frontmatter import FrontMatter
from exporter.readers.markdown._templating import plain_markdown
from exporter.readers.source import Source

_SUFFIXES = frozenset((".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdwn", ".mmd", ".mdx"))
_FENCED = re.compile(r"\s*(?:---[ \t]*\n(?:[^\n]*\n){1,200}?(?:---|\.\.\.)[ \t]*(?:\n|\Z)|\+\+\+[ \t]*\n)")

_PUBLISHED = [
    "date",
    "published",
    "pubdate",
    "date_published",
    "datepublished",
    "publishdate",
    "publish_date",
    "publishedat",
    "published_at",
    "published_time",
    "publication_date",
    "pub_date",
]
_CAPTURED = [
    "captured",
    "created",
    "saved",
    "accessed",
    "clipped",
    "saved_at",
    "date_saved",
    "retrieved",
    "date_added",
]
_LINKS = [
    "link",
    "url",
    "canonical",
    "canonical_url",
    "canonicalurl",
    "original_url",
    "source_url",
    "sourceurl",
    "permalink",
    "source",
]
_PLACES = ("path", "permalink", "slug", "aliases", *_LINKS)
"""Fields with the address or path of a text on its site, which often contains the day."""
_SOURCES = [
    "source",
    "site",
    "publisher",
    "newspaper",
    "publication",
    "source_name",
    "site_name",
    "sitename",
    "website",
]

_HEADING = re.compile(r"^#+ ", re.M)


def sniff(source: Source) -> float:
    if source.suffix in _SUFFIXES:
        return 0.8
    if source.suffix in ("", ".txt", ".text") and source.data[:3] in (b"---", b"+++", b"\xef\xbb\xbf"):
        return 0.5 if _FENCED.match(source.text()) else 0.0
    return 0.0


def read(source: Source, report: Report) -> Iterable[Article]:
    front = _frontmatter.split(source.text(report))
    if front.problem:
        report.add("front-matter-invalid", source.name, front.problem)
    if _edition.is_edition(front) and _HEADING.search(front.body):  # otherwise nothing of its form remains
        yield from _edition.read(front, source, report)
        return
    language = build.language_tag(front.text("lang", "language", "locale"))
    link = next((a for name in _LINKS for a in front.all(name) if _is_address(a)), None)
    link = build.safe_link(link) if link else None
    text = plain_markdown(front.body, front.fields, source.name, report)
    blocks, assets = markdown.blocks(text, source, report, base=link)
    title, blocks, found_in = _title(front, blocks, source, report)
    if not title:
        return
    basis: dict[str, Basis] = {"title": found_in}
    label = next((s for name in _SOURCES for s in front.all(name) if not _is_address(s)), None)
    publisher, language_ = metadata.split_label(label) if label else (None, None)
    published = _date(front, _PUBLISHED, language, source, report)
    if published:
        basis["published"] = "metadata"
    elif date := next(filter(None, map(date_parsing.in_address, front.all(*_PLACES))), None):
        published, basis["published"] = date, "url"
    elif named := date_parsing.in_file_name(source.name):
        published, basis["published"] = named, "file name"
    captured = _date(front, _CAPTURED, language, source, report)
    if captured:
        basis["captured"] = "metadata"
    authors = _authors(front)
    basis |= based("metadata", authors=authors, source=label, language=language or language_)
    categories = _parted(front, "section", "category", "categories")
    yield Article(
        title=title,
        subtitle=front.text("subtitle", "deck"),
        authors=authors,
        source=label,
        publisher=publisher if publisher != label else None,
        section=categories[0] if categories else None,
        tags=tuple(dict.fromkeys((*categories[1:], *_parted(front, "tags", "tag", "keywords", "topics")))),
        language=language or language_,
        published=published,
        captured=captured,
        basis=basis,
        link=link,
        blocks=blocks,
        assets=assets,
        origin=source.origin("markdown", "text/markdown"),
    )


def _title(
    front: FrontMatter, blocks: tuple[Block, ...], source: Source, report: Report
) -> tuple[str, tuple[Block, ...], Basis]:
    """The title, the body without it, and the basis of the title."""
    if declared := front.text("title", "headline"):
        title = build.one_line(html.unescape(re.sub(r"</?[a-z][^<>]*>", "", declared)))
        if title:
            return title, titles.without_title(blocks, title), "metadata"
    if (
        blocks
        and isinstance(first := blocks[0], Heading)
        and (title := build.one_line(visit.plain(first.content)))
    ):
        return title, build.levels_from_one(blocks[1:]), "stated"
    if " " in (named := titles.from_file_name(source.name)):
        return named, blocks, "file name"
    text = next((t for t in visit.texts(blocks) if t.strip()), "")
    if text or front.fields:
        report.add("title-missing", source.name)
        return titles.first_words(text) or named or source.name or "Untitled", blocks, "guess"
    return "", blocks, "guess"


def _date(
    front: FrontMatter, names: list[str], language: str | None, source: Source, report: Report
) -> str | None:
    """The first of the fields that is a date; invalid ones are reported."""
    for name in names:
        value = front.first(name)
        if value is None or str(value).lower() in ("true", "false"):  # Jekyll's "published: false"
            continue
        value = next(iter(value), None) if isinstance(value, list) else value
        if date := date_parsing.parse(value, language=language):
            return date
        report.add("date-invalid", source.name, f"{name}: {build.one_line(str(value))[:60]}")
    return None


def _authors(front: FrontMatter) -> tuple[str, ...]:
    """Names from a list, or from a line of several; in ``authors``, commas separate single words, too."""
    out: list[str] = []
    for name in ("author", "authors", "byline", "creator"):
        values = front.all(name)
        for value in values:
            names = list(value_lists.names(value)) or [value]
            if name == "authors" and len(values) == 1 and ";" not in value:
                names = [part.strip() for one in names for part in one.split(",")]
            out += names
    return tuple(dict.fromkeys(filter(None, out)))


def _parted(front: FrontMatter, *names: str) -> tuple[str, ...]:
    """Words from lists, or from lines separated by commas, else by spaces as in Jekyll."""
    out: list[str] = []
    for name in names:
        value = front.fields.get(name)
        for text in _frontmatter.texts(value):
            if isinstance(value, list | tuple):
                out.append(text)
            else:
                out += re.split(r"[,;]", text.strip("[]")) if re.search(r"[,;]", text) else text.split()
    return tuple(dict.fromkeys(tag for t in out if (tag := t.strip(" #\"'"))))


def _is_address(value: str) -> bool:
    return re.match(r"https?://", value, re.I) is not None
