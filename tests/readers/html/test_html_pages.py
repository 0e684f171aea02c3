"""What a person sees on a saved page is what is read of it, in the forms that sites have."""

from __future__ import annotations

import json

import pytest
from lxml.html import fromstring

from exporter.diagnostics import Report
from exporter.errors import UsageError
from exporter.model import visit
from exporter.model.article import Article, Figure, Heading, Paragraph
from exporter.readers import registry as readers
from exporter.readers.common import boilerplate, dom
from exporter.readers.source import Reading, Source

LINES = [
    f"The {name} of the harbour was painted on a dry day, and those who walked past it on their way to the"
    f" market agreed that the colour suited it, whatever the committee had written in its long letter."
    for name in ("lighthouse", "weighing house", "swing bridge", "boathouse", "customs shed")
]


def page(body: str, head: str = "", title: str = "A new coat for five buildings") -> str:
    return (
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title>"
        f"<link rel=canonical href=https://gazette.example/paint>{head}</head><body>{body}</body></html>"
    )


def tagged(*pieces: str) -> str:
    return "".join(f"<p>{piece}</p>" for piece in pieces)


def read(text: str, keep: frozenset[str] = frozenset()) -> Reading:
    return readers.read_source(Source(text.encode(), "page.html", disabled_rules=keep), "html")


def source(keep: frozenset[str] = frozenset()) -> Source:
    return Source(b"", "page.html", disabled_rules=keep)


def article(text: str, keep: frozenset[str] = frozenset()) -> Article:
    (one,) = read(text, keep).articles
    return one


def lines(one: Article) -> list[str]:
    return [visit.plain(b.content) for b in one.blocks if isinstance(b, Paragraph | Heading)]


def captions(one: Article) -> list[str]:
    return [visit.plain(b.caption) for b in visit.each_block(one.blocks) if isinstance(b, Figure)]


# -- Pictures --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "picture",
    [
        "<figure><img src=a.jpg alt=Paint><figcaption>{}</figcaption></figure>",
        "<div class=wp-caption><img src=a.jpg alt=Paint><p class=wp-caption-text>{}</p></div>",
        "<div class=box><img src=a.jpg alt=Paint><div class=image-legend>{}</div></div>",
        "<div class=x1><div class=x2><picture><img src=a.jpg alt=Paint></picture></div><p>{}</p></div>",
        "<div><button><img src=a.jpg alt=Paint></button><span class=picCaption>{}</span></div>",
        "<img src=a.jpg alt=Paint><p class=imageCaption>{}</p>",
        "<div class=x1><a href=#><img src=a.jpg alt=Paint></a><p>{}</p></div>",
        "<div class=x1><div><img src=a.jpg alt=Paint></div><div class=x2></div><p>{}</p></div>",
        "<figure><img src=a.jpg alt=Paint><figcaption><span aria-hidden=true>{}</span></figcaption></figure>",
    ],
)
def test_a_caption_belongs_to_its_picture_in_every_markup(picture: str) -> None:
    words = "The painters at the boathouse, with their ladder."
    one = article(
        page(f"<article><h1>Paint</h1>{tagged(*LINES[:2])}{picture.format(words)}{tagged(*LINES[2:])}")
    )
    assert captions(one) == [words]
    assert lines(one) == LINES


def test_the_picture_above_the_text_opens_the_article() -> None:
    picture = "<figure><img src=a.jpg alt=Paint><figcaption>Wet.</figcaption></figure>"
    one = article(
        page(
            f"<article><header><h1>Paint</h1>{picture}</header>"
            f"<div class=text>{tagged(*LINES)}</div></article>"
        )
    )
    assert isinstance(one.blocks[0], Figure)
    assert captions(one) == ["Wet."]


def test_pictures_of_other_articles_do_not() -> None:
    other = "<li><figure><img src=b.jpg alt=Seals><figcaption>Seals counted.</figcaption></figure></li>"
    one = article(
        page(
            f"<main><ul class=cards>{other * 3}</ul><article><h1>Paint</h1>{tagged(*LINES)}</article></main>"
        )
    )
    assert captions(one) == []


# -- Text ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup", ["<p class=standfirst>{}</p>", "<h2 class=subtitle>{}</h2>", "<div>{}</div>"]
)
def test_the_standfirst_stands_above_the_text_once(markup: str) -> None:
    words = "Five buildings have a new colour, and for once nobody has written to this newspaper about it."
    head = f'<meta property="og:description" content="{words}">'
    above = f"<header><h1>Paint</h1>{markup.format(words)}</header>"
    one = article(page(f"<article>{above}<div class=text>{tagged(*LINES)}</div></article>", head))
    assert lines(one) == [words, *LINES]


def test_text_beside_blocks_is_read_as_far_as_it_is_chosen() -> None:
    text = "<br><br>".join(LINES[:3])
    one = article(page(f"<div class=a><h1>Paint</h1>{text}<div class=ad>Buy paint</div></div>"))
    assert lines(one)[-3:] == LINES[:3]


def test_a_site_that_calls_its_paragraphs_widgets_keeps_them() -> None:
    body = "".join(f"<div class=widget><p>{piece}</p></div>" for piece in LINES)
    assert lines(article(page(f"<article><h1>Paint</h1>{body}</article>"))) == LINES


def test_links_within_a_sentence_stay_whatever_their_class() -> None:
    linked = LINES[0].replace("market", "<a class=tag href=/market>market</a>")
    assert lines(article(page(f"<article><h1>Paint</h1>{tagged(linked, *LINES[1:])}</article>"))) == LINES


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("read-more", "Read also: Seals counted twice on the sands of Gull Spit"),
        ("read-more", "Lesen Sie auch"),
        ("share", "Share this article"),
        ("subscribe", "Sign up for our newsletter"),
        ("advertisement", "Advertisement"),
        ("link-alone", '<a href="https://gazette.example/seals">Seals counted twice on the sands</a>'),
        ("copyright", "© The Gazette, all rights reserved"),
        ("counter", "12"),
        ("told-line", "Updated: 4 May 2024"),
        ("told-line", "By Nell Marsh, Harbourton"),
    ],
)
def test_lines_of_machinery_are_left_out_told_and_kept_on_request(rule: str, line: str) -> None:
    above = rule == "told-line"
    pieces = [line, *LINES] if above else [*LINES[:3], line, *LINES[3:]]
    blocks = dom.blocks(fromstring(f"<div>{tagged(*pieces)}</div>"), source(), Report())[0]

    def cleaned(keep: frozenset[str]) -> tuple[list[str], list[str]]:
        report, address = Report(), "https://gazette.example/paint"
        kept = boilerplate.remove(blocks, source(keep), report, link=address, authors=("Nell Marsh",))
        texts = [visit.plain(block.content) for block in kept if isinstance(block, Paragraph)]
        return texts, [finding.detail.split(",")[0] for finding in report.findings]

    assert cleaned(frozenset()) == (LINES, [f"{rule}: 1"])
    whole, untold = cleaned(frozenset([rule]))
    assert (len(whole), untold) == (len(LINES) + 1, [])


def test_a_line_within_prose_is_no_machinery() -> None:
    said = "Share what you have, said the harbour master, and the committee wrote it down without a comment."
    assert said in lines(article(page(f"<article><h1>Paint</h1>{tagged(*LINES, said)}</article>")))


def test_an_unknown_rule_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="read-mor"):
        readers.rules_named(["read-mor"])


# -- Metadata --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Five buildings painted - The Gazette",
        "Five buildings painted | Town | The Gazette",
        "Five buildings painted: The Gazette",
    ],
)
def test_a_title_comes_without_the_names_that_hang_on_it(title: str) -> None:
    head = f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="The Gazette">'
    body = f"<article><h1>Five buildings painted</h1>{tagged(*LINES)}</article>"
    assert article(page(body, head, title)).title == "Five buildings painted"


@pytest.mark.parametrize(
    ("window", "title"),
    [
        ("Mayor: five houses painted in a week", "Five buildings painted"),
        ("Five buildings painted | Gazette", "Mayor: five houses painted"),
    ],
)
def test_the_pages_headline_leads_where_its_window_has_another(window: str, title: str) -> None:
    head = (
        '<meta property="og:title" content="Mayor: five houses painted">'
        '<script type="application/ld+json">'
        '{"@type": "NewsArticle", "headline": "Five buildings painted"}</script>'
    )
    body = f"<article><h1>Five buildings painted</h1>{tagged(*LINES)}</article>"
    one = article(page(body, head, window))
    assert one.title == title
    assert lines(one) == LINES


def test_an_article_that_only_the_pages_script_holds_is_read() -> None:
    markup = (
        tagged(*LINES, LINES[0] * 4)
        + "$$AD$$"
        + "<figure><img src=a.png><figcaption>A wall</figcaption></figure>"
    )
    state = {"queries": [{"title": "Another"}, {"title": "Paint", "tags": None, "contentHtml": markup}]}
    script = f"<script>window.state = {json.dumps(state)}</script>".replace("</p>", r"\u003c/p>")
    head = '<meta property="og:title" content="Paint-Town ㅣ Gazette">'
    one = article(page("<main><div class=spinner></div></main>" + script, head))
    assert one.title == "Paint"
    assert lines(one) == [*LINES, LINES[0] * 4]
    assert captions(one) == ["A wall"]


def test_an_article_in_a_template_is_read() -> None:
    head = '<meta property="og:title" content="Paint">'
    children = f'<div itemprop=articleBody><script type="text/template">{tagged(*LINES)}</script></div>'
    one = article(page(f"<main><h2>Paint</h2>{children}</main>", head))
    assert (one.title, lines(one)) == ("Paint", LINES)


@pytest.mark.parametrize(
    "byline",
    [
        "<p class=byline>By <a rel=author href=/nell>Nell Marsh</a></p>",
        "<div class=article-author><span>von </span><span>Nell Marsh</span></div>",
        "<ul><li><strong>Author</strong> Nell Marsh</li></ul>",
    ],
)
def test_the_byline_names_the_author_where_the_metadata_name_the_house(byline: str) -> None:
    head = '<meta property="og:site_name" content="Gazette"><meta name=author content="Gazette Online">'
    body = f"<article><h1>Paint</h1>{byline}<div>{tagged(*LINES)}</div></article>"
    one = article(page(body, head))
    assert one.authors == ("Nell Marsh",)
    assert lines(one) == LINES


def test_the_house_stands_for_the_author_where_nobody_is_named() -> None:
    head = '<meta property="og:site_name" content="Gazette"><meta name=author content="Gazette Online">'
    assert article(page(f"<article><h1>Paint</h1>{tagged(*LINES)}</article>", head)).authors == (
        "Gazette Online",
    )


# -- Pages that are none ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "text", "what"),
    [
        ("Gazette", "Please enable JavaScript to read this page.", "needs a script"),
        (
            "Gazette",
            "We value your privacy. We and our partners store cookies. Accept all cookies",
            "consent",
        ),
        ("Log in", "Please log in to continue. E-mail. Password. Forgot your password?", "login"),
        ("404 – Page not found", "The page you are looking for has moved. Try the search.", "not found"),
        ("Just a moment...", "Checking your browser before you go on.", "proof of being human"),
    ],
)
def test_what_stands_in_an_articles_place_is_told_and_not_exported(title: str, text: str, what: str) -> None:
    reading = read(page(f"<main><h1>{title}</h1><p>{text}</p></main>", title=title))
    assert reading.articles == ()
    (finding,) = (f for f in reading.diagnostics if f.id == "page-is-no-article")
    assert what in finding.detail


def test_an_article_on_passwords_is_one() -> None:
    said = "Those who forgot their password may ask the harbour master, who keeps all of them in a tin. "
    one = article(page(f"<article><h1>Forgot your password?</h1>{tagged(said * 4, *LINES)}</article>"))
    assert said.strip() in lines(one)[0]


def test_the_answers_of_a_poll_are_not_paragraphs() -> None:
    answers = "".join(
        f"<label><input type=radio name=n><span>{words}</span></label>"
        for words in ("Yes, in green.", "Only when it is dry.")
    )
    poll = f"<div>{answers}</div>"
    one = article(page(f"<article><h1>Paint</h1>{tagged(*LINES[:2])}{poll}{tagged(*LINES[2:])}</article>"))
    assert lines(one) == LINES


def test_one_break_parts_long_sentences_and_not_the_lines_of_a_poem() -> None:
    poem = "The boat is green.<br>The quay is grey."
    broken = f"<p>{LINES[0]}<br>{LINES[1]}</p><p>{LINES[2]}</p><p>{poem}</p>"
    one = article(page(f"<article><h1>Paint</h1>{broken}{tagged(*LINES[3:])}</article>"))
    assert lines(one) == [*LINES[:3], poem.replace("<br>", "\n"), *LINES[3:]]
