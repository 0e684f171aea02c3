"""Archives that are a packed folder: which of its files to read, and files that pages refer to."""

from __future__ import annotations

import io
import posixpath
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import IO, BinaryIO, NamedTuple, cast

from exporter.errors import is_momentary, temporary_files
from exporter.model import images
from exporter.readers.source import MAX_BYTES, Source
from exporter.sources import files
from exporter.sources.archives import HEAD, Budget, Member, Package, Unreadable

_CHUNK = 1 << 20


class File(NamedTuple):
    """A file of the tree: its declared size in bytes, and a function that opens it or raises
    `Unreadable`."""

    size: int
    open: Callable[[], BinaryIO]

    def read(self, most: int) -> bytes:
        """Its bytes, at most ``most`` + 1."""
        with self.open() as file:
            return file.read(most + 1)


def is_inside(name: str) -> bool:
    """Whether a member's name is a path inside the archive."""
    parts = name.replace("\\", "/").split("/")
    return bool(name) and ".." not in parts and parts[0] != "" and ":" not in parts[0] and "\0" not in name


def members(tree: Mapping[str, File], package: Package) -> Iterator[Member]:
    """The members to read, as in a folder with the same files; ``tree`` maps paths to files."""
    for path in files.readable(tree):
        file = tree[path]
        yield Member(
            package.member(path),
            file.size,
            partial(_source, tree, path, package.member(path)),
            partial(_head, file),
            partial(_unpacked, file),
        )


def _head(file: File) -> bytes:
    with file.open() as opened:
        return opened.read(HEAD)


def _source(tree: Mapping[str, File], path: str, name: str) -> Source:
    data = tree[path].read(MAX_BYTES)
    # The caller reports one that is too large, as for a file.
    return Source(data, name, partial(sibling, tree, posixpath.dirname(path)))


def sibling(tree: Mapping[str, File], folder: str, reference: str) -> bytes | None:
    """The bytes of the file that a page in ``folder`` refers to by an address relative to itself or to its
    site's root, or None."""
    path = next((path for path in files.sibling_paths(folder, reference) if path in tree), None)
    try:
        return None if path is None else tree[path].read(images.MAX_BYTES)
    except Unreadable:
        return None


def _unpacked(file: File, budget: Budget) -> BinaryIO:
    """A member that is an archive itself, unpacked to a temporary file."""
    # The caller closes this file: it outlives this function.
    with temporary_files():
        kept = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
    try:
        with file.open() as stream:
            while chunk := stream.read(_CHUNK):
                budget.take(len(chunk))
                with temporary_files():
                    kept.write(chunk)
        with temporary_files():
            kept.seek(0)  # flushes the buffer
    except BaseException:
        kept.close()
        raise
    return kept


def guarded(stream: IO[bytes], broken: tuple[type[Exception], ...]) -> BinaryIO:
    """``stream`` with its exceptions for damaged bytes (``broken``) turned into `Unreadable`."""
    return cast(BinaryIO, _Guarded(stream, broken))


class _Guarded(io.RawIOBase):
    def __init__(self, stream: IO[bytes], broken: tuple[type[Exception], ...]) -> None:
        self._stream = stream
        self._broken = broken

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except self._broken as error:
            if is_momentary(error):
                raise
            raise Unreadable("archive-broken", str(error)) from None

    def close(self) -> None:
        self._stream.close()
        super().close()
