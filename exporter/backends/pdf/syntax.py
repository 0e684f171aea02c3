"""PDF's own notation, as bytes (ISO 32000-1, 7.3): what the pipeline writes itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_SPECIAL = re.compile(rb"[\\()]")


def refer(number: int) -> bytes:
    """A reference to an object."""
    return b"%d 0 R" % number


def array(things: Iterable[bytes]) -> bytes:
    return b"[" + b" ".join(things) + b"]"


def dictionary(entries: Mapping[str, bytes]) -> bytes:
    """A dictionary, by its keys without their slashes."""
    return b"<<" + b"".join(b"/%s %s" % (key.encode(), value) for key, value in entries.items()) + b">>"


def name(text: str) -> bytes:
    """A name, with what may not stand in one as its code."""
    plain = re.sub(rb"[^!-~]|[#%()/<>\[\]{}]", lambda match: b"#%02x" % match[0][0], text.encode())
    return b"/" + plain


def number(value: float) -> bytes:
    """A number of at most three decimals: a thousandth of a point is finer than any printer."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return b"0" if text == "-0" else text.encode()


def encoded(text: str) -> bytes:
    """A text string's bytes: ASCII where that is PDF's own encoding, too, else UTF-16 (7.9.2.2)."""
    return text.encode() if _is_plain(text) else b"\xfe\xff" + text.encode("utf-16-be")


def string(text: str) -> bytes:
    data = encoded(text)
    return b"(" + _SPECIAL.sub(rb"\\\g<0>", data) + b")" if _is_plain(text) else b"<%s>" % data.hex().encode()


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
