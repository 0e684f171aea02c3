"""The documents tell what is so."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from exporter import resources
from exporter.backends import registry as backends
from exporter.backends.pdf import style
from exporter.cli import app
from exporter.diagnostics import BY_ID
from exporter.editions import options
from exporter.editions.compile import Brief, Edition, Entry
from exporter.editions.options import Settings
from exporter.errors import ExporterError, NothingToExport
from exporter.jobs import config
from exporter.readers import registry as readers
from exporter.readers.records import mapping
from exporter.readers.source import Source
from tests import command
from tests.packages import installed

ROOT = Path(__file__).parents[1]
READERS = ROOT / "docs" / "readers"


def diagnostics_page() -> str:
    lines = [
        "# Diagnostics",
        "",
        "What went wrong without ending the run. Warnings fail a run under `--strict`; notes do not.",
        "An id keeps its meaning. `--report FILE` writes all of a run's diagnostics as JSON.",
        "A momentary one is of the machine or the network, not of the file: try again.",
        "",
        "| id | | meaning | what to do |",
        "|---|---|---|---|",
    ]
    for id, kind in sorted(BY_ID.items()):
        severity = f"{kind.severity}, momentary" if kind.momentary else kind.severity
        lines.append(f"| `{id}` | {severity} | {kind.meaning} | {kind.remedy} |")
    return "\n".join(lines) + "\n"


def test_every_diagnostic_is_documented(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "diagnostics.md"
    if request.config.getoption("--rewrite-goldens"):
        page.write_text(diagnostics_page(), "utf-8")
    assert page.read_text("utf-8") == diagnostics_page()


def test_every_diagnostic_is_tested() -> None:
    tests = "".join(
        p.read_text("utf-8", "replace")
        for p in (ROOT / "tests").rglob("*")
        if p.suffix in (".py", ".txt", ".json")
    )
    assert [id for id in BY_ID if f'"{id}"' not in tests and f"[{id}]" not in tests] == []


def test_every_diagnostic_is_used() -> None:
    code = "".join(
        p.read_text("utf-8") for p in (ROOT / "exporter").rglob("*.py") if p.name != "diagnostics.py"
    )
    assert [id for id in BY_ID if f'"{id}"' not in code] == []


def test_the_readme_tells_every_exit_code() -> None:
    details = re.search(
        r"<!-- exit-codes -->(.*)<!-- /exit-codes -->", (ROOT / "README.md").read_text("utf-8")
    )
    assert details is not None
    codes = {int(code) for code in re.findall(r"(?:^|· )(\d+) ", details[1])}
    assert codes == {0, 130} | {kind.exit_code for kind in (ExporterError, *ExporterError.__subclasses__())}


def check_listed(page: Path, mark: str, details: str, rewrite: bool) -> None:
    """Whether a page has ``details`` between the comments ``mark`` and ``/mark``."""
    around = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.S)
    text = page.read_text("utf-8")
    assert around.search(text), f"{page.name} has no comment {mark}"
    expected = around.sub(lambda m: f"{m[1]}{details}\n{m[2]}", text)
    if rewrite:
        page.write_text(expected, "utf-8")
    assert page.read_text("utf-8") == expected


def test_every_reader_and_what_it_knows_is_documented(request: pytest.FixtureRequest) -> None:
    rewrite = bool(request.config.getoption("--rewrite-goldens"))
    table = ["| name | what it reads | an example |", "|---|---|---|"]
    for name, form in readers.TABLE.items():
        example = f"[`{form.example}`](../../input/{form.example})" if form.example else ""
        table.append(f"| `{name}` | {form.about} | {example} |")
    check_listed(READERS / "README.md", "readers", "\n".join(table), rewrite)
    for name in ("exports", "records"):
        shapes = "\n".join(f"- {shape}" for shape in get_reader(name).SHAPES)
        check_listed(READERS / f"{name}.md", "shapes", f"\n{shapes}\n", rewrite)
    fields = ", ".join(f"`{field}`" for field in mapping.FIELDS)
    check_listed(READERS / "records.md", "fields", fields, rewrite)


def get_reader(name: str) -> ModuleType:
    return import_module(readers.TABLE[name].module)


@contextmanager
def example(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The package that a page describes, installed as the page has it; gives the name of its entry point."""
    text = page.read_text("utf-8").partition(" of your own\n")[2]
    (code,) = re.findall(r"```python\n(.*?)```", text, re.S)
    (project,) = re.findall(r"```toml\n(.*?)```", text, re.S)
    ((group, points),) = tomllib.loads(project)["project"]["entry-points"].items()
    ((name, place),) = points.items()
    with installed(monkeypatch, folder, group, name, place, code):
        yield name


def test_the_example_of_a_reader_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with example(READERS / "README.md", tmp_path / "packages", monkeypatch) as name:
        (tmp_path / "a.log").write_text("LOGBOOK Monday\nAll is well.\n")
        (article,) = json.loads(command.run(["show", "a.log", "--json"], tmp_path).stdout)
        assert (article["title"], article["origin"]["reader"]) == ("Monday", name)
        assert article["blocks"][0]["content"][0]["text"] == "All is well."
        listed = command.run(["readers"], tmp_path).stdout
        assert re.search(rf"^{name} +Logbooks of ships$", listed, re.M)


def test_the_readmes_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert code is not None
    (tmp_path / "input").symlink_to(ROOT / "input")
    monkeypatch.chdir(tmp_path)
    exec(compile(code[1], "README.md", "exec"), {})
    assert (tmp_path / "july.epub").read_bytes().startswith(b"PK")


def test_the_librarys_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "library.md").read_text("utf-8"), re.S)
    assert code is not None
    (tmp_path / "input").symlink_to(ROOT / "input")
    monkeypatch.chdir(tmp_path)
    exec(compile(code[1], "library.md", "exec"), {})
    assert "ferry" in (tmp_path / "ferries.txt").read_text("utf-8").casefold()


def options_page() -> str:
    lines = [
        "# Options of an export",
        "",
        "Each option has a name on the command line, for `export`, `batch` or both, and a key for an edition",
        "in `exporter.toml` (see [the library](library.md)). Lists are lists there:",
        '`sources = ["A", "B"]`.',
    ]
    for section in (options.ARTICLES, options.LOOK, options.RUN):
        lines += ["", f"## {section}", "", "| option | key | default | |", "|---|---|---|---|"]
        for name, option in options.DEFINITIONS.items():
            if option.section != section:
                continue
            flags = ", ".join(f"`{flag}`" for flag in options.flags(name)) or "–"
            default = msgspec.to_builtins(getattr(options.ExportOptions(), name), enc_hook=str)
            shown = f"`{str(default).lower() if isinstance(default, bool) else default}`" if default else ""
            about, _, words = option.help.removesuffix("]").partition("  [default: ")
            shown = shown or words
            values = option.choices if isinstance(option.choices, tuple) else ()
            about += f" Values: {', '.join(f'`{value}`' for value in values)}." if values else ""
            about += f" Also `{option.environment}`." if option.environment else ""
            about += "" if len(option.commands) > 1 else f" Of `{option.commands[0]}` alone."
            lines.append(f"| {flags} | `{options.KEYS[name]}` | {shown} | {about} |")
    return "\n".join(lines) + "\n"


def test_every_option_is_documented(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "options.md"
    if request.config.getoption("--rewrite-goldens"):
        page.write_text(options_page(), "utf-8")
    assert page.read_text("utf-8") == options_page()


def test_the_librarys_settings_are_as_told(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "library.md").read_text("utf-8")
    for kind in (config.Config, config.Edition):
        for field in msgspec.structs.fields(kind):
            if field.name not in ("folder", "editions", *options.DEFINITIONS):
                assert f"`{field.encode_name}`" in page or f"\n{field.encode_name} = " in page, field.name
    example = re.search(r"```toml\n(.*?)```", page, re.S)
    assert example is not None
    (tmp_path / "exporter.toml").write_text(example[1], "utf-8")
    assert list(config.load(tmp_path / "exporter.toml").editions) == ["weekly", "archive"]


def test_every_command_is_documented() -> None:
    details = "".join(p.read_text("utf-8") for p in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    names = [command.name or "" for command in app.registered_commands]
    assert len(names) > 12
    assert [name for name in names if f"exporter {name}" not in details and f"`{name}" not in details] == []


def test_links_between_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
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
    details = dict(re.findall(r"^\| `([a-z.]+)` \| (as the CSS says|`.*?`) \|", page, re.M))
    said = {
        name: "as the CSS says" if value is None else f"`{json.dumps(value)}`"
        for name, value in settings(style.Style)
    }
    assert details == said


def test_every_format_is_documented(request: pytest.FixtureRequest) -> None:
    table = ["| `-f` | file | what it is | its options |", "|---|---|---|---|"]
    for name, row in backends.TABLE.items():
        flags = ", ".join(f"`{flag}`" for option in row.options for flag in options.flags(option)[:1])
        table.append(f"| `{name}` | `{row.suffix}` | {row.about} | {flags} |")
    rewrite = bool(request.config.getoption("--rewrite-goldens"))
    check_listed(ROOT / "docs" / "formats.md", "formats", "\n".join(table), rewrite)


def test_the_example_of_a_backend_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its format is listed, made and checked, made again only where something changed, and not read again."""
    with example(ROOT / "docs" / "formats.md", tmp_path / "packages", monkeypatch) as name:
        assert re.search(rf"^  {name} +Titles and addresses", command.run(["formats"], tmp_path).stdout, re.M)
        words = [str(ROOT / "input"), "-f", name]
        ran = command.run(["export", *words, "-q", "-o", "out", "--report", "report.json"], tmp_path)
        assert (ran.returncode, ran.stderr) == (0, "")
        (written,) = json.loads((tmp_path / "report.json").read_text())["written"]
        lines = (tmp_path / "out" / "digest.links.txt").read_text("utf-8").splitlines()
        assert lines[0] == "Links: News digest"
        assert written["briefs"] > 0
        assert len(written["places"]) == written["articles"] + written["briefs"] == len(lines) - 1
        batch = [command.run(["batch", *words, "-o", "months"], tmp_path).stderr for _ in range(2)]
        assert ["up to date: " in text for text in batch] == [False, True]
        again = command.run(["export", "out", "months", "-f", "txt", "-o", "again"], tmp_path)
        assert "× own-output" in again.stderr
        assert again.returncode == NothingToExport.exit_code


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("formats.md", backends.Format.__struct_fields__),
        ("formats.md", Settings.__struct_fields__),
        ("formats.md", (*Edition.__struct_fields__, "entries", "sources", "span")),
        ("formats.md", (*Entry.__struct_fields__, *Brief.__struct_fields__)),
        ("readers/README.md", readers.Form.__struct_fields__[1:3]),
        (
            "readers/README.md",
            [name for name in vars(Source(b"", "a")) if name[0] != "_" and name != "is_own"],
        ),
        ("readers/README.md", [name for name in vars(Source) if name[0] != "_"]),
    ],
    ids=["description", "settings", "edition", "entries", "form", "source", "properties"],
)
def test_every_field_that_a_reader_or_a_backend_has_is_documented(page: str, names: Sequence[str]) -> None:
    contract = (ROOT / "docs" / page).read_text("utf-8").partition(" of your own\n")[2]
    assert [name for name in names if not re.search(rf"\b{name}\b", contract)] == []


def test_every_style_is_documented() -> None:
    page = (ROOT / "docs" / "styles.md").read_text("utf-8")
    details = dict(re.findall(r"^\| `(\w+)` \| ([A-Z].*?) \|$", page, re.M))
    assert details == {name: style.load(name).about for name in resources.styles()}
