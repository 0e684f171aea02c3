"""``export`` and ``batch``: articles to files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from exporter import resources
from exporter.backends import registry as backends
from exporter.cli import _console, _progress
from exporter.cli import _options as o
from exporter.cli import _summary as summary
from exporter.cli._collection import How, opened
from exporter.diagnostics import Report
from exporter.editions.compile import GROUPINGS, ORDERS
from exporter.editions.options import PAPERS, Settings
from exporter.editions.periods import EVERY, WEEKDAYS
from exporter.errors import unknown
from exporter.jobs import batch as runs
from exporter.jobs.plan import Outcome, Plan, Series, Split
from exporter.library import Library
from exporter.model import build
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


def export(
    paths: o.Paths = None,
    first: o.From = None,
    last: o.To = None,
    sources: o.Sources = None,
    tags: o.Tags = None,
    languages: o.Languages = None,
    words: o.Words = None,
    zone: o.Zone = None,
    undated: o.Undated = False,
    no_briefs: o.NoBriefs = False,
    no_merge: o.NoMerge = False,
    tidied: o.Tidy = False,
    formats: o.Formats = None,
    style: o.Style = "digest",
    paper: o.Paper = None,
    black: o.Black = False,
    archival: o.Archival = False,
    image_max: o.ImageMax = 1600,
    cover: o.Cover = None,
    with_pages: o.WithPages = False,
    embed_fonts: o.EmbedFonts = False,
    width: o.Width = 72,
    ascii: o.Ascii = False,
    flowed: o.Flowed = False,
    title: o.Title = "News digest",
    subtitle: o.Subtitle = "",
    group: o.Group = "source",
    sort: o.Sort = "date",
    split_count: o.SplitCount = 0,
    split_size: o.SplitSize = None,
    individual: o.Individual = False,
    output: o.Output = Path("out"),
    name: o.Name = "digest",
    library: o.LibraryFolder = None,
    reader: o.ReaderName = None,
    mapping: o.Mapping = None,
    keep: o.Keep = None,
    own: o.Own = False,
    jobs: o.Jobs = 0,
    scheduler: o.Scheduler = None,
    no_cache: o.NoCache = False,
    strict: o.Strict = False,
    report_file: o.ReportFile = None,
    log_json: o.LogJson = False,
    quiet: o.Quiet = False,
) -> None:
    look = _settings(style, paper, black, archival, width, no_cache)
    look = msgspec.structs.replace(
        look,
        image_max=image_max,
        cover=o.cover(cover),
        with_pages=o.with_pages(with_pages, formats),
        embed_fonts=embed_fonts,
        ascii=ascii,
        flowed=flowed,
    )
    plan = _plan(formats, look, title, subtitle, group, sort, output, name, jobs, scheduler, strict)
    split = Split(split_count, o.size(split_size))
    plan = msgspec.structs.replace(plan, split=split, individual=individual, tidied=tidied)
    selection = o.selection(
        first, last, sources, tags, languages, undated, no_briefs or individual, words, zone, no_merge
    )

    def make(library: Library, plan: Plan, report: Report, progress: Progress) -> Outcome:
        return runs.export(library, selection, plan, report, progress)

    how = How(o.reading(reader, mapping), keep, own, jobs, scheduler, quiet)
    _run(plan, make, paths, library, how, report_file)


def batch(
    paths: o.Paths = None,
    every: Annotated[
        str, typer.Option("--every", metavar="WINDOW", help="day, week (ISO), month, quarter or year.")
    ] = "month",
    week_start: Annotated[
        str, typer.Option("--week-start", metavar="DAY", help="The first day of weeks; monday is ISO's.")
    ] = "monday",
    first: o.From = None,
    last: o.To = None,
    sources: o.Sources = None,
    tags: o.Tags = None,
    languages: o.Languages = None,
    words: o.Words = None,
    zone: o.Zone = None,
    no_briefs: o.NoBriefs = False,
    no_merge: o.NoMerge = False,
    tidied: o.Tidy = False,
    formats: o.Formats = None,
    style: o.Style = "digest",
    paper: o.Paper = None,
    black: o.Black = False,
    archival: o.Archival = False,
    image_max: o.ImageMax = 1600,
    cover: o.Cover = None,
    with_pages: o.WithPages = False,
    embed_fonts: o.EmbedFonts = False,
    width: o.Width = 72,
    ascii: o.Ascii = False,
    flowed: o.Flowed = False,
    title: o.Title = "News digest",
    subtitle: o.Subtitle = "",
    group: o.Group = "source",
    sort: o.Sort = "date",
    split_count: o.SplitCount = 0,
    split_size: o.SplitSize = None,
    output: o.Output = Path("out"),
    name: o.Name = "digest",
    library: o.LibraryFolder = None,
    reader: o.ReaderName = None,
    mapping: o.Mapping = None,
    keep: o.Keep = None,
    own: o.Own = False,
    jobs: o.Jobs = 0,
    scheduler: o.Scheduler = None,
    no_cache: o.NoCache = False,
    force: o.Force = False,
    prune: o.Prune = False,
    dry_run: o.DryRun = False,
    strict: o.Strict = False,
    report_file: o.ReportFile = None,
    log_json: o.LogJson = False,
    quiet: o.Quiet = False,
) -> None:
    look = _settings(style, paper, black, archival, width, no_cache)
    look = msgspec.structs.replace(
        look,
        image_max=image_max,
        cover=o.cover(cover),
        with_pages=o.with_pages(with_pages, formats),
        embed_fonts=embed_fonts,
        ascii=ascii,
        flowed=flowed,
    )
    plan = _plan(formats, look, title, subtitle, group, sort, output, name, jobs, scheduler, strict)
    plan = msgspec.structs.replace(plan, split=Split(split_count, o.size(split_size)), tidied=tidied)
    series = Series(
        selection=o.selection(first, last, sources, tags, languages, False, no_briefs, words, zone, no_merge),
        every=_known("interval", every, EVERY),
        week_start=_known("weekday", week_start, WEEKDAYS),
        force=force,
        prune=prune,
    )

    def make(library: Library, plan: Plan, report: Report, progress: Progress) -> Outcome:
        return runs.batch(library, series, plan, report, progress)

    def tell(library: Library, plan: Plan) -> None:
        summary.steps(runs.steps(library, series, plan))

    how = How(o.reading(reader, mapping), keep, own, jobs, scheduler, quiet)
    _run(plan, make, paths, library, how, report_file, tell if dry_run else None)


_Make = Callable[[Library, Plan, Report, Progress], Outcome]


def _run(
    plan: Plan,
    make: _Make,
    paths: list[Path] | None,
    folder: Path | None,
    how: How,
    report_file: Path | None,
    tell: Callable[[Library, Plan], None] | None = None,
) -> None:
    """Read, make, tell; the report is written however the run ends."""
    if report_file is not None:
        summary.check_report(report_file)
    report = Report()
    books: tuple[FileRead, ...] = ()
    outcome = None
    try:
        with opened(paths, folder, report, how) as collection:
            books = collection.books
            plan = msgspec.structs.replace(plan, account=not collection.standing)
            if tell:
                tell(collection.library, plan)
                return
            with _progress.shown("Rendering", quiet=how.quiet) as bar:
                outcome = make(collection.library, plan, report, bar)
    finally:
        _console.diagnostics(report, quiet=how.quiet)
        if report_file is not None:
            summary.write_report(report_file, report, books, outcome)
    if code := summary.tell(outcome, how.quiet):
        raise typer.Exit(code)


def _settings(
    style: str, paper: str | None, black: bool, archival: bool, width: int, no_cache: bool
) -> Settings:
    """The settings that the options ask for. Raises `UsageError`."""
    resources.style(style)
    papers = {p.casefold(): p for p in PAPERS}
    if paper is not None and paper.casefold() not in papers:
        raise unknown("paper", paper, PAPERS)
    return Settings(
        style=style,
        paper=papers[paper.casefold()] if paper else None,
        look="black" if black else "colour",
        width=width,
        archival=archival,
        cache=not no_cache,
    )


def _plan(
    formats: list[str] | None,
    settings: Settings,
    title: str,
    subtitle: str,
    group: str,
    sort: str,
    output: Path,
    name: str,
    jobs: int,
    scheduler: str | None,
    strict: bool,
) -> Plan:
    """The plan that the options ask for, every name in it checked. Raises `UsageError`."""
    chosen = tuple(dict.fromkeys(formats or backends.USUAL))
    for format in chosen:
        _known("format", format, backends.names())
    return Plan(
        formats=chosen,
        folder=output,
        name=name,
        title=build.one_line(title) or "News digest",
        subtitle=build.one_line(subtitle),
        group=_known("grouping", group, GROUPINGS),
        sort=_known("order", sort, ORDERS),
        settings=settings,
        strict=strict,
        workers=jobs,
        scheduler=scheduler,
    )


Choice = TypeVar("Choice", bound=str)


def _known(kind: str, name: str, known: Iterable[Choice]) -> Choice:
    for choice in (names := list(known)):
        if choice == name:
            return choice
    raise unknown(kind, name, names)
