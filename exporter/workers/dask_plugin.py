"""Dask's side of `exporter.workers.dask`: a plugin that runs the jobs of one run on a machine of the cluster.

Jobs run in separate processes, one per thread of the Dask worker: what the work does to its process
(limits of memory and time, crashes, the folder of the user's files) never affects the Dask worker.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

from distributed import Worker, WorkerPlugin

from exporter.errors import ExporterError, UsageError
from exporter.workers import resource_bundle
from exporter.workers.limits import Limits
from exporter.workers.pool import JobFailure, WorkerPool
from exporter.workers.resource_bundle import ResourceBundle, at_home, unpack
from exporter.workers.scratch import temporary_folder

_plugins: dict[str, JobPlugin] = {}
"""The plugins of this Dask worker, by token."""


class JobPlugin(WorkerPlugin):  # type: ignore[misc]  # Dask is partly typed
    """Dask sets it up on each worker, including those that join later, and tears it down after the run."""

    def __init__(
        self,
        token: str,
        work: Callable[[Any], Any],
        limits: Limits,
        bundle: ResourceBundle,
        wanted: dict[str, str],
    ) -> None:
        self._token = token
        self._work = work
        self._limits = limits
        self._bundle = bundle
        self._versions = wanted

    def setup(self, worker: Worker) -> None:
        """Raises `UsageError` if this machine has other versions, and so might make other bytes."""
        if unlike := resource_bundle.differences(self._versions):
            raise UsageError(
                f"the worker at {worker.address} is not like this machine: {unlike}",
                "Install the same versions on all of them.",
            )
        # Under a nanny the worker is a daemon, which may not have children; these end with it anyway.
        multiprocessing.current_process().daemon = False
        with ExitStack() as stack:
            home = stack.enter_context(temporary_folder())
            unpack(self._bundle, home)
            self._folder = stack.pop_all()
        self._in_home = partial(at_home, str(home), self._bundle.styles, self._work)
        self._idle: list[WorkerPool[bytes, bytes]] = []
        self._all: list[WorkerPool[bytes, bytes]] = []
        _plugins[self._token] = self

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - as Dask calls it
        if _plugins.pop(self._token, None) is None:
            return
        for idle in self._all:
            idle.close()
        self._folder.close()

    def do(self, job: bytes, seconds: float) -> bytes | JobFailure:
        try:
            worker = self._idle.pop()
        except IndexError:
            worker = WorkerPool(self._in_home, 1, self._limits, may_start_pools=True)
            self._all.append(worker)
        ((_, result),) = worker.do([job], lambda _: seconds)
        self._idle.append(worker)
        return result


def perform(token: str, job: bytes, seconds: float) -> bytes | JobFailure:
    """Run a job with the plugin of its run. Raises what the work raises."""
    plugin = _plugins.get(token)
    if plugin is None:
        raise ExporterError(
            "a worker that joined the cluster is not like this machine",
            "Its log tells how they differ. Install the same versions on all of them.",
        )
    return plugin.do(job, seconds)
