"""Chromium printing the very HTML and CSS that the layout engine gets."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporter.backends.pdf.assets import HtmlSection


def command() -> str | None:
    """The browser's command, or None where none is installed."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def write(sheet: HtmlSection, folder: Path) -> None:
    """The sheet as a page with its style, fonts and images beside it."""
    folder.mkdir(exist_ok=True)
    html, css = sheet.html, sheet.css
    for number, (address, resource) in enumerate(sheet.resources.items()):
        name = f"{number}{Path(address).suffix}"
        (folder / name).write_bytes(resource.read())
        html, css = html.replace(f'"{address}"', f'"{name}"'), css.replace(f'"{address}"', f'"{name}"')
    (folder / "print.css").write_text(css)
    linked = html.replace("</head>", '<link rel="stylesheet" href="print.css"></head>', 1)
    (folder / "index.html").write_text(linked)


def printing(folder: Path, to: Path) -> list[str]:
    """The command that prints the page in the folder to a PDF with tags and outline."""
    return [
        command() or "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-pdf-header-footer",
        "--generate-pdf-document-outline",
        f"--user-data-dir={folder / 'profile'}",
        f"--print-to-pdf={to}",
        (folder / "index.html").resolve().as_uri(),
    ]
