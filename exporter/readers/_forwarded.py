"""Forwarded mail: where the message begins that somebody passed on, and what its headers say.

Mail programs write the headers as lines of the text: below a marker (Gmail, Apple Mail, Thunderbird),
or alone (Outlook). The latter do so in replies as well, so there the subject has to say that it is forwarded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from email.utils import parseaddr
from typing import NamedTuple

from exporter import build, walk
from exporter.model import Block, Heading, Inline, LineBreak, Paragraph, Quote, Table

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
_MOST = 100
"""Times a message may have been forwarded; more are read as its text."""


class Message(NamedTuple):
    """The innermost message: its headers by their English names in lower case, its blocks, and what
    those who passed it on wrote above it; no headers where nothing was forwarded."""

    headers: dict[str, str]
    blocks: tuple[Block, ...]
    above: tuple[Block, ...] = ()


def read(blocks: Sequence[Block], subject: str) -> Message:
    """The message that was forwarded in the text of one with this subject."""
    found = Message({}, tuple(blocks))
    for _ in range(_MOST):
        inner = _inner(found.blocks, has_prefix(found.headers.get("subject", subject)))
        if inner is None:
            break
        found = Message(inner.headers, inner.blocks, (*found.above, *inner.above))
    return found


def has_prefix(subject: str) -> bool:
    return without_prefixes(subject) != subject


def without_prefixes(subject: str) -> str:
    """A subject without what mail programs put before it when they forward: ``Fwd: ``, ``WG: ``."""
    if subject.casefold().startswith("[fwd:") and subject.endswith("]"):
        subject = subject[1:-1]
    prefix, colon, rest = subject.partition(":")
    while colon and prefix.strip().casefold() in _PREFIXES and rest.strip():
        subject = rest.strip()
        prefix, colon, rest = subject.partition(":")
    return subject


def sender(value: str) -> str | None:
    """The name of a sender as such lines have it, else the domain of the address."""
    for mark in ("[mailto:", "<mailto:"):
        value = value.replace(mark, "<")
    name, address = parseaddr(value.replace("]", ">"))
    name = build.one_line(name).strip("\"' ")
    return (name if "@" not in name else "") or address.rpartition("@")[2] or name or None


def addresses(values: Iterable[str]) -> frozenset[str]:
    """The mail addresses in headers, in lower case."""
    table = str.maketrans('<>()[]",;:', " " * 10)
    words = (word for value in values for word in value[:10_000].translate(table).casefold().split())
    return frozenset(word for word in words if "@" in word.strip("@"))


def apart(text: str, subject: str) -> str:
    """Plain text in which the lines of headers are paragraphs of their own, and a message that is
    forwarded as a quotation is none."""
    lines, start = text.split("\n"), 0
    is_forwarded = has_prefix(subject)
    for _ in range(_MOST):
        found = _headers([line.lstrip("> ") for line in lines[start:]], is_forwarded)
        if found is None:
            break
        first, end, headers = start + found[0], start + found[1], found[2]
        is_forwarded = has_prefix(headers.get("subject", ""))
        for number in range(first + 1, len(lines)):
            if lines[number].strip() and not lines[number].startswith(">"):
                break
            lines[number] = lines[number].removeprefix(">").removeprefix(" ")
        lines[first:end] = [part for line in lines[first:end] for part in ("", line)] + [""]
        start = first + 2 * (end - first) + 1
    return "\n".join(lines)


# -- Where the headers are -------------------------------------------------------------


def _inner(blocks: tuple[Block, ...], is_forwarded: bool) -> Message | None:
    """The message below the first headers among the blocks."""
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    for index, block in enumerate(blocks):
        for number, line in enumerate(_lines(block)):
            lines.append(line)
            places.append((index, number))
    if found := _headers(lines, is_forwarded):
        first, end, headers = found
        start, last = places[first], places[end - 1]
        above = (*blocks[: start[0]], *_part(blocks[start[0]], 0, start[1]))
        below = (*_part(blocks[last[0]], last[1] + 1, None), *blocks[last[0] + 1 :])
        only = below[0] if len(below) == 1 else None
        return Message(headers, only.blocks if isinstance(only, Quote) else below, above)
    for index, block in enumerate(blocks):
        if isinstance(block, Quote) and (inner := _inner(block.blocks, is_forwarded or _ends(lines))):
            above = (*blocks[:index], *inner.above)
            return Message(inner.headers, (*inner.blocks, *blocks[index + 1 :]), _without_marker(above))
    return None


def _ends(lines: Sequence[str]) -> bool:
    """Whether a line is a marker, whose headers are in a quotation below it."""
    return any(_marker(line) in _MARKERS for line in lines)


def _without_marker(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if not _ends(_lines(block)))


def _lines(block: Block) -> list[str]:
    if isinstance(block, Paragraph | Heading):
        return walk.plain(block.content).split("\n")
    if isinstance(block, Table):
        return [" ".join(walk.texts(b for cell in row for b in cell.blocks)) for row in block.rows]
    return [""] if isinstance(block, Quote) else ["…"]


def _part(block: Block, start: int, end: int | None) -> tuple[Block, ...]:
    """Some of the lines of a block."""
    if isinstance(block, Table):
        return (Table(block.rows[start:end]),) if block.rows[start:end] else ()
    if not isinstance(block, Paragraph | Heading):
        return ()
    lines: list[list[Inline]] = [[]]
    for node in block.content:
        if isinstance(node, LineBreak):
            lines.append([])
        else:
            lines[-1].append(node)
    if len(lines) != len(_lines(block)):  # a line breaks within a link or the like
        return build.paragraph("\n".join(_lines(block)[start:end]).split("\n"))
    kept = [piece for line in lines[start:end] for piece in (*line, LineBreak())]
    return build.paragraph(kept[:-1])


def _headers(lines: Sequence[str], is_forwarded: bool) -> tuple[int, int, dict[str, str]] | None:
    """The first headers in the lines: the number of their first line, of the one after the last, and
    what they say."""
    for start, line in enumerate(lines):
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
