"""What a run did: the files it wrote, failed to write, kept and removed, and the articles it excluded."""

from __future__ import annotations

import msgspec

from exporter.editions.selection import Excluded


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
    """What a run wrote, failed to write, excluded, found up to date and removed, and the periods that
    had no article."""

    written: tuple[Written, ...] = ()
    failed: tuple[Failed, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    empty: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
