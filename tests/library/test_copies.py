"""Many copies of one article are filed in a time that grows with their number, not with its square."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec
import pytest

from exporter.library import Library, _groups
from exporter.library.index_row import IndexRow, card
from tests.editions.test_compile import article
from tests.library.test_catalog import FERRY_TEXT


def identical(number: int) -> dict[str, object]:
    return {"title": "Second ferry", "words": FERRY_TEXT}


def linked(number: int) -> dict[str, object]:
    """As a feed that gives one text under many addresses."""
    name = "".join(chr(ord(digit) + 49) for digit in str(number))  # no number, which would part them
    return {"title": f"Item {name}", "words": FERRY_TEXT, "link": f"https://feed.example/{number}"}


def numbered(number: int) -> dict[str, object]:
    return {"title": f"Item {number}", "words": FERRY_TEXT, "link": f"https://feed.example/{number}"}


def similar(number: int) -> dict[str, object]:
    """The same with other last words."""
    words = " ".join(random.Random(number).choices(["bread", "salt", "wheel", "night"], k=6))
    return {"title": "Second ferry", "words": f"{FERRY_TEXT} {words}"}


def cards(count: int, kind: Callable[[int], dict[str, object]]) -> list[IndexRow]:
    return [card(article(**kind(number))) for number in range(count)]  # type: ignore[arg-type]


def filed(library: Library, cards: list[IndexRow], at_once: int = 50) -> None:
    for start in range(0, len(cards), at_once):
        with library.filing() as filing:
            file = filing.begin(b"%d" % start, "", 0, 0, "")
            filing.add(file, cards[start : start + at_once])
            filing.end(file, "", None, ())


@pytest.mark.parametrize("kind", [identical, linked, similar, numbered])
def test_twice_the_copies_are_twice_the_work(
    monkeypatch: pytest.MonkeyPatch, kind: Callable[[int], dict[str, object]]
) -> None:
    unpack, spent = _groups._unpack, [0]

    def counted(packed: bytes) -> object:
        spent[0] += 1
        return unpack(packed)

    monkeypatch.setattr(_groups, "_unpack", counted)
    monkeypatch.setattr(_groups, "CROWD", 100, raising=False)
    work = []
    for count in (200, 400):
        spent[0] = 0
        with Library.temporary() as library:
            filed(library, cards(count, kind))
            in_zone = library.stats()
            assert (in_zone.articles, in_zone.distinct) == (count, count if kind is numbered else 1)
        work.append(spent[0])
    assert work[1] < 2.5 * work[0]
    assert work[1] < (100 if kind is numbered else 10) * 400


def test_the_best_copy_leads_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_groups, "CROWD", 20, raising=False)
    plain = cards(60, identical)
    best = card(article("Second ferry", words=FERRY_TEXT, link="https://gazette.example/ferry"))
    for place in (0, 30, 60):
        with Library.temporary() as library:
            filed(library, [*plain[:place], best, *plain[place:]], 7)
            (led,) = library.select().articles
            assert led.link == "https://gazette.example/ferry"


def test_when_a_file_of_many_copies_changes_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_groups, "CROWD", 20, raising=False)
    output = cards(90, identical)
    other = [msgspec.structs.replace(each, title=each.title) for each in cards(3, linked)]
    with Library.temporary() as library:
        filed(library, output, 30)
        with library.filing() as filing:  # the file whose article leads has nothing of it any more
            file = filing.begin(b"0", "", 0, 0, "")
            filing.add(file, [card(article("Bread is dearer", words="Bread costs more this year."))])
            filing.end(file, "", None, ())
        filed(library, other)
        assert library.stats().distinct == 1
        assert library.check() == []
