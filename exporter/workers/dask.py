"""Work on a Dask cluster that is there already: the same jobs and results, on other machines.

A job goes there as bytes and comes back as bytes; nothing is read from a disk that both would have
to share. On each machine a bench (`exporter.workers.dask_plugin`) has it done in processes of its own, as
`exporter.workers.pool` does here: so what ends a process costs one job there, too, and no worker of Dask's.
Dask itself is loaded only when it is asked for.
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
"""Jobs that are there for each that can be worked on at once, so that none waits for the next."""
SECONDS = 5
"""How long a scheduler may take to answer, and then to have a worker."""
PATIENCE = 60
"""Seconds without any worker after which no more are waited for."""

_KILLED = JobFailure("ended")
"""The worker itself was killed, as often as Dask allows; of a process at its bench there is a code."""


def run(
    work: Callable[[Job], Result], jobs: Sequence[Job], address: str, bundle: ResourceBundle = NOTHING
) -> Iterator[Result | JobFailure]:
    """``work`` of every job, in order, on the cluster whose scheduler has that address."""
    workers = WorkerPool(work, address, bundle=bundle)
    try:
        yield from pool.in_order(workers.do(jobs))
    finally:
        workers.close()


class WorkerPool(Generic[Job, Result]):
    """A cluster's workers, for one kind of work: used as `exporter.workers.pool.WorkerPool` is.

    ``kit`` is what they need of this machine's files. Raises `UsageError` where Dask is not installed,
    where there is no cluster, and where its workers are not like this machine.
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
        self._client = _connected(address)
        self._flying: dict[str, tuple[int, Future[Any]]] = {}
        self._is_gone = False
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
        except ImportError as error:  # a bench cannot even be put up there
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
        """``work`` of every job, each with its number, as they are done. A job is loaded when it is its
        turn; a few for each worker are under way at a time. Those whose workers were killed again and
        again are done once more at the end, each alone: one of them may have ended all.

        ``seconds`` of processor time is what a job may take; 0 is no limit. ``again`` may give a job to do
        in a result's stead. Raises what the work raises, and `ClusterError` where the cluster is gone.
        """
        landed: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        due = 0
        suspects: list[int] = []
        alone: int | None = None
        try:
            while due < len(jobs) or self._flying or suspects:
                room = AHEAD * self._threads()
                oldest = min([due, *suspects, *(number for number, _ in self._flying.values())])
                last = min(len(jobs), oldest + pool.AHEAD)
                while due < last and len(self._flying) < max(1, room):
                    job = jobs[due]
                    self._launch(due, job, seconds(job), landed)
                    due += 1
                if not self._flying:
                    alone = suspects.pop(0)
                    job = jobs[alone]
                    self._launch(alone, job, seconds(job), landed)
                future = self._next(landed)
                if future.status in ("lost", "pending"):  # with its worker, before it came here
                    future.add_done_callback(landed.put)
                    continue
                number, _ = self._flying.pop(future.key)
                result: Result | JobFailure = self._result(future)
                if not isinstance(result, JobFailure) and (next_ := again(number, result)) is not None:
                    self._launch(number, next_, seconds(next_), landed)
                    continue
                if result == _KILLED and number != alone:
                    suspects.append(number)
                    continue
                yield number, result
        finally:
            self._cancel()

    def _threads(self) -> int:
        """How many jobs can be worked on at once, now."""
        if self._client.status != "running":
            raise self._gone("the connection is lost")
        try:
            return sum(within(SECONDS, self._client.nthreads).values())
        except TimeoutError as error:
            raise self._gone(str(error)) from None
        except OSError:
            raise self._gone("the connection is lost") from None

    def _launch(self, number: int, job: Job, seconds: float, landed: queue.SimpleQueue[Future[Any]]) -> None:
        from exporter.workers.dask_plugin import perform

        key = f"{self._token}-{number}-{secrets.token_hex(4)}"
        future = self._client.submit(perform, self._token, pickle.dumps(job), seconds, key=key, pure=False)
        self._flying[key] = number, future
        future.add_done_callback(landed.put)

    def _next(self, landed: queue.SimpleQueue[Future[Any]]) -> Future[Any]:
        """The next that is done; looks now and then whether there is anybody to wait for."""
        alone = 0
        while True:
            try:
                return landed.get(timeout=SECONDS)
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
            raise self._gone(f"a job was {future.status}")
        error = future.exception()
        if isinstance(error, KilledWorker):
            return _KILLED
        assert error is not None
        raise error

    def _gone(self, how: str) -> ClusterError:
        self._is_gone = True
        return ClusterError(
            f"the cluster at {self._address} does not answer any more: {how}",
            "What was written stands; see to the scheduler, and run again.",
        )

    def _cancel(self) -> None:
        flying = [future for _, future in self._flying.values()]
        self._flying.clear()
        if flying and not self._is_gone:
            with suppress(OSError):
                within(SECONDS, lambda: self._client.cancel(flying, force=True))

    def close(self) -> None:
        """Clear the benches, which ends what is still being worked on."""
        if not self._is_gone:
            with suppress(OSError, ValueError):  # there may be nobody left to be told
                within(SECONDS, lambda: self._client.unregister_worker_plugin(self._token))
        with suppress(OSError):
            within(1 if self._is_gone else SECONDS, lambda: self._client.close(timeout=SECONDS))


def _connected(address: str) -> Client:
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise UsageError("--scheduler needs Dask", 'Install it: pip install "exporter[dask]"') from None
    # An edition with its images is what Dask calls a large graph; it has to go there all the same.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    _silence()
    try:
        kind = _checked_address(address)
        if kind != "Scheduler":
            raise ValueError(f"it is a {kind.lower()}")
        return within(2 * SECONDS, lambda: Client(address, timeout=SECONDS, set_as_default=False))
    except Exception as error:  # whatever there is may answer anything
        reason = "what is there is none"
        if type(error).__name__ == "CommClosedError":
            reason = "it closes the connection"
        elif isinstance(error, OSError | ValueError):
            reason = str(error).strip() or type(error).__name__
        raise UsageError(
            _KEY.sub("", f"there is no scheduler at {address}: {reason}"),
            "Check the address (tcp://host:8786), and that `dask scheduler` runs there.",
        ) from None


_KEY = re.compile(r"[^/@\s'\"]{1,200}:[^/@\s'\"]{0,200}@")
"""Name and password in an address."""


def _checked_address(address: str) -> str:
    """What is at that address, by its own words; Dask would try again and again, or wait without end."""
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


class _Ours(logging.Filter):
    """Keeps what asyncio and Tornado say of Dask's tasks from the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "distributed" not in record.getMessage() + str(record.exc_info or "")


_ours = _Ours()


def _silence() -> None:
    """What goes wrong there is told by the errors here; Dask would log it with tracebacks."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    for name in ("asyncio", "tornado.application", "tornado.general"):
        logging.getLogger(name).addFilter(_ours)
