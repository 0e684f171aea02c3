"""Fonts as they are served: without variations, all with the same heights and baselines.

The engine makes a line higher where fonts of different ascent meet in it, as with a Korean name in
English text. It also does so where fonts differ in the baseline of a script, as with Korean words and
a full stop of the Latin font: HarfBuzz takes that from the table ``BASE``, or else guesses it from the
outlines. Then lines would leave the grid that they share with the next page.
"""

from __future__ import annotations

import io
import struct
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, getSearchRange

ASCENT, DESCENT = 1025, 275
"""The heights of every font above and below the baseline, in thousandths of its size: those of IBM Plex."""

LEVEL = f"{ASCENT}-{DESCENT}-0"
"""What fonts have in common as they are served: their heights and baselines."""

_BASELINE_TAGS = (b"Icfc", b"Idce", b"hang", b"icfb", b"icft", b"ideo", b"idtp", b"math", b"romn")
"""All that HarfBuzz asks for."""

_BASELINES = b"".join(
    (
        struct.pack(">4H", 1, 0, 8, 0),  # version, offset of the horizontal axis, no vertical one
        struct.pack(">2H", 4, 42),  # axis: offsets of the two lists from here
        struct.pack(">H36s", 9, b"".join(_BASELINE_TAGS)),
        struct.pack(">H4sH", 1, b"DFLT", 8),  # one script that stands for all
        struct.pack(">3H", 6, 0, 0),  # script: offset of its values
        struct.pack(">11H", 8, 9, *[22] * 9),  # values: the default is romn; all are the same
        struct.pack(">Hhxx", 1, 0),  # a coordinate: 0
    )
)
"""A table ``BASE`` in which every baseline of every script is that of the letters."""

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
    """The font, or every one of a collection, with other heights and baselines, all else byte for byte.

    Tables: OpenType 1.9.1, "Organization of an OpenType Font", "hhea", "OS/2", "BASE".
    """
    is_collection = data.startswith(b"ttcf")
    count = int.from_bytes(data[8:12]) if is_collection else 1
    changed = bytearray(data + bytes(-len(data) % 4))
    baselines = len(changed)
    changed += _BASELINES
    for number, start in enumerate(struct.unpack_from(f">{count}L", data, 12) if is_collection else (0,)):
        (size,) = struct.unpack_from(">H", data, start + 4)
        end = start + 12 + 16 * size
        tables = {tag: place for tag, *place in struct.iter_unpack(">4s3L", data[start + 12 : end])}
        _set_heights(changed, {tag: offset for tag, (_, offset, _) in tables.items()})
        tables[b"BASE"] = [0, baselines, len(_BASELINES)]
        header = struct.pack(">4s4H", data[start : start + 4], len(tables), *getSearchRange(len(tables), 16))
        if is_collection:  # the font's directory may be anywhere
            struct.pack_into(">L", changed, 12 + 4 * number, len(changed))
            changed += header + _directory(tables)
        else:
            shift = 16 * (len(tables) - size)
            changed = bytearray(header + _directory(tables, shift)) + changed[end:]
    return bytes(changed)


def _set_heights(font: bytearray, offsets: dict[bytes, int]) -> None:
    (units,) = struct.unpack_from(">H", font, offsets[b"head"] + 18)
    up, down = round(ASCENT * units / 1000), round(DESCENT * units / 1000)
    struct.pack_into(">hhh", font, offsets[b"hhea"] + 4, up, -down, 0)
    if b"OS/2" in offsets:
        struct.pack_into(">hhhHH", font, offsets[b"OS/2"] + 68, up, -down, 0, up, down)


def _directory(tables: dict[bytes, list[int]], shift: int = 0) -> bytes:
    return b"".join(
        struct.pack(">4s3L", tag, checksum, offset + shift, length)
        for tag, (checksum, offset, length) in sorted(tables.items())
    )
