"""Whether two machines would make the same bytes: their versions of all that has a part in it."""

from __future__ import annotations

import platform
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version

from exporter.version import __version__

_NO_PART = frozenset({"typer", "filelock", "platformdirs", "universal-pathlib"})
"""What the program takes that has no part in what it makes."""
_BELOW = ("brotli", "pydyf", "pyphen", "zopfli")
"""What engines take that has."""
_TOLD = 5


@cache
def versions() -> dict[str, str]:
    """The versions here, by name."""
    found = {"exporter": __version__, "python": ".".join(platform.python_version_tuple()[:2])}
    try:
        needed = requires("exporter") or []
    except PackageNotFoundError:  # run from its sources
        needed = []
    names = {re.split(r"[^\w.-]", line)[0].lower() for line in needed if "extra ==" not in line}
    for name in sorted((names | set(_BELOW)) - _NO_PART):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found


def differences(theirs: dict[str, str]) -> str:
    """What differs here from versions that are asked for, in words; empty where nothing does."""
    ours = versions()
    found = [
        f"{name} {ours.get(name, 'none')} instead of {theirs.get(name, 'none')}"
        for name in sorted({*ours, *theirs})
        if ours.get(name) != theirs.get(name)
    ]
    more = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    return ", ".join(found[:_TOLD]) + more
