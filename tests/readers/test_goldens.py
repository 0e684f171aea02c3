"""Each case folder holds a file as users have it and what is read of it: articles and diagnostics.

``pytest --rewrite-goldens`` writes the stored results anew.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from exporter.model.article import Article
from exporter.readers import registry as readers
from exporter.readers.source import Source

ROOT = Path(__file__).parents[1] / "golden" / "readers"
STORED = "article.json"
CASES = sorted(path for path in ROOT.glob("*/*") if path.is_dir())


def source(case: Path) -> Source:
    """The case's file: the only one beside the stored result; its images lie in folders or are PNG."""
    (path,) = (
        p for p in case.iterdir() if p.is_file() and p.name != STORED and p.suffix not in (".png", ".jpg")
    )

    def neighbour(ref: str) -> bytes | None:
        matches = (case / ref).resolve()
        return matches.read_bytes() if matches.is_relative_to(case.resolve()) and matches.is_file() else None

    return Source(path.read_bytes(), path.name, neighbour)


def without_bytes(article: Article) -> Article:
    """The images' ids say enough."""
    return msgspec.structs.replace(
        article, assets=tuple(msgspec.structs.replace(asset, data=b"") for asset in article.assets)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_reads_as_stored(case: Path, pytestconfig: pytest.Config) -> None:
    reading = readers.read_source(source(case))
    matches = msgspec.json.format(
        msgspec.json.encode(
            {
                "articles": [without_bytes(article) for article in reading.articles],
                "diagnostics": [str(finding) for finding in reading.diagnostics],
            }
        ),
        indent=1,
    )
    stored = case / STORED
    if pytestconfig.getoption("--rewrite-goldens"):
        stored.write_bytes(matches + b"\n")
    assert {article.origin.reader for article in reading.articles} <= {case.parent.name}
    assert matches.decode() == stored.read_text("utf-8").rstrip("\n")


def test_every_stored_result_is_used() -> None:
    assert {path.parent for path in ROOT.rglob(STORED)} == set(CASES)
    assert CASES
