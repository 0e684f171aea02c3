"""This program's own JSON, as ``show --json`` writes it: articles come back as they were."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from exporter.diagnostics import Report
from exporter.model import Article, from_json
from exporter.readers import Source


def sniff(source: Source) -> float:
    head = source.data[:4096].lstrip()
    return 0.99 if head[:1] in (b"{", b"[") and b'"title"' in head and source.suffix == ".json" else 0.0


def read(source: Source, report: Report) -> Iterable[Article]:
    try:
        yield from from_json(source.data)
    except msgspec.DecodeError as error:
        report.add("reader-failed", source.name, f"not this program's JSON: {error}")
