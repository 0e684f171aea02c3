"""Corrections lead, what was removed stays away, and what is hidden is told."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from exporter.diagnostics import Report
from exporter.editions.compile import compile_edition
from exporter.editions.selection import Selection
from exporter.library import Library, duplicates
from exporter.library.catalog import select
from exporter.library.importer import ImportResult
from exporter.model.article import Article, Teaser, to_json
from tests import command
from tests.editions.test_compile import article
from tests.library.test_catalog import FERRY_TEXT, came, library, page, titles  # noqa: F401

EVERY = Selection(merge=False)


def corrected(library: Library, path: Path, title: str, new: str, **more: str) -> Path:  # noqa: F811
    """An article of the library as JSON, with another title."""
    number = next(line.id for line in library.lines(EVERY) if line.title == title)
    matches = library.get(number)
    assert matches
    path.write_bytes(to_json((msgspec.structs.replace(matches, title=new, **more),)))
    return path


def details(done: ImportResult, id: str) -> list[str]:
    return [note.detail for note in done.notes if note.id == id]


# -- Corrections ------------------------------------------------------------------------


def test_a_correction_leads_and_the_version_before_is_kept(library: Library, tmp_path: Path) -> None:  # noqa: F811
    came(library, page(tmp_path, "a.md", "Secnod ferry", source="Gazette"))
    report = Report()
    fixed = corrected(library, tmp_path / "fix.json", "Secnod ferry", "Second ferry", published="2023-01-01")
    done = came(library, fixed, report=report)
    assert [(line.title, line.published) for line in library.lines(Selection())] == [
        ("Second ferry", "2023-01-01")
    ]
    assert details(done, "article-corrected") == ["'Second ferry' replaces 'Secnod ferry'"]
    assert report.counts()["article-corrected"] == 1
    (leader,) = library.lines(Selection())
    versions = library.versions(leader.id)
    assert [(line.title, line.former) for line in versions] == [
        ("Second ferry", False),
        ("Secnod ferry", True),
    ]
    assert library.check() == []


def test_of_two_corrections_the_later_one_leads(library: Library, tmp_path: Path) -> None:  # noqa: F811
    came(library, page(tmp_path, "a.md", "One", source="Gazette"))
    came(library, corrected(library, tmp_path / "1.json", "One", "Two"))
    third = corrected(library, tmp_path / "2.json", "Two", "Three")
    assert details(came(library, third), "article-corrected") == ["'Three' replaces 'Two'"]
    assert titles(library) == ["Three"]
    (leader,) = library.lines(Selection())
    assert [line.title for line in library.versions(leader.id)] == ["Three", "Two", "One"]
    came(library, corrected(library, tmp_path / "3.json", "One", "One"))  # as it was read
    assert titles(library) == ["One"]


def test_of_corrections_of_two_copies_the_later_one_leads_and_is_told_once(
    library: Library,  # noqa: F811
    tmp_path: Path,
) -> None:
    came(library, page(tmp_path, "a.md", "Secnod ferry", source="Gazette"))
    came(library, page(tmp_path, "b.md", "Ferry runs huorly", FERRY_TEXT[:-40], source="Post"))
    came(library, corrected(library, tmp_path / "1.json", "Secnod ferry", "Second ferry"))
    assert titles(library) == ["Second ferry"]
    came(library, corrected(library, tmp_path / "2.json", "Ferry runs huorly", "Ferry runs hourly"))
    assert titles(library) == ["Ferry runs hourly"]
    done = came(library, page(tmp_path, "c.md", "Boat news", source="Herald"))
    assert titles(library) == ["Ferry runs hourly"]
    assert details(done, "article-corrected") == [], "of this run there is nothing to tell"


@pytest.mark.parametrize("order", [("a.md", "b.md", "fix.json"), ("fix.json", "b.md", "a.md")])
def test_copies_of_what_was_corrected_stay_with_it(tmp_path: Path, order: tuple[str, ...]) -> None:
    page(tmp_path, "a.md", "Second ferry", source="Gazette")
    page(tmp_path, "b.md", "Ferry runs hourly", FERRY_TEXT[:-40], day="2024-05-07", source="Post")
    with Library(tmp_path / "first") as first:
        came(first, tmp_path / "a.md")
        corrected(first, tmp_path / "fix.json", "Second ferry", "The second ferry", published="2024-05-26")
    with Library(tmp_path / "library") as library:  # noqa: F811
        for name in order:
            came(library, tmp_path / name)
        assert titles(library) == ["The second ferry"]
        (matches,) = library.select().articles
        assert [copy.source for copy in matches.also] == ["Post"]
        came(library, *(tmp_path / name for name in order), again=True)
        assert titles(library) == ["The second ferry"]


def test_what_was_exported_and_not_changed_corrects_nothing(library: Library, tmp_path: Path) -> None:  # noqa: F811
    path = page(tmp_path, "a.md", "Second ferry", source="Gazette")
    came(library, path)
    same = corrected(library, tmp_path / "same.json", "Second ferry", "Second ferry")
    assert details(came(library, same), "article-corrected") == []
    page(tmp_path, "a.md", "Second ferry", f"{FERRY_TEXT} The third is on its way.", source="Gazette")
    came(library, path)
    assert "third" in library.search(Selection(words="third"))[1][0].excerpt
    (leader,) = library.lines(Selection())
    assert leader.copies == 1
    assert len(library.select().articles[0].blocks) == 1
    assert "third" in str(library.select().articles[0].blocks)


def test_a_corrected_figure_replaces_the_wrong_one(library: Library, tmp_path: Path) -> None:  # noqa: F811
    came(
        library,
        page(tmp_path, "a.md", "Fees", "The harbour raises its fees by 52 percent.", source="Gazette"),
    )
    (matches,) = library.select().articles
    text = to_json((matches,)).replace(b"52 percent", b"5 percent")
    (tmp_path / "fix.json").write_bytes(text)
    came(library, tmp_path / "fix.json")
    assert len(titles(library)) == 1
    assert "by 5 percent" in str(library.select().articles[0].blocks)


# -- Removals and briefs ------------------------------------------------------------------


def with_teaser(folder: Path, title: str = "Second ferry") -> Path:
    neighbour = article(
        "Bread", words="Bread is baked.", teasers=(Teaser(title, "Soon.", "2024-05-06", "Gazette"),)
    )
    path = folder / "beside.json"
    path.write_bytes(to_json((neighbour,)))
    return path


def removed(library: Library, title: str) -> None:  # noqa: F811
    assert library.remove([line.id for line in library.lines(EVERY) if line.title == title])


def test_no_brief_tells_of_what_was_removed_or_corrected(library: Library, tmp_path: Path) -> None:  # noqa: F811
    path = page(tmp_path, "a.md", "Second ferry", source="Gazette")
    came(library, path, with_teaser(tmp_path))
    assert library.select().briefs == ()
    came(library, corrected(library, tmp_path / "fix.json", "Second ferry", "The second ferry"))
    assert library.select().briefs == ()
    page(tmp_path, "a.md", "A second ferry", source="Gazette")  # the page itself
    came(library, path)
    assert library.select().briefs == ()
    for title in ("A second ferry", "The second ferry"):
        library.remove([line.id for line in library.lines(EVERY) if line.title == title])
    assert titles(library) == ["Bread"]
    assert library.select().briefs == ()


def test_what_was_removed_stays_away_until_it_is_restored(library: Library, tmp_path: Path) -> None:  # noqa: F811
    path = page(tmp_path, "a.md", "Second ferry", source="Gazette")
    other = page(tmp_path, "b.md", "Ferry runs hourly", FERRY_TEXT[:-40], source="Post")
    came(library, path, other)
    removed(library, "Second ferry")
    assert titles(library) == ["Ferry runs hourly"], "another paper's copy is another one"
    for more in ({}, {"again": True}):
        came(library, path, other, **more)
        assert titles(library) == ["Ferry runs hourly"]
    page(
        tmp_path, "a.md", "Second ferry", f"{FERRY_TEXT} And so on.", source="Gazette"
    )  # the file has changed
    assert details(came(library, path), "removed-left-out") == ["Second ferry"]
    elsewhere = page(tmp_path / "elsewhere", "c.md", "Second ferry", source="Gazette")
    done = came(library, elsewhere)
    assert (done.articles, details(done, "removed-left-out")) == (0, ["Second ferry"])
    assert titles(library) == ["Ferry runs hourly"]
    came(library, path, restore=True)
    assert titles(library) == ["Second ferry"]
    came(library, path, again=True)
    assert titles(library) == ["Second ferry"]
    done = came(library, elsewhere, again=True)
    assert details(done, "removed-left-out") == [], "it is removed no more, from wherever it comes"
    assert library.check() == []


def test_what_was_removed_stays_away_when_texts_are_compared_in_another_way(
    library: Library,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As after an update of this program: what tells copies apart cannot be compared then."""
    came(library, page(tmp_path, "a.md", "Second ferry", source="Gazette"))
    removed(library, "Second ferry")
    monkeypatch.setattr(duplicates, "SCHEME", duplicates.SCHEME + 1)
    again = page(tmp_path, "b.md", "Second ferry", f"{FERRY_TEXT} And so on.", source="Gazette")
    assert details(came(library, again), "removed-left-out") == ["Second ferry"]
    assert titles(library) == []


def test_a_page_of_another_day_at_the_address_of_a_removed_one_comes_in(
    library: Library,  # noqa: F811
    tmp_path: Path,
) -> None:
    link = "https://harbour.example/today"
    came(library, page(tmp_path, "a.md", "Today", "The ferry is late, as fog will not lift.", link=link))
    removed(library, "Today")
    new = page(
        tmp_path, "b.md", "Today", "A seal was seen by children of the school.", "2024-05-07", link=link
    )
    came(library, new)
    assert titles(library) == ["Today"]


def test_a_removed_article_goes_with_its_versions(library: Library, tmp_path: Path) -> None:  # noqa: F811
    path = page(tmp_path, "a.md", "Secnod ferry", source="Gazette")
    came(library, path)
    came(library, corrected(library, tmp_path / "fix.json", "Secnod ferry", "Second ferry"))
    removed(library, "Second ferry")
    assert titles(library) == []
    came(library, path, tmp_path / "fix.json", again=True)
    assert titles(library) == []


# -- What is hidden is told ---------------------------------------------------------------


@pytest.fixture
def two(tmp_path: Path) -> Path:
    page(tmp_path / "saved", "a.md", "Second ferry", source="Gazette")
    page(tmp_path / "saved", "b.md", "Ferry runs hourly", FERRY_TEXT[:-40], day="2024-05-07", source="Post")
    assert run(tmp_path, "import", "saved")[0] == 0
    return tmp_path


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    ran = command.run([*words, "--library", "news"], folder)
    return ran.returncode, ran.stdout, ran.stderr


def test_all_commands_tell_of_the_copy_that_is_left_out(two: Path) -> None:
    word = "Ferry runs hourly (b.md) is a copy of Second ferry (a.md): it has the fuller text"
    _, out, in_zone = run(two, "list")
    assert len(out.splitlines()) == 1
    assert "1 article, 0 briefs, 1 left out" in in_zone
    assert word in in_zone
    _, _, in_zone = run(two, "export", "-f", "txt", "--report", "report.json")
    assert "left out: 1 found twice" in in_zone
    assert word in in_zone
    (item,) = msgspec.json.decode((two / "report.json").read_bytes())["left_out"]
    assert (item["reason"], item["where"], item["kept"], item["why"]) == (
        "duplicate",
        "b.md",
        "a.md",
        "it has the fuller text",
    )
    _, out, in_zone = run(two, "search", "captain")
    assert "1 article, 1 left out" in in_zone
    assert word in in_zone
    _, out, _ = run(two, "search", "hourly")
    assert "(a copy of " in out


def test_every_copy_can_be_taken(two: Path) -> None:
    _, out, in_zone = run(two, "list", "--no-merge")
    assert len(out.splitlines()) == 2
    assert "0 left out" in in_zone
    assert len(run(two, "search", "captain", "--no-merge")[1].splitlines()) == 4
    assert "2 articles" in run(two, "export", "-f", "txt", "--no-merge")[1]
    assert "2 articles" in run(two, "batch", "-f", "txt", "--no-merge", "-o", "months")[1]
    (two / "exporter.toml").write_text(
        'library = "news"\n[editions.all]\n'
        'from = "2024-05"\nto = "2024-05"\nmerge = false\nformats = ["txt"]\n'
    )
    assert "2 articles" in run(two, "run", "all")[1]


def test_equal_copies_have_anchors_and_file_names_of_their_own(tmp_path: Path) -> None:
    same = article("Second ferry", words=FERRY_TEXT)
    with Library.holding([same, same, same]) as library:  # noqa: F811
        edition = compile_edition(library.select(EVERY))
    assert len({entry.anchor for entry in edition.entries}) == 3
    page(tmp_path / "saved", "a.md", "Second ferry")
    page(tmp_path / "saved", "b.md", "Second ferry")
    run(tmp_path, "export", "saved", "--individual", "--no-merge", "-f", "txt", "-o", "out")
    assert len(os.listdir(tmp_path / "out")) == 2  # noqa: PTH208


def test_versions_are_shown(two: Path) -> None:
    number = run(two, "list")[1].split()[0]
    run(two, "show", number, "--json")
    fixed = run(two, "show", number, "--json")[1].replace("Second ferry", "The second ferry")
    (two / "fix.json").write_text(fixed, "utf-8")
    in_zone = run(two, "import", "fix.json")[2]
    assert "1 corrected: 'The second ferry' replaces 'Second ferry'" in in_zone
    lines = run(two, "show", number, "--versions")[1].splitlines()
    assert [" ".join(line.split()[1:3]) for line in lines] == [
        "leads 2024-05-06",
        "copy 2024-05-07",
        "former version",
    ]
    assert run(two, "show", "999", "--versions")[0] == 2
    assert run(two, "show", "fix.json", "--versions")[0] == 2


def test_removed_articles_are_told_of(two: Path) -> None:
    number = run(two, "list")[1].split()[0]
    run(two, "remove", number)
    assert "1 removed before was left out" in run(two, "import", "saved", "--again")[2]
    run(two, "import", "saved", "--restore")
    assert "Second ferry" in run(two, "list")[1]


def near(*articles: Article) -> list[str]:
    return sorted(matches.title for matches in select(articles).articles)


def test_articles_at_hand_are_merged_as_a_library_merges_them() -> None:
    full = article("Second ferry", "2024-05-06", "Gazette", words=FERRY_TEXT)
    cut = article("Ferry runs hourly", "2024-05-07", "Post", words=FERRY_TEXT[:-40])
    again = article("Boat news", "2024-05-06", "Herald", words=FERRY_TEXT)
    other = article("Bread is dearer", "2024-05-06", "Post", words="Bread costs more than last year.")
    for output in ([full, cut, again, other], [again, other, cut, full]):
        with Library.holding(output) as library:  # noqa: F811
            assert near(*output) == sorted(titles(library))
            assert len(near(*output)) == 2
        assert len(select(output, EVERY).articles) == 4


def test_undated_notes_of_one_title_are_two_articles_in_a_library_too() -> None:
    notes = [article("Notes", None, None, words="Buy milk."), article("Notes", None, None, words="Ring Jo.")]
    with Library.holding(notes) as library:  # noqa: F811
        assert near(*notes) == titles(library) == ["Notes", "Notes"]
