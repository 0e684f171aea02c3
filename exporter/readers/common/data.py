"""The readers' own data: arrays of tables in TOML files beside the modules."""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

import msgspec

Row = TypeVar("Row")


def read(file: str, name: str, kind: type[Row]) -> tuple[Row, ...]:
    """The tables ``[[name]]`` of a file, each as a ``kind``."""
    data = msgspec.toml.decode(files(__package__).joinpath(file).read_bytes())
    return tuple(msgspec.convert(row, kind) for row in data[name])
