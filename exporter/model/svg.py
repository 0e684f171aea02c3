"""Converts SVG drawings to PNG: removes everything but shapes and text, then draws in a separate process.

A few bytes of SVG may ask for terabytes of memory, or for a file of this machine. Cleaning leaves only
shapes and text; the process that draws them runs under limits of time and memory.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from lxml import etree

from exporter.errors import is_momentary

MAX_BYTES = 4 * 1024 * 1024
SIDE = 1600
"""Maximum length of the longer side in pixels; smaller drawings are enlarged up to twice."""
SECONDS = 15
"""Time limit for drawing, in seconds of wall-clock time."""
WORK = 3
"""Time limit for drawing, in seconds of processor time."""
MEMORY = 1024**3
"""Memory limit for drawing, in bytes."""

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_KEPT = frozenset(
    f"{{{_SVG}}}{name}"
    for name in (
        *("svg", "g", "defs", "symbol", "use", "switch", "style", "title", "desc", "clipPath", "marker"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("text", "tspan", "textPath", "linearGradient", "radialGradient", "stop"),
    )
)
"""Elements that are kept (SVG 1.1, appendix L): no scripts, foreign objects, images or filters."""
_UNITS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "em": 16}
_NUMBER = re.compile(r"[+-]?\d*\.?\d+(?:e[+-]?\d+)?", re.I)
_LENGTH = re.compile(r"\s*+((?:\d++(?:\.\d++)?|\.\d++)(?:e[+-]?\d+)?)\s*+([a-z]*+)\s*+", re.I)
_FONTS = {"serif": "IBM Plex Serif", "sans": "IBM Plex Sans", "mono": "IBM Plex Mono"}


def drawn(data: bytes) -> bytes | None:
    """The drawing as PNG; None if it is invalid or cannot be drawn within the limits. Raises `OSError`
    for a failure of the machine."""
    cleaned = clean(data)
    if cleaned is None:
        return None
    try:
        done = subprocess.run(
            [sys.executable, "-m", "exporter.model.svg"],
            input=cleaned,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        if isinstance(error, OSError) and is_momentary(error):
            raise
        return None
    return done.stdout if done.returncode == 0 and done.stdout.startswith(b"\x89PNG") else None


def clean(data: bytes) -> bytes | None:
    """The SVG with only allowed elements and its size set in pixels; None if it is not a valid drawing."""
    if len(data) > MAX_BYTES:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if is_momentary(error):
            raise
        return None
    size = _size(root)
    if root.tag != f"{{{_SVG}}}svg" or size is None:
        return None
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag not in _KEPT:
            if element.getparent() is not None:
                _drop(element)
            continue
        for name in list(element.attrib):
            value = str(element.attrib[name])
            outward = name in ("href", _XLINK) and not value.startswith("#")
            if outward or str(name).lower().startswith("on") or ("url(" in value and "url(#" not in value):
                del element.attrib[name]
        if etree.QName(element).localname == "style" and re.search(r"@|url\(", element.text or ""):
            element.text = ""
    width, height = size
    root.set("viewBox", root.get("viewBox") or f"0 0 {width:g} {height:g}")
    scale = min(SIDE / max(width, height), 2)
    root.set("width", str(max(round(width * scale), 1)))
    root.set("height", str(max(round(height * scale), 1)))
    return etree.tostring(root.getroottree().getroot(), encoding="utf-8")


def _drop(element: etree._Element) -> None:
    """Remove an element, and keep the text after it."""
    parent, tail = element.getparent(), element.tail
    if parent is None:
        return
    before = element.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _size(root: etree._Element) -> tuple[float, float] | None:
    """Width and height in pixels, from the attributes or the view box (CSS 2, 10.3.2)."""
    sizes = [_pixels(root.get(name)) for name in ("width", "height")]
    box = [float(side) for side in _NUMBER.findall(root.get("viewBox") or "")]
    width, height = (box[2], box[3]) if len(box) == 4 else (0, 0)
    if sizes[0] and sizes[1]:
        width, height = sizes[0], sizes[1]
    elif sizes[0] and width:
        width, height = sizes[0], height * sizes[0] / width
    return (width, height) if 0 < width < 1e6 and 0 < height < 1e6 and 1e-3 < width / height < 1e3 else None


def _pixels(length: str | None) -> float:
    match = _LENGTH.fullmatch(length or "")
    return float(match[1]) * _UNITS.get(match[2].lower(), 0) if match else 0


def _draw() -> None:
    """Body of the separate process: SVG from standard input, PNG to standard output."""
    import fontpkg_ibm_plex_mono
    import fontpkg_ibm_plex_sans
    import fontpkg_ibm_plex_serif
    import resvg_py

    try:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (WORK, WORK))
    except (ImportError, ValueError, OSError):
        pass
    packages = (fontpkg_ibm_plex_serif, fontpkg_ibm_plex_sans, fontpkg_ibm_plex_mono)
    # Only the fonts that come with the program, so that a drawing is the same on every machine.
    png = resvg_py.svg_to_bytes(
        svg_string=sys.stdin.buffer.read().decode(),
        skip_system_fonts=True,
        font_dirs=[str(Path(package.ROOT) / "files") for package in packages],
        font_family=_FONTS["sans"],
        serif_family=_FONTS["serif"],
        sans_serif_family=_FONTS["sans"],
        monospace_family=_FONTS["mono"],
        background="#ffffff",
        dpi=96,
    )
    sys.stdout.buffer.write(bytes(png))


if __name__ == "__main__":
    _draw()
