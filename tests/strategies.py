"""Hypothesis strategies for the model: articles with every block and inline, in normal form.

Text mixes five alphabets with what markup would trip over. Everything passes through
`exporter.model.build`, as what readers make does.
"""

from __future__ import annotations

import hashlib

from hypothesis import strategies as st

from exporter.editions.compile import Edition, compile_edition
from exporter.editions.selection import Selected
from exporter.model import build
from exporter.model.article import (
    Article,
    Block,
    Cell,
    Code,
    Copy,
    Definition,
    DefinitionList,
    Emphasis,
    Inline,
    LineBreak,
    Origin,
    Rule,
    Strong,
    Subscript,
    Superscript,
    Table,
    Teaser,
    Text,
)

LETTERS = "abcxyzäßжщляλω가힣마을東京新聞ですの、。「」العربية🙂"
ODD = "<>&\"'`;:/\\#%*_~=-.()!?…–—­​é́"
LINKS = (
    "https://papers.example/a?b=c&d=e#f",
    "http://papers.example/with spaces/<angle>",
    "mailto:desk@papers.example",
    "javascript:alert(1)",
    "https://papers.example/" + "long-" * 30,
)

words = st.text(LETTERS, min_size=1, max_size=12) | st.text(ODD + LETTERS, min_size=1, max_size=30)
texts = st.lists(words, min_size=1, max_size=8).map(" ".join)
titles = texts.map(build.one_line).filter(bool)
languages = st.sampled_from([None, "en", "ko", "ja", "zh-Hans", "ru", "ar", "de", "he", "zz"])
days = st.sampled_from([None, "2021", "2021-07", "2021-07-21", "2021-07-21T09:30:00+09:00", "1999-12-31"])


def _wrapped(inner: st.SearchStrategy[list[Inline]]) -> st.SearchStrategy[list[Inline]]:
    marks = st.sampled_from([Emphasis, Strong, Subscript, Superscript])
    marked = st.tuples(marks, inner).map(lambda drawn: [drawn[0](tuple(drawn[1]))])
    linked = st.tuples(st.sampled_from(LINKS), inner).map(lambda drawn: list(build.link(*drawn)))
    return marked | linked | st.lists(inner, max_size=3).map(lambda lists: [i for run in lists for i in run])


plain_inlines: st.SearchStrategy[list[Inline]] = st.recursive(
    texts.map(lambda text: [Text(text)]) | texts.map(lambda text: [Code(text)]) | st.just([LineBreak()]),
    _wrapped,
    max_leaves=5,
)


@st.composite
def inlines(draw: st.DrawFn) -> tuple[Inline, ...]:
    """A run, sometimes with a note at its end."""
    run = draw(plain_inlines)
    if draw(st.integers(0, 4)) == 0:
        run = [*run, *build.note(build.paragraph(draw(plain_inlines)))]
    return build.inlines(run)


paragraphs = inlines().map(build.paragraph) | st.builds(build.paragraph, inlines(), languages)


def _cells(blocks: st.SearchStrategy[tuple[Block, ...]]) -> st.SearchStrategy[Cell]:
    return st.builds(
        Cell,
        blocks,
        header=st.booleans(),
        colspan=st.integers(1, 3),
        rowspan=st.integers(1, 3),
        align=st.sampled_from([None, "left", "center", "right"]),
    )


def _tables(blocks: st.SearchStrategy[tuple[Block, ...]]) -> st.SearchStrategy[tuple[Block, ...]]:
    rows = st.lists(st.lists(_cells(blocks), min_size=1, max_size=4).map(tuple), min_size=1, max_size=4)
    drawn = st.builds(
        Table, rows.map(tuple), head=st.integers(0, 1), caption=plain_inlines.map(build.inlines)
    )
    return drawn.map(lambda table: (table,))


def _nested(blocks: st.SearchStrategy[tuple[Block, ...]]) -> st.SearchStrategy[tuple[Block, ...]]:
    several = st.lists(blocks, min_size=1, max_size=3)
    joined = several.map(lambda many: tuple(block for some in many for block in some))
    definition = st.builds(
        Definition, plain_inlines.map(build.inlines), st.lists(joined, min_size=1, max_size=2).map(tuple)
    )
    return (
        st.builds(
            lambda items, ordered, start: build.list_block(items, ordered=ordered, start=start),
            st.lists(joined, min_size=1, max_size=3),
            st.booleans(),
            st.sampled_from([1, 3, 98]),
        )
        | joined.map(build.quote)
        | _tables(joined)
        | st.lists(definition, min_size=1, max_size=2).map(lambda items: (DefinitionList(tuple(items)),))
    )


leaves: st.SearchStrategy[tuple[Block, ...]] = (
    paragraphs
    | st.builds(build.heading, st.integers(1, 6), plain_inlines, languages)
    | st.builds(build.code_block, texts | st.just("  deep\n\tline\n"))
    | st.builds(build.figure, st.none(), texts, plain_inlines)
    | st.just((Rule(),))
)
blocks: st.SearchStrategy[tuple[Block, ...]] = st.recursive(leaves, _nested, max_leaves=8)
bodies = st.lists(blocks, max_size=5).map(lambda many: tuple(block for some in many for block in some))


addresses = st.none() | st.sampled_from(LINKS).map(build.safe_link)
copies = st.builds(Copy, titles, days, addresses)


@st.composite
def articles(draw: st.DrawFn, body: st.SearchStrategy[tuple[Block, ...]] = bodies) -> Article:
    title = draw(titles)
    return Article(
        title=title,
        subtitle=draw(st.none() | titles),
        authors=tuple(draw(st.lists(titles, max_size=2))),
        source=draw(st.none() | titles),
        tags=tuple(draw(st.lists(titles, max_size=2))),
        language=draw(languages),
        published=draw(days),
        captured=draw(days),
        link=draw(st.sampled_from(LINKS).map(build.safe_link)),
        blocks=draw(body),
        also=tuple(draw(st.lists(copies, max_size=2))),
        origin=Origin("x.md", "text/markdown", hashlib.sha256(title.encode()).hexdigest()),
    )


teasers = st.builds(
    Teaser,
    titles,
    texts.map(build.one_line),
    days,
    st.none() | titles,
    st.none(),
    languages,
    tags=st.lists(titles, max_size=2).map(tuple),
)


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    """One to four articles, up to three briefs, grouped in any way."""
    selected = Selected(
        tuple(draw(st.lists(articles(), min_size=1, max_size=4))), tuple(draw(st.lists(teasers, max_size=3)))
    )
    group = draw(st.sampled_from(["source", "day", "month", "none"]))
    return compile_edition(selected, title=draw(titles), subtitle=draw(st.just("") | titles), group=group)
