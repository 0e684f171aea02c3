"""Where sheets are laid out: in this process, or in processes of this machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exporter import engine
from exporter.backends import Settings
from exporter.backends.pdf import cache
from exporter.backends.pdf.assets import Sheet
from exporter.backends.pdf.layout import Failure, Laid, attempt
from exporter.errors import ExporterError

LISTED = 5
"""Failures that an error names."""


def lay_out_all(sheets: Sequence[Sheet], settings: Settings) -> list[Laid]:
    """Every sheet laid out, in order; one that is kept from another run is not laid out again,
    if the settings allow. Raises `ExporterError` naming those that could not be."""
    keys = [cache.key(sheet) for sheet in sheets] if settings.cache else []
    done: dict[int, Laid | Failure] = {n: kept for n, key in enumerate(keys) if (kept := cache.get(key))}
    # The longest first, so that none is left to wait for at the end.
    order = sorted(set(range(len(sheets))) - done.keys(), key=lambda n: (-len(sheets[n].html), n))
    made = engine.run(attempt, [sheets[n] for n in order], settings.workers)
    for n, result in zip(order, made, strict=True):
        done[n] = result
        if settings.cache and isinstance(result, Laid):
            cache.put(keys[n], result)
    results = [done[n] for n in range(len(sheets))]
    laid = [result for result in results if isinstance(result, Laid)]
    if len(laid) == len(sheets):
        return laid
    failed = [(s.name, r.reason) for s, r in zip(sheets, results, strict=True) if isinstance(r, Failure)]
    raise ExporterError(_told(failed), "Leave these articles out, and report them with the error.")


def _told(failed: Iterable[tuple[str, str]]) -> str:
    named = [f"{name} ({reason})" for name, reason in failed]
    more = f" and {len(named) - LISTED} more" if len(named) > LISTED else ""
    return f"{len(named)} of the sections could not be laid out: {'; '.join(named[:LISTED])}{more}"
