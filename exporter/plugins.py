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
    """The module of that name, imported now. Raises `UsageError` for an unknown one."""
    if name not in names:
        raise unknown(kind, name, names)
    return import_module(names[name])
