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
    └── StoreError                10  a store elsewhere does not answer any more

Success is 0, an interrupt 130. Each carries a ``remedy``: one sentence on what to do.
What does not end a run is a diagnostic (`exporter.diagnostics`).
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


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


class StoreError(ExporterError):
    exit_code = 10


def unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that does not exist: lists the known ones, the nearest first."""
    names = sorted(known)
    near = get_close_matches(name.casefold(), [n.casefold() for n in names], n=3, cutoff=0.5)
    ranked = sorted(names, key=lambda n: near.index(n.casefold()) if n.casefold() in near else 99)
    listed = ", ".join(ranked[:20]) + (f" and {len(ranked) - 20} more" if len(ranked) > 20 else "")
    hint = f"Did you mean {ranked[0]!r}? " if near else ""
    return UsageError(f"unknown {kind}: {name!r}", f"{hint}Known: {listed or 'none'}.")
