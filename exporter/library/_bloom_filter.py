"""A Bloom filter for keys: most of a new article's keys no other has, and that is known without a look.

A Bloom filter (Bloom 1970) of two positions a key, in 16 MB: of ten million keys (four hundred
thousand articles) one in fifty is reported to be there and is not. It represents the database as this
process knows it: once another process has written, it says nothing any more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from exporter.library._groups import MARKS
from exporter.library.index_row import Mark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BITS = 27
_MASK = (1 << _BITS) - 1
_AT_ONCE = 100_000
FEW = 500
"""Articles for which it is not worth its making."""
WORTH = 800
"""Marks that are read into it in the time that it saves for one article."""


Value = TypeVar("Value", int, "NDArray[np.int64]")


def _places(value: Value) -> tuple[Value, Value]:
    """The two bits of a key, or of many; its numbers are as good as drawn by lot."""
    return value & _MASK, (value >> 32) & _MASK


class BloomFilter:
    """The keys that may be there: all that are, and a few more."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """All that are in the library."""
        import numpy as np

        self._db = db
        self._bits = bytearray(1 << (_BITS - 3))
        bits = np.frombuffer(self._bits, dtype=np.uint8)
        for table in MARKS:
            rows = db.execute(f"SELECT value FROM {table}")
            while some := rows.fetchmany(_AT_ONCE):
                values = np.fromiter((value for (value,) in some), np.int64, len(some))
                for places in _places(values):
                    np.bitwise_or.at(bits, places >> 3, (1 << (places & 7)).astype(np.uint8))
        self._version = self._count()

    def _count(self) -> int:
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    @property
    def is_true(self) -> bool:
        """Whether nobody else has written since; to be asked within a transaction that writes."""
        return self._count() == self._version

    def passed(self, marks: Iterable[Mark]) -> list[Mark]:
        """Those of the keys that may be there."""
        bits = self._bits
        passed_ = []
        for kind, value in marks:
            one, two = _places(value)
            if bits[one >> 3] >> (one & 7) & 1 and bits[two >> 3] >> (two & 7) & 1:
                passed_.append((kind, value))
        return passed_

    def add(self, marks: Iterable[Mark]) -> None:
        """Let the keys through from now on."""
        bits = self._bits
        for _, value in marks:
            one, two = _places(value)
            bits[one >> 3] |= 1 << (one & 7)
            bits[two >> 3] |= 1 << (two & 7)
