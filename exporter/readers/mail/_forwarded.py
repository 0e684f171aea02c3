"""Forwarded mail: where the forwarded message begins, and what its headers say.

Mail programs write the headers as lines of the text: below a marker (Gmail, Apple Mail, Thunderbird), or
alone (Outlook). Replies contain the latter as well, so in this case the subject must say that the message is
forwarded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from email.utils import parseaddr
from itertools import groupby
from typing import NamedTuple, assert_never

from exporter.model import build, visit
from exporter.model.article import (
    Block,
    CodeBlock,
    DefinitionList,
    Figure,
    Heading,
    Inline,
    LineBreak,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Table,
    Text,
)

_MARKERS = frozenset(
    [
        *("forwarded message", "begin forwarded message", "forwarded mail", "weitergeleitete nachricht"),
        *(
            "anfang der weitergeleiteten nachricht",
            "anfang der weitergeleiteten e-mail",
            "doorgestuurd bericht",
        ),
        *(
            "message transféré",
            "début du message transféré",
            "début du message réexpédié",
            "message transmis",
        ),
        *("mensaje reenviado", "inicio del mensaje reenviado", "messaggio inoltrato", "messaggio inviato"),
        *("inizio messaggio inoltrato", "begin doorgestuurd bericht", "mensagem encaminhada"),
        *("início da mensagem reencaminhada", "vidarebefordrat meddelande", "videresendt melding"),
        *("videresendt meddelelse", "przekazana wiadomość", "wiadomość przekazana", "пересылаемое сообщение"),
    ]
)
_OF_QUOTES = frozenset(
    [
        *("original message", "ursprüngliche nachricht", "originalnachricht", "message d'origine"),
        *("message d’origine", "mensaje original", "messaggio originale", "oorspronkelijk bericht"),
    ]
)
_LABELS = {
    "from": "from von de da van från fra od от expéditeur mittente remitente afzender",
    "date": "date sent datum gesendet envoyé enviado inviato data fecha verzonden skickat sendt дата",
    "subject": "subject betreff objet sujet asunto oggetto onderwerp ämne emne assunto temat тема",
    "to": "to an à para a aan till til do кому pour destinataire",
    "cc": "cc kopie copie copia kopia копия",
    "reply-to": "reply-to antwort répondre",
}
_NAMES = {label: name for name, labels in _LABELS.items() for label in labels.split()}
_AROUND = " \t\xa0*_>"
_PREFIXES = frozenset(("fwd", "fw", "wg", "tr", "rv", "i", "doorst", "vb", "vs", "enc", "pd", "vl"))
_MOST = 64
"""Levels of forwarding that are resolved; more are read as text."""


class Message(NamedTuple):
    """The innermost message: its headers by English name in lower case, its blocks, and the text above it by
    those who forwarded it. There are no headers if nothing was forwarded."""

    headers: dict[str, str]
    blocks: tuple[Block, ...]
    above: tuple[Block, ...] = ()


class _Piece(NamedTuple):
    """A line: the index of its block, the number of lines of that block, its text, and a block of this line
    alone."""

    place: int
    lines: int
    text: str
    block: Block


def read(blocks: Sequence[Block], subject: str) -> Message:
    """The message that was forwarded in ``blocks``, the text of a message with this subject."""
    message = Message({}, tuple(blocks))
    for _ in range(_MOST):
        inner = _inner(message.blocks, message.headers.get("subject", subject))
        if inner is None:
            break
        message = Message(inner.headers, inner.blocks, (*message.above, *inner.above))
    return message


def has_prefix(subject: str) -> bool:
    return without_prefixes(subject) != subject


def without_prefixes(subject: str) -> str:
    """A subject without the prefixes of forwarded mail: ``Fwd: ``, ``WG: ``."""
    if subject.casefold().startswith("[fwd:") and subject.endswith("]"):
        subject = subject[1:-1]
    prefix, colon, rest = subject.partition(":")
    while colon and prefix.strip().casefold() in _PREFIXES and rest.strip():
        subject = rest.strip()
        prefix, colon, rest = subject.partition(":")
    return subject


def sender(value: str) -> str | None:
    """The name of a sender in a header line, else the domain of the address."""
    for mark in ("[mailto:", "<mailto:"):
        value = value.replace(mark, "<")
    name, address = parseaddr(value.replace("]", ">"))
    name = build.one_line(name).strip("\"' ")
    return (name if "@" not in name else "") or address.rpartition("@")[2] or name or None


def addresses(values: Iterable[str]) -> frozenset[str]:
    """The e-mail addresses in headers, in lower case."""
    table = str.maketrans('<>()[]",;:', " " * 10)
    words = (word for value in values for word in value[:10_000].translate(table).casefold().split())
    return frozenset(word for word in words if "@" in word.strip("@"))


def apart(text: str, subject: str) -> str:
    """Plain text with header lines as separate paragraphs, and a forwarded quotation unquoted."""
    lines, start = text.split("\n"), 0
    is_forwarded = has_prefix(subject)
    for _ in range(_MOST):
        headers_ = _headers(lines, is_forwarded, start)
        if headers_ is None:
            break
        first, end, headers = headers_
        is_forwarded = has_prefix(headers.get("subject", subject))
        for number in range(first + 1, len(lines)):
            if lines[number].strip() and not lines[number].startswith(">"):
                break
            lines[number] = lines[number].removeprefix(">").removeprefix(" ")
        lines[first:end] = [part for line in lines[first:end] for part in ("", line)] + [""]
        start = first + 2 * (end - first) + 1
    return "\n".join(lines)


# -- Where the headers are -------------------------------------------------------------


def _inner(blocks: tuple[Block, ...], subject: str, *, is_marked: bool = False) -> Message | None:
    """The message below the last of a series of headers among the blocks, else in the first quotation with
    headers.

    ``is_marked`` says that a marker is above them.
    """
    pieces = [piece for index, block in enumerate(blocks) for piece in _pieces(index, block)]
    lines = [piece.text for piece in pieces]
    above, headers, start = list[Block](), dict[str, str](), 0
    is_forwarded = is_marked or has_prefix(subject)
    while headers_ := _headers(lines, is_forwarded, start):
        above += _joined(blocks, pieces[start : headers_[0]])
        _, start, headers = headers_
        is_forwarded = has_prefix(headers.get("subject", subject))
    if headers:
        below = _joined(blocks, pieces[start:])
        only = below[0] if len(below) == 1 else None
        return Message(headers, only.blocks if isinstance(only, Quote) else below, tuple(above))
    is_marked |= any(_marker(line) in _MARKERS for line in lines)
    for index, block in enumerate(blocks):
        if isinstance(block, Quote) and (inner := _inner(block.blocks, subject, is_marked=is_marked)):
            outer = [piece for piece in pieces if piece.place < index and _marker(piece.text) not in _MARKERS]
            rest = (*inner.blocks, *blocks[index + 1 :])
            return Message(inner.headers, rest, (*_joined(blocks, outer), *inner.above))
    return None


def _pieces(index: int, block: Block) -> Iterator[_Piece]:
    """The lines of a paragraph or heading, the rows of a table; other blocks are one line."""
    match block:
        case Table():
            for row in block.rows:
                text = " ".join(visit.texts(b for cell in row for b in cell.blocks))
                yield _Piece(index, len(block.rows), text, Table((row,)))
        case Paragraph() | Heading():
            texts = visit.plain(block.content).split("\n")
            runs: list[list[Inline]] = [[]]
            for node in block.content:
                if isinstance(node, LineBreak):
                    runs.append([])
                else:
                    runs[-1].append(node)
            is_even = len(runs) == len(texts)  # otherwise a line break is within a link or another mark
            for number, text in enumerate(texts):
                line = Paragraph(tuple(runs[number]) if is_even else (Text(text),))
                yield _Piece(index, len(texts), text, line)
        case Quote():
            yield _Piece(index, 1, "", block)
        case ListBlock() | CodeBlock() | Figure() | Rule() | DefinitionList():
            yield _Piece(index, 1, "…", block)
        case _:
            assert_never(block)


def _joined(blocks: Sequence[Block], pieces: Sequence[_Piece]) -> tuple[Block, ...]:
    """The blocks that the lines come from; if a block is incomplete, only its lines."""
    joined: list[Block] = []
    for index, group in groupby(pieces, key=lambda piece: piece.place):
        parts = list(group)
        lines = [piece.block for piece in parts]
        if len(lines) == parts[0].lines:
            joined.append(blocks[index])
        elif isinstance(blocks[index], Table):
            joined.append(Table(tuple(row for line in lines if isinstance(line, Table) for row in line.rows)))
        else:
            runs = [line.content for line in lines if isinstance(line, Paragraph)]
            joined += build.paragraph([node for run in runs for node in (*run, LineBreak())][:-1])
    return tuple(joined)


def _headers(
    lines: Sequence[str], is_forwarded: bool, begin: int = 0
) -> tuple[int, int, dict[str, str]] | None:
    """The first headers from line ``begin`` on: the number of their first line, that of the line after the
    last, and their values by name."""
    for start in range(begin, len(lines)):
        line = lines[start]
        marker = _marker(line)
        if marker in _MARKERS or (is_forwarded and (marker in _OF_QUOTES or _label(line)[0] == "from")):
            end, headers = _read(lines, start if _label(line)[0] else start + 1)
            if "from" in headers and len(headers) > 1:
                return start, end, headers
    return None


def _read(lines: Sequence[str], start: int) -> tuple[int, dict[str, str]]:
    headers: dict[str, str] = {}
    end, last = start, ""
    for number in range(start, len(lines)):
        line = lines[number].strip(_AROUND)
        if not line:
            continue
        name, value = _label(line)
        if name and name not in headers:
            headers[name], last = value, name
        elif last and not headers[last]:
            headers[last] = line
        elif last not in ("to", "cc") or "@" not in line:
            break
        end = number + 1
    return end, headers


def _label(line: str) -> tuple[str, str]:
    label, colon, value = line.strip(_AROUND).partition(":")
    name = _NAMES.get(label.strip(" \xa0*").casefold(), "") if colon else ""
    return name, value.strip(" \t\xa0*")


def _marker(line: str) -> str:
    return " ".join(line.split()).strip("-–—_ >*:").casefold()
