"""Handles Ctrl-C and SIGTERM within a second, whatever the program is doing, and without a traceback.

    early()         from the start, until the program is loaded
    with heard():   while it works: raises `Interrupted`, and ends the process if that does not

This module imports nothing that is slow to load.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

MESSAGE = "interrupted", "What was finished is kept; no file is half-written."
EXIT_CODE = 130
PATIENCE = 0.7
"""Seconds that the program has to clean up. Python does not handle signals while a library runs native
code, as while a PDF is written: then another thread ends the process. That loses no more than a loss
of power would."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR = "\x1b[?25h"


class Interrupted(BaseException):
    """Raised by a signal: work in progress is undone, finished work is kept. Not KeyboardInterrupt,
    which Typer would swallow."""


def early() -> None:
    """Let a signal end the process at once: there is nothing to clean up yet."""
    for number in _SIGNALS:
        signal.signal(number, _end)


@contextmanager
def heard() -> Iterator[None]:
    """A signal raises `Interrupted` in the block. If that does not end it within `PATIENCE` seconds, or
    on a second signal, the process ends."""
    before = {number: signal.signal(number, _interrupt) for number in _SIGNALS}
    hook, sys.unraisablehook = sys.unraisablehook, _report_unless_interrupted
    try:
        with _watched():
            yield
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _watched() -> Iterator[None]:
    """Another thread hears of signals at once, where the system can write them into a pipe."""
    if os.name != "posix":
        yield
        return
    from threading import Event, Thread

    ended = Event()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def watch() -> None:
        while signals := os.read(reading, 1):
            if signals[0] in _SIGNALS and not ended.wait(PATIENCE):
                _end()

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        signal.set_wakeup_fd(before)
        os.close(writing)
        thread.join()
        os.close(reading)


def _interrupt(_signum: int, _frame: FrameType | None) -> NoReturn:
    for number in _SIGNALS:
        signal.signal(number, _end)
    raise Interrupted


def _report_unless_interrupted(problem: sys.UnraisableHookArgs) -> None:
    """Keep quiet about an `Interrupted` raised in a finaliser, where Python cannot propagate it."""
    if not isinstance(problem.exc_value, Interrupted):
        sys.__unraisablehook__(problem)


def _end(_signum: int = 0, _frame: FrameType | None = None) -> NoReturn:
    """End the process and its workers, and remove its temporary folders."""
    if "multiprocessing" in sys.modules:
        for child in sys.modules["multiprocessing"].active_children():
            child.kill()
    if "exporter.workers.scratch" in sys.modules:
        sys.modules["exporter.workers.scratch"].remove_all()
    what, remedy = MESSAGE
    cursor = _SHOW_CURSOR if os.isatty(2) else ""
    os.write(2, f"{cursor}exporter: error: {what}\n  {remedy}\n".encode())
    os._exit(EXIT_CODE)
