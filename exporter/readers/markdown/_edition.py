"""Read an edition that this program wrote as Markdown back to its articles.

`exporter.model.markdown_fields` defines the form. Articles are the sections under headings of the third
level; each begins with a list of its fields. A second-level section without articles contains the briefs,
which become teasers of the article that matches.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, get_args

import msgspec
from lxml import etree
from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from exporter.diagnostics import Report
from exporter.model import build, dates, images, markdown_fields
from exporter.model.article import (
    Article,
    Asset,
    Basis,
    Block,
    Copy,
    Figure,
    Inline,
    ListBlock,
    Paragraph,
    Teaser,
)
from exporter.model.visit import each_block, plain
from exporter.readers.common.images import PageImages
from exporter.readers.markdown._commonmark import Document
from exporter.readers.markdown._frontmatter import FrontMatter
from exporter.readers.source import Source

_IMAGE = re.compile(r'\[(image-\d+)\]: data:[^\s,]*,(\S*)(?: "(.*)")?')
_BASES = frozenset(get_args(Basis))
_LABELS = {
    label
    for labels in ((markdown_fields.BASIS,), markdown_fields.TEXTS.values(), *markdown_fields.LISTS.values())
    for label in labels
}

_Fields = dict[str, list[str]]
"""Values by label, in order."""


def is_edition(front: FrontMatter) -> bool:
    return front.fields.get("form") == markdown_fields.FORM


def read(front: FrontMatter, source: Source, report: Report) -> Iterator[Article]:
    """The articles of the edition that begins with ``front``."""
    source.is_own = True
    text, stored = _images(front.body, source, report)
    shown = _Shown(source, report, stored)
    document = Document(text, source.name, report, shown.figure, stored, markdown_fields.ARTICLE_LEVEL)
    sections = list(_sections(document))
    articles = [
        _article(section, document, shown, source, report, part)
        for part, section in enumerate(s for s in sections if s.level == markdown_fields.ARTICLE_LEVEL)
    ]
    briefs = [
        teaser
        for section in sections
        if section.level == markdown_fields.ARTICLE_LEVEL - 1
        for block in document.blocks(section.tokens)
        if isinstance(block, ListBlock)
        for item in block.items
        for teaser in _teaser(item, source, report)
    ]
    yield from _with_teasers(articles, briefs)


# -- Parts of the text -------------------------------------------------------------------


class _Section(NamedTuple):
    level: int
    title: tuple[Inline, ...]
    tokens: Sequence[Token]


def _sections(document: Document) -> Iterator[_Section]:
    """The text under each heading up to the level of articles, in order."""
    tokens = document.tokens
    starts = [
        i
        for i, token in enumerate(tokens)
        if token.type == "heading_open"
        and not token.level
        and int(token.tag[1:]) <= markdown_fields.ARTICLE_LEVEL
    ]
    for start, end in pairwise([*starts, len(tokens)]):
        title = document.run(tokens[start + 1])
        yield _Section(int(tokens[start].tag[1:]), title, tokens[start + 3 : end])


def _images(text: str, source: Source, report: Report) -> tuple[str, dict[str, Asset | None]]:
    """The text without the images at its end, and these by name; None if one is broken."""
    by_name: dict[str, Asset | None] = {}
    end = len(text.rstrip("\n"))
    while True:
        start = text.rfind("\n", 0, end) + 1
        match = _IMAGE.fullmatch(text, start, end)
        if not match:
            return text[:end] + "\n", dict(reversed(by_name.items()))
        name = build.clean(unescapeAll(match[3] or ""))
        by_name[match[1]] = images.asset(_decoded(match[2]), name, source.name, report)
        end = max(start - 1, 0)


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        return b""


class _Shown:
    """Turns images into figures, and keeps the assets that they show."""

    def __init__(self, source: Source, report: Report, stored: dict[str, Asset | None]) -> None:
        self._stored = stored
        self._pictures = PageImages(source, report)

    def figure(self, token: Token) -> tuple[Block, ...]:
        address, alt = str(token.attrs.get("src") or ""), "".join(t.content for t in token.children or ())
        if address in self._stored:
            asset = self._stored[address]
            return build.figure(asset.id if asset else None, alt)
        # Added by someone else: the file next to the text is used.
        return build.figure(self._pictures.asset(etree.Element("img", src=build.clean(address))), alt)

    def assets(self, blocks: Sequence[Block]) -> tuple[Asset, ...]:
        """The assets of the figures, each once, in order."""
        known = {a.id: a for a in (*self._pictures.assets.values(), *self._stored.values()) if a}
        ids = dict.fromkeys(b.asset for b in each_block(blocks) if isinstance(b, Figure) and b.asset)
        return tuple(known[id] for id in ids)


# -- Articles and briefs -----------------------------------------------------------------


def _article(
    section: _Section, document: Document, shown: _Shown, source: Source, report: Report, part: int
) -> Article:
    blocks = document.blocks(section.tokens)
    fields: _Fields = {}
    also: tuple[Copy, ...] = ()
    if blocks and isinstance(first := blocks[0], ListBlock):
        also = tuple(copy for item in first.items for copy in _copy(item, source, report))
        fields, rest = _fields(first)
        blocks = (*rest, *blocks[1:])
    values = {name: _value(fields, name, source, report) for name in markdown_fields.TEXTS}
    return Article(
        title=build.clean(plain(section.title)),
        authors=_several(fields, "authors"),
        tags=_several(fields, "tags"),
        basis=_basis(fields.get(markdown_fields.BASIS, [])),
        blocks=blocks,
        assets=shown.assets(blocks),
        also=also,
        origin=source.origin("markdown", "text/markdown", part),
        **values,  # type: ignore[arg-type]  # the names are those of its fields
    )


def _fields(block: ListBlock) -> tuple[_Fields, tuple[Block, ...]]:
    """The values in a list of fields, and a list of the items that are not fields, if there are any."""
    fields: _Fields = {}
    others: list[tuple[Block, ...]] = []
    for item in block.items:
        label, value = _row(item)
        if len(item) == 1 and label in _LABELS:
            fields.setdefault(label, []).append(value)
        elif label != markdown_fields.ALSO:
            others.append(item)
    return fields, build.list_block(others, ordered=block.ordered, start=block.start)


def _row(item: Sequence[Block]) -> tuple[str, str]:
    """The label and the value of an item; empty if it has another form."""
    words = plain(item[0].content) if item and isinstance(item[0], Paragraph) else ""
    label, mark, value = words.partition(":")
    return (label, value.removeprefix(" ")) if mark else ("", "")


def _copy(item: Sequence[Block], source: Source, report: Report) -> Iterator[Copy]:
    """Another paper with the article, if the item names one."""
    label, name = _row(item)
    if label == markdown_fields.ALSO:
        fields, _ = _fields(last) if isinstance(last := item[-1], ListBlock) else ({}, ())
        yield Copy(
            name, **{name: _value(fields, as_, source, report) for name, as_ in markdown_fields.COPY.items()}
        )


def _value(fields: _Fields, name: str, source: Source, report: Report) -> str | None:
    """The value of a field, if it is valid: dates that exist, addresses that are safe."""
    value = fields.get(markdown_fields.TEXTS[name], [None])[0]
    if value is None:
        return None
    if name in ("link", "via"):
        return build.safe_link(value)
    if name == "language":
        return build.language_tag(value)
    if name in ("published", "captured") and not dates.is_when(value):
        if re.search(r"\d", value):
            report.add("date-invalid", source.name, value[:60])
        return None
    return value


def _several(fields: _Fields, name: str) -> tuple[str, ...]:
    one, many = markdown_fields.LISTS[name]
    together = (value for row in fields.get(many, []) for value in row.split(markdown_fields.SEPARATOR))
    return (*fields.get(one, []), *together)


def _basis(rows: Iterable[str]) -> dict[str, Basis]:
    bases = {name: basis for row in rows for name, basis in re.findall(r"\b(\w++) \(([a-z ]+)\)", row)}
    return {name: basis for name, basis in bases.items() if basis in _BASES}


def _teaser(item: Sequence[Block], source: Source, report: Report) -> Iterator[Teaser]:
    """A brief: its title and, if there are any, its text and its fields."""
    if not item or not isinstance(title := item[0], Paragraph):
        return
    fields, _ = _fields(last) if isinstance(last := item[-1], ListBlock) else ({}, ())
    words = [plain(block.content) for block in item[1:] if isinstance(block, Paragraph)]
    values = {name: _value(fields, label, source, report) for name, label in markdown_fields.TEASER.items()}
    yield Teaser(plain(title.content), " ".join(words), **values, tags=_several(fields, "tags"))


def _with_teasers(articles: Sequence[Article], teasers: Sequence[Teaser]) -> Iterator[Article]:
    """The articles, each brief with the first one of its source, else with the last one."""
    by_source: dict[str | None, int] = {}
    for number, article in enumerate(articles):
        by_source.setdefault(article.source, number)
        by_source.setdefault(article.publisher, number)
    bearers: dict[int, list[Teaser]] = {}
    for teaser in teasers:
        at = by_source.get(teaser.source, len(articles) - 1) if teaser.source else len(articles) - 1
        bearers.setdefault(at, []).append(teaser)
    for number, article in enumerate(articles):
        teasers_ = tuple(bearers.get(number, ()))
        yield msgspec.structs.replace(article, teasers=teasers_) if teasers_ else article
