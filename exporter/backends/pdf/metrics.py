"""Fonts as they are served: without variations, and every one as high as all others.

The engine makes a line higher where fonts of unlike ascent meet in it, as with a Korean
name in English text; then lines would leave the grid that they share with the next page.
"""

from __future__ import annotations

import io
import struct
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

ASCENT, DESCENT = 1025, 275
"""The heights of every font above and below the baseline, in thousandths of its size: those of IBM Plex."""

_VARIATION = ("fvar", "gvar", "avar", "cvar", "HVAR", "VVAR", "MVAR", "STAT")


@cache
def served(path: Path) -> bytes:
    """The font file's default instance with the heights of all fonts; an unreadable one as it is."""
    data = path.read_bytes()
    try:
        with TTFont(io.BytesIO(data), lazy=True, fontNumber=0) as font:
            is_variable = "fvar" in font
        return _levelled(_static(data) if is_variable else data)
    except Exception:  # the engine says what it thinks of a broken font
        return data


def _static(data: bytes) -> bytes:
    with TTFont(io.BytesIO(data), recalcTimestamp=False, recalcBBoxes=False, lazy=True) as font:
        for tag in _VARIATION:
            if tag in font:
                del font[tag]
        buffer = io.BytesIO()
        font.save(buffer)
    return buffer.getvalue()


def _levelled(data: bytes) -> bytes:
    """The font with other heights in its tables ``hhea`` and ``OS/2``, all else byte for byte."""
    changed = bytearray(data)
    with TTFont(io.BytesIO(data), lazy=True, fontNumber=0) as font:
        units = font["head"].unitsPerEm
        up, down = round(ASCENT * units / 1000), round(DESCENT * units / 1000)
        tables = font.reader.tables
        struct.pack_into(">hhh", changed, tables["hhea"].offset + 4, up, -down, 0)
        if "OS/2" in tables:
            struct.pack_into(">hhhHH", changed, tables["OS/2"].offset + 68, up, -down, 0, up, down)
    return bytes(changed)
