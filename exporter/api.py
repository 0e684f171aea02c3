"""The library's front door: what `import exporter` offers beyond the model and editions."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from exporter.backends import registry as backends
from exporter.diagnostics import Report
from exporter.editions.compile import Edition
from exporter.editions.options import Settings
from exporter.model.article import Article
from exporter.model.dates import Window, parse_bound
from exporter.sources import files, read_many, storage


def read(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    reader: str | None = None,
    disabled_rules: Collection[str] = (),
    own: bool = False,
    report: Report | None = None,
) -> tuple[Article, ...]:
    """The articles of a file, of a folder, or of the bytes of one source.

    ``name`` names bytes (its ending helps to tell their form) or renames a file;
    ``reader`` forces one of `exporter.readers.registry.names`, perhaps with settings
    (``records:title=headline``), else the form is sniffed; ``disabled_rules`` are cleaning rules
    that are turned off; ``own`` reads what this program wrote, too, which it leaves in folders.
    What was lost or guessed is added to ``report``. Raises `InputError` where the path
    does not exist or may not be opened.
    """
    report = report if report is not None else Report()
    if isinstance(source, bytes):
        return read_many.read_bytes(
            source, name or "bytes", report, reader=reader, disabled_rules=disabled_rules, workers=0
        )
    path = Path(source)
    sources = files.find([path], report, own=own, recognise=backends.is_own_output)
    if name and not path.is_dir():
        sources = [sources[0]._replace(name=name)]
    return read_many.read_found(sources, report, reader=reader, disabled_rules=disabled_rules, workers=0)[0]


def window(first: str | None = None, last: str | None = None) -> Window:
    """The days from ``first`` to ``last``, both inclusive; each a day ``2021-07-21``, a
    month ``2021-07`` or a year ``2021``; None leaves the side open. Raises `UsageError`."""
    return Window(
        parse_bound(first, last=False) if first else None, parse_bound(last, last=True) if last else None
    )


def render(
    edition: Edition,
    format: str,
    *,
    to: str | Path | None = None,
    settings: Settings | None = None,
    originals: str | Path | None = None,
    report: Report | None = None,
) -> bytes:
    """The edition's file in a format (``pdf``, ``epub``, ``txt``, …), checked for completeness.

    With ``to``, also written there, whole or not at all. ``originals`` is the file or folder
    that the articles were read from, for an archival PDF to carry them. Raises
    `IncompleteError`, `InputError`, `MissingLibrary`, `OutputError`, or `UsageError` for an
    unknown format or style.
    """
    if originals is not None:
        kept = read_many.originals(*read_many.read_paths([Path(originals)], Report(), workers=0))
        settings = msgspec.structs.replace(settings or Settings(), originals=kept)
    product = backends.render_checked(edition, format, settings, report)
    if to is not None:
        storage.write_whole(Path(to), product.data)
    return product.data
