"""Where jobs run: in this process, or in processes of this machine that can be ended one by one.

Jobs are pure functions of what they are given, so the result is the same wherever they
run. Workers are spawned, not forked: the parent has threads (a progress bar) and libraries
that do not survive it. Each has pipes of its own, and the parent waits for all of them at
one place, without threads: so a worker may be killed at any moment, even in the middle of
an answer, and that costs its own job alone. (Pools whose workers share a queue, those of
the standard library and of Pebble, break as a whole or wait for ever when one is killed.)
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from exporter.errors import ExporterError, machine_error, temporary_files
from exporter.workers import scratch
from exporter.workers.limits import ALARM, Limits
from exporter.workers.worker_process import serve

Job = TypeVar("Job")
Result = TypeVar("Result")

TRIES = 2
"""How often a job is tried whose worker ended by itself or from outside, not by its limit of time."""
AHEAD = 4096
"""Jobs that may be begun after one that is not done yet, if nobody says otherwise."""
PATIENCE = 5
"""Times its limit of processor time that a job may take by the clock."""
GRACE = 5
"""Seconds in which a worker that has workers of its own may end them."""

_INTERRUPTS: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM)
_starting = threading.Lock()
"""Held while a worker starts: that changes what belongs to the whole process."""


class JobFailure(NamedTuple):
    """What becomes of a job whose worker was ended: for its time, or otherwise; ``code`` is
    the worker's exit code, below zero a signal's number; ``steps`` is how many steps of the job it had
    begun, if it tells (`exporter.workers.limits.step`)."""

    why: Literal["time", "ended"]
    code: int = 0
    steps: int = 0


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


Begun = Callable[[int, int | None], None]
"""Told which worker, counted from 0, has begun which job; None: it has ended it."""


def run(
    work: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int = 1,
    begun: Begun = lambda _worker, _job: None,
) -> Iterator[Result | JobFailure]:
    """``work`` of every job, in order. With one worker, or one job, in this process.

    An interrupt ends the workers at once.
    """
    workers = min(workers, len(jobs))
    if workers <= 1:
        yield from map(work, jobs)
        return
    workers_ = WorkerPool(work, workers, may_start_pools=True, begun=begun)
    try:
        yield from in_order(workers_.do(jobs))
    finally:
        workers_.close()


def in_order(numbered: Iterator[tuple[int, Result]]) -> Iterator[Result]:
    """What `WorkerPool.do` gives, in the order of the jobs: what is done early waits."""
    done: dict[int, Result] = {}
    due = 0
    for number, result in numbered:
        done[number] = result
        while due in done:
            yield done.pop(due)
            due += 1


class WorkerPool(Generic[Job, Result]):
    """At most ``size`` worker processes for one kind of work, started when there is work.

    ``may_start_pools`` tells that the work itself may start a crew.
    """

    def __init__(
        self,
        work: Callable[[Job], Result],
        size: int,
        limits: Limits | None = None,
        *,
        may_start_pools: bool = False,
        begun: Begun = lambda _worker, _job: None,
    ) -> None:
        self._work = work
        self._limits = limits or Limits()
        self._has_crews = may_start_pools
        self._begun = begun
        self.size = size
        self._workers: list[_Worker] = []
        self._stillborn = 0
        self._is_closed = False

    def do(
        self,
        jobs: Iterable[Job],
        seconds: Callable[[Job], float] = lambda _: 0,
        ahead: int = AHEAD,
    ) -> Generator[tuple[int, Result | JobFailure], None, None]:
        """``work`` of every job, each with its number, as they are done, begun in their order. A job is
        drawn when it is nearly its turn; what gives them may give more, after it had none left, as long as
        others are being done.

        ``seconds`` of processor time is what a job may take; 0 is no limit. ``ahead`` jobs may be begun
        after one that is not done yet: their results wait for it. Raises what the work raises, and
        `ExporterError` where workers cannot even start. Whatever ends it before the last job ends
        the workers.
        """
        coming = enumerate(jobs)
        ready: deque[tuple[int, Job]] = deque()
        under_way: dict[int, Job] = {}
        tries = Counter[int]()
        self._is_closed = False
        try:
            while True:
                if self._is_closed:  # by another thread
                    raise ExporterError("the work was called off")
                ready.extend(islice(coming, max(0, self.size - len(ready))))
                if not ready and not under_way:
                    return
                while len(self._workers) < min(self.size, self._busy + len(ready)):
                    self._workers.append(_Worker(self._work, self._limits, self._has_crews))
                oldest = min(under_way, default=None)
                for worker in self._workers:
                    near = ready and (oldest is None or ready[0][0] - oldest < ahead)
                    if near and worker.is_idle:
                        number, job = ready.popleft()
                        under_way[number] = job
                        worker.begin(number, job, seconds(job))
                        self._begun(self._workers.index(worker), number)
                for worker in self._heard_of():
                    self._begun(self._workers.index(worker), None)
                    at, answer = worker.job, worker.answer()
                    if worker.is_gone:
                        self._workers.remove(worker)
                    if at is None:
                        self._check_start(worker)
                    elif not isinstance(answer, JobFailure) or answer.why == "time" or tries[at] + 1 == TRIES:
                        del under_way[at]
                        yield at, answer
                    else:
                        tries[at] += 1
                        ready.appendleft((at, under_way.pop(at)))
        except BaseException:
            self.close()
            raise

    @property
    def has_workers(self) -> bool:
        return bool(self._workers)

    @property
    def _busy(self) -> int:
        return sum(worker.job is not None for worker in self._workers)

    def _heard_of(self) -> list[_Worker]:
        """The workers that have something to say, if only that they are no more."""
        ends = [worker.deadline for worker in self._workers if worker.deadline]
        timeout = max(0, min(ends) - time.monotonic()) if ends else None
        speaking = set(wait([worker.answers for worker in self._workers], timeout))
        return [w for w in self._workers if w.answers in speaking or w.is_late]

    def _check_start(self, worker: _Worker) -> None:
        self._stillborn = self._stillborn + 1 if worker.is_gone else 0
        if self._stillborn > self.size * TRIES:
            raise ExporterError(
                f"worker processes end as soon as they start (exit code {worker.code})",
                "Look for what ends them: limits of memory or of processes, or a guard of the system.",
            )

    def rest(self, workers: int = 0) -> None:
        """Let all workers go but so many."""
        for worker in self._workers[workers:]:
            worker.dismiss()
        del self._workers[workers:]

    def close(self) -> None:
        """End all workers at once, whatever they do, and what another thread has done by them."""
        self._is_closed = True
        while self._workers:
            self._workers.pop().kill()


class _Worker:
    """A process and the pipes to it; ``job`` is the number of what it is at."""

    def __init__(self, work: Callable[[Any], Any], limits: Limits, may_start_pools: bool) -> None:
        context = multiprocessing.get_context("spawn")
        with temporary_files():
            self._folder = Path(tempfile.mkdtemp(dir=scratch.process_folder()))
        with _allowed():
            ear, self._jobs = context.Pipe(duplex=False)
            self.answers, mouth = context.Pipe(duplex=False)
            self._steps, foot = context.Pipe(duplex=False)
        self.job: int | None = None
        self.deadline = 0.0
        self.is_gone = False
        self.code = 0
        self._ready = False
        self._has_crews = may_start_pools
        # A daemon is ended with its parent, and may have no children.
        self._process = context.Process(
            target=serve,
            args=(ear, mouth, foot, limits, may_start_pools, self._folder),
            daemon=not may_start_pools,
        )
        with _allowed(), _sheltered(), _starting, _masked(), _unnamed_main(), _undaunted():
            self._process.start()
        ear.close()
        mouth.close()
        foot.close()
        self._send(work)

    @property
    def is_idle(self) -> bool:
        return self._ready and self.job is None and not self.is_gone

    @property
    def is_late(self) -> bool:
        return bool(self.deadline) and time.monotonic() >= self.deadline

    def begin(self, number: int, job: object, seconds: float) -> None:
        self.job = number
        self.deadline = time.monotonic() + seconds * PATIENCE if seconds else 0.0
        self._send((job, seconds))

    def _send(self, message: object) -> None:
        with suppress(BrokenPipeError):  # it is gone, which is heard at its other pipe
            self._jobs.send(message)

    def answer(self) -> Any:
        """The result of its job, or how it was lost; None for word that it is ready."""
        job, late = self.job, self.is_late
        self.job, self.deadline = None, 0.0
        if late and not self.answers.poll():
            steps = self._told_steps()
            self.kill()
            return JobFailure("time", self.code, steps)
        try:
            kind, value, is_full = self.answers.recv()
        except (EOFError, OSError):
            steps = self._told_steps()
            self.kill()
            return JobFailure("time" if ALARM and self.code == -ALARM else "ended", self.code, steps)
        self._told_steps()
        self._ready = True
        if is_full:
            self.dismiss()
        if kind == "raised":
            raise value
        return value if job is not None else None

    def _told_steps(self) -> int:
        """How many steps it has told of since the last time."""
        if os.name != "posix":
            return 0
        os.set_blocking(self._steps.fileno(), False)
        with suppress(BlockingIOError):
            return len(os.read(self._steps.fileno(), 1 << 16))
        return 0

    def dismiss(self) -> None:
        """It ends by itself, after what it is at."""
        self.is_gone = True
        self._jobs.close()
        self.answers.close()
        self._steps.close()

    def kill(self) -> None:
        if self._has_crews:
            self._process.terminate()
            self._process.join(GRACE)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self.code = self._process.exitcode or 0
        scratch.remove(self._folder)
        self.dismiss()


# -- In the parent -----------------------------------------------------------------------


@contextmanager
def _allowed() -> Iterator[None]:
    """What the machine refuses to a worker that starts becomes a `MachineError`."""
    try:
        yield
    except OSError as error:
        raise machine_error("cannot start a worker process", error) from error


@contextmanager
def _sheltered() -> Iterator[None]:
    """Interrupts wait until a worker has started: one in the middle would leave a process
    behind that nobody knows, with half of what it was to be told."""
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
    # Started with the first worker, the tracker would take the mask away from it.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _unnamed_main() -> Iterator[None]:
    """A spawned process runs the main program anew for what is defined there. Workers need
    nothing of it, and a script without a guard would start workers of its own."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _undaunted() -> Iterator[None]:
    """A process that is to have no children of its own (a worker of the program that calls) may have
    these: they end with it."""
    here = multiprocessing.current_process()
    if not here.daemon:
        yield
        return
    here.daemon = False
    try:
        yield
    finally:
        here.daemon = True
