"""``exporter.toml``: where the library is, and editions defined once, to be run by name.

    library = "library"              # a folder; this and other paths from where the file lies
    zone = "Asia/Seoul"              # days as its clocks tell them; else as each page does
    week-start = "monday"

    [editions.weekly]
    title = "The week"
    every = "week"                   # day, week, month, quarter, year
    from = "2024"                    # every window from then on; without it, the last one that is over
    input = ["saved"]                # read first, what is new of it
    sources = ["Harbour Gazette"]
    formats = ["pdf", "txt"]
    style = "newspaper"
    output = "digests"
    name = "weekly-{window}"

`Edition` has all keys. Unknown ones are refused, and the nearest known one is named.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import platformdirs

from exporter import resources
from exporter.backends import registry as backends
from exporter.editions.compile import Grouping, Order
from exporter.editions.options import ColorMode, Paper, Settings
from exporter.editions.periods import Every, Weekday, bounds
from exporter.editions.selection import Selection
from exporter.errors import ExporterError, UsageError, unknown
from exporter.jobs.plan import Plan, Series, Split
from exporter.model import dates
from exporter.model.dates import Window, parse_bound
from exporter.sources import remote

NAME = "exporter.toml"
_MOST = 1024**2
"""Bytes that the file may have."""


class Edition(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """An edition as the file defines it. ``until`` and ``since`` are ``to`` and ``from`` there;
    ``unfinished`` takes the window that is not over yet, too."""

    title: str = "News digest"
    subtitle: str = ""
    language: str | None = None
    every: Every = "month"
    since: str | None = msgspec.field(default=None, name="from")
    until: str | None = msgspec.field(default=None, name="to")
    unfinished: bool = False
    input: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    search: str = ""
    briefs: bool = True
    merge: bool = True
    group: Grouping = "source"
    sort: Order = "date"
    formats: tuple[str, ...] = backends.USUAL
    style: str = "digest"
    paper: Paper | None = None
    look: ColorMode = "colour"
    archival: bool = False
    image_max: int = 1600
    embed_fonts: bool = False
    with_pages: bool = False
    width: int = 72
    ascii: bool = False
    flowed: bool = False
    tidy: bool = False
    split_count: int = 0
    output: str = "out"
    name: str = ""


class Config(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The file's content; ``folder`` is where it lies."""

    library: str | None = None
    zone: str | None = None
    week_start: Weekday = "monday"
    editions: dict[str, Edition] = {}
    folder: Path = Path()

    def path(self, told: str) -> Path:
        """A path, or an address, as the file means it."""
        found = remote.place(told)
        if remote.is_remote(found) or found.is_absolute():
            return found
        return self.folder / Path(told).expanduser()

    @property
    def library_folder(self) -> Path | None:
        return self.folder / remote.local(self.library).expanduser() if self.library else None

    def edition(self, name: str) -> Edition:
        """The edition of that name. Raises `UsageError` for an unknown one."""
        if name not in self.editions:
            raise unknown("edition", name, self.editions)
        return self.editions[name]

    def inputs(self, names: Iterable[str]) -> list[Path]:
        """What the editions read, each path once."""
        return list(dict.fromkeys(self.path(told) for name in names for told in self.edition(name).input))

    def series(self, name: str, today: date) -> Series:
        """What the edition takes, as of that day."""
        edition = self.edition(name)
        this, _ = bounds(today, edition.every, self.week_start)
        until = parse_bound(edition.until, last=True) if edition.until else None
        if until is None:
            until = (
                bounds(today, edition.every, self.week_start)[1]
                if edition.unfinished
                else this - timedelta(1)
            )
        if edition.since:
            since = parse_bound(edition.since, last=False)
        else:
            since = bounds(until, edition.every, self.week_start)[0]
        if since > until:
            raise UsageError(
                f"edition {name}: no {edition.every} from {since} on is over by {today}",
                "Give an earlier `from`, or `unfinished = true`.",
            )
        return Series(
            selection=Selection(
                window=Window(since, until),
                sources=edition.sources,
                tags=edition.tags,
                languages=edition.languages,
                briefs=edition.briefs,
                words=edition.search,
                merge=edition.merge,
                zone=self.zone,
            ),
            every=edition.every,
            week_start=self.week_start,
        )

    def plan(self, name: str) -> Plan:
        """What the edition looks like, and where it goes."""
        edition = self.edition(name)
        style = edition.style
        if "/" in style or os.sep in style:
            style = str(self.path(style))
        return Plan(
            formats=tuple(dict.fromkeys(edition.formats)),
            folder=self.path(edition.output),
            name=edition.name or name,
            title=edition.title,
            subtitle=edition.subtitle,
            language=edition.language,
            group=edition.group,
            sort=edition.sort,
            split=Split(edition.split_count),
            tidied=edition.tidy,
            settings=Settings(
                style=style,
                paper=edition.paper,
                look=edition.look,
                archival=edition.archival,
                image_max=edition.image_max,
                embed_fonts=edition.embed_fonts,
                with_pages=edition.with_pages,
                width=edition.width,
                ascii=edition.ascii,
                flowed=edition.flowed,
                cache=True,
            ),
        )


def find(told: Path | None = None) -> Path | None:
    """The file that is told, by argument or ``EXPORTER_CONFIG``; else the one of the current folder;
    else the user's own; None where there is none. Raises `UsageError` for one told that is not there."""
    named = told or (Path(os.environ["EXPORTER_CONFIG"]) if os.environ.get("EXPORTER_CONFIG") else None)
    if named is not None:
        if not named.exists() or named.is_dir():
            raise UsageError(f"there is no configuration {named}", "Check the path of --config.")
        return named
    for path in (Path(NAME), Path(platformdirs.user_config_dir("exporter"), NAME)):
        if path.is_file():
            return path
    return None


def load(path: Path) -> Config:
    """The file's content, all of it checked. Raises `UsageError`, which names the place."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
        if len(data) > _MOST:
            raise UsageError(f"{path} has over {_MOST >> 20} MB", "Name a configuration with --config.")
        told = tomllib.loads(data.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}", "Check its rights; it is UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML: {error}", "Mend the line that is named.") from None
    with _at(path, "the top"):
        _check_keys(told, Config, "folder")
    for name, edition in _tables(told.get("editions"), path).items():
        with _at(path, f"[editions.{name}]"):
            _check_keys(edition, Edition)
    try:
        config = msgspec.convert(told, Config)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"{path}: {error}", "Mend the value; docs/library.md lists what each key takes."
        ) from None
    config = msgspec.structs.replace(config, folder=path.parent)
    _check(config, path)
    return config


@contextmanager
def _at(path: Path, part: str) -> Iterator[None]:
    """Tells with an error in which part of the file it is."""
    try:
        yield
    except ExporterError as error:
        raise UsageError(f"{path}, {part}: {error}", error.remedy) from None


def _tables(told: object, path: Path) -> Mapping[str, Any]:
    if told is None:
        return {}
    if not isinstance(told, dict) or not all(isinstance(table, dict) for table in told.values()):
        raise UsageError(f"{path}: editions are tables", "Write [editions.NAME] above an edition's keys.")
    return told


Kind = TypeVar("Kind", bound=msgspec.Struct)


def _check_keys(told: Mapping[str, object], kind: type[Kind], *not_: str) -> None:
    known = [field.encode_name for field in msgspec.structs.fields(kind) if field.name not in not_]
    for key in told:
        if key not in known:
            raise unknown("key", key, known)


def _check(config: Config, path: Path) -> None:
    if config.zone:
        with _at(path, "the top"):
            dates.check_zone(config.zone)
    places: dict[tuple[Path, str], str] = {}
    for name, edition in config.editions.items():
        with _at(path, f"[editions.{name}]"):
            for format in edition.formats:
                if format not in backends.names():
                    raise unknown("format", format, backends.names())
            plan = config.plan(name)
            resources.style(plan.settings.style)
            since = parse_bound(edition.since, last=False) if edition.since else None
            until = parse_bound(edition.until, last=True) if edition.until else None
            Window(since, until)
            place = (plan.folder, plan.name)
            if place in places:
                raise UsageError(
                    f"its files would have the names of those of {places[place]}",
                    "Give it another name or output.",
                )
            places[place] = name
