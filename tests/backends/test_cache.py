"""What was laid out once is not laid out again, and nothing can make it wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from exporter.backends.pdf import cache
from exporter.backends.pdf.assets import HtmlSection, Resource
from exporter.backends.pdf.workers import Press
from exporter.backends.registry import render_checked
from exporter.diagnostics import Report
from exporter.editions.compile import compile_edition
from exporter.editions.options import Settings
from tests.editions.test_compile import article

SETTINGS = Settings(cache=True)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORTER_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the sections that were really laid out."""
    names: list[str] = []

    output = Press._laid_sections

    def counted(self: Press, sections: Sequence[HtmlSection]) -> Iterator[tuple[int, object]]:
        names.extend(section.name for section in sections)
        return output(self, sections)

    monkeypatch.setattr(Press, "_laid_sections", counted)
    return names


def make(*titles: str, settings: Settings = SETTINGS, report: Report | None = None) -> bytes:
    articles = [article(title, source=f"Source {title}", publisher=None) for title in titles]
    return render_checked(compile_edition(articles), "pdf", settings, report).data


def test_the_second_time_nothing_is_laid_out(laid: list[str]) -> None:
    first = make("A", "B")
    assert laid
    laid.clear()
    assert make("A", "B") == first
    assert laid == []


def test_one_article_more_costs_its_section_and_what_tells_of_it(laid: list[str]) -> None:
    make("A", "B")
    whole = len(laid)
    laid.clear()
    more = make("A", "B", "C")
    assert 0 < len(laid) < whole + 1
    laid.clear()
    assert make("A", "B", "C", settings=Settings(cache=False)) == more


def test_a_sheet_is_found_by_all_that_decides_how_it_comes_out() -> None:
    image = Resource(b"one", "image/png")
    section = HtmlSection("A", "<p>The quay is open.</p>", "p { color: red }", {"exporter:a": image})
    others = [
        section._replace(html="<p>The quay is shut.</p>"),
        section._replace(css="p { color: blue }"),
        section._replace(own="p { margin: 0 }"),
        section._replace(tagged=False),
        section._replace(resources={}),
        section._replace(resources={"exporter:b": image}),
        section._replace(resources={"exporter:a": Resource(b"two", "image/png")}),
        section._replace(resources={"exporter:a": Resource(b"one", "image/gif")}),
    ]
    assert len({cache.key(other) for other in (section, *others)}) == 1 + len(others)
    assert cache.key(section._replace(name="B")) == cache.key(section)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def _scribble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_cut, _scribble, _empty])
def test_a_damaged_entry_is_laid_out_again(damage: Callable[[Path], None], laid: list[str]) -> None:
    first = make("A")
    for _, _, path in list(cache._entries()):
        damage(path)
    laid.clear()
    assert make("A") == first
    assert laid
    laid.clear()
    assert make("A") == first
    assert laid == []


def test_a_folder_that_cannot_be_used_is_told_and_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = make("A", settings=Settings(cache=False))
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("EXPORTER_CACHE", str(tmp_path / "file"))
    report = Report()
    assert make("A", report=report) == plain
    assert report.counts() == {"cache-unusable": 1}


def test_trimming_leaves_room_so_that_not_every_run_trims() -> None:
    def keep(age: int) -> str:
        path = cache.folder() / "ab" / f"{age:02}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(100))
        os.utime(path, (age, age))
        return path.name

    names = [keep(age) for age in range(10)]
    cache.trim(1000)
    assert cache.size() == (10, 1000), "what just fits may stay"
    cache.trim(999)
    assert sorted(path.name for _, _, path in cache._entries()) == names[-7:]
    for age in (10, 11):
        keep(age)
    cache.trim(999)
    assert cache.size() == (9, 900), "there is room for another run's"


def test_what_is_used_again_is_not_the_first_to_go() -> None:
    make("A")
    for _, _, path in list(cache._entries()):
        os.utime(path, (1, 1))
    make("A")
    assert min(used for used, _, _ in cache._entries()) > 1


def test_the_least_used_go_first() -> None:
    make("A", "B")
    entries = sorted(path for _, _, path in cache._entries())
    for age, path in enumerate(entries):
        os.utime(path, (age, age))
    _, total = cache.size()
    cache.trim(total - 1)
    left = sorted(path for _, _, path in cache._entries())
    assert left == entries[-len(left) :]
    assert cache.size()[1] <= (total - 1) * 4 // 5 + max(p.stat().st_size for p in left)
    assert cache.clear() == len(left)
    assert cache.size() == (0, 0)
