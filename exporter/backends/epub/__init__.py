"""EPUB 3: one chapter an article, for e-readers.

`render` sets the book (`_book`), `locate` reads the finished bytes back (`_locate`).
"""

from __future__ import annotations

from exporter.backends.epub._book import render
from exporter.backends.epub._locate import locate

__all__ = ["locate", "render"]
