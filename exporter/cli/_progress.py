"""Progress as people see it: bars on a terminal, a line now and then elsewhere, events for machines."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

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

from exporter.cli import _console
from exporter.jobs.outcome import Outcome
from exporter.progress import Progress

AFTER = 1.0
"""Seconds after which a bar is worth showing."""
OFTEN = 15.0
"""Seconds between two lines where there is no terminal."""


@contextmanager
def shown(label: str, *, quiet: bool = False) -> Iterator[Progress]:
    """Progress for what goes on within, in the way that fits where standard error leads."""
    if _console.as_json.on:
        yield _Events(label)
    elif quiet:
        yield Progress()
    elif not sys.stderr.isatty():
        yield _Lines(label)
    else:
        bars = Bars(label, AFTER)
        try:
            yield bars
        finally:
            bars.close()


class _Events(Progress):
    def __init__(self, label: str) -> None:
        self._label = label
        self._shown_at = 0.0

    def __call__(self, done: int, total: int, name: str = "") -> None:
        now = time.monotonic()
        # A file made is worth an event, a page read is not.
        if done in (0, total) or name or now - self._shown_at > 1:
            self._shown_at = now
            _console.log("progress", what=self._label, done=done, total=total, name=name)


class _Lines(Progress):
    """A line every so often, with rate and remaining time: nothing for what is quickly done."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._began = self._shown_at = time.monotonic()

    def __call__(self, done: int, total: int, name: str = "") -> None:  # noqa: ARG002
        now = time.monotonic()
        if done and done < total and now - self._shown_at >= OFTEN:
            self._shown_at = now
            spent = now - self._began
            left = spelled(spent / done * (total - done))
            _console.say(f"{self._label}: {done:,} of {total:,}, {rate(done / spent)}, about {left} left")


def rate(each: float) -> str:
    """So many a second, or a minute."""
    return f"{each:,.0f}/s" if each >= 10 else f"{each:.1f}/s" if each >= 0.1 else f"{60 * each:.1f}/min"


def spelled(seconds: float) -> str:
    """A time in words: ``40 s``, ``3 min``, ``2 h 10 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def table(outcome: Outcome) -> None:
    """What a run made, a line a format, on a terminal; nothing elsewhere, or for a file or two."""
    file_count = len(outcome.written) + len(outcome.failed)
    if file_count < 4 or _console.as_json.on or not sys.stderr.isatty():
        return
    _console.say(f"{'':<6}{'made':>7}{'failed':>8}{'articles':>10}{'briefs':>8}{'MB':>8}")
    formats = [file.format for file in outcome.written] + [failure.format for failure in outcome.failed]
    for format in dict.fromkeys(formats):
        files = [file for file in outcome.written if file.format == format]
        failed = sum(failure.format == format for failure in outcome.failed)
        articles, briefs = sum(f.articles for f in files), sum(f.briefs for f in files)
        size = sum(f.bytes for f in files) / 1e6
        _console.say(f"{format:<6}{len(files):>7,}{failed:>8,}{articles:>10,}{briefs:>8,}{size:>8,.1f}")


# -- Bars on a terminal: one for all of the work, and below it what each worker is at.


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
        pace = rate(done / spent) if done and spent else ""
        self._shown.update(self._all, completed=done, total=total, rate=pace)
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
