"""The article as data: a closed set of inlines, blocks and the article that holds them.

Every reader ends here and every backend starts here. There is no raw-HTML node,
so nothing unclean can reach a backend: what a reader cannot represent becomes a
diagnostic. All types are frozen `msgspec` structs; JSON and MessagePack work both
ways (`to_json`, `from_json`) with no codec of our own. Each node carries its kind
in the field ``type``.

Build nodes with `exporter.model.build`, which normalises; walk them with `exporter.model.visit`.
This module imports no engine and no other part of the program.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

MAX_DEPTH = 64
"""Deepest nesting a reader may build: below it every library's recursion is safe."""


class _Node(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=str.lower, omit_defaults=True):
    """Base of all inlines and blocks: frozen, tagged with the class's name in lower case."""


# -- Inlines: what runs along in a line ------------------------------------------------


class Text(_Node, frozen=True, gc=False):
    """Characters without markup. Markup's white space is folded into single spaces;
    text copied from a page keeps its own (see `build`)."""

    text: str


class Emphasis(_Node, frozen=True, gc=False):
    """Stressed words: italic in print."""

    content: tuple[Inline, ...]


class Strong(_Node, frozen=True, gc=False):
    """Important words: bold in print."""

    content: tuple[Inline, ...]


class Code(_Node, frozen=True, gc=False):
    """Characters of a machine's language, within a line."""

    text: str


class Link(_Node, frozen=True, gc=False):
    """A link out. ``href`` is an absolute ``http``, ``https`` or ``mailto`` address."""

    href: str
    content: tuple[Inline, ...]


class LineBreak(_Node, frozen=True, gc=False):
    """A forced line break, as in verse or an address."""


class Subscript(_Node, frozen=True, gc=False):
    content: tuple[Inline, ...]


class Superscript(_Node, frozen=True, gc=False):
    content: tuple[Inline, ...]


class Note(_Node, frozen=True, gc=False):
    """A footnote, standing where its mark stands; it holds its own paragraphs."""

    blocks: tuple[Block, ...]


# -- Blocks: what stands under one another ---------------------------------------------


class Paragraph(_Node, frozen=True, gc=False):
    """A run of text. ``language`` is a BCP 47 tag, told only where it is not the article's
    (within a note, not that of the paragraph it is called in)."""

    content: tuple[Inline, ...]
    language: str | None = None


class Heading(_Node, frozen=True, gc=False):
    """A heading inside the article. ``level`` counts from 1, the highest in the body;
    ``language`` as of a `Paragraph`. What holds others (lists, quotes, cells) has theirs."""

    level: int
    content: tuple[Inline, ...]
    language: str | None = None


class ListBlock(_Node, frozen=True, gc=False, tag="list"):
    """Items of blocks; ``start`` is the number of the first where ``ordered``."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False
    start: int = 1


class Quote(_Node, frozen=True, gc=False):
    """A quotation set apart."""

    blocks: tuple[Block, ...]


class CodeBlock(_Node, frozen=True, gc=False, tag="code_block"):
    """Preformatted lines; line breaks and spaces in ``text`` stand as they are."""

    text: str
    language: str | None = None


class Figure(_Node, frozen=True, gc=False):
    """An image with its caption. ``asset`` is an `Asset.id` of the same article,
    or None where the image is lost: then alternative text and caption still stand."""

    asset: str | None = None
    alt: str = ""
    caption: tuple[Inline, ...] = ()


Align: TypeAlias = Literal["left", "center", "right"]


class Cell(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One table cell. ``header`` marks a heading cell; spans count from 1."""

    blocks: tuple[Block, ...]
    header: bool = False
    colspan: int = 1
    rowspan: int = 1
    align: Align | None = None


class Table(_Node, frozen=True, gc=False):
    """Rows of cells; the first ``head`` rows are the head, repeated on every page."""

    rows: tuple[tuple[Cell, ...], ...]
    head: int = 0
    caption: tuple[Inline, ...] = ()


class Rule(_Node, frozen=True, gc=False):
    """A thematic break."""


class Definition(msgspec.Struct, frozen=True, gc=False):
    """A term with what is said of it: one or more bodies of blocks."""

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
"""A date as ISO 8601 text whose form tells its precision and nothing more is claimed:
``2021``, ``2021-07``, ``2021-07-21``, or an instant, ``2021-07-21T09:30:00+09:00``,
without a zone where the source named none. See `exporter.model.dates`."""

Basis: TypeAlias = Literal["stated", "metadata", "feed", "url", "file name", "file time", "guess"]
"""Where a value comes from: stated in the page's text, the page's metadata or front
matter, a feed, the address, the file's name, the file's time; or guessed."""


class Asset(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An image of an article, found by content.

    ``id`` is the SHA-256 of the bytes in hexadecimal; ``width`` and ``height`` are
    pixels; ``data`` holds the bytes (base64 in JSON), empty where a store keeps them.
    """

    id: str
    media_type: str
    width: int
    height: int
    name: str = ""
    data: bytes = b""


class Origin(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What the article was read from: ``part`` counts articles of one file from 0."""

    name: str
    media_type: str
    sha256: str
    reader: str = ""
    part: int = 0


class Teaser(msgspec.Struct, frozen=True, gc=False):
    """A few words on another article of the source, as listed beside the one saved.

    ``date`` is that of publication; ``captured`` when somebody kept it, as in a list of bookmarks,
    where ``tags`` are theirs and the folder's name.
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
    """Where else the same article appeared: in another paper, perhaps on another day."""

    source: str
    published: When | None = None
    link: str | None = None


class Article(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One article: what it says, who says so, and how we know.

    ``source`` is the label under which it was published, as the page gives it;
    ``publisher`` the same without a language suffix, where the label has one;
    ``aggregator`` who passed it on and ``via`` the address of that page;
    ``link`` the original's address; ``published`` and ``captured`` are dates of
    publication and of the visit; ``language`` is a BCP 47 tag; ``basis`` tells, for
    a field's name, where its value comes from; ``also`` who else published it, where that is known.
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
        """Whether it is no article but only carries teasers: a feed of summaries, a list of bookmarks."""
        return bool(self.teasers) and not self.blocks and self.published is None


def to_json(articles: tuple[Article, ...] | Article) -> bytes:
    """The native form: one article or an array of them, UTF-8 JSON."""
    return msgspec.json.encode(articles)


def from_json(data: bytes) -> tuple[Article, ...]:
    """Articles from `to_json`'s output. Raises `msgspec.ValidationError` with the path."""
    data_ = msgspec.json.decode(data, type=tuple[Article, ...] | Article)
    return (data_,) if isinstance(data_, Article) else data_
