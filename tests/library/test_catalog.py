"""A library keeps what came in, gives it back as it was, and tells copies apart from articles."""

from __future__ import annotations

import os
import random
import zipfile
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exporter
from exporter.diagnostics import Report
from exporter.editions.compile import compile_edition
from exporter.editions.selection import Selection
from exporter.errors import UsageError
from exporter.library import Library, duplicates
from exporter.library.importer import ImportResult, import_files
from exporter.model.article import Article, Teaser
from exporter.model.dates import Window
from exporter.sources import read_many
from tests.editions.test_compile import MAY, article

INPUT = Path(__file__).parents[2] / "input"
FERRY_TEXT = (
    "The ferry to the island runs every hour from Monday on. The harbour office has found a second boat,"
    " which was built for lakes and has been waiting in the yard since the spring. Its captain knows the"
    " way. Tickets bought for the old times are good for the new ones, and bicycles travel free until June."
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        yield opened


def came(library: Library, *paths: Path, report: Report | None = None, **more: object) -> ImportResult:
    return import_files(library, paths, report or Report(), **more)  # type: ignore[arg-type]


def titles(library: Library, selection: Selection | None = None) -> list[str]:
    return [a.title for a in library.select(selection).articles]


def page(
    folder: Path, name: str, title: str, words: str = FERRY_TEXT, day: str = "2024-05-06", **more: str
) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    front = "".join(f"{key}: {value}\n" for key, value in {"title": title, "date": day, **more}.items())
    path.write_text(f"---\n{front}---\n\n{words}\n", "utf-8")
    return path


# -- In and out ------------------------------------------------------------------------


def test_what_comes_out_is_what_was_read(library: Library) -> None:
    came(library, INPUT)
    read = {(a.origin.sha256, a.origin.part): a for a in exporter.read(INPUT)}
    kept = library.select(Selection(undated=True)).articles
    assert len(kept) > 25
    for matches in kept:
        assert matches == read[matches.origin.sha256, matches.origin.part]


def test_an_edition_of_the_library_is_that_of_its_files(library: Library) -> None:
    came(library, INPUT)
    summer = Selection(window=exporter.window("2024-06", "2024-08"))
    from_files = compile_edition(exporter.select(exporter.read(INPUT), summer), window=summer.window)
    assert compile_edition(library.select(summer), window=summer.window) == from_files


@pytest.mark.usefixtures("reading_workers")
def test_files_and_archives_come_in_alike_by_any_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_many, "WORTH", 0)
    saved = tmp_path / "saved"
    for number in range(40):
        page(saved, f"{number:02}.md", f"Boat {number}", f"{FERRY_TEXT} It sails at {number}.")
    for name, members in (("05.zip", ("a", "b")), ("06.zip", ()), ("99.zip", ())):
        with zipfile.ZipFile(saved / name, "w") as archive:
            for member in members:
                archive.writestr(
                    f"{member}.md", f"# Packed {member}\n\n{FERRY_TEXT} Of {member}, and no other one."
                )
    came_in = []
    for workers in (None, 2):
        report, in_zone = Report(), []
        with Library(tmp_path / f"library {workers}") as library:
            done = import_files(
                library, [saved], report, workers=workers, progress=lambda *at, to=in_zone: to.append(at)
            )
            came_in.append((done.books, done.articles, report.findings, in_zone[-1], titles(library)))
    assert came_in[0] == came_in[1]
    books, articles, findings, last, _ = came_in[0]
    assert [book.name for book in books[5:8]] == ["05.md", "05.zip", "06.md"]
    assert (len(books), articles, last) == (43, 42, (42, 42))
    assert [f.where for f in findings if f.id == "archive-empty"] == ["06.zip", "99.zip"]


def test_what_has_not_changed_is_not_read_again(library: Library, tmp_path: Path) -> None:
    first = page(tmp_path, "saved/a.md", "Bread")
    second = page(tmp_path, "saved/b.md", "Salt", "Salt is dear this year.")
    assert came(library, tmp_path / "saved").files == 2
    assert came(library, tmp_path / "saved") == came(library, tmp_path / "saved")
    assert came(library, tmp_path / "saved").unchanged == 2
    os.utime(first, (1, 1))  # another time, the same content
    assert came(library, tmp_path / "saved").files == 0
    assert came(library, tmp_path / "saved", again=True).files == 2
    page(tmp_path, "saved/a.md", "Bread and butter")
    assert came(library, tmp_path / "saved").files == 1
    assert sorted(titles(library)) == ["Bread and butter", "Salt"]
    second.unlink()
    came(library, tmp_path / "saved")
    assert sorted(titles(library)) == ["Bread and butter", "Salt"], "a library keeps what its files have lost"


def test_a_file_read_in_another_manner_is_read_again(library: Library, tmp_path: Path) -> None:
    path = page(tmp_path, "a.md", "Bread")
    came(library, path)
    assert came(library, path, reader="text").files == 1
    assert titles(library, Selection(undated=True))[0] != "Bread"


def test_what_a_known_file_told_is_told_again(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "undated.txt"
    path.write_text("A title\n\nWords.")
    for _ in range(2):
        report = Report()
        came(library, path, report=report)
        assert "date-missing" in report.counts()


def test_a_file_that_cannot_be_read_loses_nothing(library: Library, tmp_path: Path) -> None:
    path = page(tmp_path, "a.md", "Bread")
    came(library, path)
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")
    report = Report()
    came(library, tmp_path, report=report)
    assert "file-unreadable" in report.counts()
    assert titles(library) == ["Bread"]


def test_images_are_kept_once_and_given_back(library: Library) -> None:
    children = [a for a in exporter.read(INPUT) if a.assets]
    with library.filing() as filing:
        from exporter.library.index_row import card

        for number in (1, 2):
            file = filing.begin(b"%d" % number, "n", 0, 0, "")
            filing.add(file, [card(a) for a in children])
            filing.end(file, "x", None, ())
    files = [p for p in (library.folder / "images").rglob("*") if p.is_file()]
    assert len(files) == len({asset.id for a in children for asset in a.assets})
    assert {a for one in library.select(Selection(undated=True)).articles for a in one.assets} == {
        a for one in children for a in one.assets
    }
    files[0].write_bytes(b"scribble")
    report = Report()
    library.select(Selection(undated=True), report)
    assert "image-missing" in report.counts()
    assert any("image" in line for line in library.check())


# -- Asking ----------------------------------------------------------------------------


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_a_selection_is_the_one_that_articles_at_hand_give(data: st.DataObject) -> None:
    days = st.one_of(
        st.none(),
        st.dates(date(2024, 4, 25), date(2024, 6, 5)).map(str),
        st.sampled_from(["2024", "2024-05", "2024-05-31T23:30:00-05:00"]),
    )
    tagged = st.lists(st.sampled_from(["sea", "Land"]), max_size=2, unique=True).map(tuple)
    output = [
        article(
            f"Title {n} {data.draw(st.sampled_from('abc'))}",
            data.draw(days),
            data.draw(st.sampled_from(["Gazette", "Post (En)", None])),
            words=f"{n} entirely different words {n * n}",
            tags=data.draw(tagged),
            language=data.draw(st.sampled_from(["en", "en-GB", "ko", None])),
            teasers=tuple(
                Teaser(f"Title {m} a", f"On {m}", data.draw(days), "Gazette", tags=data.draw(tagged))
                for m in data.draw(st.lists(st.integers(0, 9), max_size=3))
            ),
        )
        for n in range(data.draw(st.integers(1, 6)))
    ]
    selection = Selection(
        window=data.draw(st.sampled_from([Window(), MAY, Window(None, date(2024, 5, 31))])),
        tags=data.draw(st.sampled_from([(), ("SEA",)])),
        languages=data.draw(st.sampled_from([(), ("en",), ("en-GB",)])),
        undated=data.draw(st.booleans()),
        briefs=data.draw(st.booleans()),
        words=data.draw(st.sampled_from(["", "entirely words", '"different words"', "4", "titl", "nowhere"])),
        zone=data.draw(st.sampled_from([None, "Asia/Seoul"])),
    )
    with Library.holding(output) as library:
        kept, expected = library.select(selection), exporter.select(output, selection)
        left_out = library.excluded(selection)
        outline = library.snapshot(selection)
    assert sorted(a.title for a in kept.articles) == sorted(a.title for a in expected.articles)
    assert {(t.title, t.date) for t in kept.briefs} == {(t.title, t.date) for t in expected.briefs}
    assert len(kept.articles) + len(left_out) == len(output)
    assert (len(outline.articles), len(outline.briefs)) == (len(kept.articles), len(kept.briefs))


def test_a_brief_gives_way_to_the_article_at_its_address_whatever_its_title() -> None:
    whole = article("A second ferry for the island", link="https://www.gazette.example/ferry?utm_source=x")
    in_zone = (
        Teaser("Second ferry …", "It runs", "2024-05-05", "Post", "https://gazette.example/ferry"),
        Teaser("Bells", "They ring", "2024-05-05", "Post", "https://gazette.example/bells"),
    )
    with Library.holding([whole, article("Weather", teasers=in_zone)]) as library:
        assert [brief.title for brief in library.select(Selection()).briefs] == ["Bells"]
        assert len(library.snapshot(Selection()).briefs) == 1


def test_days_are_those_of_the_zone_that_is_asked_for() -> None:
    late = article("Late", "2024-05-31T23:30:00-05:00")
    with Library.holding([late]) as library:
        assert titles(library, Selection(window=MAY)) == ["Late"]
        assert titles(library, Selection(window=MAY, zone="Asia/Seoul")) == []
        june = Selection(window=exporter.window("2024-06", "2024-06"), zone="Asia/Seoul")
        assert library.select(june).articles[0].published == "2024-06-01T13:30:00+09:00"
        assert library.span(june) is not None


def test_an_unknown_source_is_told_with_the_known_ones() -> None:
    with Library.holding([article("a")]) as library, pytest.raises(UsageError, match="Gazete") as caught:
        library.select(Selection(sources=("Gazete",)))
    assert "Gazette" in caught.value.remedy


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("ferry", ["Ferry"]),
        ("FERR", ["Ferry"]),
        ("ferry captain", ["Ferry"]),
        ('"runs every hour"', ["Ferry"]),
        ('"every runs"', []),
        ("군고", ["지도"]),
        ("감", ["지도"]),
        ("가을", ["지도"]),
        ("UN", ["Talks"]),
        ("un", ["Talks"]),
        ("undo", []),
        ('he said "no', ["Talks"]),
        ("C++ AND NOT", []),
        ("100%", ["Talks"]),
        ("ＦＥＲＲＹ", ["Ferry"]),
    ],
)
def test_full_text(query: str, matches: list[str]) -> None:
    output = [
        article("Ferry", words=FERRY_TEXT),
        article("지도", words="군고구마 장수가 가을에 단감"),
        article("Talks", words='At the UN he said "no" to 100% of it.'),
    ]
    with Library.holding(output) as library:
        assert titles(library, Selection(words=query)) == matches
        assert library.search(Selection(words=query))[0] == len(matches)


@settings(deadline=None, max_examples=60)
@given(st.text(min_size=1, max_size=12))
def test_whatever_is_looked_for_the_search_does_not_fail(query: str) -> None:
    with Library.holding([article("a", words=f"before {query} after")]) as library:
        try:
            library.search(Selection(words=query))
        except UsageError:
            assert not any(letter.isprintable() and letter not in ' "' for letter in query)


def test_of_many_finds_the_latest_are_shown_and_the_last_day_first() -> None:
    days = ["2024-05-07", None, "2024-05-09", "2024-05-08"]
    ferries = [
        article(f"Ferry of {day}", day, words=f"The ferry came. {n} went.") for n, day in enumerate(days)
    ]
    with Library.holding(ferries) as library:
        count, hits = library.search(Selection(words="ferry"), limit=3)
    assert count == 4
    assert [hit.article.title for hit in hits] == [f"Ferry of 2024-05-0{n}" for n in (9, 8, 7)]


def test_words_that_are_gone_are_found_no_more(library: Library, tmp_path: Path) -> None:
    came(library, page(tmp_path, "a.md", "Ferry"), page(tmp_path, "b.md", "산", "산에 가다 UN"))
    assert library.search(Selection(words="captain"))[0] == 1
    library.remove(library.ids(Selection()))
    assert library.search(Selection(words="captain"))[0] == 0
    assert library.search(Selection(words="가다"))[0] == 0
    assert library.check() == []


# -- Copies ----------------------------------------------------------------------------


def copies() -> list[Article]:
    full = article(
        "Second ferry", "2024-05-06", "Gazette", words=FERRY_TEXT, link="https://a.example/f?utm_source=x"
    )
    cut = article(
        "Ferry runs hourly", "2024-05-07", "Post", words=FERRY_TEXT[:-40], link="https://b.example/1"
    )
    other = article("Bread is dearer", "2024-05-06", "Post", words="Bread costs more than it did last year.")
    return [full, cut, other]


def test_a_text_in_two_papers_is_one_article_that_tells_of_the_other() -> None:
    with Library.holding(copies()) as library:
        kept = library.select().articles
        left_out = library.excluded(Selection())
        own = library.select(Selection(sources=("Post",))).articles
    assert [a.title for a in kept] == ["Second ferry", "Bread is dearer"]
    assert [(c.source, c.published, c.link) for c in kept[0].also] == [
        ("Post", "2024-05-07", "https://b.example/1")
    ]
    assert [(item.title, item.reason, item.kept) for item in left_out] == [
        ("Ferry runs hourly", "duplicate", "Second ferry.txt")
    ]
    assert sorted(a.title for a in own) == ["Bread is dearer", "Ferry runs hourly"], "asked for by its source"


def test_a_form_filled_again_under_its_old_title_is_an_article_of_its_own() -> None:
    words = "Greetings went to {} on the day of the harbour, with wishes for calm seas and a good year."
    output = [
        article("Greetings", words=words.format("Captain Anna Berg of Northport and her crew")),
        article(
            "Greetings",
            words="The mayor thanked all who had written, and closed the office for the day in May.",
        ),
    ]
    with Library.holding(output) as library:
        assert titles(library) == ["Greetings", "Greetings"]


def test_a_page_that_is_written_anew_each_day_is_an_article_each_day() -> None:
    link = "https://harbour.example/today"
    output = [
        article(
            "Today",
            "2024-05-06",
            link=link,
            words="The ferry is late, as the fog will not lift before noon today.",
        ),
        article(
            "Today",
            "2024-05-07",
            link=link,
            words="A seal was seen in the inner basin by the children of the school.",
        ),
    ]
    with Library.holding(output) as library:
        assert len(titles(library)) == 2
        stub = article("Today", "2024-05-07", link=link, words="A seal was seen")
    with Library.holding([*output, stub]) as library:
        assert len(titles(library)) == 2


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_order_in_which_copies_come_does_not_matter(order: tuple[int, ...]) -> None:
    output = copies()
    with Library.holding([output[n] for n in order]) as library:
        assert sorted(titles(library)) == ["Bread is dearer", "Second ferry"]


def test_which_copies_are_one_article_does_not_hang_on_the_order() -> None:
    basket = "The mayor received a basket of pears from the growers of {}, whom Ida Moss leads."
    output = [
        *copies(),
        *(article(f"Pears from {land}", words=basket.format(land)) for land in ("Elmdale", "Orr")),
    ]
    for seed in range(6):
        with Library.holding(random.Random(seed).sample(output, len(output))) as library:
            assert sorted(titles(library)) == [
                "Bread is dearer",
                "Pears from Elmdale",
                "Pears from Orr",
                "Second ferry",
            ]


def test_a_chain_of_small_changes_does_not_drift() -> None:
    """Each is the same as the next one; those at the ends are not, and no story holds both."""
    words = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(676)]
    chain = [article(f"{words[at]} told", words=" ".join(words[at : at + 450])) for at in range(0, 220, 30)]
    assert all(duplicates.is_same(a, b) for a, b in pairwise(chain))
    assert not duplicates.is_same(chain[0], chain[-1])
    for order in (chain, chain[::-1], [*chain[::2], *chain[1::2]]):
        with Library.holding(order) as library:
            distinct: dict[int, list[int]] = {}
            for id, text_item in library.database.connection.execute("SELECT id, story FROM article"):
                distinct.setdefault(text_item, []).append(id - 1)
        assert len(distinct) > 1
        for members in distinct.values():
            whole = [order[at] for at in members]
            assert any(all(duplicates.is_same(a, b) for b in whole) for a in whole)


def test_when_the_best_copy_goes_the_next_takes_its_place(library: Library, tmp_path: Path) -> None:
    came(library, page(tmp_path, "a.md", "Second ferry", source="Gazette"))
    came(library, page(tmp_path, "b.md", "Ferry runs hourly", FERRY_TEXT[:-40], source="Post"))
    assert titles(library) == ["Second ferry"]
    library.remove(library.ids(Selection()))
    assert titles(library) == ["Ferry runs hourly"]


def test_a_teaser_stands_until_its_article_comes(library: Library, tmp_path: Path) -> None:
    neighbour = article("Other", teasers=(Teaser("Ferry runs late", "At nine.", "2024-05-04", "Gazette"),))
    with library.filing() as filing:
        from exporter.library.index_row import card

        file = filing.begin(b"x", "x", 0, 0, "")
        filing.add(file, [card(neighbour)])
        filing.end(file, "x", None, ())
    assert [t.title for t in library.select().briefs] == ["Ferry runs late"]
    came(library, page(tmp_path, "late.md", "Ferry runs late", day="2024-05-04", source="Gazette"))
    assert library.select().briefs == ()
    library.remove([id for id in library.ids(Selection()) if library.get(id).title == "Ferry runs late"])  # type: ignore[union-attr]
    assert library.select().briefs == (), "who removed the article wants no brief of it"
