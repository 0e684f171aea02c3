"""Finds the files to read: in folders, in a stable order, and next to the pages that refer to them."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO, NamedTuple

import msgspec

from exporter.diagnostics import Report
from exporter.errors import InputError, is_momentary
from exporter.model import images
from exporter.sources import remote
from exporter.sources.remote import Stamp
from exporter.sources.storage import open_regular, sha256

_SIDE_FILES = frozenset(
    f".{ending}"
    for ending in (
        *("png", "jpg", "jpeg", "jfif", "gif", "webp", "avif", "bmp", "tif", "tiff", "svg", "ico"),
        *("css", "js", "mjs", "map", "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "webm", "ogg"),
    )
)
"""Suffixes of files that belong to pages and are not articles: skipped in folders without a diagnostic."""

_UNFINISHED = frozenset((".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp"))

RECORDS = ".exporter"
"""The folder with records of the outputs next to it."""
_RECORD_MOST = 16 * 1024**2
"""Maximum size of a record in bytes: it may be written by another program."""
_SETTINGS = "exporter.toml"
_LIBRARY, _LIBRARY_IMAGE = "library.sqlite", re.compile(r"[0-9a-f]{64}")
"""The contents of a library's folder: its database, and images named by their hash."""

STDIN = Path("-")
HEAD = 64 * 1024
"""Bytes at the beginning of a file by which its form is recognised."""
Recogniser = Callable[[str, bytes, Callable[[], BinaryIO]], bool]
"""Whether a file is exporter's own output: from its name, its head, and a function that opens it."""


def nothing_is_own(name: str, head: bytes, content: Callable[[], BinaryIO]) -> bool:  # noqa: ARG001
    """The `Recogniser` that recognises nothing."""
    return False


class SourceFile(NamedTuple):
    """A file to read: its path, its name for the user, and the folder that limits what it may refer to;
    for a remote file (`exporter.sources.remote`) also a stamp that shows whether it changed.

    ``is_named``: the user named this file itself. ``is_stream``: it has an end but no size (standard
    input, a pipe). ``is_recorded``: a record next to it lists it as output. ``with_own``: exporter's own
    output is read, too. ``error`` is the number of the error that prevented fetching it. ``recognise``
    recognises exporter's own output."""

    path: Path
    name: str
    root: Path
    stamp: Stamp | None = None
    is_named: bool = False
    is_stream: bool = False
    is_recorded: bool = False
    with_own: bool = False
    error: int | None = None
    recognise: Recogniser = nothing_is_own


def find(
    paths: Iterable[Path],
    report: Report,
    *,
    own: bool = False,
    recognise: Recogniser = nothing_is_own,
) -> list[SourceFile]:
    """The files at ``paths`` and in the folders among them, each once, in a stable order.

    Skips hidden files, settings, a library's own files, files that belong to pages (images, styles,
    scripts) and the folders that browsers save with a page (``NAME_files``). In folders only regular
    files are found: others, and links that lead out of the folder, are in ``report``. Paths themselves
    may be pipes or devices; ``-`` is standard input, named ``stdin``. With ``own``, exporter's own output
    is read, too. Raises `InputError` for a path that does not exist.
    """
    _real_folder.cache_clear()  # links may have changed
    by_path: dict[str, SourceFile] = {}
    for path in paths:
        for file in _find(path, report):
            key = display_path(file.path) if path == STDIN or file.stamp else real(file.path)
            if key not in by_path:
                by_path[key] = file._replace(with_own=own, recognise=recognise)
            elif file.is_named:
                by_path[key] = by_path[key]._replace(is_named=True)
    return list(by_path.values())


def _find(path: Path, report: Report) -> Iterable[SourceFile]:
    if path == STDIN:
        return [SourceFile(path, "stdin", path, is_named=True, is_stream=True)]
    if remote.is_remote(path):
        return _find_remote(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return list(_visit(path, "", path, report))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"there is no such file or folder: {path}", "Check the path's spelling.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"cannot open {path}: {reason}", "Check its rights.") from None
    if stat.S_ISSOCK(mode):
        raise InputError(f"cannot open {path}: it is a socket", "Name a file, a folder or a pipe.")
    name = _legible(path.name)
    if not stat.S_ISREG(mode):
        return [SourceFile(path, name, path.parent, is_named=True, is_stream=True)]
    if path.is_symlink():
        there = Path(os.path.realpath(path))
        if not there.is_file():  # an open file that was deleted
            return [SourceFile(path, name, path.parent, is_named=True, is_stream=True)]
        path = there
    return [SourceFile(path, name, path.parent, is_named=True)]


def display_path(path: Path) -> str:
    """The path as text, or the address without its password."""
    return remote.address(path) if remote.is_remote(path) else str(path)


def real(path: Path) -> str:
    """The path without links; for many files in a folder faster than `os.path.realpath`."""
    if path.is_symlink() or path.name in ("", ".."):
        return os.path.realpath(path)
    return os.path.join(_real_folder(os.path.dirname(os.path.abspath(path))), path.name)  # noqa: PTH118, PTH120, PTH100


@lru_cache(maxsize=64)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def _legible(name: str) -> str:
    """A file's name as valid Unicode, even if its bytes are not."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "replace")


def _find_remote(path: Path) -> Iterator[SourceFile]:
    stamps, is_folder = remote.listing(path)
    root = path if is_folder else path.parent
    for name in readable(stamps) if is_folder else stamps:
        yield SourceFile(root / name, name, root, stamps[name], is_named=not is_folder)


def _visit(folder: Path, within: str, root: Path, report: Report) -> Iterator[SourceFile]:
    """The files to read in a folder, with their names relative to the root; and the folders in it that
    cannot be opened: reading them fails with a diagnostic, like a file."""
    with os.scandir(folder) as entries:
        inside = sorted(entries, key=lambda entry: (entry.name.casefold(), entry.name))
    names = {entry.name for entry in inside}
    recorded = _recorded(folder) if RECORDS in names else {}
    for entry in inside:
        if _is_hidden(entry.name) or entry.name == _SETTINGS:
            continue
        if _LIBRARY in names and entry.name.startswith(_LIBRARY):
            continue
        path, name = folder / entry.name, _legible(within + entry.name)
        if entry.is_symlink():
            yield from _through_link(path, name, root, report)
        elif _holds(entry.is_dir):
            page = entry.name.removesuffix("_files")
            if page != entry.name and {f"{page}.html", f"{page}.htm", f"{page}.xhtml"} & names:
                continue
            try:
                yield from _visit(path, f"{within}{entry.name}/", root, report)
            except PermissionError:
                yield SourceFile(path, name, root)
        elif not _holds(entry.is_file):
            report.add("file-not-regular", name)
        elif path.suffix.lower() not in _SIDE_FILES and not _is_library_image(path):
            yield SourceFile(path, name, root, is_recorded=_is_recorded(path, recorded.get(entry.name)))


def _through_link(path: Path, name: str, root: Path, report: Report) -> Iterator[SourceFile]:
    """The file that a link leads to, if it is inside the root, too. Links to folders are not followed:
    their files are found at their real place."""
    there = Path(os.path.realpath(path))
    if not there.is_relative_to(os.path.realpath(root)):
        report.add("link-leads-out", name)
        return
    try:
        mode = path.stat().st_mode
    except OSError as error:  # a broken link, or one to itself
        report.add("file-unreadable", name, error.strerror or str(error))
        return
    if stat.S_ISREG(mode):
        if path.suffix.lower() not in _SIDE_FILES:
            yield SourceFile(there, name, root)
    elif not stat.S_ISDIR(mode):
        report.add("file-not-regular", name)


class _Output(msgspec.Struct, frozen=True):
    """An output in a record."""

    name: str
    sha256: str
    bytes: int


class _Format(msgspec.Struct, frozen=True):
    files: tuple[_Output, ...]


class _Record(msgspec.Struct, frozen=True):
    formats: dict[str, _Format]


def _recorded(folder: Path) -> Mapping[str, _Output]:
    """The outputs that the records of a folder list, by name."""
    outputs: dict[str, _Output] = {}
    for path in folder.glob(f"{RECORDS}/*.json"):
        with suppress(OSError, msgspec.DecodeError), open_regular(path) as file:
            record = msgspec.json.decode(file.read(_RECORD_MOST), type=_Record)
            outputs |= {output.name: output for format in record.formats.values() for output in format.files}
    return outputs


def _is_recorded(path: Path, output: _Output | None) -> bool:
    """Whether the file is still that output, by size and hash."""
    with suppress(OSError):
        return output is not None and path.stat().st_size == output.bytes and sha256(path) == output.sha256
    return False


def _is_library_image(path: Path) -> bool:
    """Whether a file is ``images/0f/0f…`` of a library."""
    if not _LIBRARY_IMAGE.fullmatch(path.name) or path.parent.parent.name != "images":
        return False
    return path.name.startswith(path.parent.name) and (path.parents[2] / _LIBRARY).is_file()


def _holds(is_so: Callable[[], bool]) -> bool:
    """The answer of ``is_so``; False where the system cannot give one, as for a link to itself."""
    try:
        return is_so()
    except OSError:
        return False


def _is_hidden(name: str) -> bool:
    """Whether a file or folder is hidden, or metadata that macOS adds to archives."""
    return name.startswith(".") or name == "__MACOSX"


def is_passing(path: PurePath) -> bool:
    """Whether a file in a folder is temporary: hidden, or incomplete by the names that editors and
    browsers use."""
    return any(map(_is_hidden, path.parts)) or path.name.endswith("~") or path.suffix.lower() in _UNFINISHED


def is_own_output(source: SourceFile, head: bytes) -> bool:
    """Whether a file is exporter's own output and is to be skipped. ``head`` is the result of `head`.
    Raises `OSError`."""
    if source.with_own or source.is_named:
        return False
    return source.is_recorded or source.recognise(source.path.name, head, partial(open_regular, source.path))


def is_output(path: Path, recognise: Recogniser) -> bool:
    """Whether a file is exporter's own output. Raises `OSError`."""
    if recognise(path.name, head(path), partial(open_regular, path)):
        return True
    return _is_recorded(path, _recorded(path.parent).get(path.name))


def head(path: Path) -> bytes:
    """The first `HEAD` bytes of a file. Raises `OSError`."""
    with open_regular(path) as file:
        return file.read(HEAD)


def is_of_library(path: Path, library: Path) -> bool:
    """Whether a path is the database or the images of the library in that folder."""
    if path.parent == library:
        return path.name.startswith(_LIBRARY) or path.name == "images"
    return path.is_relative_to(library / "images")


def readable(names: Iterable[str]) -> list[str]:
    """The paths (with slashes) in a tree of files that `find` would return for the same folder, in its
    order."""
    names = set(names)
    pages = {name.rpartition(".")[0] for name in names if name.endswith((".html", ".htm", ".xhtml"))}

    def is_read(name: str) -> bool:
        path = PurePosixPath(name)
        folders = [str(folder) for folder in path.parents]
        return (
            not any(map(_is_hidden, path.parts))
            and not any(f.endswith("_files") and f.removesuffix("_files") in pages for f in folders)
            and path.suffix.lower() not in _SIDE_FILES
        )

    return sorted(filter(is_read, names), key=lambda name: [(p.casefold(), p) for p in name.split("/")])


_SERVED = ("", "static", "public")
"""Folders whose files a server has at its root, by the conventions of site generators (Hugo, Eleventy)."""


def sibling_paths(folder: str, reference: str) -> Iterator[str]:
    """The possible paths, relative to the root and with slashes, of a file that a page in ``folder``
    refers to by a path relative to itself or to the root of its site.

    The root of the site is unknown: the page's folder and those above it are tried, the nearest first. No
    path leads out of the root.
    """
    if "\0" in reference or reference.startswith("//") or ":" in reference.split("/")[0]:
        return
    if not reference.startswith("/"):
        candidates = [posixpath.join(folder, reference)]
    else:
        parts = [part for part in folder.split("/") if part not in ("", ".")]
        roots = ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]
        candidates = [posixpath.join(root, served, reference[1:]) for root in roots for served in _SERVED]
    for path in map(posixpath.normpath, candidates):
        if path.split("/")[0] not in ("..", "") and path != ".":
            yield path


def sibling(source: SourceFile, reference: str) -> bytes | None:
    """The bytes of a file that a page refers to by an address relative to itself or to its site's root, or
    None.

    Files outside the folder that the user named are never opened, whatever the spelling or the
    symbolic links. Reads at most one byte more than the limit for images. Raises `OSError` for a failure
    of the machine.
    """
    if remote.is_remote(source.root):
        paths = sibling_paths(posixpath.dirname(source.name), reference)
        heads = (remote.head(source.root / path, images.MAX_BYTES + 1) for path in paths)
        return next((head for head in heads if head is not None), None)
    try:
        root = source.root.resolve()
        folder = source.path.parent.resolve()
        if not folder.is_relative_to(root):
            return None
        for path in sibling_paths(folder.relative_to(root).as_posix(), reference):
            there = (root / path).resolve()
            if there.is_relative_to(root) and there.is_file():
                with open_regular(there) as file:
                    return file.read(images.MAX_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: links in a circle
        if is_momentary(error):
            raise
    return None
