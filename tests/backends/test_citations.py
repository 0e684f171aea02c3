"""What references are made of: names in parts, citation keys, text as LaTeX."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.backends.bibliography._names import split
from exporter.backends.bibliography.biblatex import depth, escaped, unescaped
from exporter.backends.registry import render_checked
from exporter.model.article import Article
from tests import strategies
from tests.backends.samples import changed, edition_of

# -- names --


@pytest.mark.parametrize(
    ("author", "parts"),
    [
        ("Ada Lind", ("Lind", "Ada")),
        ("Lind, Ada", ("Lind", "Ada")),
        ("J. R. Reed", ("Reed", "J. R.")),
        ("Mary-Ann O’Hara", ("O’Hara", "Mary-Ann")),
        ("Анна Белова", ("Белова", "Анна")),
        ("Ursula Le Sage", ("Le Sage", "Ursula")),
        ("Layla al-Masri", ("al-Masri", "Layla")),
        ("Martin Field, Jr.", ("Field", "Martin", "Jr.")),
        ("Kim Chol Su", ("Kim", "Chol Su")),
        ("Ri Chun-hee", ("Ri", "Chun-hee")),
        ("Kim Miller", ("Miller", "Kim")),
        ("김 철수", ("김", "철수")),
        ("山田 太郎", ("山田", "太郎")),
    ],
)
def test_names_are_split_where_it_is_plain(author: str, parts: tuple[str, ...]) -> None:
    name = split(author)
    assert tuple(filter(None, name)) == parts


@pytest.mark.parametrize(
    "author",
    [
        *(
            "Coast Watch",
            "Harbour Office",
            "AP NEWS",
            "Pilot",
            "staff",
            "The Sundial Keepers",
            "Ada and Per Lind",
        ),
        *(
            "Ministry of Tides, Quay 7",
            "Lind, Ada, Per",
            "Lind,",
            "Field, Jr., Martin",
            "김철수",
            "سعيد محمد",
        ),
        *("김철수 기자", "quay7", "Anna van", "A B C D E F", "Jr."),
    ],
)
def test_other_names_stay_whole(author: str) -> None:
    assert split(author, {"coast watch"}) == (author, "", "")


# -- keys --


def keys(*articles: Article) -> dict[str, str]:
    """Each article's key by its address, or by its text where it has none."""
    edition = edition_of(*articles)
    places = render_checked(edition, "csl").locations
    return {e.article.link or str(e.article.published): places[e.anchor] for e in edition.entries}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"authors": ("Ada Lind",), "published": "2021"}, "lind2021quay"),
        ({"authors": ("Harbour Office of Tides and Lights",)}, "harbourofficeoftides2021quay"),
        ({"source": "The Orchard Weekly", "publisher": None}, "orchardweekly2021quay"),
        ({"source": None, "publisher": None, "published": None}, "anonndquay"),
        ({"title": "마을 텃밭", "publisher": "마을신문"}, "maeulsinmun2021maeul"),
        ({"title": "Über Äpfel"}, "harbourgazette2021uber"),
        ({"title": "Oh no"}, "harbourgazette2021oh"),
        ({"title": "!?"}, "harbourgazette2021untitled"),
        ({"title": "w" * 5000}, "harbourgazette2021" + "w" * 20),
    ],
)
def test_keys_tell_who_when_what(changes: dict[str, object], key: str) -> None:
    assert list(keys(changed(**{"title": "The quay", **changes})).values()) == [key]


def test_one_title_twice_has_two_keys() -> None:
    copies = [changed(link=f"https://a.example/{n}") for n in range(200)]
    matches = keys(*copies)
    assert len(set(matches.values())) == 200
    assert all(re.fullmatch(r"harbourgazette2021quay(-a[0-9a-f]+)?", key) for key in matches.values())
    assert keys(*reversed(copies)) == matches


def test_what_comes_later_changes_no_older_key() -> None:
    old = [changed(link=f"https://a.example/{n}", published=f"2021-05-0{n}") for n in (1, 2)]
    before = keys(*old)
    after = keys(changed(link="https://a.example/0", published="2021-05-09"), *old)
    assert before.items() < after.items()


# -- LaTeX --


@given(st.text(strategies.ODD + strategies.LETTERS + "{}\\{}|^$,<>"))
@settings(max_examples=300, deadline=None)
def test_escapes_balance_and_come_back(text: str) -> None:
    latex = escaped(text)
    assert 0 <= depth(latex) < 50
    assert unescaped(latex) == text
    assert not re.search(r"(?<!\\)[$&%#_]|[~^<>|]", latex)
    assert not re.search(r"\\(?!text|vphantom|[$&%#_{}])", latex)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("Fish & chips: 50 % off, $3_4 #1", r"Fish \& chips: 50 \% off, \$3\_4 \#1"),
        ("a~b^c\\d", r"a{\textasciitilde}b{\textasciicircum}c{\textbackslash}d"),
        ("{a} <b> |c|", r"\{a\} {\textless}b{\textgreater} {\textbar}c{\textbar}"),
        ("one { alone", r"one \{\vphantom{\}} alone"),
        ("one } alone", r"one \vphantom{\{}\} alone"),
        ('“a” "b" -- c', '“a” {"}b{"} -{}- c'),
    ],
)
def test_escapes_are_latexs(text: str, latex: str) -> None:
    assert escaped(text) == latex
