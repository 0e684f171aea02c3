"""``run``: editions that ``exporter.toml`` defines, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from exporter.cli import _console, _progress
from exporter.cli import _options as o
from exporter.cli import _summary as summary
from exporter.cli._collection import How, filed, home, library_at
from exporter.diagnostics import Report
from exporter.errors import ExporterError, NothingToExport, UsageError
from exporter.jobs import batch as runs
from exporter.jobs import config
from exporter.jobs.config import Config
from exporter.jobs.plan import Outcome
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


def run(
    names: Annotated[list[str] | None, typer.Argument(metavar="EDITIONS", help="Their names.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All that the file defines.")] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="As if it were that day.  [default: today]")
    ] = None,
    file: o.ConfigFile = None,
    library: o.LibraryFolder = None,
    own: o.Own = False,
    force: o.Force = False,
    prune: o.Prune = False,
    dry_run: o.DryRun = False,
    jobs: o.Jobs = 0,
    scheduler: o.Scheduler = None,
    strict: o.Strict = False,
    report_file: o.ReportFile = None,
    log_json: o.LogJson = False,
    quiet: o.Quiet = False,
) -> None:
    told, named = chosen(file, names, all_)
    today = parse_bound(as_of, last=False) if as_of else date.today()
    report = Report()
    books: tuple[FileRead, ...] = ()
    failed = 0
    outcomes: dict[str, Outcome | ExporterError] = {}
    try:
        with _collection(told, named, library) as shelf:
            if inputs := told.inputs(named):
                came = filed(shelf, inputs, report, How(own=own, jobs=jobs, scheduler=scheduler, quiet=quiet))
                books = came.books
                # In a library of this run alone nothing tells whether a file fails time after time.
                failed = came.failed if library or told.library_folder else 0
            for name in named:
                series = msgspec.structs.replace(told.series(name, today), force=force, prune=prune)
                plan = msgspec.structs.replace(
                    told.plan(name), workers=jobs, scheduler=scheduler, strict=strict
                )
                if dry_run:
                    summary.steps(runs.steps(shelf, series, plan))
                    continue
                with _progress.shown(name, quiet=quiet) as bar:
                    try:
                        outcomes[name] = runs.batch(shelf, series, plan, report, bar)
                    except ExporterError as error:  # it costs its own edition alone
                        outcomes[name] = error
    finally:
        _console.diagnostics(report, quiet=quiet)
        if report_file is not None:
            summary.write_report(report_file, report, books, _joined(outcomes.values()))
    codes = {code for name, outcome in outcomes.items() if (code := _told(name, outcome, quiet))}
    if failed:
        summary.tell_failed(failed)
        codes.add(ExporterError.exit_code)
    if codes:
        alone = len(codes) == 1 and len(outcomes) == 1
        raise typer.Exit(codes.pop() if alone else 1)


def chosen(file: Path | None, names: list[str] | None, all_: bool) -> tuple[Config, list[str]]:
    """The configuration and the names of its editions that are meant. Raises `UsageError` where
    there are none."""
    found = config.find(file)
    if found is None:
        raise UsageError(
            "there is no exporter.toml here", "Write one (docs/library.md), or name it with --config."
        )
    told = config.load(found)
    if not told.editions:
        raise UsageError(f"{found} defines no edition", "Add a table [editions.NAME].")
    named = list(told.editions) if all_ else list(dict.fromkeys(names or ()))
    if not named:
        raise UsageError("no edition is named", f"Name one of {', '.join(told.editions)}, or say --all.")
    for name in named:
        told.edition(name)
    return told, named


def _told(name: str, outcome: Outcome | ExporterError, quiet: bool) -> int:
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
    told = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
    return Outcome(
        *(
            tuple(chain.from_iterable(parts))
            for parts in zip(*map(msgspec.structs.astuple, told), strict=True)
        )
    )


@contextmanager
def _collection(told: Config, chosen: list[str], folder: Path | None) -> Iterator[Library]:
    folder = folder.expanduser() if folder else told.library_folder
    if folder is None and told.inputs(chosen):
        with Library.temporary() as library:
            yield library
        return
    with library_at(folder or home(), create=bool(told.inputs(chosen))) as library:
        yield library
