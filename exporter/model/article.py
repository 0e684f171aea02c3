"""The article as data: a closed set of inline and block nodes, and the article that contains them.

Readers produce articles, backends consume them. There is no raw-HTML node, so nothing unclean can
reach a backend: a reader reports what it cannot represent as a diagnostic. All types are frozen
`msgspec` structs, encoded as JSON (`to_json`, `from_json`) or MessagePack without codecs of our own.
The field ``type`` of an encoded node names its class.

Build nodes with `exporter.model.build`, which normalises; traverse them with `exporter.model.visit`.
A ``match`` over all nodes ends in ``assert_never``, so that mypy reports where a new type is missing.
This module imports no other part of the program.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

MAX_DEPTH = 64
"""Maximum nesting that a reader may build: every library's recursion is safe up to here."""


class _Node(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=str.lower, omit_defaults=True):
    """Base of all inlines and blocks: frozen, tagged with the class's name in lower case."""


# -- Inlines: nodes within a line ------------------------------------------------------


class Text(_Node, frozen=True, gc=False):
    """Characters without markup. White space from markup is collapsed to single spaces;
    text copied from a page keeps its own (see `build`)."""

    text: str


class Emphasis(_Node, frozen=True, gc=False):
    """Emphasised words: italic in print."""

    content: tuple[Inline, ...]


class Strong(_Node, frozen=True, gc=False):
    """Important words: bold in print."""

    content: tuple[Inline, ...]


class Code(_Node, frozen=True, gc=False):
    """Code within a line."""

    text: str


class Link(_Node, frozen=True, gc=False):
    """An external link. ``href`` is an absolute ``http``, ``https`` or ``mailto`` address."""

    href: str
    content: tuple[Inline, ...]


class LineBreak(_Node, frozen=True, gc=False):
    """A forced line break, as in verse or an address."""


class Subscript(_Node, frozen=True, gc=False):
    content: tuple[Inline, ...]


class Superscript(_Node, frozen=True, gc=False):
    content: tuple[Inline, ...]


class Note(_Node, frozen=True, gc=False):
    """A footnote, at the place of its mark; it contains its own paragraphs."""

    blocks: tuple[Block, ...]


# -- Blocks: nodes below one another ---------------------------------------------------


class Paragraph(_Node, frozen=True, gc=False):
    """A run of text. ``language`` is a BCP 47 tag, set only where it differs from the article's
    (within a note: from that of the paragraph with its mark)."""

    content: tuple[Inline, ...]
    language: str | None = None


class Heading(_Node, frozen=True, gc=False):
    """A heading inside the article. ``level`` counts from 1, the highest in the body;
    ``language`` as in a `Paragraph`."""

    level: int
    content: tuple[Inline, ...]
    language: str | None = None


class ListBlock(_Node, frozen=True, gc=False, tag="list"):
    """A list of items; ``start`` is the number of the first item if ``ordered``."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False
    start: int = 1


class Quote(_Node, frozen=True, gc=False):
    """A block quotation."""

    blocks: tuple[Block, ...]


class CodeBlock(_Node, frozen=True, gc=False, tag="code_block"):
    """Preformatted lines; line breaks and spaces in ``text`` are significant."""

    text: str
    language: str | None = None


class Figure(_Node, frozen=True, gc=False):
    """An image with its caption. ``asset`` is an `Asset.id` of the same article,
    or None where the image is missing: alternative text and caption remain."""

    asset: str | None = None
    alt: str = ""
    caption: tuple[Inline, ...] = ()


Align: TypeAlias = Literal["left", "center", "right"]


class Cell(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One table cell. ``header`` marks a header cell; spans count from 1."""

    blocks: tuple[Block, ...]
    header: bool = False
    colspan: int = 1
    rowspan: int = 1
    align: Align | None = None


class Table(_Node, frozen=True, gc=False):
    """Rows of cells; the first ``head`` rows are repeated on every page."""

    rows: tuple[tuple[Cell, ...], ...]
    head: int = 0
    caption: tuple[Inline, ...] = ()


class Rule(_Node, frozen=True, gc=False):
    """A thematic break."""


class Definition(msgspec.Struct, frozen=True, gc=False):
    """A term with one or more descriptions."""

    term: tuple[Inline, ...]
    bodies: tuple[tuple[Block, ...], ...]


class DefinitionList(_Node, frozen=True, gc=False, tag="definition_list"):
    items: tuple[Definition, ...]


Inline: TypeAlias = Text | Emphasis | Strong | Code | Link | LineBreak | Subscript | Superscript | Note
Block: TypeAlias = (
    Paragraph | Heading | ListBlock | Quote | CodeBlock | Figure | Table | Rule | DefinitionList
)


# -- The article -----------------------------------------------------------------------

When: TypeAlias = str
"""A date as ISO 8601 text whose form is its precision:
``2021``, ``2021-07``, ``2021-07-21``, or an instant, ``2021-07-21T09:30:00+09:00``,
without a zone where the source has none. See `exporter.model.dates`."""

Basis: TypeAlias = Literal["stated", "metadata", "feed", "url", "file name", "file time", "guess"]
"""Where a value comes from: stated in the page's text, the page's metadata or front
matter, a feed, the address, the file's name, the file's time; or guessed."""


class Asset(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An image of an article, identified by its content.

    ``id`` is the SHA-256 of the bytes in hexadecimal; ``width`` and ``height`` are
    pixels; ``data`` is the bytes (base64 in JSON), empty where a store has them.
    """

    id: str
    media_type: str
    width: int
    height: int
    name: str = ""
    data: bytes = b""


class Origin(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The file that the article was read from; ``part`` counts the articles of one file from 0."""

    name: str
    media_type: str
    sha256: str
    reader: str = ""
    part: int = 0


class Teaser(msgspec.Struct, frozen=True, gc=False):
    """A short notice of another article of the source, listed next to the saved one.

    ``date`` is the date of publication; ``captured`` is when somebody saved it, as in a list of
    bookmarks, where ``tags`` are the bookmark's and the name of its folder.
    """

    title: str
    summary: str = ""
    date: When | None = None
    source: str | None = None
    link: str | None = None
    language: str | None = None
    captured: When | None = None
    tags: tuple[str, ...] = ()


class Copy(msgspec.Struct, frozen=True, gc=False):
    """Another publication of the same article: in another paper, perhaps on another day."""

    source: str
    published: When | None = None
    link: str | None = None


class Article(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One article: its metadata, body, teasers and images.

    ``source`` is the label under which it was published, as the page gives it;
    ``publisher`` the same without a language suffix, where the label has one;
    ``aggregator`` who redistributed it and ``via`` the address of that page;
    ``link`` the original's address; ``published`` and ``captured`` are dates of
    publication and of the visit; ``language`` is a BCP 47 tag; ``basis`` says, by
    field name, where a value comes from; ``also`` lists other publications, where known.
    """

    title: str
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None
    publisher: str | None = None
    aggregator: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    published: When | None = None
    captured: When | None = None
    basis: dict[str, Basis] = {}
    link: str | None = None
    via: str | None = None
    blocks: tuple[Block, ...] = ()
    teasers: tuple[Teaser, ...] = ()
    assets: tuple[Asset, ...] = ()
    also: tuple[Copy, ...] = ()
    origin: Origin

    @property
    def is_listing(self) -> bool:
        """Whether it only has teasers and no text of its own: a feed of summaries, a list of bookmarks."""
        return bool(self.teasers) and not self.blocks and self.published is None


def to_json(articles: tuple[Article, ...] | Article) -> bytes:
    """The native format: one article or an array of them, as UTF-8 JSON."""
    return msgspec.json.encode(articles)


def from_json(data: bytes) -> tuple[Article, ...]:
    """Articles from the output of `to_json`. Raises `msgspec.ValidationError`, naming the JSON path."""
    decoded = msgspec.json.decode(data, type=tuple[Article, ...] | Article)
    return (decoded,) if isinstance(decoded, Article) else decoded
