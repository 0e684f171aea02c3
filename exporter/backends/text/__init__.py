"""The plain-text digest: for mail, a terminal or a printer without fonts; `mail` makes a message of it.

UTF-8, lines ended by ``\\n``, no line wider than the width asked for (but for addresses,
which are never broken), every character counted as wide as a terminal shows it.
"""

from __future__ import annotations

from exporter.backends.text._digest import render
from exporter.backends.text._locate import locate

__all__ = ["locate", "render"]
