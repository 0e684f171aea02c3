"""Editions of a library to files: names, windows, jobs; each file is written whole or not at all.

export(library, selection, plan, report)   one edition
batch(library, series, plan, report)       one for each window, and only what changed
steps(library, series, plan)               what `batch` would do, and why
"""

from __future__ import annotations

from exporter.batch.plan import Failed as Failed
from exporter.batch.plan import Outcome as Outcome
from exporter.batch.plan import Plan as Plan
from exporter.batch.plan import Series as Series
from exporter.batch.plan import Split as Split
from exporter.batch.plan import Step as Step
from exporter.batch.plan import Written as Written
from exporter.batch.runs import batch as batch
from exporter.batch.runs import export as export
from exporter.batch.runs import steps as steps

__all__ = [
    "Failed",
    "Outcome",
    "Plan",
    "Series",
    "Split",
    "Step",
    "Written",
    "batch",
    "export",
    "steps",
]
