"""Options of the command line: those of an export, made from their definitions, and those of commands."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints
from zoneinfo import available_timezones

import msgspec
import typer

from exporter import resources
from exporter.backends import registry as backends
from exporter.cli import _console
from exporter.editions import options
from exporter.editions.options import DEFINITIONS, RUN, TYPES, ExportOptions
from exporter.errors import UsageError, unknown
from exporter.jobs.values import READ
from exporter.model import build
from exporter.model.article import Asset
from exporter.readers import registry as readers
from exporter.sources import remote

CHOICES: dict[str, Callable[[], Iterable[str]]] = {
    "formats": backends.names,
    "styles": resources.styles,
    "readers": readers.names,
    "rules": readers.rules,
    "zones": available_timezones,
}
"""Lists of values that are known at run time alone."""


def _choices(name: str) -> list[str]:
    choices = DEFINITIONS[name].choices
    return sorted(CHOICES[choices]()) if isinstance(choices, str) else list(choices)


def _parameter(name: str) -> Any:
    """The Typer parameter of an option: its type with the `typer.Option`, and its default."""
    option, kind, default = DEFINITIONS[name], TYPES[name], getattr(ExportOptions(), name)
    plain: Any = str
    if Asset in get_args(kind) or kind is Path:
        plain = Path
    elif kind in (bool, int):
        plain = str if option.kind == "size" else kind
    if option.sets is not True:  # a flag that stores a value
        plain, default = bool, False
    if kind in (tuple[str, ...], tuple[str, ...] | None):
        plain, default = list[str] | None, None
    elif default is None or option.kind == "size":
        plain, default = plain | None, default or None
    more: dict[str, Any] = {}
    if option.kind == "place":
        more["parser"] = READ["place"]
    if option.choices:
        more["autocompletion"] = lambda incomplete: [c for c in _choices(name) if c.startswith(incomplete)]
    if option.metavar:
        more["metavar"] = option.metavar
    if option.environment:
        more["envvar"] = option.environment
    declared = typer.Option(
        *options.flags(name),
        help=option.help,
        rich_help_panel=option.section,
        min=None if option.kind else option.least,
        max=option.most,
        **more,
    )
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[plain, declared]
    )


def with_options(*wanted: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command a parameter for each of these options of an export, or for all that the command of
    that name has. It gets them as its first argument, `ExportOptions`. In its help ``library`` is between
    the output and the options of reading, and the command's other options are around them all."""
    names = [
        name
        for name, option in DEFINITIONS.items()
        if options.flags(name) and not {name, *option.commands}.isdisjoint(wanted)
    ]
    order = list(DEFINITIONS)
    before = sum(order.index(name) < order.index("reader") for name in names)

    def decorate(run: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(run, include_extras=True)
        own = [
            p.replace(annotation=hints[p.name], kind=inspect.Parameter.KEYWORD_ONLY)
            for p in list(inspect.signature(run).parameters.values())[1:]
        ]
        at = next(n for n, parameter in enumerate(own) if parameter.name == "library")
        parameters = list(map(_parameter, names))
        parameters = [*own[:at], *parameters[:before], own[at], *parameters[before:], *own[at + 1 :]]

        @wraps(run)
        def command(**values: Any) -> None:
            given = {name: values.pop(name) for name in names if name in values}
            run(export_options(given), **values)

        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return command

    return decorate


def export_options(given: Mapping[str, Any]) -> ExportOptions:
    """The options of an export as the command line gives them, each checked. Raises `UsageError`."""
    values = {name: _value(name, value) for name, value in given.items() if value is not None}
    options = ExportOptions(**values)
    resources.style(options.style)
    formats = backends.USUAL if options.formats is None else tuple(dict.fromkeys(options.formats))
    for format in formats:
        known("format", format, backends.names())
    paged = {name: backends.describe(name).page_labels_from for name in formats}
    if options.with_pages and not any(other in formats for other in paged.values()):
        raise UsageError("--with-pages tells in an EPUB the pages of a PDF", "Add -f pdf -f epub.")
    return msgspec.structs.replace(
        options,
        formats=formats,
        title=build.one_line(options.title) or ExportOptions().title,
        subtitle=build.one_line(options.subtitle),
    )


def _value(name: str, value: Any) -> Any:
    """A value of the command line as the field of that name has it. Raises `UsageError`."""
    option, default = DEFINITIONS[name], getattr(ExportOptions(), name)
    if option.sets is not True:
        return option.sets if value else default
    if isinstance(value, list):
        return tuple(value)
    if option.kind in ("size", "image"):
        return READ[option.kind](str(value))
    if isinstance(option.choices, tuple) and option.choices:
        return known(option.noun, value, option.choices)
    return value


def known(noun: str, name: str, choices: Iterable[str]) -> str:
    """The choice of that name, whatever its case. Raises `UsageError` for an unknown one."""
    by_name = {choice.casefold(): choice for choice in choices}
    if name.casefold() not in by_name:
        raise unknown(noun, name, by_name.values())
    return by_name[name.casefold()]


Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATHS",
        parser=remote.place,
        help="Files and folders, or s3://bucket/folder; - is standard input.  [default: input/, if there]",
    ),
]
LibraryFolder = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="FOLDER",
        parser=remote.local,
        envvar="EXPORTER_LIBRARY",
        rich_help_panel=RUN,
        help="The library to keep articles in, or to take them from.",
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        rich_help_panel=RUN,
        help="The file of editions.  [default: exporter.toml here, else the user's]",
    ),
]
Force = Annotated[bool, typer.Option("--force", rich_help_panel=RUN, help="Make what is up to date, too.")]
Prune = Annotated[
    bool,
    typer.Option(
        "--prune",
        rich_help_panel=RUN,
        help="Remove what was made under this name and no window makes any more.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", rich_help_panel=RUN, help="Only tell what would be made, and why.")
]


def _as_json(wanted: bool) -> bool:
    _console.as_json.on = wanted
    return wanted


LogJson = Annotated[
    bool,
    typer.Option(
        "--log-json",
        callback=_as_json,
        is_eager=True,
        rich_help_panel=RUN,
        help="Tell progress, warnings and errors as lines of JSON on standard error.",
    ),
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", rich_help_panel=RUN, help="Say nothing but errors.")]
ReportFile = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="FILE",
        rich_help_panel=RUN,
        help="Write what was read, left out, lost and why, as JSON.",
    ),
]


def reading(options: ExportOptions) -> str | None:
    """The reader that ``--reader`` and ``--map`` ask for. Raises `UsageError` for both together."""
    if not options.map:
        return options.reader
    if options.reader not in (None, "records"):
        raise UsageError(
            f"--map is for records, not for {options.reader}", "Leave one of --reader and --map out."
        )
    return f"records:{','.join(options.map)}"
