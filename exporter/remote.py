"""Folders elsewhere, by address: ``s3://bucket/folder`` and the like, of the stores in `_STORES`.

Such a folder is a `UPath`, which behaves like a path; what it cannot do is done here. Whatever a store's
driver raises becomes an error with a remedy. No key and no password is in a path: what an address has of
them is refused, or goes to the driver alone.
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

_ADDRESS = re.compile(r"([^/\\]*)://|(file):/", re.I)
_SSH = frozenset({"sftp", "ssh"})
_STORES = {
    **dict.fromkeys(("s3", "s3a"), '"exporter[s3]"'),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("az", "abfs", "adl"), "adlfs"),
    **dict.fromkeys(_SSH, "paramiko"),
}
"""The schemes of addresses that are read and written, and the package that has the driver of each. No other
of fsspec's is taken: they read what nobody named, such as this program's memory, or any web address."""
_KINDS = "Use a path, or an address that begins with s3://, gs://, az://, sftp:// or file://."
_SECRETS = ("key", "secret", "token", "sig", "pass", "credential")
_TIMEOUT = 8
"""Seconds to wait for a machine to answer."""
_BUCKETS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs"})
"""Stores that have no folders, only names with slashes in a bucket."""


class Stamp(NamedTuple):
    """What tells whether a file has changed: its bytes, and a number that stands for its time, or for
    the tag that a store gives each version."""

    size: int
    mark: int


def place(text: str | Path) -> Path:
    """The path that the user tells, or the folder or file at an address. Raises `UsageError`, and
    `InputError` where the machine of the address cannot be reached."""
    if not isinstance(text, str):
        return text
    match = _ADDRESS.match(text)
    if match is None:
        return Path(text)
    scheme, rest = (match[1] or match[2] or "").lower(), text[match.end() :]
    if scheme == "file":
        return Path(rest.removeprefix("localhost") if match[1] else f"/{rest}")
    if scheme not in _STORES:
        raise UsageError(f"{match[0][:40]} is no address to read or write", _KINDS)
    _check(scheme, rest)
    options: dict[str, Any] = {"timeout": _TIMEOUT} if scheme in _SSH else {"use_listings_cache": False}
    remedy = f"pip install {_STORES[scheme]}"
    try:
        from upath import UPath

        # Others may write there while this program runs, so no listing is good for twice.
        found = UPath(f"{scheme}://{rest}", **options)
    except ImportError as error:
        raise UsageError(f"addresses such as {scheme}:// need a driver: {error}", remedy) from None
    except ValueError:
        raise UsageError(f"this {scheme}:// address is not valid", "Correct it.") from None
    path = cast(Path, found)  # as far as anybody here asks
    try:
        with told(path):
            _ = found.fs
    except ImportError as error:
        raise UsageError(f"addresses such as {scheme}:// need a driver: {error}", remedy) from None
    return path


def local(text: str | Path) -> Path:
    """The path that the user tells, which may be no address of a store. Raises `UsageError`."""
    match = _ADDRESS.match(text) if isinstance(text, str) else None
    if match and (match[1] or "").lower() in _STORES:
        raise UsageError(f"{match[0]} is not on this machine, where a library has to be", "Name a folder.")
    return place(text)


def _check(scheme: str, rest: str) -> None:
    """Raise `UsageError`, without the address, for one that has secrets in it, leads through another
    one, or names nothing."""
    where, _, query = rest.partition("?")
    host = where.split("/")[0]
    secret = any(word in part.partition("=")[0].lower() for part in query.split("&") for word in _SECRETS)
    named = ":" in host and not host.startswith("arn:")  # which is how access points are called
    if scheme not in _SSH and (named or (secret and "=" in query)):
        raise UsageError(
            f"this {scheme}:// address has a key or a password in it",
            "Take it out, and give credentials as the store's own tools take them (AWS_ACCESS_KEY_ID …).",
        )
    if "::" in rest or "://" in rest:
        raise UsageError(f"this {scheme}:// address leads through another one", _KINDS)
    name, _, port = host.rpartition("@")[2].partition(":")
    if not name or (port and not port.isdecimal()):
        raise UsageError(f"this {scheme}:// address names no bucket or machine", "Correct it.")


def address(path: Path) -> str:
    """The address as it is told and kept, with the machine that it names and without a password."""
    options = _upath(path).storage_options
    if not options.get("host"):
        return str(path)
    user = f"{options['username']}@" if options.get("username") else ""
    port = f":{options['port']}" if options.get("port") else ""
    return f"{_upath(path).protocol}://{user}{options['host']}{port}{_upath(path).path}"


def is_remote(path: Path) -> bool:
    return not isinstance(path, Path)


@contextmanager
def told(path: Path, kind: type[ExporterError] = InputError) -> Iterator[None]:
    """Errors of the store that has that path become this kind."""
    try:
        yield
    except (ExporterError, ImportError):
        raise
    except FileNotFoundError:
        what = "bucket or folder" if kind is OutputError else "file, folder or bucket"
        raise kind(f"there is no such {what}: {address(path)}", "Check the address.") from None
    except Exception as error:  # each driver has its own, many of them no OSError
        remedy = "Check the address, the rights and the network."
        reason = _reason(path, error)
        if "redential" in f"{type(error).__name__} {reason}":
            remedy = "Give credentials as the store's own tools take them (AWS_ACCESS_KEY_ID, AWS_PROFILE …)."
        what = "write" if kind is OutputError else "open"
        raise kind(f"cannot {what} {address(path)}: {reason}", remedy) from None


def _reason(path: Path, error: Exception) -> str:
    """What a driver says, without the password that it was given."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    password = _upath(path).storage_options.get("password")
    return str(reason).replace(password, "…") if password else str(reason)


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
        raise OSError(_reason(path, error)) from None


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
        raise OSError(_reason(path, error)) from None


def read(path: Path) -> bytes:
    """Raises `OSError`, as for a file here."""
    try:
        return cast(bytes, _upath(path).fs.cat_file(_upath(path).path))
    except OSError:
        raise
    except Exception as error:
        raise OSError(_reason(path, error)) from None


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
