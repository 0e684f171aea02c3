"""House rules that a newcomer relies on: few modules at the top, one job per file, the names of the field."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "exporter"
MODULES = {path.relative_to(PACKAGE): path for path in sorted(PACKAGE.rglob("*.py"))}
MOST_AT_TOP = 9
SHORT, LONG = 40, 450
"""Lines under which a module needs a reason to be one, and over which it needs one not to be two."""
REASONS: dict[str, str] = {
    "__main__.py": "the entry point: handles signals before it imports the rest",
    "backends/common/templates.py": "the one place that knows Jinja2",
    "backends/pdf/pipeline.py": "the steps of the PDF backend in their order",
    "progress.py": "the interface to report progress, which every layer imports",
    "version.py": "the version, which lower layers import without the API",
}
"""Module → why it is so short or so long. An ``__init__`` that says what is in its package needs none."""
BANNED = frozenset(
    (
        # As variables these say that something was said, found or made, and not what.
        *("told", "found", "made", "tidy", "tidied", "wording", "walk", "astray", "asked"),
        # A private vocabulary, for which the field has words.
        *(
            "accession",
            "intake",
            "parcels",
            "crew",
            "desk",
            "bench",
            "kit",
            "shelf",
            "slip",
            "sieve",
            "forme",
        ),
        *(
            "typecase",
            "furniture",
            "imprint",
            "glance",
            "pressrun",
            "manuscript",
            "salvage",
            "tamed",
            "walls",
        ),
        *(
            "leftovers",
            "spoken",
            "prolog",
            "habits",
            "beside",
            "held",
            "story",
            "stories",
            "swapped",
            "alike",
        ),
    )
)


def identifiers(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """What a module names itself: variables, parameters, functions, classes, attributes, aliases."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(name, ast.Store()) | ast.Attribute(_, name, ast.Store()) | ast.arg(name):
                yield name, node.lineno
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
                yield name, node.lineno
            case ast.alias(name, asname):
                yield asname or name.rpartition(".")[2], node.lineno


@pytest.mark.parametrize("folder", ["exporter", "tests"])
def test_no_name_is_of_the_private_vocabulary(folder: str) -> None:
    paths = sorted((ROOT / folder).rglob("*.py"))
    refused = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in paths
        for name, line in identifiers(ast.parse(path.read_text("utf-8")))
        if name.strip("_").lower() in BANNED
    ]
    refused += [str(path.relative_to(ROOT)) for path in paths if path.stem.strip("_") in BANNED]
    assert not refused, "\n".join(refused)


def test_the_root_has_few_modules() -> None:
    assert len([path for path in MODULES if len(path.parts) == 1]) <= MOST_AT_TOP


def test_each_module_is_worth_a_file_and_has_one_job() -> None:
    lines = {path: len(MODULES[path].read_text("utf-8").splitlines()) for path in MODULES}
    odd = {
        path.as_posix(): count
        for path, count in lines.items()
        if count > LONG or (count < SHORT and path.name != "__init__.py")
    }
    assert set(odd) == set(REASONS), odd
    assert median(count for path, count in lines.items() if path.name != "__init__.py") > 120


def test_private_modules_are_imported_in_their_package_alone() -> None:
    outside = []
    for path, place in MODULES.items():
        package = ("exporter", *path.parent.parts)
        for node in ast.walk(ast.parse(place.read_text("utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                parts = name.split(".")
                at = next((n for n, part in enumerate(parts) if part[0] == "_" and part[:2] != "__"), None)
                is_module = at and (PACKAGE.joinpath(*parts[1 : at + 1]).with_suffix(".py")).exists()
                if is_module and tuple(parts[:at]) != package[:at]:
                    outside.append(f"{path}: {name}")
    assert not outside, "\n".join(sorted(set(outside)))
