"""Fonts made for tests, so that no test depends on those that a machine has.

Every letter is a box. What differs is what disturbs a layout engine: heights above and below the
baseline, and the baselines that a font gives to scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

BASELINES = """table BASE {
  HorizAxis.BaseTagList icfb icft ideo romn;
  HorizAxis.BaseScriptList DFLT ideo -300 1500 -400 0, hang ideo -300 1500 -400 0, latn romn -300 1500 -400 0;
} BASE;"""


def font(
    family: str,
    letters: Iterable[str],
    *,
    ascent: int = 880,
    descent: int = 220,
    top: int = 800,
    units: int = 1000,
    features: str = "",
) -> TTFont:
    """A font of boxes from the baseline to ``top``, wide as ideographs."""
    glyphs = {letter: f"u{ord(letter):04X}" for letter in sorted({" ", *letters})}
    builder = FontBuilder(units, isTTF=True)
    builder.setupGlyphOrder([".notdef", *glyphs.values()])
    builder.setupCharacterMap({ord(letter): name for letter, name in glyphs.items()})
    pen, blank = TTGlyphPen(None), TTGlyphPen(None)
    for n, point in enumerate(((60, 0), (60, top), (units - 60, top), (units - 60, 0))):
        (pen.lineTo if n else pen.moveTo)(point)
    pen.closePath()
    box = pen.glyph()
    builder.setupGlyf(dict.fromkeys((".notdef", *glyphs.values()), box) | {"u0020": blank.glyph()})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", *glyphs.values()), (units, 60)))
    builder.setupHorizontalHeader(ascent=ascent, descent=-descent, lineGap=300)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")})
    heights = {"sTypoAscender": ascent, "sTypoDescender": -descent, "usWinAscent": ascent}
    builder.setupOS2(**heights, usWinDescent=descent, fsType=0)
    builder.setupPost()
    if features:
        addOpenTypeFeaturesFromString(builder.font, features)
    return builder.font


def collection(path: Path, *fonts: TTFont) -> None:
    whole = TTCollection()
    whole.fonts = [*fonts]
    whole.save(path)


def usual(folder: Path) -> None:
    """As a desktop has them: fonts for the scripts of the tests and the samples, by their usual names."""
    root = Path(__file__).parents[1]
    letters: set[str] = set()
    for path in (*root.glob("tests/**/*.py"), *root.glob("input/**/*")):
        if path.is_file() and path.suffix in (".py", ".md", ".txt", ".html"):
            letters |= {*path.read_text("utf-8", "ignore")}
    for name, scripts in _USUAL.items():
        drawn = font(name, [letter for letter in letters if re.match(f"[{scripts}]", letter)])
        drawn.save(folder / f"{name}.ttf")
    # The files of this family are collections.
    han = [
        font(f"Noto Serif CJK {place}", [x for x in letters if re.match(f"[{_HAN}]", x)])
        for place in ("JP", "KR")
    ]
    collection(folder / "NotoSerifCJK-Regular.ttc", *han)


_HAN = "\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef"
_USUAL = {
    "NanumMyeongjo": "\u3000-\u303f\uac00-\ud7a3",
    "NotoSerifHebrew-Regular": "\u0590-\u05ff",
    "NotoSerifThai-Regular": "\u0e00-\u0e7f",
    "NotoSerifDevanagari-Regular": "\u0900-\u097f",
    "DejaVuSans": "\u2190-\u27bf",
}


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """The fonts of the folder, and no others, are those of the system."""

    from exporter.backends.common.system_fonts import system_files
    from exporter.backends.pdf import font_files  # slow to load

    def forget() -> None:
        for cached in (system_files, font_files.named, font_files.of_system):
            cached.cache_clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPORTER_FONTS", str(folder))
        forget()
        yield
    forget()
