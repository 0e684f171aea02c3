"""Readers and backends by name: the built-in ones, and those of other packages' entry points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any, cast

from exporter.errors import UsageError, unknown


def registered(group: str, kind: str, built_in: Mapping[str, str]) -> dict[str, str]:
    """All modules of an entry point ``group``: name → import string, the ``built_in`` ones first. ``kind``
    is the word for messages. Raises `UsageError` if two modules have the same name."""
    modules = dict(built_in)
    for point in entry_points(group=group):
        if modules.setdefault(point.name, point.value) != point.value:
            raise UsageError(
                f"two {kind}s are called {point.name!r}: {modules[point.name]} and {point.value}",
                "Uninstall one of the two packages.",
            )
    return modules


def load(kind: str, name: str, names: Mapping[str, str], contract: Mapping[str, Any]) -> ModuleType:
    """Import the module with that name from ``names``. ``contract`` has the attributes that it must have,
    with their types. Raises `UsageError` for an unknown name, and for a module of another package that
    cannot be imported or does not fulfil the contract."""
    if name not in names:
        raise unknown(kind, name, names)
    try:
        module = import_module(names[name])
        for attribute, type_ in contract.items():
            if not isinstance(getattr(module, attribute, None), type_):
                raise ImportError(f"it has no valid {attribute}")
    except ImportError as error:
        if names[name].startswith("exporter."):
            raise
        raise UsageError(
            f"the {kind} {name!r} cannot be loaded from {names[name]}: {error}",
            "Repair or uninstall the package that brings it.",
        ) from error
    return module


@cache
def function(place: str) -> Callable[..., Any]:
    """The function at an import string such as ``package.module:function``."""
    module, _, name = place.partition(":")
    return cast(Callable[..., Any], getattr(import_module(module), name))
