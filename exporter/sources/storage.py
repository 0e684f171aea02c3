"""Reads and writes single files, local or in object storage; a file is written completely or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import tempfile
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

from exporter.errors import OutputError, disk_error, is_momentary
from exporter.sources import remote
from exporter.sources.remote import Stamp


def open_regular(path: Path, *, follow: bool = False) -> BufferedReader:
    """Open a regular file to read. Raises `OSError` for a pipe or a device, which may have no end or
    block; and for a link, unless ``follow``."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags if follow else flags | getattr(os, "O_NOFOLLOW", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def prepare_folder(folder: Path, option: str = "-o") -> None:
    """Make sure that the folder exists and is writable. Raises `OutputError`; its remedy names the
    ``option`` that sets the folder."""
    if remote.is_remote(folder):
        remote.prepare(folder)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, prefix=".", suffix=".part"):  # which `watch` skips
            pass
    except OSError as error:
        if is_momentary(error) and error.errno != errno.EROFS:
            raise disk_error(error, f"into {folder}", folder) from None
        raise OutputError(
            f"cannot write into {folder}: {error.strerror or error}", f"Name another folder with {option}."
        ) from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file atomically: at any moment it has its complete old or new content.

    The bytes are written to a temporary file in the same folder, synced to disk, and renamed.
    Raises `OutputError`; then the old file is unchanged and no temporary file is left.
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
    """A stamp that changes with the file. Raises `OSError`."""
    if remote.is_remote(path):
        return remote.stamp(path)
    status = path.stat()
    return Stamp(status.st_size, status.st_mtime_ns)


def content(path: Path) -> bytes:
    """A file's bytes. Raises `OSError`."""
    if remote.is_remote(path):
        return remote.read(path)
    with open_regular(path, follow=True) as file:
        return file.read()


def names(folder: Path) -> list[str]:
    """The sorted names of the files in a folder. Raises `InputError` for a remote one."""
    if remote.is_remote(folder):
        return sorted(name for name in remote.listing(folder)[0] if "/" not in name)
    return sorted(path.name for path in folder.glob("*"))


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal. Raises `OSError`."""
    if remote.is_remote(path):
        return hashlib.sha256(remote.read(path)).hexdigest()
    with open_regular(path, follow=True) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove(path: Path) -> None:
    """Remove a file, if it exists. Raises `OSError`, or `OutputError` for a remote one."""
    if remote.is_remote(path):
        remote.remove(path)
    else:
        path.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Sync a folder to disk, so that a rename survives a loss of power, where the system supports it."""
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
    """Remove temporary files that `write_whole` left in processes that were killed."""
    if remote.is_remote(folder):
        return
    for path in folder.glob(".*.part"):
        match = _PART.fullmatch(path.name)
        if match and not _is_alive(int(match[1])):
            with suppress(OSError):
                path.unlink()


def _is_alive(process: int) -> bool:
    if os.name != "posix":  # elsewhere `os.kill` would end the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
