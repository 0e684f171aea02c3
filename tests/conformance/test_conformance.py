"""Whole editions in every style: judged by the checkers, and by reading the files back.

`make conformance` runs all of it; `make test` leaves out the long ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from _pytest.mark import ParameterSet

from exporter import resources
from exporter.backends.registry import render_checked
from exporter.diagnostics import Report
from exporter.editions.options import Settings
from tests.checkers import outloud, qpdf, verapdf
from tests.conformance.audit import audit
from tests.conformance.editions import LONG, QUICK

EDITIONS = {**QUICK, **LONG}
EXPECTED = {"glyph-missing", "image-broken"}
"""Findings that depend on the machine's fonts, or on the material."""


def _cases() -> Iterator[ParameterSet]:
    """Every edition in every style; that of everything there is, in the style that divides most, is enough
    for every run of the tests."""
    for name in EDITIONS:
        for style in sorted(resources.styles()):
            often = name == "everything" and style == "book"
            yield pytest.param(name, style, marks=() if often else pytest.mark.conformance)


@pytest.mark.parametrize(("name", "style"), list(_cases()))
def test_an_edition_conforms(name: str, style: str, tmp_path: Path) -> None:
    book = EDITIONS[name]()
    ordinary, archival = tmp_path / "ordinary.pdf", tmp_path / "archival.pdf"
    report = Report()
    for path, kept in ((ordinary, False), (archival, True)):
        settings = Settings(
            style=style, archival=kept, originals=book.originals, workers=2 if name in LONG else 1, cache=True
        )
        path.write_bytes(render_checked(book.edition, "pdf", settings, report).data)
    unexpected = [str(f) for f in report.findings if f.id not in EXPECTED]
    assert unexpected == []
    assert audit(ordinary.read_bytes(), book.edition) == []
    with pikepdf.open(archival) as pdf:
        assert len(pdf.attachments) == 1 + len({original.sha256 for original in book.originals.values()})
    assert qpdf([ordinary, archival]) == ""
    assert verapdf("ua1", [ordinary, archival]) == ""
    assert verapdf("3a", [archival]) == ""
    assert outloud([ordinary]) == ""
