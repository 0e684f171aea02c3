"""The wheel, away from the checkout, does what the checkout does."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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
    code = (
        "import sys; sys.path[:] = [p for p in sys.path if p and p != {root!r}] \n"
        "sys.path.insert(0, {site!r}) \n"
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f).lower()] \n"
        "import exporter; assert exporter.__file__.startswith({site!r}), exporter.__file__ \n"
        "from exporter.cli import main; main()"
    )
    found = {}
    for name, site in (("wheel", tmp_path / "site"), ("checkout", ROOT)):
        words = code.format(root=str(ROOT) if name == "wheel" else "/nowhere", site=str(site))
        command = [
            sys.executable,
            "-c",
            words,
            "export",
            str(ROOT / "input" / "copied" / "harbour-gazette-regatta.txt"),
            "-o",
            name,
            "--no-cache",
        ]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("EXPORTER_HOME")}
        done = subprocess.run(command, cwd=away, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found[name] = {p.name: p.read_bytes() for p in (away / name).iterdir()}
    assert set(found["wheel"]) == {"digest.pdf", "digest.epub", "digest.txt"}
    assert found["wheel"] == found["checkout"]
