"""How far a run is, told to whoever wants to know."""

from __future__ import annotations


class Progress:
    """Told of a run's progress; this one does nothing with it."""

    def __call__(self, done: int, total: int, name: str = "") -> None:
        """So many pieces of all are done; ``name`` is the one at hand."""

    def working(self, worker: int, name: str) -> None:
        """A worker, counted from 0, has begun a piece; empty: it has ended it."""


SILENT = Progress()
