"""Full text: found by any three letters in a row, or by two where a script has no more to a word."""

from __future__ import annotations

from exporter.library.text_search import DENSE, LONG, SHORT, terms
from exporter.model import build
from exporter.model.article import Article
from exporter.model.visit import texts

# What `SHORT` finds in ASCII, in a fraction of the time.
_SPACED = {n: " " for n in range(128) if not (chr(n).isalnum() or chr(n) == "_")}


def pairs(text: str) -> str:
    """What the index by three letters cannot find of a folded text: each two neighbours of a dense
    script, and the words of one or two letters; each once."""
    if text.isascii():
        return " ".join(sorted({word for word in text.translate(_SPACED).split() if len(word) < LONG}))
    # A run's last character stands by itself, so that one alone is found as what a pair begins with.
    found = {run[i : i + 2] for run in DENSE.findall(text) for i in range(len(run))}
    return " ".join(sorted({*found, *SHORT.findall(text)}))


def conditions(asked: str) -> list[tuple[str, str]]:
    """The tables to ask and their FTS5 queries; an article must match each. Raises `UsageError`."""
    told = terms(asked)
    out: list[tuple[str, str]] = []
    long = [term for term in told if len(term) >= LONG]
    if long:
        out.append(("words", " AND ".join(map(_quoted, long))))
    for term in told:
        if len(term) < LONG:
            alone = len(term) == 1 and DENSE.fullmatch(term)
            out.append(("pairs", _quoted(term) + ("*" if alone else "")))
    return out


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def excerpt(article: Article, asked: str, around: int = 60) -> str:
    """The words asked for as they first stand in the text, with some characters on either side."""
    body = build.one_line(" ".join(texts(article.blocks, notes=True)))
    for term in terms(asked):
        place = body.casefold().find(term)
        if place >= 0:
            first, last = max(place - around, 0), min(place + len(term) + around, len(body))
            return f"{'…' if first else ''}{body[first:last]}{'…' if last < len(body) else ''}"
    return body[: 2 * around] + ("…" if len(body) > 2 * around else "")
