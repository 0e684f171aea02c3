"""A style's settings: paper, margins, type, columns and colours, from its ``style.toml``.

They stand in front of the style's own CSS as ``@page`` rules and variables, so a style
can be changed by its settings alone, and its CSS may still overrule every one of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias, get_type_hints

import msgspec
from msgspec import Meta

from exporter import resources
from exporter.backends.pdf import stylecheck
from exporter.backends.pdf.fonts import Wanted, absent
from exporter.diagnostics import Report
from exporter.editions.options import ColorMode, Paper
from exporter.errors import UsageError, unknown

FILE = "style.toml"
POINT = 72 / 25.4
"""Points in a millimetre."""
PIXEL = 0.75
"""Points in a pixel of an image, where there is room for all of them."""
TALLEST, TALLEST_ABOVE_COLUMNS = 0.65, 0.4
"""The part of a text area's height that an image may take, and where it stands between columns."""
LETTER = 0.85 * 0.55
"""How wide a letter is in tables, as a part of the text's size."""
SIZES: dict[Paper, tuple[float, float]] = {"A4": (210, 297), "A5": (148, 210), "Letter": (215.9, 279.4)}
"""Width and height of each paper in millimetres."""
LEAST = (60, 100)
"""Millimetres of width and height that margins must leave for text."""
CONTRAST = 4.5
"""The least contrast of text with white paper (WCAG 2.2, 1.4.3)."""
SLACK = 0.06
"""Points by which a page is higher than its lines, so that rounding costs none of them."""

Colour: TypeAlias = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]
Margin: TypeAlias = Annotated[float, Meta(ge=5, le=120)]
Family: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100, pattern=r'^[^"\\;{}\n]*$')]


class Text(msgspec.Struct, frozen=True):
    """The running text. ``size`` and ``leading``, the distance of its lines, are points:
    every other vertical distance is a whole number of leadings. ``align`` is ``justify``
    or ``start``, ``paragraphs`` begin with an ``indent`` or after a ``space``."""

    size: Annotated[float, Meta(ge=6, le=20)] = 10
    leading: Annotated[float, Meta(ge=6, le=36)] = 14
    align: Literal["start", "justify"] = "start"
    paragraphs: Literal["indent", "space"] = "indent"


class Fonts(msgspec.Struct, frozen=True):
    """The font family of each role: one that comes with the program, one in the style's
    folder ``fonts``, or one of the system."""

    serif: Family = "Plex Serif"
    sans: Family = "Plex Sans"
    mono: Family = "Plex Mono"


class Margins(msgspec.Struct, frozen=True):
    """The margins in millimetres. Text that fills no whole number of lines pages the rest
    to the bottom; ``inside`` is at the spine."""

    top: Margin = 25
    bottom: Margin = 25
    inside: Margin = 30
    outside: Margin = 30


class Columns(msgspec.Struct, frozen=True):
    """The columns of article bodies: at most ``count``, none narrower than ``width``, ``gap``
    apart, both in millimetres."""

    count: Annotated[int, Meta(ge=1, le=4)] = 1
    gap: Annotated[float, Meta(ge=2, le=20)] = 5
    width: Annotated[float, Meta(ge=30, le=200)] = 44


class Colours(msgspec.Struct, frozen=True):
    """Colours as ``#rrggbb``: ``ink`` of the text, ``quiet`` of what stands back, ``accent``
    of what stands out, ``hair`` of thin lines. In the black look all of them are black."""

    ink: Colour = "#1a1a1a"
    quiet: Colour = "#5c5750"
    accent: Colour = "#8a1c1c"
    hair: Colour = "#b5b0a8"


BLACK = Colours("#000000", "#000000", "#000000", "#000000")


class Style(msgspec.Struct, frozen=True):
    """The settings in a style's ``style.toml``, each of which may be left out.

    ``about`` says in a line what the style is like; ``paper`` is the section that the settings
    are meant for, and where none is given the CSS says its size; ``articles`` says whether
    they follow one another (``flow``) or each begin a page; ``notes`` whether they stand at
    the page's ``foot`` or at the article's ``end``.
    """

    about: str = ""
    paper: Paper | None = None
    articles: Literal["flow", "page"] = "flow"
    notes: Literal["foot", "end"] = "foot"
    text: Text = Text()
    fonts: Fonts = Fonts()
    margins: Margins = Margins()
    columns: Columns = Columns()
    colours: Colours = Colours()

    def css(self, paper: Paper | None, look: ColorMode) -> str:
        """The settings as CSS on that paper: ``@page`` rules, and variables on the root."""
        text, columns = self.text, self.columns
        shrink = self._shrink(paper)
        size, leading = round(text.size * shrink, 2), round(text.leading * shrink, 2)
        top, bottom, inside, outside = self._margins(paper, leading)
        indent = text.paragraphs == "indent"
        variables = {
            **msgspec.structs.asdict(self.palette(look)),
            "align": text.align,
            "indent": "1.4em" if indent else "0",
            "between": "0" if indent else f"{leading}pt",
            "columns": columns.count,
            "gap": f"{columns.gap}mm",
            "narrowest": f"{columns.width}mm",
            "line": "0.25pt" if look == "black" else "0.4pt",
        }
        custom = " ".join(f"--{name}: {value};" for name, value in variables.items())
        rules = [
            f":root {{ font-size: {size:g}pt; line-height: {leading:g}pt; color: var(--ink); {custom} }}",
            f"@page {{ margin: {top}pt {outside}pt {bottom}pt {inside}pt; }}",
        ]
        if inside != outside:
            rules += [
                f"@page :left {{ margin-left: {outside}pt; margin-right: {inside}pt; }}",
                f"@page :right {{ margin-left: {inside}pt; margin-right: {outside}pt; }}",
            ]
        return "\n".join((*rules, ""))

    def palette(self, look: ColorMode) -> Colours:
        """The colours of that look."""
        return BLACK if look == "black" else self.colours

    def measure(self, paper: Paper | None) -> tuple[float, float, float]:
        """The text area's width and height and the leading on that paper, in points."""
        leading = round(self.text.leading * self._shrink(paper), 2)
        top, bottom, inside, outside = self._margins(paper, leading)
        width, height = SIZES[paper or self.paper or "A4"]
        return width * POINT - inside - outside, height * POINT - top - bottom, leading

    def letters(self, paper: Paper | None) -> int:
        """The letters of a table's text that go into a line on that paper, about."""
        across, _, _ = self.measure(paper)
        return int(across / (self.text.size * self._shrink(paper) * LETTER))

    def lines(self, width: float, height: float, paper: Paper | None) -> int:
        """The lines of text that an image of that size in pixels takes up; 0 where the text
        area is the CSS's own."""
        if not self.paper:
            return 0
        across, down, leading = self.measure(paper)
        shown = (self.span(width, height, paper)[0] or min(width * PIXEL, across)) * height / width
        tallest = TALLEST if self.columns.count == 1 else TALLEST_ABOVE_COLUMNS
        return max(1, round(min(shown, tallest * down) / leading))

    def span(self, width: float, height: float, paper: Paper | None) -> tuple[float, bool]:
        """The width in points of the columns that an image of that size in pixels fills, as
        many as its pixels and the page's height allow, and whether one is left beside them;
        0 where there are no columns or it is narrower or taller than any."""
        across, down, _ = self.measure(paper)
        gap = self.columns.gap * POINT
        count = min(self.columns.count, int((across + gap) / (self.columns.width * POINT + gap)))
        if not self.paper or count < 2:
            return 0, False
        one = (across + gap) / count
        for columns in range(count, 0, -1):
            wide = columns * one - gap
            if wide <= width * PIXEL and wide * height / width <= TALLEST_ABOVE_COLUMNS * down:
                return wide, columns < count
        return 0, False

    def faint(self) -> Iterator[str]:
        """What is wrong with colours of text that stand out too little from white paper."""
        for name in ("ink", "quiet", "accent"):
            colour = getattr(self.colours, name)
            if (ratio := contrast(colour)) < CONTRAST:
                yield f"{name} {colour} has a contrast of {ratio:.1f} with white; {CONTRAST} is needed"

    def _shrink(self, paper: Paper | None) -> float:
        """How type follows another paper: half as much as the paper itself, as books do."""
        actual, own = (math.prod(SIZES[p]) for p in (paper or self.paper or "A4", self.paper or "A4"))
        return float((actual / own) ** 0.25)

    def _margins(self, paper: Paper | None, leading: float) -> tuple[float, float, float, float]:
        """Top, bottom, inside and outside in points; the bottom takes up what makes no line."""
        own, actual = (SIZES[p] for p in (self.paper or "A4", paper or self.paper or "A4"))
        across, down = actual[0] / own[0] * POINT, actual[1] / own[1] * POINT
        margins = self.margins
        top, bottom = round(margins.top * down, 2), margins.bottom * down
        height = actual[1] * POINT
        lines = math.floor((height - top - bottom) / leading)
        if paper or self.paper:
            bottom = height - top - lines * leading - SLACK
        return top, round(bottom, 2), round(margins.inside * across, 2), round(margins.outside * across, 2)


def contrast(colour: str) -> float:
    """The contrast of a colour, ``#rrggbb``, with white, from 1 to 21 (WCAG 2.2)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def families(name: str, style: Style) -> Wanted:
    """The fonts that a style, by name or path, names and brings along."""
    return Wanted(msgspec.structs.asdict(style.fonts), resources.style(name) / "fonts")


def report_problems(name: str, style: Style, report: Report) -> None:
    """What a style asks for in vain: fonts that are not there, text too pale to read, CSS that is none."""
    for family in absent(families(name, style)):
        report.add("font-missing", name, family)
    for problem in stylecheck.check(resources.own_style(name, "print.css")).problems:
        report.add("style-problem", f"{name}/print.css", problem)
    for problem in style.faint():
        report.add("style-problem", name, problem)


def stylesheet(name: str, style: Style, paper: Paper | None, look: ColorMode) -> str:
    """The whole CSS of a style: what all share and its settings, in the first line so that
    the engine counts lines as the style's own file does; its CSS; the paper."""
    front = resources.shared_style("print.css") + style.css(paper, look)
    size = f"\n@page {{ size: {paper}; }}\n" if paper else "\n"
    own = stylecheck.check(resources.own_style(name, "print.css")).css
    return front.replace("\n", " ") + own + size


# -- Reading -----------------------------------------------------------------------------


def load(name: str) -> Style:
    """The settings of a style, by name or path. Raises `UsageError` for what it does not
    know, and for what no page can be made of."""
    path = resources.style(name) / FILE
    if not path.is_file():
        return Style()
    try:
        tables = msgspec.toml.decode(path.read_bytes(), type=dict[str, object])
        _known(tables, Style, f"setting in {path}")
        style = msgspec.convert(tables, Style)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise _off(path, _plainly(str(error))) from None
    for problem in _impossible(style):
        raise _off(path, problem)
    return style


def _off(path: object, problem: str) -> UsageError:
    return UsageError(f"{path}: {problem}", "Correct the style's settings; docs/styles.md lists them.")


def _known(table: dict[str, object], kind: type, where: str) -> None:
    hints = get_type_hints(kind)
    for key, value in table.items():
        if key not in hints:
            raise unknown(where, key, hints)
        if isinstance(value, dict) and isinstance(hints[key], type):
            _known(value, hints[key], f"setting in [{key}], {where.removeprefix('setting in ')}")


_IN_WORDS = (
    (r"Expected `\w+` >= ([\d.]+)", r"must be at least \1"),
    (r"Expected `\w+` <= ([\d.]+)", r"must be at most \1"),
    (r"Expected `str` matching regex '\^#.*", "must be a colour such as #8a1c1c"),
    (r"Expected `str` (?:matching|of length).*", "must be the name of a font family"),
    (r"Expected `(?:float|int)`, got `.*`", "must be a number"),
    (r"Expected `object`, got `.*`", "must be a table"),
    (r"Invalid enum value (.*)", r"cannot be \1"),
)
"""What the validator says, and how people say it."""


def _plainly(message: str) -> str:
    """The validator's message in words: ``text.size must be at least 6``."""
    what, _, where = message.partition(" - at `$.")
    for pattern, words in _IN_WORDS:
        if re.fullmatch(pattern, what):
            return f"{where.rstrip('`')} {re.sub(pattern, words, what)}"
    return f"{where.rstrip('`')}: {what}" if where else what


def _impossible(style: Style) -> Iterator[str]:
    if style.text.leading < style.text.size:
        yield f"text.leading ({style.text.leading:g}) must be at least text.size ({style.text.size:g})"
    margins = style.margins
    width, height = SIZES[style.paper or "A4"]
    if width - margins.inside - margins.outside < LEAST[0]:
        yield f"margins.inside and margins.outside leave less than {LEAST[0]} mm of {width:g} for text"
    if height - margins.top - margins.bottom < LEAST[1]:
        yield f"margins.top and margins.bottom leave less than {LEAST[1]} mm of {height:g} for text"
