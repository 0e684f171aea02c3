"""Unpacks gzip (RFC 1952), skipping damaged members."""

from __future__ import annotations

import tempfile
import zlib
from typing import BinaryIO, cast

from exporter.errors import temporary_files
from exporter.sources.archives import Package

MAGIC = b"\x1f\x8b\x08"
_BLOCK = 1 << 16
_OUT = 1 << 20


def head(data: bytes, most: int = 600) -> bytes:
    """The first ``most`` bytes that ``data``, the beginning of a gzip file, unpacks to; empty if invalid."""
    if not data.startswith(MAGIC):
        return b""
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, most)
    except zlib.error:
        return b""


def unpacked(package: Package) -> BinaryIO:
    """All members of the package's file, unpacked one after the other into a temporary file. Damaged
    ones are skipped and reported. Raises `Unreadable` above the budget."""
    # The package closes this file: it outlives this function.
    with temporary_files():
        kept = package.files.enter_context(cast(BinaryIO, tempfile.TemporaryFile()))  # noqa: SIM115
    file, start = package.file, 0
    while (begin := _find(file, start)) is not None:
        if begin > start and start:
            package.report.add("archive-broken", package.name, f"no gzip member begins at byte {start:,}")
        start = _member(file, begin, kept, package)
    with temporary_files():
        kept.seek(0)  # flushes the buffer
    return kept


def _member(file: BinaryIO, begin: int, kept: BinaryIO, package: Package) -> int:
    """Unpack the member at ``begin``; returns the position from which to search for the next."""
    decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
    file.seek(begin)
    data = b""
    try:
        while not decoder.eof:
            if not data and not (data := file.read(_BLOCK)):
                package.report.add("archive-broken", package.name, "it is cut short")
                return file.tell()
            out = decoder.decompress(data, _OUT)
            package.budget.take(len(out))
            with temporary_files():
                kept.write(out)
            data = decoder.unconsumed_tail
    except zlib.error as error:
        package.report.add("archive-broken", package.name, f"a gzip member at byte {begin:,}: {error}")
        return begin + 1
    return file.tell() - len(decoder.unused_data)


def _find(file: BinaryIO, start: int) -> int | None:
    """The position of gzip's magic bytes at or after ``start``; None if there are none."""
    file.seek(start)
    before = b""
    while block := file.read(_BLOCK):
        data = before + block
        if (at := data.find(MAGIC)) >= 0:
            return file.tell() - len(data) + at
        before = data[-len(MAGIC) + 1 :]
    return None
