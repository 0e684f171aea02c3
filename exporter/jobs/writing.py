"""Doing a run: tasks rendered in workers or on a cluster, each file written whole, with its record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import NamedTuple, overload

import msgspec

from exporter.backends import registry as backends
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import ExportOptions
from exporter.errors import (
    ClusterError,
    MachineError,
    OutputError,
    StoreError,
    StrictError,
)
from exporter.jobs import render
from exporter.jobs.manifest import Entry, Manifest, OutputFile, Record
from exporter.jobs.outcome import Failed, Written
from exporter.jobs.render import Job, Target
from exporter.progress import Progress
from exporter.sources import storage
from exporter.version import __version__
from exporter.workers import dask, pool


class Task(NamedTuple):
    """One edition to make in one format; with its record, and what it depends on, if it has any."""

    target: Target
    record: Record | None = None
    entry: Entry | None = None
    why: tuple[str, ...] = ()


def formats_of(options: ExportOptions) -> tuple[str, ...]:
    return backends.USUAL if options.formats is None else options.formats


def remove_files(manifest: Manifest, files: Iterable[OutputFile]) -> list[str]:
    removed = []
    for file in files:
        if manifest.is_there(file, surely=True) is None:
            path = manifest.folder / file.name
            storage.remove(path)
            removed.append(str(path))
    return removed


def without_format(record: Record, format: str) -> Record:
    return msgspec.structs.replace(
        record, formats={name: entry for name, entry in record.formats.items() if name != format}
    )


class _Jobs(Sequence[Job]):
    """Jobs that are made when it is their turn: a decade of editions is never held at once."""

    def __init__(self, load: Callable[[int], Job], count: int) -> None:
        self._load = load
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> Job: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Job]: ...
    def __getitem__(self, number: int | slice) -> Job | Sequence[Job]:
        if isinstance(number, slice):
            return [self._load(n) for n in range(*number.indices(self._count))]
        if not 0 <= number < self._count:
            raise IndexError(number)
        return self._load(number)


class Writer:
    """Renders tasks and writes what came out well, with its record."""

    def __init__(self, options: ExportOptions) -> None:
        self._options = options
        self._manifest = Manifest(options.output)
        self.written: list[Written] = []
        self.failed: list[Failed] = []

    def make(
        self,
        tasks: Sequence[Task],
        load: Callable[[int], Job],
        report: Report,
        progress: Progress,
        alone: bool,
    ) -> None:
        workers = 1 if alone else self._options.jobs or pool.cores()

        def begun(worker: int, at: int | None) -> None:
            progress.working(worker, "" if at is None else tasks[at].target.path().name)

        def made_in_turn() -> Generator[render.Rendered, None, None]:
            progress(0, len(tasks), tasks[0].target.path().name)
            todo = _Jobs(load, len(tasks))
            if scheduler := self._options.scheduler:
                formats = map(backends.describe, formats_of(self._options))
                packages = chain.from_iterable(row.packages for row in formats)
                bundle = dask.pack(self._options.style, packages)
                results = dask.run(render.work, todo, scheduler, bundle)
            else:
                results = pool.run(render.work, todo, workers, begun)
            for done, result in enumerate(results, 1):
                rendered = render.lost(result) if isinstance(result, pool.JobFailure) else result
                report.extend(rendered.findings)
                yield rendered
                progress(done, len(tasks), tasks[min(done, len(tasks) - 1)].target.path().name)

        # Closed whatever happens: workers that are left would keep the program from its end.
        with closing(made_in_turn()) as in_turn:
            results: Iterable[render.Rendered] = in_turn
            if self._options.strict:
                # All is rendered before anything is written, so that a late warning finds clean hands.
                results = list(in_turn)
                raise_if_warnings(report)
            done = 0
            try:
                for task, rendered in zip(tasks, results, strict=True):
                    self._put(task, rendered)
                    done += 1
            except (
                ClusterError,
                MachineError,
                StoreError,
            ) as error:  # nor could those that follow
                self.failed += [
                    Failed(
                        str(task.target.path()), task.target.format, str(error), error.remedy, error.exit_code
                    )
                    for task in tasks[done:]
                ]

    def _put(self, task: Task, rendered: render.Rendered) -> None:
        error, target = rendered.error, task.target
        path = target.path()
        try:
            if rendered.products:
                before = self._invalidate(target)
            done: list[OutputFile] = []
            for volume, product in rendered.products:
                path = target.path(volume)
                storage.write_whole(path, product.data)
                file = _written(path, target.format, volume, product)
                self.written.append(file)
                done.append(_filed(path, file))
            if rendered.products:
                new = {file.name for file in done}
                remove_files(self._manifest, [file for file in before if file.name not in new])
                self.record(task, tuple(done))
        except MachineError:
            raise
        except OutputError as problem:
            error = problem
        if error is not None:
            self.failed.append(Failed(str(path), target.format, str(error), error.remedy, error.exit_code))

    def _invalidate(self, target: Target) -> tuple[OutputFile, ...]:
        """Take the files that are about to change out of the record; gives what they were."""
        record = self._manifest.read(target.stem)
        if record is None or target.format not in record.formats:
            return ()
        self._manifest.write(without_format(record, target.format))
        return record.formats[target.format].files

    def record(self, task: Task, written_files: tuple[OutputFile, ...]) -> None:
        """Write the record of a task's files, if it has one. Raises `OutputError`."""
        if task.record is None or task.entry is None:
            return
        record = self._manifest.read(task.target.stem) or task.record
        entry = msgspec.structs.replace(task.entry, files=written_files)
        formats = {**record.formats, task.target.format: entry}
        self._manifest.write(
            msgspec.structs.replace(task.record, exporter=__version__, formats=dict(sorted(formats.items())))
        )


def raise_if_warnings(report: Report) -> None:
    """Raise `StrictError` where there is a warning."""
    if report.warnings:
        first = report.warnings[0]
        raise StrictError(
            f"{len(report.warnings)} warnings, and --strict allows none; the first: {first}",
            f"{first.kind.remedy} Or run without --strict.",
        )


def _written(path: Path, format: str, edition: Edition, product: backends.Product) -> Written:
    return Written(
        str(path),
        format,
        len(edition.entries),
        len(edition.briefs),
        len(product.data),
        hashlib.sha256(product.data).hexdigest(),
        product.locations,
    )


def _filed(path: Path, file: Written) -> OutputFile:
    try:
        mark = storage.stamp(path).mark
    except OSError as error:
        raise OutputError(f"cannot look at {path}: {error.strerror or error}", "Run again.") from None
    return OutputFile(path.name, file.sha256, file.bytes, mark, file.articles, file.briefs)
