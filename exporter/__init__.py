"""Saved news articles to print-styled PDF, EPUB and plain-text digests, by date range.

    import exporter

    articles = exporter.read("saved/")
    july = exporter.Selection(window=exporter.window("2021-07", "2021-07"))
    edition = exporter.compile_edition(exporter.select(articles, july), title="July")
    exporter.render(edition, "pdf", to="july.pdf")

Importing this module is cheap: each part is loaded when it is first used. It loads no other module, so
that Ctrl-C has no time to interrupt it; see `exporter.__main__`.
"""

from __future__ import annotations

from exporter.version import __version__ as __version__

TYPE_CHECKING = False  # as in the module typing
if TYPE_CHECKING:
    from typing import Any

    from exporter.api import read as read
    from exporter.api import render as render
    from exporter.api import window as window
    from exporter.diagnostics import Diagnostic as Diagnostic
    from exporter.diagnostics import Report as Report
    from exporter.editions.compile import Edition as Edition
    from exporter.editions.compile import compile_edition as compile_edition
    from exporter.editions.options import Settings as Settings
    from exporter.editions.selection import Selection as Selection
    from exporter.errors import ExporterError as ExporterError
    from exporter.library import Library as Library
    from exporter.library.catalog import select as select
    from exporter.model.article import Article as Article
    from exporter.model.article import Teaser as Teaser
    from exporter.model.article import from_json as from_json
    from exporter.model.article import to_json as to_json
    from exporter.model.visit import paragraphs as paragraphs
    from exporter.model.visit import plain_text as plain_text

_HOME = {
    "Article": "model.article",
    "Diagnostic": "diagnostics",
    "Edition": "editions.compile",
    "ExporterError": "errors",
    "Library": "library",
    "Report": "diagnostics",
    "Selection": "editions.selection",
    "Settings": "editions.options",
    "Teaser": "model.article",
    "compile_edition": "editions.compile",
    "from_json": "model.article",
    "paragraphs": "model.visit",
    "plain_text": "model.visit",
    "read": "api",
    "render": "api",
    "select": "library.catalog",
    "to_json": "model.article",
    "window": "api",
}

__all__ = sorted([*_HOME, "__version__"])


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'exporter' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"exporter.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
