"""Readers and backends by name: the built-in tables, joined by other packages' entry points."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType

from exporter.errors import UsageError, unknown


def registered(group: str, kind: str, table: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """All modules of a kind: name → import string, those of ``table`` (name → module, what
    it is for) first. Raises `UsageError`, naming both owners, where two claim one name."""
    found = {name: module for name, (module, _) in table.items()}
    for point in entry_points(group=group):
        if found.setdefault(point.name, point.value) != point.value:
            raise UsageError(
                f"two {kind}s are called {point.name!r}: {found[point.name]} and {point.value}",
                "Uninstall one of the two packages.",
            )
    return found


def load(kind: str, name: str, names: Mapping[str, str]) -> ModuleType:
    """The module of that name, imported now. Raises `UsageError` for one that is unknown,
    or that another package announces and does not bring."""
    if name not in names:
        raise unknown(kind, name, names)
    try:
        return import_module(names[name])
    except ImportError as error:
        if names[name].startswith("exporter."):
            raise
        raise UsageError(
            f"the {kind} {name!r} cannot be loaded from {names[name]}: {error}",
            "Repair or uninstall the package that brings it.",
        ) from error
