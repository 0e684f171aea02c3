"""Front matter: the block of fields before a Markdown text, and the meaning of its fields.

YAML between ``---``, TOML between ``+++``, a JSON object, or plain ``Key: value`` lines as in Pelican and
MultiMarkdown. Each scalar is kept as it was written, so that a date keeps its precision and ``No`` is a word.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
import yaml

from exporter.model import build

_YAML = re.compile(r"---[ \t]*\n(.*?)(?:(?<=\n)|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)(?:(?<=\n)|\n)\+\+\+[ \t]*(?:\n|\Z)", re.S)
_LINE = re.compile(r"([^\W\d_][\w .-]{0,40}?)[ \t]*+:(?:[ \t]++(.*+)|[ \t]*+)\Z")
# Plain fields must begin with one of these, or each "Note: …" at the beginning of a text would be one.
_OPENING = frozenset(
    [
        "title",
        "date",
        "author",
        "authors",
        "category",
        "categories",
        "tags",
        "slug",
        "status",
        "source",
        "url",
        "published",
        "created",
        "layout",
        "lang",
        "language",
        "subtitle",
        "summary",
        "keywords",
        "modified",
        "byline",
    ]
)
_BLANK = frozenset(("", "~", "null", "none"))
_WIKI = re.compile(r"\[\[(?:[^\[\]|]*+\|)?([^\[\]|]*+)\]\]")
_MAX_ITEMS = 200
_TOO_DEEP = re.compile(r"(?:[\[{][ \t\n]*+){100}|(?:\.[\w-]++){100}|(?:[-?][ \t]++){100}")
"""Syntax that no field needs, and that parsers take long to refuse."""


class FrontMatter(msgspec.Struct, frozen=True):
    """The fields by name in lower case, the text after them, and a description of the problem, if any."""

    fields: Mapping[str, object]
    body: str
    problem: str | None = None

    def first(self, *names: str) -> object:
        """The value of the first of the fields that exists and is not blank, else None."""
        for name in names:
            value = self.fields.get(name)
            if value is not None and _scalar(value) not in (None, *_BLANK):
                return value
            if isinstance(value, list | dict) and value:
                return value
        return None

    def text(self, *names: str) -> str | None:
        """The first of the fields as one line of text; for a list, its first item."""
        for name in names:
            for value in texts(self.fields.get(name)):
                return value
        return None

    def all(self, *names: str) -> tuple[str, ...]:
        """All values of all the fields, each once."""
        return tuple(dict.fromkeys(value for name in names for value in texts(self.fields.get(name))))


def split(text: str) -> FrontMatter:
    """Split ``text`` into front matter and body; without front matter, all of it is the body."""
    text = text.removeprefix("\ufeff")
    opened = text.lstrip("\n")
    if match := _YAML.match(opened):
        return _yaml(match[1], opened[match.end() :], opened)
    if match := _TOML.match(opened):
        try:
            if _TOO_DEEP.search(match[1]):
                raise RecursionError("nested too deep")
            return FrontMatter(_lowered(tomllib.loads(match[1])), opened[match.end() :])
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            return FrontMatter(_by_line(match[1], "="), opened[match.end() :], f"TOML: {error}"[:200])
    if opened.startswith("{"):
        return _json(opened)
    return _plain(opened)


def _yaml(block: str, body: str, whole: str) -> FrontMatter:
    try:
        if _TOO_DEEP.search(block):
            raise RecursionError
        loaded = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = getattr(error, "problem", None) or type(error).__name__
        return FrontMatter(_by_line(block, ":"), body, f"YAML: {problem}")
    if loaded is None or loaded == "":
        return FrontMatter({}, body)
    if isinstance(loaded, dict):
        return FrontMatter(_lowered(loaded), body)
    # Two thematic breaks with text between them, not fields.
    return FrontMatter({}, whole)


def _json(text: str) -> FrontMatter:
    try:
        loaded, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return FrontMatter({}, text)
    if isinstance(loaded, dict) and (not text[end:].strip() or text[end:].startswith("\n")):
        return FrontMatter(_lowered(loaded), text[end:])
    return FrontMatter({}, text)


def _plain(text: str) -> FrontMatter:
    """Fields without fences: lines ``Key: value`` up to the first blank line."""
    fields: dict[str, list[str]] = {}
    key = ""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        match = _LINE.match(line)
        if match:
            key = match[1].lower()
            if number == 0 and key not in _OPENING:
                return FrontMatter({}, text)
            value = (match[2] or "").strip()
            if key in fields and key in ("author", "tags"):
                fields[key] += ["; ", value]
            else:
                fields[key] = [value]
        elif key and line[:1] in (" ", "\t") and line.strip():
            fields[key] += [" ", line.strip()]
        elif not line.strip() and fields:
            return FrontMatter(_joined(fields), "\n".join(lines[number:]))
        else:
            return FrontMatter({}, text)
    return FrontMatter(_joined(fields), "")


def _joined(fields: Mapping[str, list[str]]) -> dict[str, object]:
    return {key: "".join(parts).strip() for key, parts in fields.items()}


def _by_line(block: str, mark: str) -> dict[str, object]:
    """The readable part of broken front matter: single lines, and lists of items below a key."""
    fields: dict[str, tuple[list[str], list[str]]] = {}  # text on lines, items of a list
    key = ""
    for line in block.split("\n"):
        if match := re.match(rf"([^\W\d_][\w-]*)\s*{mark}\s*(.*)", line):
            key = match[1].lower()
            fields.setdefault(key, ([match[2].strip().strip("'\"")], []))
        elif (match := re.match(r"\s*-\s+(.*)", line)) and key:
            fields[key][1].append(match[1].strip().strip("'\""))
        elif line[:1] in (" ", "\t") and line.strip() and key and not fields[key][1]:
            fields[key][0].append(line.strip().rstrip("'\" "))
    return {key: _value(words, items) for key, (words, items) in fields.items()}


def _value(words: list[str], items: list[str]) -> object:
    text = " ".join(words).strip("'\" ") if len(words) > 1 else words[0]
    return [*([text] if text else []), *items] if items else text


def _lowered(fields: Mapping[Any, object]) -> dict[str, object]:
    """Keys in lower case; Hugo's ``[params]`` and ``[taxonomies]`` supply keys that the top level lacks."""
    out = {str(key).strip().lower(): value for key, value in fields.items()}
    for name in ("params", "taxonomies", "extra"):
        inner = out.get(name)
        if isinstance(inner, Mapping):
            out = {**{str(key).strip().lower(): value for key, value in inner.items()}, **out}
    return out


def texts(value: object) -> Iterator[str]:
    """The text in a field: of a scalar, each item of a list, or the ``name`` of a mapping; without blanks."""
    items = value if isinstance(value, list | tuple) else [value]
    for item in items[:_MAX_ITEMS]:
        if isinstance(item, Mapping):
            item = next((item[k] for k in ("name", "title", "url", "label") if k in item), None)
        text = _scalar(item)
        if text is not None and text.lower() not in _BLANK:
            yield text


def _scalar(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if not isinstance(value, str | int | float):
        return None
    return build.one_line(_WIKI.sub(r"\1", str(value)))
