"""EPUB 3: one chapter an article, for e-readers.

`render` sets the book (`_book`), `inspect` reads the finished bytes back (`_inspect`).
"""

from __future__ import annotations

from exporter.backends.epub._book import MEDIA_TYPE, render
from exporter.backends.epub._inspect import inspect

__all__ = ["MEDIA_TYPE", "SUFFIX", "inspect", "render"]

SUFFIX = ".epub"
