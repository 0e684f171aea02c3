"""Runs: find out what is to be done, do it in worker processes or on a cluster, and record the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import msgspec
from filelock import FileLock, Timeout

from exporter.backends import registry as backends
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import ExportOptions, Settings
from exporter.editions.selection import Selected, Selection
from exporter.errors import (
    ExporterError,
    OutputError,
    StoreError,
    UsageError,
)
from exporter.jobs import targets
from exporter.jobs.manifest import FOLDER, Entry, Manifest, Record, why
from exporter.jobs.outcome import Outcome, Step
from exporter.jobs.render import Job, Split, Target
from exporter.jobs.targets import EditionTarget, Schedule
from exporter.jobs.writing import Task, Writer, formats_of, raise_if_warnings, remove_files, without_format
from exporter.library import Library, importer
from exporter.model import build
from exporter.progress import SILENT, Progress
from exporter.sources import remote, storage
from exporter.version import __version__
from exporter.workers import pool

_PATIENCE = 3600
"""Seconds to wait for another run of the same name in the same folder."""


# -- Runs ------------------------------------------------------------------------------


def export(
    library: Library,
    selection: Selection,
    options: ExportOptions,
    report: Report,
    progress: Progress = SILENT,
    *,
    account: bool = False,
) -> Outcome:
    """One edition in every format of the plan.

    Raises `NothingToExport` before anything is touched. A format that fails does not
    keep the others from being written; it is named in the outcome.
    """
    _check(options)
    excluded = library.excluded(selection, report, all=account)
    wanted = targets.whole(selection, options)
    edition = targets.edition(library, wanted, options, report)
    editions = list(targets.singles(edition, options)) if options.individual else [(edition, wanted.stem)]
    tasks = [(edition, target) for edition, stem in editions for target in _targets(stem, options)]
    alone = len(editions) == 1

    def load(number: int) -> Job:
        edition, target = tasks[number]
        return Job(edition, _settings(library, edition, options, alone), _split(options), target)

    if options.strict:
        raise_if_warnings(report)
    storage.prepare_folder(options.output)
    writer = Writer(options)
    writer.make([Task(target) for _, target in tasks], load, report, progress, alone)
    return Outcome(tuple(writer.written), tuple(writer.failed), tuple(excluded))


def batch(
    library: Library,
    schedule: Schedule,
    options: ExportOptions,
    report: Report,
    progress: Progress = SILENT,
    *,
    account: bool = False,
) -> Outcome:
    """One edition for each of the calendar's windows; empty ones are skipped and named, and what is
    up to date is left as it is. Raises `NothingToExport` where all windows are empty."""
    _check(options)
    tasks, by_stem, empty = _tasks(library, targets.windows(library, schedule, options), options)
    for name in empty:
        report.add("window-empty", name)
    excluded = library.excluded(schedule.selection, report, all=account)
    excluded += targets.imprecise_dates(library, schedule, report)
    if not tasks:
        targets.compiled(Selected((), ()), schedule.selection.window, options)
    if options.strict:
        raise_if_warnings(report)
    with _locked(options):
        tasks = [with_reasons(task, options) for task in tasks]
        todo = [task for task in tasks if task.why or schedule.force]
        alone = len({task.target.stem for task in todo}) == 1

        @lru_cache(1)  # an edition's formats follow each other
        def edition(wanted: EditionTarget) -> Edition | ExporterError:
            try:
                return targets.edition(library, wanted, options, report)
            except ExporterError as error:  # it was there a moment ago
                return error

        def load(number: int) -> Job:
            target = todo[number].target
            edition_ = edition(by_stem[target.stem])
            return Job(edition_, _settings(library, edition_, options, alone), _split(options), target)

        writer = Writer(options)
        for task in tasks:
            if task.entry and task.entry.files:
                writer.record(task, task.entry.files)
        if todo:
            writer.make(todo, load, report, progress, alone)
        is_lost = any(failed.exit_code == StoreError.exit_code for failed in writer.failed)
        stems = {task.target.stem for task in tasks}
        removed = _prune(options, stems) if schedule.prune and not is_lost else []
    kept = [str(task.target.path()) for task in tasks if not (task.why or schedule.force)]
    return Outcome(
        tuple(writer.written),
        tuple(writer.failed),
        tuple(excluded),
        tuple(empty),
        tuple(kept),
        tuple(removed),
    )


def steps(library: Library, schedule: Schedule, options: ExportOptions) -> list[Step]:
    """What `batch` would do about each file, and why."""
    _check(options)
    tasks, _, _ = _tasks(library, targets.windows(library, schedule, options), options)
    tasks = [with_reasons(task, options) for task in tasks]
    planned = [
        Step(
            str(task.target.path()),
            task.target.format,
            "make" if task.why or schedule.force else "keep",
            task.why or (("it is asked for",) if schedule.force else ()),
        )
        for task in tasks
    ]
    if schedule.prune:
        kept = {task.target.stem for task in tasks}
        for record, format, entry in _stale(options, kept):
            planned += [
                Step(
                    str(options.output / file.name),
                    format,
                    "remove",
                    (f"nothing makes {record.edition} any more",),
                )
                for file in entry.files
            ]
    return planned


def steps_of_export(options: ExportOptions) -> list[Step]:
    """What `export` would do about each file: it renders all, whatever is there."""
    stem = targets.whole(options.selection, options).stem
    return [
        Step(str(target.path()), target.format, "make", ("one edition of everything",))
        for target in _targets(stem, options)
    ]


# -- What is to be done ------------------------------------------------------------------


def _check(options: ExportOptions) -> None:
    if not formats_of(options):
        raise UsageError("no format is named", "Add -f pdf, -f epub or another: see `exporter formats`.")


def _targets(stem: str, options: ExportOptions) -> Iterator[Target]:
    for format in formats_of(options):
        yield Target(options.output, stem, format, backends.suffix(format))


def _tasks(
    library: Library, windows: Iterable[tuple[str, EditionTarget]], options: ExportOptions
) -> tuple[list[Task], dict[str, EditionTarget], list[str]]:
    """The tasks of the windows that have anything in them, their orders by stem, and the names
    of the windows that have nothing."""
    tasks: list[Task] = []
    by_stem: dict[str, EditionTarget] = {}
    empty: list[str] = []
    for name, wanted in windows:
        snapshot = library.snapshot(wanted.selection)
        if not snapshot.articles and not snapshot.briefs:
            empty.append(name)
            continue
        by_stem[wanted.stem] = wanted
        window = wanted.selection.window
        record = Record(
            exporter=__version__,
            series=options.name,
            edition=wanted.stem,
            window=(str(window.first or ""), str(window.last or "")),
        )
        for target in _targets(wanted.stem, options):
            tasks.append(Task(target, record, targets.entry(snapshot, wanted, target.format, options)))
    return tasks, by_stem, empty


def with_reasons(task: Task, options: ExportOptions) -> Task:
    """The task with the reasons for it, as the output is now. Its entry has files if they are up to date
    and their record is to be written again, as it lists other packages."""
    assert task.entry is not None
    manifest = Manifest(options.output)
    known = manifest.read(task.target.stem)
    old = known.formats.get(task.target.format) if known else None
    reasons = why(old, task.entry, manifest)
    if old and not reasons and old.key != task.entry.key:
        task = task._replace(entry=msgspec.structs.replace(task.entry, files=old.files))
    return task._replace(why=reasons)


def _settings(
    library: Library, edition: Edition | ExporterError, options: ExportOptions, alone: bool
) -> Settings:
    """The plan's settings for one edition. Several share the workers; one alone has its sections
    laid out by all of them."""
    originals = {}
    if options.archival and isinstance(edition, Edition):
        originals = importer.originals(library, [entry.article for entry in edition.entries])
        if options.scheduler:
            originals = {hash: original.portable() for hash, original in originals.items()}
    if alone and options.scheduler:
        workers = options.jobs  # 0 is one a core of the machine that renders
    else:
        workers = (options.jobs or pool.cores()) if alone else 1
    return msgspec.structs.replace(options.settings, workers=workers, originals=originals)


def _split(options: ExportOptions) -> Split:
    return Split(options.split_count, options.split_size)


def _stale(options: ExportOptions, kept: Iterable[str]) -> Iterator[tuple[Record, str, Entry]]:
    """What runs of this name have made once, and this one does not."""
    stems = set(kept)
    for record in Manifest(options.output).all(options.name):
        for format, entry in record.formats.items():
            if record.edition not in stems or format not in formats_of(options):
                yield record, format, entry


def _prune(options: ExportOptions, kept: Iterable[str]) -> list[str]:
    """Remove what no window makes any more, but no file that somebody has changed since."""
    manifest = Manifest(options.output)
    removed: list[str] = []
    for record, format, entry in list(_stale(options, kept)):
        current = manifest.read(record.edition) or record
        manifest.write(without_format(current, format))
        removed += remove_files(manifest, entry.files)
    return removed


@contextmanager
def _locked(options: ExportOptions) -> Iterator[None]:
    """Runs of one name in one folder take turns: the second finds done what the first did."""
    records = options.output / FOLDER
    storage.prepare_folder(records)
    if remote.is_remote(options.output):  # nothing can be locked there
        yield
        return
    storage.sweep(options.output)
    storage.sweep(records)
    try:
        with FileLock(records / f"{build.slug(options.name) or 'digest'}.lock", timeout=_PATIENCE):
            yield
    except Timeout:
        raise OutputError(
            f"another run of {options.name!r} has been writing into {options.output} for an hour",
            "Wait until it is done, or end it, and run again.",
        ) from None
