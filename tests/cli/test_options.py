"""Each option of an export means the same however it is given: by flag, by key, by variable."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
import typer.main

from exporter.cli import _export, app
from exporter.editions.options import DEFINITIONS, KEYS, ExportOptions, flags
from exporter.errors import UsageError
from exporter.jobs import config
from tests.kitchen_sink import picture

GIVEN = {
    "first": "2021-07",
    "last": "2021-08",
    "sources": "Gazette",
    "tags": "sea",
    "languages": "ko",
    "search": "ferry",
    "zone": "Asia/Seoul",
    "formats": "txt",
    "style": "book",
    "paper": "A5",
    "look": "black",
    "image_max": "800",
    "cover": "cover.png",
    "width": "60",
    "title": "The week",
    "subtitle": "In July",
    "language": "de",
    "group": "month",
    "sort": "source",
    "split_count": "20",
    "split_size": "20MB",
    "name": "weekly",
    "output": "digests",
    "reader": "text",
    "map": "title=headline",
    "keep": "cards",
    "jobs": "2",
    "scheduler": "tcp://host:8786",
}
"""Options with a value, as it is written; all others are flags."""


def by_flag(name: str, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str] | None = None) -> object:
    """The option that ``export`` gets."""
    caught: list[ExportOptions] = []
    monkeypatch.setattr(_export, "_run", lambda query, *_: caught.append(query))
    for variable, value in (environment or {}).items():
        monkeypatch.setenv(variable, value)
    words = [] if environment else [flags(name)[-1], *([GIVEN[name]] if needs_value(name) else [])]
    if name == "with_pages":
        words += ["-f", "pdf", "-f", "epub"]
    typer.main.get_command(app).main(["export", *words], standalone_mode=False)
    return getattr(caught[0], name)


def needs_value(name: str) -> bool:
    return name in GIVEN and DEFINITIONS[name].sets is True


def by_key(name: str, folder: Path) -> object:
    """The option of an edition of ``exporter.toml``."""
    default = getattr(ExportOptions(), name)
    value: object = GIVEN.get(name, not default)
    if isinstance(default, int) and not isinstance(default, bool) and str(value).isdecimal():
        value = int(str(value))
    if isinstance(default, tuple) or name == "formats":
        value = [value]
    (folder / "exporter.toml").write_text(
        f'[editions.a]\nevery = "all"\n{KEYS[name]} = {json.dumps(value)}\n'
    )
    return getattr(config.load(folder / "exporter.toml").options("a"), name)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_flag_and_a_key_mean_the_same(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cover.png").write_bytes(picture(400, 600).data)
    key = by_key(name, tmp_path)
    assert key != getattr(ExportOptions(), name)
    if not flags(name):
        return
    flag = by_flag(name, monkeypatch)
    assert tmp_path / str(flag) == key if name == "output" else flag == key
    if variable := DEFINITIONS[name].environment:
        assert by_flag(name, monkeypatch, {variable: GIVEN[name]}) == key


@pytest.mark.parametrize("name", [name for name, option in DEFINITIONS.items() if option.choices])
def test_the_values_of_a_choice_complete(name: str) -> None:
    export = typer.main.get_command(app).commands["export"]  # type: ignore[attr-defined]
    parameter = next(p for p in export.params if p.name == name)
    offered = [
        item.value for item in parameter.shell_complete(click.Context(export), GIVEN.get(name, "")[:2])
    ]
    assert GIVEN[name] in offered


def test_a_number_out_of_range_is_refused_in_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "exporter.toml").write_text("[editions.a]\nwidth = 5\n")
    with pytest.raises(UsageError, match="width = 5 is out of range"):
        config.load(tmp_path / "exporter.toml")
