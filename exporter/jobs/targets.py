"""Targets: which editions a run makes of a library, their file names, and all that they depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from itertools import chain, count

import msgspec

from exporter import resources
from exporter.backends import registry as backends
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, compile_edition, single
from exporter.editions.options import ExportOptions
from exporter.editions.periods import Every, Weekday, bounds, slots, window_name
from exporter.editions.selection import Excluded, Selected, Selection
from exporter.jobs.manifest import Entry
from exporter.library import Library, Snapshot
from exporter.model import agency_marks, build, dates
from exporter.model.article import Article
from exporter.model.dates import Window

LONGEST = 180
"""Bytes of a title in a file name: with a date, a number and an ending it stays below 255."""


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """An edition for each calendar period in a selection; ``week_start`` is the first day of weeks.

    ``force`` renders files that are up to date, too; ``prune`` deletes earlier output that no longer
    belongs to any period."""

    selection: Selection = Selection()
    every: Every = "month"
    week_start: Weekday = "monday"
    force: bool = False
    prune: bool = False


class EditionTarget(msgspec.Struct, frozen=True):
    """An edition to make: its selection, and the stem of its file names."""

    stem: str
    selection: Selection


def whole(selection: Selection, options: ExportOptions) -> EditionTarget:
    """All of a selection as one edition."""
    return EditionTarget(stem(options.name, window_name(selection.window)), selection)


def windows(
    library: Library, schedule: Schedule, options: ExportOptions
) -> Iterator[tuple[str, EditionTarget]]:
    """The windows of a series by name, with their orders. Sides that the selection leaves open end
    with the calendar's windows of what the library has."""
    fingerprint = schedule.selection.window
    span = library.span(schedule.selection)
    if span is None or span.first is None or span.last is None:
        return
    first = fingerprint.first or bounds(span.first, schedule.every, schedule.week_start)[0]
    last = fingerprint.last or bounds(span.last, schedule.every, schedule.week_start)[1]
    for slot in slots(first, last, schedule.every, schedule.week_start):
        chosen = msgspec.structs.replace(schedule.selection, window=slot.window, undated=False)
        yield slot.name, EditionTarget(stem(options.name, slot.name), chosen)


def imprecise_dates(library: Library, schedule: Schedule, report: Report) -> list[Excluded]:
    """The articles whose date is too vague for any of the windows: of a month, where these are weeks."""

    def fits(published: str) -> bool:
        first, last = dates.span(published)
        return bounds(first, schedule.every, schedule.week_start) == bounds(
            last, schedule.every, schedule.week_start
        )

    excluded = [
        Excluded(line.title, line.name, "undated")
        for line in library.vague(schedule.selection)
        if not line.published or not fits(line.published)
    ]
    for item in excluded:
        report.add("undated-left-out", item.where, item.title)
    return excluded


def edition(library: Library, wanted: EditionTarget, options: ExportOptions, report: Report) -> Edition:
    """The target's edition, of the articles as they are now. Raises `NothingToExport`."""
    selected = library.select(wanted.selection, report)
    if options.strip_agency_marks:
        selected = msgspec.structs.replace(
            selected, articles=tuple(map(agency_marks.without_agency_marks, selected.articles))
        )
    return compiled(selected, wanted.selection.window, options)


def compiled(selected: Selected, window: Window, options: ExportOptions) -> Edition:
    return compile_edition(
        selected,
        title=options.title,
        subtitle=options.subtitle,
        window=window,
        group=options.group,
        sort=options.sort,
        language=options.language,
    )


def stem(name: str, window: str) -> str:
    """``digest-2021-07``: names that sort by date; ``{window}`` in the name puts it elsewhere."""
    before, _, after = name.partition("{window}")
    first, last = build.slug(before), build.slug(after)
    return "-".join(filter(None, (first or ("" if last else "digest"), window, last)))


def singles(edition: Edition, options: ExportOptions) -> Iterator[tuple[Edition, str]]:
    """An edition of each article, and its name: date and title, a number where they clash."""
    taken: set[str] = set()
    for entry in edition.entries:
        article = entry.article
        plain = "-".join((dates.day(article.published) or article.published or "undated", _titled(article)))
        # Another article's own title may end in the number, too.
        name = next(n for n in chain([plain], (f"{plain}-{n}" for n in count(2))) if n not in taken)
        taken.add(name)
        yield single(article, language=options.language), name


def _titled(article: Article) -> str:
    """The title as part of a file name, of at most so many bytes as file systems take."""
    name = build.slug(article.title) or "untitled"
    return name.encode()[:LONGEST].decode(errors="ignore").rstrip("-")


# -- What an edition depends on ----------------------------------------------------------


def entry(snapshot: Snapshot, wanted: EditionTarget, format: str, options: ExportOptions) -> Entry:
    """All that the edition's files of one format depend on, no file yet."""
    fingerprint = _fingerprint(wanted.selection, options)
    versions = backends.versions(format)
    values = (format, snapshot, fingerprint, versions)
    return Entry(
        key=hashlib.sha256(msgspec.msgpack.encode(values, order="sorted")).hexdigest(),
        articles=tuple(hash[:32] for hash in snapshot.articles),
        briefs=tuple(hash[:32] for hash in snapshot.briefs),
        fingerprint=fingerprint,
        versions=versions,
        files=(),
    )


def _fingerprint(selection: Selection, options: ExportOptions) -> dict[str, str]:
    """What is asked for and changes the file, by name, as text."""
    values = {
        **options.fingerprint,
        "style sheets": _styled(options.style),
        "zone": selection.zone,
        "window": (selection.window.first, selection.window.last),
    }
    return {name: str(msgspec.to_builtins(value)) for name, value in sorted(values.items())}


@cache
def _styled(style: str) -> str:
    """The hash of the style's files, of those that all styles share, and of the templates."""
    digest = hashlib.sha256()
    shared = [root / "styles" / "_shared" for root in resources.roots()]
    for folder in (resources.style(style), *shared, *resources.template_folders()):
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
