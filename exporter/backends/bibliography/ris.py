"""RIS: lines of a tag and a value, an empty ``ER`` after each reference (Research Information
Systems' format as of 2011); read by Zotero, EndNote, Mendeley, Citavi.

RIS escapes nothing: a value ends with its line. A comma parts an author's names, and an
asterisk may not stand in names and keywords.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporter.backends.bibliography._names import Name
from exporter.backends.bibliography._reference import (
    Citation,
    Kind,
    Reference,
    broken,
    decoded,
    places,
    references,
)
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings

_TYPES: dict[Kind, str] = {"newspaper": "NEWS", "web": "ELEC", "other": "GEN"}
_LINE = re.compile(r"([A-Z][A-Z0-9])  - (.*)")


def render(edition: Edition, settings: Settings, report: Report) -> bytes:  # noqa: ARG001 - the protocol's
    """The edition's references as UTF-8 text, lines ended by CR LF."""
    lines = []
    for one in references(edition):
        lines += [f"{tag}  - {value}" for tag, value in _tagged(one)]
        lines += ["ER  - ", ""]
    return "".join(f"{line}\r\n" for line in lines).encode()


def locate(data: bytes, edition: Edition) -> dict[str, str]:
    """Each anchor with the citation key under which it is found. Raises `IncompleteError` for
    bytes that are not RIS as `render` writes it."""
    return places(list(_read(decoded(data))), edition)


def _tagged(one: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES[one.kind]
    yield "ID", one.key
    for author in one.authors:
        yield "AU", _author(author)
    yield "TI", one.title
    values = {
        "T2": one.container,
        "PY": one.date[:4],
        "DA": _slashed(one.date),
        "Y2": _slashed(one.accessed),
        "UR": one.url,
        "LA": one.language,
        "AB": one.abstract,
    }
    yield from ((tag, value) for tag, value in values.items() if value)
    for keyword in one.keywords:
        yield "KW", keyword.replace("*", "")
    if one.note:
        yield "N1", one.note


def _author(name: Name) -> str:
    parts = (part.replace(",", "").replace("*", "") for part in name if part)
    return ", ".join(parts)


def _slashed(day: str) -> str:
    """``2021/07/21/``: year, month, day and other information, the three slashes always."""
    return "/".join((day.split("-") + [""] * 3)[:3]) + "/" if day else ""


def _read(text: str) -> Iterator[Citation]:
    fields: dict[str, str] = {}
    for number, line in enumerate(text.split("\r\n"), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            if line or fields:
                raise broken(f"line {number} has no tag")
        elif match[1] != "ER":
            fields[match[1]] = match[2]
        else:
            date = "-".join(filter(None, fields.get("DA", "").split("/")))
            yield Citation(fields.get("ID", ""), fields.get("TI", ""), date, fields.get("UR", ""))
            fields = {}
    if fields:
        raise broken("the last reference has no end")
