"""The program's own fonts in the book, cut down to the characters that it has."""

from __future__ import annotations

import io
from collections.abc import Iterator, Set
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

MEDIA_TYPE = "font/ttf"
ARABIC = "IBM Plex Sans Arabic"
_ARABIC_RULE = f':lang(ar), :lang(fa), :lang(ur) {{ font-family: "{ARABIC}", serif; }}\n'


class FontFile(NamedTuple):
    """A font as CSS knows it, and the file that it comes from; ``weight`` is set in a variable one."""

    family: str
    weight: int
    style: str
    package: str
    file: str

    @property
    def name(self) -> str:
        """Where it lies in the book."""
        italic = "-italic" if self.style == "italic" else ""
        return f"fonts/{self.family.lower().replace(' ', '-')}-{self.weight}{italic}.ttf"


def _packaged() -> Iterator[FontFile]:
    for weight, style, file in (
        (400, "normal", "IBMPlexSerif-Regular.ttf"),
        (700, "normal", "IBMPlexSerif-Bold.ttf"),
        (400, "italic", "IBMPlexSerif-Italic.ttf"),
        (700, "italic", "IBMPlexSerif-BoldItalic.ttf"),
    ):
        yield FontFile("IBM Plex Serif", weight, style, "fontpkg_ibm_plex_serif", file)
    for weight, style, file in (
        (400, "normal", "IBMPlexSans[wdth,wght].ttf"),
        (700, "normal", "IBMPlexSans[wdth,wght].ttf"),
        (400, "italic", "IBMPlexSans-Italic[wdth,wght].ttf"),
    ):
        yield FontFile("IBM Plex Sans", weight, style, "fontpkg_ibm_plex_sans", file)
    yield FontFile("IBM Plex Mono", 400, "normal", "fontpkg_ibm_plex_mono", "IBMPlexMono-Regular.ttf")
    for weight, file in ((400, "IBMPlexSansArabic-Regular.ttf"), (700, "IBMPlexSansArabic-Bold.ttf")):
        yield FontFile(ARABIC, weight, "normal", "fontpkg_ibm_plex_sans_arabic", file)


def font_files(css: str, characters: Set[str]) -> list[FontFile]:
    """The font files that the style sheet names, and the Arabic ones where the book is in need of them."""
    arabic = any("\u0600" <= character <= "\u06ff" for character in characters)
    return [file for file in _packaged() if f'"{file.family}"' in css or (arabic and file.family == ARABIC)]


def rules(chosen: list[FontFile]) -> str:
    """The CSS that makes readers use them."""
    css = "".join(
        f'@font-face {{ font-family: "{file.family}"; font-weight: {file.weight}; font-style: {file.style};'
        f" src: url({file.name}); }}\n"
        for file in chosen
    )
    return css + (_ARABIC_RULE if any(file.family == ARABIC for file in chosen) else "")


@lru_cache(maxsize=32)
def subset_font(file: FontFile, characters: frozenset[str]) -> bytes:
    """The font file with those characters only; the same input gives the same bytes."""
    from fontTools import subset  # slow to import, and few books carry fonts
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    path = Path(import_module(file.package).ROOT) / "files" / file.file
    with TTFont(path, recalcTimestamp=False, recalcBBoxes=False) as font:
        options = subset.Options(notdef_outline=True, name_IDs=["*"])
        options.drop_tables += ["meta"]  # languages that it was made for
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(sorted(characters | {" "})))
        cutter.subset(font)
        if "fvar" in font:
            font = instancer.instantiateVariableFont(font, {"wght": file.weight, "wdth": 100}, inplace=True)
        out = io.BytesIO()
        font.save(out, reorderTables=True)
    return out.getvalue()
