"""Runs jobs in this process, or in worker processes of this machine.

Jobs are pure functions of their arguments, so the result is the same wherever they run. Workers
are spawned, not forked: the parent has threads (a progress bar) and libraries that do not survive
a fork. Each worker has its own pipes, and the parent waits for all of them in one place, without
threads. So a worker may be killed at any moment, even in the middle of an answer, and only its own
job fails. (Pools whose workers share a queue, those of the standard library and of Pebble, break as
a whole or wait forever when one is killed.)
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
"""Attempts at a job whose worker ends for another reason than its time limit."""
AHEAD = 4096
"""Default number of jobs that may begin after one that is not done yet."""
PATIENCE = 5
"""Wall-clock time that a job may take, as a multiple of its limit of processor time."""
GRACE = 5
"""Seconds that a worker has to end workers of its own."""

_INTERRUPTS: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM)
_starting = threading.Lock()
"""Held while a worker starts, which changes state of the whole process."""


class JobFailure(NamedTuple):
    """The result of a job whose worker ended: ``why`` says whether by its time limit or otherwise.

    ``code`` is the worker's exit code (negative: the number of a signal); ``steps`` is the number of
    steps of the job that had begun, if the job reports them (`exporter.workers.limits.step`).
    """

    why: Literal["time", "ended"]
    code: int = 0
    steps: int = 0


def cores() -> int:
    """The number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


Begun = Callable[[int, int | None], None]
"""Callback: the worker, counted from 0, and the job that it begins; None when it ends the job."""


def run(
    work: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int = 1,
    begun: Begun = lambda _worker, _job: None,
) -> Iterator[Result | JobFailure]:
    """Yield the result of ``work`` for every job, in order. One worker or one job runs in this process.

    An interrupt ends the workers at once.
    """
    workers = min(workers, len(jobs))
    if workers <= 1:
        yield from map(work, jobs)
        return
    pool = WorkerPool(work, workers, may_start_pools=True, begun=begun)
    try:
        yield from in_order(pool.do(jobs))
    finally:
        pool.close()


def in_order(numbered: Iterator[tuple[int, Result]]) -> Iterator[Result]:
    """The results of `WorkerPool.do` in the order of the jobs; early results wait."""
    done: dict[int, Result] = {}
    due = 0
    for number, result in numbered:
        done[number] = result
        while due in done:
            yield done.pop(due)
            due += 1


class WorkerPool(Generic[Job, Result]):
    """At most ``size`` worker processes for one kind of work, started when there is work.

    ``may_start_pools`` says that the work itself may start a pool.
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
        self._may_start_pools = may_start_pools
        self._begun = begun
        self.size = size
        self._workers: list[_Worker] = []
        self._failed_starts = 0
        self._is_closed = False

    def do(
        self,
        jobs: Iterable[Job],
        seconds: Callable[[Job], float] = lambda _: 0,
        ahead: int = AHEAD,
    ) -> Generator[tuple[int, Result | JobFailure], None, None]:
        """Yield the number and the result of every job as it is done; jobs begin in order.

        ``jobs`` is read shortly before a job begins; an exhausted iterator may yield more as long as other
        jobs are in progress. ``seconds`` returns a job's limit of processor time; 0 is no limit. ``ahead``
        is the number of jobs that may begin after one that is not done yet, as their results wait for it.
        Raises what the work raises, and `ExporterError` if workers cannot start. If it ends before the
        last job, for whatever reason, the workers end.
        """
        numbered = enumerate(jobs)
        ready: deque[tuple[int, Job]] = deque()
        in_progress: dict[int, Job] = {}
        tries = Counter[int]()
        self._is_closed = False
        try:
            while True:
                if self._is_closed:  # by another thread
                    raise ExporterError("the work was called off")
                ready.extend(islice(numbered, max(0, self.size - len(ready))))
                if not ready and not in_progress:
                    return
                while len(self._workers) < min(self.size, self._busy + len(ready)):
                    self._workers.append(_Worker(self._work, self._limits, self._may_start_pools))
                oldest = min(in_progress, default=None)
                for worker in self._workers:
                    near = ready and (oldest is None or ready[0][0] - oldest < ahead)
                    if near and worker.is_idle:
                        number, job = ready.popleft()
                        in_progress[number] = job
                        worker.begin(number, job, seconds(job))
                        self._begun(self._workers.index(worker), number)
                for worker in self._answering():
                    self._begun(self._workers.index(worker), None)
                    at, answer = worker.job, worker.answer()
                    if worker.is_ended:
                        self._workers.remove(worker)
                    if at is None:
                        self._check_start(worker)
                    elif not isinstance(answer, JobFailure) or answer.why == "time" or tries[at] + 1 == TRIES:
                        del in_progress[at]
                        yield at, answer
                    else:
                        tries[at] += 1
                        ready.appendleft((at, in_progress.pop(at)))
        except BaseException:
            self.close()
            raise

    @property
    def has_workers(self) -> bool:
        return bool(self._workers)

    @property
    def _busy(self) -> int:
        return sum(worker.job is not None for worker in self._workers)

    def _answering(self) -> list[_Worker]:
        """The workers that have an answer, have ended or are late. Waits for the first."""
        ends = [worker.deadline for worker in self._workers if worker.deadline]
        timeout = max(0, min(ends) - time.monotonic()) if ends else None
        answering = set(wait([worker.answers for worker in self._workers], timeout))
        return [w for w in self._workers if w.answers in answering or w.is_late]

    def _check_start(self, worker: _Worker) -> None:
        self._failed_starts = self._failed_starts + 1 if worker.is_ended else 0
        if self._failed_starts > self.size * TRIES:
            raise ExporterError(
                f"worker processes end as soon as they start (exit code {worker.code})",
                "Look for what ends them: limits of memory or of processes, or a guard of the system.",
            )

    def rest(self, workers: int = 0) -> None:
        """Dismiss all but the first ``workers`` workers."""
        for worker in self._workers[workers:]:
            worker.dismiss()
        del self._workers[workers:]

    def close(self) -> None:
        """End all workers at once, including the jobs that another thread runs on them."""
        self._is_closed = True
        while self._workers:
            self._workers.pop().kill()


class _Worker:
    """A process and the pipes to it; ``job`` is the number of its current job."""

    def __init__(self, work: Callable[[Any], Any], limits: Limits, may_start_pools: bool) -> None:
        context = multiprocessing.get_context("spawn")
        with temporary_files():
            self._folder = Path(tempfile.mkdtemp(dir=scratch.process_folder()))
        with _start_errors():
            job_reader, self._jobs = context.Pipe(duplex=False)
            self.answers, answer_writer = context.Pipe(duplex=False)
            self._steps, step_writer = context.Pipe(duplex=False)
        self.job: int | None = None
        self.deadline = 0.0
        self.is_ended = False
        self.code = 0
        self._ready = False
        self._may_start_pools = may_start_pools
        # A daemon ends with its parent, and may not have children.
        self._process = context.Process(
            target=serve,
            args=(job_reader, answer_writer, step_writer, limits, may_start_pools, self._folder),
            daemon=not may_start_pools,
        )
        with (
            _start_errors(),
            _interrupts_deferred(),
            _starting,
            _sigint_blocked(),
            _main_hidden(),
            _children_allowed(),
        ):
            self._process.start()
        job_reader.close()
        answer_writer.close()
        step_writer.close()
        self._send(work)

    @property
    def is_idle(self) -> bool:
        return self._ready and self.job is None and not self.is_ended

    @property
    def is_late(self) -> bool:
        return bool(self.deadline) and time.monotonic() >= self.deadline

    def begin(self, number: int, job: object, seconds: float) -> None:
        self.job = number
        self.deadline = time.monotonic() + seconds * PATIENCE if seconds else 0.0
        self._send((job, seconds))

    def _send(self, message: object) -> None:
        with suppress(BrokenPipeError):  # it has ended, which its other pipe shows
            self._jobs.send(message)

    def answer(self) -> Any:
        """The result or the failure of its job; None for the message that it is ready."""
        job, late = self.job, self.is_late
        self.job, self.deadline = None, 0.0
        if late and not self.answers.poll():
            steps = self._read_steps()
            self.kill()
            return JobFailure("time", self.code, steps)
        try:
            kind, value, is_full = self.answers.recv()
        except (EOFError, OSError):
            steps = self._read_steps()
            self.kill()
            return JobFailure("time" if ALARM and self.code == -ALARM else "ended", self.code, steps)
        self._read_steps()
        self._ready = True
        if is_full:
            self.dismiss()
        if kind == "raised":
            raise value
        return value if job is not None else None

    def _read_steps(self) -> int:
        """The number of steps reported since the last call."""
        if os.name != "posix":
            return 0
        os.set_blocking(self._steps.fileno(), False)
        with suppress(BlockingIOError):
            return len(os.read(self._steps.fileno(), 1 << 16))
        return 0

    def dismiss(self) -> None:
        """Let it end by itself, after its current job."""
        self.is_ended = True
        self._jobs.close()
        self.answers.close()
        self._steps.close()

    def kill(self) -> None:
        if self._may_start_pools:
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
def _start_errors() -> Iterator[None]:
    """Turn an `OSError` at the start of a worker into a `MachineError`."""
    try:
        yield
    except OSError as error:
        raise machine_error("cannot start a worker process", error) from error


@contextmanager
def _interrupts_deferred() -> Iterator[None]:
    """Defer interrupts until a worker has started: one in the middle would leave a process
    that no pool owns, with part of its arguments."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread is interrupted
        yield
        return
    received: list[int] = []
    kept = {number: signal.signal(number, lambda n, _: received.append(n)) for number in _INTERRUPTS}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
        if received:
            signal.raise_signal(received[0])


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    """Workers started here ignore Ctrl-C from the start, because they inherit the mask."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # If the tracker started together with the first worker, it would remove the mask.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _main_hidden() -> Iterator[None]:
    """Hide the main module: a spawned process would run it again, and a script without a guard
    would start workers of its own. Workers need nothing from it."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _children_allowed() -> Iterator[None]:
    """Let a daemon process (a worker of the calling program) have workers: they end with it."""
    here = multiprocessing.current_process()
    if not here.daemon:
        yield
        return
    here.daemon = False
    try:
        yield
    finally:
        here.daemon = True
