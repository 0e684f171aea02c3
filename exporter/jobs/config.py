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

docs/options.md has all keys. Unknown ones are refused, and the nearest known one is named.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import platformdirs

from exporter import resources
from exporter.backends import registry as backends
from exporter.editions.options import DEFINITIONS, KEYS, ExportOptions
from exporter.editions.periods import Every, Weekday, bounds
from exporter.errors import ExporterError, UsageError, unknown
from exporter.jobs.targets import Schedule
from exporter.jobs.values import READ
from exporter.model import dates
from exporter.model.dates import Window, parse_bound
from exporter.sources import remote

NAME = "exporter.toml"
_MOST = 1024**2
"""Bytes that the file may have."""


class Edition(ExportOptions, frozen=True, kw_only=True, rename="kebab"):
    """An edition as the file defines it: the options of an export, and when it is made.

    ``every`` is the period of one edition, or ``all`` for a single edition of everything in the range;
    ``unfinished`` includes the period that is not over yet. ``input`` is read first."""

    every: Every | Literal["all"] = "month"
    unfinished: bool = False
    input: tuple[str, ...] = ()
    name: str = ""


class Config(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The file's content; ``folder`` is where it lies."""

    library: str | None = None
    zone: str | None = None
    week_start: Weekday = "monday"
    editions: dict[str, Edition] = {}
    folder: Path = Path()

    def path(self, path: str | Path) -> Path:
        """A path or an address that the file gives, relative to the file's folder."""
        place = remote.place(path) if isinstance(path, str) else path
        return place if remote.is_remote(place) else self.folder / place.expanduser()

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
        return list(dict.fromkeys(self.path(path) for name in names for path in self.edition(name).input))

    def schedule(self, name: str, today: date) -> Schedule:
        """The periods that the edition is made for, as of that day. Raises `UsageError`."""
        edition = self.edition(name)
        every = "year" if edition.every == "all" else edition.every
        this, end = bounds(today, every, self.week_start)
        last = parse_bound(edition.last, last=True) if edition.last else None
        if last is None:
            last = end if edition.unfinished else this - timedelta(1)
        first = parse_bound(edition.first, last=False) if edition.first else None
        if first is None:
            first = bounds(last, every, self.week_start)[0]
        if first > last:
            raise UsageError(
                f"edition {name}: no {edition.every} from {first} on is over by {today}",
                "Give an earlier `from`, or `unfinished = true`.",
            )
        window = Window(first, last)
        selection = msgspec.structs.replace(self.options(name).selection, window=window)
        return Schedule(selection=selection, every=every, week_start=self.week_start)

    def options(self, name: str) -> Edition:
        """The edition's options, its paths resolved and the file's own settings applied."""
        edition = self.edition(name)
        style = edition.style
        if "/" in style or os.sep in style:
            style = str(self.path(style))
        formats = backends.USUAL if edition.formats is None else edition.formats
        return msgspec.structs.replace(
            edition,
            formats=tuple(dict.fromkeys(formats)),
            output=self.path(edition.output),
            name=edition.name or name,
            style=style,
            zone=edition.zone or self.zone,
        )


def find(given: Path | None = None) -> Path | None:
    """The file that is given, by argument or ``EXPORTER_CONFIG``; else the one of the current folder;
    else the user's own; None where there is none. Raises `UsageError` for one given that is not there."""
    named = given or (Path(os.environ["EXPORTER_CONFIG"]) if os.environ.get("EXPORTER_CONFIG") else None)
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
        tables = tomllib.loads(data.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}", "Check its rights; it is UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML: {error}", "Mend the line that is named.") from None
    with _at(path, "the top"):
        _check_keys(tables, Config, "folder")
    values: dict[str, dict[str, Any]] = {}
    for name, edition in _tables(tables.get("editions"), path).items():
        with _at(path, f"[editions.{name}]"):
            _check_keys(edition, Edition)
            values[name] = _read_values(edition, path.parent)
    try:
        config = msgspec.convert(tables, Config)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"{path}: {error}", "Mend the value; docs/library.md lists what each key takes."
        ) from None
    editions = {
        name: msgspec.structs.replace(edition, **values[name]) for name, edition in config.editions.items()
    }
    config = msgspec.structs.replace(config, editions=editions, folder=path.parent)
    _check(config, path)
    return config


@contextmanager
def _at(path: Path, part: str) -> Iterator[None]:
    """Tells with an error in which part of the file it is."""
    try:
        yield
    except ExporterError as error:
        raise UsageError(f"{path}, {part}: {error}", error.remedy) from None


def _tables(tables: object, path: Path) -> Mapping[str, Any]:
    if tables is None:
        return {}
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise UsageError(f"{path}: editions are tables", "Write [editions.NAME] above an edition's keys.")
    return tables


def _read_values(edition: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Take the options that are more than text out of a table, and read them: paths, sizes, images.
    Returns their values by field. Raises `UsageError`."""
    values: dict[str, Any] = {}
    for name, option in DEFINITIONS.items():
        if option.kind and isinstance(edition.get(KEYS[name]), str):
            text = edition.pop(KEYS[name])
            if option.kind == "image":
                text = str(folder / Path(text).expanduser())
            values[name] = READ[option.kind](text)
    return values


Kind = TypeVar("Kind", bound=msgspec.Struct)


def _check_keys(table: Mapping[str, object], kind: type[Kind], *not_: str) -> None:
    known = [field.encode_name for field in msgspec.structs.fields(kind) if field.name not in not_]
    for key in table:
        if key not in known:
            raise unknown("key", key, known)


def _check_ranges(edition: Edition) -> None:
    for name, option in DEFINITIONS.items():
        value = getattr(edition, name)
        least, most = option.least, option.most
        if (least is not None and value < least) or (most is not None and value > most):
            limits = f"at least {least}" if most is None else f"from {least} to {most}"
            raise UsageError(f"{KEYS[name]} = {value} is out of range", f"Give a number {limits}.")


def _check(config: Config, path: Path) -> None:
    if config.zone:
        with _at(path, "the top"):
            dates.check_zone(config.zone)
    places: dict[tuple[Path, str], str] = {}
    for name, edition in config.editions.items():
        with _at(path, f"[editions.{name}]"):
            for format in edition.formats or ():
                if format not in backends.names():
                    raise unknown("format", format, backends.names())
            options = config.options(name)
            resources.style(options.style)
            _check_ranges(edition)
            for key in ("undated", "individual"):
                if getattr(edition, key) and edition.every != "all":
                    raise UsageError(f"{key} is for one edition of everything", 'Write every = "all".')
            options.selection  # noqa: B018 - its dates and its zone are checked
            place = (options.output, options.name)
            if place in places:
                raise UsageError(
                    f"its files would have the names of those of {places[place]}",
                    "Give it another name or output.",
                )
            places[place] = name
