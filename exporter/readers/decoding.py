"""Bytes to text: declared, then UTF-8, then the likely encodings of the news we read."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding=["']([\w.:-]+)|<meta[^>]{0,200}?charset=["']?\s*([\w.:-]+)""", re.I
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What standards call Latin-1 and EUC-KR is in practice a superset (WHATWG Encoding, section 4.2).
_IN_PRACTICE = {"iso8859-1": "cp1252", "ascii": "cp1252", "euc_kr": "cp949", "gb2312": "gb18030"}


_LIKELY = [
    "cp949",
    "cp1251",
    "koi8_r",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "cp1252",
    "cp1256",
    "cp1250",
]
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b")


_TIE = 0.005


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str, bool]:
    """The text, the encoding's name, and whether it is certain (declared or valid UTF-8).

    The ``encoding`` that a server names counts before the one that the text declares, if it fits.
    Line ends become ``\\n``. What fits no encoding becomes U+FFFD.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _lines(data.decode(name, "replace")), name.removesuffix("-sig"), True
    # UTF-16 of plain English is valid UTF-8, too: its NULs tell it apart, so they are asked first.
    if wide := _wide(data):
        return _lines(data.decode(wide, "replace")), wide, False
    try:
        return _lines(data.decode("utf-8")), "utf-8", True
    except UnicodeDecodeError:
        pass
    for declared in (_known(encoding or ""), _declared(data)):
        if declared and declared != "utf-8":
            try:
                return _lines(data.decode(declared)), declared, True
            except UnicodeDecodeError:
                pass
    # Mostly valid UTF-8 with a few broken bytes is UTF-8; charset detection would be led astray.
    repaired = data.decode("utf-8", "replace")
    broken = repaired.count("\ufffd")
    foreign = sum(1 for c in repaired if c > "\x7f") - broken
    if foreign > broken:
        return _lines(repaired), "utf-8", True
    name = _guessed(data[:200_000])
    return _lines(data.decode(name, "replace")), name, False


def _guessed(data: bytes) -> str:
    """The likeliest of the encodings. Of those that read equally well, the one that makes most sense in
    some language; Western and Central European often tie, and the Western one is by far the commoner."""
    from charset_normalizer import from_bytes

    candidates = list(from_bytes(data, cp_isolation=_LIKELY, enable_fallback=False))
    if not candidates:
        return "cp1252"
    equal = (match for match in candidates if match.chaos <= candidates[0].chaos + _TIE)
    usual = "cp1250" if candidates[0].language == "Hungarian" else "cp1252"
    return max(equal, key=lambda match: (match.coherence, match.encoding == usual)).encoding


def is_binary(data: bytes) -> bool:
    """Whether the bytes are no text in any encoding read here: NULs without UTF-16's
    regularity, or many control characters."""
    head = data[:65536]
    if any(head.startswith(bom) for bom, _ in _BOMS):
        return False
    if b"\0" in head:
        return _wide(head) is None
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls > 8 and controls > len(head) // 20


def _declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:4096])
    return _known((match[1] or match[2]).decode("ascii")) if match else None


def _known(name: str) -> str | None:
    """The codec of that name, as it is used in practice, or None."""
    try:
        name = codecs.lookup(name).name
        "".encode(name)  # others, such as base64, are no encodings of text
    except (LookupError, ValueError):
        return None
    return _IN_PRACTICE.get(name, name)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a byte-order mark, known by the NULs of its ASCII characters."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > half // 5 and even < half // 50 + 1:
        return "utf-16-le"
    if even > half // 5 and odd < half // 50 + 1:
        return "utf-16-be"
    return None


def _lines(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


# -- UTF-8 that somebody read as Latin-1 or Windows-1252 and saved again (``cafÃ©``), set right.


_C1 = {ord(bytes((byte,)).decode("cp1252", "ignore") or chr(byte)): byte for byte in range(0x80, 0xA0)}
"""What Windows-1252 makes of the bytes that Latin-1 has controls for (WHATWG Encoding, windows-1252)."""
_HINT = re.compile(rb"\xc3[\x82-\xb4](?:\xc2|[\xc5-\xcb]|\xe2[\x80-\x84])")
"""Where there may be any, in UTF-8: a quick search, for nearly all texts have none."""
_NEXT = f"[\x80-\xbf{''.join(map(chr, _C1))}]"
_ONE = f"(?:[\xc2-\xdf]{_NEXT}|[\xe0-\xef]{_NEXT}{{2}}|[\xf0-\xf4]{_NEXT}{{3}})"
_PLACE = re.compile(f"(?:{_ONE})+")
_BETWEEN = re.compile(r"([\n<>])")
_IN_WORDS = re.compile(f"(?<=[A-Za-z]){_ONE}|{_ONE}(?=[A-Za-z])|{_ONE}{{2}}")
_LEAST = 3
"""Places within words, or of several letters, from which it is no coincidence and no example."""
_PHRASE = 40
"""Characters of a piece above which it is no mere example of the garble, as a text on it has them."""
_TIMES = 2


def repaired(text: str) -> tuple[str, int]:
    """The text as it was meant, and in how many places it differs; 0 where it stays as it is."""
    if text.isascii() or not _HINT.search(text.encode("utf-8", "surrogatepass")):
        return text, 0
    places = 0
    for _ in range(_TIMES):
        text, count = _once(text)
        if not count:
            break
        places = places or count
    return text, places


def _once(text: str) -> tuple[str, int]:
    if (whole := _undone(text)) is not None:
        return (whole, len(_PLACE.findall(text))) if _is_certain(text) else (text, 0)
    pieces = _BETWEEN.split(text)
    undone = {piece: repaired for piece in dict.fromkeys(pieces) if (repaired := _undone(piece)) is not None}
    if not _is_certain("\n".join(piece for piece in undone if len(piece) > _PHRASE)):
        return text, 0
    places = sum(len(_PLACE.findall(piece)) for piece in pieces if piece in undone)
    return "".join(undone.get(piece, piece) for piece in pieces), places


def _is_certain(text: str) -> bool:
    return len(_IN_WORDS.findall(text)) >= _LEAST


def _undone(text: str) -> str | None:
    """The text read again from the bytes that it came of; None if that changes nothing or cannot be."""
    if text.isascii():
        return None
    try:
        return text.translate(_C1).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None
