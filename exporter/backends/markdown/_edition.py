"""The edition: front matter, title, parts of articles, briefs, images."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence

import yaml

from exporter.backends.common import labels, record
from exporter.backends.markdown import _inlines
from exporter.backends.markdown._blocks import Writer
from exporter.backends.markdown._escape import inline
from exporter.diagnostics import Report
from exporter.editions.compile import NO_DATE, Edition
from exporter.editions.options import Settings
from exporter.model import markdown_fields
from exporter.model.article import (
    Article,
    Asset,
    Block,
    Copy,
    Figure,
    Inline,
    Link,
    ListBlock,
    Note,
    Paragraph,
    Strong,
    Teaser,
    Text,
)
from exporter.model.build import safe_link
from exporter.model.visit import each_block


def render(edition: Edition, settings: Settings, report: Report) -> bytes:  # noqa: ARG001 - the protocol's
    """The edition as UTF-8 text, lines ended by ``\\n``."""
    images = _images(edition)
    writer = Writer({id: name for id, (name, _) in images.items()})
    lines = [*_front(edition), "", heading(1, edition.title), *_masthead(edition)]
    for part in edition.parts:
        if part.title:
            lines += ["", heading(2, labels.part_title(part, edition))]
        for entry in part.entries:
            lines += ["", *_article(entry.article, writer)]
    if edition.briefs:
        lines += ["", heading(2, labels.IN_BRIEF)]
        for brief in edition.briefs:
            lines += ["", *_brief(brief.teaser, writer)]
    if images:
        lines += ["", *(_image(name, asset) for name, asset in images.values())]
    return ("\n".join(lines) + "\n").encode()


def heading(level: int, title: str) -> str:
    """A heading's line, as `exporter.backends.markdown._locate` looks for it."""
    return f"{'#' * level} {_run([Text(title or labels.UNTITLED)])}"


def brief_line(title: str) -> str:
    """The line that begins a brief."""
    return f"- {_run([Strong((Text(title or labels.UNTITLED),))])}"


def _run(content: Sequence[Inline]) -> str:
    return _inlines.one_line(content, _no_note)


def _no_note(_: Note) -> str:
    raise AssertionError("a title holds no notes")


# -- The head ----------------------------------------------------------------------------


def _front(edition: Edition) -> list[str]:
    front = {
        "title": edition.title,
        "subtitle": edition.subtitle,
        "lang": edition.language,
        "coverage": record.record(edition).coverage,
        "identifier": edition.identifier,
        "form": markdown_fields.FORM,
    }
    fields = {name: value for name, value in front.items() if value}
    block = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=float("inf"))
    return ["---", *block.rstrip("\n").split("\n"), "---"]


def _masthead(edition: Edition) -> list[str]:
    lines_ = [labels.window_words(edition), labels.counts(edition)]
    lines: list[str] = []
    for text in (edition.subtitle, " \N{MIDDLE DOT} ".join(filter(None, lines_))):
        if text:
            lines += ["", _run([Text(text)])]
    return lines


# -- Articles and briefs -----------------------------------------------------------------


def _article(article: Article, writer: Writer) -> list[str]:
    field_list = ListBlock((*_items(_rows(article)), *map(_copy, article.also)))
    blocks = writer.blocks((field_list, *article.blocks))
    notes = writer.note_lines()
    return [
        heading(markdown_fields.ARTICLE_LEVEL, article.title),
        *["", *blocks],
        *(["", *notes] if notes else []),
    ]


def _rows(article: Article) -> Iterator[tuple[str, str]]:
    """Labels with values. The date is shown in any case, so that no body's list is taken for this one."""
    for name, label in markdown_fields.TEXTS.items():
        value: str | None = getattr(article, name)
        if value is not None:
            yield label, value
        elif name == "published":
            yield label, NO_DATE
        if name == "subtitle":
            yield from _several(markdown_fields.LISTS["authors"], article.authors)
        elif name == "section":
            yield from _several(markdown_fields.LISTS["tags"], article.tags)
        elif name == "captured" and article.basis:
            bases = (f"{field} ({basis})" for field, basis in article.basis.items())
            yield markdown_fields.BASIS, markdown_fields.SEPARATOR.join(bases)


def _several(names: tuple[str, str], values: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Several values in one row; in a row each where that would not tell them apart."""
    one, many = names
    if len(values) > 1 and all(v and v == v.strip() and "," not in v for v in values):
        yield many, markdown_fields.SEPARATOR.join(values)
    else:
        yield from ((one, value) for value in values)


def _copy(copy: Copy) -> tuple[Block, ...]:
    """Another paper's name, and below it what is known of its copy."""
    field_items = _labelled(copy, markdown_fields.COPY)
    return Paragraph(_row(markdown_fields.ALSO, copy.source)), *([_list(field_items)] if field_items else [])


def _labelled(one: Copy | Teaser, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is known of it, under the labels that articles have for it."""
    return [
        (markdown_fields.TEXTS[label], value)
        for name, label in names.items()
        if (value := getattr(one, name)) is not None
    ]


def _list(rows: Iterable[tuple[str, str]]) -> ListBlock:
    return ListBlock(_items(rows))


def _items(rows: Iterable[tuple[str, str]]) -> tuple[tuple[Block, ...], ...]:
    return tuple((Paragraph(_row(label, value)),) for label, value in rows)


def _row(label: str, value: str) -> tuple[Inline, ...]:
    if safe_link(value) == value:
        return Text(f"{label}: "), Link(value, (Text(value),))
    return (Text(f"{label}: {value}" if value else f"{label}:"),)


def _brief(teaser: Teaser, writer: Writer) -> list[str]:
    field_items = _labelled(teaser, markdown_fields.TEASER)
    field_items += _several(markdown_fields.LISTS["tags"], teaser.tags)
    blocks: list[Block] = [Paragraph((Text(teaser.summary),))] if teaser.summary else []
    lines = writer.blocks([*blocks, *([_list(field_items)] if field_items else [])])
    inside = ["", *(f"  {line}" if line else "" for line in lines)] if lines else []
    return [brief_line(teaser.title), *inside]


# -- Images ------------------------------------------------------------------------------


def _images(edition: Edition) -> dict[str, tuple[str, Asset]]:
    """The images that figures show and whose bytes there are, by id, each with its name."""
    by_reference: dict[str, tuple[str, Asset]] = {}
    for entry in edition.entries:
        assets = {asset.id: asset for asset in entry.article.assets if asset.data}
        for block in each_block(entry.article.blocks):
            if isinstance(block, Figure) and (asset := assets.get(block.asset or "")):
                by_reference.setdefault(asset.id, (f"image-{len(by_reference) + 1}", asset))
    return by_reference


def _image(name: str, asset: Asset) -> str:
    title = inline(asset.name).replace('"', '\\"')
    data = base64.b64encode(asset.data).decode()
    return f"[{name}]: data:{asset.media_type};base64,{data}" + (f' "{title}"' if title else "")
