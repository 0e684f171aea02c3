"""Font files: which there are, what is in each, and how it is served to the layout engine.

Only static outline fonts are taken: variable, bitmap and colour fonts give unstable or
invalid files.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from fontTools.ttLib import TTFont, TTLibError

from exporter.backends.common.system_fonts import SUFFIXES, system_files
from exporter.backends.pdf.assets import SCHEME
from exporter.backends.pdf.metrics import LEVEL


class FontFile(NamedTuple):
    """One font file as one member of a family; ``weight`` and ``style`` in CSS's words."""

    family: str
    path: Path
    weight: int = 400
    style: str = "normal"

    @property
    def name(self) -> str:
        """What CSS calls the family. Under its own name the layout engine's library would
        take the system's copy of the file, not the one that it is served."""
        return f"{self.family} Set"

    @property
    def url(self) -> str:
        return _url(self.path)


@cache
def _url(path: Path) -> str:
    # With what is changed in it, so that pages laid out with other heights are not taken for these.
    return f"{SCHEME}font/{LEVEL}/{quote(path.parent.name)}/{quote(path.name)}"


# Family, the package that holds it, how its files' names begin.
_PACKAGES = (
    ("Plex Serif", "fontpkg_ibm_plex_serif", "IBMPlexSerif"),
    ("Plex Mono", "fontpkg_ibm_plex_mono", "IBMPlexMono"),
    ("Plex Sans Arabic", "fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic"),
    ("Spectral", "fontpkg_spectral", "Spectral"),
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
SYSTEM: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
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

_BROKEN = (TTLibError, OSError, ValueError, LookupError, AssertionError, AttributeError)
"""What reading a file that is no sound font raises."""
_UNFIT = ("fvar", "CBDT", "sbix", "EBDT", "COLR", "SVG ")


# -- Finding -----------------------------------------------------------------------------


def _package(name: str) -> Path:
    spec = find_spec(name)
    origin = spec.origin if spec else None
    return Path(origin or "").parent / "files"


@cache
def packaged() -> tuple[FontFile, ...]:
    """The font files that come with the program's requirements."""
    families = []
    for family, package, prefix in _PACKAGES:
        for cut, weight, style in _CUTS:
            path = _package(package) / f"{prefix}-{cut}.ttf"
            if path.is_file():
                families.append(FontFile(family, path, weight, style))
    return (*families, *_plex_sans())


def _plex_sans() -> tuple[FontFile, ...]:
    """IBM Plex Sans, upright and italic. Its package holds variable fonts, of which the
    default instance (regular weight and width) is what remains without their variations."""
    folder = _package("fontpkg_ibm_plex_sans")
    families = []
    for stem, style in (("IBMPlexSans", "normal"), ("IBMPlexSans-Italic", "italic")):
        for path in sorted(folder.glob(f"{stem}[[]*.ttf")) or sorted(folder.glob(f"{stem}-Regular.ttf")):
            families.append(FontFile("Plex Sans", path, 400, style))
    return tuple(families)


@cache
def named(script: str) -> tuple[tuple[FontFile, ...], ...]:
    """The known system families for the script that are installed, the best first."""
    files = system_files()
    names_ = []
    for family, names in SYSTEM.get(script, ()):
        if names[0] in files and is_fit(files[names[0]]):
            weights = zip(names, (400, 700), strict=False)
            names_.append(tuple(FontFile(family, files[n], weight) for n, weight in weights if n in files))
    return tuple(names_)


@cache
def of_folder(folder: Path) -> tuple[FontFile, ...]:
    """The font files in a folder, under the families that they name themselves."""
    return tuple(_named_within(path) for path in sorted(folder.glob("*")) if _is_font(path))


@cache
def of_system(family: str) -> tuple[FontFile, ...]:
    """The system's font files of a family, found by the names in them."""
    candidates = map(_named_within, (path for _, path in sorted(system_files().items())))
    files = {(f.weight, f.style): f for f in candidates if f.family.casefold() == family.casefold()}
    return tuple(file for file in files.values() if is_fit(file.path))


def _is_font(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file()  # no pipe, no device


@cache
def _named_within(path: Path) -> FontFile:
    """The face by its own names; one that cannot be read has its file's name."""
    try:
        with path.open("rb") as file, TTFont(file, lazy=True, fontNumber=0) as font:
            names, os2 = font["name"], font["OS/2"]
            family = names.getBestFamilyName() or path.stem
            italic = os2.fsSelection & 1 or os2.fsSelection & (1 << 9)
            return FontFile(family, path, os2.usWeightClass, "italic" if italic else "normal")
    except _BROKEN:
        return FontFile(path.stem, path)


class Contents(NamedTuple):
    """What is in a font file (of a collection, in its first face)."""

    tables: frozenset[str]
    characters: frozenset[int]


@cache
def contents(path: Path) -> Contents:
    """The tables and characters of a font file; a broken one has none."""
    try:
        with path.open("rb") as file, TTFont(file, lazy=True, fontNumber=0) as font:
            return Contents(frozenset(font.keys()), frozenset(font.getBestCmap() or ()))
    except _BROKEN:
        return Contents(frozenset(), frozenset())


@cache
def features(path: Path) -> frozenset[str]:
    """The glyph substitutions that a font offers, by OpenType's tags: ``smcp`` for small capitals."""
    try:
        with path.open("rb") as file, TTFont(file, lazy=True, fontNumber=0) as font:
            return frozenset(record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord)
    except _BROKEN:
        return frozenset()


@cache
def is_whole(path: Path) -> bool:
    """Whether the file is all there and as it was made, by the checksums of its tables."""
    try:
        with path.open("rb") as file, TTFont(file, lazy=True, fontNumber=0, checkChecksums=2) as font:
            return all(font.reader[str(table)] is not None for table in [*font.reader.keys()])
    except _BROKEN:
        return False


def is_fit(path: Path) -> bool:
    """Whether the file is a static font with outlines."""
    tables, characters = contents(path)
    outlines = "glyf" in tables or "CFF " in tables
    return bool(characters) and outlines and not tables.intersection(_UNFIT)
