"""The interface by which a run reports its progress."""

from __future__ import annotations


class Progress:
    """Receives the progress of a run; this base class ignores it."""

    def __call__(self, done: int, total: int, name: str = "") -> None:
        """``done`` of ``total`` steps are done; ``name`` is the current one."""

    def working(self, worker: int, name: str) -> None:
        """A worker, counted from 0, has begun the step ``name``; empty: it has ended it."""


SILENT = Progress()
