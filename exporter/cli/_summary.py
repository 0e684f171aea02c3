"""What came of a run, in words and as a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import msgspec

from exporter.cli import _console, _progress
from exporter.diagnostics import Report
from exporter.editions.selection import Excluded
from exporter.errors import OutputError
from exporter.jobs.outcome import Outcome, Step, Written
from exporter.sources import storage
from exporter.sources.read_many import FileRead
from exporter.version import __version__

_SHOWN = 12
"""Empty windows, and files that were not written, that are named."""


def tell(outcome: Outcome, quiet: bool) -> int:
    """What came of a run; gives its exit code, 0 where all went well."""
    for file in outcome.written:
        if not quiet:
            _console.out(f"{file.path}  {_contents(file)}")
    if not quiet:
        _progress.table(outcome)
    for path in outcome.removed:
        _tell(f"removed {path}", quiet)
    if outcome.kept:
        _tell(f"up to date: {_console.counted(len(outcome.kept), 'file')}", quiet)
    if outcome.empty:
        shown, more = outcome.empty[:_SHOWN], len(outcome.empty) - _SHOWN
        rest = f" and {more} more" if more > 0 else ""
        _tell(f"skipped, nothing in them: {', '.join(shown)}{rest}", quiet)
    _tell(_left_out(outcome), quiet)
    if not quiet:
        duplicates(outcome.excluded)
    for (error, remedy), failures in groupby(outcome.failed, lambda failure: (failure.error, failure.remedy)):
        _console.error(f"{_not_written([failure.path for failure in failures])}: {error}", remedy)
    codes = {failure.exit_code for failure in outcome.failed}
    return codes.pop() if len(codes) == 1 and not outcome.written else min(len(codes), 1)


def _not_written(paths: list[str]) -> str:
    if len(paths) == 1:
        return f"{paths[0]} was not written"
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"{len(paths)} files were not written ({', '.join(paths[:_SHOWN])}{more})"


def tell_failed(files: int) -> None:
    """Say that so many files failed for the moment only."""
    _console.error(
        f"{_console.counted(files, 'file')} could not be read for the moment",
        "Run again when the machine is well: nothing that was kept of them is replaced until then.",
    )


def steps(steps: list[Step]) -> None:
    """What a run would do, a line a file."""
    for step in steps:
        why = f"  ({'; '.join(step.why)})" if step.why else ""
        _console.out(f"{step.action:<6}  {step.path}{why}")


def _tell(message: str, quiet: bool) -> None:
    if message and not quiet:
        _console.say(message)


def _contents(file: Written) -> str:
    parts = [_console.counted(file.articles, "article")]
    if file.briefs:
        parts.append(_console.counted(file.briefs, "brief"))
    return f"{', '.join(parts)}, {max(file.bytes // 1000, 1):,} kB"


_REASONS = {
    "duplicate": "found twice",
    "undated": "without a date",
    "date": "outside the dates",
    "source": "of other sources",
    "tag": "without the tag",
    "language": "in other languages",
    "words": "without the words",
}


def _left_out(outcome: Outcome) -> str:
    counts = Counter(item.reason for item in outcome.excluded)
    words = ", ".join(f"{n} {_REASONS[reason]}" for reason, n in sorted(counts.items()))
    return f"left out: {words}" if words else ""


def duplicates(left_out: Sequence[Excluded]) -> None:
    """Which copies were left out, and which was taken instead."""
    copies = [item for item in left_out if item.reason == "duplicate"]
    for item in copies[:_SHOWN]:
        why = f": {item.why}" if item.why else ""
        _console.say(f"  {item.title} ({item.where}) is a copy of {item.kept_title} ({item.kept}){why}")
    if len(copies) > _SHOWN:
        _console.say(f"  … and {len(copies) - _SHOWN:,} more copies")
    if copies:
        _console.say("  --no-merge takes every copy")


def check_report(file: Path) -> None:
    """Raise `OutputError` for a report that could not be written, before the work is done."""
    storage.prepare_folder(file.parent, "--report")
    if file.is_dir():
        raise OutputError(f"cannot write {file}: it is a folder", "Name a file with --report.")


def write_report(file: Path, report: Report, books: tuple[FileRead, ...], outcome: Outcome | None) -> None:
    """The report as JSON: what was read, written, left out, lost, and why."""
    findings = [
        {
            "id": f.id,
            "severity": f.kind.severity,
            "where": f.where,
            "detail": f.detail,
            "meaning": f.kind.meaning,
            "remedy": f.kind.remedy,
        }
        for f in report.findings
    ]
    form = {
        "exporter": __version__,
        "read": books,
        "written": outcome.written if outcome else (),
        "failed": outcome.failed if outcome else (),
        "left_out": outcome.excluded if outcome else (),
        "empty_windows": outcome.empty if outcome else (),
        "kept": outcome.kept if outcome else (),
        "removed": outcome.removed if outcome else (),
        "diagnostics": findings,
        "counts": report.counts(),
    }
    storage.write_whole(file, msgspec.json.format(msgspec.json.encode(form), indent=2) + b"\n")
