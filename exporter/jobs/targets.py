"""Orders: which editions a run makes of a library, by what names, and all that they depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import chain, count

import msgspec

from exporter import resources
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, compile_edition, single
from exporter.editions.periods import bounds, slots, window_name
from exporter.editions.selection import Excluded, Selected, Selection
from exporter.jobs.manifest import Entry
from exporter.jobs.plan import Plan, Series
from exporter.library import Library, Snapshot
from exporter.model import agency_marks, build, dates
from exporter.model.article import Article
from exporter.model.dates import Window
from exporter.version import __version__

LONGEST = 180
"""Bytes of a title in a file name: with a date, a number and an ending it stays below 255."""

_ENGINES: dict[str, tuple[str, ...]] = {
    "pdf": ("weasyprint", "pydyf", "pikepdf", "fonttools", "pillow", "pyphen", "jinja2"),
    "epub": ("ebooklib", "lxml", "pillow", "jinja2"),
    "txt": ("wcwidth", "anyascii", "jinja2"),
    "eml": ("wcwidth", "anyascii"),
}
"""What makes a format, beside this program: of another version it may make other bytes."""


class Order(msgspec.Struct, frozen=True):
    """An edition to make: of what, and the name of its files."""

    stem: str
    selection: Selection


def whole(selection: Selection, plan: Plan) -> Order:
    """All of a selection as one edition."""
    return Order(stem(plan.name, window_name(selection.window)), selection)


def windows(library: Library, series: Series, plan: Plan) -> Iterator[tuple[str, Order]]:
    """The windows of a series by name, with their orders. Sides that the selection leaves open end
    with the calendar's windows of what the library has."""
    asked = series.selection.window
    span = library.span(series.selection)
    if span is None or span.first is None or span.last is None:
        return
    first = asked.first or bounds(span.first, series.every, series.week_start)[0]
    last = asked.last or bounds(span.last, series.every, series.week_start)[1]
    for slot in slots(first, last, series.every, series.week_start):
        chosen = msgspec.structs.replace(series.selection, window=slot.window, undated=False)
        yield slot.name, Order(stem(plan.name, slot.name), chosen)


def astray(library: Library, series: Series, report: Report) -> list[Excluded]:
    """The articles whose date is too vague for any of the windows: of a month, where these are weeks."""

    def fits(published: str) -> bool:
        first, last = dates.span(published)
        return bounds(first, series.every, series.week_start) == bounds(last, series.every, series.week_start)

    found = [
        Excluded(line.title, line.name, "undated")
        for line in library.vague(series.selection)
        if not line.published or not fits(line.published)
    ]
    for item in found:
        report.add("undated-left-out", item.where, item.title)
    return found


def edition(library: Library, order: Order, plan: Plan, report: Report) -> Edition:
    """The order's edition, of the articles as they are now. Raises `NothingToExport`."""
    selected = library.select(order.selection, report)
    if plan.tidied:
        selected = msgspec.structs.replace(
            selected, articles=tuple(map(agency_marks.tidied, selected.articles))
        )
    return compiled(selected, order.selection.window, plan)


def compiled(selected: Selected, window: Window, plan: Plan) -> Edition:
    return compile_edition(
        selected,
        title=plan.title,
        subtitle=plan.subtitle,
        window=window,
        group=plan.group,
        sort=plan.sort,
        language=plan.language,
    )


def stem(name: str, window: str) -> str:
    """``digest-2021-07``: names that sort by date; ``{window}`` in the name puts it elsewhere."""
    before, _, after = name.partition("{window}")
    first, last = build.slug(before), build.slug(after)
    return "-".join(filter(None, (first or ("" if last else "digest"), window, last)))


def singles(edition: Edition, plan: Plan) -> Iterator[tuple[Edition, str]]:
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


# -- What an edition depends on ----------------------------------------------------------


def entry(outline: Snapshot, order: Order, format: str, plan: Plan) -> Entry:
    """All that the edition's files of one format depend on, no file yet."""
    asked = _asked(order.selection, plan)
    versions = _versions(format)
    told = (format, outline, asked, versions)
    return Entry(
        key=hashlib.sha256(msgspec.msgpack.encode(told, order="sorted")).hexdigest(),
        articles=tuple(hash[:32] for hash in outline.articles),
        briefs=tuple(hash[:32] for hash in outline.briefs),
        asked=asked,
        versions=versions,
        files=(),
    )


def _asked(selection: Selection, plan: Plan) -> dict[str, str]:
    """What the user asked for, by name, as text."""
    settings = msgspec.structs.asdict(plan.settings)
    for name in ("workers", "cache", "originals", "pages"):  # these change nothing in the file
        del settings[name]
    if settings["cover"]:
        settings["cover"] = settings["cover"].id
    told: dict[str, object] = {
        **settings,
        "style sheets": _styled(plan.settings.style),
        "title": plan.title,
        "subtitle": plan.subtitle,
        "language": plan.language,
        "group": plan.group,
        "sort": plan.sort,
        "split": tuple(msgspec.structs.astuple(plan.split)),
        "tidied": plan.tidied,
        "zone": selection.zone,
        "window": (selection.window.first, selection.window.last),
    }
    return {name: str(msgspec.to_builtins(value)) for name, value in sorted(told.items())}


@cache
def _versions(format: str) -> dict[str, str]:
    found = {"exporter": __version__}
    for name in _ENGINES.get(format, ()):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found


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
