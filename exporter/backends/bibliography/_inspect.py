"""Which references are really in a finished file?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from exporter.backends.bibliography._reference import references
from exporter.editions.compile import Edition
from exporter.errors import IncompleteError


class Found(NamedTuple):
    """What a file says, read back: the parts without which a reference is of no use."""

    key: str
    title: str
    date: str
    url: str


def places(found: Sequence[Found], edition: Edition) -> dict[str, str]:
    """The citation key of each entry and brief whose title, date and address stand under that
    key. A key that stands twice tells nothing: a reference manager takes one of the two."""
    times = Counter(one.key for one in found)
    there = {one.key: one for one in found if times[one.key] == 1}
    return {
        one.anchor: one.key
        for one in references(edition)
        if there.get(one.key) == Found(one.key, one.title, one.date, one.url)
    }


def decoded(data: bytes) -> str:
    """The file's text. Raises `IncompleteError` where it is none."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise IncompleteError("the references are not valid UTF-8", "Please report this.") from error


def broken(what: str) -> IncompleteError:
    """The error for bytes that are not of their form."""
    return IncompleteError(f"the references are broken: {what}", "Please report this.")
