"""``export`` and ``batch``: articles to files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, cast

import typer

from exporter.cli import _console, _progress
from exporter.cli import _options as o
from exporter.cli import _summary as summary
from exporter.cli._collection import Collection, opened
from exporter.diagnostics import Report
from exporter.editions.options import ExportOptions
from exporter.editions.periods import EVERY, WEEKDAYS, Every, Weekday
from exporter.jobs import batch as runs
from exporter.jobs.outcome import Outcome
from exporter.jobs.targets import Schedule
from exporter.progress import Progress
from exporter.sources.read_many import FileRead

_EXPORT = """One edition of the articles in PATHS, in each format.

**Examples**

    exporter export saved/ --from 2021-07-01 --to 2021-07-31 -f pdf -o out
    exporter export page.txt notes/ -f epub -f txt --title "Summer reading"
    exporter export saved/ --from 2021 --to 2021 --source "Harbour Gazette" --style book --paper A5
    exporter export saved/ -f epub --split-size 20MB
    exporter export saved/ -f pdf --individual -o articles
"""

_BATCH = """One edition for each day, week, month, quarter or year; windows without articles are skipped.

**Examples**

    exporter batch saved/ --every month --from 2021 --to 2024 -o digests
    exporter batch saved/ --every week -f pdf --jobs 2 --name weekly --title "The week"
"""


def register(app: typer.Typer) -> None:
    app.command("export", help=_EXPORT)(export)
    app.command("batch", help=_BATCH)(batch)


@o.with_options("export")
def export(
    options: ExportOptions,
    paths: o.Paths = None,
    library: o.LibraryFolder = None,
    report_file: o.ReportFile = None,
    log_json: o.LogJson = False,
    quiet: o.Quiet = False,
) -> None:
    selection = options.selection

    def render(collection: Collection, report: Report, progress: Progress) -> Outcome:
        account = not collection.standing
        return runs.export(collection.library, selection, options, report, progress, account=account)

    _run(options, render, paths, library, report_file, quiet)


@o.with_options("batch")
def batch(
    options: ExportOptions,
    paths: o.Paths = None,
    every: Annotated[
        str, typer.Option("--every", metavar="WINDOW", help="day, week (ISO), month, quarter or year.")
    ] = "month",
    week_start: Annotated[
        str, typer.Option("--week-start", metavar="DAY", help="The first day of weeks; monday is ISO's.")
    ] = "monday",
    library: o.LibraryFolder = None,
    force: o.Force = False,
    prune: o.Prune = False,
    dry_run: o.DryRun = False,
    report_file: o.ReportFile = None,
    log_json: o.LogJson = False,
    quiet: o.Quiet = False,
) -> None:
    schedule = Schedule(
        selection=options.selection,
        every=cast(Every, o.known("interval", every, EVERY)),
        week_start=cast(Weekday, o.known("weekday", week_start, WEEKDAYS)),
        force=force,
        prune=prune,
    )

    def render(collection: Collection, report: Report, progress: Progress) -> Outcome | None:
        if dry_run:
            summary.steps(runs.steps(collection.library, schedule, options))
            return None
        account = not collection.standing
        return runs.batch(collection.library, schedule, options, report, progress, account=account)

    _run(options, render, paths, library, report_file, quiet)


def _run(
    options: ExportOptions,
    render: Callable[[Collection, Report, Progress], Outcome | None],
    paths: list[Path] | None,
    folder: Path | None,
    report_file: Path | None,
    quiet: bool,
) -> None:
    """Read, render, and say what was done; the report is written however the run ends."""
    if report_file is not None:
        summary.check_report(report_file)
    report = Report()
    books: tuple[FileRead, ...] = ()
    outcome = None
    try:
        with opened(paths, folder, report, options, quiet) as collection:
            books = collection.books
            with _progress.shown("Rendering", quiet=quiet) as bar:
                outcome = render(collection, report, bar)
    finally:
        _console.diagnostics(report, quiet=quiet)
        if report_file is not None:
            summary.write_report(report_file, report, books, outcome)
    if outcome is not None and (code := summary.tell(outcome, quiet)):
        raise typer.Exit(code)
