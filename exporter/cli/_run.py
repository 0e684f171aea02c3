"""``run``: editions that ``exporter.toml`` defines, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from exporter.cli import _console, _progress
from exporter.cli import _options as o
from exporter.cli import _summary as summary
from exporter.cli._collection import filed, home, library_at
from exporter.diagnostics import Report
from exporter.editions.options import ExportOptions
from exporter.errors import ExporterError, NothingToExport, UsageError
from exporter.jobs import batch as runs
from exporter.jobs import config
from exporter.jobs.config import Config
from exporter.jobs.outcome import Outcome
from exporter.library import Library
from exporter.model.dates import parse_bound
from exporter.sources.read_many import FileRead

_RUN = """Make the editions of `exporter.toml`, by name: what is new is read, what changed is made.

An edition without `from` is that of the last window that is over: on a Monday, of last week.

**Examples**

    exporter run weekly
    exporter run --all --as-of 2024-06-03
    exporter run --all --dry-run
"""


def register(app: typer.Typer) -> None:
    app.command("run", help=_RUN)(run)


@o.with_options("own", "jobs", "scheduler", "strict")
def run(
    options: ExportOptions,
    names: Annotated[list[str] | None, typer.Argument(metavar="EDITIONS", help="Their names.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All that the file defines.")] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="As if it were that day.  [default: today]")
    ] = None,
    file: o.ConfigFile = None,
    library: o.LibraryFolder = None,
    force: o.Force = False,
    prune: o.Prune = False,
    dry_run: o.DryRun = False,
    report_file: o.ReportFile = None,
    log_json: o.LogJson = False,
    quiet: o.Quiet = False,
) -> None:
    settings, named = chosen(file, names, all_)
    today = parse_bound(as_of, last=False) if as_of else date.today()
    report = Report()
    books: tuple[FileRead, ...] = ()
    failed = 0
    outcomes: dict[str, Outcome | ExporterError] = {}
    try:
        with _collection(settings, named, library) as opened:
            editions = {name: _with_run(settings.options(name), options) for name in named}
            for reading, inputs in _inputs(settings, editions):
                came = filed(opened, inputs, report, reading, quiet)
                books += came.books
                # In a library of this run alone nothing shows whether a file fails time after time.
                failed += came.failed if library or settings.library_folder else 0
            for name, edition in editions.items():
                schedule = settings.schedule(name, today)
                schedule = msgspec.structs.replace(schedule, force=force, prune=prune)
                is_one = edition.every == "all"
                if dry_run:
                    steps = runs.steps_of_export if is_one else partial(runs.steps, opened, schedule)
                    summary.steps(steps(edition))
                    continue
                with _progress.shown(name, quiet=quiet) as bar:
                    try:
                        outcomes[name] = (
                            runs.export(opened, edition.selection, edition, report, bar)
                            if is_one
                            else runs.batch(opened, schedule, edition, report, bar)
                        )
                    except ExporterError as error:  # it costs its own edition alone
                        outcomes[name] = error
    finally:
        _console.diagnostics(report, quiet=quiet)
        if report_file is not None:
            summary.write_report(report_file, report, books, _joined(outcomes.values()))
    codes = {code for name, outcome in outcomes.items() if (code := _finish(name, outcome, quiet))}
    if failed:
        summary.tell_failed(failed)
        codes.add(ExporterError.exit_code)
    if codes:
        alone = len(codes) == 1 and len(outcomes) == 1
        raise typer.Exit(codes.pop() if alone else 1)


def _with_run(edition: config.Edition, given: ExportOptions) -> config.Edition:
    """The edition's options with those of the run, where the command line gives them."""
    return msgspec.structs.replace(
        edition,
        own=given.own or edition.own,
        jobs=given.jobs or edition.jobs,
        scheduler=given.scheduler or edition.scheduler,
        strict=given.strict or edition.strict,
    )


def _inputs(
    settings: Config, editions: Mapping[str, config.Edition]
) -> Iterator[tuple[config.Edition, list[Path]]]:
    """What the editions read, each path once for each way of reading, and an edition of that way."""

    def way(name: str) -> tuple[object, ...]:
        edition = editions[name]
        return edition.reader or "", edition.map, edition.keep, edition.own

    for _, names in groupby(sorted(editions, key=way), key=way):
        some = list(names)
        if inputs := settings.inputs(some):
            yield editions[some[0]], inputs


def chosen(file: Path | None, names: list[str] | None, all_: bool) -> tuple[Config, list[str]]:
    """The configuration and the names of its editions that are meant. Raises `UsageError` where
    there are none."""
    path = config.find(file)
    if path is None:
        raise UsageError(
            "there is no exporter.toml here", "Write one (docs/library.md), or name it with --config."
        )
    settings = config.load(path)
    if not settings.editions:
        raise UsageError(f"{path} defines no edition", "Add a table [editions.NAME].")
    named = list(settings.editions) if all_ else list(dict.fromkeys(names or ()))
    if not named:
        raise UsageError("no edition is named", f"Name one of {', '.join(settings.editions)}, or say --all.")
    for name in named:
        settings.edition(name)
    return settings, named


def _finish(name: str, outcome: Outcome | ExporterError, quiet: bool) -> int:
    """What came of an edition, and its exit code."""
    if isinstance(outcome, NothingToExport):
        if not quiet:
            _console.say(f"{name}: nothing in its window")
        return 0
    if isinstance(outcome, ExporterError):
        _console.error(f"{name}: {outcome}", outcome.remedy)
        return outcome.exit_code
    return summary.tell(outcome, quiet)


def _joined(outcomes: Iterable[Outcome | ExporterError]) -> Outcome:
    """Several outcomes as one, for the report."""
    done = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
    return Outcome(
        *(
            tuple(chain.from_iterable(parts))
            for parts in zip(*map(msgspec.structs.astuple, done), strict=True)
        )
    )


@contextmanager
def _collection(settings: Config, names: list[str], folder: Path | None) -> Iterator[Library]:
    folder = folder.expanduser() if folder else settings.library_folder
    if folder is None and settings.inputs(names):
        with Library.temporary() as library:
            yield library
        return
    with library_at(folder or home(), create=bool(settings.inputs(names))) as library:
        yield library
