"""Parse dates as people and programs write them, without adding anything.

`parse` takes a value as a whole and returns a date that is not more precise than the value, or None if it is
not a date or does not exist. Nothing is completed from today's date.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache

from babel.dates import get_day_names, get_month_names

from exporter.model import dates
from exporter.model.article import When

_YEARS = range(1700, 2200)
_EPOCH = range(100_000_000, 7_258_118_400)  # seconds from 1973 to 2199
_JUCHE_YEAR = 1911
_MAX_BRACKETS = 4
_LOCALES = ("en", "de", "ru", "fr", "es", "it", "pt", "nl", "uk", "pl", "tr", "ar", "ar_SY", "sv", "id", "vi")
_FILLERS = frozenset(
    [
        "a",
        "am",
        "at",
        "au",
        "à",
        "av",
        "de",
        "del",
        "den",
        "der",
        "di",
        "do",
        "du",
        "el",
        "en",
        "g",
        "kl",
        "klo",
        "las",
        "le",
        "los",
        "of",
        "on",
        "os",
        "the",
        "um",
        "uhr",
        "um",
        "ut",
        "и",
        "в",
        "г",
        "г.",
        "р",
        "року",
        "года",
        "год",
    ]
)
# RFC 2822 section 4.3, and three that occur in the news read here.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "cet": 1, "cest": 2, "msk": 3, "kst": 9, "jst": 9,
}  # fmt: skip

_TIME = re.compile(
    r"(?:(?<=\d)[T ]|(?<![\d:.+-]))\s{0,9}(?P<hour>\d{1,2}):(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:[.,]\d+)?)?(?![\d:])"
    r"(?:\s{0,9}(?P<half>[ap])\.?m\b\.?)?"
    r"(?:\s{0,9}\(?(?P<name>(?<![^\W\d_])[a-z]{1,4}\b)?\s{0,9}(?P<offset>[+\u2212-]\d{1,2}(?::?\d\d)?(?![\d:]))?\)?)",
    re.I,
)
_KOREAN_HALF = re.compile(r"(오전|오후)\s{0,9}(\d{1,2}:\d\d(?::\d\d)?)")
_JUCHE = re.compile(r"(?:\bjuche|주체)\s{0,9}\.?\s{0,9}(\d{1,3})(?:\s{0,9}\((\d{4})\))?\s{0,9}(년?)", re.I)
_YMD = re.compile(
    r"(\d{4})\s{0,9}(?:[-/.]\s{0,9}|년\s{0,9}|年\s{0,9})(\d{1,2})(?:\s{0,9}(?:[-/.]\s{0,9}|월\s{0,9}|月\s{0,9})(\d{1,2})\s{0,9}[.일日]?|\s{0,9}[월月])?\s{0,9}\.?\Z"
)
_DMY = re.compile(r"(\d{1,2})\s{0,9}([-/.])\s{0,9}(\d{1,2})\s{0,9}\2\s{0,9}(\d{4})\.?\Z")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)(Z)?)?\Z")
_IN_ADDRESS = re.compile(r"(?:\A|[/=])((?:19|20)\d\d)([/-])(\d\d?)\2(\d\d?)(?=[/-]|\Z|&)", re.A)
_ID = re.compile(r"(?:\A|&)\w*id=([^&#]+)", re.I)
_IN_ADDRESS_COMPACT = re.compile(r"/((?:19|20)\d\d)(\d\d)(\d\d)(?=[/._-]|\Z)", re.A)
_IN_NAME = re.compile(
    r"(?:(\d{4})[-_](\d\d?)[-_](\d\d?)|((?:19|20)\d\d)(\d\d)(\d\d)(?:T?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?)"
    r"(?=[-_ .])",
    re.A,
)
_WORDS = re.compile(r"\d+|[^\W\d_]+(?:\.(?=[^\W\d_]\.))?", re.U)


def in_address(text: str | None) -> When | None:
    """The day in an address or path, or None: ``/2021/07/12/``, ``2021/7/12/title``, ``/20210712/``,
    ``?newsID=2021-07-12-3``.

    Other parts of a query do not count: they select days as often as they name one.
    """
    path, _, query = (text or "").partition("?")
    text = next(filter(_IN_ADDRESS.search, _ID.findall(query)), path)
    if match := _IN_ADDRESS.search(text or ""):
        day = _day(*(int(match[group]) for group in (1, 3, 4)))
    else:
        match = _IN_ADDRESS_COMPACT.search(text or "")
        day = _day(*map(int, match.groups())) if match else None
    return dates.when(day) if day else None


def in_file_name(name: str) -> When | None:
    """The day at the beginning of a file name, or None: ``2024-05-03 title.md``, ``20240503_title.md``, or
    with a time after it ``202405031230 title.md``."""
    match = _IN_NAME.match(name.replace("\\", "/").rpartition("/")[2])
    day = _day(*(int(part) for part in match.groups() if part)) if match else None
    return dates.when(day) if day else None


def parse(value: object, *, language: str | None = None) -> When | None:
    """Return the date that ``value`` represents, or None.

    Accepts dates, times since the epoch in seconds or milliseconds, and text: ISO 8601, RFC 2822, numeric
    forms (day first unless ``language`` is ``en-US``), month names in many languages, Korean, Chinese and
    Juche years, digits of any script. An instant keeps its zone; midnight without a zone is a day.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, datetime):
        return _when(value.date(), value.timetz())
    if isinstance(value, date):
        return dates.when(value) if value.year in _YEARS else None
    if isinstance(value, int | float):
        return _epoch(value) or (
            _text(str(int(value)), language) if value == value and abs(value) < 1e15 else None
        )
    return _text(value, language) if isinstance(value, str) else None


def _epoch(number: float) -> When | None:
    if number != number or not abs(number) < 1e15:
        return None
    seconds = int(number) // 1000 if int(number) // 1000 in _EPOCH and number > _EPOCH[-1] else int(number)
    return dates.when(datetime.fromtimestamp(seconds, UTC)) if seconds in _EPOCH else None


def _text(text: str, language: str | None) -> When | None:
    text = _plain(text)
    if not text or len(text) > 80:
        return None
    text, year = _juche(text)
    if text.isdecimal():
        return _digits(text)
    if match := _COMPACT.match(text):
        return _digits(text.replace("T", "").replace("Z", ""), UTC if match[7] else None)
    at, rest = _time(text)
    if rest is None:
        return None
    parsed = _numeric(rest, language, year) or _worded(rest, language, year)
    if parsed is None:
        return None
    if isinstance(parsed, str):
        return parsed if at is None else None
    return _when(parsed, at)


def _plain(text: str) -> str:
    """ASCII digits, single spaces, without invisible characters and enclosing brackets."""
    out = []
    for char in text:
        kind = unicodedata.category(char)
        out.append(str(unicodedata.digit(char)) if kind == "Nd" else "" if kind == "Cf" else char)
    text = " ".join("".join(out).replace("،", ",").split())
    text = _KOREAN_HALF.sub(lambda m: f"{m[2]} {'pm' if m[1] == '오후' else 'am'}", text)
    for _ in range(_MAX_BRACKETS):
        if text[:1] + text[-1:] in ("[]", "()", '""', "''"):
            text = text[1:-1].strip()
    return text


def _digits(text: str, zone: timezone | None = None) -> When | None:
    """Parse digits only: a year, a compact date, or seconds since the epoch."""
    if len(text) == 4:
        return text if int(text) in _YEARS else None
    if len(text) in (8, 14) and int(text[:4]) in _YEARS:
        day = _day(int(text[:4]), int(text[4:6]), int(text[6:8]))
        if day is None or len(text) == 8:
            return dates.when(day) if day else None
        return _clock(day, int(text[8:10]), int(text[10:12]), int(text[12:]), zone)
    return _epoch(int(text)) if len(text) in (9, 10, 12, 13) else None


def _clock(day: date, hour: int, minute: int, second: int, zone: timezone | None) -> When | None:
    if hour > 23 or minute > 59 or second > 60:
        return None
    return _when(day, time(hour, minute, min(second, 59), tzinfo=zone))


def _juche(text: str) -> tuple[str, int | None]:
    """Return the text with a Juche year converted, and this year if it is separate from the date.

    ``Juche113.9.18.`` begins a date; ``September 21. 2018 Juche 107`` repeats its year.
    """
    match = _JUCHE.search(text)
    if not match:
        return text, None
    year = int(match[1]) + _JUCHE_YEAR
    if match[2] and int(match[2]) != year:
        return "", None
    if match.start() == 0 and text[match.end() :].strip(" .,"):
        return f"{year}{match[3] or ' '}{text[match.end() :]}".replace(" .", "."), None
    rest = f"{text[: match.start()]} {text[match.end() :]}".strip(" ,.>")
    if not rest:
        return f"{year}", None
    years = [int(y) for y in re.findall(r"\d{4}", rest)]
    if years and year not in years:
        return "", None
    return rest, None if years else year


def _time(text: str) -> tuple[time | None, str | None]:
    """The time of day in ``text``, and the text without it; no text if the time does not exist."""
    match = _TIME.search(text)
    if not match:
        return None, text
    hour, minute, second = (int(match[g] or 0) for g in ("hour", "minute", "second"))
    if half := match["half"]:
        if not 1 <= hour <= 12:
            return None, None
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    if hour > 23 or minute > 59 or second > 60:
        return None, None
    end = match.end()
    name = (match["name"] or "").lower()
    zone: timezone | None = None
    if name and name not in _ZONES:
        end = match.start("name")
    elif match["offset"]:
        sign = 1 if match["offset"][0] == "+" else -1
        digits = match["offset"][1:].replace(":", "")
        hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
        if hours > 14 or minutes > 59:
            return None, None
        zone = timezone(sign * timedelta(hours=hours, minutes=minutes))
    elif name:
        zone = timezone(timedelta(hours=_ZONES[name]))
    rest = re.sub(r"\A\s*\([^()]{2,40}\)", "", text[end:])  # RFC 2822's comment: "+0900 (KST)"
    return time(hour, minute, min(second, 59), tzinfo=zone), f"{text[: match.start()]} {rest}".strip(" ,-|·•")


def _numeric(text: str, language: str | None, juche: int | None) -> date | When | None:
    if match := _YMD.match(text):
        year, month = int(match[1]), int(match[2])
        if match[3]:
            return _day(year, month, int(match[3]))
        return _month(year, month)
    if match := _DMY.match(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if juche and juche != year:
            return None
        readings = (first, second), (second, first)
        if language and language.replace("_", "-").lower() == "en-us" and match[2] != ".":
            readings = readings[::-1]
        for day, month in readings:
            # If only one reading has a possible month, it is the intended one; the day must still exist.
            if month <= 12:
                return _day(year, month, day)
    return None


def _worded(text: str, language: str | None, juche: int | None) -> date | When | None:
    """A date with its month in letters, in any order."""
    months, weekdays = _names(language)
    day = month = None
    year = juche
    for word in _WORDS.findall(text):
        token = word.casefold().rstrip(".")
        if token.isdecimal():
            if len(token) == 4 and year is None:
                year = int(token)
            elif len(token) <= 2 and day is None:
                day = int(token)
            else:
                return None
        elif token in months and month is None:
            month = months[token]
        elif token in ("st", "nd", "rd", "th", "er", "º") and day is not None:
            continue
        elif token not in weekdays and token not in _FILLERS:
            return None
    if year is None or month is None:
        return None
    return _day(year, month, day) if day is not None else _month(year, month)


@cache
def _names(language: str | None) -> tuple[dict[str, int], frozenset[str]]:
    """Month names → numbers, and names of weekdays, first those of ``language``, then of many others."""
    months: dict[str, int] = {"sept": 9}
    weekdays: set[str] = set()
    own = (language or "").split("-")[0].lower()
    for locale in dict.fromkeys((own if own in _LOCALES else "en", *_LOCALES)):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale).items():
                    for part in (name, *([name[:3]] if locale == "en" else [])):
                        months.setdefault(part.casefold().rstrip("."), number)
                for name in get_day_names(width, context, locale).values():
                    weekdays.update(part.rstrip(".") for part in re.split(r"[\s-]+", name.casefold()))
    return months, frozenset(weekdays)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def _month(year: int, month: int) -> When | None:
    return f"{year}-{month:02d}" if year in _YEARS and 1 <= month <= 12 else None


def _when(day: date, at: time | None) -> When | None:
    if day.year not in _YEARS:
        return None
    if at is None or (at.tzinfo is None and at.replace(microsecond=0) == time()):
        return dates.when(day)
    return dates.when(datetime.combine(day, at))
