"""What the command line prints: results on standard output, all else on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from exporter.diagnostics import Report

_SHOWN = 12


def error(message: str, remedy: str = "") -> None:
    """An error and what to do about it."""
    print(f"exporter: error: {_printable(message)}", file=sys.stderr)
    if remedy:
        print(f"  {_printable(remedy)}", file=sys.stderr)


def say(message: str) -> None:
    print(_printable(message), file=sys.stderr)


def out(line: str = "") -> None:
    print(_printable(line, sys.stdout.encoding))


def counted(n: int, thing: str) -> str:
    """``1 article``, ``2 articles``."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def _printable(text: str, encoding: str | None = None) -> str:
    """Text as the terminal can take it: no control characters, nothing it cannot encode."""
    text = "".join(c if c >= " " or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
    name = encoding or sys.stderr.encoding or "utf-8"
    return text.encode(name, "replace").decode(name)


def diagnostics(report: Report, *, quiet: bool, more: str = "--report FILE lists them all") -> None:
    """The findings, warnings first; of one kind a few stand for all."""
    if quiet:
        return
    shown: dict[str, int] = {}
    told = 0
    warnings = report.warnings
    infos = [f for f in report.findings if f.kind.severity == "info"]
    for finding in warnings:
        shown[finding.id] = shown.get(finding.id, 0) + 1
        if shown[finding.id] <= 3 and told < _SHOWN:
            told += 1
            say(f"warning: {finding}")
            say(f"         {finding.kind.remedy}")
    if hidden := len(warnings) - told:
        say(f"warning: … and {hidden} more; {more}.")
    if infos:
        kinds: dict[str, int] = {}
        for finding in infos:
            kinds[finding.id] = kinds.get(finding.id, 0) + 1
        say("note: " + ", ".join(f"{n} × {id}" for id, n in sorted(kinds.items())))


class Bar(Protocol):
    def __call__(self, done: int, total: int, name: str = "") -> None: ...


@contextmanager
def progress(label: str, *, quiet: bool = False) -> Iterator[Bar]:
    """A bar on a terminal for what takes over a second; silence elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield _no_bar
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}"),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(label, total=None, name="")
    begin = time.monotonic()
    started = False

    def update(done: int, total: int, name: str = "") -> None:
        nonlocal started
        bar.update(task, completed=done, total=total, name=name)
        if not started and (time.monotonic() - begin > 1 or label.startswith("Rendering")):
            bar.start()
            started = True

    try:
        yield update
    finally:
        if started:
            bar.stop()


def _no_bar(done: int, total: int, name: str = "") -> None:
    pass
