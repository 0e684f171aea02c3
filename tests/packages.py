"""Packages of other people: a reader or a backend with its entry point, as pip installs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exporter import plugins
from exporter.backends import registry as backends
from exporter.readers import registry as readers


@contextmanager
def installed(
    monkeypatch: pytest.MonkeyPatch, folder: Path, group: str, name: str, place: str, code: str
) -> Iterator[None]:
    """Install a package into ``folder``: its module ``place`` has this code and the entry point ``name`` of
    a group. Without code there is no module."""
    *package, module = place.split(".")
    inside = folder.joinpath(*package)
    inside.mkdir(parents=True)
    if package:
        (inside / "__init__.py").touch()
    if code:
        (inside / f"{module}.py").write_text(code, "utf-8")
    info = folder / "example-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: example\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {place}\n")
    caches = (backends.names, backends.versions, readers.names, plugins.function)
    with monkeypatch.context() as patch:
        patch.syspath_prepend(folder)
        for each in caches:
            each.cache_clear()
        try:
            yield
        finally:
            for each in caches:
                each.cache_clear()
            top = place.partition(".")[0]
            for loaded in [m for m in sys.modules if m.partition(".")[0] == top]:
                del sys.modules[loaded]
