"""Copies of real stories as other papers print them, and what only looks like one: same or
different by construction, each under the name of what was done."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from exporter.model.article import Article, Paragraph, Text
from exporter.model.visit import paragraphs

LONG = 100
"""Words from which a copy cut in half is to be known under any headline, days later."""

BRIEF = 150
"""Words under which a story's form may be filled with other names."""


class Pair(NamedTuple):
    output: str
    a: Article
    b: Article
    same: bool


def pairs(articles: Iterable[Article]) -> Iterator[Pair]:
    for article in articles:
        for same, makers in ((True, COPIES), (False, OTHERS)):
            for name, make in makers.items():
                for a, b in make(article):
                    yield Pair(name, a, b, same)


def _with(article: Article, texts: Sequence[str], **fields: object) -> Article:
    blocks = tuple(Paragraph((Text(text),)) for text in texts if text.strip())
    return msgspec.structs.replace(article, blocks=blocks, **fields)


def _later(article: Article, days: int) -> str:
    assert article.published
    return (date.fromisoformat(article.published) + timedelta(days)).isoformat()


def _elsewhere(article: Article, texts: Sequence[str]) -> Article:
    """In another paper, two days later, under a headline of its own."""
    return _with(article, texts, title="From the wires", source="The Gazette", published=_later(article, 2))


Output = Iterator[tuple[Article, Article]]


def _printed(article: Article) -> Output:
    first, *rest = paragraphs(article)
    body = [re.sub(r"\A[A-Z][\w .]+, [A-Z]\w+ \d+ \(KCNA\) -- ", "", first), *rest]
    curly = [re.sub(r'"([^"]*)"', "“\\1”", text).replace("'", "’").replace(" -- ", " — ") for text in body]
    curly[-1] = curly[-1].removesuffix("-0-").strip()
    yield article, _elsewhere(article, curly)


def _dateline(article: Article) -> Output:
    first, *rest = paragraphs(article)
    if "(KCNA)" not in first:
        body = [f"Pyongyang, July 14 (KCNA) -- {first}", *rest]
        yield article, _elsewhere(article, [*body[:-1], body[-1] + " -0-"])


def _credited(article: Article) -> Output:
    body = paragraphs(article)
    yield (
        article,
        _elsewhere(article, ["By our staff", *body, "Reporting by the desk; editing by the night desk."]),
    )


def _mended(article: Article) -> Article:
    """One sentence in other words: here, without every other small one."""
    body = list(paragraphs(article))
    at = max(range(len(body)), key=lambda n: len(body[n]))
    sentences = body[at].split(". ")
    middle = len(sentences) // 2
    words = sentences[middle].split()
    small = [n for n, word in enumerate(words) if (n and word.islower()) or word > "가"][::2]
    sentences[middle] = " ".join(word for n, word in enumerate(words) if n not in small)
    body[at] = ". ".join(sentences)
    return _elsewhere(article, body)


def _changed(least: int, most: float) -> Callable[[Article], Output]:
    def changed(article: Article) -> Output:
        if least <= len(" ".join(paragraphs(article)).split()) < most:
            yield article, _mended(article)

    return changed


def _cut(least: int, most: float) -> Callable[[Article], Output]:
    def cut(article: Article) -> Output:
        body = paragraphs(article)
        kept = body[: (len(body) + 1) // 2]
        if len(kept) < len(body) and least <= len(" ".join(kept).split()) < most:
            yield article, _elsewhere(article, kept)

    return cut


def _flash(article: Article) -> Output:
    first, *rest = paragraphs(article)
    if rest:
        yield article, _with(article, [first], title=f"{article.title} (Urgent)")


def _other_name(article: Article) -> Output:
    """The same form, the next day, of somebody else: a brief with another name in headline and text."""
    text = "\n".join(paragraphs(article))
    pairs = set(re.findall(r"\w+", article.title))
    names = [name for name in re.findall(r"(?<=[a-z,] )[A-Z][a-z]{3,}", text) if name in pairs]
    if names and len(text.split()) < BRIEF:
        changed = re.sub(rf"\b{names[-1]}\b", "Quimby", text).split("\n")
        title = article.title.replace(names[-1], "Quimby")
        yield article, _with(article, changed, title=title, published=_later(article, 1))


def _other_figure(article: Article) -> Output:
    """A correction: a number that stands once in the text is another one."""
    text = "\n".join(paragraphs(article))
    numbers = Counter(re.findall(r"\d+", text))
    for matches in re.finditer(r"(?<![\d.,])[1-9]\d*(?![\d.,]*\d)(?! \(KCNA\))", text):
        other = str(int(matches[0]) + 7)
        if numbers[matches[0]] == 1 and not numbers[other]:
            yield (
                article,
                _with(article, (text[: matches.start()] + other + text[matches.end() :]).split("\n")),
            )
            return


def _parts(article: Article) -> Output:
    """A series: part one today, part two tomorrow."""
    body = paragraphs(article)
    half = len(body) // 2
    if half:
        one = _with(article, body[:half], title=f"{article.title} (1)")
        yield one, _with(article, body[half:], title=f"{article.title} (2)", published=_later(article, 1))


COPIES: dict[str, Callable[[Article], Output]] = {
    "typographic, no dateline": _printed,
    "dateline and end mark": _dateline,
    "byline and credits": _credited,
    f"a sentence changed, {BRIEF} words or more": _changed(BRIEF, float("inf")),
    f"a sentence changed, under {BRIEF} words": _changed(0, BRIEF),
    f"cut in half, {LONG} words or more": _cut(LONG, float("inf")),
    f"cut in half, 40 to {LONG} words": _cut(40, LONG),
    "flash of the first paragraph": _flash,
}
OTHERS: dict[str, Callable[[Article], Output]] = {
    "a brief with another name": _other_name,
    "a figure corrected": _other_figure,
    "parts of a series": _parts,
}


def korean_pairs(articles: Iterable[Article]) -> Iterator[Pair]:
    """The same in a script without capitals and with spaces that each paper sets its own way."""
    for article in articles:
        body = paragraphs(article)
        closed = [re.sub(r"(?<=[가-힣]{2}) (?=[가-힣])", "", text) for text in body]
        yield Pair("spaces left out", article, _elsewhere(article, closed), True)
        yield Pair("cut in half", article, _elsewhere(article, body[:3]), True)
        yield Pair("a sentence changed", article, _mended(article), True)
        yield from (Pair("a figure corrected", a, b, False) for a, b in _other_figure(article))
        yield from (Pair("parts of a series", a, b, False) for a, b in _parts(article))
        brief = " ".join(body)[:240]
        if words := re.findall(r"(?<= )[가-힣]{3}(?= )", brief):
            other = _with(article, [brief.replace(words[-1], "홍길동")], published=_later(article, 1))
            yield Pair("a brief with another name", _with(article, [brief]), other, False)
