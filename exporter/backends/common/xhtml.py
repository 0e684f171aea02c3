"""Blocks and inlines as XHTML, shared by the PDF and the EPUB backend.

The output is well-formed XML, made of text that is escaped here and of element and
attribute names from this file alone: nothing of the source's own markup survives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import NamedTuple, assert_never

from markupsafe import Markup

from exporter.backends.common.labels import direction
from exporter.model.article import (
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
    Rule,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
)
from exporter.model.visit import plain, texts


class Picture(NamedTuple):
    """Where a rendered image lies, its size in pixels, and in print the lines of text that
    it takes up, 0 to leave that to the style. ``span`` is its width in points where it fills
    columns of the page, else 0; ``sibling`` whether that leaves a column for its caption."""

    href: str
    width: int
    height: int
    lines: int = 0
    span: float = 0
    is_beside: bool = False


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


def _attribute(value: str) -> str:
    return escape(value, quote=True)


def _element(tag: str, content: str) -> str:
    return f"<{tag}>{content}</{tag}>"


class Writer:
    """Writes one article's blocks; collects the notes met on the way in ``notes``.

    Within, markup is plain ``str``: of `Markup`, all an edition's text would be wrapped ten
    times over. What comes from the model passes `_text` or `_attribute`, and nothing else does.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.notes: list[tuple[str, Markup]] = []
        self._level = dialect.heading
        self._in_note = False
        self._in_link = False
        self._waiting: list[str] = []

    def blocks(self, blocks: Iterable[Block]) -> Markup:
        """The blocks one below the other."""
        return Markup(self._blocks(blocks))

    # -- blocks --

    def _blocks(self, blocks: Iterable[Block]) -> str:
        return "\n".join([self._block(block) for block in blocks])

    def _block(self, block: Block) -> str:
        if isinstance(block, Paragraph):
            opening = str(self.dialect.opening(block))
            if block.language:
                opening = opening.replace("<p", f"<p{self._language_attributes(block)}", 1)
            return f"{opening}{self._inlines(block.content)}</p>"
        if isinstance(block, Heading):
            # No level is skipped on the way down, wherever the heading stands (PDF/UA-1, 7.4.2).
            self._level = min(self.dialect.heading + block.level, self._level + 1, 6)
            tag = f"h{self._level}"
            return f"<{tag}{self._language_attributes(block)}>{self._inlines(block.content)}</{tag}>"
        if isinstance(block, ListBlock):
            return self._list(block)
        if isinstance(block, Quote):
            return f"<blockquote>\n{self._blocks(block.blocks)}\n</blockquote>"
        if isinstance(block, CodeBlock):
            return f'<pre dir="ltr"><code>{self._text(block.text)}</code></pre>'
        if isinstance(block, Figure):
            return self._figure(block)
        if isinstance(block, Table):
            return self._table(block)
        if isinstance(block, DefinitionList):
            return self._definitions(block)
        if isinstance(block, Rule):
            return "<hr/>"
        assert_never(block)

    def _language_attributes(self, block: Paragraph | Heading) -> str:
        """The attributes that say in which language a block is, where it is not the article's."""
        if not block.language:
            return ""
        attributes = f' lang="{_attribute(block.language)}" dir="{direction(block.language)}"'
        return attributes if self.dialect.paged else f' xml:lang="{_attribute(block.language)}"{attributes}'

    def _definitions(self, block: DefinitionList) -> str:
        items: list[str] = []
        for item in block.items:
            items.append(_element("dt", self._inlines(item.term)))
            items += [_element("dd", self._item(body)) for body in item.bodies]
        if block.items and not block.items[-1].bodies:
            items.append("<dd></dd>")  # no list ends with a term (HTML, 4.4.9)
        return "\n".join(["<dl>", *items, "</dl>"])

    def _list(self, block: ListBlock) -> str:
        tag = "ol" if block.ordered else "ul"
        start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
        items = "\n".join([_element("li", self._item(item)) for item in block.items])
        return f"<{tag}{start}>\n{items}\n</{tag}>"

    def _item(self, blocks: Sequence[Block]) -> str:
        """The inside of a list item: a lone or first paragraph stands without its element;
        further ones are ``div`` in print, where a tagged list body holds no ``p``."""
        out: list[str] = []
        for i, block in enumerate(blocks):
            if isinstance(block, Paragraph) and (i == 0 or self.dialect.paged):
                inner, attributes = self._inlines(block.content), self._language_attributes(block)
                if i:
                    inner = f'<div class="p"{attributes}>{inner}</div>'
                elif attributes:
                    inner = f"<span{attributes}>{inner}</span>"
                out.append(inner)
            else:
                out.append(self._block(block))
        return "\n".join(out)

    def _figure(self, block: Figure) -> str:
        picture = self.dialect.picture(block.asset) if block.asset else None
        caption = self._inlines(block.caption)
        if picture is None:
            # The image is lost; its words are not.
            if not (block.caption or block.alt):
                return ""
            return f'<p class="lost-figure">{caption or _element("em", self._text(block.alt))}</p>'
        alt = block.alt or plain(block.caption).replace("\n", " ") or "Illustration"
        style = f' style="height: {picture.lines}rlh"' if picture.lines else ""
        if picture.span:
            style = f' style="height: {picture.lines}rlh; width: {picture.span:.2f}pt; object-fit: cover"'
        size = f'width="{picture.width}" height="{picture.height}"'
        shown = _attribute(self.dialect.text(alt))
        image = f'<img src="{_attribute(picture.href)}" alt="{shown}" {size}{style}/>'
        if caption:
            image += f"\n<figcaption>{caption}</figcaption>"
        css_class = ' class="beside"' if caption and picture.is_beside else ""
        return f"<figure{css_class}>\n{image}\n</figure>"

    def _table(self, block: Table) -> str:
        caption = f"<caption>{self._inlines(block.caption)}</caption>\n" if block.caption else ""
        widths = self.dialect.columns(block)
        if widths:
            columns = "".join(f'<col style="width: {width}%"/>' for width in widths)
            caption += f"<colgroup>{columns}</colgroup>\n"
        head = self._rows(block.rows[: block.head], True)
        body = self._rows(block.rows[block.head :], False)
        parts = f"<thead>\n{head}\n</thead>\n" if head else ""
        parts += f"<tbody>\n{body}\n</tbody>" if body else ""
        breadth = self.dialect.breadth(block)
        style = f' style="max-width: {breadth:.1f}rem"' if breadth else ""
        # What may be scrolled must be reached by keys, too (WCAG 2.2, 2.1.1).
        keys = "" if self.dialect.paged else ' tabindex="0"'
        return f'<div class="table"{style}{keys}><table>\n{caption}{parts}\n</table></div>'

    def _rows(self, rows: Sequence[Sequence[Cell]], head: bool) -> str:
        return "\n".join([_element("tr", "".join([self._cell(c, head) for c in row])) for row in rows])

    def _cell(self, cell: Cell, head: bool) -> str:
        content = self._item(cell.blocks)
        # A heading that says nothing heads nothing (WCAG 2.2, 1.3.1).
        heads = (cell.header or head) and (self.dialect.paged or bool(content.strip()))
        tag = "th" if heads else "td"
        attributes = ""
        if heads:
            attributes += f' scope="{"col" if head else "row"}"'
        if cell.colspan > 1:
            attributes += f' colspan="{cell.colspan}"'
        if cell.rowspan > 1:
            attributes += f' rowspan="{cell.rowspan}"'
        if cell.align:
            attributes += f' class="{cell.align}"'
        return f"<{tag}{attributes}>{content}</{tag}>"

    # -- inlines --

    def _inlines(self, content: Iterable[Inline]) -> str:
        return "".join([self._inline(node) for node in content])

    def _inline(self, node: Inline) -> str:
        if isinstance(node, Text):
            return self._text(node.text)
        if isinstance(node, Code):
            return _element("code", self._text(node.text))
        if isinstance(node, Link):
            return self._link(node)
        if isinstance(node, LineBreak):
            return "<br/>"
        if isinstance(node, Note):
            return self._note(node)
        if isinstance(node, Emphasis | Strong | Subscript | Superscript):
            return _element(_TAGS[type(node)], self._inlines(node.content))
        assert_never(node)

    def _link(self, node: Link) -> str:
        if self._in_link:
            return self._inlines(node.content)  # no link holds another; the outer one leads on
        self._in_link = True
        content = self._inlines(node.content)
        self._in_link = False
        marks, self._waiting = self._waiting, []
        href = self.dialect.href(node.href)
        kind = ""
        if self.dialect.inside and href.startswith(self.dialect.inside):
            kind = ' class="inside"'
        elif self.dialect.paged and plain(node.content).startswith(("http://", "https://", "www.")):
            kind = ' class="address"'
        return f'<a{kind} href="{_attribute(href)}">{content}</a>{"".join(marks)}'

    def _note(self, node: Note) -> str:
        if self._in_link:
            # A note's mark may be a link itself: it stands after the link it is met in.
            self._in_link = False
            mark = self._note(node)
            self._in_link = True
            self._waiting.append(mark)
            return ""
        if self._in_note:
            # A note on a note stands in its place: neither form can hold the second.
            return f" ({self._flat(node.blocks)})"
        self._in_note = True
        try:
            if self.dialect.foot:
                return f'<span class="call"><span class="note">{self._flat(node.blocks)}</span></span>'
            level = self._level
            number = len(self.notes) + 1
            id = f"{self.dialect.prefix}{number}"
            self.notes.append((id, Markup("")))
            paged = self.dialect.paged
            note = self._item(node.blocks) if paged else self._blocks(node.blocks)
            self.notes[number - 1] = (id, Markup(note))
            self._level = level
            if paged:
                href = _attribute((self.dialect.inside or "#") + id)
                return f'<sup class="noteref"><a href="{href}">{number}</a></sup>'
            kind = 'epub:type="noteref" role="doc-noteref" class="noteref"'
            return f'<a {kind} id="{id}-ref" href="#{id}">{number}</a>'
        finally:
            self._in_note = False

    def _flat(self, blocks: Sequence[Block]) -> str:
        """Blocks run together in one line of inlines, parted by line breaks."""
        runs: list[str] = []
        for block in blocks:
            if isinstance(block, Paragraph | Heading):
                runs.append(self._inlines(block.content))
            else:
                runs.extend(self._text(text) for text in texts((block,), notes=True))
        return "<br/>".join(runs)

    def _text(self, text: str) -> str:
        return escape(self.dialect.text(text), quote=False)
