"""Editions to files: names, jobs, volumes; each file is written whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec

from exporter import backends, build, dates, engine, files, volumes
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
    single,
)
from exporter.errors import ExporterError, OutputError, StrictError, UsageError
from exporter.model import Article
from exporter.periods import Every, bounds, slots, window_name

LONGEST = 180
"""Bytes of a title in a file name: with a date, a number and an ending it stays below 255."""


# -- Plans and their outcome -----------------------------------------------------------


class Split(msgspec.Struct, frozen=True):
    """Where to cut an edition into volumes: articles and bytes that one may have; 0 is no limit."""

    articles: int = 0
    bytes: int = 0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to make of a selection: formats, looks, names; ``originals`` are for archival files;
    ``individual`` makes an edition of each article."""

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
    split: Split = Split()
    individual: bool = False
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
    split: Split
    folder: Path
    stem: str
    suffix: str

    def path(self, volume: Edition | None = None) -> Path:
        """Where the edition goes, or one of its volumes."""
        name = volumes.name(volume) if volume else ""
        return self.folder / ("-".join(filter(None, (self.stem, name))) + self.suffix)


class _Made(NamedTuple):
    """A job's result, as it comes back from a worker: its volumes, or what went wrong."""

    products: tuple[tuple[Edition, backends.Product], ...]
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
    name = _stem(plan.name, window_name(selection.window))
    editions = list(_single(edition, plan)) if plan.individual else [(edition, name)]
    written, failed = _make(editions, plan, report, progress)
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
                editions.append((_edition(part, slot.window, plan), _stem(plan.name, slot.name)))
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
    return bounds(first, every) == bounds(last, every)


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


def _stem(name: str, window: str) -> str:
    """``digest-2021-07``: names that sort by date."""
    return "-".join(part for part in (build.slug(name) or "digest", window) if part)


def _single(edition: Edition, plan: Plan) -> Iterator[tuple[Edition, str]]:
    """An edition of each article, and its name: date and title, a number where they clash."""
    taken: set[str] = set()
    for entry in edition.entries:
        article = entry.article
        plain = "-".join((dates.day(article.published) or article.published or "undated", _titled(article)))
        # Another article's own title may end in the number, too.
        name = next(n for n in chain([plain], (f"{plain}-{n}" for n in count(2))) if n not in taken)
        taken.add(name)
        yield single(article, language=plan.language), name


def _titled(article: Article) -> str:
    """The title as part of a file name, of at most so many bytes as file systems take."""
    name = build.slug(article.title) or "untitled"
    return name.encode()[:LONGEST].decode(errors="ignore").rstrip("-")


def _make(
    editions: Sequence[tuple[Edition, str]], plan: Plan, report: Report, progress: Progress
) -> tuple[tuple[Written, ...], tuple[Failed, ...]]:
    """Render every edition in every format and write what came out well."""
    if not plan.formats:
        raise UsageError("no format is named", "Add -f pdf, -f epub or another: see `exporter formats`.")
    # Several editions share the workers; one alone has its sections laid out by all of them.
    alone = len(editions) == 1
    workers = plan.workers or engine.cores()
    suffixes = {name: backends.get(name).SUFFIX for name in plan.formats}
    jobs = [
        _Job(
            edition,
            format,
            _settings(edition, plan, workers if alone else 1),
            plan.split,
            plan.folder,
            stem,
            suffix,
        )
        for edition, stem in editions
        for format, suffix in suffixes.items()
    ]
    if plan.strict:
        _refuse(report)
    files.prepare_folder(plan.folder)
    written: list[Written] = []
    failed: list[Failed] = []

    def made_in_turn() -> Iterator[tuple[_Job, _Made]]:
        progress(0, len(jobs), jobs[0].path().name)
        results = engine.run(_work, jobs, 1 if alone else workers)
        for done, (job, result) in enumerate(zip(jobs, results, strict=True), 1):
            made = _lost(result) if isinstance(result, engine.Lost) else result
            report.extend(made.findings)
            yield job, made
            progress(done, len(jobs), jobs[min(done, len(jobs) - 1)].path().name)

    results: Iterable[tuple[_Job, _Made]] = made_in_turn()
    if plan.strict:
        # All is rendered before anything is written, so that a late warning finds clean hands.
        results = list(results)
        _refuse(report)
    for job, made in results:
        error, path = made.error, job.path()
        try:
            for volume, product in made.products:
                path = job.path(volume)
                files.write_whole(path, product.data)
                written.append(_receipt(path, job.format, volume, product))
        except OutputError as problem:
            error = problem
        if error is not None:
            failed.append(Failed(str(path), job.format, str(error), error.remedy, error.exit_code))
    return tuple(written), tuple(failed)


def _settings(edition: Edition, plan: Plan, workers: int) -> Settings:
    """The plan's settings for one edition, with no originals but its own."""
    known = plan.originals if plan.settings.archival else {}
    hashes = (entry.article.origin.sha256 for entry in edition.entries)
    own = {hash: known[hash] for hash in hashes if hash in known}
    return msgspec.structs.replace(plan.settings, workers=workers, originals=own)


def _work(job: _Job) -> _Made:
    """The bytes of one edition's files: a pure function of the job, so it can run anywhere."""
    report = Report()
    try:
        products = _volumes(job, report)
    except ExporterError as error:
        return _Made((), report.findings, error)
    return _Made(tuple(products), report.findings, None)


def _volumes(job: _Job, report: Report) -> list[tuple[Edition, backends.Product]]:
    """The edition's volumes, cut again until none is too large that can be cut."""
    most, title = job.split.bytes, job.edition.title
    pieces = [job.edition]
    if job.split.articles:
        pieces = volumes.cut(job.edition, job.split.articles)
    while True:
        told = Report()
        try:
            made = [
                (volume, backends.produce(volume, job.format, job.settings, told))
                for volume in volumes.numbered(pieces, title)
            ]
        except ExporterError:
            report.extend(told.findings)
            raise
        smaller: list[Edition] = []
        for piece, (_, product) in zip(pieces, made, strict=True):
            over = most and len(product.data) > most
            smaller += _smaller(piece, most / len(product.data)) if over else [piece]
        if len(smaller) == len(pieces):
            break
        pieces = smaller
    report.extend(told.findings)
    for volume, product in made:
        if most and len(product.data) > most:
            report.add("volume-too-large", job.path(volume).name, f"{len(product.data):,} bytes")
    return made


def _smaller(piece: Edition, share: float) -> list[Edition]:
    """A piece cut into some of about that share of its weight; a little less, as each
    has a cover and fonts of its own."""
    weight = sum(map(volumes.bulk, piece.entries))
    return volumes.cut(piece, min(share * 0.9, 0.6) * weight, volumes.bulk)


def _lost(how: engine.Lost) -> _Made:
    error = ExporterError(
        f"its worker process was ended twice (exit code {how.code}), probably for want of memory",
        "Run again with --jobs 1, or with a narrower range.",
    )
    return _Made((), (), error)


def _refuse(report: Report) -> None:
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
