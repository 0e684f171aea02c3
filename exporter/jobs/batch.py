"""Runs: what is to be done is found out, done where the engine says, and written down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, overload

import msgspec
from filelock import FileLock, Timeout

from exporter.backends import registry as backends
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings
from exporter.editions.selection import Selected, Selection
from exporter.errors import (
    ClusterError,
    ExporterError,
    MachineError,
    OutputError,
    StoreError,
    StrictError,
    UsageError,
)
from exporter.jobs import render, targets
from exporter.jobs.manifest import FOLDER, Entry, Manifest, Record, why
from exporter.jobs.manifest import Made as MadeFile
from exporter.jobs.plan import Failed, Outcome, Plan, Series, Step, Written
from exporter.jobs.render import Job, Target
from exporter.jobs.targets import Order
from exporter.library import Library, importer
from exporter.model import build
from exporter.progress import SILENT, Progress
from exporter.sources import remote, storage
from exporter.version import __version__
from exporter.workers import dask, pool

_PATIENCE = 3600
"""Seconds to wait for another run of the same name in the same folder."""


class _Task(NamedTuple):
    """One edition to make in one format; with its record, and what it depends on, if it has any."""

    target: Target
    record: Record | None = None
    entry: Entry | None = None
    why: tuple[str, ...] = ()


# -- Runs ------------------------------------------------------------------------------


def export(
    library: Library, selection: Selection, plan: Plan, report: Report, progress: Progress = SILENT
) -> Outcome:
    """One edition in every format of the plan.

    Raises `NothingToExport` before anything is touched. A format that fails does not
    keep the others from being written; it is told in the outcome.
    """
    _check(plan)
    left_out = library.excluded(selection, report, all=plan.account)
    order = targets.whole(selection, plan)
    edition = targets.edition(library, order, plan, report)
    editions = list(targets.singles(edition, plan)) if plan.individual else [(edition, order.stem)]
    made = [(edition, target) for edition, stem in editions for target in _targets(stem, plan)]
    alone = len(editions) == 1

    def load(number: int) -> Job:
        edition, target = made[number]
        return Job(edition, _settings(library, edition, plan, alone), plan.split, target)

    if plan.strict:
        raise_if_warnings(report)
    storage.prepare_folder(plan.folder)
    desk = _Desk(plan)
    desk.make([_Task(target) for _, target in made], load, report, progress, alone)
    return Outcome(tuple(desk.written), tuple(desk.failed), tuple(left_out))


def batch(
    library: Library, series: Series, plan: Plan, report: Report, progress: Progress = SILENT
) -> Outcome:
    """One edition for each of the calendar's windows; empty ones are skipped and told, and what is
    up to date is left as it is. Raises `NothingToExport` where all windows are empty."""
    _check(plan)
    tasks, asked, empty = _tasks(library, targets.windows(library, series, plan), plan)
    for name in empty:
        report.add("window-empty", name)
    left_out = library.excluded(series.selection, report, all=plan.account)
    left_out += targets.astray(library, series, report)
    if not tasks:
        targets.compiled(Selected((), ()), series.selection.window, plan)
    if plan.strict:
        raise_if_warnings(report)
    with _locked(plan):
        tasks = [_judged(task, plan) for task in tasks]
        todo = [task for task in tasks if task.why or series.force]
        alone = len({task.target.stem for task in todo}) == 1

        @lru_cache(1)  # an edition's formats follow each other
        def edition(order: Order) -> Edition | ExporterError:
            try:
                return targets.edition(library, order, plan, report)
            except ExporterError as error:  # it was there a moment ago
                return error

        def load(number: int) -> Job:
            target = todo[number].target
            found = edition(asked[target.stem])
            return Job(found, _settings(library, found, plan, alone), plan.split, target)

        desk = _Desk(plan)
        if todo:
            desk.make(todo, load, report, progress, alone)
        is_lost = any(failed.exit_code == StoreError.exit_code for failed in desk.failed)
        stems = {task.target.stem for task in tasks}
        removed = _prune(plan, stems) if series.prune and not is_lost else []
    kept = [str(task.target.path()) for task in tasks if not (task.why or series.force)]
    return Outcome(
        tuple(desk.written), tuple(desk.failed), tuple(left_out), tuple(empty), tuple(kept), tuple(removed)
    )


def steps(library: Library, series: Series, plan: Plan) -> list[Step]:
    """What `batch` would do about each file, and why."""
    _check(plan)
    tasks, _, _ = _tasks(library, targets.windows(library, series, plan), plan)
    tasks = [_judged(task, plan) for task in tasks]
    told = [
        Step(
            str(task.target.path()),
            task.target.format,
            "make" if task.why or series.force else "keep",
            task.why or (("it is asked for",) if series.force else ()),
        )
        for task in tasks
    ]
    if series.prune:
        kept = {task.target.stem for task in tasks}
        for record, format, entry in _stale(plan, kept):
            told += [
                Step(
                    str(plan.folder / made.name),
                    format,
                    "remove",
                    (f"nothing makes {record.edition} any more",),
                )
                for made in entry.files
            ]
    return told


# -- What is to be done ------------------------------------------------------------------


def _check(plan: Plan) -> None:
    if not plan.formats:
        raise UsageError("no format is named", "Add -f pdf, -f epub or another: see `exporter formats`.")


def _targets(stem: str, plan: Plan) -> Iterator[Target]:
    for format in plan.formats:
        yield Target(plan.folder, stem, format, backends.suffix(format))


def _tasks(
    library: Library, found: Iterable[tuple[str, Order]], plan: Plan
) -> tuple[list[_Task], dict[str, Order], list[str]]:
    """The tasks of the windows that have anything in them, their orders by stem, and the names
    of the windows that have nothing."""
    tasks: list[_Task] = []
    asked: dict[str, Order] = {}
    empty: list[str] = []
    for name, order in found:
        outline = library.outline(order.selection)
        if not outline.articles and not outline.briefs:
            empty.append(name)
            continue
        asked[order.stem] = order
        window = order.selection.window
        record = Record(
            exporter=__version__,
            series=plan.name,
            edition=order.stem,
            window=(str(window.first or ""), str(window.last or "")),
        )
        for target in _targets(order.stem, plan):
            tasks.append(_Task(target, record, targets.entry(outline, order, target.format, plan)))
    return tasks, asked, empty


def _judged(task: _Task, plan: Plan) -> _Task:
    """The task with the reasons for it, as the output is now."""
    assert task.entry is not None
    manifest = Manifest(plan.folder)
    known = manifest.read(task.target.stem)
    return task._replace(
        why=why(known.formats.get(task.target.format) if known else None, task.entry, manifest)
    )


def _settings(library: Library, edition: Edition | ExporterError, plan: Plan, alone: bool) -> Settings:
    """The plan's settings for one edition. Several share the workers; one alone has its sections
    laid out by all of them."""
    originals = {}
    if plan.settings.archival and isinstance(edition, Edition):
        originals = importer.originals(library, [entry.article for entry in edition.entries])
        if plan.scheduler:
            originals = {hash: original.portable() for hash, original in originals.items()}
    if alone and plan.scheduler:
        workers = plan.workers  # 0 is one a core of the machine that renders
    else:
        workers = (plan.workers or pool.cores()) if alone else 1
    return msgspec.structs.replace(plan.settings, workers=workers, originals=originals)


def _stale(plan: Plan, kept: Iterable[str]) -> Iterator[tuple[Record, str, Entry]]:
    """What runs of this name have made once, and this one does not."""
    stems = set(kept)
    for record in Manifest(plan.folder).all(plan.name):
        for format, entry in record.formats.items():
            if record.edition not in stems or format not in plan.formats:
                yield record, format, entry


def _prune(plan: Plan, kept: Iterable[str]) -> list[str]:
    """Remove what no window makes any more, but no file that somebody has changed since."""
    manifest = Manifest(plan.folder)
    removed: list[str] = []
    for record, format, entry in list(_stale(plan, kept)):
        current = manifest.read(record.edition) or record
        manifest.write(_without(current, format))
        removed += _remove(manifest, entry.files)
    return removed


def _remove(manifest: Manifest, made: Iterable[MadeFile]) -> list[str]:
    removed = []
    for file in made:
        if manifest.is_there(file, surely=True) is None:
            path = manifest.folder / file.name
            storage.remove(path)
            removed.append(str(path))
    return removed


def _without(record: Record, format: str) -> Record:
    return msgspec.structs.replace(
        record, formats={name: entry for name, entry in record.formats.items() if name != format}
    )


@contextmanager
def _locked(plan: Plan) -> Iterator[None]:
    """Runs of one name in one folder take turns: the second finds done what the first did."""
    records = plan.folder / FOLDER
    storage.prepare_folder(records)
    if remote.is_remote(plan.folder):  # nothing can be locked there
        yield
        return
    storage.sweep(plan.folder)
    storage.sweep(records)
    try:
        with FileLock(records / f"{build.slug(plan.name) or 'digest'}.lock", timeout=_PATIENCE):
            yield
    except Timeout:
        raise OutputError(
            f"another run of {plan.name!r} has been writing into {plan.folder} for an hour",
            "Wait until it is done, or end it, and run again.",
        ) from None


# -- Doing it ----------------------------------------------------------------------------


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


class _Desk:
    """Renders tasks and writes what came out well, with its record."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._manifest = Manifest(plan.folder)
        self.written: list[Written] = []
        self.failed: list[Failed] = []

    def make(
        self,
        tasks: Sequence[_Task],
        load: Callable[[int], Job],
        report: Report,
        progress: Progress,
        alone: bool,
    ) -> None:
        workers = 1 if alone else self._plan.workers or pool.cores()

        def begun(worker: int, at: int | None) -> None:
            progress.working(worker, "" if at is None else tasks[at].target.path().name)

        def made_in_turn() -> Generator[render.Made, None, None]:
            progress(0, len(tasks), tasks[0].target.path().name)
            todo = _Jobs(load, len(tasks))
            if scheduler := self._plan.scheduler:
                kit = dask.pack(self._plan.settings.style)
                results = dask.run(render.work, todo, scheduler, kit)
            else:
                results = pool.run(render.work, todo, workers, begun)
            for done, result in enumerate(results, 1):
                made = render.lost(result) if isinstance(result, pool.JobFailure) else result
                report.extend(made.findings)
                yield made
                progress(done, len(tasks), tasks[min(done, len(tasks) - 1)].target.path().name)

        # Closed whatever happens: workers that are left would keep the program from its end.
        with closing(made_in_turn()) as in_turn:
            results: Iterable[render.Made] = in_turn
            if self._plan.strict:
                # All is rendered before anything is written, so that a late warning finds clean hands.
                results = list(in_turn)
                raise_if_warnings(report)
            done = 0
            try:
                for task, made in zip(tasks, results, strict=True):
                    self._put(task, made)
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

    def _put(self, task: _Task, made: render.Made) -> None:
        error, target = made.error, task.target
        path = target.path()
        try:
            if made.products:
                before = self._withdrawn(target)
            done: list[MadeFile] = []
            for volume, product in made.products:
                path = target.path(volume)
                storage.write_whole(path, product.data)
                receipt = _receipt(path, target.format, volume, product)
                self.written.append(receipt)
                done.append(_filed(path, receipt))
            if made.products:
                new = {file.name for file in done}
                _remove(self._manifest, [file for file in before if file.name not in new])
                self._recorded(task, tuple(done))
        except MachineError:
            raise
        except OutputError as problem:
            error = problem
        if error is not None:
            self.failed.append(Failed(str(path), target.format, str(error), error.remedy, error.exit_code))

    def _withdrawn(self, target: Target) -> tuple[MadeFile, ...]:
        """Take the files that are about to change out of the record; gives what they were."""
        record = self._manifest.read(target.stem)
        if record is None or target.format not in record.formats:
            return ()
        self._manifest.write(_without(record, target.format))
        return record.formats[target.format].files

    def _recorded(self, task: _Task, made: tuple[MadeFile, ...]) -> None:
        if task.record is None or task.entry is None:
            return
        record = self._manifest.read(task.target.stem) or task.record
        entry = msgspec.structs.replace(task.entry, files=made)
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


def _receipt(path: Path, format: str, edition: Edition, product: backends.Product) -> Written:
    return Written(
        str(path),
        format,
        len(edition.entries),
        len(edition.briefs),
        len(product.data),
        hashlib.sha256(product.data).hexdigest(),
        product.receipt.places,
    )


def _filed(path: Path, receipt: Written) -> MadeFile:
    try:
        mark = storage.stamp(path).mark
    except OSError as error:
        raise OutputError(f"cannot look at {path}: {error.strerror or error}", "Run again.") from None
    return MadeFile(path.name, receipt.sha256, receipt.bytes, mark, receipt.articles, receipt.briefs)
