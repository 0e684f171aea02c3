"""Jinja2 templates, found in the user's folder before the program's own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from exporter import resources


@cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


@cache
def _template(folders: tuple[Path, ...], name: str) -> Template:
    return _environment(folders).get_template(name)


def fill(template: str, /, **values: object) -> Markup:
    """The template of that name, such as ``epub/article.xhtml``, filled in. Every value
    is escaped unless it is `Markup`; a name that the template misses is an error."""
    return Markup(_template(resources.template_folders(), template).render(values))
