"""The fonts a page is set in: which there are, which characters each has, how CSS calls them.

IBM Plex comes with the program's own requirements, so Latin, Cyrillic, Greek and Arabic
look the same on every machine. Other scripts use fonts of the system, from files known
by name; what those lack is looked for once in the system's font folders. Only static
outline fonts are taken: variable, bitmap and colour fonts give unstable or invalid files.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont, TTLibError

from exporter.backends.pdf.assets import SCHEME, Resource


class Face(NamedTuple):
    """One font file as one member of a family; ``weight`` and ``style`` in CSS's words."""

    family: str
    path: Path
    weight: int = 400
    style: str = "normal"

    @property
    def url(self) -> str:
        return f"{SCHEME}font/{self.path.name}"


# Family, the package that holds it, how its files' names begin.
_PLEX = (
    ("Plex Serif", "fontpkg_ibm_plex_serif", "IBMPlexSerif"),
    ("Plex Mono", "fontpkg_ibm_plex_mono", "IBMPlexMono"),
    ("Plex Sans Arabic", "fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic"),
)
_CUTS = (
    ("Regular", 400, "normal"),
    ("Italic", 400, "italic"),
    ("SemiBold", 600, "normal"),
    ("SemiBoldItalic", 600, "italic"),
    ("Bold", 700, "normal"),
    ("BoldItalic", 700, "italic"),
)

# Family → its files, the plain one first, as systems name them; the first family found
# is used. A collection (.ttc) gives its first face.
_SYSTEM: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "Korean": (
        ("Nanum Myeongjo", ("NanumMyeongjo.ttf", "NanumMyeongjoBold.ttf")),
        ("Noto Serif CJK", ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc")),
        ("Noto Sans CJK", ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")),
        ("Nanum Gothic", ("NanumGothic.ttf", "NanumGothicBold.ttf")),
        ("Apple Myungjo", ("AppleMyungjo.ttf",)),
        ("Batang", ("batang.ttc",)),
        ("Malgun Gothic", ("malgun.ttf", "malgunbd.ttf")),
    ),
    "Chinese": (
        ("Noto Serif CJK", ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc")),
        ("Noto Sans CJK", ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")),
        ("AR PL UMing", ("uming.ttc",)),
        ("WenQuanYi Zen Hei", ("wqy-zenhei.ttc",)),
        ("Songti", ("Songti.ttc",)),
        ("SimSun", ("simsun.ttc",)),
    ),
    "Japanese": (
        ("Noto Serif CJK", ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc")),
        ("Noto Sans CJK", ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")),
        ("IPA Mincho", ("ipam.ttf",)),
        ("Hiragino Mincho", ("ヒラギノ明朝 ProN.ttc",)),
        ("MS Mincho", ("msmincho.ttc",)),
    ),
    "Hebrew": (
        ("Noto Serif Hebrew", ("NotoSerifHebrew-Regular.ttf", "NotoSerifHebrew-Bold.ttf")),
        ("Noto Sans Hebrew", ("NotoSansHebrew-Regular.ttf", "NotoSansHebrew-Bold.ttf")),
        ("Liberation Serif", ("LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf")),
        ("David", ("david.ttf", "davidbd.ttf")),
    ),
    "Thai": (
        ("Noto Serif Thai", ("NotoSerifThai-Regular.ttf", "NotoSerifThai-Bold.ttf")),
        ("Noto Sans Thai", ("NotoSansThai-Regular.ttf", "NotoSansThai-Bold.ttf")),
        ("Norasi", ("Norasi.ttf", "Norasi-Bold.ttf")),
        ("Thonburi", ("Thonburi.ttc",)),
        ("Tahoma", ("tahoma.ttf", "tahomabd.ttf")),
    ),
    "Devanagari": (
        ("Noto Serif Devanagari", ("NotoSerifDevanagari-Regular.ttf", "NotoSerifDevanagari-Bold.ttf")),
        ("Noto Sans Devanagari", ("NotoSansDevanagari-Regular.ttf", "NotoSansDevanagari-Bold.ttf")),
        ("Lohit Devanagari", ("Lohit-Devanagari.ttf",)),
        ("Mangal", ("mangal.ttf", "mangalb.ttf")),
    ),
    "Symbols": (("DejaVu Sans", ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")),),
}

SCRIPTS: dict[str, str] = {
    "Latin": "aßéąőş",
    "Greek": "αβωΆ",
    "Cyrillic": "яёЖіў",
    "Korean": "가힣한국",
    "Chinese": "的国漢學",
    "Japanese": "あン日本",
    "Arabic": "ابيپ",
    "Hebrew": "אבת",
    "Thai": "กขไ",
    "Devanagari": "कखी",
}
"""Scripts by name, each with characters that a font for it must have."""

_FOLDERS = (
    "~/.fonts",
    "~/.local/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/fonts",
    "~/Library/Fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
)
_SUFFIXES = (".ttf", ".otf", ".ttc")
_UNFIT = ("fvar", "CBDT", "sbix", "EBDT", "COLR", "SVG ")
_VARIATION = ("fvar", "gvar", "avar", "cvar", "HVAR", "VVAR", "MVAR", "STAT")


# -- Finding -----------------------------------------------------------------------------


def _folders() -> tuple[Path, ...]:
    found = [Path(folder).expanduser() for folder in _FOLDERS]
    if sys.platform == "win32":
        found.append(Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts")
    return tuple(folder for folder in found if folder.is_dir())


@cache
def system_files() -> dict[str, Path]:
    """The font files of this machine: name → path. Of two of one name the first folder's counts."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _SUFFIXES:
                found.setdefault(path.name, path)
    return found


def _package(name: str) -> Path:
    spec = find_spec(name)
    origin = spec.origin if spec else None
    return Path(origin or "").parent / "files"


@cache
def plex() -> tuple[Face, ...]:
    """The faces of IBM Plex that come as static files."""
    found = []
    for family, package, prefix in _PLEX:
        for cut, weight, style in _CUTS:
            path = _package(package) / f"{prefix}-{cut}.ttf"
            if path.is_file():
                found.append(Face(family, path, weight, style))
    return tuple(found)


@cache
def plex_sans() -> tuple[Face, ...]:
    """IBM Plex Sans, upright and italic. Its package holds variable fonts, of which the
    default instance (regular weight and width) is what remains without their variations."""
    folder = _package("fontpkg_ibm_plex_sans")
    found = []
    for stem, style in (("IBMPlexSans", "normal"), ("IBMPlexSans-Italic", "italic")):
        for path in sorted(folder.glob(f"{stem}[[]*.ttf")) or sorted(folder.glob(f"{stem}-Regular.ttf")):
            found.append(Face("Plex Sans", path, 400, style))
    return tuple(found)


@cache
def static(path: Path) -> bytes:
    """The font's default instance: the file without its variation tables."""
    with TTFont(path, recalcTimestamp=False, recalcBBoxes=False, lazy=True) as font:
        for tag in _VARIATION:
            if tag in font:
                del font[tag]
        buffer = io.BytesIO()
        font.save(buffer)
    return buffer.getvalue()


@cache
def named(script: str) -> tuple[tuple[Face, ...], ...]:
    """The known system families for the script that are installed, the best first."""
    files = system_files()
    found = []
    for family, names in _SYSTEM.get(script, ()):
        if names[0] in files and _fit(files[names[0]]):
            weights = zip(names, (400, 700), strict=False)
            found.append(tuple(Face(family, files[n], weight) for n, weight in weights if n in files))
    return tuple(found)


@cache
def _open(path: Path) -> tuple[frozenset[str], frozenset[int]]:
    """The tables of a font file (of a collection, its first face) and the characters it has."""
    try:
        with TTFont(path, lazy=True, fontNumber=0) as font:
            return frozenset(font.keys()), frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError, ValueError, LookupError, AssertionError):
        return frozenset(), frozenset()  # a broken file in the system's folder is no font


def _fit(path: Path) -> bool:
    tables, characters = _open(path)
    outlines = "glyf" in tables or "CFF " in tables
    return bool(characters) and outlines and not tables.intersection(_UNFIT)


# -- Choosing ----------------------------------------------------------------------------


class Fonts(NamedTuple):
    """The faces for one document, in the order in which they are asked for a character."""

    faces: tuple[Face, ...]
    characters: frozenset[int]

    def has(self, character: int) -> bool:
        """Whether the character can be printed, or needs no glyph."""
        return character in self.characters or _invisible(character)

    def css(self) -> str:
        """The ``@font-face`` rules, and the stacks as the variables ``--serif``, ``--sans``, ``--mono``."""
        rules = [
            f'@font-face {{ font-family: "{f.family}"; src: url("{f.url}");'
            f" font-weight: {f.weight}; font-style: {f.style}; }}"
            for f in self.faces
        ]
        families = list(dict.fromkeys(f.family for f in self.faces))
        first = {
            "serif": ("Plex Serif", "Plex Sans"),
            "sans": ("Plex Sans", "Plex Serif"),
            "mono": ("Plex Mono", "Plex Sans"),
        }
        stacks = []
        for role, lead in first.items():
            rest = [f for f in families if f not in (*lead, "Plex Mono")]
            stack = ", ".join(f'"{f}"' for f in (*lead, *rest))
            stacks.append(f"--{role}: {stack};")
        return "\n".join((*rules, f":root {{ {' '.join(stacks)} }}", ""))

    def resources(self) -> dict[str, Resource]:
        """What the fetcher serves for `css`."""
        return {
            f.url: Resource(static(f.path) if "fvar" in _open(f.path)[0] else f.path, "font/ttf")
            for f in self.faces
        }


def choose(characters: Iterable[int], languages: Iterable[str] = ()) -> Fonts:
    """The fonts for a text of these characters: Plex, the known ones of scripts that it
    needs, and for what is left the first of the system's that has it.

    ``languages`` decide, the commonest first, between fonts for Chinese characters.
    """
    faces = [*plex(), *plex_sans()]
    have = set().union(*(_open(f.path)[1] for f in faces))
    missing = {c for c in characters if c not in have and not _invisible(c)}
    for script in _ranked(languages) if missing else ():
        for found in named(script):
            has = _open(found[0].path)[1]
            if missing & has:
                faces += [f for f in found if f not in faces]
                have |= has
                missing -= has
    while missing and (found := tuple(_best_rest(missing))):
        faces += found
        have |= _open(found[0].path)[1]
        missing -= have
    return Fonts(tuple(faces), frozenset(have))


def _ranked(languages: Iterable[str]) -> list[str]:
    by_language = {"ko": "Korean", "zh": "Chinese", "ja": "Japanese"}
    wanted = [by_language[t] for tag in languages if (t := tag.split("-")[0]) in by_language]
    return list(dict.fromkeys((*wanted, *_SYSTEM)))


def _best_rest(missing: set[int]) -> Iterator[Face]:
    """The font of the system that has most of what is missing; ties go to the first name."""
    best, best_count = None, 0
    for name, path in sorted(system_files().items()):
        count = len(missing & _open(path)[1])
        if count > best_count and _fit(path):
            best, best_count = name, count
    if best is not None:
        yield Face(Path(best).stem, system_files()[best])


def _invisible(character: int) -> bool:
    """Whether the layout shows nothing for it, so that no font need have it."""
    return (
        character < 0x20
        or character in (0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF)
        or 0x200B <= character <= 0x200F
        or 0x202A <= character <= 0x202E
        or 0x2060 <= character <= 0x206F
        or 0xFE00 <= character <= 0xFE0F
    )


# -- Telling -----------------------------------------------------------------------------


def coverage() -> dict[str, str | None]:
    """For each script of `SCRIPTS` the family that sets it on this machine, or None."""
    languages = {"Korean": "ko", "Chinese": "zh", "Japanese": "ja"}
    out: dict[str, str | None] = {}
    for script, sample in SCRIPTS.items():
        wanted = {ord(c) for c in sample}
        faces = choose(wanted, (languages.get(script, "en"),)).faces
        out[script] = next((f.family for f in faces if wanted <= _open(f.path)[1]), None)
    return out
