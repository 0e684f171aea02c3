"""Runs of inlines as Markdown, or as the HTML elements that every Markdown program knows.

Emphasis is written with asterisks or an underscore where they are sure to be taken for it
by CommonMark's rules on what stands beside them (section 6.2), else as ``<em>``: within
East Asian words, beside punctuation, in emphasis itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import NamedTuple, assert_never

from exporter.backends.markdown._escape import element, first_in_element, inline, line
from exporter.model.article import (
    Code,
    Emphasis,
    Inline,
    LineBreak,
    Link,
    Note,
    Strong,
    Subscript,
    Superscript,
    Text,
)
from exporter.model.build import clean, safe_link
from exporter.model.visit import each_inline

_BREAK = "\\\n"
_TAGS = {Emphasis: "em", Strong: "strong", Subscript: "sub", Superscript: "sup"}
_ODD_SPACE = re.compile(r"[^\S \xa0\u3000]")


class _Mark(NamedTuple):
    """Where emphasis begins or ends, not yet written."""

    tag: str
    opens: bool


_Piece = str | _Mark
_NoteLabel = Callable[[Note], str]


def lines(content: Sequence[Inline], note: _NoteLabel) -> list[str]:
    """The run as the lines of a paragraph; ``note`` gives the label of a note met on the way."""
    parts = _markdown(content, note, forced=_BREAK).split(_BREAK)
    return [*(line(part) + "\\" for part in parts[:-1]), line(parts[-1])]


def one_line(content: Sequence[Inline], note: _NoteLabel, *, cell: bool = False) -> str:
    """The run in one line, as a heading, a term or, where ``cell``, a table's cell wants it."""
    return line(_markdown(content, note, forced="<br>", cell=cell))


def elements(content: Iterable[Inline]) -> str | None:
    """The run as HTML alone, for where no Markdown is read; None where it cannot be: notes
    are Markdown, and white space at the ends or that breaks a line would be the markup's."""
    text = _elements(content)
    return first_in_element(text) if text is not None and text == text.strip() else None


def _elements(content: Iterable[Inline]) -> str | None:
    out: list[str] = []
    for node in content:
        if isinstance(node, LineBreak):
            out.append("<br>")
        elif isinstance(node, Text | Code):
            if _ODD_SPACE.search(node.text):
                return None
            text = element(node.text)
            out.append(f"<code>{text}</code>" if isinstance(node, Code) else text)
        elif isinstance(node, Note) or (inner := _elements(node.content)) is None:
            return None
        elif isinstance(node, Link):
            href = safe_link(node.href)
            out.append(f'<a href="{escape(href)}">{inner}</a>' if href else inner)
        elif isinstance(node, Emphasis | Strong | Subscript | Superscript):
            out.append(f"<{_TAGS[type(node)]}>{inner}</{_TAGS[type(node)]}>")
        else:
            assert_never(node)
    return "".join(out)


# -- Markdown ----------------------------------------------------------------------------


def _markdown(content: Sequence[Inline], note: _NoteLabel, *, forced: str, cell: bool = False) -> str:
    run = _Run(note, forced, cell)
    run.add(content, ())
    return _resolved(run.pieces)


def longest_run(sign: str, text: str) -> int:
    """How often ``sign`` comes in a row, at most."""
    return max(map(len, re.findall(f"{re.escape(sign)}+", text)), default=0)


class _Run:
    """Gathers the pieces of a run in order."""

    def __init__(self, note: _NoteLabel, forced: str, cell: bool) -> None:
        self.pieces: list[_Piece] = []
        self._note, self._forced, self._cell = note, forced, cell

    def add(self, content: Iterable[Inline], within: tuple[type[Inline], ...]) -> None:
        text = ""
        before: type[Inline] | None = None
        for node in content:
            if isinstance(node, Text):
                text += node.text
                continue
            if text:
                self._text(text, followed=True)
                before, text = Text, ""
            self._add(node, within, before)
            before = type(node)
        if text:
            self._text(text, followed=bool(within))

    def _text(self, text: str, *, followed: bool) -> None:
        # A note's mark with a colon or parenthesis after it would be something else.
        self.pieces.append(
            ("\\" if self._after_note() and text[0] in ":(" else "") + inline(text, followed=followed)
        )

    def _after_note(self) -> bool:
        last = self.pieces[-1] if self.pieces else ""
        return isinstance(last, str) and last.startswith("[^")

    def _add(self, node: Inline, within: tuple[type[Inline], ...], before: type[Inline] | None) -> None:
        if isinstance(node, LineBreak):
            self.pieces.append(self._forced)
        elif isinstance(node, Code):
            self.pieces.append(self._code(node.text, before))
        elif isinstance(node, Note):
            self._bracket(f"[^{self._note(node)}]")
        elif isinstance(node, Link):
            self._link(node, within)
        elif isinstance(node, Emphasis | Strong | Subscript | Superscript):
            kind, tag = type(node), _TAGS[type(node)]
            # Of one kind within or right beside each other, marks would run together.
            marked = isinstance(node, Emphasis | Strong) and kind not in within and before is not kind
            self.pieces.append(_Mark(tag, True) if marked else f"<{tag}>")
            self.add(node.content, (*within, kind))
            self.pieces.append(_Mark(tag, False) if marked else f"</{tag}>")
        elif not isinstance(node, Text):  # texts are written with what is around them
            assert_never(node)

    def _code(self, text: str, before: type[Inline] | None) -> str:
        if before is Code:
            return f"<code>{inline(text)}</code>"
        if self._cell:
            text = text.replace("|", "\\|")
        text = clean(text)
        fence = "`" * (longest_run("`", text) + 1)
        if text.strip(" ") and (text[0] == text[-1] == " " or "`" in (text[0], text[-1])):
            text = f" {text} "
        return fence + text + fence

    def _link(self, node: Link, within: tuple[type[Inline], ...]) -> None:
        href = safe_link(node.href)
        inside = (*within, Link)
        if href is None:
            self.add(node.content, within)
        elif node.content == (Text(href),):
            self.pieces.append(f"<{href}>")
        elif (
            Link in within
            or any(isinstance(i, Link | Note) for i in each_inline(node.content))
            or self._after_note()
        ):
            self.pieces.append(f'<a href="{escape(href)}">')
            self.add(node.content, inside)
            self.pieces.append("</a>")
        else:
            self._bracket("[")
            self.add(node.content, inside)
            target = re.sub(r"&(?=#|\w+;)", r"\\&", href)
            self.pieces.append(f"](<{target}>)" if re.search("[()]", href) else f"]({target})")

    def _bracket(self, piece: str) -> None:
        """A piece that after an exclamation mark would be an image."""
        if self.pieces and isinstance(last := self.pieces[-1], str) and last.endswith("!"):
            self.pieces[-1] = f"{last[:-1]}\\!"
        self.pieces.append(piece)


def _resolved(pieces: Sequence[_Piece]) -> str:
    """The pieces joined, each pair of marks written as asterisks, underscores or elements."""
    written = [piece if isinstance(piece, str) else "" for piece in pieces]
    open_: list[int] = []
    for at, piece in enumerate(pieces):
        if isinstance(piece, _Mark) and piece.opens:
            open_.append(at)
        elif isinstance(piece, _Mark):
            start = open_.pop()
            sign = _sign(piece.tag, pieces, start, at)
            written[start], written[at] = (sign, sign) if sign else (f"<{piece.tag}>", f"</{piece.tag}>")
    return "".join(written)


def _sign(tag: str, pieces: Sequence[_Piece], start: int, end: int) -> str:
    """What to write for the pair at ``start`` and ``end``; nothing where an element is needed."""
    before, first = _last(pieces, start - 1), _first(pieces, start + 1)
    last, after = _last(pieces, end - 1), _first(pieces, end + 1)
    if _is_blank(first) or _is_blank(last):
        return ""
    if (_may_be_sign(first) and not _parts(before)) or (_may_be_sign(last) and not _parts(after)):
        return ""
    if tag == "strong":
        return "**"
    neighbours = [pieces[at] for at in (start - 1, start + 1, end - 1, end + 1) if 0 <= at < len(pieces)]
    if not any(isinstance(piece, _Mark) for piece in neighbours):
        return "*"
    return "_" if _parts(before) and _parts(after) else ""


def _first(pieces: Sequence[_Piece], at: int) -> str:
    piece = pieces[at] if at < len(pieces) else " "
    return piece[0] if isinstance(piece, str) else "*"


def _last(pieces: Sequence[_Piece], at: int) -> str:
    piece = pieces[at] if at >= 0 else " "
    return piece[-1] if isinstance(piece, str) else "*"


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in "ZC"


def _may_be_sign(character: str) -> bool:
    """Whether some version of CommonMark counts it as punctuation; the newer take symbols, too."""
    return unicodedata.category(character)[0] in "PS"


def _parts(character: str) -> bool:
    """Whether every version takes it for what may stand beside a mark: space, punctuation."""
    ascii_sign = character.isascii() and not character.isalnum()
    return ascii_sign or character.isspace() or unicodedata.category(character)[0] == "P"
