"""Values of options that are given as text: places, sizes, images."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from exporter.diagnostics import Report
from exporter.errors import UsageError
from exporter.model import images
from exporter.model.article import Asset
from exporter.sources import remote

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMgG]?)[bB]?")
_UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}


def size(text: str) -> int:
    """Bytes from ``20MB``, ``800 kB`` or a number. Raises `UsageError`."""
    match = _SIZE.fullmatch(text.strip())
    count = int(float(match[1]) * _UNITS[match[2].lower()]) if match else 0
    if not count:
        raise UsageError(f"{text!r} is no size", "Give one such as 20MB or 800kB.")
    return count


def image(path: str) -> Asset:
    """The image in a file. Raises `UsageError` for a file that is not an image that can be used."""
    file, report = Path(path), Report()
    try:
        with file.open("rb") as opened:  # no more of it than shows that it is too large
            data = opened.read(images.MAX_BYTES + 1)
        asset = images.asset(data, file.name, str(file), report)
    except OSError as error:
        raise UsageError(f"cannot read the cover {file}: {error.strerror}", "Check its path.") from None
    if asset is None:
        finding = report.findings[0]
        raise UsageError(f"the cover cannot be used: {finding}", finding.kind.remedy)
    return asset


READ: dict[str, Callable[[str], object]] = {"place": remote.place, "size": size, "image": image}
"""Kind of an option (`exporter.editions.options.Option`) → what reads its text."""
