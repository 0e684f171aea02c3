"""Pages saved in one file by Chrome, Edge, Opera or Internet Explorer (MHTML, RFC 2557).

The first HTML part is the page; the others are frames and images, referred to by
Content-ID or Content-Location.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import unquote, urljoin

from exporter.model import dates
from exporter.model.article import When
from exporter.readers.source import MAX_BYTES, Hints, Source
from exporter.sources.archives import Member, Package, Unreadable

_PAGES = ("text/html", "application/xhtml+xml")
_SUFFIXES = (".mhtml", ".mht")
_HEADER = re.compile(rb"\A(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+", re.M)
_RELATED = re.compile(rb"^content-type:\s*multipart/related", re.I | re.M)
_SAVED = re.compile(rb"^(?:snapshot-content-location|content-location):|^from:\s*<?saved by", re.I | re.M)


def sniff(head: bytes, name: str) -> float:
    header = _HEADER.match(head.replace(b"\r\n", b"\n").lstrip(b"\n"))
    if not header or not _RELATED.search(header[0]):
        return 0.0
    return 0.9 if name.endswith(_SUFFIXES) or _SAVED.search(header[0]) else 0.0


def members(package: Package) -> Iterator[Member]:
    size = package.file.seek(0, 2)
    yield Member(package.name, size, partial(_source, package, size))


def _source(package: Package, size: int) -> Source:
    if size > MAX_BYTES:
        raise Unreadable("file-too-large", f"{size >> 20} MB")
    package.file.seek(0)
    try:
        whole = email.message_from_bytes(package.file.read().lstrip(b"\r\n"))
        parts = [part for part in whole.walk() if not part.is_multipart()]
    except RecursionError:
        raise Unreadable("archive-broken", "its parts are nested too deep") from None
    page = next((part for part in parts if part.get_content_type() in _PAGES), None)
    data = _bytes(page) if page is not None else b""
    if page is None or not data.strip():
        raise Unreadable("archive-empty", "it has no part in HTML")
    link = _header(page, "Content-Location") or _header(whole, "Snapshot-Content-Location")
    link = link or _header(whole, "Content-Location")
    parts_by_address = dict(_names(parts, link))
    hints = Hints(
        link=link,
        captured=_date(_header(whole, "Date")),
        media_type=page.get_content_type(),
        encoding=page.get_content_charset(),
    )
    return Source(data, package.name, embedded=partial(_embedded, parts_by_address), hints=hints)


def _names(parts: list[Message], link: str) -> Iterator[tuple[str, Message]]:
    """Each part under every address by which a page may refer to it."""
    for part in reversed(parts):  # the first of two with the same name wins
        if identifier := _header(part, "Content-ID").strip("<> "):
            yield f"cid:{identifier}", part
        if location := _header(part, "Content-Location"):
            yield location, part
            with suppress(ValueError):  # an address may be invalid
                yield urljoin(link, location), part


def _embedded(parts: dict[str, Message], address: str) -> bytes | None:
    for name in (address, unquote(address), address.partition("#")[0]):
        if name in parts:
            return _bytes(parts[name])
    return None


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _header(part: Message, name: str) -> str:
    return "".join(str(part.get(name, "")).split("\n")).strip()


def _date(text: str) -> When | None:
    """The Date header (RFC 5322, 3.3): when the page was saved."""
    try:
        return dates.when(parsedate_to_datetime(text)) if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
