"""Bars on a terminal: one for all of the work, and below it what each worker is at."""

from __future__ import annotations

import time

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Shown
from rich.text import Text

from exporter.cli import _progress
from exporter.progress import Progress


class Bars(Progress):
    """Shown when the work has taken ``after`` seconds, and gone when it is done."""

    def __init__(self, label: str, after: float) -> None:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            *map(_OfAll, (BarColumn(bar_width=30), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))),
            TimeElapsedColumn(),
            _OfAll(TimeRemainingColumn()),
        )
        self._shown = Shown(*columns, console=Console(stderr=True), transient=True)
        self._all = self._shown.add_task(label, total=None, rate="", is_all=True)
        self._workers: dict[int, TaskID] = {}
        self._began = time.monotonic()
        self._after = after
        self._is_shown = False

    def __call__(self, done: int, total: int, name: str = "") -> None:
        spent = time.monotonic() - self._began
        rate = _progress.rate(done / spent) if done and spent else ""
        self._shown.update(self._all, completed=done, total=total, rate=rate)
        if name and not self._workers:
            self.working(0, name)
        self._show()

    def working(self, worker: int, name: str) -> None:
        if worker not in self._workers:
            self._workers[worker] = self._shown.add_task("", total=None, rate="", is_all=False)
        self._shown.reset(self._workers[worker], description=f"  {worker + 1}  {name}", visible=bool(name))
        self._show()

    def _show(self) -> None:
        if not self._is_shown and time.monotonic() - self._began > self._after:
            self._shown.start()
            self._is_shown = True

    def close(self) -> None:
        if self._is_shown:
            self._shown.stop()


class _OfAll(ProgressColumn):
    """A column that says nothing of a single worker."""

    def __init__(self, column: ProgressColumn) -> None:
        super().__init__()
        self._column = column

    def render(self, task: Task) -> RenderableType:
        if not task.fields["is_all"]:
            return Text()
        return self._column(task)
