"""The fonts a page is set in: the style's own, those its text needs beside them, how CSS calls them.

IBM Plex and Spectral come with the program's own requirements, so Latin, Cyrillic, Greek
and Arabic look the same on every machine. Other scripts use fonts of the system, from
files known by name; what those lack is looked for once in the system's font folders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from exporter.backends.common.system_fonts import system_files
from exporter.backends.pdf import font_files
from exporter.backends.pdf.assets import Resource
from exporter.backends.pdf.font_files import FontFile, contents

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

_DEFAULTS = {"serif": "Plex Serif", "sans": "Plex Sans", "mono": "Plex Mono"}
_ALWAYS = (*_DEFAULTS.values(), "Plex Sans Arabic")
_IDEOGRAPHIC = {"zh": "Chinese", "ja": "Japanese"}
"""Languages whose quotation marks and points are as wide as their letters, so that their own font leads."""

# -- Choosing ----------------------------------------------------------------------------


class Wanted(NamedTuple):
    """The families that a style names for ``serif``, ``sans`` and ``mono``, and its folder of fonts."""

    families: Mapping[str, str] = _DEFAULTS
    folder: Path | None = None


PLAIN = Wanted()


class Fonts(NamedTuple):
    """The font files for one document, in the order in which they are asked for a character.

    ``leads`` is the first family of each role, ``locals`` the families that lead in a
    language of their own.
    """

    files: tuple[FontFile, ...]
    characters: frozenset[int]
    leads: Mapping[str, str]
    locals: Mapping[str, str]

    def has(self, character: int) -> bool:
        """Whether the character can be printed, or needs no glyph."""
        return character in self.characters or _invisible(character)

    def css(self) -> str:
        """The ``@font-face`` rules, and as variables the stacks ``--serif``, ``--sans``, ``--mono``
        and what the serif face can do."""
        rules = [
            f'@font-face {{ font-family: "{f.name}"; src: url("{f.url}");'
            f" font-weight: {f.weight}; font-style: {f.style}; }}"
            for f in self.files
        ]
        rules.append(f":root {{ {' '.join((*self._stacks(), *self._features()))} }}")
        rules += (
            f":lang({language}) {{ {' '.join(self._stacks(family))} }}"
            for language, family in self.locals.items()
        )
        return "\n".join((*rules, ""))

    def _stacks(self, first: str = "") -> Iterator[str]:
        names = {f.family: f.name for f in self.files}
        for role, companion in (("serif", "sans"), ("sans", "serif"), ("mono", "sans")):
            lead = (first, self.leads[role], _DEFAULTS[role], self.leads[companion], _DEFAULTS[companion])
            rest = (f for f in names if f not in (self.leads["mono"], _DEFAULTS["mono"]))
            stack = [f'"{names[f]}"' for f in dict.fromkeys((*lead, *rest)) if f in names]
            yield f"--{role}: {', '.join(stack)};"

    def _features(self) -> Iterator[str]:
        """Small capitals, old-style and superior figures where the serif face has them: the
        engine would make up what is missing."""
        serif = next(f for f in self.files if f.family == self.leads["serif"])
        able = font_files.features(serif.path)
        yield f"--small-caps: {'all-small-caps' if {'smcp', 'c2sc'} <= able else 'normal'};"
        yield f"--figures: {'oldstyle-nums proportional-nums' if 'onum' in able else 'normal'};"
        superior = "sups" in able
        yield f"--call: {'super' if superior else 'normal'};"
        yield f"--call-size: {'1em' if superior else '0.68em'};"
        yield f"--foot-call-size: {'1.25em' if superior else '0.85em'};"
        yield f"--call-rise: {'0' if superior else '0.5em'};"

    def resources(self) -> dict[str, Resource]:
        """What the fetcher serves for `css`."""
        return {f.url: Resource(f.path, "font/ttf") for f in self.files}


def choose(characters: Iterable[int], languages: Iterable[str] = (), wanted: Wanted = PLAIN) -> Fonts:
    """The fonts for a text of these characters: the style's, Plex, the known ones of scripts
    that it needs, and for what is left the first of the system's that has it.

    ``languages`` decide, the commonest first, between fonts for Chinese characters.
    """
    languages = tuple(languages)
    always = _always(tuple(wanted.families.items()), wanted.folder)
    missing = {c for c in characters if not always.has(c)}
    if not missing:
        return always
    leads, chosen, have = always.leads, list(always.files), set(always.characters)
    locals: dict[str, str] = {}
    for script in _ranked(languages):
        for family in font_files.named(script):
            has = contents(family[0].path).characters
            if missing & has:
                chosen += [f for f in family if f not in chosen]
                have |= has
                missing -= has
                locals |= {tag: family[0].family for tag in _IDEOGRAPHIC if _IDEOGRAPHIC[tag] == script}
    while missing and (rest := tuple(_best_rest(missing))):
        chosen += rest
        have |= contents(rest[0].path).characters
        missing -= have
    return Fonts(tuple(chosen), frozenset(have), leads, locals)


@cache
def _always(families: tuple[tuple[str, str], ...], folder: Path | None) -> Fonts:
    """The fonts that a text needs in any case: the style's and Plex."""
    leads, files = _leads(Wanted(dict(families), folder))
    always = [f for f in font_files.packaged() if f.family in _ALWAYS and f not in files]
    have = frozenset[int]().union(*(contents(f.path).characters for f in (*files, *always)))
    return Fonts((*files, *always), have, leads, {})


def absent(wanted: Wanted) -> tuple[str, ...]:
    """The families that a style names and that are not to be had."""
    names = dict.fromkeys(wanted.families.values())
    return tuple(name for name in names if not _family(name, wanted.folder))


def _leads(wanted: Wanted) -> tuple[dict[str, str], list[FontFile]]:
    """The family of each role, the program's own for one that is absent; and the files of those."""
    leads, files = dict(_DEFAULTS), list[FontFile]()
    for role, name in wanted.families.items():
        if family := _family(name, wanted.folder):
            leads[role] = family[0].family
            files += [file for file in family if file not in files]
    return leads, files


def _family(name: str, folder: Path | None) -> tuple[FontFile, ...]:
    """A family's files: of the style's own folder, else the program's, else the system's."""
    plain = name.casefold().removeprefix("ibm ")
    own = font_files.of_folder(folder) if folder else ()
    for place in (own, font_files.packaged()):
        if family_faces := tuple(f for f in place if f.family.casefold() in (name.casefold(), plain)):
            return tuple(f for f in family_faces if place is not own or _is_sound(f.path))
    return font_files.of_system(name)


def _is_sound(path: Path) -> bool:
    return font_files.is_fit(path) and font_files.is_whole(path)


def _ranked(languages: Iterable[str]) -> list[str]:
    by_language = {"ko": "Korean", **_IDEOGRAPHIC}
    wanted = [by_language[t] for tag in languages if (t := tag.split("-")[0]) in by_language]
    return list(dict.fromkeys((*wanted, *font_files.SYSTEM)))


def _best_rest(missing: set[int]) -> Iterator[FontFile]:
    """The font of the system that has most of what is missing; ties go to the first name."""
    best, best_count = None, 0
    for name, path in sorted(system_files().items()):
        count = len(missing & contents(path).characters)
        if count > best_count and font_files.is_fit(path):
            best, best_count = name, count
    if best is not None:
        yield FontFile(Path(best).stem, system_files()[best])


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
        chosen = choose(wanted, (languages.get(script, "en"),)).files
        out[script] = next((f.family for f in chosen if wanted <= contents(f.path).characters), None)
    return out
