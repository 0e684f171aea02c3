"""CSL-JSON: an array of items as citation processors take them (CSL 1.0.2, Appendices III and IV,
and its schema for input data); read by Zotero, pandoc, citeproc-js."""

from __future__ import annotations

import msgspec

from exporter.backends.bibliography._names import Name
from exporter.backends.bibliography._reference import Citation, Kind, Reference, broken, places, references
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings

_TYPES: dict[Kind, str] = {"newspaper": "article-newspaper", "web": "webpage", "other": "document"}


class _Date(msgspec.Struct, frozen=True, rename={"parts": "date-parts"}, forbid_unknown_fields=True):
    """A date: one run of year, month and day, as far as they are known."""

    parts: tuple[tuple[int, ...]]


class _Person(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A name in parts, or whole as ``literal``."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    literal: str = ""


class _Item(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    rename={"container": "container-title"},
    forbid_unknown_fields=True,
):
    """One reference; ``id`` is its citation key."""

    id: str
    type: str
    title: str
    author: tuple[_Person, ...] = ()
    container: str = ""
    issued: _Date | None = None
    accessed: _Date | None = None
    URL: str = ""
    language: str = ""
    abstract: str = ""
    keyword: str = ""
    note: str = ""


def render(edition: Edition, settings: Settings, report: Report) -> bytes:  # noqa: ARG001 - the protocol's
    """The edition's references as UTF-8 JSON."""
    items = [_item(one) for one in references(edition)]
    return msgspec.json.format(msgspec.json.encode(items), indent=2) + b"\n"


def locate(data: bytes, edition: Edition) -> dict[str, str]:
    """Each anchor with the citation key under which it is found. Raises `IncompleteError` for
    bytes that are not CSL-JSON as `render` writes it."""
    try:
        items = msgspec.json.decode(data, type=list[_Item])
    except msgspec.DecodeError as error:
        raise broken(str(error)) from error
    return places([Citation(one.id, one.title, _date_parts(one.issued), one.URL) for one in items], edition)


def _item(one: Reference) -> _Item:
    return _Item(
        id=one.key,
        type=_TYPES[one.kind],
        title=one.title,
        author=tuple(map(_person, one.authors)),
        container=one.container,
        issued=_date(one.date),
        accessed=_date(one.accessed),
        URL=one.url,
        language=one.language,
        abstract=one.abstract,
        keyword=", ".join(one.keywords),
        note=one.note,
    )


def _person(name: Name) -> _Person:
    if not name.given:
        return _Person(literal=name.family)
    return _Person(family=name.family, given=name.given, suffix=name.suffix)


def _date(day: str) -> _Date | None:
    return _Date((tuple(map(int, day.split("-"))),)) if day else None


def _date_parts(date: _Date | None) -> str:
    return "-".join(f"{part:0{2 if n else 4}}" for n, part in enumerate(date.parts[0])) if date else ""
