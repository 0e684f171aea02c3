"""The library's commands: articles into it, what it holds, and its care."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from wcwidth import wcswidth

from exporter.cli import _console
from exporter.cli import _options as o
from exporter.cli import _summary as summary
from exporter.cli._collection import filed, library_at, where
from exporter.diagnostics import Report
from exporter.editions.options import ExportOptions
from exporter.editions.selection import Selection
from exporter.errors import ExporterError, NothingToExport, UsageError
from exporter.jobs.writing import raise_if_warnings
from exporter.library import Library
from exporter.sources import remote

_IMPORT = """Read files and folders into the library. What it knows and has not changed is not read again.

**Examples**

    exporter import saved/ ~/mail/newsletters.mbox
    exporter import saved/ --library news --jobs 2
"""

_SEARCH = """Articles with these words in title or text, the latest first; "phrases" in quotation marks.

**Examples**

    exporter search harbour ferry
    exporter search '"night market"' --from 2024 --source "Harbour Gazette"
"""

_REMOVE = """Take articles out of the library: by number (see `list`), or all that the options choose.

The files that they were read from are not touched.

**Examples**

    exporter remove 17 18
    exporter remove --source "Harbour Gazette" --to 2019 --yes
"""


def register(app: typer.Typer) -> None:
    app.command("import", help=_IMPORT)(import_)
    app.command("search", help=_SEARCH)(search)
    app.command("sources", help="The library's sources: how many articles, from when to when.")(sources)
    app.command("stats", help="What the library holds, and a calendar of it.")(stats)
    app.command("remove", help=_REMOVE)(remove)
    app.command("merge", help="Take over what another library has and this one has not.")(merge)
    app.command("backup", help="Copy the library, as it is now, into a new folder.")(backup)
    app.command("vacuum", help="Give space back that the library does not use any more.")(vacuum)


@contextmanager
def opened(folder: Path | None, *, create: bool = False) -> Iterator[Library]:
    with library_at(where(folder), create=create) as library:
        yield library


@o.with_options("reader", "map", "keep", "own", "jobs", "scheduler")
def import_(
    options: ExportOptions,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATHS",
            parser=remote.place,
            help="Files and folders, or s3://bucket/folder; - is standard input.",
        ),
    ],
    library: o.LibraryFolder = None,
    again: Annotated[bool, typer.Option("--again", help="Read what has not changed, too.")] = False,
    restore: Annotated[
        bool, typer.Option("--restore", help="Articles that were removed come back; all files are read.")
    ] = False,
    log_json: o.LogJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail (exit 3) on any warning.")] = False,
    quiet: o.Quiet = False,
) -> None:
    report = Report()
    try:
        with opened(library, create=True) as opened_:
            came = filed(opened_, paths, report, options, quiet, again=again, restore=restore)
            stats_ = opened_.stats()
    finally:
        _console.diagnostics(report, quiet=quiet, more="import fewer files to see them all")
    if not quiet:
        files = f"{_console.counted(came.files, 'file')} read, {came.unchanged:,} unchanged"
        _console.out(f"{_console.counted(came.articles, 'article')} from {files}")
        copies = _console.counted(stats_.articles - stats_.distinct, "copy")
        _console.out(f"{stats_.distinct:,} in the library, {copies} beside them")
    if strict:
        raise_if_warnings(report)
    if came.failed:
        summary.tell_failed(came.failed)
        raise typer.Exit(ExporterError.exit_code)


@o.with_options("first", "last", "sources", "tags", "languages", "merge")
def search(
    options: ExportOptions,
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS", help='What to look for; a "phrase" in quotes.')
    ],
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="How many are shown.")] = 20,
    library: o.LibraryFolder = None,
    quiet: o.Quiet = False,
) -> None:
    query = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
    undated = options.first is None and options.last is None
    selection = msgspec.structs.replace(options, search=query, undated=undated).selection
    with opened(library) as opened_:
        count, hits = opened_.search(selection, limit)
        left_out = [item for item in opened_.excluded(selection, all=False) if item.reason == "duplicate"]
    for hit in hits:
        article = hit.article
        day = (article.published or "undated")[:10]
        copy = "" if hit.id == hit.leader else f"  (a copy of {hit.leader})"
        _console.out(f"{hit.id:>6}  {day:<10}  {article.source or '?'}: {article.title}{copy}")
        _console.out(f"{'':>8}{hit.excerpt}")
    if not quiet:
        _console.say(
            f"{_console.counted(count, 'article')}{f', the latest {limit} shown' if count > limit else ''}"
            f"{f', {len(left_out)} left out' if left_out else ''}"
        )
        summary.duplicates(left_out)
    if not count:
        raise typer.Exit(NothingToExport.exit_code)


def sources(library: o.LibraryFolder = None) -> None:
    with opened(library) as opened_:
        rows = opened_.sources()
    width = max((wcswidth(row.name or "?") for row in rows), default=1)
    for row in rows:
        name = row.name or "?"
        span = f"{row.first} to {row.last}" if row.first else "undated"
        copies = f"  ({_console.counted(row.copies, 'copy')})" if row.copies else ""
        _console.out(f"{name}{' ' * (width - wcswidth(name))}  {row.articles:>8,}  {span}{copies}")


def stats(library: o.LibraryFolder = None) -> None:
    out = _console.out
    folder = where(library)
    with opened(library) as opened_:
        stats_ = opened_.stats()
    out(f"{folder}")
    copies = _console.counted(stats_.articles - stats_.distinct, "copy")
    out(f"{stats_.distinct:>10,} articles, {copies}, {stats_.undated:,} undated")
    out(f"{stats_.briefs:>10,} teasers, {stats_.files:,} files, {stats_.images:,} images")
    out(f"{stats_.database / 1e6:>10,.1f} MB of text and index, {stats_.image_bytes / 1e6:,.1f} MB of images")
    if stats_.languages:
        listed = [f"{name or '?'} {n:,}" for name, n in list(stats_.languages.items())[:8]]
        out(f"{'languages':>10} {', '.join(listed)}")
    if stats_.days:
        out()
        for line in drawn(stats_.days):
            out(line)


@o.with_options("first", "last", "sources", "tags", "languages")
def remove(
    options: ExportOptions,
    ids: Annotated[
        list[int] | None, typer.Argument(metavar="NUMBERS", help="As `list` and `search` tell.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    library: o.LibraryFolder = None,
    quiet: o.Quiet = False,
) -> None:
    chosen = options.selection != Selection()
    if not ids and not chosen:
        raise UsageError(
            "nothing to remove is named", "Name numbers, or choose with --source, --from and others."
        )
    with opened(library) as opened_:
        chosen_ = list(ids or ())
        if chosen:
            chosen_ += opened_.ids(options.selection)
        if not yes and len(chosen_) > 1:
            typer.confirm(f"Remove {_console.counted(len(chosen_), 'article')}?", abort=True, err=True)
        gone = opened_.remove(chosen_)
    if not quiet:
        _console.out(f"{_console.counted(gone, 'article')} removed")
    if not gone:
        raise NothingToExport(
            "no such article is in the library", "`exporter list --library FOLDER` shows all."
        )


def merge(
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="The folder of the other library.")],
    library: o.LibraryFolder = None,
    quiet: o.Quiet = False,
) -> None:
    with library_at(other.expanduser()) as there, opened(library, create=True) as here:
        taken = here.merge(there)
    if not quiet:
        _console.out(f"{_console.counted(taken, 'article')} taken over")


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is not there yet.")],
    library: o.LibraryFolder = None,
    quiet: o.Quiet = False,
) -> None:
    with opened(library) as opened_:
        opened_.backup(folder.expanduser())
    if not quiet:
        _console.out(f"copied to {folder}; use it with --library {folder}")


def vacuum(library: o.LibraryFolder = None, quiet: o.Quiet = False) -> None:
    with opened(library) as opened_:
        before = opened_.stats().database
        opened_.vacuum()
        after = opened_.stats().database
    if not quiet:
        _console.out(f"{before / 1e6:,.1f} MB before, {after / 1e6:,.1f} MB now")


# -- A calendar of articles in the terminal: a line a week-day, a column a week, darker where there are
# more.


_SHADES = " ░▒▓█"
_MONTHS = "JFMAMJJASOND"


def drawn(days: Mapping[date, int], years: int = 3) -> Iterator[str]:
    """The lines of the latest years that have anything; a legend at the end."""
    shown = sorted({day.year for day in days}, reverse=True)[:years]
    most = max((n for day, n in days.items() if day.year in shown), default=1)
    for year in shown:
        total = sum(n for day, n in days.items() if day.year == year)
        yield f"{year}  {_months(year)}  {total:,}"
        monday = _monday(date(year, 1, 1))
        for weekday in range(7):
            line = []
            for week in range(54):
                day = monday + timedelta(days=7 * week + weekday)
                line.append(_shade(days.get(day, 0), most) if day.year == year else " ")
            yield f"{('Mo', '', 'We', '', 'Fr', '', 'Su')[weekday]:<4}  {''.join(line).rstrip()}"
    earlier = len({day.year for day in days}) - len(shown)
    more = f"; {earlier} earlier years not shown" if earlier > 0 else ""
    yield f"      ░ few  █ {most:,} articles a day{more}"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _months(year: int) -> str:
    """The months' initials over the weeks that they begin in."""
    line = [" "] * 54
    monday = _monday(date(year, 1, 1))
    for month in range(1, 13):
        line[(date(year, month, 1) - monday).days // 7] = _MONTHS[month - 1]
    return "".join(line)


def _shade(count: int, most: int) -> str:
    if not count:
        return "·"
    return _SHADES[1 + round(3 * (count - 1) / max(most - 1, 1))]
