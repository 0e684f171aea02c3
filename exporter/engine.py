"""Where jobs run: in this process, or in processes of this machine.

Jobs are pure functions of what they are given, so the result is the same wherever
they run; results come back in the order of the jobs.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from exporter.errors import ExporterError

Job = TypeVar("Job")
Result = TypeVar("Result")


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
    futures = [pool.submit(work, job) for job in jobs]
    try:
        for future in futures:
            yield future.result()
        pool.shutdown()
    except BrokenProcessPool:
        raise ExporterError(
            "a worker process was ended from outside, probably for want of memory",
            "Run again with --jobs 1, or with a narrower range.",
        ) from None
    finally:
        for future in futures:
            future.cancel()
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()


def _deaf() -> None:
    """Ctrl-C reaches the whole group: only the parent answers it, and ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
