"""Errors that end a run, with their exit codes.

    ExporterError                  1  something failed; the rest of the work is done
    ├── UsageError                 2  the command or a value in it is invalid
    ├── StrictError                3  --strict, and there are warnings
    ├── NothingToExport            4  no article or brief is left to export
    ├── InputError                 5  an input cannot be read
    ├── OutputError                6  the file cannot be written (folder, permissions, space)
    ├── MissingLibrary             7  a system library or font is not installed
    ├── IncompleteError            8  an article of the edition is not in the file
    ├── ClusterError               1  a cluster does not answer any more
    ├── MachineError               9  the machine fails: a full disk, a disk error, too many open files
    │   └── DiskError              9  … while a file is written; also an `OutputError`
    └── StoreError                10  a remote store does not answer any more

Success is 0, an interrupt 130. Each error has a ``remedy``: one sentence that says what to do.
Problems that do not end a run are diagnostics (`exporter.diagnostics`).
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path


class ExporterError(Exception):
    """Base of all errors that end a run, or one job of it. The message says what is wrong."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class UsageError(ExporterError):
    exit_code = 2


class StrictError(ExporterError):
    exit_code = 3


class NothingToExport(ExporterError):
    exit_code = 4


class InputError(ExporterError):
    exit_code = 5


class OutputError(ExporterError):
    exit_code = 6


class MissingLibrary(ExporterError):
    exit_code = 7


class IncompleteError(ExporterError):
    exit_code = 8


class ClusterError(ExporterError):
    pass


class MachineError(ExporterError):
    exit_code = 9


class DiskError(MachineError, OutputError):
    pass


class StoreError(ExporterError):
    exit_code = 10


_MOMENTARY = frozenset(
    getattr(errno, name)
    for name in (
        *("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "ENXIO", "ENODEV", "ESTALE", "EREMOTEIO"),
        *("EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EBUSY", "EINTR", "ENOLCK", "ETIMEDOUT"),
        *("ENETDOWN", "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH", "ENOTCONN", "ESHUTDOWN"),
        *("ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EPIPE"),
    )
    if hasattr(errno, name)
)


FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Error numbers for a disk without space."""


def is_momentary(error: BaseException | None) -> bool:
    """Whether an error is a property of the moment, not of the bytes that were read: the machine lacks
    space, memory or open files, or a disk or the network fails. Causes of the error count, too, because
    libraries report a failed disk as a damaged file."""
    while error is not None:
        if isinstance(error, MemoryError | MachineError | ConnectionError | TimeoutError):
            return True
        if isinstance(error, OSError) and error.errno in _MOMENTARY:
            return True
        if "emory allocation failed" in str(error):  # the wording of libxml2
            return True
        error = error.__cause__ or error.__context__
    return False


def disk_error(error: OSError, what: object, place: Path) -> DiskError:
    """The error for a failure to write ``what`` in the folder ``place``."""
    is_full = error.errno in FULL
    remedy = f"Free some space in {place}" if is_full else f"Check the disk of {place}"
    return DiskError(f"cannot write {what}: {error.strerror or error}", f"{remedy}, and run again.")


def machine_error(what: str, error: BaseException) -> MachineError:
    """The error for a failure of the machine other than writing a file; ``what`` begins its message."""
    reason = getattr(error, "strerror", None) or str(error) or "out of memory"
    return MachineError(
        f"{what}: {reason}",
        "Check free memory and the limits of open files and processes (`ulimit -a`), and run again.",
    )


@contextmanager
def temporary_files() -> Iterator[None]:
    """Turn an `OSError` for files in the temporary folder into a `DiskError`."""
    try:
        yield
    except OSError as error:
        folder = Path(os.environ.get("TMPDIR") or tempfile.tempdir or "/tmp")
        raise disk_error(error, "into the temporary folder", folder) from error


def unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for an unknown name; it lists the known ones, the nearest first."""
    names = sorted(known)
    near = get_close_matches(name.casefold(), [n.casefold() for n in names], n=3, cutoff=0.5)
    ranked = sorted(names, key=lambda n: near.index(n.casefold()) if n.casefold() in near else 99)
    listed = ", ".join(ranked[:20]) + (f" and {len(ranked) - 20} more" if len(ranked) > 20 else "")
    hint = f"Did you mean {ranked[0]!r}? " if near else ""
    return UsageError(f"unknown {kind}: {name!r}", f"{hint}Known: {listed or 'none'}.")
