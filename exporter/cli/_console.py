"""What the command line prints: results on standard output, all else on standard error."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from exporter.diagnostics import Report
from exporter.errors import OutputError

_SHOWN = 12
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def prepare() -> None:
    """Make the standard streams such that nothing printed can fail for its characters.

    A stream that the caller closed leads nowhere; what it cannot encode becomes ``?``.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def flush() -> None:
    """See that what was printed has arrived. Raises `OutputError` where it cannot, a full
    disk say; that nobody reads on (`exporter list | head`) is no error."""
    with _arriving():
        sys.stdout.flush()


@contextmanager
def _arriving() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        _abandon(sys.stdout)
    except OSError as error:
        _abandon(sys.stdout)
        raise OutputError(
            f"cannot write to standard output: {error.strerror or error}", "Send it elsewhere."
        ) from None


def _abandon(stream: TextIO) -> None:
    """Let all that is still printed there go nowhere; Python would complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError):
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def error(message: str, remedy: str = "") -> None:
    """An error and what to do about it."""
    say(f"exporter: error: {message}")
    if remedy:
        say(f"  {remedy}")


def say(message: str) -> None:
    try:
        print(_printable(message), file=sys.stderr)
    except OSError:  # nobody hears it: no reason to stop the work
        _abandon(sys.stderr)


def out(line: str = "") -> None:
    with _arriving():
        print(_printable(line))


def data(text: str) -> None:
    """What a program will read: UTF-8, whatever the terminal's encoding, and unchanged."""
    with _arriving():
        sys.stdout.flush()
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is None:
            print(text)
        else:
            buffer.write(f"{text}\n".encode())


def counted(n: int, thing: str) -> str:
    """``1 article``, ``2 articles``."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def _printable(text: str) -> str:
    """Text without the control characters by which a file's name could command a terminal."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


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
