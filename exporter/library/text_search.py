"""Words that are looked for in texts: what a user's question means, and whether a text answers it."""

from __future__ import annotations

import re
import unicodedata

from exporter.errors import UsageError
from exporter.model import build
from exporter.model.article import Article
from exporter.model.visit import texts

_DENSE = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]"
DENSE = re.compile(f"{_DENSE}+")
"""Runs of Han, kana and Hangul, where a word may be of one letter or two."""
SHORT = re.compile(r"(?<!\w)\w{1,2}(?!\w)")
"""Words of one or two other letters or digits (``UN``)."""
LONG = 3
"""Letters in a row from which a term is found anywhere, also within words."""
_QUOTED = re.compile(r'"([^"]*)"|(\S+)')


def folded(text: str) -> str:
    """Text as it is compared: letters in their one form, without case and keys of where a line may break."""
    return unicodedata.normalize("NFKC", text.replace("\xad", "").replace("\u200b", "")).casefold()


def terms(query: str) -> list[str]:
    """What a user looks for: words, and phrases in quotation keys, all of which must occur. Raises
    `UsageError` where there is none."""
    query = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in query)
    candidates = [folded(" ".join((phrase or word).split())) for phrase, word in _QUOTED.findall(query)]
    if not (words := [term for term in candidates if term]):
        raise UsageError("nothing to search for is named", 'Name words or a "phrase".')
    return words


def answers(text: str, query: str) -> bool:
    """Whether all of it occurs in the text: long terms and those of dense scripts anywhere, others
    of one or two letters as words."""
    text = folded(text)
    return all(
        term in (text if len(term) >= LONG or DENSE.search(term) else SHORT.findall(text))
        for term in terms(query)
    )


# -- Full text: found by any three letters in a row, or by two where a script has no more to a word.


# What `SHORT` finds in ASCII, in a fraction of the time.
_SPACED = {n: " " for n in range(128) if not (chr(n).isalnum() or chr(n) == "_")}


def pairs(text: str) -> str:
    """What the index by three letters cannot find of a folded text: each two neighbours of a dense
    script, and the words of one or two letters; each once."""
    if text.isascii():
        return " ".join(sorted({word for word in text.translate(_SPACED).split() if len(word) < LONG}))
    # A run's last character stands by itself, so that one alone is found as what a pair begins with.
    pairs_ = {run[i : i + 2] for run in DENSE.findall(text) for i in range(len(run))}
    return " ".join(sorted({*pairs_, *SHORT.findall(text)}))


def conditions(query: str) -> list[tuple[str, str]]:
    """The tables to ask and their FTS5 queries; an article must match each. Raises `UsageError`."""
    words = terms(query)
    out: list[tuple[str, str]] = []
    long = [term for term in words if len(term) >= LONG]
    if long:
        out.append(("words", " AND ".join(map(_quoted, long))))
    for term in words:
        if len(term) < LONG:
            alone = len(term) == 1 and DENSE.fullmatch(term)
            out.append(("pairs", _quoted(term) + ("*" if alone else "")))
    return out


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def excerpt(article: Article, query: str, around: int = 60) -> str:
    """The words asked for as they first stand in the text, with some characters on either side."""
    body = build.one_line(" ".join(texts(article.blocks, notes=True)))
    for term in terms(query):
        place = body.casefold().find(term)
        if place >= 0:
            first, last = max(place - around, 0), min(place + len(term) + around, len(body))
            return f"{'…' if first else ''}{body[first:last]}{'…' if last < len(body) else ''}"
    return body[: 2 * around] + ("…" if len(body) > 2 * around else "")
