"""Values as pages give them to programs: ``meta`` elements by name, and strings and names of JSON-LD 1.1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import unescape

from exporter.model import build


def of(meta: dict[str, list[str]], *names: str) -> Iterator[str]:
    """The contents of the ``meta`` elements of these names, in the order of the names."""
    for name in names:
        yield from meta.get(name, ())


def strings(value: object) -> Iterator[str]:
    """The strings in a JSON-LD value: itself, or each of a list."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            item = item.get("@value") or item.get("name")
        if (
            isinstance(item, str | int | float)
            and not isinstance(item, bool)
            and (text := build.one_line(str(item)))
        ):
            yield text


def names(value: object) -> Iterator[str]:
    """The names of people or organisations given as strings, objects or lists of either."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield from strings(item.get("name"))
        else:
            yield from strings(item)


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """The values as single lines without HTML's character references, each once."""
    return tuple(dict.fromkeys(text for v in values if (text := build.one_line(unescape(v)))))
