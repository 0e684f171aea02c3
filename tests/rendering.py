"""PDFs that tests look at: a page that one test has had laid out is not laid out again for another.

What is laid out is kept for one run of the tests, for all its processes (see `conftest`). Tests of
laying out itself, of its workers and of equal bytes use `exporter.backends.registry.render_checked`.
"""

from __future__ import annotations

from functools import cache

from msgspec.structs import replace

from exporter.backends.registry import Product, render_checked
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, Grouping
from exporter.editions.options import Settings
from tests import kitchen_sink


def render_pdf(edition: Edition, settings: Settings | None = None, report: Report | None = None) -> Product:
    return render_checked(edition, "pdf", replace(settings or Settings(), cache=True), report)


@cache
def kitchen_sink_pdf(style: str = "digest", group: Grouping = "source") -> Product:
    return render_pdf(kitchen_sink.edition(group), Settings(style=style))
