"""Files of this machine that work on other machines needs: style, templates, recipes; and versions."""

from __future__ import annotations

import os
import pickle
import platform
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any, NamedTuple

from exporter import resources
from exporter.version import __version__


class ResourceBundle(NamedTuple):
    """The contents of a folder for `EXPORTER_HOME`: bytes by path. ``styles`` maps a style that is given
    as a path here to its folder in the bundle."""

    files: dict[str, bytes]
    styles: dict[str, str]
    packages: tuple[str, ...] = ()


NOTHING = ResourceBundle({}, {})


def pack(style: str | None = None, packages: Iterable[str] = ()) -> ResourceBundle:
    """Bundle the user's recipes; with a style, also what rendering needs: the style's folder, the shared
    styles, the templates. Raises `UsageError` for an unknown style."""
    files = (
        dict(_files(resources.recipe_folders()[0], "recipes")) if len(resources.recipe_folders()) > 1 else {}
    )
    if style is None:
        return ResourceBundle(files, {})
    # The first folder has precedence: its files overwrite the others.
    for folder in reversed(resources.template_folders()):
        files.update(_files(folder, "templates"))
    for root in reversed(resources.roots()):
        files.update(_files(root / "styles" / "_shared", "styles/_shared"))
    is_path = style not in resources.styles()
    into = "styles/_named" if is_path else f"styles/{style}"
    files.update(_files(resources.style(style), into))
    return ResourceBundle(files, {style: into} if is_path else {}, tuple(packages))


def _files(folder: Path, into: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield f"{into}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def unpack(bundle: ResourceBundle, home: Path) -> None:
    for name, data in bundle.files.items():
        path = home / name
        if not Path(os.path.normpath(path)).is_relative_to(home):
            raise ValueError(f"{name} leads out of the kit")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def at_home(home: str, styles: dict[str, str], work: Callable[[Any], Any], job: bytes) -> bytes:
    """Run the work in a process of the plugin's pool, with the bundle's files instead of this machine's.

    ``job`` and the result are pickled. Nothing here needs Dask.
    """
    os.environ["EXPORTER_HOME"] = home
    for name, folder in styles.items():
        resources.lend(name, Path(home, folder))
    return pickle.dumps(work(pickle.loads(job)))


# -- Whether two machines would make the same bytes: the versions of all packages that have a part in it.

_NO_PART = frozenset({"typer", "filelock", "platformdirs", "universal-pathlib"})
"""Requirements of exporter that have no part in the bytes that it makes."""
_SHOWN = 5
"""Differences that are listed."""


@cache
def installed(packages: tuple[str, ...]) -> dict[str, str]:
    """The versions of packages, by name; ``none`` for one that is not installed."""
    versions: dict[str, str] = {}
    for name in packages:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "none"
    return versions


def versions(packages: Iterable[str] = ()) -> dict[str, str]:
    """The versions here of Python, exporter, its requirements, and more ``packages``, by name."""
    try:
        needed = requires("exporter") or []
    except PackageNotFoundError:  # run from its sources
        needed = []
    names = {re.split(r"[^\w.-]", line)[0].lower() for line in needed if "extra ==" not in line}
    python = ".".join(platform.python_version_tuple()[:2])
    some = tuple(sorted((names | set(packages)) - _NO_PART))
    return {"exporter": __version__, "python": python, **installed(some)}


def differences(theirs: dict[str, str]) -> str:
    """How the versions here differ from ``theirs``, in words; empty where they do not."""
    ours = versions(theirs.keys() - {"exporter", "python"})
    different = [
        f"{name} {ours.get(name, 'none')} instead of {theirs.get(name, 'none')}"
        for name in sorted({*ours, *theirs})
        if ours.get(name) != theirs.get(name)
    ]
    more = f" and {len(different) - _SHOWN} more" if len(different) > _SHOWN else ""
    return ", ".join(different[:_SHOWN]) + more
