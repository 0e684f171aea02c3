"""The wheel, away from the checkout, does what the checkout does."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests import command

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_templates_styles_and_licence_travel_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("templates", "styles"):
        for file in (ROOT / folder).rglob("*"):
            if file.is_file():
                assert f"exporter/_data/{file.relative_to(ROOT).as_posix()}" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "input/"))]


def test_it_exports_the_same_bytes_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    away = tmp_path / "away"
    away.mkdir()
    site = str(tmp_path / "site")
    code = (
        f"import sys; sys.path[:] = [p for p in sys.path if p and p != {str(ROOT)!r}] \n"
        f"sys.path.insert(0, {site!r}) \n"
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f).lower()] \n"
        f"import exporter; assert exporter.__file__.startswith({site!r}), exporter.__file__ \n"
        "from exporter.cli import main; main()"
    )
    regatta = str(ROOT / "input" / "copied" / "harbour-gazette-regatta.txt")
    words = ["export", regatta, "--no-cache", "-o"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("EXPORTER_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "wheel"],
        cwd=away, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert command.run([*words, "checkout"], away).returncode == 0
    wheels, checkouts = (
        {p.name: p.read_bytes() for p in (away / name).iterdir()} for name in ("wheel", "checkout")
    )
    assert set(wheels) == {"digest.pdf", "digest.epub", "digest.txt"}
    assert wheels == checkouts
