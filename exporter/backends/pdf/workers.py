"""Where sheets are laid out: in this process, or in processes of this machine."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from exporter.backends.pdf.assets import Sheet
from exporter.backends.pdf.layout import Failure, Laid, attempt
from exporter.errors import ExporterError

LISTED = 5
"""Failures that an error names."""


def lay_out_all(sheets: Sequence[Sheet], workers: int) -> list[Laid]:
    """Every sheet laid out, in order. Raises `ExporterError` naming those that could not be."""
    results = _run(sheets, min(workers, len(sheets)))
    laid = [result for result in results if isinstance(result, Laid)]
    if len(laid) == len(sheets):
        return laid
    failed = [(s.name, r.reason) for s, r in zip(sheets, results, strict=True) if isinstance(r, Failure)]
    raise ExporterError(_told(failed), "Leave these articles out, and report them with the error.")


def _told(failed: Iterable[tuple[str, str]]) -> str:
    named = [f"{name} ({reason})" for name, reason in failed]
    more = f" and {len(named) - LISTED} more" if len(named) > LISTED else ""
    return f"{len(named)} of the sections could not be laid out: {'; '.join(named[:LISTED])}{more}"


def _run(sheets: Sequence[Sheet], workers: int) -> list[Laid | Failure]:
    if workers <= 1:
        return [attempt(sheet) for sheet in sheets]
    # Not forked: the layout's libraries do not survive it.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_deaf)
    try:
        # The longest first, so that none is left to wait for at the end.
        order = sorted(range(len(sheets)), key=lambda n: -len(sheets[n].html))
        futures = {n: pool.submit(attempt, sheets[n]) for n in order}
        return [futures[n].result() for n in range(len(sheets))]
    except BrokenProcessPool:
        raise ExporterError(
            "a layout process was ended from outside, probably for want of memory",
            "Run again with --jobs 1, or with a narrower range.",
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _deaf() -> None:
    """Ctrl-C reaches the whole group: only the parent answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
