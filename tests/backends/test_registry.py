"""Each format's row is true: its options, its packages; and a backend of another package that is broken."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from exporter.backends import registry
from exporter.backends.registry import TABLE, is_own_output, render_checked
from exporter.diagnostics import Report
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.options import DEFINITIONS, Settings, flags
from exporter.errors import IncompleteError, UsageError
from exporter.model import build, images
from exporter.model.article import Asset
from tests import command
from tests.backends.samples import article
from tests.packages import installed

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def edition() -> Edition:
    picture = picture_of(40)
    blocks = (*build.paragraph([f"The quay is open — “{'long words ' * 12}”."]), *build.figure(picture.id))
    return compile_edition([article("The quay", blocks, assets=(picture,))])


def picture_of(width: int) -> Asset:
    file = io.BytesIO()
    Image.radial_gradient("L").resize((width, width)).save(file, "PNG")
    asset = images.asset(file.getvalue(), "quay.png", "", Report())
    assert asset
    return asset


OTHER: dict[str, object] = {
    "style": "book",
    "paper": "A5",
    "look": "black",
    "image_max": 20,
    "cover": True,
    "with_pages": True,
    "embed_fonts": True,
    "width": 40,
    "ascii": True,
    "flowed": True,
    "archival": True,
}
"""Another value than the default of each option that backends get."""


def test_every_option_of_backends_is_tested() -> None:
    fields = set(Settings.__struct_fields__) & DEFINITIONS.keys()
    assert fields - OTHER.keys() == {"cache"}, "which changes no file"


SLOW = {"pdf": pytest.mark.conformance, "epub": pytest.mark.conformance}


@pytest.mark.parametrize("format", [pytest.param(name, marks=SLOW.get(name, ())) for name in TABLE])
def test_the_options_that_change_a_format_are_those_that_it_declares(edition: Edition, format: str) -> None:
    def rendered(*names: str) -> bytes:
        values = {name: OTHER[name] for name in names}
        if "cover" in values:
            values["cover"] = picture_of(30)
        return render_checked(edition, format, replace(Settings(cache=True), **values)).data

    declared = TABLE[format].options
    default = rendered()
    assert rendered(*(OTHER.keys() - declared)) == default
    assert [name for name in declared if rendered(name) == default] == []


def imported(module: str, seen: set[str]) -> Iterator[str]:
    """The packages that a module imports, or one that it imports of the backends or of images."""
    path = ROOT / Path(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if module in seen or not path.exists():
        return
    seen.add(module)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            if name.startswith(("exporter.backends.", "exporter.model.images", "exporter.model.svg")):
                if not name.startswith("exporter.backends.registry"):
                    yield from imported(name, seen)
            elif not name.startswith("exporter"):
                yield name.partition(".")[0]


@pytest.mark.parametrize("format", TABLE)
def test_every_package_that_a_backend_imports_is_declared(format: str) -> None:
    distributions = packages_distributions()
    names = {
        re.sub(r"[_.]", "-", distribution.lower())
        for package in imported(TABLE[format].module, set())
        if package not in sys.stdlib_module_names
        for distribution in distributions[package]
    }
    assert "exporter" not in names
    without_effect = {"msgspec", "platformdirs"}  # structs; where the cache is
    assert names - without_effect - set(TABLE[format].packages) == set()


def test_every_declared_package_is_installed() -> None:
    assert [
        (format, name) for format in TABLE for name, v in registry.versions(format).items() if v == "none"
    ] == []


def test_declared_options_have_a_name_on_the_command_line() -> None:
    assert all(flags(name) for row in TABLE.values() for name in row.options)


def test_formats_are_listed_without_their_engines() -> None:
    code = (
        "import sys; from exporter.__main__ import main\n"
        "try: main()\n"
        "finally: print(sorted(set(sys.modules) & ENGINES), file=sys.stderr)"
    )
    packages = {p for p, d in packages_distributions().items() if d[0].lower() in TABLE["pdf"].packages}
    engines = sorted((packages | {"ebooklib"}) - {"wcwidth", "msgspec"})  # `wcwidth` sets columns
    words = [sys.executable, "-c", code.replace("ENGINES", repr(set(engines))), "formats"]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stderr.splitlines()[-1] == "[]"
    assert "BibLaTeX" in ran.stdout


# -- Backends of other packages ------------------------------------------------------------

WHOLE = """
from exporter.backends.registry import Format
FORMAT = Format(
    suffix=".odd", media_type="text/x-odd", about="Odd", signs=(b"The",), recognised_by="odd:is_own"
)
def render(edition, settings, report): return b"x"
def locate(data, edition): return {}
def is_own(name, head, content): raise KeyError(name)
"""
BACKENDS = {
    "without a module": ("", "No module named 'odd'"),
    "without what it needs": ("import nothing_like_it", "No module named 'nothing_like_it'"),
    "without a description": (WHOLE.replace("FORMAT =", "OTHER ="), "no valid FORMAT"),
    "with another description": (WHOLE.replace("FORMAT = Format", "FORMAT = dict"), "no valid FORMAT"),
    "without a function": (WHOLE.replace("def locate", "def inspect"), "no valid locate"),
    "with a recogniser that fails": (WHOLE, ""),
    "without a recogniser": (WHOLE.replace("odd:is_own", "odd:other"), ""),
}
"""Backends that do not fulfil the contract, and what is reported where one is used."""


@pytest.mark.parametrize(("code", "message"), BACKENDS.values(), ids=BACKENDS)
def test_a_broken_backend_of_another_package_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    with installed(monkeypatch, tmp_path / "packages", "exporter.backends", "odd", "odd", code):
        (tmp_path / "quay.txt").write_text("The quay\n\nThe quay is open.\n")
        assert not is_own_output("quay.txt", b"The quay", lambda: io.BytesIO())
        assert command.run(["list", "quay.txt", "--undated"], tmp_path).returncode == 0
        ran = command.run(["export", "quay.txt", "--undated", "-f", "odd", "-o", "out"], tmp_path)
        assert ran.returncode == (UsageError if message else IncompleteError).exit_code
        assert message in ran.stderr
        assert message in command.run(["formats"], tmp_path).stderr
