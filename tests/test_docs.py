"""The documents tell what is so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from exporter import backends, resources
from exporter.backends.pdf import style
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


def test_every_setting_of_a_style_is_documented() -> None:
    def settings(kind: type[msgspec.Struct], before: str = "") -> Iterator[tuple[str, object]]:
        for field in msgspec.structs.fields(kind):
            if isinstance(field.default, msgspec.Struct):
                yield from settings(type(field.default), f"{before}{field.name}.")
            else:
                yield before + field.name, field.default

    page = (ROOT / "docs" / "styles.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `([a-z.]+)` \| (as the CSS says|`.*?`) \|", page, re.M))
    said = {
        name: "as the CSS says" if value is None else f"`{json.dumps(value)}`"
        for name, value in settings(style.Style)
    }
    assert told == said


def test_every_format_is_documented() -> None:
    page = (ROOT / "docs" / "formats.md").read_text("utf-8")
    told = re.findall(r"^\| `(\w+)` \| `([.a-z]+)` \| (.*?) \|$", page, re.M)
    assert told == [(name, backends.get(name).SUFFIX, about) for name, (_, about) in backends.TABLE.items()]


def test_every_style_is_documented() -> None:
    page = (ROOT / "docs" / "styles.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| ([A-Z].*?) \|$", page, re.M))
    assert told == {name: style.load(name).about for name in resources.styles()}
