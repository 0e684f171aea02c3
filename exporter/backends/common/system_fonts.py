"""The font files of the machine."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

SUFFIXES = (".ttf", ".otf", ".ttc")

_FOLDERS = (
    "~/.fonts",
    "~/.local/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/fonts",
    "~/Library/Fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
)


@cache
def system_files() -> dict[str, Path]:
    """The font files of this machine: name → path. Of two of one name the first folder's counts."""
    by_name: dict[str, Path] = {}
    for folder in _folders():
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and path.is_file():
                by_name.setdefault(path.name, path)
    return by_name


def _folders() -> tuple[Path, ...]:
    """The system's folders of fonts, or those that ``EXPORTER_FONTS`` names in their place."""
    if named := os.environ.get("EXPORTER_FONTS"):
        return tuple(Path(folder) for folder in named.split(os.pathsep))
    folders = [Path(folder).expanduser() for folder in _FOLDERS]
    if sys.platform == "win32":
        folders.append(Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts")
    return tuple(folder for folder in folders if folder.is_dir())
