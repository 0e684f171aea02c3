"""``cache``: the laid-out pages that later runs need not lay out again."""

from __future__ import annotations

from typing import Annotated

import typer

from exporter.cli import _console

_HELP = """Where laid-out pages are kept for later runs, and how much; --clear throws them away.

**Examples**

    exporter cache
    exporter cache --clear
"""


def register(app: typer.Typer) -> None:
    app.command("cache", help=_HELP)(cache)


def cache(clear: Annotated[bool, typer.Option("--clear", help="Throw everything away.")] = False) -> None:
    from exporter.backends.pdf import cache as sheets

    if clear:
        _console.out(f"{_console.counted(sheets.clear(), 'sheet')} thrown away from {sheets.folder()}")
        return
    count, total = sheets.size()
    _console.out(f"{_console.counted(count, 'sheet')}, {total / 1e6:,.1f} MB in {sheets.folder()}")
