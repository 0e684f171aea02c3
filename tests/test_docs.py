"""The documents tell what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exporter.diagnostics import CATALOGUE
from exporter.errors import ExporterError

ROOT = Path(__file__).parents[1]


def catalogue() -> str:
    lines = [
        "# Diagnostics",
        "",
        "What went wrong without ending the run. Warnings fail a run under `--strict`; notes do not.",
        "An id keeps its meaning. `--report FILE` writes all of a run's diagnostics as JSON.",
        "",
        "| id | | meaning | what to do |",
        "|---|---|---|---|",
    ]
    for id, kind in sorted(CATALOGUE.items()):
        lines.append(f"| `{id}` | {kind.severity} | {kind.meaning} | {kind.remedy} |")
    return "\n".join(lines) + "\n"


def test_every_diagnostic_is_documented(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "diagnostics.md"
    if request.config.getoption("--rewrite-goldens"):
        page.write_text(catalogue(), "utf-8")
    assert page.read_text("utf-8") == catalogue()


def test_every_diagnostic_is_tested() -> None:
    tests = "".join(
        p.read_text("utf-8", "replace")
        for p in (ROOT / "tests").rglob("*")
        if p.suffix in (".py", ".txt", ".json")
    )
    assert [id for id in CATALOGUE if f'"{id}"' not in tests and f"[{id}]" not in tests] == []


def test_every_diagnostic_is_used() -> None:
    code = "".join(
        p.read_text("utf-8") for p in (ROOT / "exporter").rglob("*.py") if p.name != "diagnostics.py"
    )
    assert [id for id in CATALOGUE if f'"{id}"' not in code] == []


def test_the_readme_tells_every_exit_code() -> None:
    told = re.search(r"<!-- exit-codes -->(.*)<!-- /exit-codes -->", (ROOT / "README.md").read_text("utf-8"))
    assert told is not None
    codes = {int(code) for code in re.findall(r"(?:^|· )(\d+) ", told[1])}
    assert codes == {0, 130} | {kind.exit_code for kind in (ExporterError, *ExporterError.__subclasses__())}


def test_the_readmes_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert code is not None
    (tmp_path / "input").symlink_to(ROOT / "input")
    monkeypatch.chdir(tmp_path)
    exec(compile(code[1], "README.md", "exec"), {})
    assert (tmp_path / "july.epub").read_bytes().startswith(b"PK")


def test_links_between_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
