"""The cover: the edition's title, days and sources, drawn in type.

Only the program's own fonts and a few well-known system ones are used; a line in a
script that none of them covers is left out rather than drawn as boxes.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import fontpkg_ibm_plex_sans
import fontpkg_ibm_plex_serif
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from exporter.backends.common import labels
from exporter.backends.common.images import Prepared, prepare
from exporter.backends.common.system_fonts import system_files
from exporter.diagnostics import Report
from exporter.editions.compile import NO_SOURCE, Edition
from exporter.model.article import Asset

WIDTH, HEIGHT = 1600, 2560
_MARGIN = 150
_MEASURE = WIDTH - 2 * _MARGIN
_PAPER = (250, 248, 243)
_INK = (28, 28, 30)
_GREY = (104, 102, 98)
_TINTS = (
    (122, 46, 42), (38, 70, 96), (44, 84, 66), (110, 78, 36), (78, 54, 96), (32, 88, 94),
    (128, 58, 72), (60, 62, 92), (74, 88, 44), (98, 60, 46), (46, 80, 112), (84, 48, 70),
)  # fmt: skip
"""Sober colours for the band, one of them a series' own."""
_MAX_SOURCES = 8

_SERIF = Path(fontpkg_ibm_plex_serif.ROOT) / "files" / "IBMPlexSerif-SemiBold.ttf"
_SANS = Path(fontpkg_ibm_plex_sans.ROOT) / "files" / "IBMPlexSans[wdth,wght].ttf"
_SYSTEM = (
    "NanumMyeongjoBold.ttf",
    "NanumGothic.ttf",
    "NotoSerifCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoNaskhArabic-Bold.ttf",
    "DejaVuSans.ttf",
    "AppleSDGothicNeo.ttc",
    "GeezaPro.ttc",
    "malgun.ttf",
    "arial.ttf",
)


class _Line(NamedTuple):
    text: str
    font: ImageFont.FreeTypeFont
    leading: int


def image(edition: Edition, given: Asset | None, report: Report) -> Prepared:
    """The cover that the user gives, made fit; else one is drawn."""
    if given:
        if prepared := prepare(given, HEIGHT):
            return prepared
        report.add("image-broken", given.name, "the cover; one was drawn")
    return Prepared(png(edition), "image/png", WIDTH, HEIGHT)


def png(edition: Edition) -> bytes:
    """The cover as a PNG image, 1600 × 2560; the same edition gives the same picture, and all
    editions of a title have one colour."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    series = edition.volume.title if edition.volume else edition.title
    tint = _TINTS[hashlib.sha256(series.encode()).digest()[0] % len(_TINTS)]
    draw.rectangle((0, 0, WIDTH, 84), fill=tint)
    top = 330
    top = _set(draw, top, _fit(edition.title, (_SERIF,), (190, 160, 132, 108, 88), 5), _INK)
    top = _set(draw, top + 40, _fit(edition.subtitle, (_SANS,), (66, 56), 4), _GREY)
    draw.rectangle((_MARGIN, top + 60, _MARGIN + 220, top + 72), fill=tint)
    _set(draw, top + 150, _fit(labels.window_words(edition), (_SANS,), (76, 64), 2), _INK)
    _sources(draw, edition, tint)
    out = io.BytesIO()
    flat = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    flat.save(out, "PNG", optimize=True)
    return out.getvalue()


def _sources(draw: ImageDraw.ImageDraw, edition: Edition, tint: tuple[int, int, int]) -> None:
    """The largest sources and the counts, from the foot of the cover upwards."""
    names = [name for name, _ in edition.sources if name != NO_SOURCE]
    lines = [line for name in names[:_MAX_SOURCES] for line in _fit(name, (_SANS,), (56,), 1)]
    if len(names) > _MAX_SOURCES:
        lines += _fit(f"and {len(names) - _MAX_SOURCES} more", (_SANS,), (56,), 1)
    foot = _fit(labels.counts(edition), (_SANS,), (48,), 2)
    height = sum(line.leading for line in (*lines, *foot)) + 90
    top = HEIGHT - 190 - height
    top = _set(draw, top, lines, _INK)
    draw.line((_MARGIN, top + 36, WIDTH - _MARGIN, top + 36), fill=tint, width=4)
    _set(draw, top + 72, foot, _GREY)


def _set(draw: ImageDraw.ImageDraw, top: int, lines: list[_Line], fill: tuple[int, int, int]) -> int:
    """Draws the lines from ``top`` downwards; gives back where the next may begin."""
    for line in lines:
        draw.text((_MARGIN, top), line.text, font=line.font, fill=fill)
        top += line.leading
    return top


def _fit(text: str, preferred: tuple[Path, ...], sizes: tuple[int, ...], most: int) -> list[_Line]:
    """The text in at most so many lines, in the largest of the sizes at which it fits; at the
    smallest it is cut short. No line at all where no font has its characters."""
    text = " ".join(text.split())[:400]
    path = next((p for p in _faces(preferred) if _covers(p, text)), None)
    if not text or path is None:
        return []
    broken: list[str] = []
    font = _font(path, sizes[-1])
    for size in sizes:
        font = _font(path, size)
        broken = _broken(text, font)
        # A word cut in two is worse than smaller type.
        if len(broken) <= most and all(font.getlength(word) <= _MEASURE for word in text.split()):
            break
    if len(broken) > most:
        broken = broken[:most]
        while broken[-1] and font.getlength(broken[-1] + "…") > _MEASURE:
            broken[-1] = broken[-1][:-1]
        broken[-1] = broken[-1].rstrip() + "…"
    leading = round(font.size * (1.18 if len(broken) > 1 else 1.3))
    return [_Line(line, font, leading) for line in broken]


def _faces(preferred: tuple[Path, ...]) -> Iterator[Path]:
    yield from preferred
    files = system_files()
    yield from (files[name] for name in _SYSTEM if name in files)


def _broken(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip(" ")
        if font.getlength(longer) <= _MEASURE:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for character in word:  # all at once where the word fits, else as far as it goes
            if font.getlength(lines[-1] + character) > _MEASURE:
                lines.append("")
            lines[-1] += character
    return lines


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(path), size)
    if path == _SANS:
        font.set_variation_by_axes([400, 100])
    return font


@cache
def _characters(path: Path) -> frozenset[int]:
    try:
        with path.open("rb") as file, TTFont(file, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except Exception:  # whatever fontTools raises on what is no sound font
        return frozenset()


def _covers(path: Path, text: str) -> bool:
    return {ord(character) for character in text} <= _characters(path)
