"""Standard input as a source, named ``-``: of any form that files have."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests import command
from tests.sources.archives.samples import page


def run(words: list[str], data: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    return command.run(words, folder, {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100"}, stdin=data)


def packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("ferry.html", page("Ferry runs late"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (page("Ferry runs late").encode(), "stdin (html)"),
        (b"---\ntitle: Ferry runs late\n---\nAt nine.\n", "stdin (markdown)"),
        (packed(), "stdin!/ferry.html (html)"),
    ],
)
def test_what_comes_in_is_read_by_its_form(tmp_path: Path, data: bytes, name: str) -> None:
    done = run(["show", "-"], data, tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("Ferry runs late\n")
    assert f"read from:  {name}" in done.stdout


def test_it_stands_beside_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A bench for the pier\n\nIt was given by friends.\n")
    done = run(["list", "a.txt", "-", "--undated"], b"Bread is dearer\n\nBy a penny.\n", tmp_path)
    assert [line.split("  ")[-1].strip() for line in done.stdout.splitlines()] == [
        "A bench for the pier",
        "Bread is dearer",
    ]
    done = run(
        ["export", "-", "-f", "txt", "-o", "out", "--undated"], b"Bread is dearer\n\nBy a penny.\n", tmp_path
    )
    assert done.returncode == 0
    assert "Bread is dearer" in (tmp_path / "out" / "digest.txt").read_text("utf-8")


def test_it_sees_no_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    done = run(
        ["show", "-", "--reader", "markdown"],
        b"# Boats\n\n![](a.png)\n\n![](stdin)\n\nThey sail.\n",
        tmp_path,
    )
    assert "image-missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_comes_in(tmp_path: Path) -> None:
    done = run(["show", "-"], b"", tmp_path)
    assert done.returncode == 4
    assert "stdin: The file has no bytes or no text in it [file-empty]" in done.stderr
