"""Files in and out: folders walked in a stable order, outputs written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import posixpath
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from exporter import images, remote
from exporter.errors import InputError, OutputError
from exporter.remote import Stamp

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
_OWN = (RECORDS, "library.sqlite")
"""By these a folder is known that this program writes to: what it made is not read as articles."""

STDIN = Path("-")


class Found(NamedTuple):
    """A file to read: its path, its name as told to the user, and the folder that bounds
    what it may refer to; of one that is elsewhere (`exporter.remote`) also what tells whether it changed."""

    path: Path
    name: str
    root: Path
    stamp: Stamp | None = None


def find(paths: Iterable[Path]) -> list[Found]:
    """The files named and those in the folders named, each once, in a stable order.

    Hidden files, folders that this program itself writes to, what belongs to pages (images,
    styles, scripts) and the folders that browsers save beside a page (``NAME_files``) are passed
    over. Raises `InputError` for a path that does not exist. The path ``-`` is standard input,
    named ``stdin``.
    """
    _real_folder.cache_clear()  # links may lead elsewhere by now
    found: dict[str, Found] = {}
    for path in paths:
        if path == STDIN:
            found[str(path)] = Found(path, "stdin", path)
            continue
        if remote.is_remote(path):
            for there in _find_remote(path):
                found.setdefault(str(there.path), there)
            continue
        try:
            path.stat()
            inside = list(_walk(path, "")) if path.is_dir() else None
        except (FileNotFoundError, NotADirectoryError):
            raise InputError(
                f"there is no such file or folder: {path}", "Check the path's spelling."
            ) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"cannot open {path}: {reason}", "Check its rights.") from None
        if inside is None:
            found.setdefault(real(path), Found(path, _legible(path.name), path.parent))
        for file, name in inside or ():
            found.setdefault(real(file), Found(file, _legible(name), path))
    return list(found.values())


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
        yield Found(root / name, name, root, stamps[name])


def _walk(folder: Path, within: str) -> Iterator[tuple[Path, str]]:
    """The files to read in a folder, with their names in the whole, and the folders in it that cannot
    be opened: reading these fails, and is told, as with a file."""
    with os.scandir(folder) as entries:
        inside = sorted(entries, key=lambda entry: (entry.name.casefold(), entry.name))
    names = {entry.name for entry in inside}
    for entry in inside:
        if _is_hidden(entry.name):
            continue
        path, name = folder / entry.name, within + entry.name
        if _holds(entry.is_dir):
            page = entry.name.removesuffix("_files")
            saved = page != entry.name and {f"{page}.html", f"{page}.htm", f"{page}.xhtml"} & names
            if not saved and not entry.is_symlink():
                try:
                    if not any((path / own).exists() for own in _OWN):
                        yield from _walk(path, f"{name}/")
                except PermissionError:
                    yield path, name
        elif path.suffix.lower() not in _BESIDE and (_holds(entry.is_file) or entry.is_symlink()):
            yield path, name


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
    """The bytes of a file that a page refers to by a relative address, or None.

    Nothing outside the folder that the user named is ever opened, by whatever spelling
    or symbolic link. At most one byte more than an image may have is read.
    """
    if "\0" in reference or PurePosixPath(reference).is_absolute() or ":" in reference.split("/")[0]:
        return None
    if remote.is_remote(found.root):
        name = posixpath.normpath(posixpath.join(posixpath.dirname(found.name), reference))
        return None if name.split("/")[0] == ".." else remote.head(found.root / name, images.MAX_BYTES + 1)
    try:
        root = found.root.resolve()
        path = (found.path.parent / reference).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(images.MAX_BYTES + 1)
    except (OSError, ValueError, RuntimeError):  # the last for links that lead in a circle
        return None


def prepare_folder(folder: Path, option: str = "-o") -> None:
    """Make sure that the folder is there and can be written to. Raises `OutputError`, whose
    remedy names the ``option`` that chose the folder."""
    if remote.is_remote(folder):
        remote.prepare(folder)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
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
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        remedy = "Free some space and run again." if full else "Name another folder with -o."
        raise OutputError(f"cannot write {path}: {error.strerror or error}", remedy) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def stamp(path: Path) -> Stamp:
    """What tells whether a file has changed. Raises `OSError`."""
    if remote.is_remote(path):
        return remote.stamp(path)
    stat = path.stat()
    return Stamp(stat.st_size, stat.st_mtime_ns)


def content(path: Path) -> bytes:
    """A file's bytes. Raises `OSError`."""
    return remote.read(path) if remote.is_remote(path) else path.read_bytes()


def names(folder: Path) -> list[str]:
    """The names of the files in a folder, in order. Raises `InputError` for one that is elsewhere."""
    if remote.is_remote(folder):
        return sorted(name for name in remote.listing(folder)[0] if "/" not in name)
    return sorted(path.name for path in folder.glob("*"))


def sha256(path: Path) -> str:
    """The hash of a file's bytes. Raises `OSError`."""
    if remote.is_remote(path):
        return hashlib.sha256(remote.read(path)).hexdigest()
    with path.open("rb") as file:
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
