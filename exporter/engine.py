"""Where jobs run: in this process, or in processes of this machine.

Jobs are pure functions of what they are given, so the result is the same wherever
they run; results come back in the order of the jobs.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from exporter.errors import ExporterError

Job = TypeVar("Job")
Result = TypeVar("Result")

_INTERRUPTS: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM)


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(work: Callable[[Job], Result], jobs: Sequence[Job], workers: int = 1) -> Iterator[Result]:
    """``work`` of every job, in order. With one worker, or one job, in this process.

    Raises `ExporterError` where a worker was killed, for want of memory most likely.
    An interrupt ends the workers at once.
    """
    workers = min(workers, len(jobs))
    if workers <= 1:
        yield from map(work, jobs)
        return
    # Not forked: the parent has threads (a progress bar) and libraries that do not survive it.
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_deaf)
    futures: list[Future[Result]] = []
    try:
        with _sheltered(), _masked():
            futures += [pool.submit(work, job) for job in jobs]
        for future in futures:
            yield future.result()
        pool.shutdown()
    except BrokenProcessPool:
        raise ExporterError(
            "a worker process was ended from outside, probably for want of memory",
            "Run again with --jobs 1, or with a narrower range.",
        ) from None
    finally:
        # What is left is cancelled by the pool's own thread: cancelled from here, it would fail there.
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()


@contextmanager
def _sheltered() -> Iterator[None]:
    """Interrupts wait until the pool stands: one in the middle of its start would leave
    threads behind that nothing ends, and the program with them."""
    if threading.current_thread() is not threading.main_thread():  # only that one is interrupted
        yield
        return
    came: list[int] = []
    kept = {number: signal.signal(number, lambda n, _: came.append(n)) for number in _INTERRUPTS}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


@contextmanager
def _masked() -> Iterator[None]:
    """Workers started here are deaf to Ctrl-C from their first moment, by inheritance."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _deaf() -> None:
    """Ctrl-C reaches the whole group: only the parent answers it, and ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
