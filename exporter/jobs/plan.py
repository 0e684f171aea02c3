"""What a run is asked to make, and what it tells of what it did."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from exporter.editions.compile import Grouping, Order
from exporter.editions.options import Original, Settings
from exporter.editions.periods import Every, Weekday
from exporter.editions.selection import Excluded, Selection


class Split(msgspec.Struct, frozen=True):
    """Where to cut an edition into volumes: articles and bytes that one may have; 0 is no limit."""

    articles: int = 0
    bytes: int = 0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to make of a selection: formats, looks, names; ``originals`` are for archival files;
    ``individual`` makes an edition of each article; ``tidied`` takes agencies' marks out of the texts.

    ``account`` tells of every article that the library has and no edition takes, not only of those
    without a date: for a library made for this run.

    ``scheduler`` is the address of a Dask cluster that renders, else ``workers`` processes do;
    neither changes anything in the files."""

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
    tidied: bool = False
    account: bool = False
    strict: bool = False
    workers: int = 0
    scheduler: str | None = None


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """An edition for each of the calendar's windows in a selection; ``week_start`` is the first
    day of weeks. ``force`` makes what is up to date, too; ``prune`` removes what was made once
    and is no longer asked for."""

    selection: Selection = Selection()
    every: Every = "month"
    week_start: Weekday = "monday"
    force: bool = False
    prune: bool = False


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


class Step(msgspec.Struct, frozen=True):
    """What is to be done about one file: ``make`` it, ``keep`` it as it is, ``remove`` it; and why."""

    path: str
    format: str
    action: str
    why: tuple[str, ...] = ()


class Outcome(msgspec.Struct, frozen=True):
    """What a run wrote, failed to write, left out, found up to date, removed, and which windows
    had nothing in them."""

    written: tuple[Written, ...] = ()
    failed: tuple[Failed, ...] = ()
    left_out: tuple[Excluded, ...] = ()
    empty: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
