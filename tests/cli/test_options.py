"""Each option of an export means the same however it is given: by flag, by key, by variable."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import get_origin

import click
import pytest
import typer.main

from exporter.cli import _export, app
from exporter.cli._options import CHOICES
from exporter.editions.options import DEFINITIONS, KEYS, TYPES, ExportOptions, flags
from exporter.errors import UsageError
from exporter.jobs import config
from tests.kitchen_sink import picture

EXAMPLES = {"first": "2021-07", "last": "2021-08", "map": "title=headline"}
"""Texts of options whose form no definition has."""
OF_KIND = {"size": "20MB", "image": "cover.png", "place": "digests"}
DEFAULTS = ExportOptions()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with an image for the cover."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cover.png").write_bytes(picture(400, 600).data)
    return tmp_path


def is_flag(name: str) -> bool:
    return TYPES[name] is bool or DEFINITIONS[name].sets is not True


def example(name: str) -> str:
    """A value of the option as it is written, other than its default."""
    option, default = DEFINITIONS[name], getattr(DEFAULTS, name)
    if option.choices:
        choices = CHOICES[option.choices]() if isinstance(option.choices, str) else option.choices
        return next(choice for choice in sorted(choices) if choice != default)
    if option.kind:
        return OF_KIND[option.kind]
    return str(default + 1) if TYPES[name] is int else EXAMPLES.get(name, "ferry")


def by_flag(name: str, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str] | None = None) -> object:
    """The option that ``export`` gets."""
    caught: list[ExportOptions] = []
    monkeypatch.setattr(_export, "_run", lambda options, *_: caught.append(options))
    for variable, value in (environment or {}).items():
        monkeypatch.setenv(variable, value)
    words = [] if environment else [flags(name)[-1], *([] if is_flag(name) else [example(name)])]
    if name == "with_pages":
        words += ["-f", "pdf", "-f", "epub"]
    typer.main.get_command(app).main(["export", *words], standalone_mode=False)
    return getattr(caught[0], name)


def by_key(names: Iterable[str], folder: Path) -> config.Edition:
    """An edition of ``exporter.toml`` with these options."""
    lines = ["[editions.a]", 'every = "all"']
    for name in names:
        value: object = DEFINITIONS[name].sets if is_flag(name) else example(name)
        if TYPES[name] is int and not DEFINITIONS[name].kind:
            value = int(str(value))
        is_list = get_origin(TYPES[name]) is tuple or name == "formats"
        lines.append(f"{KEYS[name]} = {json.dumps([value] if is_list else value)}")
    (folder / "exporter.toml").write_text("\n".join(lines))
    return config.load(folder / "exporter.toml").options("a")


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_flag_and_a_key_mean_the_same(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = getattr(by_key([name], folder), name)
    assert key != getattr(DEFAULTS, name)
    if not flags(name):
        return
    flag = by_flag(name, monkeypatch)
    assert folder / str(flag) == key if name == "output" else flag == key
    if variable := DEFINITIONS[name].environment:
        assert by_flag(name, monkeypatch, {variable: example(name)}) == key


def test_a_file_may_have_every_key(folder: Path) -> None:
    options = by_key(DEFINITIONS, folder)
    assert [name for name in DEFINITIONS if getattr(options, name) == getattr(DEFAULTS, name)] == []
    assert options.selection.words == options.search
    assert options.settings.look == "black"
    changed = {name for name, value in options.fingerprint.items() if value != DEFAULTS.fingerprint[name]}
    assert changed == {option.fingerprint for option in DEFINITIONS.values()} - {""}


@pytest.mark.parametrize("command", ["export", "batch"])
@pytest.mark.parametrize("name", [name for name, option in DEFINITIONS.items() if option.choices])
def test_the_values_of_a_choice_complete(command: str, name: str) -> None:
    wanted = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]
    parameter = next((p for p in wanted.params if p.name == name), None)
    if parameter is None:
        assert command not in DEFINITIONS[name].commands
        return
    offered = [item.value for item in parameter.shell_complete(click.Context(wanted), example(name)[:2])]
    assert example(name) in offered


@pytest.mark.parametrize("line", ["width = 5", "split-size = -5", "jobs = -1"])
def test_a_number_out_of_range_is_refused_in_a_file_too(folder: Path, line: str) -> None:
    (folder / "exporter.toml").write_text(f"[editions.a]\n{line}\n")
    with pytest.raises(UsageError, match=f"{line} is out of range"):
        config.load(folder / "exporter.toml")
