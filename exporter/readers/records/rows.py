"""Files of records → records, one at a time: JSON, JSON Lines and CSV, bad ones reported with their lines."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from exporter.diagnostics import Report
from exporter.readers.records.mapping import Record, bared
from exporter.readers.source import MAX_BYTES, Source

Fits = Callable[[Mapping[str, object]], bool]

# A string ends at the text's end at the latest: no match fails, none is begun within another.
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:"(\s*:)?|\\?\Z)', re.S)
_HEAD = 400_000
_SPACE = re.compile(r"[\s,]*")
_DELIMITERS = ",;\t|"
_MAX_BROKEN = 100
"""After so many bad rows in a file, what follows is taken for no CSV at all."""
_ROW_SUFFIXES = frozenset((".csv", ".tsv", ".tab", ".psv"))

csv.field_size_limit(MAX_BYTES)  # for the whole process; the default refuses long articles


def is_json(source: Source) -> bool:
    return source.text()[:200].lstrip()[:1] in ("[", "{")


def is_csv(source: Source) -> bool:
    return source.suffix in _ROW_SUFFIXES


def names(source: Source) -> list[str]:
    """The names of fields at the head of the file, at whatever depth."""
    if is_json(source):
        return [match[1] for match in _STRING.finditer(source.text()[:_HEAD]) if match[2]]
    lines = _lines(source.text()[:_HEAD])
    return next(csv.reader(lines, delimiter=_delimiter(lines)), []) if lines else []


def read(source: Source, report: Report, fits: Fits) -> Iterator[Record]:
    """All records of the file; of JSON, those that ``fits`` finds at any depth."""
    if is_json(source):
        for value, document in _values(source, report):
            yield from within(value, document, fits)
    else:
        yield from _rows(source, report)


# -- JSON ------------------------------------------------------------------------------


def _values(source: Source, report: Report) -> Iterator[tuple[object, Mapping[str, object]]]:
    """Each value of an array or of a sequence (RFC 8259; JSON Lines), decoded by itself, so that
    no more than one is in memory; with a value that is the whole document, that document."""
    text = source.text(report)
    decoder = json.JSONDecoder(strict=False)
    at = _skipped(text, 0)
    array = text[at : at + 1] == "["
    at = _skipped(text, at + 1) if array else at
    indent = text[text.rfind("\n", 0, at) + 1 : at]
    opening = f"\n{'' if indent.strip() else indent}{{"
    first = True
    while at < len(text) and not (array and text[at] == "]"):
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)[:80]
            line = text.count("\n", 0, at) + 1
            report.add("record-broken", source.name, f"line {line}: {reason}")
            # The next begins as the first did.
            following = text.find(opening, at + 1)
            if following < 0:
                return
            at = _skipped(text, following)
            continue
        at = _skipped(text, end)
        whole = first and not array and at >= len(text) and isinstance(value, dict)
        yield value, value if whole else {}
        first = False


def _skipped(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def within(value: object, document: Mapping[str, object], fits: Fits) -> Iterator[Record]:
    """The records in a value, in order, each with the name of what holds it."""
    stack: list[tuple[object, str]] = [(value, "")]
    while stack:
        node, folder = stack.pop()
        if isinstance(node, dict):
            if fits(node):
                yield Record(bared(node), bared(document), folder)
                continue
            name = next((n for k in ("name", "title") if isinstance(n := node.get(k), str) and n), folder)
            # The document's own name is that of no folder.
            inner = "" if node is document else name
            stack += [(child, inner) for child in reversed(node.values()) if isinstance(child, dict | list)]
        elif isinstance(node, list):
            stack += [(child, folder) for child in reversed(node) if isinstance(child, dict | list)]


# -- CSV -------------------------------------------------------------------------------


def _rows(source: Source, report: Report) -> Iterator[Record]:
    """Rows under the names of the first one (RFC 4180, with other delimiters)."""
    lines = _lines(source.text(report))
    delimiter = _delimiter(lines)
    header = next(csv.reader(lines, delimiter=delimiter), [])
    start, broken = 0, 0
    while start < len(lines) and broken < _MAX_BROKEN:
        reader = csv.reader(islice(lines, start, None), delimiter=delimiter)
        first = start
        for row in reader:
            begin, start = start, first + reader.line_num
            problem = None
            if start - begin > 1 and not _is_strict(lines[begin:start], delimiter):
                # A quotation mark that is never closed takes the rows below it along.
                problem, start = "a quotation mark is not closed", begin + 1
            elif len(row) > len(header):
                problem = f"{len(row)} fields where there are {len(header)} columns"
            if problem:
                broken += 1
                report.add("record-broken", source.name, f"line {begin + 1}: {problem}")
                break
            if begin and any(cell.strip() for cell in row):
                yield Record(bared(dict(zip(header, row, strict=False))))
        else:
            return


def _lines(text: str) -> list[str]:
    """Lines as line feeds part them; `str.splitlines` parts at other characters, too."""
    return io.StringIO(text, newline="\n").readlines()


def _is_strict(lines: list[str], delimiter: str) -> bool:
    """Whether every quotation mark in a row opens or closes a field."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _delimiter(lines: list[str]) -> str:
    """The delimiter by which the most of the first rows have as many fields as the header, and
    of several such, that which makes the most fields. (`csv.Sniffer` takes letters for delimiters.)"""

    def agreement(delimiter: str) -> tuple[float, int]:
        rows = [row for row in islice(csv.reader(lines, delimiter=delimiter), 30) if row]
        columns = len(rows[0]) if rows else 0
        return (sum(len(row) == columns for row in rows) / len(rows) if columns > 1 else 0.0, columns)

    return max(_DELIMITERS, key=agreement)
