"""The numbers of a text: each as its whole token, in one spelling.

"5.2", "3.2.9", "2-1", "10:15", "2024-04-23", "1/2" are one number each. Spellings of one number are equal:
``1,000``, ``1 000``, ``1.000``, ``1'000`` and ``1000``; ``5,2`` and ``5.2``; ``2-1`` and ``2:1``;
``1.2 million`` and ``1,200,000``; digits of any script; a percent sign and the word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple


class Number(NamedTuple):
    """A number of a text. ``value`` is its spelling, the same for all ways to print it; ``unit`` what
    is measured, or the letters that belong to an identifier, empty where there are none; ``before``
    the last letters and digits ahead of it."""

    value: str
    unit: str
    before: str


# -- One spelling ------------------------------------------------------------------------

_DASH = "\\-\u2010-\u2015\u2212"
# What joins digits to one token: a point, a comma, a colon, a slash, a dash; a space or an apostrophe
# before exactly three. "2 - 1" and "2 : 1" are how some print a score.
_JOINED = (
    rf"[0-9]*(?:(?:[.:/⁄]|,(?=[0-9]{{1,3}}(?![0-9]))|(?<![0-9]{{4}})['’ ](?=[0-9]{{3}}(?![0-9]))"
    rf"|[{_DASH}]| [{_DASH}:] )[0-9]+)*"
)
# One pass over the text for both kinds.
_TOKEN = re.compile(rf"[0-9IVX](?:(?<=[0-9]){_JOINED}|(?<=[IVX])[IVX]{{0,14}}(?![\w'’]))")
_GROUPED = re.compile(r"([1-9][0-9]{0,2}([ ,.'’])[0-9]{3}(?:\2[0-9]{3})*)(?:(?!\2)[.,]([0-9]+))?")
_INDIAN = re.compile(r"([1-9][0-9]?(?:,[0-9]{2})+(,)[0-9]{3})(?:\.([0-9]+))?")
_PARTS = re.compile(rf" ?[{_DASH}:] ?")
_ROMAN_FORM = re.compile(r"(X{0,3})(IX|IV|V?I{0,3})")
_ROMANS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_CAPITALISED = re.compile(r"[A-Z][a-z]{2,} \Z")  # "World War I"; the pronoun mostly follows small letters

_OTHER_DIGITS = re.compile(r"(?![0-9])\d|[٫٬٪]")
_OTHER_MARKS = {"٫": ".", "٬": ",", "٪": "%"}
CHINESE = "〇零一二三四五六七八九"
_COUNTING = f"{CHINESE}十百千万萬亿億两兩"
_CHINESE_DIGITS = re.compile(
    rf"(?<![{_COUNTING}点])(?:[{CHINESE}]{{2,}}|[{CHINESE}]+点[{CHINESE}]+)(?![{_COUNTING}点])"
)
_TO_DIGITS = {ord(digit): str(max(0, at - 1)) for at, digit in enumerate(CHINESE)} | {ord("点"): "."}
_RARE = re.compile(f"[¼-¾⅐-⅞\u0660-\u1819{CHINESE}]")  # or a letter of those scripts
_VULGAR = re.compile("(?<=[0-9])(?=[¼-¾⅐-⅞])")  # "2½" would become "21/2"


def spelled(text: str) -> str:
    """The text in NFKC with the digits of every script as ASCII, Chinese ones where several stand
    together as digits do ("二〇二四")."""
    if text.isascii():
        return text
    if not _RARE.search(text):
        return unicodedata.normalize("NFKC", text)
    text = unicodedata.normalize("NFKC", _VULGAR.sub(" ", text))
    text = _OTHER_DIGITS.sub(lambda match: _OTHER_MARKS.get(match[0]) or str(int(match[0])), text)
    return _CHINESE_DIGITS.sub(lambda match: match[0].translate(_TO_DIGITS), text)


@lru_cache(4096)
def _value(token: str) -> str:
    parts = [_plain(part) for part in _PARTS.split(token.replace("⁄", "/"))]
    value = "-".join(parts)
    if len(date := re.split("[./-]", value)) == 3 and 4 in (len(date[0]), len(date[2])):
        year, month, day = (
            (part.lstrip("0") for part in date) if len(date[0]) == 4 else (p.lstrip("0") for p in date[::-1])
        )
        return f"{year}.{day}.{month}" if len(month) == 2 and month > "12" else f"{year}.{month}.{day}"
    return value


def _plain(part: str) -> str:
    if match := _GROUPED.fullmatch(part) or _INDIAN.fullmatch(part):
        whole = match[1].replace(match[2], "")
        return f"{whole}.{match[3]}" if match[3] else whole
    return re.sub(r"\A0+(?=[0-9])", "", part.replace(",", "."))


def _scaled(value: str, zeros: int) -> str:
    whole, _, fraction = value.partition(".")
    if not (whole + fraction).isdigit():
        return f"{value}e{zeros}"
    digits, point = whole + fraction.ljust(zeros, "0"), len(whole) + zeros
    return digits[:point].lstrip("0") + ("." + digits[point:] if digits[point:] else "")


# -- What is measured --------------------------------------------------------------------

_SCALES = {
    3: r"thousand\b|tausend\b|tsd\b|mil(?:le)?\b|k\b|тыс(?:яч\w*)?|[千천]",
    4: r"[万萬만]",
    6: r"millions?\b|millionen\b|mln\b|mio\b|millón|millones\b|миллион\w*|млн",
    8: r"[億亿억]",
    9: r"billions?\b|bn\b|milliarde?n?s?\b|mrd\b|миллиард\w*|млрд",
    12: r"trillions?\b|tn\b|billón|billones\b|триллион\w*|трлн|[兆조]",
}
_SCALE = re.compile("[ -]?(?:" + "|".join(f"(?P<_{n}>{words})" for n, words in _SCALES.items()) + r")\.?")
_SHORT = {"m": 6, "b": 9}  # "$5m"
# Stems and abbreviations, in small letters; the first that fits. Without a sign degrees are left open.
_UNITS = {
    "points": r"percentage points?|pp\b|p\.p\.|prozentpunkt|puntos porcentuales|points de pourcentage"
    r"|процентн\w+ пункт",
    "percent": r"%|per ?cent\b|pct\b|prozent|por ?ciento|por cento|pour cent|процент|퍼센트|프로\b"
    r"|パーセント",
    "permille": r"‰|per ?mille?\b|promille",
    "celsius": r"° ?c\b|(?:degrees?|grad|grados|degrés) c(?:elsius)?\b",
    "fahrenheit": r"° ?f\b|(?:degrees?|grad|grados|degrés) f(?:ahrenheit)?\b",
    "kmh": r"km/h|kmh\b|kph\b|kilomet(?:re|er)s per hour|stundenkilometer|км/ч",
    "km2": r"km2\b|sq(?:uare|\.)? ?k(?:ilo)?m|quadratkilom|кв\. ?км|平方公里",
    "m2": r"m2\b|sq(?:uare|\.)? ?m|quadratm|qm\b|кв\. ?м|제곱미터|평방미터|平方米",
    "m3": r"m3\b|cubic m|kubikm|куб|세제곱미터|立方米",
    "km": r"km\b|kil[oó]m|км\b|километр|킬로메|公里|キロメ|千米",
    "cm": r"cm\b|centim|zentim|см\b|сантиметр|센치|센티|厘米|センチ",
    "mm": r"mm\b|milli?m|мм\b|миллиметр|미리메|밀리미|毫米|ミリ",
    "miles": r"mi(?:les?)?\b|meilen?\b|millas?\b|миль",
    "mph": r"mph\b",
    "feet": r"ft\b|f[eo]{2}t\b",
    "inches": r"inch|zoll\b",
    "kg": r"kg\b|kilo(?:gram|s?\b)|кг\b|килограмм|킬로그|公斤|千克|キログ",
    "mg": r"mg\b|milligram",
    "tons": r"t\b|ton(?:ne)?s?\b|tonnen\b|toneladas?\b|тонн|톤|吨|噸|トン",
    "lb": r"lbs?\b",
    "bytes": r"bytes?\b",
    **{unit: rf"{unit}\b" for unit in ("kb", "mb", "gb", "tb", "kw", "mw", "gw", "kwh", "mwh", "mhz", "ghz")},
    "m": r"m\b|met(?:re|er)n?s?\b|mètres?\b|metros?\b|м\b|метр|메터|미터|米|メートル",
    "g": r"g\b|gram|г\b|грамм|그람|그램|克|グラム",
    "litres": r"l\b|lit(?:re|er)|litros?\b|литр|리터|升|リットル",
    "hectares": r"ha\b|he[ck]t|гектар|公顷",
    "acres": r"acres?\b",
    "dollars": r"(?:us)?\$|usd\b|dollar|d[óo]lar|доллар|딸라|달러|美元|ドル",
    "euros": r"€|euro?s?\b|евро|유로|欧元|ユーロ",
    "sterling": r"£|gbp\b|sterling",
    "yen": r"¥|jpy\b|yen\b|иен|엔\b|日元|円",
    "yuan": r"yuan\b|rmb\b|cny\b|юан|위안|人民币|元",
    "won": r"₩|krw\b|won\b|вон\b|원|韩元",
    "roubles": r"₽|rub\b|rou?bles?\b|rubel\b|rublos?\b|руб",
    "rupees": r"₹|inr\b|rs\b|rupee|рупи",
    "francs": r"chf\b|fran[ck]s?\b|франк",
    "am": r"a\.?m\b",
    "pm": r"p\.?m\b",
    "seconds": r"sec(?:onds?)?\b|sekunden?\b|segundos?\b|secondes?\b|секунд|초|秒",
    "minutes": r"min(?:ute|uto)?[sn]?\b|минут|분|分",
    "hours": r"h\b|hrs?\b|hours?\b|stunden?\b|horas?\b|heures?\b|час|시간|小时|小時|時間",
    "days": r"days?\b|tage?n?\b|días?\b|jours?\b|дн[яе]|день|[일日]",
    "weeks": r"weeks?\b|wochen?\b|semanas?\b|semaines?\b|недел|주일|[周週]",
    "months": r"months?\b|monate?n?\b|mes(?:es)?\b|mois\b|месяц|개?월|[个個]?月",
    "years": r"years?\b|jahre?n?\b|años?\b|ans?\b|лет\b|год|[년年]",
}
_OPENERS = frozenset(
    (
        *("percentage", "puntos", "points", "per", "por", "pour", "degrees", "grad", "grados", "degrés", "°"),
        *("square", "sq", "sq.", "cubic", "кв.", "of", "de"),
    )
)
_UNIT = re.compile(
    r"(?: (?:de|of) | d['’]|[ -]?)(?:"
    + "|".join(f"(?P<{unit}>{words})" for unit, words in _UNITS.items())
    + ")"
)
_SIGNS = {
    "$": "dollars",
    "€": "euros",
    "£": "sterling",
    "¥": "yen",
    "₩": "won",
    "₽": "roubles",
    "₹": "rupees",
}
_CODES = {
    **{"USD": "dollars", "EUR": "euros", "GBP": "sterling", "JPY": "yen", "CNY": "yuan", "RMB": "yuan"},
    **{"KRW": "won", "RUB": "roubles", "INR": "rupees", "RS": "rupees", "CHF": "francs", "US$": "dollars"},
}
_LEAD = re.compile(
    rf"(?<![\w$])(?P<minus>[{_DASH}]|minus |menos |moins |минус |영하 ?)?"
    rf"(?P<money>[A-Z]{{0,2}}[$€£¥₩₽₹]|(?:USD|EUR|GBP|JPY|CNY|RMB|KRW|RUB|INR|CHF|Rs)(?![a-z])\.?)? ?"
    rf"(?P<inner>[{_DASH}])?\Z"
)
_MINUS = ("minus ", "menos ", "moins ", "минус ")
# Of letters without case the neighbours are words: particles, suffixes.
_LETTERS = re.compile(rf"(?<![A-Za-z])([A-Za-z]++)[{_DASH}]?\Z")
_SUFFIX = re.compile("[a-z]+")
_ORDINALS = frozenset(("st", "nd", "rd", "th", "er", "re", "e", "eme", "o", "a"))
_NEAR, _CONTEXT, _TAIL = 24, 12, 28
# Of an address only a version says something: the same text has another address in each paper.
_URL = re.compile(r"(?:https?://|www\.)\S+")
_VERSION = re.compile(r"(?<![0-9])[0-9]++(?:\.[0-9]++)++")
_CUT = ("...", ",...")
_CLOSING = frozenset(("", "\n", ",", ";", ")"))
_UNSAID = {code: None for code in range(128) if not chr(code).isalnum()}


def numbers(text: str) -> Iterator[Number]:
    """The numbers of a text that `spelled` has made, in no order."""
    if "://" in text or "www." in text:
        text = _URL.sub(lambda match: " ".join(_VERSION.findall(match[0])), text)
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        token, near = match[0], text[max(0, start - _NEAR) : start]
        if token[0] > "9":
            if value := _roman(token, near):
                yield Number(value, "", _context(near))
            continue
        sign = unit = ""
        # Mostly a word and a space go before: no sign, no currency, no identifier's letters.
        if near and (near[-1] != " " or not near[-2:-1].islower() or near.endswith(_MINUS)):
            near, sign, unit = _lead(near)
        value, tail = _value(token), text[end : end + _TAIL]
        if tail.startswith(_CUT):  # in the middle of a number, perhaps
            continue
        if tail[:1] not in _CLOSING:
            value, unit = _measured(value, unit, tail.lower())
        if unit in ("m-", "km-", "co-") and value in ("2", "3"):  # m², CO₂
            continue
        yield Number(sign + value, unit, _context(near))


def _roman(token: str, near: str) -> str:
    """What the letters mean as a number, nothing where they are none."""
    if near[-1:].isalnum() or (len(token) == 1 and not _CAPITALISED.search(near)):
        return ""
    form = _ROMAN_FORM.fullmatch(token)
    return str(10 * len(form[1]) + _ROMANS.index(form[2])) if form else ""


def _context(near: str) -> str:
    if near.isascii():
        return near.lower().translate(_UNSAID)[-_CONTEXT:]
    return "".join(filter(str.isalnum, near.lower()))[-_CONTEXT:]


def _lead(near: str) -> tuple[str, str, str]:
    """What stands right before a number, taken from the text before: its sign, and its unit or the
    letters that belong to it."""
    match = _LEAD.search(near)
    if match and (match["minus"] or match["money"] or match["inner"]):
        before, money = near[: match.start()], (match["money"] or "").rstrip(".").upper()
        # "5 -10" is a range.
        minus = (match["minus"] or match["inner"]) and not before.rstrip(" ")[-1:].isdigit()
        unit = _CODES.get(money) or (money if money[1:] else _SIGNS.get(money, ""))
        return before, "-" if minus else "", unit
    if near[-1:] not in ("", " ", "\n") and (letters := _LETTERS.search(near)):
        name = letters[1].lower()
        return near[: letters.start()], "", "" if name in ("v", "vs", "no", "nr") else f"{name}-"
    return near, "", ""


def _measured(value: str, unit: str, tail: str) -> tuple[str, str]:
    """Value and unit with what follows the number."""
    word = tail.split(None, 1)
    if not word or not _may_measure(word[0]):
        suffix = _SUFFIX.match(tail) if tail[0] != " " else None
        return value, f"{unit}{suffix[0]}" if suffix and suffix[0] not in _ORDINALS else unit
    at = zeros = 0
    while scale := _SCALE.match(tail, at):
        zeros += int((scale.lastgroup or "_0")[1:])
        at = scale.end()
    if not at and unit and unit[-1] != "-" and not tail[1:2].isalnum():
        zeros = _SHORT.get(tail[0], 0)
    if zeros:
        value = _scaled(value, zeros)
    measure = _UNIT.match(tail, at)
    return value, unit or (measure.lastgroup if measure else "") or ""


@lru_cache(4096)
def _may_measure(word: str) -> bool:
    """Whether a scale or a unit may begin with that word."""
    word = word.lstrip("-")
    return word in _OPENERS or _SCALE.match(word) is not None or _UNIT.match(word) is not None


_MEASURED = re.compile(
    rf"(?:[^\W\d_]{{1,20}}[{_DASH}]?|(?:[a-z]{{0,2}}[$€£¥₩₽₹]|usd|eur|gbp) ?)?[0-9]{_JOINED}"
    rf"(?:{_SCALE.pattern})*(?:{_UNIT.pattern})?[a-z]*|(?<!\w)[ivx]+(?!\w)"
)


def without_numbers(text: str) -> str:
    """The text in small letters without its numbers and their units."""
    return _MEASURED.sub(" ", text.lower())
