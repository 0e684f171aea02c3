"""Limits of processor time and memory for a worker process.

A worker limits itself, so a limit holds in the middle of a library's code, even if no process waits
for the worker any more. In other processes these functions have no effect.
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
"""The signal that ends a process at its time limit; None where the system has none."""
LOADING = 2.0
"""Additional seconds for the first job of a worker, which loads modules."""
PATIENCE = 2
"""Wall-clock time that an idle job may take, as a multiple of its limit of processor time."""
IDLE = 0.05
"""Fraction of processor time to wall-clock time below which a process counts as idle."""


class Limit(NamedTuple):
    """Seconds of processor time, and bytes of memory; 0 is no limit."""

    seconds: float = 0
    data: int = 0


class Limits(NamedTuple):
    """Bytes of memory that a worker may have: ``data`` at any time, ``resting`` between two jobs, above
    which a new worker replaces it. 0 is no limit."""

    data: int = 0
    resting: int = 0


class _Worker:
    """State of this process, if it is a worker."""

    steps: Connection | None = None
    most = 0
    began = 0.0
    loading = LOADING
    worked = 0.0


_this = _Worker()


def begin(steps: Connection, most: int) -> None:
    """Make this process a worker that reports its steps, with at most ``most`` bytes of memory."""
    _this.steps, _this.most = steps, most
    _bound(most)
    if ALARM is not None:
        signal.signal(signal.SIGALRM, _end_if_idle)


def step() -> None:
    """Report that the next step of a job begins, so that the parent knows at which step a worker ended."""
    if _this.steps is not None and os.name == "posix":
        os.write(_this.steps.fileno(), b".")


def allow(limit: Limit, *, more: bool = False) -> None:
    """Limit the work from now on; with ``more``, from the previous call on.

    At the time limit the process ends by `ALARM`; above the memory limit `MemoryError` is raised.
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
    """End the limit after a job: a worker that waits for the next needs none."""
    allow(Limit())
    _this.loading = 0.0


def _end_if_idle(_signum: int, _frame: FrameType | None) -> None:
    before, _this.worked = _this.worked, _worked()
    if _this.worked - before < IDLE * signal.getitimer(signal.ITIMER_REAL)[1]:
        assert ALARM is not None
        signal.raise_signal(ALARM)


def _worked() -> float:
    """Seconds of processor time of this process and its children."""
    return sum(os.times()[:4])


def _bound(data: int) -> None:
    if not data:
        return
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (data, most))


# -- Work that may never end, in a daemon thread.


Answer = TypeVar("Answer")
Outcome = tuple[Any, Exception | None]


def begun(work: Callable[[], Any]) -> queue.SimpleQueue[Outcome]:
    """Start the work in a thread. Returns the queue that receives its result, or the error that it raises."""
    done = queue.SimpleQueue[Outcome]()

    def run() -> None:
        try:
            done.put((work(), None))
        except Exception as error:
            done.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    return done


def within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """What the work returns. Raises what it raises, and `TimeoutError` after ``seconds``."""
    try:
        answer, error = begun(work).get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer in {seconds:g} seconds") from None
    if error is not None:
        raise error
    return cast(Answer, answer)
