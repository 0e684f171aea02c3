"""This program's own JSON, as ``show --json`` writes it: articles come back as they were."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from exporter.diagnostics import Report
from exporter.model import Article, from_json
from exporter.readers import Source


def sniff(source: Source) -> float:
    ours = source.suffix == ".json" and all(
        key in source.data for key in (b'"title"', b'"origin"', b'"sha256"')
    )
    return 0.99 if ours else 0.0


def read(source: Source, report: Report) -> Iterable[Article]:
    try:
        yield from from_json(source.data)
    except msgspec.DecodeError as error:
        report.add("reader-failed", source.name, f"not this program's JSON: {error}")
