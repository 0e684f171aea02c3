"""Text that mail programs wrap to their own width: format=flowed (RFC 3676).

A paragraph's lines end with a space, but for the last; lines of any other kind do not, and
stand as they are. What a mail program would take for a quotation, an envelope or a soft line
is stuffed with a space (4.4). With DelSp=yes the last space of a soft line is no space of the
text (4.1), so that Chinese and Japanese flow, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from exporter.backends.text._wrap import cells, wrap

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
