"""Folders elsewhere, by address: ``s3://bucket/folder`` and whatever else fsspec knows.

Such a folder is a `UPath`, which behaves like a path; what it cannot do is done here. Whatever a store's
driver raises becomes an error with a remedy.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from exporter.errors import ExporterError, InputError, OutputError, UsageError

if TYPE_CHECKING:
    from upath import UPath

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_EXTRAS = {"s3": "s3", "s3a": "s3"}
"""The extra of this program that brings a store's driver."""
_BUCKETS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs"})
"""Stores that have no folders, only names with slashes in a bucket."""


class Stamp(NamedTuple):
    """What tells whether a file has changed: its bytes, and a number that stands for its time, or for
    the tag that a store gives each version."""

    size: int
    mark: int


def place(told: str | Path) -> Path:
    """The path that the user tells, or the folder or file at an address. Raises `UsageError`."""
    if not isinstance(told, str):
        return told
    match = _ADDRESS.match(told)
    if match is None:
        return Path(told)
    if match[1] == "file":
        return Path(told[match.end() :])
    extra = _EXTRAS.get(match[1])
    remedy = f'pip install "exporter[{extra}]"' if extra else "Install the package that fsspec needs for it."
    try:
        from upath import UPath

        # Others may write there while this program runs, so no listing is good for twice.
        found = UPath(told, use_listings_cache=False)
        _ = found.fs
    except ImportError as error:
        raise UsageError(f"addresses such as {match[0]} need a driver: {error}", remedy) from None
    except ValueError as error:
        raise UsageError(f"{told} is no address to read or write: {error}", "Name a folder.") from None
    return cast(Path, found)  # as far as anybody here asks


def is_remote(path: Path) -> bool:
    return not isinstance(path, Path)


@contextmanager
def told(path: Path, kind: type[ExporterError] = InputError) -> Iterator[None]:
    """Errors of the store that has that path become this kind."""
    try:
        yield
    except ExporterError:
        raise
    except FileNotFoundError:
        what = "bucket or folder" if kind is OutputError else "file, folder or bucket"
        raise kind(f"there is no such {what}: {path}", "Check the address.") from None
    except Exception as error:  # each driver has its own, many of them no OSError
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        remedy = "Check the address, the rights and the network."
        if "redential" in f"{type(error).__name__} {reason}":
            remedy = "Give credentials as the store's own tools take them (AWS_ACCESS_KEY_ID, AWS_PROFILE …)."
        raise kind(f"cannot {'write' if kind is OutputError else 'open'} {path}: {reason}", remedy) from None


# -- Reading -----------------------------------------------------------------------------


def listing(path: Path) -> tuple[dict[str, Stamp], bool]:
    """The files of a folder by their names in it, in no order, or the one that is meant itself; and
    which of both. Raises `InputError`."""
    folder = _upath(path)
    with told(path):
        top = folder.path.rstrip("/")
        infos = cast("dict[str, dict[str, Any]]", folder.fs.find(top, detail=True))
        if not infos:
            folder.fs.info(top)
        if set(infos) == {top}:
            return {posixpath.basename(top): _stamp(infos[top])}, False
        return {
            name.removeprefix(top).lstrip("/"): _stamp(info)
            for name, info in infos.items()
            if not name.endswith("/")  # what some tools leave for a folder
        }, True


def stamp(path: Path) -> Stamp:
    """Raises `OSError`, as for a file here."""
    try:
        return _stamp(_upath(path).fs.info(_upath(path).path))
    except OSError:
        raise
    except Exception as error:
        raise OSError(str(error)) from error


def _stamp(info: dict[str, Any]) -> Stamp:
    mark = next((info[k] for k in ("ETag", "etag", "LastModified", "mtime", "created") if info.get(k)), "")
    number = int.from_bytes(hashlib.sha256(str(mark).encode()).digest()[:7], "big")
    return Stamp(int(info.get("size") or 0), number)


def fetch(path: Path, to: Path) -> None:
    """Copy a file here. Raises `OSError`, as for a file that cannot be read."""
    try:
        _upath(path).fs.get_file(_upath(path).path, str(to))
    except OSError:
        raise
    except Exception as error:
        raise OSError(str(error)) from error


def read(path: Path) -> bytes:
    """Raises `OSError`, as for a file here."""
    try:
        return cast(bytes, _upath(path).fs.cat_file(_upath(path).path))
    except OSError:
        raise
    except Exception as error:
        raise OSError(str(error)) from error


def head(path: Path, most: int) -> bytes | None:
    """At most so many bytes of a file, or None where there is none. Raises `InputError` where the
    store does not say."""
    with told(path):
        try:
            # Not by a range from 0: s3fs asks for the last bytes then.
            with _upath(path).fs.open(_upath(path).path, "rb") as file:
                return cast(bytes, file.read(most))
        except (FileNotFoundError, IsADirectoryError, PermissionError):
            return None


# -- Writing -----------------------------------------------------------------------------


def prepare(folder: Path) -> None:
    """Make sure that there can be files in that folder. Raises `OutputError`."""
    there = _upath(folder)
    with told(folder, OutputError):
        if there.protocol in _BUCKETS:
            there.fs.info(there.path.split("/")[0])
        else:
            there.mkdir(parents=True, exist_ok=True)


def write(path: Path, data: bytes) -> None:
    """Put a file whole: at any moment others see the old or the new one. Raises `OutputError`."""
    with told(path, OutputError):
        _upath(path).fs.pipe_file(_upath(path).path, data)


def remove(path: Path) -> None:
    """Take a file away, if it is there. Raises `OutputError`."""
    with told(path, OutputError), suppress(FileNotFoundError):
        _upath(path).fs.rm_file(_upath(path).path)


def _upath(path: Path) -> UPath:
    return cast("UPath", path)
