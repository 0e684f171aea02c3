"""Articles of real length from a seeded generator: as many as are asked for, the same every time.

The words are made up of English syllables, beside the commonest English ones; their lengths
and frequencies are those of English text. An article depends on its number and the seed
alone, not on how many there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from math import log
from random import Random

import msgspec

from exporter.editions.compile import Edition, Grouping, compile_edition
from exporter.model import build
from exporter.model.article import Article, Block, Emphasis, Inline, Origin, Paragraph, Strong, Text
from exporter.model.dates import Window

MEDIAN, SPREAD = 350, 0.6
"""Words of an article's body: median, and standard deviation of their logarithm."""
SHORTEST, LONGEST = 40, 4000
SENTENCE, VARIETY = 18, 0.45
"""Words of a sentence, likewise."""

VOCABULARY = 9000
FIRST_DAY = date(2023, 1, 1)
DAYS = 365

SOURCES = {
    "Harbour Gazette": 24,
    "The Valley Post": 19,
    "Northern Ledger": 15,
    "Evening Ferry": 12,
    "Orchard Weekly": 9,
    "Lantern and Mill": 8,
    "The Salt Road": 6,
    "Upland Review": 4,
    "Station Notes": 3,
}
"""Who publishes, with shares in per cent."""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# The commonest words of English, the most frequent first.
_COMMON = _listed(
    "the of and to a in that is was he for it with as his on be at by had not are but from or have an they"
    " which one you were her all she there would their we him been has when who will more no if out so said"
    " what up its about into than them can only other new some could time these two may then do first any my"
    " now such like our over even most made after also did many before must through back years where much"
    " your way well down should because each just those people how too little state good very make world"
    " still own see work long here get both between being under never day same another know while last might"
    " us great old year off come since against go came right used take three"
)
_ONSETS = _listed(
    "b br c ch cl cr d dr f fl fr g gl gr h j l m n p pl pr qu r s sc sh sl sp st str t th tr v w"
)
_VOWELS = _listed("a a a e e e e i i i o o o u u ai ea ee ie oa oo ou")
_CODAS = _listed("l m n n r r s t t d c ck g p b nd nt st rt rm ll ss ng mp ct sh")
_ENDINGS = _listed("s s ed ed ing ing er ly ion ity ment al ous able ness ive ance")


# -- Words -------------------------------------------------------------------------------


@cache
def _vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The words, and the running sum of their frequencies: Zipf's law as Mandelbrot mended it,
    where short words tend to be the commoner ones."""
    random = Random("vocabulary")
    weights: dict[str, float] = {}
    while len(weights) < VOCABULARY:
        word = _word(random)
        if word not in _COMMON:
            weights[word] = len(word) + random.gauss(0, 3)
    words = (*_COMMON, *sorted(weights, key=lambda word: (weights[word], word)))
    return words, tuple(accumulate(1 / (rank + 2.7) for rank in range(1, len(words) + 1)))


def _word(random: Random) -> str:
    syllables = random.choices((1, 2, 3, 4), (28, 44, 22, 6))[0]
    word = ""
    for number in range(syllables):
        onset = random.choice(_ONSETS) if number or random.random() < 0.8 else ""
        closed = number == syllables - 1 or random.random() < 0.35
        word += onset + random.choice(_VOWELS) + (random.choice(_CODAS) if closed else "")
    return word + random.choice(_ENDINGS) if random.random() < 0.35 else word


def words(random: Random, count: int) -> list[str]:
    """So many words, here and there a number or a name among them."""
    known, sums = _vocabulary()
    drawn = random.choices(known, cum_weights=sums, k=count)
    for place in range(count):
        chance = random.random()
        if chance < 0.012:
            drawn[place] = (
                f"{random.randint(2, 99)}" if chance < 0.009 else f"{random.randint(1000, 99999):,}"
            )
        elif chance < 0.05 and len(drawn[place]) > 3:
            drawn[place] = drawn[place].capitalize()
    return drawn


def _sentence(random: Random) -> str:
    drawn = words(random, max(4, round(random.lognormvariate(log(SENTENCE), VARIETY))))
    for place in range(2, len(drawn) - 2):
        if random.random() < 0.065:
            drawn[place] += ","
    text = _capital(" ".join(drawn))
    return f"“{text},” said {' '.join(words(random, 2)).title()}." if random.random() < 0.08 else f"{text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# -- Articles ----------------------------------------------------------------------------


class _Head(msgspec.Struct, frozen=True):
    """What stands over an article, made apart so that others can link to it."""

    title: str
    source: str
    day: date
    link: str


@cache
def _head(number: int, seed: int) -> _Head:
    random = Random(f"{seed} head {number}")
    title = _capital(" ".join(words(random, random.randint(4, 11))))
    source = random.choices(list(SOURCES), list(SOURCES.values()))[0]
    day = FIRST_DAY + timedelta(random.randrange(DAYS))
    link = f"https://{build.slug(source)}.example/{day:%Y/%m/%d}/{build.slug(title)}-{number}.html"
    return _Head(title, source, day, link)


def article(number: int, seed: int = 1) -> Article:
    """The article of that number."""
    head, random = _head(number, seed), Random(f"{seed} article {number}")
    hour = f"{random.randrange(6, 23):02}:{random.randrange(60):02}"
    authors = tuple(" ".join(words(random, 2)).title() for _ in range(random.choice((0, 1, 1, 2))))
    return Article(
        title=head.title,
        subtitle=_capital(" ".join(words(random, 9))) if random.random() < 0.2 else None,
        authors=authors,
        source=head.source,
        publisher=head.source,
        language="en",
        published=random.choice((f"{head.day}", f"{head.day}T{hour}:00+01:00")),
        captured=(head.day + timedelta(random.randint(1, 400))).isoformat(),
        basis={"published": "stated"},
        link=head.link,
        blocks=tuple(_body(random, number, seed)),
        origin=Origin(
            f"{number:05}.html", "text/html", hashlib.sha256(f"{seed} {number}".encode()).hexdigest(), "html"
        ),
    )


def _body(random: Random, number: int, seed: int) -> list[Block]:
    goal = min(max(round(random.lognormvariate(log(MEDIAN), SPREAD)), SHORTEST), LONGEST)
    # One in fifty links to another article, which may lie before or after it in the edition.
    other = _head(random.randrange(number), seed).link if number and random.random() < 0.02 else None
    blocks: list[Block] = []
    length = 0
    while length < goal - SENTENCE // 2:
        if blocks and random.random() < 0.18:
            blocks_, count = _interlude(random)
        else:
            blocks_, count = _paragraph(random, goal - length, other)
            other = None
        blocks += blocks_
        length += count
    return blocks


def _interlude(random: Random) -> tuple[tuple[Block, ...], int]:
    """A subhead, a list or a quotation, and its number of words."""
    kind = random.choices(("subhead", "list", "quote"), (5, 3, 4))[0]
    if kind == "subhead":
        drawn = words(random, random.randint(2, 6))
        return build.heading(1, [_capital(" ".join(drawn))]) + build.paragraph(
            [_sentence(random)]
        ), 6 + SENTENCE
    if kind == "list":
        items = [words(random, random.randint(3, 14)) for _ in range(random.randint(3, 6))]
        texts = [build.paragraph([_capital(" ".join(item))]) for item in items]
        return build.list_block(texts, ordered=random.random() < 0.3), sum(map(len, items))
    text = " ".join(_sentence(random) for _ in range(random.randint(1, 3)))
    return build.quote(build.paragraph([text])), len(text.split())


def _paragraph(random: Random, room: int, other: str | None = None) -> tuple[tuple[Block, ...], int]:
    """A paragraph of two to six sentences, fewer where there is no more room, and its number of words."""
    pieces: list[Inline | str] = []
    count = 0
    for _ in range(random.randint(2, 6)):
        text = _sentence(random)
        count += len(text.split())
        pieces += [*_marked(random, text, other), " "]
        other = None
        if count >= room - SENTENCE // 2:
            break
    return build.paragraph(pieces), count


def _marked(random: Random, text: str, other: str | None) -> Sequence[Inline | str]:
    """A sentence with what may stand in it: a link, a note, a stressed word."""
    drawn = text.split(" ")
    place = random.randrange(len(drawn))
    before, word, after = " ".join((*drawn[:place], "")), drawn[place], " ".join(("", *drawn[place + 1 :]))
    chance = random.random()
    if other or chance < 0.02:
        target = (
            other
            or f"https://archive.example/{build.slug(' '.join(words(random, 3)))}/{random.randrange(10**6)}"
        )
        return before, *build.link(target, [word]), after
    if chance < 0.03:
        return text, *build.note(build.paragraph([_sentence(random)]))
    if chance < 0.05:
        kind = Emphasis if chance < 0.04 else Strong
        return before, kind((Text(word),)), after
    return (text,)


# -- Editions ----------------------------------------------------------------------------


def articles(count: int, seed: int = 1) -> tuple[Article, ...]:
    return tuple(article(number, seed) for number in range(count))


def revised(
    first: Sequence[Article], share: float = 0.01, seed: int = 1
) -> tuple[tuple[Article, ...], int, int]:
    """The articles at a later time: of so many, half have one paragraph changed and half are
    new, of any date and source; and how many were changed, how many added."""
    random = Random(f"{seed} revision")
    half = max(1, round(len(first) * share / 2))
    now = list(first)
    for index in random.sample(range(len(first)), half):
        blocks = list(first[index].blocks)
        place = random.choice([n for n, block in enumerate(blocks) if isinstance(block, Paragraph)])
        blocks[place : place + 1] = _paragraph(random, LONGEST)[0]
        now[index] = msgspec.structs.replace(first[index], blocks=tuple(blocks))
    return (*now, *(article(len(first) + number, seed) for number in range(half)))


def compiled(articles: Sequence[Article], group: Grouping = "source") -> Edition:
    window = Window(FIRST_DAY, FIRST_DAY + timedelta(DAYS - 1))
    return compile_edition(articles, title="A year of news", window=window, group=group)


def edition(count: int, seed: int = 1, group: Grouping = "source") -> Edition:
    """An edition of so many generated articles."""
    return compiled(articles(count, seed), group)
