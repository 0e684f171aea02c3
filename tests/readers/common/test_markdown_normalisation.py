"""Markdown as people write it: lists, code and quotes come out, however they are indented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exporter
from exporter.diagnostics import Report
from exporter.model.article import (
    Block,
    CodeBlock,
    DefinitionList,
    Heading,
    ListBlock,
    Note,
    Paragraph,
    Quote,
    Table,
)
from exporter.model.visit import each_block, each_inline, plain


def outline(block: Block) -> object:
    """A block as nested tuples of its kind and words, to compare with what is expected."""
    if isinstance(block, Paragraph):
        return plain(block.content)
    if isinstance(block, Heading):
        return ("h", block.level, plain(block.content))
    if isinstance(block, ListBlock):
        kind = f"ol{block.start}" if block.ordered else "ul"
        return (kind, *[[outline(b) for b in item] for item in block.items])
    if isinstance(block, Quote):
        return ("quote", *[outline(b) for b in block.blocks])
    if isinstance(block, CodeBlock):
        return ("code", block.text)
    return type(block).__name__


def read(text: str) -> list[object]:
    (article,) = exporter.read(f"---\ntitle: T\ndate: 2024-05-06\n---\n{text}".encode(), name="a.md")
    return [outline(block) for block in article.blocks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n  - b\n    - c\n- d", [("ul", ["a", ("ul", ["b", ("ul", ["c"])])], ["d"])]),
        ("1. a\n   - b\n2. c", [("ol1", ["a", ("ul", ["b"])], ["c"])]),
        ("- a\n    - b\n        - c", [("ul", ["a", ("ul", ["b", ("ul", ["c"])])])]),
        ("* a\n\n  more\n\n* b", [("ul", ["a", "more"], ["b"])]),
        ("Words:\n- a\n- b", ["Words:", ("ul", ["a"], ["b"])]),
        ("Words:\n1. a\n2. b", ["Words:", ("ol1", ["a"], ["b"])]),
        ("It was in\n1984. Then", ["It was in 1984. Then"]),
        ("5) a\n6) b", [("ol5", ["a"], ["b"])]),
        ("- a\n  ```\n  x = 1\n\n    y\n  ```\n- b", [("ul", ["a", ("code", "x = 1\n\n  y")], ["b"])]),
        ("Words\n```\n- no list\n```\nmore", ["Words", ("code", "- no list"), "more"]),
        ("~~~\n```\n~~~", [("code", "```")]),
        ("Words\n> said\n> he", ["Words", ("quote", "said he")]),
        ("Words\n## Head\nmore", ["Words", ("h", 1, "Head"), "more"]),
        ("a\n\n***\n\nb", ["a", "Rule", "b"]),
        ("- a\nlazy\n- b", [("ul", ["a lazy"], ["b"])]),
        ("\tcode", [("code", "code")]),
        ("~~gone~~ is kept", ["gone is kept"]),
    ],
)
def test_habits(text: str, expected: list[object]) -> None:
    assert read(text) == expected


def test_tables_notes_and_definitions() -> None:
    text = "a | b\n--|--:\n1 | 2\n\nWord[^n]\n\n[^n]: A note.\n\nTerm\n: Meaning\n"
    (article,) = exporter.read(text.encode(), name="2024-05-06-a-b-c.md")
    kinds = [type(block) for block in article.blocks]
    assert kinds == [Table, Paragraph, DefinitionList]
    notes = [
        n
        for b in article.blocks
        if isinstance(b, Paragraph)
        for n in each_inline(b.content)
        if isinstance(n, Note)
    ]
    assert [outline(b) for n in notes for b in n.blocks] == ["A note."]


@pytest.mark.parametrize(
    "text",
    [">" * 10_000 + " word", "- " * 10_000 + "word", "\n".join("  " * n + "- word" for n in range(500)),
     "[a](" * 20_000 + "word", "![[" * 10_000 + "word", "*a " * 5_000 + "word"],
    ids=["quotes", "lists", "indented", "links", "images", "stars"],
)  # fmt: skip
def test_hostile_depth_ends_and_loses_no_word(text: str) -> None:
    report = Report()
    (article,) = exporter.read(f"---\ntitle: T\n---\n{text}".encode(), name="a.md", report=report)
    assert "word" in exporter.plain_text(article)
    assert "reader-failed" not in report.counts()


_word = st.text("abcdefgh", min_size=1, max_size=6)
_line = st.lists(_word, min_size=1, max_size=5).map(" ".join)


@st.composite
def _document(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Paragraphs and lists nested by the width of their marks, and every word in order."""
    lines: list[str] = []
    words: list[str] = []
    for n in range(draw(st.integers(1, 5))):
        if draw(st.booleans()):
            text = draw(_line)
            lines += [text, ""]
            words += text.split()
            continue
        mark = draw(st.sampled_from(["- ", "* ", "1. ", "10. "]))
        above = -1
        for wanted in draw(st.lists(st.integers(0, 3), min_size=1, max_size=5)):
            depth = above = min(wanted, above + 1)
            text = f"w{n} " + draw(_line)
            lines.append(" " * len(mark) * depth + mark + text)
            words += text.split()
        lines.append("")
    return "\n".join(lines), words


@settings(deadline=None, max_examples=100)
@given(_document())
def test_no_word_is_lost_or_doubled(output: tuple[str, list[str]]) -> None:
    text, words = output
    (article,) = exporter.read(f"---\ntitle: T\n---\n{text}".encode(), name="a.md")
    matches = [
        w for b in each_block(article.blocks) if isinstance(b, Paragraph) for w in plain(b.content).split()
    ]
    assert matches == words
