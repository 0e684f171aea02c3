"""Editions to files: names, windows of days, jobs; each file is written whole or not at all."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from exporter import backends, build, dates, engine, files
from exporter.backends import Original, Settings
from exporter.dates import Window
from exporter.diagnostics import Diagnostic, Report
from exporter.edition import (
    Edition,
    Grouping,
    LeftOut,
    Order,
    Selected,
    Selection,
    compile_edition,
    select,
)
from exporter.errors import ExporterError, OutputError, StrictError, UsageError, unknown
from exporter.model import Article

Every: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
EVERY: tuple[Every, ...] = ("day", "week", "month", "quarter", "year")


# -- Windows and names -----------------------------------------------------------------


class Slot(NamedTuple):
    """One window of a batch with the part of a file name that tells it."""

    name: str
    window: Window


def _bounds(day: date, every: Every) -> tuple[date, date]:
    """The first and last day of the calendar's window that holds ``day``; weeks are ISO 8601's."""
    if every == "day":
        return day, day
    if every == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if every == "month":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    if every == "quarter":
        first = 3 * ((day.month - 1) // 3) + 1
        return date(day.year, first, 1), date(day.year, first + 2, monthrange(day.year, first + 2)[1])
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _calendar_name(day: date, every: Every) -> str:
    if every == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if every == "quarter":
        return f"{day.year:04}-Q{(day.month - 1) // 3 + 1}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[every]]


def slots(first: date, last: date, every: Every) -> Iterator[Slot]:
    """The calendar's windows from ``first`` to ``last``, the outermost cut to fit."""
    if every not in EVERY:
        raise unknown("interval", every, EVERY)
    day = first
    while True:
        _, end = _bounds(day, every)
        yield Slot(_calendar_name(day, every), Window(day, min(end, last)))
        if end >= last:
            return
        day = end + timedelta(days=1)


def window_name(window: Window) -> str:
    """A window in a file name: a calendar's name where it is one, else its days; empty
    where it is open on both sides."""
    if window.first and window.last:
        for every in ("day", "month", "year", "week", "quarter"):
            if (window.first, window.last) == _bounds(window.first, every):
                return _calendar_name(window.first, every)
        return f"{window.first}_{window.last}"
    if window.first:
        return f"from-{window.first}"
    return f"to-{window.last}" if window.last else ""


def file_name(stem: str, window: str, suffix: str) -> str:
    """``digest-2021-07.pdf``: names that sort by date."""
    return "-".join(part for part in (build.slug(stem) or "digest", window) if part) + suffix


# -- Plans and their outcome -----------------------------------------------------------


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to make of a selection: formats, looks, names; ``originals`` are for archival files."""

    formats: tuple[str, ...]
    folder: Path
    name: str = "digest"
    title: str = "News digest"
    subtitle: str = ""
    language: str | None = None
    group: Grouping = "source"
    sort: Order = "date"
    settings: Settings = Settings()
    originals: Mapping[str, Original] = {}
    strict: bool = False
    workers: int = 0


class Written(msgspec.Struct, frozen=True):
    """A file that was written, and where in it each entry stands (anchor → place)."""

    path: str
    format: str
    articles: int
    briefs: int
    bytes: int
    sha256: str
    places: dict[str, str]


class Failed(msgspec.Struct, frozen=True):
    """A file that was not written, and why."""

    path: str
    format: str
    error: str
    remedy: str
    exit_code: int


class Outcome(msgspec.Struct, frozen=True):
    """What a run wrote, failed to write, left out, and which windows had nothing in them."""

    written: tuple[Written, ...]
    failed: tuple[Failed, ...]
    left_out: tuple[LeftOut, ...]
    empty: tuple[str, ...] = ()


class _Job(NamedTuple):
    edition: Edition
    format: str
    settings: Settings
    path: Path


class _Made(NamedTuple):
    """A job's result, as it comes back from a worker."""

    product: backends.Product | None
    findings: tuple[Diagnostic, ...]
    error: ExporterError | None


Progress: TypeAlias = Callable[[int, int, str], None]
"""Told the number of files done, their total, and the name of the one at hand."""


def _silent(done: int, total: int, name: str) -> None:
    pass


# -- Runs ------------------------------------------------------------------------------


def export(
    articles: Iterable[Article],
    selection: Selection,
    plan: Plan,
    report: Report,
    progress: Progress = _silent,
) -> Outcome:
    """One edition in every format of the plan.

    Raises `NothingToExport` before anything is touched. A format that fails does not
    keep the others from being written; it is told in the outcome.
    """
    selected = select(articles, selection, report)
    edition = _edition(selected, selection.window, plan)
    written, failed = _make([(edition, window_name(selection.window))], plan, report, progress)
    return Outcome(written, failed, selected.left_out)


def batch(
    articles: Iterable[Article],
    selection: Selection,
    every: Every,
    plan: Plan,
    report: Report,
    progress: Progress = _silent,
) -> Outcome:
    """One edition for each of the calendar's windows, empty ones skipped and told.

    Sides that the selection's window leaves open end with the articles at hand. Raises
    `NothingToExport` where all windows are empty.
    """
    everything = tuple(articles)
    # Selecting once keeps duplicates and superseded briefs apart over the whole run.
    selected = select(everything, selection, report)
    told = [a.published for a in selected.articles] + [t.date for t in selected.briefs]
    days = [day for when in told if when for day in dates.span(when)]
    first = selection.window.first or (min(days) if days else None)
    last = selection.window.last or (max(days) if days else None)
    editions: list[tuple[Edition, str]] = []
    empty: list[str] = []
    if first and last and first <= last:
        for slot in slots(first, last, every):
            part = _within(selected, slot.window)
            if part.articles or part.briefs:
                editions.append((_edition(part, slot.window, plan), slot.name))
            else:
                empty.append(slot.name)
                report.add("window-empty", slot.name)
    rest = [a for a in selected.articles if not a.published or not _fits(a.published, every)]
    for article in rest:
        report.add("undated-left-out", article.origin.name, article.title)
    left_out = (*selected.left_out, *(LeftOut(a.title, a.origin.name, "undated") for a in rest))
    if not editions:
        _edition(Selected((), ()), selection.window, plan)
    written, failed = _make(editions, plan, report, progress)
    return Outcome(written, failed, left_out, tuple(empty))


def _fits(published: str, every: Every) -> bool:
    first, last = dates.span(published)
    return _bounds(first, every) == _bounds(last, every)


def _within(selected: Selected, window: Window) -> Selected:
    return Selected(
        tuple(a for a in selected.articles if a.published and window.holds(a.published)),
        tuple(t for t in selected.briefs if t.date and window.holds(t.date)),
    )


def _edition(selected: Selected, window: Window, plan: Plan) -> Edition:
    return compile_edition(
        selected,
        title=plan.title,
        subtitle=plan.subtitle,
        window=window,
        group=plan.group,
        sort=plan.sort,
        language=plan.language,
    )


def _make(
    editions: Sequence[tuple[Edition, str]], plan: Plan, report: Report, progress: Progress
) -> tuple[tuple[Written, ...], tuple[Failed, ...]]:
    """Render every edition in every format and write what came out well."""
    if not plan.formats:
        raise UsageError("no format is named", "Add -f pdf, -f epub or -f txt.")
    # Several editions share the workers; one alone has its sections laid out by all of them.
    alone = len(editions) == 1
    workers = plan.workers or engine.cores()
    suffixes = {name: backends.get(name).SUFFIX for name in plan.formats}
    jobs = [
        _Job(
            edition,
            name,
            _settings(edition, plan, workers if alone else 1),
            plan.folder / file_name(plan.name, window, suffix),
        )
        for edition, window in editions
        for name, suffix in suffixes.items()
    ]
    if plan.strict:
        _refuse(report)
    files.prepare_folder(plan.folder)
    written: list[Written] = []
    failed: list[Failed] = []

    def made_in_turn() -> Iterator[tuple[_Job, _Made]]:
        progress(0, len(jobs), jobs[0].path.name)
        results = engine.run(_work, jobs, 1 if alone else workers)
        for done, (job, result) in enumerate(zip(jobs, results, strict=True), 1):
            made = _lost(result) if isinstance(result, engine.Lost) else result
            report.extend(made.findings)
            yield job, made
            progress(done, len(jobs), jobs[min(done, len(jobs) - 1)].path.name)

    results: Iterable[tuple[_Job, _Made]] = made_in_turn()
    if plan.strict:
        # All is rendered before anything is written, so that a late warning finds clean hands.
        results = list(results)
        _refuse(report)
    for job, made in results:
        error = made.error
        try:
            if made.product is not None:
                files.write_whole(job.path, made.product.data)
                written.append(_receipt(job, made.product))
        except OutputError as problem:
            error = problem
        if error is not None:
            failed.append(Failed(str(job.path), job.format, str(error), error.remedy, error.exit_code))
    return tuple(written), tuple(failed)


def _settings(edition: Edition, plan: Plan, workers: int) -> Settings:
    """The plan's settings for one edition, with no originals but its own."""
    known = plan.originals if plan.settings.archival else {}
    hashes = (entry.article.origin.sha256 for entry in edition.entries)
    own = {hash: known[hash] for hash in hashes if hash in known}
    return msgspec.structs.replace(plan.settings, workers=workers, originals=own)


def _work(job: _Job) -> _Made:
    """One file's bytes: a pure function of the job, so it can run anywhere."""
    report = Report()
    try:
        product = backends.produce(job.edition, job.format, job.settings, report)
    except ExporterError as error:
        return _Made(None, report.findings, error)
    return _Made(product, report.findings, None)


def _lost(how: engine.Lost) -> _Made:
    error = ExporterError(
        f"its worker process was ended twice (exit code {how.code}), probably for want of memory",
        "Run again with --jobs 1, or with a narrower range.",
    )
    return _Made(None, (), error)


def _refuse(report: Report) -> None:
    if report.warnings:
        first = report.warnings[0]
        raise StrictError(
            f"{len(report.warnings)} warnings, and --strict allows none; the first: {first}",
            f"{first.kind.remedy} Or run without --strict.",
        )


def _receipt(job: _Job, product: backends.Product) -> Written:
    return Written(
        str(job.path),
        job.format,
        len(job.edition.entries),
        len(job.edition.briefs),
        len(product.data),
        hashlib.sha256(product.data).hexdigest(),
        product.receipt.places,
    )
