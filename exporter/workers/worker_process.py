"""The worker's side of `exporter.workers.pool`: receives jobs by one pipe, answers by another."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

from exporter.workers import scratch
from exporter.workers.limits import Limit, Limits, allow, begin, end


def serve(
    jobs: Connection,
    answers: Connection,
    steps: Connection,
    limits: Limits,
    may_start_pools: bool,
    folder: Path,
) -> None:
    """Run a worker: send a message that it is ready, then an answer for each job.

    ``folder`` is for its temporary files: a parent that kills the worker removes it.
    """
    tempfile.tempdir = str(folder)
    # Ctrl-C reaches the whole process group: only the parent handles it, and ends the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if may_start_pools:
        signal.signal(signal.SIGTERM, _leave)
    begin(steps, limits.data)
    work: Callable[[Any], Any] | None = None
    with suppress(EOFError, BrokenPipeError):  # the parent has no more work, or has ended
        while True:
            message = jobs.recv_bytes()
            try:
                if work is None:
                    work, answer = pickle.loads(message), None
                else:
                    job, seconds = pickle.loads(message)
                    allow(Limit(seconds))
                    try:
                        answer = work(job)
                    finally:
                        end()
                kind = "done"
            except Exception as error:  # the parent raises it, as if it had done the work
                kind, answer = "raised", _portable(error)
            answers.send((kind, answer, _holds_more(limits.resting)))
    scratch.remove(folder)


def _leave(_signum: int, _frame: FrameType | None) -> None:
    try:
        for child in multiprocessing.active_children():
            child.kill()
    finally:
        os._exit(128 + signal.SIGTERM)


def _portable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # an error class of a library may raise anything here
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _holds_more(limit: int) -> bool:
    """Whether this process holds more than ``limit`` bytes; False if the system does not report it."""
    return bool(limit) and _memory() > limit and gc.collect() >= 0 and _memory() > limit


def _memory() -> int:
    with suppress(OSError, AttributeError):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0
