"""Runs a command in a fresh process and tells how much memory it and its children took.

Twenty times a second the memory of the whole tree is summed up: its proportional set size
(PSS, where what processes share is counted once) on Linux, else what each has for itself
(USS). The largest single process is told by its resident set (RSS).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path(__file__).parents[2]
INTERVAL = 0.05
"""Seconds between two looks."""
LIMIT = 4 * 3600
"""Seconds after which a run is ended."""
MEMORY = "PSS" if sys.platform == "linux" else "USS"
_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in the unit of ``ru_maxrss``."""


class Measured(NamedTuple):
    """``seconds`` from start to end; memory in bytes: of all processes at one time, of the largest."""

    seconds: float
    total: int
    largest: int


class FailedRun(Exception):
    """The command ended with an error: the end of what it said."""


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Runs a command to its end, in the project's folder and a process group of its own.

    Raises `FailedRun`, also where it does not end.
    """
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **(environment or {})}
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, start_new_session=True, stdout=said, stderr=said
        )
        try:
            status, total, largest = _watch(process.pid, start + LIMIT)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        if process.returncode:
            said.seek(0)
            raise FailedRun(said.read()[-2000:].decode(errors="replace") or f"status {process.returncode}")
    return Measured(time.perf_counter() - start, total, largest)


def _watch(pid: int, until: float) -> tuple[int, int, int]:
    """The process's status when it has ended, and the most memory seen: sum, largest."""
    root = psutil.Process(pid)
    total = largest = 0
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            # Between two looks a process may have grown: the system kept count of the largest.
            return status, total, max(largest, usage.ru_maxrss * _UNIT)
        sizes = _sizes(root)
        total = max(total, sum(own for own, _ in sizes))
        largest = max(largest, *(resident for _, resident in sizes), 0)
        if time.perf_counter() > until:
            raise FailedRun(f"took more than {LIMIT} seconds")
        time.sleep(INTERVAL)


def _sizes(root: psutil.Process) -> list[tuple[int, int]]:
    """Of a process and all below it: its share of memory and its resident set."""
    sizes = []
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                told = process.memory_full_info()
                sizes.append((getattr(told, MEMORY.lower()), told.rss))
    return sizes
