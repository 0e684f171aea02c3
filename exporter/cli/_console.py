"""What the command line prints: results on standard output, all else on standard error."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

from exporter.diagnostics import Report
from exporter.errors import OutputError

_SHOWN = 12


class _Switch:
    on = False


as_json = _Switch()
"""Whether all messages beside results are lines of JSON (``--log-json``)."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BIDI_CONTROLS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Unicode's Bidi_Control: invisible, they change the order in which a terminal shows text."""
_NOT_ESCAPED = re.compile(rf"[\x7f-\x9f]|{_BIDI_CONTROLS.pattern}")
"""Of both those that JSON takes as they are."""


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


def log(kind: str, **facts: object) -> None:
    """An event as a line of JSON on standard error."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": kind, **facts}
    with contextlib.suppress(OSError):
        print(_escaped(json.dumps(line, ensure_ascii=False, default=str)), file=sys.stderr, flush=True)


def error(message: str, remedy: str = "") -> None:
    """An error and what to do about it."""
    if as_json.on:
        log("error", message=message, remedy=remedy)
        return
    say(f"exporter: error: {message}")
    if remedy:
        say(f"  {remedy}")


def say(message: str) -> None:
    if as_json.on:
        log("note", message=message)
        return
    try:
        print(printable(message), file=sys.stderr)
    except OSError:  # nobody hears it: no reason to stop the work
        _abandon(sys.stderr)


def out(line: str = "") -> None:
    with _arriving():
        print(printable(line))


def data(text: str) -> None:
    """JSON for a program: UTF-8, whatever the terminal's encoding."""
    text = _escaped(text)
    with _arriving():
        sys.stdout.flush()
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is None:
            print(text)
        else:
            buffer.write(f"{text}\n".encode())


def counted(n: int, thing: str) -> str:
    """``1 article``, ``2 articles``, ``2 copies``."""
    several = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{n:,} {thing if n == 1 else several}"


def printable(text: str) -> str:
    """Text without the characters by which a title or a file's name could command a terminal."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", _BIDI_CONTROLS.sub("", text))


def _escaped(text: str) -> str:
    """JSON that says the same and cannot command a terminal."""
    return _NOT_ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def diagnostics(report: Report, *, quiet: bool, more: str = "--report FILE lists them all") -> None:
    """The findings, warnings first; of one kind a few stand for all."""
    if as_json.on:
        for finding in report.findings:
            log(finding.kind.severity, id=finding.id, where=finding.where, detail=finding.detail)
        return
    if quiet:
        return
    shown: dict[str, int] = {}
    listed = 0
    warnings = report.warnings
    infos = [f for f in report.findings if f.kind.severity == "info"]
    for finding in warnings:
        shown[finding.id] = shown.get(finding.id, 0) + 1
        if shown[finding.id] <= 3 and listed < _SHOWN:
            listed += 1
            say(f"warning: {finding}")
            say(f"         {finding.kind.remedy}")
    if hidden := len(warnings) - listed:
        say(f"warning: … and {hidden} more; {more}.")
    if infos:
        kinds: dict[str, int] = {}
        for finding in infos:
            kinds[finding.id] = kinds.get(finding.id, 0) + 1
        say("note: " + ", ".join(f"{n} × {id}" for id, n in sorted(kinds.items())))
