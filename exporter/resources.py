"""Finds templates/ and styles/: first the user's, then those of the checkout or the wheel.

The user's are in the folders ``templates/`` and ``styles/`` of ``EXPORTER_HOME``. A checkout has both
at its top; the wheel has them inside the package.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec

from exporter.errors import UsageError, unknown

Row = TypeVar("Row")
_PACKAGE = Path(__file__).resolve().parent


def roots() -> tuple[Path, ...]:
    """The folders that may have templates/ and styles/, the highest precedence first."""
    places = []
    if home := os.environ.get("EXPORTER_HOME"):
        places.append(Path(home).expanduser())
    if (_PACKAGE.parent / "pyproject.toml").is_file():
        places.append(_PACKAGE.parent)
    places.append(_PACKAGE / "_data")
    return tuple(places)


def recipe_folders() -> tuple[Path, ...]:
    """The folders with recipes for sites, the user's first (see `exporter.readers.html._sites`)."""
    home = os.environ.get("EXPORTER_HOME")
    mine = (Path(home).expanduser() / "recipes",) if home else ()
    return (*mine, _PACKAGE / "readers" / "html" / "recipes")


def template_folders() -> tuple[Path, ...]:
    """Where Jinja2 looks for templates, in order."""
    return _template_folders(os.environ.get("EXPORTER_HOME"))


@cache
def _template_folders(_home: str | None) -> tuple[Path, ...]:
    return tuple(root / "templates" for root in roots() if (root / "templates").is_dir())


def styles() -> dict[str, Path]:
    """All styles: name → folder. A folder whose name begins with ``_`` is shared, not a style."""
    folders: dict[str, Path] = {}
    for root in roots():
        for folder in sorted((root / "styles").glob("[!_.]*/")):
            folders.setdefault(folder.name, folder)
    return dict(sorted(folders.items()))


_lent: dict[str, Path] = {}


def lend(name: str, folder: Path) -> None:
    """Map a style's name to a folder: for work from another machine, where the name is a path."""
    _lent[name] = folder


def style(name: str) -> Path:
    """The folder of a style, by its name or path. Raises `UsageError` for an unknown style."""
    if name in _lent:
        return _lent[name]
    known = styles()
    if name in known:
        return known[name]
    if os.sep in name or "/" in name:
        folder = Path(name).expanduser()
        if folder.is_dir():
            return folder
        raise UsageError(f"no such style folder: {name}", "Name a folder that holds print.css or epub.css.")
    raise unknown("style", name, known)


@cache
def shared_style(file: str) -> str:
    """The text of a file in ``styles/_shared``: the rules that every style builds on."""
    for root in roots():
        path = root / "styles" / "_shared" / file
        if path.is_file():
            return path.read_text("utf-8")
    raise UsageError(f"styles/_shared/{file} is missing", "Reinstall exporter.")


def own_style(name: str, file: str) -> str:
    """The text of a style's own file for one medium; empty where it has none."""
    path = style(name) / file
    return path.read_text("utf-8") if path.is_file() else ""


def style_css(name: str, file: str) -> str:
    """The CSS of a style for one medium: the shared rules, then the style's own."""
    return shared_style(file) + "\n" + own_style(name, file)


def tables(package: str, file: str, name: str, kind: type[Row]) -> tuple[Row, ...]:
    """The tables ``[[name]]`` of a TOML file in a package, each as a ``kind``."""
    data = msgspec.toml.decode(files(package).joinpath(file).read_bytes())
    return tuple(msgspec.convert(row, kind) for row in data[name])
