"""Remote folders by address, such as ``s3://bucket/folder``, in the stores of `_STORES`.

A remote folder is a `UPath`, which behaves like a path; this module adds what it lacks. Exceptions of a
store's driver become errors with a remedy, and no request waits forever: see `_ask`. A path never contains
a key or a password: addresses with them are refused, or only the driver gets them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import posixpath
import queue
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from exporter.errors import ExporterError, InputError, OutputError, StoreError, UsageError
from exporter.workers.limits import begun

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
"""Supported schemes, with the package of each driver. Other schemes of fsspec are refused: they read what
the user did not name, such as this program's memory, or any web address."""
_KINDS = "Use a path, or an address that begins with s3://, gs://, az://, sftp:// or file://."
_SECRETS = ("key", "secret", "token", "sig", "pass", "credential")
_TIMEOUT = 8
"""Seconds that a machine has to answer."""
_BUCKETS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs"})
"""Stores without folders: their buckets have names with slashes."""


SECONDS = 7.0
"""Seconds that a store may be silent before it is probed, and that it has to answer the probe.
``EXPORTER_STORE_SECONDS`` overrides it."""
FAILURES = 3
"""Failed requests in a row, or one after `SECONDS` of failures, after which a store counts as lost."""
SLOWEST = 20_000
"""Minimum speed of writing, in bytes per second."""
REST = 60.0
"""Seconds after which a lost store is tried again, by a program that still runs."""
_WAITING = {
    protocol: {
        "config_kwargs": {
            **{"connect_timeout": SECONDS, "read_timeout": 6 * SECONDS},
            "retries": {"mode": "standard", "max_attempts": 1},  # s3fs itself retries
        }
    }
    for protocol in ("s3", "s3a")
}
"""Options of drivers for timeouts, by scheme."""

Answer = TypeVar("Answer")


class Stamp(NamedTuple):
    """Shows whether a file has changed: its size in bytes, and a number derived from its time, or from
    the tag that a store gives each version."""

    size: int
    mark: int


def place(text: str | Path) -> Path:
    """The path for the text that the user gives: a local path or an address. Raises `UsageError` for an
    invalid address, and `InputError` if its machine cannot be reached."""
    if not isinstance(text, str):
        return text
    match = _ADDRESS.match(text)
    if match is None:
        return Path(text)
    scheme, rest = (match[1] or match[2] or "").lower(), text[match.end() :]
    if scheme == "file":
        return Path(rest.removeprefix("localhost") if match[1] else f"/{rest}")
    if scheme not in _STORES:
        raise UsageError(f"{match[0][:40]} addresses are not supported", _KINDS)
    _check(scheme, rest)
    options: dict[str, Any] = {"timeout": _TIMEOUT} if scheme in _SSH else {"use_listings_cache": False}
    remedy = f"pip install {_STORES[scheme]}"
    try:
        from upath import UPath

        # Other programs may write there at the same time, so listings are never cached.
        place = UPath(f"{scheme}://{rest}", **options, **_WAITING.get(scheme, {}))
    except ImportError as error:
        raise UsageError(f"addresses such as {scheme}:// need a driver: {error}", remedy) from None
    except ValueError:
        raise UsageError(f"this {scheme}:// address is not valid", "Check its spelling.") from None
    path = cast(Path, place)  # it has the methods that are used here
    try:
        with translated_errors(path):
            _ = place.fs
    except ImportError as error:
        raise UsageError(f"addresses such as {scheme}:// need a driver: {error}", remedy) from None
    return path


def local(text: str | Path) -> Path:
    """The local path for the text that the user gives. Raises `UsageError` for an address of a store."""
    match = _ADDRESS.match(text) if isinstance(text, str) else None
    if match and (match[1] or "").lower() in _STORES:
        raise UsageError(f"{match[0]} is not on this machine, where a library has to be", "Name a folder.")
    return place(text)


def _check(scheme: str, rest: str) -> None:
    """Raise `UsageError`, without repeating the address, if it contains secrets or another address, or
    names nothing."""
    where, _, query = rest.partition("?")
    host = where.split("/")[0]
    secret = any(word in part.partition("=")[0].lower() for part in query.split("&") for word in _SECRETS)
    named = ":" in host and not host.startswith("arn:")  # arn: begins the name of an access point
    if scheme not in _SSH and (named or (secret and "=" in query)):
        raise UsageError(
            f"this {scheme}:// address has a key or a password in it",
            "Take it out, and give credentials as the store's own tools take them (AWS_ACCESS_KEY_ID …).",
        )
    if "::" in rest or "://" in rest:
        raise UsageError(f"this {scheme}:// address leads through another one", _KINDS)
    name, _, port = host.rpartition("@")[2].partition(":")
    if not name or (port and not port.isdecimal()):
        raise UsageError(f"this {scheme}:// address names no bucket or machine", "Add its name after ://.")


def address(path: Path) -> str:
    """The address for messages and records: with its machine, without a password."""
    options = _upath(path).storage_options
    if not options.get("host"):
        return str(path)
    user = f"{options['username']}@" if options.get("username") else ""
    port = f":{options['port']}" if options.get("port") else ""
    return f"{_upath(path).protocol}://{user}{options['host']}{port}{_upath(path).path}"


def is_remote(path: Path) -> bool:
    return not isinstance(path, Path)


@contextmanager
def translated_errors(path: Path, kind: type[ExporterError] = InputError) -> Iterator[None]:
    """Turn errors of the path's store into errors of class ``kind``."""
    try:
        yield
    except (ExporterError, ImportError):
        raise
    except FileNotFoundError:
        what = "bucket or folder" if kind is OutputError else "file, folder or bucket"
        raise kind(f"there is no such {what}: {address(path)}", "Check the address.") from None
    except Exception as error:  # each driver has its own classes, many not an OSError
        remedy = "Check the address, the rights and the network."
        reason = _reason(path, error)
        if "redential" in f"{type(error).__name__} {reason}":
            remedy = "Give credentials as the store's own tools take them (AWS_ACCESS_KEY_ID, AWS_PROFILE …)."
        what = "write" if kind is OutputError else "open"
        raise kind(f"cannot {what} {address(path)}: {reason}", remedy) from None


# -- Reading -----------------------------------------------------------------------------


def listing(path: Path) -> tuple[dict[str, Stamp], bool]:
    """The stamps of a folder's files by their relative names, unsorted, and True; or that of a single
    file, and False. Raises `InputError`."""
    folder = _upath(path)
    with translated_errors(path):
        top = folder.path.rstrip("/")
        infos = cast("dict[str, dict[str, Any]]", _ask(path, lambda: folder.fs.find(top, detail=True), 60))
        if not infos:
            _ask(path, lambda: folder.fs.info(top))
        if set(infos) == {top}:
            return {posixpath.basename(top): _stamp(infos[top])}, False
        return {
            name.removeprefix(top).lstrip("/"): _stamp(info)
            for name, info in infos.items()
            if not name.endswith("/")  # some tools leave an empty file for a folder
        }, True


def stamp(path: Path) -> Stamp:
    """The stamp of a file. Raises `OSError`, as for a local file."""
    return _stamp(_ask(path, lambda: _upath(path).fs.info(_upath(path).path)))


def _stamp(info: dict[str, Any]) -> Stamp:
    mark = next((info[k] for k in ("ETag", "etag", "LastModified", "mtime", "created") if info.get(k)), "")
    number = int.from_bytes(hashlib.sha256(str(mark).encode()).digest()[:7], "big")
    return Stamp(int(info.get("size") or 0), number)


def fetch(path: Path, to: Path) -> None:
    """Download a file to the local path ``to``. Raises `OSError`, as for a local file."""

    def arrived() -> int:
        return to.stat().st_size if to.exists() else 0

    _ask(path, lambda: _upath(path).fs.get_file(_upath(path).path, str(to)), 3, arrived)


def read(path: Path) -> bytes:
    """The bytes of a file. Raises `OSError`, as for a local file."""
    return _ask(path, lambda: cast(bytes, _upath(path).fs.cat_file(_upath(path).path)))


def head(path: Path, most: int) -> bytes | None:
    """At most the first ``most`` bytes of a file, or None if there is no readable file. Raises `OSError`
    for other failures, as for a local file."""

    def begin() -> bytes:
        # Not as a range from 0: for that s3fs requests the last bytes.
        with _upath(path).fs.open(_upath(path).path, "rb") as file:
            return cast(bytes, file.read(most))

    try:
        return _ask(path, begin)
    except (FileNotFoundError, IsADirectoryError, PermissionError):
        return None


# -- Writing -----------------------------------------------------------------------------


def prepare(folder: Path) -> None:
    """Make sure that the bucket or folder exists. Raises `OutputError`."""
    there = _upath(folder)
    with translated_errors(folder, OutputError):
        if there.protocol in _BUCKETS:
            _ask(folder, lambda: there.fs.info(there.path.split("/")[0]))
        else:
            _ask(folder, lambda: there.mkdir(parents=True, exist_ok=True))


def write(path: Path, data: bytes) -> None:
    """Write a file atomically: others see the old or the new content. Raises `OutputError`."""
    with translated_errors(path, OutputError):
        slowest = 3 + len(data) / SLOWEST / SECONDS
        _ask(path, lambda: _upath(path).fs.pipe_file(_upath(path).path, data), slowest)


def remove(path: Path) -> None:
    """Remove a file, if it exists. Raises `OutputError`."""
    with translated_errors(path, OutputError), suppress(FileNotFoundError):
        _ask(path, lambda: _upath(path).fs.rm_file(_upath(path).path))


# -- Waiting -----------------------------------------------------------------------------


class _Store:
    """The health of a store: its failures since its last answer."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._failures = 0
        self._since = 0.0
        self._lost: tuple[float, str] | None = None

    def check(self) -> None:
        """Raises `StoreError` if the store was lost less than `REST` seconds ago."""
        if self._lost and time.monotonic() - self._lost[0] < REST:
            raise StoreError(
                f"{self.name} does not answer: {self._lost[1]}",
                "What was read and written stays. Check the store and the network, then run again.",
            )

    def answered(self) -> None:
        self._failures, self._lost = 0, None

    def failed(self, began: float, reason: str) -> None:
        """Count a failed request. Raises `StoreError` if the store is lost by that."""
        if not self._failures:
            self._since = began
        self._failures += 1
        if self._failures >= FAILURES or time.monotonic() - self._since >= _seconds():
            self._lost = time.monotonic(), reason
        self.check()


_stores: dict[str, _Store] = {}


def _ask(
    path: Path,
    request: Callable[[], Answer],
    patience: float = 6,
    progress: Callable[[], int] = lambda: 0,
) -> Answer:
    """The store's answer to a request. A request may take ``patience`` times `SECONDS` without ``progress``
    (in bytes) as long as the store answers others.

    Raises `OSError`: for a property of the file (missing, no permission) the driver's own or one without
    a number; for a momentary failure (connection, timeout, server error) one with the number of its
    category. Several momentary failures in a row, or one long silence, raise `StoreError`; so does every
    request to that store in the next `REST` seconds.
    """
    there = _upath(path)
    name = f"{there.protocol}://{there.path.split('/')[0] if there.protocol in _BUCKETS else ''}"
    store = _stores.setdefault(f"{name} {there.fs._fs_token}", _Store(name))
    store.check()
    began = time.monotonic()
    try:
        answer = _in_time(there, request, patience, progress)
    except Exception as error:
        number = _moment(error)
        if number is None:
            store.answered()
            if isinstance(error, OSError):
                raise
            raise OSError(_reason(path, error)) from error
        store.failed(began, _reason(path, error))
        raise OSError(number, _reason(path, error)) from error
    store.answered()
    return answer


def _in_time(
    there: UPath, request: Callable[[], Answer], patience: float, progress: Callable[[], int]
) -> Answer:
    """The answer. Raises the request's error, and `TimeoutError` if probes get no answer either."""
    done, silent, before = begun(request), 0, 0
    while True:
        try:
            answer, error = done.get(timeout=_seconds())
            break
        except queue.Empty:
            silent = silent + 1 if before == (before := progress()) else 0
        probe = begun(lambda: there.fs.info(there.path.split("/")[0] or "/"))
        try:
            _, error = probe.get(timeout=_seconds())
        except queue.Empty:
            raise TimeoutError(errno.ETIMEDOUT, f"silent for {2 * _seconds():g} seconds") from None
        if error is not None and _moment(error) is not None:
            raise error
        if silent >= patience:
            raise TimeoutError(errno.ETIMEDOUT, f"no answer in {silent * _seconds():g} seconds")
    if error is not None:
        raise error
    return cast(Answer, answer)


def _seconds() -> float:
    return float(os.environ.get("EXPORTER_STORE_SECONDS") or SECONDS)


_TIMES = frozenset({errno.ETIMEDOUT, errno.EAGAIN, errno.EBUSY})
_CONNECTIONS = frozenset(
    getattr(errno, name)
    for name in (
        *("ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ENOTCONN", "ESHUTDOWN", "EIO", "EREMOTEIO"),
        *("EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN"),
    )
    if hasattr(errno, name)
)
# Classes of drivers, most of them not an OSError.
_CONNECTION_NAMES = re.compile(
    r"Connect(?:ion|or|TimeoutError)|Disconnected|Timeout|gaierror|IncompleteRead|ClientPayload|ResponseStreaming"
    r"|HTTPClientError|ServiceRe(?:quest|sponse)Error|TransportError|SSHException|EOFError"
)


def _moment(error: BaseException) -> int | None:
    """The error number of a momentary failure; None for a property of the file, or a missing permission."""
    if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError | NotADirectoryError):
        return None
    if isinstance(error, TimeoutError):
        return errno.ETIMEDOUT
    seen: BaseException | None = error
    while seen is not None:
        number = seen.errno if isinstance(seen, OSError) else None
        if number in _TIMES or number in _CONNECTIONS:
            return number
        if _status(seen) in (408, 429) or _status(seen) >= 500:
            return errno.EBUSY
        names = " ".join(kind.__name__ for kind in type(seen).__mro__)
        if _CONNECTION_NAMES.search(names):
            return errno.ETIMEDOUT if "Timeout" in names else errno.ECONNRESET
        seen = seen.__cause__
    return None


def _status(error: BaseException) -> int:
    """The HTTP status of an error, if its driver reports it; else 0."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    else:
        status = next(
            (v for n in ("status", "status_code", "code") if isinstance(v := getattr(error, n, 0), int)), 0
        )
    return status if isinstance(status, int) else 0


_KEYS = re.compile(
    r"(?<=//)[^/@\s]{1,400}@|(?<=[?&;])((?:[\w-]{0,40}(?:key|token|secret|signature|credential|password|sig)[\w-]{0,20})=)[^&\s'\"]+",
    re.IGNORECASE,
)


def _reason(path: Path, error: BaseException) -> str:
    """The text of an error, without the password of the address or keys in other addresses."""
    reason = str(getattr(error, "strerror", None) or str(error) or type(error).__name__)
    if password := _upath(path).storage_options.get("password"):
        reason = reason.replace(password, "…")
    return _KEYS.sub(lambda match: f"{match[1]}…" if match[1] else "", reason)


def _upath(path: Path) -> UPath:
    return cast("UPath", path)
