"""The constructors normalise: equal content is equal data, and nothing unclean gets in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model import build
from exporter.model.article import Emphasis, Heading, LineBreak, Link, Paragraph, Strong, Text
from exporter.model.visit import plain


def test_neighbours_join_and_space_folds_across_marks() -> None:
    run = build.inlines(["a", " ", Emphasis((Text(" b "),)), " c", LineBreak(), " d ", LineBreak()])
    assert run == (Text("a "), Emphasis((Text("b "),)), Text("c"), LineBreak(), Text("d"))


def test_empty_things_vanish() -> None:
    assert build.paragraph([" ", Emphasis((Text("  "),)), LineBreak()]) == ()
    assert build.paragraph(["\u200c", "\xa0"]) == ()
    assert build.heading(2, []) == ()
    assert build.list_block([(), ()]) == ()
    assert build.quote(()) == ()
    assert build.code_block("\n \n") == ()
    assert build.figure(None) == ()


def test_copied_text_keeps_its_spaces() -> None:
    assert build.verbatim("two  spaces ") == (Paragraph((Text("two  spaces "),)),)


def test_levels_begin_at_one_and_skip_none() -> None:
    raw = [Heading(n, (Text("x"),)) for n in (3, 5, 3, 2, 6, 6)]
    assert [b.level for b in build.levels_from_one(raw) if isinstance(b, Heading)] == [1, 2, 1, 1, 2, 2]


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//x.org", "/a", "a.html", "", "http://",
     "https://x.org/" + "a" * 3000, "vbscript:x", "http:///x", "java\nscript:alert(1)"],
)  # fmt: skip
def test_only_addresses_worth_printing_are_links(href: str) -> None:
    assert build.link(href, ["words"]) == (Text("words"),)


def test_an_address_is_mended_where_that_is_certain() -> None:
    assert build.link(" https://x.org/a b?c=<d> ", ["w"]) == (
        Link("https://x.org/a%20b?c=%3Cd%3E", (Text("w"),)),
    )


@pytest.mark.parametrize(
    ("matches", "tag"),
    [("en_US", "en-US"), ("EN", "en"), ("cat", "ca"), ("udm", "udm"), ("kr", "ko"),
     ("zh-hans-cn", "zh-Hans-CN"), ("de_DE.UTF-8", "de-DE"),
     ("english!", None), ("", None), (None, None), ("x", None)],
)  # fmt: skip
def test_language_tags_in_the_wild(matches: str | None, tag: str | None) -> None:
    assert build.language_tag(matches) == tag


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Historic milestone: a “first”!", "historic-milestone-a-first"),
        ("평양의 봄", "평양의-봄"),
        ("Straße & Weg", "strasse-weg"),
        ("../../etc/passwd", "etc-passwd"),
        ("!!!", ""),
    ],
)
def test_slugs_of_any_alphabet(title: str, slug: str) -> None:
    assert build.slug(title) == slug


_leaf = st.one_of(st.text(max_size=20).map(Text), st.just(LineBreak()))
_inline = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda c: Emphasis(tuple(c))),
        st.lists(inner, max_size=4).map(lambda c: Strong(tuple(c))),
        st.lists(inner, max_size=4).map(lambda c: Link("https://example.org/", tuple(c))),
    ),
    max_leaves=12,
)


@given(st.lists(_inline, max_size=8))
def test_normal_form_is_a_fixed_point_and_keeps_every_word(run: list[object]) -> None:
    once = build.inlines(run)  # type: ignore[arg-type]
    assert build.inlines(once) == once
    before = "".join(build.clean(plain(run)).split())  # type: ignore[arg-type]
    assert "".join(plain(once).split()) == before


@given(st.text())
def test_cleaned_text_is_legal_xml(text: str) -> None:
    from lxml import etree

    element = etree.Element("p")
    element.text = build.clean(text)
    assert not build.has_forbidden(build.clean(text))
