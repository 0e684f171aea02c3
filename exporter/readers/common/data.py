"""The readers' own data: arrays of tables in TOML files beside the modules that read them."""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

import msgspec

Row = TypeVar("Row")


def read(package: str, file: str, name: str, kind: type[Row]) -> tuple[Row, ...]:
    """The tables ``[[name]]`` of a file in a package, each as a ``kind``."""
    data = msgspec.toml.decode(files(package).joinpath(file).read_bytes())
    return tuple(msgspec.convert(row, kind) for row in data[name])
