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
    from exporter.backends import Settings as Settings
    from exporter.diagnostics import Diagnostic as Diagnostic
    from exporter.diagnostics import Report as Report
    from exporter.edition import Edition as Edition
    from exporter.edition import compile_edition as compile_edition
    from exporter.errors import ExporterError as ExporterError
    from exporter.library import Library as Library
    from exporter.model import Article as Article
    from exporter.model import Teaser as Teaser
    from exporter.model import from_json as from_json
    from exporter.model import to_json as to_json
    from exporter.selection import Selection as Selection
    from exporter.selection import select as select
    from exporter.walk import paragraphs as paragraphs
    from exporter.walk import plain_text as plain_text

_HOME = {
    "Article": "model",
    "Diagnostic": "diagnostics",
    "Edition": "edition",
    "ExporterError": "errors",
    "Library": "library",
    "Report": "diagnostics",
    "Selection": "selection",
    "Settings": "backends",
    "Teaser": "model",
    "compile_edition": "edition",
    "from_json": "model",
    "paragraphs": "walk",
    "plain_text": "walk",
    "read": "api",
    "render": "api",
    "select": "selection",
    "to_json": "model",
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
