"""Laid-out sections kept from run to run, found by all that went into them.

A section is laid out by a pure function of its text, style, fonts, images and the engine's
versions: their hash is its key, so an entry can never be out of date, only unused. Entries
are files in the user's cache folder, written whole and checked when read; the least used
go when the folder grows past its limit. Several runs may share it at once. A folder that
cannot be used costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
from platformdirs import user_cache_path

from exporter.backends import registry
from exporter.backends.pdf.assets import HtmlSection
from exporter.backends.pdf.layout import SUBSETTER, Laid

LIMIT = 512 * 1024 * 1024
"""Bytes that the folder may hold."""

_FORM = b"exporter-sheet-4\n"


def folder() -> Path:
    """Where sections are kept: ``EXPORTER_CACHE``, else the platform's cache folder."""
    named = os.environ.get("EXPORTER_CACHE")
    return (Path(named) if named else user_cache_path("exporter")) / "sheets"


def key(section: HtmlSection) -> str:
    """The hash of all that decides how the section comes out; its name does not."""
    digest = hashlib.sha256(_engine())
    for piece in (section.html, section.css, section.own, str(section.tagged)):
        digest.update(hashlib.sha256(piece.encode()).digest())
    for address in sorted(section.resources):
        resource = section.resources[address]
        digest.update(f"{address}\0{resource.media_type}\0".encode())
        content = resource.content
        digest.update(_file(content) if isinstance(content, Path) else hashlib.sha256(content).digest())
    return digest.hexdigest()


@cache
def _file(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


@cache
def _engine() -> bytes:
    from weasyprint.text.ffi import pango

    versions = [f"{name} {number}" for name, number in registry.versions("pdf").items()]
    return "\n".join([*versions, f"pango {pango.pango_version()}", f"subsetter {SUBSETTER}"]).encode()


def get(key: str) -> Laid | None:
    """The section laid out before, or None; an entry that is damaged is thrown away."""
    path = _path(key)
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head = len(_FORM) + 32
    if data[: len(_FORM)] == _FORM and data[len(_FORM) : head] == hashlib.sha256(data[head:]).digest():
        with contextlib.suppress(msgspec.DecodeError):
            laid = msgspec.msgpack.decode(data[head:], type=Laid)
            with contextlib.suppress(OSError):
                os.utime(path)
            return laid
    with contextlib.suppress(OSError):
        path.unlink()
    return None


def is_usable() -> bool:
    """Whether the folder can be written to."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder()):
            return True
    except OSError:
        return False


def put(key: str, laid: Laid) -> None:
    """Keep a section. A full disk is no error: then it is laid out again the next time."""
    path = _path(key)
    data = msgspec.msgpack.encode(laid)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_FORM + hashlib.sha256(data).digest() + data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _path(key: str) -> Path:
    return folder() / key[:2] / key


def _entries() -> Iterator[tuple[float, int, Path]]:
    """Each file: when it was last used, its bytes, its path."""
    for path in folder().glob("*/*"):
        with contextlib.suppress(OSError):
            status = path.stat()
            yield status.st_mtime, status.st_size, path


def size() -> tuple[int, int]:
    """How many entries there are, and their bytes."""
    sizes = [size for _, size, _ in _entries()]
    return len(sizes), sum(sizes)


def trim(limit: int = LIMIT) -> None:
    """Throw the least used entries away until the rest fits well into ``limit`` bytes."""
    entries = sorted(_entries())
    total = sum(size for _, size, _ in entries)
    if total <= limit:
        return
    for _, size, path in entries:
        with contextlib.suppress(OSError):
            path.unlink()
        total -= size
        if total <= limit * 4 // 5:
            break


def clear() -> int:
    """Throw everything away; how many entries there were."""
    entries = list(_entries())
    for _, _, path in entries:
        with contextlib.suppress(OSError):
            path.unlink()
    return len(entries)
