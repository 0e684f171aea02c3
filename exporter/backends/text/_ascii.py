"""An edition in ASCII: every script transliterated, typographic marks folded."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec
from anyascii import anyascii

from exporter.editions.compile import Edition

_MARKS = str.maketrans(
    {
        "\N{EM DASH}": "--",
        "\N{EN DASH}": "-",
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{MIDDLE DOT}": "-",
        "\N{BULLET}": "*",
        "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
        "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
    }
)
"""Marks that mean something else in mail than what the library makes of them."""
_ADDRESSES = frozenset(["href", "link", "via"])
_NAMES = frozenset(
    ["type", "anchor", "identifier", "published", "captured", "modified", "date", "id", "sha256"]
)
"""Fields that are no words, and ASCII."""
_VISIBLE = "".join(map(chr, range(33, 127)))


def text(words: str) -> str:
    """The words in ASCII, as near to how they are spoken as a table can tell."""
    return words if words.isascii() else anyascii(words.translate(_MARKS))


def edition(whole: Edition) -> Edition:
    """The edition with all of its words in ASCII, without its images. Its own words are
    English, so that dates need no transliteration."""
    parts = [
        msgspec.structs.replace(
            part,
            entries=tuple(
                msgspec.structs.replace(entry, article=msgspec.structs.replace(entry.article, assets=()))
                for entry in part.entries
            ),
        )
        for part in whole.parts
    ]
    plain = msgspec.to_builtins(msgspec.structs.replace(whole, parts=tuple(parts)))
    return msgspec.convert({**_folded(plain, ""), "language": "en"}, Edition)


def _folded(value: Any, name: str) -> Any:
    if isinstance(value, str):
        if name in _NAMES:
            return value
        return address(value) if name in _ADDRESSES else text(value)
    if isinstance(value, dict):
        return {key: _folded(inner, key) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_folded(inner, name) for inner in value]
    return value


def address(href: str) -> str:
    """The address in ASCII, leading to the same place (RFC 3987, 3.1)."""
    if href.isascii():
        return href
    parts = urlsplit(href)
    try:
        host = parts.netloc.encode("idna").decode()
    except UnicodeError:
        host = quote(parts.netloc, safe=_VISIBLE)
    rest = (quote(part, safe=_VISIBLE) for part in parts[2:])
    return urlunsplit((parts.scheme, host, *rest))
