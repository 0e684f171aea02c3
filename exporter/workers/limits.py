"""What a worker process may take for each part of its work: processor time, and memory.

A worker limits itself, so a limit holds in the middle of a library's code, and even if nobody waits for
the worker any more. In any other process nothing here has an effect.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any, NamedTuple, TypeVar, cast

ALARM: int | None = getattr(signal, "SIGPROF", None)
"""The signal that ends a process whose time is over; None where the system has none."""
LOADING = 2.0
"""Seconds more for what a worker does first: it loads what it needs."""
PATIENCE = 2
"""Times its limit of processor time that something may wait, by the clock, for what does not come."""
IDLE = 0.05
"""The part of the time in which a process works that is not only waiting."""


class Limit(NamedTuple):
    """Seconds of processor time, and bytes of memory; 0 is no limit."""

    seconds: float = 0
    data: int = 0


class Limits(NamedTuple):
    """Bytes that a worker may have: ``data`` at any time, ``resting`` between two jobs, or a
    fresh one takes its place. 0 is no limit."""

    data: int = 0
    resting: int = 0


class _Worker:
    """This process, if it is a worker."""

    steps: Connection | None = None
    most = 0
    began = 0.0
    loading = LOADING
    worked = 0.0


_this = _Worker()


def begin(steps: Connection, most: int) -> None:
    """Make this process a worker, which tells of its steps, and may never have more bytes than ``most``."""
    _this.steps, _this.most = steps, most
    _bound(most)
    if ALARM is not None:
        signal.signal(signal.SIGALRM, _end_if_idle)


def step() -> None:
    """Tell that the next step of a job begins: should the worker be ended, it is known at which."""
    if _this.steps is not None and os.name == "posix":
        os.write(_this.steps.fileno(), b".")


def allow(limit: Limit, *, more: bool = False) -> None:
    """What is done from now on may take so much; with ``more``, what was allowed the last time, in all.

    Then the process ends by `ALARM`; asking for more memory raises `MemoryError`.
    """
    if _this.steps is None:
        return
    now = time.process_time()
    if not more:
        _this.began = now + _this.loading
    if ALARM is not None:
        left = _this.began + limit.seconds - now
        signal.setitimer(signal.ITIMER_PROF, max(left, 0.001) if limit.seconds else 0)
        _this.worked = _worked()
        signal.setitimer(signal.ITIMER_REAL, limit.seconds * PATIENCE, limit.seconds * PATIENCE)
    _bound(min(limit.data or _this.most, _this.most or limit.data))


def end() -> None:
    """A job is done: while it waits for the next, a worker needs no limit."""
    allow(Limit())
    _this.loading = 0.0


def _end_if_idle(_signum: int, _frame: FrameType | None) -> None:
    before, _this.worked = _this.worked, _worked()
    if _this.worked - before < IDLE * signal.getitimer(signal.ITIMER_REAL)[1]:
        assert ALARM is not None
        signal.raise_signal(ALARM)


def _worked() -> float:
    """Seconds of work of this process and of those that it has started."""
    return sum(os.times()[:4])


def _bound(data: int) -> None:
    if not data:
        return
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (data, most))


# -- Work that may never end, in a thread that nobody has to wait for.


Answer = TypeVar("Answer")
Outcome = tuple[Any, Exception | None]


def begun(work: Callable[[], Any]) -> queue.SimpleQueue[Outcome]:
    """Where what the work returns, or the error that it raises, arrives."""
    done = queue.SimpleQueue[Outcome]()

    def run() -> None:
        try:
            done.put((work(), None))
        except Exception as error:
            done.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    return done


def within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """What the work returns. Raises what it raises, and `TimeoutError` after so many seconds."""
    try:
        answer, error = begun(work).get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer in {seconds:g} seconds") from None
    if error is not None:
        raise error
    return cast(Answer, answer)
