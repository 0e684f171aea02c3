"""Copies of an article are known again, look-alikes are not; addresses are keys."""

from __future__ import annotations

import hashlib
import random
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.library import duplicates
from exporter.library.duplicates import (
    SCHEME,
    Features,
    best_copy,
    canonical,
    clusters,
    features,
    fingerprint,
    is_same,
    similarity,
)
from exporter.model.article import Article, Asset, Figure, Paragraph, Text
from tests import strategies
from tests.editions.test_compile import article

MILL = (
    "Harbourton, May 6 (HG) -- The tide mill at Harbourton turned again on Monday after three years of "
    'repair, and Miller Ada Finch let the children of Quay School throw the first sack. "It sounds as it did '
    'when I was small," she said.',
    "The wheel, built in 1871 of oak from Elmdale, lost eleven of its forty paddles in the storm of 2021. "
    "The town paid 48,000 crowns for the work, half of it raised by the Harbourton Rowing Club and the "
    "bakers of Fish Lane, who had to buy their flour in Brackwater.",
    "From June the mill will grind rye on two days a week. Visitors may come on Saturdays, when the gate of "
    "the pond is opened at high water and the stones are dressed by hand. -0-",
)
KOREAN = (
    "하버턴의 조수 방앗간이 삼 년의 수리 끝에 월요일 다시 돌기 시작하였다. "
    "방앗간 주인은 학교 아이들이 첫 자루를 던지게 하였다.",
    "1871년에 엘름데일의 참나무로 만든 물레바퀴는 폭풍으로 마흔 개의 물갈퀴 가운데 열한 개를 잃었다. "
    "시는 48000크라운을 냈다.",
    "유월부터 방앗간은 한 주에 두 번 호밀을 빻는다. 방문객은 토요일에 올 수 있으며 만조 때 수문이 열린다.",
)
BASKET = (
    "Mayor Tom Reed received a basket of pears from the Pear Growers' Union of {land}. It was handed to an "
    "official of the town hall by {name}, the union's chairman, on a visit to Harbourton, on {day}."
)


def text_of(
    *paragraphs: str, title: str = "The tide mill turns again", day: str | None = "2024-05-06", **more: object
) -> Article:
    blocks = tuple(Paragraph((Text(text),)) for text in paragraphs or MILL)
    return article(title, day, **{"blocks": blocks, **more})  # type: ignore[arg-type]


def elsewhere(*paragraphs: str, **more: object) -> Article:
    return text_of(
        *paragraphs, **{"title": "Flour from the sea", "day": "2024-05-08", "source": "The Courier", **more}
    )  # type: ignore[arg-type]


def same(a: Article | Features, b: Article | Features) -> bool:
    assert is_same(a, b) == is_same(b, a)
    return is_same(a, b)


# -- Addresses -------------------------------------------------------------------------

ITEM_TEXT = "https://papers.example/news/story?id=5"


@pytest.mark.parametrize(
    "link",
    [
        "http://papers.example/news/story?id=5",
        "HTTPS://www.Papers.Example:443/news/story/?id=5#comments",
        "https://m.papers.example/news/story?utm_source=feed&id=5&fbclid=abc&utm_medium=x",
        "https://amp.papers.example/news/story/amp/?id=5&gclid=7",
        "http://papers.example:80/news/./story?id=%35&mc_cid=1",
        "https://web.archive.org/web/20240506120000/http://www.papers.example/news/story?id=5",
        "https://papers-example.cdn.ampproject.org/c/s/papers.example/news/story?id=5&amp_js_v=0.1",
        "  https://reader:secret@papers.example./news/%73tory?id=5 ",
    ],
)
def test_one_page_has_one_key(link: str) -> None:
    assert canonical(link) == ITEM_TEXT


@pytest.mark.parametrize(
    "link",
    [
        "https://papers.example/news/story",
        "https://papers.example/news/story?id=6",
        "https://papers.example/news/story?ID=5",
        "https://papers.example/news/story?id=5&page=2",
        "https://papers.example/news/story?id=5&lang=ko",
        "https://papers.example/news/story?article=5",
        "https://papers.example/news/story?id=5&ref=6",
        "https://papers.example/news/story?id=5&gid=6",
        "https://papers.example/news/story?id=5&fbid=6",
        "https://papers.example/news/story?id=5&pk_id=6",
        "https://papers.example/news/Story?id=5",
        "https://papers.example/news/sto%2Fry?id=5",
        "https://papers.example:8443/news/story?id=5",
        "https://sport.papers.example/news/story?id=5",
        "https://papers.example/news/story?id=5#!/part/2",
    ],
)
def test_what_selects_another_page_stays(link: str) -> None:
    assert canonical(link) != ITEM_TEXT


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("https://papers.example/?b=2&a=1", "https://papers.example?a=1&b=2"),
        ("https://papers.example/a/index.html", "https://papers.example/a"),
        ("https://papers.example/the%20mill", "https://papers.example/the mill"),
        ("https://mühle.example/ä", "https://xn--mhle-0ra.example/%C3%A4"),
        ("https://en.m.papers.example/a", "https://en.papers.example/a"),
    ],
)
def test_ways_to_write_an_address(a: str, b: str) -> None:
    assert canonical(a) == canonical(b)


@pytest.mark.parametrize(
    "link", ["mailto:desk@papers.example", "no address", "", "https://[::1", "https://a:b/"]
)
def test_what_is_no_address_stays(link: str) -> None:
    assert canonical(link) == link


@given(
    st.sampled_from(strategies.LINKS)
    | st.text()
    | st.text("ahtps:/.?&=#%+;@wm2 é").map("https://papers.example/".__add__)
)
def test_a_key_is_its_own_key(link: str) -> None:
    assert canonical(canonical(link)) == canonical(link)


# -- Prints ----------------------------------------------------------------------------


def test_a_print_hangs_on_words_alone() -> None:
    retyped = [
        text.replace('"', "”").replace("'", "’").replace(" ", "\u00a0 ").replace("Monday", "MONDAY")
        for text in MILL
    ]
    retyped[0] = retyped[0].removeprefix("Harbourton,\u00a0 May\u00a0 6\u00a0 (HG)\u00a0 --\u00a0 ")
    retyped[2] = retyped[2].removesuffix("-0-")
    assert retyped[0].startswith("The")
    picture = Figure(None, "A wheel", (Text("The wheel in May"),))
    copy = text_of(*retyped)
    copy = msgspec.structs.replace(copy, blocks=(picture, *copy.blocks))
    one, other = fingerprint(text_of()), fingerprint(copy)
    assert (one.text, one.sketch, one.size) == (other.text, other.sketch, other.size)
    assert one.names != fingerprint(text_of(*MILL[:2])).names


@settings(max_examples=25)
@given(strategies.articles(), st.sampled_from(["\u00a0", "\n", "  ", "\t"]))
def test_white_space_changes_nothing(given_article: Article, space: str) -> None:
    def spaced(text: str) -> str:
        return text.replace(" ", space)

    blocks = tuple(
        Paragraph(
            tuple(Text(spaced(node.text)) if isinstance(node, Text) else node for node in block.content)
        )
        if isinstance(block, Paragraph)
        else block
        for block in given_article.blocks
    )
    other = fingerprint(msgspec.structs.replace(given_article, blocks=blocks))
    assert other.text == fingerprint(given_article).text
    assert other.sketch == fingerprint(given_article).sketch


@settings(max_examples=25)
@given(strategies.articles(), strategies.articles())
def test_the_same_is_symmetric_and_an_article_is_the_same_as_itself(a: Article, b: Article) -> None:
    assert is_same(a, b) == is_same(b, a)
    assert similarity(fingerprint(a), fingerprint(b)) == similarity(fingerprint(b), fingerprint(a))
    if fingerprint(a).size:
        assert is_same(a, a)
        assert similarity(fingerprint(a), fingerprint(a)) == 1


def test_prints_are_stored_and_compared_as_they_are() -> None:
    stored = msgspec.msgpack.encode(features(text_of()))
    assert msgspec.msgpack.decode(stored, type=Features) == features(text_of())
    assert all(-(2**63) <= band < 2**63 for band in fingerprint(text_of()).bands)


def test_a_print_is_the_same_everywhere() -> None:
    """On every machine, in every run: stored prints stay good. A change here needs a new `SCHEME`."""
    output = fingerprint(text_of(*KOREAN, *MILL, title="Café"))
    assert SCHEME == 2
    assert output.text.hex() == "8a1315fc97c24ea7dcbb229e2791509f"
    kept = hashlib.sha256(output.sketch + output.names + output.numbers).hexdigest()
    assert kept[:32] == "7ec6ca48ee457ca08f27adfcbbab81d6"
    assert output.size == 271
    assert output.bands[0] == -3539418089877371737
    assert output.bands[-3:] == (4543829166136092766, -6870402736649632261, 6347764640535457936)
    assert fingerprint(text_of(title="The café")).bands[-1] == -5986911656677437534


def test_how_much_is_common_is_estimated_well() -> None:
    words = [f"w{n}" for n in range(4000)]
    whole, half = text_of(" ".join(words)), text_of(" ".join(words[:2000]))
    assert similarity(fingerprint(whole), fingerprint(half)) == pytest.approx(0.5, abs=0.05)
    assert similarity(fingerprint(text_of(*MILL)), fingerprint(text_of("Rain."))) == 0


@pytest.mark.parametrize("text", ["", "…", "-0-"])
def test_without_text_nothing_is_alike(text: str) -> None:
    empty = fingerprint(text_of(text))
    assert empty.size == 0
    assert similarity(empty, empty) == 0


# -- The same --------------------------------------------------------------------------


def test_the_agencys_text_in_another_paper() -> None:
    assert same(text_of(), elsewhere())
    assert same(text_of(), elsewhere(*MILL[:2]))  # cut
    assert same(text_of(), elsewhere("By our reporter", *MILL, "The Courier, Harbourton desk"))
    assert same(text_of(), elsewhere(MILL[0], MILL[1].replace("paid", "has paid out"), MILL[2]))  # mended


def test_days_and_weeks_later() -> None:
    assert same(text_of(), elsewhere(*MILL[:2], day="2024-05-11"))
    assert not same(text_of(), elsewhere(*MILL[:2], day="2024-05-13"))
    assert same(text_of(), elsewhere(day="2024-06-05"))  # word for word
    assert not same(text_of(), elsewhere(day="2025-05-06"))


def test_the_flash_and_the_full_story() -> None:
    flash = text_of(MILL[0], title="The tide mill turns again (Urgent)")
    assert same(flash, text_of())
    short = "The tide mill at Harbourton turned again on Monday after three years of repair."
    assert same(text_of(short, title="Tide mill turns again"), text_of())
    assert not same(text_of(short, title="Rowing club pays"), text_of(*MILL[1:], short))


def test_a_flash_in_other_words_needs_a_headline_that_tells() -> None:
    flash = (
        "The tide mill at Harbourton turned again on Monday after three years of repair, and the first sack "
        "was thrown by children amid great joy in the whole of the town."
    )
    assert same(text_of(flash, title="The tide mill turns again"), text_of())
    assert not same(text_of(flash, title="Visits"), text_of(title="Visits"))


def test_a_form_filled_again_is_another_story() -> None:
    one = text_of(BASKET.format(land="Elmdale", name="Ida Moss", day="Monday"), title="Pears for the mayor")
    for filled in (
        {"land": "Brackwater", "name": "Sam Ure", "day": "Tuesday"},
        {"land": "Elmdale", "name": "Sam Ure", "day": "Monday"},
    ):
        assert not same(one, text_of(BASKET.format(**filled), title="Pears for the mayor", day="2024-05-07"))


def test_a_figure_corrected_is_another_story() -> None:
    assert not same(text_of(), text_of(*(text.replace("48,000", "84,000") for text in MILL)))
    assert same(text_of(), text_of(*(text.replace("48,000", "48 000") for text in MILL)))


def test_parts_of_a_series_are_not_the_same() -> None:
    assert not same(text_of(MILL[0], MILL[1], title="The mill (1)"), text_of(MILL[2], title="The mill (2)"))


def test_two_languages_are_two_articles() -> None:
    names = "Ada Finch, Tom Reed, Ida Moss, Sam Ure, Jo Lund, Kim Vale, Max Orr, Liv Dahl and Ben Hart."
    assert same(text_of(names, language="en"), text_of(names, language="en-GB"))
    assert not same(text_of(names, language="en"), text_of(names, language="es"))


def test_undated_ones_have_to_be_nearly_equal() -> None:
    assert same(text_of(), text_of(day=None))
    assert same(text_of(day="2024"), text_of(day=None))
    assert not same(text_of(), text_of(*MILL[:2], day=None))


def test_one_address_on_one_day_is_one_article() -> None:
    link = "https://papers.example/news/story?id=5"
    corrected = text_of(*(text.replace("48,000", "84,000") for text in MILL), link=link + "&utm_source=feed")
    assert same(text_of(link=link), corrected)
    assert not same(text_of(link=link), text_of("Rain fell on the harbour all day.", link=link))


def test_without_text_the_headline_and_the_day_tell() -> None:
    assert same(text_of(""), text_of(""))
    assert not same(text_of(""), text_of("", day="2024-05-07"))
    assert not same(text_of(""), text_of("", title="Rain"))
    assert not same(text_of(""), text_of())


def test_korean_with_its_spaces_set_otherwise() -> None:
    closed = [text.replace("방앗간 ", "방앗간").replace(" 수 ", "수 ") for text in KOREAN]
    assert same(text_of(*KOREAN), elsewhere(*closed))
    assert same(text_of(*KOREAN), elsewhere(*KOREAN[:2]))
    assert not same(text_of(*KOREAN), text_of(*(text.replace("48000", "84000") for text in KOREAN)))
    assert not same(text_of(KOREAN[0]), text_of(KOREAN[0].replace("하버턴", "엘름데일"), day="2024-05-07"))


@pytest.mark.parametrize(
    "copy",
    [
        elsewhere(),
        elsewhere(*MILL[:2]),
        elsewhere("By our reporter", *MILL),
        text_of(MILL[0]),
        text_of(*KOREAN, *MILL),
    ],
)
def test_copies_share_a_band(copy: Article) -> None:
    assert set(fingerprint(text_of()).bands) & set(fingerprint(copy).bands)


# -- Which leads -----------------------------------------------------------------------

LINK = "https://papers.example/mill"
FULL = text_of(link=LINK)


@pytest.mark.parametrize(
    "worse",
    [
        text_of(*MILL[:2], link=LINK, assets=(Asset("0" * 64, "image/png", 1, 1),)),
        text_of(link=LINK, day=None),
        text_of(link=LINK, source=None, publisher=None),
        text_of(),
        text_of(link=LINK, aggregator="Watch"),
        text_of(link=LINK, day="2024-05-07"),
        text_of(link=LINK, title="The tide mill turns again, says its miller"),
    ],
)
def test_the_better_copy_leads(worse: Article) -> None:
    assert best_copy([features(FULL), features(worse)]) == 0
    assert best_copy([features(worse), features(FULL)]) == 1


def test_none_to_choose_from() -> None:
    with pytest.raises(ValueError, match="empty"):
        best_copy([])


def test_clusters_do_not_hang_on_the_order() -> None:
    basket = [
        text_of(BASKET.format(land=land, name="Ida Moss", day="Monday"), title="Pears")
        for land in ("Elmdale", "Orr")
    ]
    known = [features(a) for a in (text_of(), elsewhere(), elsewhere(*MILL[:2]), *basket, text_of(*KOREAN))]
    assert clusters(known) == [[0, 1, 2], [3], [4], [5]]
    for seed in range(20):
        order = random.Random(seed).sample(range(len(known)), len(known))
        matches = clusters([known[at] for at in order])
        assert sorted(sorted(order[at] for at in group) for group in matches) == [[0, 1, 2], [3], [4], [5]]
        assert all(order[group[0]] in (0, 3, 4, 5) for group in matches)


def test_the_leader_stands_first_in_its_cluster_and_clusters_in_the_order_of_the_articles() -> None:
    known = [elsewhere(*MILL[:2]), text_of(*KOREAN), text_of(link=LINK)]
    assert clusters([features(a) for a in known]) == [[2, 0], [1]]


def test_chains_do_not_drift() -> None:
    """Each is the same as the next one; those at the ends are not, and so no cluster holds both."""
    words = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(676)]
    chain = [
        features(text_of(" ".join(words[at : at + 450]), title=f"{words[at]} told"))
        for at in range(0, 220, 30)
    ]
    assert all(is_same(a, b) for a, b in pairwise(chain))
    assert not is_same(chain[0], chain[-1])
    groups = clusters(chain)
    assert len(groups) > 1
    assert sorted(at for group in groups for at in group) == list(range(len(chain)))


@pytest.mark.parametrize(
    ("leader", "other", "why"),
    [
        ({}, {"words": "A ferry, and no more."}, "it has the fuller text"),
        ({}, {"source": None, "publisher": None}, "it has more of date, source, link and images"),
        ({}, {"aggregator": "The Collector"}, "it is the original, not passed on by an aggregator"),
        ({}, {"day": "2024-05-08"}, "it is the earlier one"),
        ({"words": f"{'ferry ' * 100}on time"}, {"words": "ferry " * 100}, "it is the longer one"),
        ({}, {}, "both say the same"),
    ],
)
def test_why_a_copy_leads_is_told(leader: dict[str, str], other: dict[str, str], why: str) -> None:
    from tests.editions.test_compile import article as dated

    usual = {"words": "ferry " * 100}
    one, two = (duplicates.features(dated("Ferry", **{**usual, **more})) for more in (leader, other))  # type: ignore[arg-type]
    assert duplicates.advantage(one, two) == why
