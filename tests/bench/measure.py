"""Runs a command in a fresh process and tells how much time and memory it and its children took.

Once a second, seldom enough not to disturb (to sum up the pages of a large process takes the system some
hundredths), the memory of the whole tree is summed up:
its proportional set size (PSS, where what processes share is counted once) on Linux, else
what each has for itself (USS). The largest single process is told by the most that its
resident set (RSS) ever was.
"""

from __future__ import annotations

import contextlib
import os
import re
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
INTERVAL = 1.0
"""Seconds between two looks."""
POLL = 0.03
"""Seconds between two questions whether it has ended."""
LIMIT = 4 * 3600
"""Seconds after which a run is ended."""
MEMORY = "PSS" if sys.platform == "linux" else "USS"
_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in the unit of ``ru_maxrss``."""


class Measured(NamedTuple):
    """``seconds`` from start to end, and what processors spent of them on it, summed up; memory
    in bytes: of all processes at one time, of the largest."""

    seconds: float
    processors: float
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
            status, processors, total, largest = _watch(process.pid, start + LIMIT)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        if process.returncode:
            said.seek(0)
            raise FailedRun(said.read()[-2000:].decode(errors="replace") or f"status {process.returncode}")
    return Measured(seconds, processors, total, largest)


def _watch(pid: int, until: float) -> tuple[int, float, int, int]:
    """The process's status when it has ended, its time, and the most memory seen: sum, largest."""
    root = psutil.Process(pid)
    total = largest = 0
    times: dict[int, float] = {}
    due = 0.0
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            # The system knows what was between two looks, though not of children nobody waited for.
            spent = max(usage.ru_utime + usage.ru_stime, sum(times.values()))
            return status, spent, total, max(largest, usage.ru_maxrss * _UNIT)
        time.sleep(POLL)
        if time.perf_counter() < due:
            continue
        looks = _look(root)
        times |= {look.pid: look.processors for look in looks}
        total = max(total, sum(look.own for look in looks))
        largest = max(largest, *(look.resident for look in looks), 0)
        if time.perf_counter() > until:
            raise FailedRun(f"took more than {LIMIT} seconds")
        due = time.perf_counter() + INTERVAL


class _Look(NamedTuple):
    """A process at one moment: its time so far, its share of memory, its largest resident set."""

    pid: int
    processors: float
    own: int
    resident: int


def _look(root: psutil.Process) -> list[_Look]:
    """A process and all below it."""
    looks = []
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied, OSError):
                spent = process.cpu_times()
                looks.append(_Look(process.pid, spent.user + spent.system, *_memory(process)))
    return looks


def _memory(process: psutil.Process) -> tuple[int, int]:
    """A process's share of memory, and the most that its resident set has been so far."""
    if MEMORY != "PSS":
        info = process.memory_full_info()
        return info.uss, info.rss
    # As psutil would, in a tenth of the time: it adds up every mapping.
    folder = Path("/proc", str(process.pid))
    share = re.search(r"^Pss:\s+(\d+)", (folder / "smaps_rollup").read_text(), re.M)
    most = re.search(r"^VmHWM:\s+(\d+)", (folder / "status").read_text(), re.M)
    return tuple(1024 * int(match[1]) if match else 0 for match in (share, most))  # type: ignore[return-value]
