"""Files in and out: folders walked in a stable order, outputs written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import posixpath
import re
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from io import BufferedReader
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

import msgspec

from exporter.diagnostics import Report
from exporter.errors import InputError, OutputError, disk_error, is_momentary
from exporter.model import images
from exporter.sources import own_output, remote, siblings
from exporter.sources.remote import Stamp

_BESIDE = frozenset(
    f".{ending}"
    for ending in (
        *("png", "jpg", "jpeg", "jfif", "gif", "webp", "avif", "bmp", "tif", "tiff", "svg", "ico"),
        *("css", "js", "mjs", "map", "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "webm", "ogg"),
    )
)
"""What lies beside pages and is no article: passed over in folders without a word."""

_UNFINISHED = frozenset((".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp"))

RECORDS = ".exporter"
"""The folder that tells of the outputs beside it."""
_RECORD_MOST = 16 * 1024**2
"""Bytes that a record may have: who wrote it is not certain."""
_SETTINGS = "exporter.toml"
_LIBRARY, _LIBRARY_IMAGE = "library.sqlite", re.compile(r"[0-9a-f]{64}")
"""What is in a library's folder: its database, and images named by their hash."""

STDIN = Path("-")


class Found(NamedTuple):
    """A file to read: its path, its name as told to the user, and the folder that bounds what it may
    refer to; of one that is elsewhere (`exporter.sources.remote`) also what tells whether it changed.

    ``is_named`` tells that the user named this very file, ``is_stream`` that it has an end but no size
    (standard input, a pipe), ``is_recorded`` that a record beside it tells it as output; ``with_own``
    that this program's output is wanted, too; ``error`` is the number of the error for which it could not
    be fetched."""

    path: Path
    name: str
    root: Path
    stamp: Stamp | None = None
    is_named: bool = False
    is_stream: bool = False
    is_recorded: bool = False
    with_own: bool = False
    error: int | None = None


def find(paths: Iterable[Path], report: Report, *, own: bool = False) -> list[Found]:
    """The files named and those in the folders named, each once, in a stable order.

    Hidden files, settings, a library's own files, what belongs to pages (images, styles, scripts) and
    the folders that browsers save beside a page (``NAME_files``) are passed over. In a folder only regular
    files are found: what else is in it, and a link that leads out of it, is in ``report``. What is named
    itself may be anything. ``own`` is whether this program's output is wanted. Raises `InputError` for
    a path that does not exist. The path ``-`` is standard input, named ``stdin``.
    """
    _real_folder.cache_clear()  # links may lead elsewhere by now
    found: dict[str, Found] = {}
    for path in paths:
        for file in _find(path, report):
            key = display_path(file.path) if path == STDIN or file.stamp else real(file.path)
            if key not in found:
                found[key] = file._replace(with_own=own) if own else file
            elif file.is_named:
                found[key] = found[key]._replace(is_named=True)
    return list(found.values())


def _find(path: Path, report: Report) -> Iterable[Found]:
    if path == STDIN:
        return [Found(path, "stdin", path, is_named=True, is_stream=True)]
    if remote.is_remote(path):
        return _find_remote(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return list(_walk(path, "", path, report))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"there is no such file or folder: {path}", "Check the path's spelling.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"cannot open {path}: {reason}", "Check its rights.") from None
    if stat.S_ISSOCK(mode):
        raise InputError(f"cannot open {path}: it is a socket", "Name a file, a folder or a pipe.")
    name = _legible(path.name)
    if not stat.S_ISREG(mode):
        return [Found(path, name, path.parent, is_named=True, is_stream=True)]
    if path.is_symlink():
        there = Path(os.path.realpath(path))
        if not there.is_file():  # an open file that no folder has any more
            return [Found(path, name, path.parent, is_named=True, is_stream=True)]
        path = there
    return [Found(path, name, path.parent, is_named=True)]


def display_path(path: Path) -> str:
    """The path, or the address without a password."""
    return remote.address(path) if remote.is_remote(path) else str(path)


def real(path: Path) -> str:
    """The path without links; of many files in a folder quicker than by `os.path.realpath`."""
    if path.is_symlink() or path.name in ("", ".."):
        return os.path.realpath(path)
    return os.path.join(_real_folder(os.path.dirname(os.path.abspath(path))), path.name)  # noqa: PTH118, PTH120, PTH100


@lru_cache(maxsize=64)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def _legible(name: str) -> str:
    """A file's name as text that can be written, where the system's bytes are none."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "replace")


def _find_remote(path: Path) -> Iterator[Found]:
    stamps, is_folder = remote.listing(path)
    root = path if is_folder else path.parent
    for name in readable(stamps) if is_folder else stamps:
        yield Found(root / name, name, root, stamps[name], is_named=not is_folder)


def _walk(folder: Path, within: str, root: Path, report: Report) -> Iterator[Found]:
    """The files to read in a folder, with their names in the whole, and the folders in it that cannot
    be opened: reading these fails, and is told, as with a file."""
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
                yield from _walk(path, f"{within}{entry.name}/", root, report)
            except PermissionError:
                yield Found(path, name, root)
        elif not _holds(entry.is_file):
            report.add("file-not-regular", name)
        elif path.suffix.lower() not in _BESIDE and not _is_library_image(path):
            yield Found(path, name, root, is_recorded=_is_recorded(path, recorded.get(entry.name)))


def _through_link(path: Path, name: str, root: Path, report: Report) -> Iterator[Found]:
    """The file that a link in a folder leads to, if that is in the folder, too. Folders are not followed:
    what they have is found where they are."""
    there = Path(os.path.realpath(path))
    if not there.is_relative_to(os.path.realpath(root)):
        report.add("link-leads-out", name)
        return
    try:
        mode = path.stat().st_mode
    except OSError as error:  # it leads nowhere, or to itself
        report.add("file-unreadable", name, error.strerror or str(error))
        return
    if stat.S_ISREG(mode):
        if path.suffix.lower() not in _BESIDE:
            yield Found(there, name, root)
    elif not stat.S_ISDIR(mode):
        report.add("file-not-regular", name)


class _Output(msgspec.Struct, frozen=True):
    """An output, as the record beside it tells it."""

    name: str
    sha256: str
    bytes: int


class _Format(msgspec.Struct, frozen=True):
    files: tuple[_Output, ...]


class _Record(msgspec.Struct, frozen=True):
    formats: dict[str, _Format]


def _recorded(folder: Path) -> Mapping[str, _Output]:
    """The outputs in a folder, by name, as its records tell them."""
    found: dict[str, _Output] = {}
    for path in folder.glob(f"{RECORDS}/*.json"):
        with suppress(OSError, msgspec.DecodeError), open_regular(path) as file:
            record = msgspec.json.decode(file.read(_RECORD_MOST), type=_Record)
            found |= {made.name: made for format in record.formats.values() for made in format.files}
    return found


def _is_recorded(path: Path, output: _Output | None) -> bool:
    """Whether the file is that output still, and no other one of its name."""
    with suppress(OSError):
        return output is not None and path.stat().st_size == output.bytes and sha256(path) == output.sha256
    return False


def _is_library_image(path: Path) -> bool:
    """Whether a file is ``images/0f/0f…`` of a library."""
    if not _LIBRARY_IMAGE.fullmatch(path.name) or path.parent.parent.name != "images":
        return False
    return path.name.startswith(path.parent.name) and (path.parents[2] / _LIBRARY).is_file()


def _holds(is_so: Callable[[], bool]) -> bool:
    """What a link leads to may not be told, as where it leads to itself."""
    try:
        return is_so()
    except OSError:
        return False


def _is_hidden(name: str) -> bool:
    """Whether a file or folder is for machines: hidden, or what macOS packs beside files."""
    return name.startswith(".") or name == "__MACOSX"


def is_passing(path: PurePath) -> bool:
    """Whether a file within a folder to read is none for articles: hidden, or not whole yet, as
    editors and browsers name what they are still writing."""
    return any(map(_is_hidden, path.parts)) or path.name.endswith("~") or path.suffix.lower() in _UNFINISHED


def is_own_output(found: Found, head: bytes) -> bool:
    """Whether a file is this program's output that nobody wants to be read. ``head`` is its `head`.
    Raises `OSError`."""
    if found.with_own or found.is_named:
        return False
    return found.is_recorded or _looks_own(found.path, head)


def is_output(path: Path) -> bool:
    """Whether a file is this program's output. Raises `OSError`."""
    return _looks_own(path, head(path)) or _is_recorded(path, _recorded(path.parent).get(path.name))


def _looks_own(path: Path, head: bytes) -> bool:
    return own_output.is_own_output(path.name, head, partial(open_regular, path))


def head(path: Path) -> bytes:
    """The beginning of a file, from which it is told what it is. Raises `OSError`."""
    with open_regular(path) as file:
        return file.read(own_output.HEAD)


def is_of_library(path: Path, library: Path) -> bool:
    """Whether a path is the database of the library in that folder, or its images."""
    if path.parent == library:
        return path.name.startswith(_LIBRARY) or path.name == "images"
    return path.is_relative_to(library / "images")


def open_regular(path: Path, *, follow: bool = False) -> BufferedReader:
    """Open a regular file to read. Raises `OSError` for a pipe or a device, which could be read without
    end, or wait without end; and for a link, unless it is to be followed."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags if follow else flags | getattr(os, "O_NOFOLLOW", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def readable(names: Iterable[str]) -> list[str]:
    """Of a tree of files, by their paths with slashes, those that `find` would give of a folder
    of them, in its order."""
    names = set(names)
    pages = {name.rpartition(".")[0] for name in names if name.endswith((".html", ".htm", ".xhtml"))}

    def is_read(name: str) -> bool:
        path = PurePosixPath(name)
        folders = [str(folder) for folder in path.parents]
        return (
            not any(map(_is_hidden, path.parts))
            and not any(f.endswith("_files") and f.removesuffix("_files") in pages for f in folders)
            and path.suffix.lower() not in _BESIDE
        )

    return sorted(filter(is_read, names), key=lambda name: [(p.casefold(), p) for p in name.split("/")])


def beside(found: Found, reference: str) -> bytes | None:
    """The bytes of a file that a page refers to by an address relative to itself or to its site's root, or
    None.

    Nothing outside the folder that the user named is ever opened, by whatever spelling
    or symbolic link. At most one byte more than an image may have is read.
    """
    if remote.is_remote(found.root):
        paths = siblings.paths(posixpath.dirname(found.name), reference)
        heads = (remote.head(found.root / path, images.MAX_BYTES + 1) for path in paths)
        return next((head for head in heads if head is not None), None)
    try:
        root = found.root.resolve()
        folder = found.path.parent.resolve()
        if not folder.is_relative_to(root):
            return None
        for path in siblings.paths(folder.relative_to(root).as_posix(), reference):
            there = (root / path).resolve()
            if there.is_relative_to(root) and there.is_file():
                with open_regular(there) as file:
                    return file.read(images.MAX_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:  # the last for links that lead in a circle
        if is_momentary(error):
            raise
    return None


def prepare_folder(folder: Path, option: str = "-o") -> None:
    """Make sure that the folder is there and can be written to. Raises `OutputError`, whose
    remedy names the ``option`` that chose the folder."""
    if remote.is_remote(folder):
        remote.prepare(folder)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, prefix=".", suffix=".part"):  # which `watch` passes over
            pass
    except OSError as error:
        if is_momentary(error) and error.errno != errno.EROFS:
            raise disk_error(error, f"into {folder}", folder) from None
        raise OutputError(
            f"cannot write into {folder}: {error.strerror or error}", f"Name another folder with {option}."
        ) from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that at any moment its old or its new content is there whole.

    The bytes go to a temporary file in the same folder, reach the disk, and take the
    name in one step. Raises `OutputError`; then the old file stands and nothing is left.
    """
    if remote.is_remote(path):
        remote.write(path, data)
        return
    temporary = None
    try:
        descriptor, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name[:40]}.{os.getpid()}.", suffix=".part"
        )
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
        temporary = None
        _settle(path.parent)
    except OSError as error:
        if is_momentary(error) and error.errno != errno.EROFS:
            raise disk_error(error, path, path.parent) from None
        raise OutputError(
            f"cannot write {path}: {error.strerror or error}", "Name another folder with -o."
        ) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def stamp(path: Path) -> Stamp:
    """What tells whether a file has changed. Raises `OSError`."""
    if remote.is_remote(path):
        return remote.stamp(path)
    told = path.stat()
    return Stamp(told.st_size, told.st_mtime_ns)


def content(path: Path) -> bytes:
    """A file's bytes. Raises `OSError`."""
    if remote.is_remote(path):
        return remote.read(path)
    with open_regular(path, follow=True) as file:
        return file.read()


def names(folder: Path) -> list[str]:
    """The names of the files in a folder, in order. Raises `InputError` for one that is elsewhere."""
    if remote.is_remote(folder):
        return sorted(name for name in remote.listing(folder)[0] if "/" not in name)
    return sorted(path.name for path in folder.glob("*"))


def sha256(path: Path) -> str:
    """The hash of a file's bytes. Raises `OSError`."""
    if remote.is_remote(path):
        return hashlib.sha256(remote.read(path)).hexdigest()
    with open_regular(path, follow=True) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove(path: Path) -> None:
    """Take a file away, if it is there. Raises `OutputError` for one that is elsewhere."""
    if remote.is_remote(path):
        remote.remove(path)
    else:
        path.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """See that a name just taken outlives a loss of power, where the system can be asked."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


_PART = re.compile(r"\..*\.(\d+)\.[^.]+\.part")


def sweep(folder: Path) -> None:
    """Remove what `write_whole` of a process that was killed has left behind."""
    if remote.is_remote(folder):
        return
    for path in folder.glob(".*.part"):
        match = _PART.fullmatch(path.name)
        if match and not _is_alive(int(match[1])):
            with suppress(OSError):
                path.unlink()


def _is_alive(process: int) -> bool:
    if os.name != "posix":  # there a signal to ask would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
