"""The library: articles kept for years, asked in an instant.

    Library(folder)          opens it, or makes one
      .filing()              keeps files' articles (see `exporter.accession`, which reads them)
      .select(selection)     what an edition is made of
      .outline(selection)    the same by hashes: has it changed?
      .search(selection)     by full text

A folder with one SQLite database (articles as MessagePack, full text, what tells copies apart)
and ``images``, files named by their content's hash. Any number of processes may read while one
writes.
"""

from __future__ import annotations

from exporter.library._asking import Line as Line
from exporter.library._filing import Filing as Filing
from exporter.library._filing import Note as Note
from exporter.library.catalog import Hit as Hit
from exporter.library.catalog import Known as Known
from exporter.library.catalog import Library as Library
from exporter.library.catalog import Outline as Outline

__all__ = ["Filing", "Hit", "Known", "Library", "Line", "Note", "Outline"]
