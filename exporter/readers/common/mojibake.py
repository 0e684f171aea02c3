"""UTF-8 that somebody read as Latin-1 or Windows-1252 and saved anew (``cafÃ©``), set right.

Only what is certain: a whole text, else a piece of it between line ends and tags, of which *every*
character beyond ASCII belongs to such a sequence. No line of proper text meets that in any of the 530
translations of the Declaration of Human Rights. What lost bytes on its way, stands beside proper
letters in one line, or shows in too few places, stays as it is. That is stricter than ftfy, which
also mends by likelihood.
"""

from __future__ import annotations

import re

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
        text, found = _once(text)
        if not found:
            break
        places = places or found
    return text, places


def _once(text: str) -> tuple[str, int]:
    if (whole := _undone(text)) is not None:
        return (whole, len(_PLACE.findall(text))) if _is_certain(text) else (text, 0)
    pieces = _BETWEEN.split(text)
    undone = {piece: mended for piece in dict.fromkeys(pieces) if (mended := _undone(piece)) is not None}
    if not _is_certain("\n".join(piece for piece in undone if len(piece) > _PHRASE)):
        return text, 0
    places = sum(len(_PLACE.findall(piece)) for piece in pieces if piece in undone)
    return "".join(undone.get(piece, piece) for piece in pieces), places


def _is_certain(text: str) -> bool:
    return len(_IN_WORDS.findall(text)) >= _LEAST


def _undone(text: str) -> str | None:
    """The text read anew from the bytes that it came of; None if that changes nothing or cannot be."""
    if text.isascii():
        return None
    try:
        return text.translate(_C1).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None
