"""How soon reading is shared out, and how often a file is opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from exporter.readers.source import Reading
from exporter.sources.files import SourceFile
from exporter.sources.read_one import Answer, Job, Piece, ReadSession, as_read
from exporter.sources.reading_workers import Files, Here


class _Counted(Here):
    """Tells how many might work when the first job was done."""

    at_first = 0

    def do(
        self, jobs: Iterable[Job], seconds: Callable[[Job], float], ahead: int
    ) -> Generator[tuple[int, tuple[Answer, ...]], None, None]:
        for each in super().do(jobs, seconds, ahead):
            self.at_first = self.at_first or self.size
            yield each  # type: ignore[misc]


def _pieces(folder: Path, count: int) -> list[Piece]:
    paths = [folder / f"{number}.txt" for number in range(count)]
    for path in paths:
        path.write_text("The ferry\n\nIt leaves at noon, and comes back in the evening.\n", "utf-8")
    return [Piece(SourceFile(path, path.name, folder), path.stat().st_size, path.name) for path in paths]


@pytest.mark.parametrize(("worth", "workers"), [(1_000, 3), (1_000_000, 1)])
def test_all_workers_begin_at_once_where_there_is_much_to_read(
    tmp_path: Path, worth: int, workers: int
) -> None:
    pool = _Counted()
    files = Files(_pieces(tmp_path, 40), as_read, Reading, Job((), as_read), workers=3, worth=worth)
    output = [reading for _, readings in files.read(pool) for reading in readings]
    assert len(output) == 40
    assert all(reading.articles for reading in output)
    assert pool.at_first == workers


def test_a_small_file_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (piece,) = _pieces(tmp_path, 1)
    opened: list[object] = []
    real = os.open

    def counted(path: Any, *arguments: Any, **more: Any) -> int:
        opened.append(path)
        return real(path, *arguments, **more)

    monkeypatch.setattr("os.open", counted)
    (answer,) = ReadSession().do(Job((piece,), as_read))
    assert answer.results
    assert opened.count(piece.source.path) == 1
