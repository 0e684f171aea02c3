"""Ctrl-C and SIGTERM: answered within a second, whatever the program is doing, and without a traceback.

    early()         from the first moment on, until the program is loaded
    with heard():   while it works: `Interrupted` is raised, and what does not end by that is ended

This module loads nothing that takes time.
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
"""Seconds in which the program may put things in order. A library's code that runs on without Python,
as while a PDF is written, does not hear of a signal: then another thread ends the process. By that
nothing is lost that a loss of power would not lose, too."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR = "\x1b[?25h"


class Interrupted(BaseException):
    """What is under way is undone, what was finished stands. Not KeyboardInterrupt, which Typer would
    swallow."""


def early() -> None:
    """Let a signal end the process: there is nothing to put in order yet."""
    for number in _SIGNALS:
        signal.signal(number, _end)


@contextmanager
def heard() -> Iterator[None]:
    """A signal raises `Interrupted` within. What has not ended by that soon, or by a second signal, is
    ended."""
    before = {number: signal.signal(number, _interrupt) for number in _SIGNALS}
    hook, sys.unraisablehook = sys.unraisablehook, _tell_unless_interrupted
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


def _tell_unless_interrupted(problem: sys.UnraisableHookArgs) -> None:
    """While an object is taken down nothing can be raised: what it says of that helps nobody."""
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
