"""Inline tokens of Markdown, and inline elements of HTML among them → inlines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html.parser import HTMLParser

import msgspec
from markdown_it.token import Token

from exporter.model import build
from exporter.model.article import (
    Block,
    Code,
    Emphasis,
    Inline,
    LineBreak,
    Paragraph,
    Strong,
    Subscript,
    Superscript,
    Text,
)
from exporter.model.visit import plain

_MARKS: dict[str, type[Emphasis] | type[Strong] | type[Subscript] | type[Superscript]] = {
    **dict.fromkeys(("em", "i"), Emphasis),
    **dict.fromkeys(("strong", "b"), Strong),
    "sub": Subscript,
    "sup": Superscript,
}
MARKS = frozenset((*_MARKS, "code", "a"))
"""Elements within a paragraph."""

_MAX_MARKS = 16
"""Levels of marks; deeper ones are ignored, and their content is kept."""

Attributes = dict[str, str]


class Markup(msgspec.Struct, frozen=True):
    """A start tag, an end tag or, where ``tag`` is empty, characters."""

    tag: str
    opens: bool = False
    attributes: Attributes = {}
    text: str = ""


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.markups: list[Markup] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.markups.append(Markup(tag, True, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        self.markups.append(Markup(tag))

    def handle_data(self, data: str) -> None:
        self.markups.append(Markup("", text=data))


def markup(html: str) -> list[Markup]:
    """The tags and characters of a piece of HTML, complete or not."""
    parser = _Tags()
    parser.feed(html)
    parser.close()
    return parser.markups


class InlineBuilder:
    """Collects the inlines of a paragraph; ``blocks`` are its images, which follow it."""

    def __init__(
        self, note: Callable[[str], tuple[Inline, ...]], image: Callable[[Token], tuple[Block, ...]]
    ) -> None:
        self.blocks: list[Block] = []
        self._note, self._image = note, image
        self._open: list[tuple[str, Attributes, list[Inline]]] = [("", {}, [])]

    def add(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            if token.type in ("text", "softbreak"):
                self.text(token.content if token.type == "text" else " ")
            elif token.type == "hardbreak":
                self._last.append(LineBreak())
            elif token.type == "code_inline":
                self._last.append(Code(build.clean(token.content)))
            elif token.type == "footnote_ref":
                self._last.extend(self._note(str(token.meta["label"])))
            elif token.type == "image":
                self.blocks += self._image(token)
            elif token.type == "html_inline":
                for piece in markup(token.content):
                    self.markup(piece)
            elif token.nesting:
                self.markup(Markup(token.tag, token.nesting > 0, {k: str(v) for k, v in token.attrs.items()}))

    def text(self, text: str) -> None:
        if text := build.clean(text):
            self._last.append(Text(text))

    def markup(self, piece: Markup) -> None:
        """Add a tag or characters. Tags without a meaning among inlines are ignored."""
        if not piece.tag:
            self.text(piece.text)
        elif piece.tag == "br":
            self._last.extend([LineBreak()] if piece.opens else [])
        elif piece.tag in MARKS and piece.opens and len(self._open) < _MAX_MARKS:
            self._open.append((piece.tag, piece.attributes, []))
        elif any(tag == piece.tag for tag, _, _ in self._open) and not piece.opens:
            while self._close() != piece.tag:
                pass

    def done(self) -> tuple[Inline, ...]:
        """Return the inlines, with adjacent text joined and open marks closed, and start again with none."""
        while len(self._open) > 1:
            self._close()
        _, _, content = self._open.pop()
        self._open.append(("", {}, []))
        return tuple(_joined(content))

    @property
    def _last(self) -> list[Inline]:
        return self._open[-1][2]

    def _close(self) -> str:
        tag, attributes, content = self._open.pop()
        inner = tuple(_joined(content))
        if not inner:
            pass
        elif tag == "code":
            self._last.append(Code(plain(inner)))
        elif tag == "a":
            self._last.extend(build.link(attributes.get("href", ""), inner))
        else:
            self._last.append(_MARKS[tag](inner))
        return tag


def _joined(content: Sequence[Inline]) -> Iterable[Inline]:
    """Adjacent text joined; white space is unchanged."""
    text = ""
    for node in content:
        if isinstance(node, Text):
            text += node.text
            continue
        if text:
            yield Text(text)
            text = ""
        yield node
    if text:
        yield Text(text)


def paragraph(content: tuple[Inline, ...]) -> tuple[Block, ...]:
    """A paragraph. If it contains only text, or only bold text, it keeps its white space, as copied text has
    it."""
    inner = content
    while len(inner) == 1 and isinstance(mark := inner[0], Strong):
        inner = mark.content
    if len(inner) == 1 and isinstance(only := inner[0], Text):
        return (Paragraph(content),) if only.text.strip() else ()
    return build.paragraph(content)
