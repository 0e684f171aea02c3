"""``export`` and ``batch``: articles to files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from exporter import __version__, backends, build, files, resources
from exporter import batch as runs
from exporter.backends import Settings
from exporter.batch import Outcome, Plan, Progress, Series, Split, Step, Written
from exporter.cli import _console
from exporter.cli import _options as o
from exporter.cli._collection import opened
from exporter.diagnostics import Report
from exporter.edition import GROUPINGS, ORDERS
from exporter.errors import OutputError, unknown
from exporter.intake import FileRead
from exporter.library import Library
from exporter.periods import EVERY, WEEKDAYS

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
    jobs: o.Jobs = 0,
    no_cache: o.NoCache = False,
    strict: o.Strict = False,
    report_file: o.ReportFile = None,
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
    plan = _plan(formats, look, title, subtitle, group, sort, output, name, jobs, strict)
    split = Split(split_count, o.size(split_size))
    plan = msgspec.structs.replace(plan, split=split, individual=individual, tidied=tidied)
    selection = o.selection(
        first, last, sources, tags, languages, undated, no_briefs or individual, words, zone
    )

    def make(library: Library, plan: Plan, report: Report, progress: Progress) -> Outcome:
        return runs.export(library, selection, plan, report, progress)

    _run(plan, make, paths, library, o.reading(reader, mapping), keep, report_file, quiet)


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
    jobs: o.Jobs = 0,
    no_cache: o.NoCache = False,
    force: Annotated[
        bool, typer.Option("--force", rich_help_panel="The run", help="Make what is up to date, too.")
    ] = False,
    prune: Annotated[
        bool,
        typer.Option(
            "--prune",
            rich_help_panel="The run",
            help="Remove what was made under this name and no window makes any more.",
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", rich_help_panel="The run", help="Only tell what would be made, and why."),
    ] = False,
    strict: o.Strict = False,
    report_file: o.ReportFile = None,
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
    plan = _plan(formats, look, title, subtitle, group, sort, output, name, jobs, strict)
    plan = msgspec.structs.replace(plan, split=Split(split_count, o.size(split_size)), tidied=tidied)
    series = Series(
        selection=o.selection(first, last, sources, tags, languages, False, no_briefs, words, zone),
        every=_known("interval", every, EVERY),
        week_start=_known("weekday", week_start, WEEKDAYS),
        force=force,
        prune=prune,
    )

    def make(library: Library, plan: Plan, report: Report, progress: Progress) -> Outcome:
        return runs.batch(library, series, plan, report, progress)

    def tell(library: Library, plan: Plan) -> None:
        _steps(runs.steps(library, series, plan))

    _run(
        plan,
        make,
        paths,
        library,
        o.reading(reader, mapping),
        keep,
        report_file,
        quiet,
        tell if dry_run else None,
    )


_Make = Callable[[Library, Plan, Report, Progress], Outcome]


def _run(
    plan: Plan,
    make: _Make,
    paths: list[Path] | None,
    folder: Path | None,
    reader: str | None,
    keep: list[str] | None,
    report_file: Path | None,
    quiet: bool,
    tell: Callable[[Library, Plan], None] | None = None,
) -> None:
    """Read, make, tell; the report is written however the run ends."""
    if report_file is not None:
        _check_report(report_file)
    report = Report()
    books: tuple[FileRead, ...] = ()
    outcome = None
    try:
        with opened(
            paths, folder, report, reader=reader, keep=keep, jobs=plan.workers, quiet=quiet
        ) as collection:
            books = collection.books
            plan = msgspec.structs.replace(plan, account=not collection.standing)
            if tell:
                tell(collection.library, plan)
                return
            with _console.progress("Rendering", quiet=quiet) as bar:
                outcome = make(collection.library, plan, report, bar)
    finally:
        _console.diagnostics(report, quiet=quiet)
        if report_file is not None:
            _write_report(report_file, report, books, outcome)
    _told(outcome, quiet)


def _told(outcome: Outcome, quiet: bool) -> None:
    """What came of a run; ends with its exit code where a part failed."""
    for file in outcome.written:
        if not quiet:
            _console.out(f"{file.path}  {_contents(file)}")
    for path in outcome.removed:
        _tell(f"removed {path}", quiet)
    if outcome.kept:
        _tell(f"up to date: {_console.counted(len(outcome.kept), 'file')}", quiet)
    if outcome.empty:
        _tell(f"skipped, nothing in them: {', '.join(outcome.empty)}", quiet)
    _tell(_left_out(outcome), quiet)
    for failure in outcome.failed:
        _console.error(f"{failure.path} was not written: {failure.error}", failure.remedy)
    if outcome.failed:
        codes = {failure.exit_code for failure in outcome.failed}
        raise typer.Exit(codes.pop() if len(codes) == 1 and not outcome.written else 1)


def _steps(steps: list[Step]) -> None:
    """What a run would do, a line a file."""
    for step in steps:
        why = f"  ({'; '.join(step.why)})" if step.why else ""
        _console.out(f"{step.action:<6}  {step.path}{why}")


def _tell(message: str, quiet: bool) -> None:
    if message and not quiet:
        _console.say(message)


def _contents(file: Written) -> str:
    told = [_console.counted(file.articles, "article")]
    if file.briefs:
        told.append(_console.counted(file.briefs, "brief"))
    return f"{', '.join(told)}, {max(file.bytes // 1000, 1):,} kB"


_REASONS = {
    "duplicate": "found twice",
    "undated": "without a date",
    "date": "outside the dates",
    "source": "of other sources",
    "tag": "without the tag",
    "language": "in other languages",
    "words": "without the words",
}


def _left_out(outcome: Outcome) -> str:
    counts = Counter(item.reason for item in outcome.left_out)
    words = ", ".join(f"{n} {_REASONS[reason]}" for reason, n in sorted(counts.items()))
    return f"left out: {words}" if words else ""


def _settings(
    style: str, paper: str | None, black: bool, archival: bool, width: int, no_cache: bool
) -> Settings:
    """The settings that the options ask for. Raises `UsageError`."""
    resources.style(style)
    papers = {p.casefold(): p for p in backends.PAPERS}
    if paper is not None and paper.casefold() not in papers:
        raise unknown("paper", paper, backends.PAPERS)
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
    )


Choice = TypeVar("Choice", bound=str)


def _known(kind: str, name: str, known: Iterable[Choice]) -> Choice:
    for choice in (names := list(known)):
        if choice == name:
            return choice
    raise unknown(kind, name, names)


def _check_report(file: Path) -> None:
    """Raise `OutputError` for a report that could not be written, before the work is done."""
    files.prepare_folder(file.parent, "--report")
    if file.is_dir():
        raise OutputError(f"cannot write {file}: it is a folder", "Name a file with --report.")


def _write_report(file: Path, report: Report, books: tuple[FileRead, ...], outcome: Outcome | None) -> None:
    """The report as JSON: what was read, written, left out, lost, and why."""
    findings = [
        {
            "id": f.id,
            "severity": f.kind.severity,
            "where": f.where,
            "detail": f.detail,
            "meaning": f.kind.meaning,
            "remedy": f.kind.remedy,
        }
        for f in report.findings
    ]
    form = {
        "exporter": __version__,
        "read": books,
        "written": outcome.written if outcome else (),
        "failed": outcome.failed if outcome else (),
        "left_out": outcome.left_out if outcome else (),
        "empty_windows": outcome.empty if outcome else (),
        "kept": outcome.kept if outcome else (),
        "removed": outcome.removed if outcome else (),
        "diagnostics": findings,
        "counts": report.counts(),
    }
    files.write_whole(file, msgspec.json.format(msgspec.json.encode(form), indent=2) + b"\n")
