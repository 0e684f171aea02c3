"""What a server sent, unpacked within bounds: HTTP's content codings (RFC 9110, 8.4)."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from email.message import Message

from exporter.sources.archives import Unreadable


def unpacked(data: bytes, coding: str, most: int) -> bytes:
    """``data`` as it was before its content coding; as it is where that is none or not true.

    Of what is cut short, what there is. Raises `Unreadable` for more than ``most`` bytes and
    for a coding that is not known here.
    """
    for name in reversed([part.strip().lower() for part in coding.split(",")]):
        if name in ("", "identity"):
            continue
        if name not in _CODINGS:
            raise Unreadable("archive-broken", f"the content coding {name} is not known")
        try:
            data = _CODINGS[name](data, most + 1)
        except zlib.error:
            continue  # servers claim a coding that they have not used
        if len(data) > most:
            raise Unreadable("file-too-large", f"it unpacks to over {most >> 20} MB")
    return data


def _gzip(data: bytes, most: int) -> bytes:
    return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, most)


def _deflate(data: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error:  # many servers send it bare
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, most)


def _brotli(data: bytes, most: int) -> bytes:
    try:
        import brotli  # comes with WeasyPrint, but not on every system
    except ImportError:
        raise Unreadable("archive-broken", "its content coding is Brotli, which is not installed") from None
    out = bytearray()
    decoder = brotli.Decompressor()
    try:
        out += decoder.process(data, output_buffer_limit=most)
        while len(out) < most and not decoder.can_accept_more_data():
            out += decoder.process(b"", output_buffer_limit=most - len(out))
    except brotli.error as error:
        raise zlib.error(str(error)) from None
    return bytes(out[:most])


_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
}


def media_type(header: str) -> tuple[str, str | None]:
    """The type in lower case and the charset of a Content-Type header."""
    message = Message()
    message["Content-Type"] = header
    try:
        return message.get_content_type() if header else "", message.get_content_charset()
    except (ValueError, LookupError):
        return header.partition(";")[0].strip().lower(), None
