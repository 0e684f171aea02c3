"""One font for each face in a file that is joined from parts with a subset of it each.

The layout engine keeps a glyph's number when it subsets a font, so a glyph of one part
is that of all others, and subsets can be united glyph by glyph.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from exporter.backends.pdf.page_fragment import Font
from exporter.backends.pdf.syntax import array, number, refer
from exporter.backends.pdf.writer import Writer

_COMPOSITE = b"\xff\xff"
"""Begins the data of a glyph that is made of others: -1 contours."""


def united(parts: Sequence[Font]) -> Font:
    """The font with all glyphs of its parts. The earlier part's word counts where two say
    differently which character a glyph is."""
    widths: dict[int, float] = {}
    characters: dict[str, str] = {}
    for font in reversed(parts):
        widths |= font.widths
        characters |= font.characters
    first = parts[0]
    left, bottom, _, top = first.box
    flags = first.flags
    for font in parts:
        flags &= font.flags  # of one width: only where it is in every part
    return first._replace(
        box=(left, bottom, max(font.box[2] for font in parts), top),
        flags=flags,
        widths=widths,
        characters=characters,
        program=_united_program(parts),
    )


def _united_program(parts: Sequence[Font]) -> bytes:
    """The compressed program with all glyphs, from few parts: the richest first."""
    has: set[int] = set()
    programs: list[tuple[bytes, Iterable[int]]] = []
    for font in sorted(parts, key=lambda font: -len(font.widths)):
        if font.widths.keys() - has:
            programs.append((zlib.decompress(font.program), sorted(font.widths.keys() - has)))
            has |= font.widths.keys()
    return parts[0].program if len(programs) == 1 == len(parts) else zlib.compress(_program(programs), 9)


def put(writer: Writer, font: Font) -> int:
    """Writes a font (ISO 32000-1, 9.7): its number."""
    length = b"/Filter/FlateDecode/Length1 %d" % len(zlib.decompress(font.program))
    program = writer.put_stream(font.program, length)
    mapping = writer.put_packed(_mapping(font.characters))
    box = array(map(number, font.box))
    descriptor = writer.put(
        b"<<%s/Flags %d/FontBBox%s/FontFile2 %s>>"
        % (font.descriptor.encode(), font.flags, box, refer(program))
    )
    inner = writer.put(
        b"<<%s/FontDescriptor %s/W %s>>" % (font.inner.encode(), refer(descriptor), _runs(font.widths))
    )
    return writer.put(
        b"<<%s/DescendantFonts[%s]/ToUnicode %s>>" % (font.outer.encode(), refer(inner), refer(mapping))
    )


def _runs(widths: dict[int, float]) -> bytes:
    """Glyphs' widths, those in a row together (9.7.4.3)."""
    runs: list[tuple[int, list[bytes]]] = []
    for glyph in sorted(widths):
        if not runs or glyph - 1 not in widths:
            runs.append((glyph, []))
        runs[-1][1].append(number(widths[glyph]))
    return array(b"%d %s" % (first, array(run)) for first, run in runs)


def _mapping(characters: dict[str, str]) -> bytes:
    """A CMap from glyph to characters (9.10.3)."""
    pairs = [f"<{glyph}> <{text}>" for glyph, text in sorted(characters.items())]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<0000> <ffff>",
        "endcodespacerange",
    ]
    for start in range(0, len(pairs), 100):
        batch = pairs[start : start + 100]
        lines += [f"{len(batch)} beginbfchar", *batch, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines).encode()


def _program(parts: Sequence[tuple[bytes, Iterable[int]]]) -> bytes:
    """The TrueType font with all glyphs of the parts: font file and the glyphs wanted of it."""
    fonts = [(_open(data), [f"g{n}" for n in wanted]) for data, wanted in parts]
    into = max((font for font, _ in fonts), key=lambda font: font["maxp"].numGlyphs)
    glyphs = [(name, _simple(font, name), font["hmtx"][name]) for font, names in fonts for name in names]
    for name, glyph, metrics in reversed(glyphs):
        into["glyf"].glyphs[name], into["hmtx"].metrics[name] = glyph, metrics
    most = into["maxp"]
    most.maxPoints = max(most.maxPoints, most.maxCompositePoints)
    most.maxContours = max(most.maxContours, most.maxCompositeContours)
    buffer = io.BytesIO()
    into.save(buffer)
    return buffer.getvalue()


def _simple(font: TTFont, name: str) -> Any:
    """The glyph's outline in one piece: the numbers of a composite's pieces differ from part to part."""
    table = font["glyf"]
    glyph = table.glyphs[name]
    if not getattr(glyph, "data", b"").startswith(_COMPOSITE):
        return glyph
    pieces, whole = DecomposingRecordingPen(font.getGlyphSet()), TTGlyphPen(None)
    font.getGlyphSet()[name].draw(pieces)
    pieces.replay(whole)
    simple = whole.glyph()
    simple.recalcBounds(table)
    return simple


def _open(data: bytes) -> TTFont:
    """The font with its glyphs named by their numbers, their outlines left as they are."""
    font = TTFont(io.BytesIO(data), lazy=True, recalcBBoxes=False, recalcTimestamp=False)
    font.setGlyphOrder([f"g{n}" for n in range(font["maxp"].numGlyphs)])
    return font
