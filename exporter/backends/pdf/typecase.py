"""One font for each face in a file that was joined from parts with a subset of it each.

The layout engine keeps a glyph's number when it subsets a font, so a glyph of one part
is that of all others, and subsets can be united glyph by glyph.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pikepdf import Array, Name, Object, Pdf

_COMPOSITE = b"\xff\xff"
"""Begins the data of a glyph that is made of others: -1 contours."""
_PAIR = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")


def share(pdf: Pdf, cases: Iterable[Object]) -> None:
    """Unites, in dictionaries of fonts, those of one name. The earlier part's word counts
    where two say differently which character a glyph is."""
    unique = {case.objgen: case for case in cases}
    by_name: dict[str, dict[tuple[int, int], Object]] = {}
    for case in unique.values():
        for name, font in case.items():
            if _unites(font):
                by_name.setdefault(name, {})[font.objgen] = font
    for name, fonts in by_name.items():
        if len(fonts) > 1:
            united = _unite(pdf, list(fonts.values()))
            for case in unique.values():
                if name in case and case[name].objgen in fonts:
                    case[name] = united


def _unites(font: Object) -> bool:
    """Whether it is a font with TrueType outlines whose codes are glyph numbers."""
    if font.get("/Subtype") != Name.Type0 or font.Encoding != Name("/Identity-H"):
        return False
    return "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def _unite(pdf: Pdf, fonts: Sequence[Object]) -> Object:
    widths: dict[int, Object] = {}
    characters: dict[bytes, bytes] = {}
    programs = []
    for font in fonts:
        own = _widths(font)
        if own.keys() - widths.keys():
            programs.append((font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes(), own))
        widths = {**own, **widths}
        mapping = font.ToUnicode.read_bytes().partition(b"endcodespacerange")[2]
        characters = {**dict(_PAIR.findall(mapping)), **characters}
    united = fonts[0]
    inner = united.DescendantFonts[0]
    descriptor = inner.FontDescriptor
    program = _program(programs)
    descriptor.FontFile2 = pdf.make_stream(program, Length1=len(program))
    descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts]
    left, bottom, _, top = descriptor.FontBBox
    descriptor.FontBBox = Array([left, bottom, max(d.FontBBox[2] for d in descriptors), top])
    flags = int(descriptor.Flags)
    for other in descriptors:
        flags &= int(other.Flags)  # of one width: only where it is in every part
    descriptor.Flags = flags
    inner.W = _runs(widths)
    united.ToUnicode = pdf.make_stream(_mapping(characters))
    return united


def _widths(font: Object) -> dict[int, Object]:
    """Glyph → width, from the runs in the font's /W (ISO 32000-1, 9.7.4.3)."""
    told = list(font.DescendantFonts[0].W)
    return {
        int(first) + n: width
        for first, run in zip(told[::2], told[1::2], strict=True)
        for n, width in enumerate(run)
    }


def _runs(widths: dict[int, Object]) -> Array:
    runs: list[int | Array] = []
    for glyph in sorted(widths):
        if glyph - 1 not in widths:
            runs += [glyph, Array()]
        run = runs[-1]
        assert isinstance(run, Array)
        run.append(widths[glyph])
    return Array(runs)


def _mapping(characters: dict[bytes, bytes]) -> bytes:
    """A CMap from glyph to characters (ISO 32000-1, 9.10.3)."""
    pairs = [b"<%s> <%s>" % pair for pair in sorted(characters.items())]
    lines = [
        b"/CIDInit /ProcSet findresource begin",
        b"12 dict begin",
        b"begincmap",
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        b"/CMapName /Adobe-Identity-UCS def",
        b"/CMapType 2 def",
        b"1 begincodespacerange",
        b"<0000> <ffff>",
        b"endcodespacerange",
    ]
    for start in range(0, len(pairs), 100):
        batch = pairs[start : start + 100]
        lines += [b"%d beginbfchar" % len(batch), *batch, b"endbfchar"]
    return b"\n".join([*lines, b"endcmap", b"CMapName currentdict /CMap defineresource pop", b"end", b"end"])


def _program(parts: Sequence[tuple[bytes, dict[int, Object]]]) -> bytes:
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
