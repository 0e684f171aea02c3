"""Pages and pictures to pack, and how archives of them are read."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from exporter.diagnostics import Report
from exporter.model.article import Article
from exporter.sources.read_many import FileRead, read_paths

FERRY = "The evening ferry will leave at nine from now on, as the harbour office said on Monday."
MORE = "Those who miss it may wait in the boathouse, where the baker keeps a stove and some bread."


def page(title: str, *, head: str = "", body: str = "") -> str:
    """A web page with two paragraphs."""
    words = f"<article><h1>{title}</h1>{body}<p>{FERRY}</p><p>{MORE}</p></article>"
    return (
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title>{head}</head><body>{words}</body></html>"
    )


def picture(colour: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def read(path: Path, **how: object) -> tuple[tuple[Article, ...], tuple[FileRead, ...], Report]:
    report = Report()
    articles, books = read_paths([path], report, **how)  # type: ignore[arg-type]
    return articles, books, report


def findings_of(report: Report) -> list[tuple[str, str]]:
    """The warnings: what, and of which source."""
    return [(f.id, f.where) for f in report.warnings]
