"""Lines of a given width in terminal cells.

Words stand whole and part at spaces, so do Korean ones; Chinese and Japanese part between
characters, but no line begins with a closing mark or ends with an opening one (the
simplest rule of JIS X 4051). Addresses are never broken; other words only where they are
wider than the line, between two characters as the reader sees them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import wcwidth

# Characters that text may part before or after without a space: ideographs, kana, their
# punctuation and full-width forms; Hangul is not among them.
_IDEOGRAPHIC = (
    "\u2e80-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
)
_OPENING = "(\\[{‘“«‹〈《「『【〔〖〘〝（［｛｟￥＄#＃"
_CLOSING = (
    ")\\]},.;:!?%’”»›‼⁇⁈⁉…‥·、。〃々〉》」』】〕〗〙〜〟〻・ー゛゜ゝゞヽヾ"
    "，．：；！？）］｝～｠％‰′″℃°ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰ-ㇿ"
    # and what belongs to the character before it
    "\u0300-\u036f\u200d\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
_OPPORTUNITY = re.compile(
    f"(?:(?<=[{_IDEOGRAPHIC}])|(?=[{_IDEOGRAPHIC}]))(?<![{_OPENING}\u200d])(?<!^)(?![{_CLOSING}])(?!$)"
)
_ADDRESS = re.compile(r"\W*(?:[a-z][a-z0-9+.-]*://|mailto:|www\.)\S", re.I)


def cells(text: str) -> int:
    """How many cells wide a terminal shows the text."""
    return len(text) if text.isascii() else wcwidth.width(text, control_codes="ignore")


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """The text in lines of at most ``width`` cells, white space collapsed, the first line
    begun with ``first`` and the others with ``rest``. No line where there is no text."""
    lines: list[str] = []
    line, used, empty = first, cells(first), True
    for piece, spaced in _pieces(text):
        size = cells(piece)
        gap = 1 if spaced and not empty else 0
        if not empty and used + gap + size > width:
            lines.append(line.rstrip())
            line, used, empty, gap = rest, cells(rest), True, 0
        if empty and used + size > width and not _ADDRESS.match(piece):
            *full, piece = chop(piece, max(width - used, 2))
            for part in full:
                lines.append((line + part).rstrip())
                line, used = rest, cells(rest)
            size = cells(piece)
        line += " " * gap + piece
        used += gap + size
        empty = False
    if not empty:
        lines.append(line.rstrip())
    return lines


def chop(text: str, width: int) -> list[str]:
    """The text cut into pieces of at most ``width`` cells, never within a character as seen."""
    if text.isascii():
        return [text[i : i + width] for i in range(0, len(text), width)] or [""]
    pieces: list[list[str]] = [[]]
    used = 0
    for grapheme in wcwidth.iter_graphemes(text):
        size = cells(grapheme)
        if used + size > width and pieces[-1]:
            pieces.append([])
            used = 0
        pieces[-1].append(grapheme)
        used += size
    return ["".join(piece) for piece in pieces]


def longest(text: str, most: int) -> int:
    """The width of the widest piece that stands whole, at most ``most``."""
    return min(max((cells(piece) for piece, _ in _pieces(text)), default=0), most)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """What a line may not be broken within, and whether a space stands before it."""
    for word in text.split():
        if word.isascii() or _ADDRESS.match(word):
            yield word, True
        else:
            first, *others = _OPPORTUNITY.split(word)
            yield first, True
            for piece in others:
                yield piece, False


# -- Text that mail programs wrap to their own width: format=flowed (RFC 3676).


_QUOTED = re.compile(r"(?:> ?)*")
_STUFFED = re.compile(r"[ >]|From ")
_SOFT = " "


def lines(fixed: Iterable[str], width: int) -> list[str]:
    """The lines of a digest whose paragraphs stand in one line each, broken softly."""
    return [broken for line in fixed for broken in _broken(line, width)]


def _broken(line: str, width: int) -> Iterator[str]:
    mark = _QUOTED.match(line)
    quoted = mark[0] if mark else ""
    depth, text = ">" * quoted.count(">"), line[len(quoted) :].rstrip()
    if cells(line) <= width:
        yield _stuffed(depth, text)
        return
    indent = text[: len(text) - len(text.lstrip())]
    room = width - len(depth) - 3  # the stuffing, a space of the text, the one that is not
    pieces = wrap(text, room, indent)
    at = len(indent)
    for number, piece in enumerate(pieces, 1):
        at += len(piece) - (len(indent) if number == 1 else 0)
        if number == len(pieces):
            yield _stuffed(depth, piece)
        elif text[at : at + 1] == " ":
            at += 1
            yield _stuffed(depth, piece) + " " + _SOFT
        else:
            yield _stuffed(depth, piece) + _SOFT


def _stuffed(depth: str, text: str) -> str:
    return depth + (" " if depth or _STUFFED.match(text) else "") + text
