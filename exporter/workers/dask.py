"""Runs jobs on an existing Dask cluster: the same jobs and results as in `exporter.workers.pool`.

Jobs and results are sent as bytes; no shared disk is needed. On each machine a plugin
(`exporter.workers.dask_plugin`) runs the jobs in a pool of processes: so a process that is killed fails
one job there, too, and no worker of Dask. Dask is imported only where a scheduler is given.
"""

from __future__ import annotations

import logging
import pickle
import queue
import re
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from exporter.errors import ClusterError, UsageError
from exporter.workers import pool
from exporter.workers.limits import Limits, within
from exporter.workers.pool import JobFailure
from exporter.workers.resource_bundle import NOTHING, ResourceBundle, versions
from exporter.workers.resource_bundle import pack as pack

if TYPE_CHECKING:
    from distributed import Client, Future

Job = TypeVar("Job")
Result = TypeVar("Result")

AHEAD = 2
"""Jobs on the cluster per thread of its workers, so that no thread waits for its next job."""
SECONDS = 5
"""Seconds that a scheduler has to answer, and then to have a worker."""
PATIENCE = 60
"""Seconds without any worker after which the run fails."""

_KILLED = JobFailure("ended")
"""Dask's worker itself was killed, as often as Dask allows; a process of its pool has an exit code."""


def run(
    work: Callable[[Job], Result], jobs: Sequence[Job], address: str, bundle: ResourceBundle = NOTHING
) -> Iterator[Result | JobFailure]:
    """Yield the result of ``work`` for every job, in order, from the cluster at ``address``."""
    workers = WorkerPool(work, address, bundle=bundle)
    try:
        yield from pool.in_order(workers.do(jobs))
    finally:
        workers.close()


class WorkerPool(Generic[Job, Result]):
    """A cluster's workers, for one kind of work; used like `exporter.workers.pool.WorkerPool`.

    ``bundle`` is the files of this machine that they need. Raises `UsageError` if Dask is not installed,
    if there is no cluster, and if its workers have other versions than this machine.
    """

    def __init__(
        self,
        work: Callable[[Job], Result],
        address: str,
        limits: Limits | None = None,
        bundle: ResourceBundle = NOTHING,
    ) -> None:
        self._address = address
        self._token = f"exporter-{secrets.token_hex(8)}"
        self._client = _connect(address)
        self._in_flight: dict[str, tuple[int, Future[Any]]] = {}
        self._is_unreachable = False
        try:
            self._set_up(work, limits or Limits(), bundle)
        except BaseException:
            self.close()
            raise

    def _set_up(self, work: Callable[[Job], Result], limits: Limits, bundle: ResourceBundle) -> None:
        from exporter.workers.dask_plugin import JobPlugin

        plugin = JobPlugin(self._token, work, limits, bundle, versions(bundle.packages))
        try:
            self._client.wait_for_workers(1, timeout=SECONDS)
            self._client.register_plugin(plugin, name=self._token)
        except TimeoutError:
            raise UsageError(
                f"the cluster at {self._address} has no workers", f"Start some: dask worker {self._address}"
            ) from None
        except ImportError as error:  # the plugin cannot be loaded there
            raise UsageError(
                f"a worker at {self._address} has no exporter like this one: {error}",
                'Install the same version there: pip install "exporter[dask]"',
            ) from None

    def do(
        self,
        jobs: Sequence[Job],
        seconds: Callable[[Job], float] = lambda _: 0,
        again: Callable[[int, Result], Job | None] = lambda *_: None,
    ) -> Iterator[tuple[int, Result | JobFailure]]:
        """Yield the number and the result of every job as it is done.

        Jobs are loaded when they begin; a few per worker are in flight at a time. Jobs whose workers were
        killed repeatedly run again at the end, each alone, as one of them may have killed all.

        ``seconds`` returns a job's limit of processor time; 0 is no limit. ``again`` may return a job that
        replaces a result. Raises what the work raises, and `ClusterError` if the cluster is unreachable.
        """
        finished: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        due = 0
        retries: list[int] = []
        alone: int | None = None
        try:
            while due < len(jobs) or self._in_flight or retries:
                room = AHEAD * self._threads()
                oldest = min([due, *retries, *(number for number, _ in self._in_flight.values())])
                last = min(len(jobs), oldest + pool.AHEAD)
                while due < last and len(self._in_flight) < max(1, room):
                    job = jobs[due]
                    self._launch(due, job, seconds(job), finished)
                    due += 1
                if not self._in_flight:
                    alone = retries.pop(0)
                    job = jobs[alone]
                    self._launch(alone, job, seconds(job), finished)
                future = self._next(finished)
                if future.status in ("lost", "pending"):  # lost with its worker, before its result arrived
                    future.add_done_callback(finished.put)
                    continue
                number, _ = self._in_flight.pop(future.key)
                result: Result | JobFailure = self._result(future)
                if not isinstance(result, JobFailure) and (next_ := again(number, result)) is not None:
                    self._launch(number, next_, seconds(next_), finished)
                    continue
                if result == _KILLED and number != alone:
                    retries.append(number)
                    continue
                yield number, result
        finally:
            self._cancel()

    def _threads(self) -> int:
        """The number of jobs that the cluster can run at once now. Raises `ClusterError`."""
        if self._client.status != "running":
            raise self._unreachable("the connection is lost")
        try:
            return sum(within(SECONDS, self._client.nthreads).values())
        except TimeoutError as error:
            raise self._unreachable(str(error)) from None
        except OSError:
            raise self._unreachable("the connection is lost") from None

    def _launch(
        self, number: int, job: Job, seconds: float, finished: queue.SimpleQueue[Future[Any]]
    ) -> None:
        from exporter.workers.dask_plugin import perform

        key = f"{self._token}-{number}-{secrets.token_hex(4)}"
        future = self._client.submit(perform, self._token, pickle.dumps(job), seconds, key=key, pure=False)
        self._in_flight[key] = number, future
        future.add_done_callback(finished.put)

    def _next(self, finished: queue.SimpleQueue[Future[Any]]) -> Future[Any]:
        """The next finished job; checks regularly whether there are workers. Raises `ClusterError`."""
        alone = 0
        while True:
            try:
                return finished.get(timeout=SECONDS)
            except queue.Empty:
                alone = 0 if self._threads() else alone + SECONDS
            if alone >= PATIENCE:
                raise ClusterError(
                    f"the cluster at {self._address} has lost its workers", "Start some and run again."
                )

    def _result(self, future: Future[Any]) -> Any:
        from distributed import KilledWorker

        if future.status == "finished":
            result = future.result()
            return result if isinstance(result, JobFailure) else pickle.loads(result)
        if future.status != "error":
            raise self._unreachable(f"a job was {future.status}")
        error = future.exception()
        if isinstance(error, KilledWorker):
            return _KILLED
        assert error is not None
        raise error

    def _unreachable(self, how: str) -> ClusterError:
        self._is_unreachable = True
        return ClusterError(
            f"the cluster at {self._address} does not answer any more: {how}",
            "What was written stands; see to the scheduler, and run again.",
        )

    def _cancel(self) -> None:
        futures = [future for _, future in self._in_flight.values()]
        self._in_flight.clear()
        if futures and not self._is_unreachable:
            with suppress(OSError):
                within(SECONDS, lambda: self._client.cancel(futures, force=True))

    def close(self) -> None:
        """Unregister the plugin, which ends jobs in progress, and disconnect."""
        if not self._is_unreachable:
            with suppress(OSError, ValueError):  # the cluster may have ended
                within(SECONDS, lambda: self._client.unregister_worker_plugin(self._token))
        with suppress(OSError):
            within(1 if self._is_unreachable else SECONDS, lambda: self._client.close(timeout=SECONDS))


def _connect(address: str) -> Client:
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise UsageError("--scheduler needs Dask", 'Install it: pip install "exporter[dask]"') from None
    # An edition with its images is a large graph to Dask; it has to be sent anyway.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    _silence()
    try:
        kind = _checked_address(address)
        if kind != "Scheduler":
            raise ValueError(f"it is a {kind.lower()}")
        return within(2 * SECONDS, lambda: Client(address, timeout=SECONDS, set_as_default=False))
    except Exception as error:  # any server may be at that address
        reason = "what is there is none"
        if type(error).__name__ == "CommClosedError":
            reason = "it closes the connection"
        elif isinstance(error, OSError | ValueError):
            reason = str(error).strip() or type(error).__name__
        raise UsageError(
            _CREDENTIALS.sub("", f"there is no scheduler at {address}: {reason}"),
            "Check the address (tcp://host:8786), and that `dask scheduler` runs there.",
        ) from None


_CREDENTIALS = re.compile(r"[^/@\s'\"]{1,200}:[^/@\s'\"]{0,200}@")
"""Name and password in an address."""


def _checked_address(address: str) -> str:
    """The type of server that identifies itself at that address. Dask itself would retry, or wait forever."""
    import asyncio

    from distributed import Security, rpc
    from distributed.comm.addressing import get_address_host_port

    with suppress(NotImplementedError):
        socket.create_connection(get_address_host_port(address), SECONDS).close()

    async def identity() -> dict[str, Any]:
        arguments = Security().get_connection_args("client")
        async with rpc(address, timeout=SECONDS, connection_args=arguments) as there:
            info: dict[str, Any] = await there.identity()
            return info

    return str(within(SECONDS, lambda: asyncio.run(identity()))["type"])


class _WithoutDask(logging.Filter):
    """Keeps messages of asyncio and Tornado about Dask's tasks out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "distributed" not in record.getMessage() + str(record.exc_info or "")


_without_dask = _WithoutDask()


def _silence() -> None:
    """Keep Dask from logging tracebacks for failures that are raised as errors here."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    for name in ("asyncio", "tornado.application", "tornado.general"):
        logging.getLogger(name).addFilter(_without_dask)
