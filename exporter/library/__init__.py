"""The library: articles kept for years, asked in an instant.

    Library(folder)          opens it, or makes one
      .filing()              keeps files' articles (see `exporter.library.importer`, which reads them)
      .select(selection)     what an edition is made of
      .outline(selection)    the same by hashes: has it changed?
      .search(selection)     by full text

A folder with one SQLite database (articles as MessagePack, full text, what tells copies apart)
and ``images``, files named by their content's hash. Any number of processes may read while one
writes.

Importing this package is cheap: a worker that makes cards needs no database.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exporter.library._queries import Line as Line
    from exporter.library._store import Note as Note
    from exporter.library._store import Store as Store
    from exporter.library.catalog import Hit as Hit
    from exporter.library.catalog import Known as Known
    from exporter.library.catalog import Library as Library
    from exporter.library.catalog import Snapshot as Snapshot

__all__ = ["Hit", "Known", "Library", "Line", "Note", "Snapshot", "Store"]

_HOME = {"Line": "_queries", "Store": "_store", "Note": "_store"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'exporter.library' has no attribute {name!r}")
    return getattr(import_module(f"exporter.library.{_HOME.get(name, 'catalog')}"), name)
