"""Web archives (WARC, ISO 28500:2017), by warcio: each HTML response is a page, with the images that
the archive has for its addresses.

The first pass reads the headers and keeps the positions of records; the second reads one page at a
time. So an archive may be larger than memory. After a damaged record, or one of another length than
declared, the next one is found by its first bytes.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from datetime import datetime
from email.message import Message
from functools import partial
from typing import Any, BinaryIO, NamedTuple, cast

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed

from exporter.errors import is_momentary
from exporter.model import dates, images
from exporter.model.article import When
from exporter.readers.source import MAX_BYTES, Hints, Source
from exporter.sources.archives import Budget, Member, Package, Unreadable, _gunzip

_BEGIN = re.compile(rb"\nWARC/[01]\.\d+\r?\n")
_PAGES = ("text/html", "application/xhtml+xml")
_LINE = 1 << 20
_BLOCK = 1 << 20
_BROKEN = (ArchiveLoadFailed, OSError, EOFError, ValueError, AttributeError, TypeError, AssertionError)
"""Exceptions of warcio for invalid records; the last three for missing headers."""


class _Uneven(Exception):
    """A packed archive whose records are not packed one by one, or not complete."""


class _Place(NamedTuple):
    """The position of a record in the file, and data from its headers. ``kind`` is ``page``, ``picture``,
    ``revisit``, or empty for other content."""

    offset: int
    kind: str
    address: str
    media_type: str
    charset: str | None
    date: When | None
    length: int
    digest: str


def sniff(head: bytes, _name: str) -> float:
    return 0.9 if head.startswith(b"WARC/") or _gunzip.head(head).startswith(b"WARC/") else 0.0


def members(package: Package) -> Iterator[Member]:
    try:
        places = list(_places(package, packed=package.file.read(3) == _gunzip.MAGIC))
    except _Uneven:
        package = package._replace(file=_gunzip.unpacked(package))
        places = list(_places(package, packed=False))
    pages = [place for place in places if place.kind == "page"]
    pictures = {_key(place.address): place for place in reversed(places) if place.kind == "picture"}
    known = {place.digest or place.address for place in pages}
    for place in places:
        if place.kind == "revisit" and (place.digest or place.address) not in known:
            package.report.add("archive-revisit", package.name, place.address[:200])
    for place in pages:
        name = package.member(place.address)
        yield Member(name, place.length, partial(_source, package.file, place, pictures, name))


# -- Reading one record ------------------------------------------------------------------


def _source(file: BinaryIO, place: _Place, pictures: dict[str, _Place], name: str) -> Source:
    hints = Hints(
        link=place.address, captured=place.date, media_type=place.media_type, encoding=place.charset
    )
    return Source(
        _content(file, place, MAX_BYTES), name, embedded=partial(_embedded, file, pictures), hints=hints
    )


def _embedded(file: BinaryIO, pictures: dict[str, _Place], address: str) -> bytes | None:
    place = pictures.get(_key(address))
    try:
        return _content(file, place, images.MAX_BYTES) if place else None
    except Unreadable:
        return None


def _key(address: str) -> str:
    """An address as a key of images: without fragment, and the same for http and https."""
    return re.sub(r"\Ahttps?:", "", address.partition("#")[0])


def _content(file: BinaryIO, place: _Place, most: int) -> bytes:
    if place.length > most:
        raise Unreadable("file-too-large", f"{place.length >> 20} MB")
    file.seek(place.offset)
    try:
        with redirect_stderr(io.StringIO()):  # warcio prints warnings there
            record = next(_iterator(file, Budget(most)))
            stream, coding = record.raw_stream, ""
            if headers := record.http_headers:
                coding = headers.get_header("Content-Encoding") or ""
                if (headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
                    stream = ChunkedDataReader(stream)
            data = cast(bytes, stream.read(place.length))
    except (*_BROKEN, StopIteration) as error:
        if is_momentary(error):
            raise
        raise Unreadable("archive-broken", str(error)) from None
    return unpacked(data, coding, most)


# -- Finding the records -----------------------------------------------------------------


class _Reader(DecompressingBufferedReader):  # type: ignore[misc]  # warcio ships no types
    """Counts unpacked bytes, and limits the length of lines."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        super().__init__(file)
        self._budget = budget

    def read(self, length: int | None = None) -> bytes:
        data = cast(bytes, super().read(length))
        self._budget.take(len(data))
        return data

    def readline(self, length: int | None = None) -> bytes:
        line = cast(bytes, super().readline(_LINE if length is None else length))
        self._budget.take(len(line))
        return line


def _iterator(file: BinaryIO, budget: Budget) -> Any:
    iterator = ArchiveIterator(file)
    iterator.reader = _Reader(file, budget)
    return iterator


def _places(package: Package, *, packed: bool) -> Iterator[_Place]:
    """The places of all records that can be found. Raises `_Uneven`."""
    size = package.file.seek(0, 2)
    offset: int | None = 0
    while offset is not None:
        package.file.seek(offset)
        iterator = _iterator(package.file, package.budget)
        where, problem = package.name, ""
        odd: _Place | None = None
        missing = 0
        try:
            with redirect_stderr(io.StringIO()) as complaints:
                for record in iterator:
                    offset = iterator.offset
                    place = _place(record, offset)
                    iterator.read_to_end()
                    missing = getattr(record.raw_stream, "limit", 0)
                    uneven = iterator.err_count or missing
                    if uneven and packed:
                        raise _Uneven
                    if uneven:
                        problem = "its record has another length than told"
                        where = package.member(place.address) if place.address else package.name
                        odd = place
                        break
                    if place.kind:
                        package.budget.count()
                        yield place
                else:
                    if iterator.offset < size or complaints.getvalue():
                        problem = "it is cut short"
        except _BROKEN as error:
            if is_momentary(error):
                raise
            problem = " ".join(str(error).split())[:200] or type(error).__name__
        if not problem:
            return
        if packed:
            raise _Uneven
        package.report.add("archive-broken", where, problem)
        offset = _next(package.file, offset + 1)
        if odd and odd.kind:
            # Its declared length is more than there is, or includes the records that follow.
            others = size - offset if missing and offset is not None else 0
            package.budget.count()
            yield odd._replace(length=max(odd.length - missing - others, 0))


def _place(record: Any, offset: int) -> _Place:
    header = record.rec_headers.get_header
    headers = record.http_headers or record.rec_headers
    kind_of_media, charset = media_type(headers.get_header("Content-Type") or "")
    is_picture = kind_of_media.startswith("image/")
    kind = "page" if kind_of_media in _PAGES else "picture" if is_picture else ""
    if record.rec_type == "revisit":
        kind = "" if is_picture else "revisit"
    elif not _is_content(record):
        kind = ""
    return _Place(
        offset,
        kind,
        header("WARC-Target-URI") or "",
        kind_of_media,
        charset,
        _date(header("WARC-Date") or ""),
        record.length or 0,
        header("WARC-Payload-Digest") or "",
    )


def _is_content(record: Any) -> bool:
    """Whether a record has the content of its address: not a redirection, an error or a request."""
    if record.rec_type == "resource":
        return True
    headers = record.http_headers
    return record.rec_type == "response" and headers is not None and headers.get_statuscode() == "200"


def _date(text: str) -> When | None:
    try:
        return dates.when(datetime.fromisoformat(text).replace(microsecond=0))
    except ValueError:
        return None


def _next(file: BinaryIO, start: int) -> int | None:
    """The position of the next record at or after ``start``, by its first bytes; None if there is none."""
    file.seek(start)
    before = b""
    while block := file.read(_BLOCK):
        data = before + block
        if match := _BEGIN.search(data):
            return file.tell() - len(data) + match.start() + 1
        before = data[-32:]
    return None


# -- HTTP's content codings (RFC 9110, 8.4), decoded within limits -----------------------


def unpacked(data: bytes, coding: str, most: int) -> bytes:
    """``data`` decoded by its content coding; unchanged if there is none or it is not true.

    Incomplete data is decoded as far as it goes. Raises `Unreadable` for more than ``most`` bytes and
    for an unknown coding.
    """
    for name in reversed([part.strip().lower() for part in coding.split(",")]):
        if name in ("", "identity"):
            continue
        if name not in _CODINGS:
            raise Unreadable("archive-broken", f"the content coding {name} is not known")
        try:
            data = _CODINGS[name](data, most + 1)
        except zlib.error:
            continue  # servers may declare a coding that they did not use
        if len(data) > most:
            raise Unreadable("file-too-large", f"it unpacks to over {most >> 20} MB")
    return data


def _gzip(data: bytes, most: int) -> bytes:
    return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, most)


def _deflate(data: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error:  # many servers send it without the zlib header
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
