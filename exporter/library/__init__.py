"""The library: articles stored for years, which answers selections.

    Library(folder)          opens a library, or makes one
      .filing()              stores articles (see `exporter.library.importer`, which reads them)
      .select(selection)     the articles and briefs of an edition
      .snapshot(selection)   the same as hashes: has it changed?
      .search(selection)     full-text search

A folder with one SQLite database (articles as MessagePack, full text, fingerprints by which copies are
found) and ``images``, files named by the hash of their content. Any number of processes may read while
one writes.

Importing this package is cheap: a worker that makes index rows needs no database.
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
