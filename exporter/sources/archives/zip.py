"""ZIP archives of saved pages (PKWARE's APPNOTE), and WACZ, which contain WARC files."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from exporter.errors import is_momentary
from exporter.sources.archives import Member, Package, Unreadable, _tree
from exporter.sources.archives._tree import File

_ENCRYPTED = 0x1
_DENSEST = 1032
"""Maximum ratio of unpacked to packed size with deflate."""
# Web Archive Collection Zipped 1.1.1, sections 5 and 6.
_PACKAGE, _CRAWL = "datapackage.json", re.compile(r"archive/[^/]+\.warc(?:\.gz)?\Z")
# Files in Office Open XML, OpenDocument, Java and Android packages, which are ZIP archives, too.
_OTHERS = frozenset(
    ("[Content_Types].xml", "META-INF/manifest.xml", "META-INF/MANIFEST.MF", "AndroidManifest.xml")
)
# Exceptions of zipfile: NotImplementedError for a compression method, RuntimeError for a missing password.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def sniff(head: bytes, _name: str) -> float:
    return 0.8 if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) else 0.0


def members(package: Package) -> Iterator[Member]:
    files = tree(package)
    if not _OTHERS.isdisjoint(files):
        raise Unreadable("file-not-text", "a document or program packed as ZIP")
    if _PACKAGE in files and (crawls := {p: f for p, f in files.items() if _CRAWL.match(p)}):
        files = crawls  # the others only describe them
    yield from _tree.members(files, package)


def tree(package: Package) -> dict[str, File]:
    """The files of the archive by path. Names that lead out of it are left out and reported."""
    try:
        archive = zipfile.ZipFile(package.file)
    except _BROKEN as error:
        if is_momentary(error):
            raise
        raise Unreadable("archive-broken", str(error)) from None
    by_name: dict[str, File] = {}
    whole = package.file.seek(0, 2)
    for info in archive.infolist():
        if info.is_dir():
            continue
        if not _tree.is_inside(info.filename):
            package.report.add("archive-path-unsafe", package.name, info.filename[:200])
            continue
        # zipfile never unpacks more than the header says, and deflate at most _DENSEST times the packed
        # size: so it is safe to count headers.
        size = min(info.file_size, min(info.compress_size, whole) * _DENSEST)
        try:
            package.budget.count()
        except Unreadable as problem:
            package.report.add(problem.id, package.name, problem.detail)
            break
        try:
            package.budget.take(size)
        except Unreadable as problem:  # only this member: others may fit
            package.report.add(problem.id, package.member(info.filename), problem.detail)
            continue
        path = posixpath.normpath(info.filename.replace("\\", "/"))
        by_name[path] = File(size, partial(_open, archive, info))
    return by_name


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    if info.flag_bits & _ENCRYPTED:
        raise Unreadable("archive-encrypted")
    try:
        return _tree.guarded(archive.open(info), _BROKEN)
    except _BROKEN as error:
        if is_momentary(error):
            raise
        raise Unreadable("archive-broken", str(error)) from None
