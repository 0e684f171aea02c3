"""Blocks and inlines as XHTML, shared by the PDF and the EPUB backend.

The output is well-formed XML, made of text that is escaped here and of element and
attribute names from this file alone: nothing of the source's own markup survives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from exporter.model import (
    Block,
    Cell,
    Code,
    CodeBlock,
    DefinitionList,
    Emphasis,
    Figure,
    Heading,
    Inline,
    LineBreak,
    Link,
    ListBlock,
    Note,
    Paragraph,
    Quote,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
)
from exporter.walk import plain


class Picture(NamedTuple):
    """Where a rendered image lies, its size in pixels, and in print the lines of text that
    it takes up, 0 to leave that to the style. ``span`` is its width in points where it fills
    columns of the page, else 0; ``beside`` whether that leaves a column for its caption."""

    href: str
    width: int
    height: int
    lines: int = 0
    span: float = 0
    beside: bool = False


_P = Markup("<p>")


def opened(_: Paragraph) -> Markup:
    """A paragraph's first tag, where there is nothing to say of it."""
    return _P


class Dialect(NamedTuple):
    """What differs between the two users of this markup.

    ``picture`` gives the place of an asset, or None where it is lost; ``foot`` says
    that a note stands in its place (the layout moves it to the page's foot), not at the
    article's end; ``paged`` keeps to what a tagged PDF allows; ``text``
    changes every run of characters last of all; ``prefix`` begins the ids of notes;
    ``heading`` is the level of the article's title; ``columns`` gives the widths of a
    table's columns in per cent, none to leave them to the reader's engine, ``breadth`` the
    rems that it need be wide, 0 for the whole width; ``href`` changes the addresses of links; one
    that begins with ``inside`` gets that class, and in print one that reads as an address
    ``address``; ``opening`` is a paragraph's first tag.
    """

    picture: Callable[[str], Picture | None]
    foot: bool = False
    paged: bool = False
    text: Callable[[str], str] = str
    prefix: str = "n"
    heading: int = 1
    columns: Callable[[Table], Sequence[int]] = lambda _: ()
    breadth: Callable[[Table], float] = lambda _: 0
    inside: str | None = None
    href: Callable[[str], str] = str
    opening: Callable[[Paragraph], Markup] = opened


_TAGS: dict[type, str] = {Emphasis: "em", Strong: "strong", Subscript: "sub", Superscript: "sup"}


def _element(tag: str, content: Markup) -> Markup:
    # Thrice as fast as formatting: most of an edition's text passes here.
    return Markup(f"<{tag}>{content}</{tag}>")


def _joined(pieces: Iterable[Markup], between: str = "") -> Markup:
    found = list(pieces)
    return found[0] if len(found) == 1 else Markup(between.join(found))


class Writer:
    """Writes one article's blocks; collects the notes met on the way in ``notes``."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.notes: list[tuple[str, Markup]] = []
        self._level = dialect.heading
        self._in_note = False
        self._in_link = False
        self._waiting: list[Markup] = []

    # -- blocks --

    def blocks(self, blocks: Iterable[Block]) -> Markup:
        return _joined((self.block(block) for block in blocks), "\n")

    def block(self, block: Block) -> Markup:
        if isinstance(block, Paragraph):
            return Markup(f"{self.dialect.opening(block)}{self.inlines(block.content)}</p>")
        if isinstance(block, Heading):
            # No level is skipped on the way down, wherever the heading stands (PDF/UA-1, 7.4.2).
            self._level = min(self.dialect.heading + block.level, self._level + 1, 6)
            return _element(f"h{self._level}", self.inlines(block.content))
        if isinstance(block, ListBlock):
            return self._list(block)
        if isinstance(block, Quote):
            return Markup("<blockquote>\n{}\n</blockquote>").format(self.blocks(block.blocks))
        if isinstance(block, CodeBlock):
            return Markup('<pre dir="ltr"><code>{}</code></pre>').format(self._text(block.text))
        if isinstance(block, Figure):
            return self._figure(block)
        if isinstance(block, Table):
            return self._table(block)
        if isinstance(block, DefinitionList):
            items = Markup("\n").join(
                Markup("<dt>{}</dt>\n").format(self.inlines(item.term))
                + Markup("\n").join(Markup("<dd>{}</dd>").format(self._item(b)) for b in item.bodies)
                for item in block.items
            )
            # No list ends with a term (HTML, 4.4.9).
            end = "" if not block.items or block.items[-1].bodies else Markup("\n<dd></dd>")
            return Markup("<dl>\n{}{}\n</dl>").format(items, end)
        return Markup("<hr/>")

    def _list(self, block: ListBlock) -> Markup:
        tag = "ol" if block.ordered else "ul"
        start = Markup(' start="{}"').format(block.start) if block.ordered and block.start != 1 else ""
        items = _joined((_element("li", self._item(i)) for i in block.items), "\n")
        return Markup("<{0}{1}>\n{2}\n</{0}>").format(tag, start, items)

    def _item(self, blocks: Sequence[Block]) -> Markup:
        """The inside of a list item: a lone or first paragraph stands without its element;
        further ones are ``div`` in print, where a tagged list body holds no ``p``."""
        out: list[Markup] = []
        for i, block in enumerate(blocks):
            if isinstance(block, Paragraph) and (i == 0 or self.dialect.paged):
                inner = self.inlines(block.content)
                out.append(inner if i == 0 else Markup('<div class="p">{}</div>').format(inner))
            else:
                out.append(self.block(block))
        return _joined(out, "\n")

    def _figure(self, block: Figure) -> Markup:
        picture = self.dialect.picture(block.asset) if block.asset else None
        caption = self.inlines(block.caption)
        if picture is None:
            # The image is lost; its words are not.
            lost = caption or Markup("<em>{}</em>").format(self._text(block.alt))
            if not (block.caption or block.alt):
                return Markup("")
            return Markup('<p class="lost-figure">{}</p>').format(lost)
        alt = block.alt or plain(block.caption).replace("\n", " ") or "Illustration"
        lines = Markup(' style="height: {}rlh"').format(picture.lines) if picture.lines else ""
        if picture.span:
            lines = Markup(' style="height: {}rlh; width: {:.2f}pt; object-fit: cover"').format(
                picture.lines, picture.span
            )
        image = Markup('<img src="{}" alt="{}" width="{}" height="{}"{}/>').format(
            picture.href, self._text(alt), picture.width, picture.height, lines
        )
        if caption:
            image += Markup("\n<figcaption>{}</figcaption>").format(caption)
        beside = Markup(' class="beside"') if caption and picture.beside else ""
        return Markup("<figure{}>\n{}\n</figure>").format(beside, image)

    def _table(self, block: Table) -> Markup:
        caption = (
            Markup("<caption>{}</caption>\n").format(self.inlines(block.caption)) if block.caption else ""
        )
        widths = self.dialect.columns(block)
        if widths:
            caption += Markup("<colgroup>{}</colgroup>\n").format(
                Markup("").join(Markup('<col style="width: {}%"/>').format(width) for width in widths)
            )
        head = self._rows(block.rows[: block.head], True)
        body = self._rows(block.rows[block.head :], False)
        parts = Markup("<thead>\n{}\n</thead>\n").format(head) if head else Markup("")
        parts += Markup("<tbody>\n{}\n</tbody>").format(body) if body else Markup("")
        breadth = self.dialect.breadth(block)
        style = Markup(' style="max-width: {:.1f}rem"').format(breadth) if breadth else ""
        # What may be scrolled must be reached by keys, too (WCAG 2.2, 2.1.1).
        keys = "" if self.dialect.paged else Markup(' tabindex="0"')
        return Markup('<div class="table"{}{}><table>\n{}{}\n</table></div>').format(
            style, keys, caption, parts
        )

    def _rows(self, rows: Sequence[Sequence[Cell]], head: bool) -> Markup:
        return _joined((_element("tr", _joined(self._cell(c, head) for c in row)) for row in rows), "\n")

    def _cell(self, cell: Cell, head: bool) -> Markup:
        content = self._item(cell.blocks)
        # A heading that says nothing heads nothing (WCAG 2.2, 1.3.1).
        heads = (cell.header or head) and (self.dialect.paged or bool(content.strip()))
        tag = "th" if heads else "td"
        attributes = Markup("")
        if tag == "th":
            attributes += Markup(' scope="{}"').format("col" if head else "row")
        if cell.colspan > 1:
            attributes += Markup(' colspan="{}"').format(cell.colspan)
        if cell.rowspan > 1:
            attributes += Markup(' rowspan="{}"').format(cell.rowspan)
        if cell.align:
            attributes += Markup(' class="{}"').format(cell.align)
        return Markup(f"<{tag}{attributes}>{content}</{tag}>")

    # -- inlines --

    def inlines(self, content: Iterable[Inline]) -> Markup:
        return _joined(self._inline(node) for node in content)

    def _inline(self, node: Inline) -> Markup:
        if isinstance(node, Text):
            return self._text(node.text)
        if isinstance(node, Code):
            return _element("code", self._text(node.text))
        if isinstance(node, Link):
            return self._link(node)
        if isinstance(node, LineBreak):
            return Markup("<br/>")
        if isinstance(node, Note):
            return self._note(node)
        return _element(_TAGS[type(node)], self.inlines(node.content))

    def _link(self, node: Link) -> Markup:
        if self._in_link:
            return self.inlines(node.content)  # no link holds another; the outer one leads on
        self._in_link = True
        content = self.inlines(node.content)
        self._in_link = False
        marks, self._waiting = self._waiting, []
        href = self.dialect.href(node.href)
        inside = self.dialect.inside and href.startswith(self.dialect.inside)
        address = self.dialect.paged and plain(node.content).startswith(("http://", "https://", "www."))
        kind = Markup(' class="{}"').format("inside" if inside else "address") if inside or address else ""
        return Markup('<a{} href="{}">{}</a>').format(kind, href, content) + Markup("").join(marks)

    def _note(self, node: Note) -> Markup:
        if self._in_link:
            # A note's mark may be a link itself: it stands after the link it is met in.
            self._in_link = False
            mark = self._note(node)
            self._in_link = True
            self._waiting.append(mark)
            return Markup("")
        if self._in_note:
            # A note on a note stands in its place: neither form can hold the second.
            return Markup(" ({})").format(self._flat(node.blocks))
        self._in_note = True
        try:
            if self.dialect.foot:
                note = Markup('<span class="call"><span class="note">{}</span></span>')
                return note.format(self._flat(node.blocks))
            level = self._level
            number = len(self.notes) + 1
            id = f"{self.dialect.prefix}{number}"
            self.notes.append((id, Markup("")))
            paged = self.dialect.paged
            self.notes[number - 1] = (id, self._item(node.blocks) if paged else self.blocks(node.blocks))
            self._level = level
            if paged:
                href = (self.dialect.inside or "#") + id
                return Markup('<sup class="noteref"><a href="{}">{}</a></sup>').format(href, number)
            return Markup(
                '<a epub:type="noteref" role="doc-noteref" class="noteref" id="{0}-ref" href="#{0}">{1}</a>'
            ).format(id, number)
        finally:
            self._in_note = False

    def _flat(self, blocks: Sequence[Block]) -> Markup:
        """Blocks run together in one line of inlines, parted by line breaks."""
        runs: list[Markup] = []
        for block in blocks:
            if isinstance(block, Paragraph | Heading):
                runs.append(self.inlines(block.content))
            else:
                from exporter.walk import texts

                runs.extend(self._text(text) for text in texts((block,), notes=True))
        return Markup("<br/>").join(runs)

    def _text(self, text: str) -> Markup:
        return escape(self.dialect.text(text))
