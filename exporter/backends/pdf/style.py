"""A style's settings: what of its look the program must know and CSS cannot tell."""

from __future__ import annotations

from typing import Literal

import msgspec

from exporter import resources
from exporter.backends import Paper
from exporter.errors import UsageError, unknown

FILE = "style.toml"


class Style(msgspec.Struct, frozen=True):
    """The settings in a style's ``style.toml``, each of which may be left out.

    ``paper`` is the sheet where none is asked for, by default as its CSS says;
    ``articles`` tells whether they follow one another (``flow``) or each begin a page.
    """

    paper: Paper | None = None
    articles: Literal["flow", "page"] = "flow"


def load(name: str) -> Style:
    """The settings of a style, by name or path. Raises `UsageError` for what it does not know."""
    path = resources.style(name) / FILE
    if not path.is_file():
        return Style()
    try:
        told = msgspec.toml.decode(path.read_bytes(), type=dict[str, object])
        for key in told:
            if key not in Style.__struct_fields__:
                raise unknown(f"setting in {path}", key, Style.__struct_fields__)
        return msgspec.convert(told, Style)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}: {error}", "Correct the style's settings.") from None
