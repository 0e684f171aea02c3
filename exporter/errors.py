"""What ends a run, and with which exit code.

    ExporterError                  1  something failed; the rest of the work was done
    ├── UsageError                 2  the command or a value in it is off
    ├── StrictError                3  --strict, and there were diagnostics
    ├── NothingToExport            4  no article (or brief) is left to export
    ├── InputError                 5  what was named to read cannot be read
    ├── OutputError                6  the file cannot be written (folder, rights, space)
    ├── MissingLibrary             7  a system library or font is not installed
    ├── IncompleteError            8  an article of the edition is not in the file
    ├── ClusterError               1  a cluster does not answer any more
    ├── MachineError               9  the machine fails: a full disk, a disk's error, too many open files
    │   └── DiskError              9  … while a file is written; an `OutputError`, too
    └── StoreError                10  a store elsewhere does not answer any more

Success is 0, an interrupt 130. Each carries a ``remedy``: one sentence on what to do.
What does not end a run is a diagnostic (`exporter.diagnostics`).
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
    """Base of all errors that end a piece of work; the message says what happened."""

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
"""Numbers of errors that tell of a disk without space."""


def is_momentary(error: BaseException | None) -> bool:
    """Whether an error is of the moment, and not of the bytes that were read: the machine lacks space,
    memory or open files, a disk or the network fails. What an error was raised for counts, too: libraries
    tell of a failed disk as of a damaged file."""
    while error is not None:
        if isinstance(error, MemoryError | MachineError | ConnectionError | TimeoutError):
            return True
        if isinstance(error, OSError) and error.errno in _MOMENTARY:
            return True
        if "emory allocation failed" in str(error):  # as libxml2 says it
            return True
        error = error.__cause__ or error.__context__
    return False


def disk_error(error: OSError, what: object, place: Path) -> DiskError:
    """The error for ``what`` could not be written in the folder ``place``."""
    is_full = error.errno in FULL
    remedy = f"Free some space in {place}" if is_full else f"Check the disk of {place}"
    return DiskError(f"cannot write {what}: {error.strerror or error}", f"{remedy}, and run again.")


def machine_error(what: str, error: BaseException) -> MachineError:
    """The error for ``what`` the machine refuses, other than to write a file."""
    reason = getattr(error, "strerror", None) or str(error) or "out of memory"
    return MachineError(
        f"{what}: {reason}",
        "Check free memory and the limits of open files and processes (`ulimit -a`), and run again.",
    )


@contextmanager
def temporary_files() -> Iterator[None]:
    """What the machine refuses within to files in its temporary folder becomes a `DiskError`."""
    try:
        yield
    except OSError as error:
        folder = Path(os.environ.get("TMPDIR") or tempfile.tempdir or "/tmp")
        raise disk_error(error, "into the temporary folder", folder) from error


def unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that does not exist: lists the known ones, the nearest first."""
    names = sorted(known)
    near = get_close_matches(name.casefold(), [n.casefold() for n in names], n=3, cutoff=0.5)
    ranked = sorted(names, key=lambda n: near.index(n.casefold()) if n.casefold() in near else 99)
    listed = ", ".join(ranked[:20]) + (f" and {len(ranked) - 20} more" if len(ranked) > 20 else "")
    hint = f"Did you mean {ranked[0]!r}? " if near else ""
    return UsageError(f"unknown {kind}: {name!r}", f"{hint}Known: {listed or 'none'}.")
