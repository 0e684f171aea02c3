"""TAR archives of saved pages, plain or with gzip (POSIX.1-2001: pax and ustar; GNU tar)."""

from __future__ import annotations

import posixpath
import tarfile
import zlib
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from exporter.errors import is_momentary
from exporter.sources.archives import Member, Package, Unreadable, _gunzip, _tree
from exporter.sources.archives._tree import File

_BLOCK = 512
"""Minimum number of zero bytes that end an archive."""
_BROKEN = (tarfile.TarError, OSError, EOFError, ValueError, zlib.error)


def sniff(head: bytes, name: str) -> float:
    if head.startswith(_gunzip.MAGIC):
        if name.endswith((".tar.gz", ".tgz")):
            return 0.8
        head = _gunzip.head(head)
    return 0.8 if head[257:262] == b"ustar" else 0.0


def members(package: Package) -> Iterator[Member]:
    yield from _tree.members(_files(package), package)


def _files(package: Package) -> dict[str, File]:
    by_name: dict[str, File] = {}
    try:
        file = package.file
        if file.read(3) == _gunzip.MAGIC:
            # Unpack once: seeking to a member would start at the beginning each time.
            file = _gunzip.unpacked(package)
        whole = file.seek(0, 2)
        file.seek(0)
        archive = tarfile.TarFile(fileobj=file)
        for info in archive:
            if not info.isreg():
                continue
            if not _tree.is_inside(info.name):
                package.report.add("archive-path-unsafe", package.name, info.name[:200])
                continue
            size = min(info.size, max(whole - info.offset_data, 0))
            package.budget.take(size)
            package.budget.count()
            by_name[posixpath.normpath(info.name)] = File(size, partial(_open, archive, info))
        file.seek(archive.offset)
        if file.read(_BLOCK) != bytes(_BLOCK):
            package.report.add("archive-broken", package.name, "it is cut short")
    except Unreadable as problem:
        package.report.add(problem.id, package.name, problem.detail)
    except _BROKEN as error:
        if is_momentary(error):
            raise
        package.report.add("archive-broken", package.name, str(error))
    return by_name


def _open(archive: tarfile.TarFile, info: tarfile.TarInfo) -> BinaryIO:
    file = archive.extractfile(info)
    if file is None:
        raise Unreadable("archive-broken")
    return _tree.guarded(file, _BROKEN)
