"""Values of records: a list may be a list, text in JSON or Python syntax, or words in a row."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from exporter.model import build
from exporter.readers.common import prose

Parted: TypeAlias = Callable[[object], Iterator[str]]

_BLANK = frozenset(("", "null", "none", "nan", "n/a", "[]", "{}"))
_QUOTED = re.compile(r"""'((?:[^'\\]++|\\.)*+)(?:'|\\?\Z)|"((?:[^"\\]++|\\.)*+)(?:"|\\?\Z)""", re.S)
_NAMED = ("name", "title", "label", "term", "main", "original", "text")


def is_blank(value: object) -> bool:
    """Whether a value is empty, or a word for it that programs write."""
    if isinstance(value, str):
        return len(value) < 5 and value.strip().lower() in _BLANK
    return value is None or value != value or value in ([], {})


def line(value: object) -> str:
    """A value as one line of plain text: the first item of a list, the name of an object."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            item = next((item[k] for k in _NAMED if not is_blank(item.get(k))), None)
        if is_blank(item) or isinstance(item, bool | list | Mapping):
            continue
        text = str(item)
        return prose.line(text) if prose.is_html(text) else build.one_line(text)
    return ""


def words(value: object) -> Iterator[str]:
    """Tags: the items of a list, or of text separated by bars, commas, semicolons, or else spaces."""
    for item in _items(value):
        for part in _parted(item) if isinstance(value, str) and not _is_list(value) else [item]:
            if word := part.strip(" #\t\n"):
                yield word


_AND = re.compile(r"(?<!\s)\s++(?:and|und|et|og|och|&)\s++")


def names(value: object) -> Iterator[str]:
    """Names of people, separated by semicolons, bars or a word for "and".

    Commas separate names only if each part contains a space: ``Doe, Jane`` is one name.
    """
    for item in _items(value):
        item = re.sub(r"\Aby\s+", "", item, flags=re.I)
        for some in filter(None, (part.strip(" ,") for part in item.replace("|", ";").split(";"))):
            for one in _joined_names(some):
                parts = [part.strip() for part in one.split(",")]
                for name in parts if all(" " in part for part in parts) else [one]:
                    if name and not re.search(r"@|https?:", name):
                        yield name


def _joined_names(text: str) -> list[str]:
    """Names joined by a word for "and"; a ministry "of Health and Welfare" is one name."""
    parts = [part.strip(" ,") for part in _AND.split(text)]
    spaced = [" " in part for part in parts]
    return parts if all(spaced) or not any(spaced) else [text]


def _parted(text: str) -> list[str]:
    for mark in ("|", ",", ";"):
        if mark in text:
            return text.split(mark)
    return text.split()


def _items(value: object) -> Iterator[str]:
    if isinstance(value, str) and _is_list(value):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = [a or b for a, b in _QUOTED.findall(str(value))]
    for item in (value if isinstance(value, list) else [value])[:200]:
        if text := line(item):
            yield text


def _is_list(text: str) -> bool:
    return text.startswith("[") and text.endswith("]")
