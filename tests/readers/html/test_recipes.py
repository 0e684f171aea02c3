"""A site's recipe decides where its pages hold what; without one, or beside it, the rest is found as ever."""

from __future__ import annotations

from pathlib import Path

import pytest

import exporter
from exporter.errors import UsageError
from exporter.model.article import Article

PAGE = """<!DOCTYPE html><html lang=en><head><title>Gazette</title>
<link rel=canonical href="https://www.gazette.example/2024/bell"></head><body>
<h1>The Gazette</h1><div class=top><b class=headline>Bell rung at noon</b> <i class=day>04/05/2024</i>
<span class=who><a>Nell Marsh</a>, <a>Odo Lamb</a></span></div>
<div class=story><p>The bell was rung.</p><div class=ad><p>Buy a bell.</p></div><p>Nobody asked why.</p></div>
<div class=other><p>Another story altogether, about the swan that came back to the Basin.</p></div>
</body></html>"""
RECIPE = """hosts = ["gazette.example"]
title = "b.headline"
date = "i.day"
author = ".who a"
body = "div.story"
drop = ".ad"
"""


def read(page: str) -> Article:
    (article,) = exporter.read(page.encode(), name="page.html")
    return article


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "recipes"
    folder.mkdir()
    monkeypatch.setenv("EXPORTER_HOME", str(tmp_path))
    return folder


def test_a_recipe_decides(home: Path) -> None:
    (home / "gazette.toml").write_text(RECIPE, "utf-8")
    article = read(PAGE)
    assert article.title == "Bell rung at noon"
    assert article.authors == ("Nell Marsh", "Odo Lamb")
    assert (article.published, article.basis["published"]) == ("2024-05-04", "stated")
    assert exporter.paragraphs(article) == ("The bell was rung.", "Nobody asked why.")


def test_it_is_for_its_own_site_alone(home: Path) -> None:
    (home / "gazette.toml").write_text(RECIPE, "utf-8")
    assert read(PAGE.replace("gazette.example", "notgazette.example")).title != "Bell rung at noon"


def test_what_it_does_not_find_is_found_as_ever(home: Path) -> None:
    (home / "gazette.toml").write_text('hosts = ["gazette.example"]\nbody = "div.none"\n', "utf-8")
    assert "The bell was rung." in exporter.paragraphs(read(PAGE))


@pytest.mark.parametrize("text", ["hosts = 1", 'hosts = []\nbodie = "p"', 'hosts = []\nbody = "p >>"', "="])
def test_a_file_that_is_none_is_refused_by_name(home: Path, text: str) -> None:
    (home / "wrong.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"wrong\.toml"):
        read(PAGE)


def test_the_agencys_own_site_has_one() -> None:
    article = read(
        """<!DOCTYPE html><html lang=en><head><title>KCNA</title></head>
        <!-- saved from url=(0030)http://www.kcna.kp/en/article/q/1 --><body>
        <div class=article-main-title>Ferry Given New Bell</div><div class=publish-time>[2026.7.9.]</div>
        <div class=article-content-body><div class=content-wrapper><p>Harbourton, July 9 (KCNA) -- The ferry
        has a new bell, made by <nobr><span class=fSpecCs>Odo Lamb</span></nobr> of the Ropeyard.</p>
        </div></div>
        <div class=menu><p>Politics</p></div></body></html>"""
    )
    assert (article.title, article.published) == ("Ferry Given New Bell", "2026-07-09")
    (text,) = exporter.paragraphs(article)
    assert text.endswith("made by Odo Lamb of the Ropeyard.")


def test_the_partys_paper_has_one() -> None:
    article = read(
        """<!DOCTYPE html><html lang=en><head><title>Rodong Sinmun</title></head>
        <!-- saved from url=(0062)http://www.rodong.rep.kp/en/index.php?newsID=2018-01-02-0001 -->
        <body><div class=menu><p>Politics</p></div><p class=news_Title>Ferry Given New Bell</p>
        <div class=ArticleContent><p>The ferry has a new bell.</p><p>It was rung at noon.</p></div>
        </body></html>"""
    )
    assert (article.title, article.published) == ("Ferry Given New Bell", "2018-01-02")
    assert article.basis["published"] == "url"
    assert exporter.paragraphs(article) == ("The ferry has a new bell.", "It was rung at noon.")


def test_a_day_that_a_query_asks_for_is_no_more_than_a_guess() -> None:
    page = """<!DOCTYPE html><html lang=en><head><title>The mill</title>
        <link rel=canonical href="https://news.example/read?from=2018-01-02&id=4"></head>
        <body><h1>The mill</h1><p>The mill by the river turns again, as it did a hundred years ago.</p>
        </body></html>"""
    assert read(page).basis["published"] == "guess"
