"""The print of a text: a few hundred numbers by which its copies are known."""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata
import zlib
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from exporter.model.agency_marks import without_agency_marks
from exporter.model.article import Article, Figure
from exporter.model.visit import texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

SCHEME = 2
"""The way fingerprints are made. Stored ones of another number are made again, not compared."""

_NUMBERS = 4096  # as many are kept whole: a table may have a thousand, and one of them tells
_KEPT = 512  # hashes of a sketch: a text of up to so many shingles is compared exactly
_BANDS, _ROWS = 16, 2
_TITLE_BANDS = 4  # of one row each, of the headline's pairs of words
_LEAD = 12  # words: a cut copy begins as the whole one does
_OPENS, _CLOSES = 6, 3  # words of a headline: what a flash shares with the group, where little else
# Scripts that put no spaces between words, and Hangul, which puts them one way in one paper and
# another way in the next: here every character is a word, and a shingle takes more of them.
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_DENSE}]|[^\W_{_DENSE}]+")
_BEYOND = re.compile("[\u0e00-\U0010ffff]")  # there may be some of them
_LENGTHS = {False: 3, True: 5}  # words, characters of a shingle
# Accents, which one paper fingerprints and another drops, and characters without breadth.
_DROPPED = re.compile("[\u0300-\u036f\xad\u200b-\u200f\u2060\ufeff]")
_MARKS = re.compile("[\xa1-\xbf\u2010-\u205e]")
_SPACED = {code: " " for code in range(128) if not chr(code).isalnum()}
_ENDS = frozenset('.!?:…"”»')


class Fingerprint(msgspec.Struct, frozen=True):
    """What is kept of an article's text to know it again; about 1.5 kB, MessagePack as it stands.

    ``text`` is 128 bits of the SHA-256 of its words, equal where only case, accents, spaces,
    punctuation, dateline, end key, captions differ; ``sketch`` and ``names`` the smallest hashes
    (32 bits each, little-endian, rising) of its shingles and of its names; ``numbers`` those of its
    numbers (64 bits each), see `packed`; ``size`` its words (characters in Chinese, Japanese, Korean …),
    0 where it has no text. Articles worth comparing share one of the ``bands``, signed 64-bit
    numbers to look up in an index. Prints of different schemes are never compared.
    """

    text: bytes
    sketch: bytes
    names: bytes
    bands: tuple[int, ...]
    size: int
    scheme: int = SCHEME
    numbers: bytes = b""


def fingerprint(article: Article) -> Fingerprint:
    """The print of the article. The title says only where to look, not what is the same."""
    from exporter.library.duplicates._numbers import spelled

    body = [block for block in without_agency_marks(article).blocks if not isinstance(block, Figure)]
    text = without_boilerplate(spelled("\n".join(texts(body))))
    words = _words(text)
    shingles = _shingles(words)
    names = sorted(set(_words(" ".join(_names(text)))))
    bands = [*_lsh(shingles), _number("lead", words[:_LEAD])] if words else []
    if title := title_words(article.title):
        bands += [_number("opens", title[:_OPENS]), _number("closes", title[-_CLOSES:])]
        bands += _title_bands(title)
    return Fingerprint(
        text=hashlib.sha256(" ".join(words).encode()).digest()[:16],
        sketch=_sketch(shingles),
        names=_sketch(_hashes(names)),
        bands=tuple(bands),
        size=len(words),
        numbers=packed(text),
    )


def _title_bands(title: Sequence[str]) -> list[int]:
    """MinHash of the headline's pairs of words: two headlines that have half of them in common
    meet 15 times of 16, whatever stands before or after."""
    import numpy as np

    if len(title) < 2:
        return []
    pairs = _hashes(["\0".join(pair) for pair in pairwise(title)])
    draws = np.arange(1, _TITLE_BANDS + 1, dtype=np.uint64)[:, None] * np.uint64(0x9E3779B97F4A7C15)
    bands: list[int] = _mixed(pairs ^ draws).min(axis=1).view(np.int64).tolist()
    return bands


def _words(text: str) -> list[str]:
    """The words of a text in NFKC, case and accents folded."""
    text = text.casefold()
    if not text.isascii():
        bare = _DROPPED.sub("", unicodedata.normalize("NFD", text))
        text = unicodedata.normalize("NFC", _MARKS.sub(" ", bare))
    if text.isascii():  # as the pattern would part it, in a quarter of the time
        return text.translate(_SPACED).split()
    return _WORD.findall(text)


def _names(text: str) -> list[str]:
    """Of what stands between spaces, that which is capitalised and begins no sentence."""
    pieces = text.split()
    return [piece for before, piece in pairwise(pieces) if piece[0].isupper() and before[-1] not in _ENDS]


@lru_cache(1024)
def title_words(title: str) -> list[str]:
    """A headline's words, without "(Urgent)" or "[2024.09.05.]"."""
    bare = re.sub(r"[(\[][^)\]]*(?:[)\]]|\Z)", " ", title)
    return _words(unicodedata.normalize("NFKC", bare))


# "(2 photos)", "[2024.09.05.]", "(2nd LD)", "UPDATE 3-": what an agency or a page puts to a headline.
_BESIDE_TITLE = re.compile(
    r"[(\[](?:(?:[^\W\d_]{3,12}[0-9]{1,3}|[0-9]{4})[-./][0-9]{1,2}[-./][0-9]{1,2}\.?"
    r"|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{4}"
    r"|[^)\]]{0,40}(?:photo|picture|image|video|foto|bild|lead|\bld\b|update|urgent|corr|comment|종합|속보|[0-9]보|사진)"
    r"[^)\]]{0,40})(?:[)\]]|\Z)|\A(?:[0-9]+(?:st|nd|rd|th) )?(?:update|lead|ld)\b ?[0-9]*\s?[-:–—]?",
    re.I,
)


class Headline(NamedTuple):
    """A headline's numbers, as `packed` gives them, and its other words; without remarks beside it."""

    numbers: bytes
    words: frozenset[str]


@lru_cache(1024)
def headline(title: str) -> Headline:
    from exporter.library.duplicates._numbers import spelled, without_numbers

    title = _BESIDE_TITLE.sub(" ", spelled(title))
    return Headline(packed(title), frozenset(_words(without_numbers(title))))


def _number(kind: str, words: Sequence[str]) -> int:
    digest = hashlib.sha256(" ".join((kind, *words)).encode()).digest()
    return int.from_bytes(digest[:8], "little", signed=True)


def _hashes(words: Sequence[str]) -> Hashes:
    import numpy as np

    # CRC-32 is quick, and the same everywhere; what it lacks in spread, `_mixed` adds.
    numbers = map(zlib.crc32, " ".join(words).encode().split(b" ") if words else ())
    return _mixed(np.fromiter(numbers, np.uint64, len(words)))


def _shingles(words: Sequence[str]) -> Hashes:
    """64-bit hashes of the runs of words, in their order."""
    import numpy as np

    dense = _BEYOND.search("".join(words)) and 2 * sum(w > "\u0e00" and len(w) == 1 for w in words) > len(
        words
    )
    length = min(_LENGTHS[bool(dense)], len(words))
    hashes = _hashes(words)
    runs = np.zeros(len(words) - length + 1 if words else 0, dtype=np.uint64)
    for at in range(length):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + hashes[at : at + len(runs)]
    return _mixed(runs)


def _mixed(numbers: Hashes) -> Hashes:
    """SplitMix64's finish: every bit hangs on every other."""
    import numpy as np

    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ numbers >> np.uint64(31)


def packed(text: str) -> bytes:
    """The numbers of a text that `spelled` has made, as hashes of 64 bits, little-endian, rising. The
    upper half is the number's value, the lower what stands before it; or, where the lowest bit is
    set, the value's unit and the value."""
    from exporter.library.duplicates._numbers import numbers

    crc, distinct = zlib.crc32, set[int]()
    for value, unit, before in numbers(text):
        number = crc(value.encode())
        distinct.add(number << 32 | crc(before.encode()) & ~1)
        if unit:
            distinct.add(crc(f"{value} {unit}".encode()) << 32 | number | 1)
    kept = sorted(distinct)[:_NUMBERS]
    return struct.pack(f"<{len(kept)}Q", *kept)


def _sketch(hashes: Hashes) -> bytes:
    import numpy as np

    rising = np.sort(hashes >> np.uint64(32))  # np.unique is slow on so few
    once = np.concatenate((rising[:1], rising[1:][rising[1:] != rising[:-1]]))
    return once[:_KEPT].astype("<u4").tobytes()


@cache
def _permutations() -> tuple[Hashes, Hashes]:
    import numpy as np

    drawn = _mixed(np.arange(1, 2 * _BANDS * _ROWS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    factors, terms = drawn.reshape(2, -1, 1)
    return factors | np.uint64(1), terms


def _lsh(shingles: Hashes) -> list[int]:
    """MinHash in bands (Broder 1997): texts that share half their shingles share a band 99 times of 100."""
    import numpy as np

    factors, terms = _permutations()
    least = (factors * shingles + terms).min(axis=1).reshape(_BANDS, _ROWS)
    keys = np.arange(_BANDS, dtype=np.uint64)
    for row in range(_ROWS):
        keys = _mixed(keys * np.uint64(0x9E3779B97F4A7C15) + least[:, row])
    bands: list[int] = keys.view(np.int64).tolist()
    return bands


@lru_cache(256)  # 20 kB each
def _unpacked(sketch: bytes) -> tuple[frozenset[int], float]:
    """The hashes, and up to which number they are all there."""
    hashes = struct.unpack(f"<{len(sketch) // 4}I", sketch)
    return frozenset(hashes), hashes[-1] if len(hashes) == _KEPT else float("inf")


def _in_reach(a: bytes, b: bytes) -> tuple[frozenset[int], frozenset[int]]:
    """The hashes of two sketches up to where both are complete: a fair sample of both wholes."""
    (left, left_end), (right, right_end) = _unpacked(a), _unpacked(b)
    if left_end == right_end:
        return left, right
    end = min(left_end, right_end)
    return frozenset(x for x in left if x <= end), frozenset(x for x in right if x <= end)


_SAMPLE = 6  # shingles that tell something of a text


def similarity(a: Fingerprint, b: Fingerprint) -> float:
    """How much of the two texts is common, 0 to 1: the Jaccard index of their shingles. Exact to
    512 shingles, beyond that within about 0.04 (twice the standard error). 0 where a text is empty."""
    return common(a, b)[0]


def begins_alike(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether the first dozen words are the same."""
    return bool(a.size and b.size) and a.bands[_BANDS] == b.bands[_BANDS]


def common(a: Fingerprint, b: Fingerprint) -> tuple[float, float]:
    """What `similarity` returns, and how much of the shorter text stands in the longer one; this 0 where too
    little of it is in reach to tell, as of ten words against a thousand."""
    left, right = _in_reach(a.sketch, b.sketch)
    common, less = len(left & right), min(len(left), len(right))
    if not common:
        return 0.0, 0.0
    return common / (len(left) + len(right) - common), common / less if less >= _SAMPLE else 0.0


class DifferingEntities(NamedTuple):
    """What each of two texts names and the other does not, the lesser count: a cut copy lacks much, but
    has nothing of its own. ``names`` as a share of all that the poorer gives, ``of`` the names of the
    poorer."""

    names: float
    of: int


def differing_entities(a: Fingerprint, b: Fingerprint) -> DifferingEntities:
    left, right = _in_reach(a.names, b.names)
    of = min(len(left), len(right))
    given = min(of + _count(a.numbers), of + _count(b.numbers))
    return DifferingEntities(min(len(left - right), len(right - left)) / max(1, given), of)


def differing_numbers(a: bytes, b: bytes) -> bool:
    """Whether of two texts (see `packed`) each gives a number that the other does not; or both give another
    one after the same words, or the same one with another unit."""
    if a == b:
        return False
    left, right = _numbers_in(a), _numbers_in(b)
    if len(left) == _NUMBERS or len(right) == _NUMBERS:
        end = min(max(each) for each in (left, right) if len(each) == _NUMBERS)
        left, right = (frozenset(number for number in each if number <= end) for each in (left, right))
    own, others = left - right, right - left
    if not own or not others:
        return False
    values, other_values = _values(left), _values(right)
    if values - other_values and other_values - values:
        return True
    return bool({number & 0xFFFFFFFF for number in own} & {number & 0xFFFFFFFF for number in others})


@lru_cache(256)
def _numbers_in(numbers: bytes) -> frozenset[int]:
    return frozenset(struct.unpack(f"<{len(numbers) // 8}Q", numbers))


def _values(numbers: frozenset[int]) -> set[int]:
    return {number >> 32 for number in numbers if not number & 1}


def _count(numbers: bytes) -> int:
    return len(_values(_numbers_in(numbers)))


# -- What a page puts around an article and changes from day to day: counters, reading time, dates of
# saving.


_LONGEST = 120  # characters of a line that is boilerplate
_DIGIT = re.compile("[0-9]")
_GAP = re.compile(r" ?[|•·‧∙] ?| [–—-] ")
_COUNT = r"[0-9][0-9.,]*\s?(?:[km]|тыс\.?|[万만천])?"
_COUNTED = (
    r"comments?|shares?|views?|likes?|reads?|replies|reactions?|retweets?|reposts?|kommentare?|aufrufe"
    r"|comentarios?|visitas|commentaires?|partages|vues|комментари\w{1,9}|просмотр\w{0,9}|댓글|조회수?|공감|추천"
    r"|评论|評論|浏览|阅读|コメント|閲覧"
)
# A counter, the time that reading takes, the number of a page, a copyright's year, what else to read.
_OTHER = re.compile(
    rf"[(\[]?{_COUNT}\s?[个개個]?\s?(?:{_COUNTED})[)\]]?"
    rf"|(?:{_COUNTED}) ?:? ?[(\[]?{_COUNT}[)\]]?\s?[个개個条件]?"
    r"|[0-9]+[ -]?(?:min(?:ute|uto)?[nsr]?\.?|мин\w{0,9}\.?|분|分钟?|分鐘)[ -]?(?:de |на |で)?"
    r"(?:read|reading time|lesezeit|lectura|lecture|leitura|чтени[ея]|읽기|소요|阅读|閱讀|読めます)"
    r"|(?:reading time|read time|lesezeit|lesedauer|tiempo de lectura|temps de lecture|tempo de leitura"
    r"|время чтения|읽는 ?시간|预计阅读|預計閱讀|読了時間)[^0-9]*[0-9]+[^0-9]*"
    r"|(?:page|seite|página|pagina|стр\.?|페이지|页) ?[0-9]+(?: ?(?:/|of|von|de|из|sur) ?[0-9]+)?"
    r"|(?:©|\(c\)|copyright)[^0-9]*(?:19|20)[0-9]{2}(?:[-–](?:20)?[0-9]{2})?[^0-9]*"
    r"|(?:tags?|topics?|keywords?|filed under|schlagw\w{1,15}|etiquetas|temas|mots[- ]clés|теги|태그|标签"
    r"|標籤|タグ|read (?:more|also)|also read|see also|related|lea también|lire aussi|à lire|mehr zum thema"
    r"|lesen sie auch|читайте также|관련 ?기사|相关阅读|関連記事) ?:.*"
)
_STAMPED = re.compile(
    r"(?:last )?(?:updated?|modified|saved|published|posted|printed|retrieved|accessed|archived|captured"
    r"|downloaded|visited|edited)\b|stand\b|aktualisiert|zuletzt|veröffentlicht|gespeichert|abgerufen"
    r"|gedruckt|actualizado|última actualización|publicado|guardado|consultado|impreso|mise? à jour|publié"
    r"|enregistré|consulté|imprimé|modifié|atualizado|salvo|обновлено|опубликовано|сохранено|дата обращения"
    r"|입력|수정|등록|저장|갱신|更新|发布|發布|保存|公開"
)
_MONTHS = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|mai|mär|okt|dez|fév|avr|juin|juil"
    r"|août|déc|янв|фев|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\w{0,12}\.?"
)
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th|er|\.|º)?"
_DATES = re.compile(
    r"[0-9]{4} ?[-./年년] ?[0-9]{1,2} ?[-./月월] ?[0-9]{1,2}[日일.]?"
    r"|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{4}"
    rf"|{_DAY}(?: de)? {_MONTHS}(?:,?(?: de)? [0-9]{{4}})?|{_MONTHS} {_DAY}(?:,? [0-9]{{4}})?"
    r"|[0-9]{1,2}[:h][0-9]{2}(?::[0-9]{2})?"
    r"|[0-9]{1,2}[.h]?(?:[0-9]{2})? ?(?:[ap]\.?m\b|uhr|h\b|[시点時时])(?: ?[0-9]{1,2} ?[분分])?"
    r"|(?<![0-9])[0-9]++ ?(?:sec|min|hour|day|week|month|year|stunde|tag|hora|día|heure|jour|час|дн|시간|분"
    r"|小时|分钟|時間|天)"
    r"|(?:utc|gmt) ?[+-][0-9:]+"
)


def without_boilerplate(text: str) -> str:
    """The text, as `_numbers.spelled` has made it, without the lines, or pieces of lines, that give a number
    that says nothing of the group."""
    lines = text.split("\n")
    return "\n".join(_kept(line) if len(line) <= _LONGEST and _DIGIT.search(line) else line for line in lines)


def _kept(line: str) -> str:
    pieces = _GAP.split(line)
    kept = [piece for piece in pieces if not _is_boilerplate(piece.strip(" .").lower())]
    return line if len(kept) == len(pieces) else " | ".join(kept)


def _is_boilerplate(piece: str) -> bool:
    if _OTHER.fullmatch(piece):
        return True
    # After "Updated" there are dates alone, not "Updated the timetable to 3.2".
    return _STAMPED.match(piece) is not None and not _DIGIT.search(_DATES.sub("", piece))
