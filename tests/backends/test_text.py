"""The text digest as its reader sees it: complete, in lines of the width asked for, legible."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import wcswidth

from exporter.backends import text
from exporter.backends.registry import render_checked
from exporter.backends.text import _ascii
from exporter.backends.text._blocks import Writer
from exporter.backends.text._wrap import wrap
from exporter.editions.compile import Edition, compile_edition
from exporter.editions.options import Settings
from exporter.editions.selection import Selected
from exporter.errors import IncompleteError, UsageError
from exporter.model import build, visit
from exporter.model.article import (
    Block,
    Cell,
    Link,
    Note,
    Paragraph,
    Superscript,
    Table,
    Teaser,
    Text,
)
from tests import strategies
from tests.backends.samples import article, hostile_edition, produced_elsewhere
from tests.kitchen_sink import edition as kitchen_sink

GOLDEN = Path(__file__).parents[1] / "golden" / "backends" / "kitchen-sink.txt"
ADDRESS = re.compile(r"[a-z]+://|mailto:|^urn:", re.I)


def digest(edition: Edition, width: int = 72) -> str:
    return render_checked(edition, "txt", Settings(width=width)).data.decode()


def drawn(*blocks: Block, width: int = 40) -> list[str]:
    writer = Writer()
    lines = writer.blocks(blocks, width)
    references = writer.reference_lines(width)
    return [*lines, "", *references] if references else lines


def cells(*words: str, **features: int) -> tuple[Cell, ...]:
    return tuple(Cell(build.paragraph([word]), **features) for word in words)


def test_the_kitchen_sink_as_stored(request: pytest.FixtureRequest) -> None:
    output = digest(kitchen_sink())
    if request.config.getoption("--rewrite-goldens"):
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_text(output, "utf-8", newline="\n")
    assert output == GOLDEN.read_text("utf-8")


def test_same_bytes_in_another_place() -> None:
    assert produced_elsewhere("txt", "Asia/Seoul", "5") == digest(kitchen_sink()).encode()


@pytest.mark.parametrize("width", [24, 40, 72, 120])
@pytest.mark.parametrize("make", [kitchen_sink, hostile_edition])
def test_lines_keep_to_the_width(make: object, width: int) -> None:
    check_lines(digest(make(), width), width)  # type: ignore[operator]


def check_lines(output: str, width: int) -> None:
    assert output.endswith("\n")
    assert "\r" not in output
    for line in output.split("\n"):
        assert line == line.rstrip()
        assert wcswidth(line) <= width or ADDRESS.search(line), line


def test_the_contents_tell_the_line_of_each_entry() -> None:
    edition = kitchen_sink()
    product = render_checked(edition, "txt")
    lines = product.data.decode().split("\n")
    values = {int(m[1]): int(m[2]) for line in lines[:60] if (m := re.match(r" *(\d+)  .*  +(\d+)$", line))}
    for entry in edition.entries:
        assert f"line {values[entry.number]}" == product.locations[entry.anchor]
        assert lines[values[entry.number] - 1].startswith(f"{entry.number}. ")
    (briefs,) = (int(m[1]) for line in lines[:60] if (m := re.match(r"In brief .* (\d+)$", line)))
    assert lines[briefs - 1] == "In brief"


def test_ascii_spells_every_script_out() -> None:
    edition = kitchen_sink()
    product = render_checked(edition, "txt", Settings(ascii=True))
    values = product.data.decode("ascii")
    assert "Die Orgel der Dorfkirche klingt wieder" in values
    assert "Gorodskaya biblioteka prodlila chasy raboty" in values
    assert all(len(line) <= 72 or ADDRESS.search(line) for line in values.split("\n"))
    assert set(product.locations) == {e.anchor for e in (*edition.entries, *edition.briefs)}


@pytest.mark.parametrize(
    ("address", "spelled"),
    [
        ("https://quay.example/a?b=%20c", "https://quay.example/a?b=%20c"),
        ("https://quay.example/мост", "https://quay.example/%D0%BC%D0%BE%D1%81%D1%82"),
        ("https://hafenböte.example/x", "https://xn--hafenbte-s4a.example/x"),
    ],
)
def test_addresses_in_ascii_lead_to_the_same_place(address: str, spelled: str) -> None:
    assert _ascii.address(address) == spelled


def unflowed(values: str) -> list[tuple[int, str]]:
    """What a mail program makes of the text: paragraphs with their depth of quotation
    (RFC 3676, 4.1 and 4.5, DelSp=yes)."""
    matches: list[tuple[int, str]] = []
    soft = False
    for line in values.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        text = line[depth:].removeprefix(" ")
        flows = text.endswith(" ")
        text = text[:-1] if flows else text
        if soft and matches[-1][0] == depth:
            matches[-1] = (depth, matches[-1][1] + text)
        else:
            matches.append((depth, text))
        soft = flows
    return matches


def test_flowed_text_comes_together_again() -> None:
    words = " ".join(f"word{n}" for n in range(60))
    chinese = "河口的渡船天亮以后才开出去" * 12
    blocks = (
        *build.paragraph([words]),
        *build.quote(build.paragraph([words])),
        *build.paragraph([chinese]),
        *build.paragraph(["From here on the line begins like an envelope."]),
        *build.list_block([build.paragraph([words]), build.paragraph(["short"])]),
    )
    output = render_checked(
        compile_edition([article("One", blocks)]), "txt", Settings(flowed=True)
    ).data.decode()
    assert all(wcswidth(line) <= 72 for line in output.split("\n"))
    matches = unflowed(output)
    for whole in ((0, words), (1, words), (0, chinese), (0, f"- {words}"), (0, "- short")):
        assert whole in matches
    assert "\n From here on" in output
    assert not any(line.endswith(" ") and line.strip() == "" for line in output.split("\n"))


def test_flowed_text_of_any_edition_is_found_again() -> None:
    product = render_checked(kitchen_sink(), "txt", Settings(flowed=True))
    assert "The numbers at the right" not in product.data.decode()
    assert len(product.locations) == len(kitchen_sink().entries) + len(kitchen_sink().briefs)


def test_a_width_too_small_is_refused() -> None:
    with pytest.raises(UsageError, match="columns"):
        digest(kitchen_sink(), 23)


# -- finding everything again --


def test_locations_are_lines() -> None:
    edition = kitchen_sink()
    product = render_checked(edition, "txt")
    lines = product.data.decode().split("\n")
    for entry in edition.entries:
        number = int(product.locations[entry.anchor].removeprefix("line "))
        assert lines[number - 1] == f"{entry.number}. {entry.article.title}"
    for brief in edition.briefs:
        number = int(product.locations[brief.anchor].removeprefix("line "))
        assert lines[number - 1] == f"- {brief.teaser.title}"


@pytest.mark.parametrize("lost", ["heading", "line in the contents", "brief"])
def test_what_is_lost_is_named(lost: str, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = kitchen_sink()
    output = digest(edition)
    gone = {
        "heading": "2. Die Orgel der Dorfkirche klingt wieder\n",
        "line in the contents": " 2  Die Orgel der Dorfkirche klingt wieder",
        "brief": "- Beekeepers meet at the mill\n",
    }[lost]
    assert output.count(gone) == 1
    monkeypatch.setattr(text, "render", lambda *_: output.replace(gone, "").encode())
    with pytest.raises(IncompleteError, match="Beekeepers" if lost == "brief" else "Die Orgel") as raised:
        render_checked(edition, "txt")
    assert str(raised.value).startswith("1 of 10")


@pytest.mark.parametrize(
    "titles",
    [
        ["Line one\nline two 🙂", "x" * 5000],
        ["The same", "The same"],
        [""],
        ["=====", "2. ====="],
        ["東京" * 60],
    ],
    ids=["newline, length", "twice", "none", "strokes", "ideographs"],
)
def test_odd_titles_are_found_again(titles: list[str]) -> None:
    articles = [article(title, source=f"Paper {n}") for n, title in enumerate(titles)]
    edition = compile_edition(Selected(tuple(articles), (Teaser(titles[0]), Teaser(titles[0], "b", "2021"))))
    for width in (24, 72):
        assert len(render_checked(edition, "txt", Settings(width=width)).locations) == len(titles) + 2


def test_an_article_without_a_body() -> None:
    assert "1. Only a title\n===============\nHarbour Gazette · 2 May 2021\n" in digest(
        compile_edition([article("Only a title", ())])
    )


def test_an_edition_of_briefs_alone() -> None:
    assert "- A bridge\n  It is new.\n" in digest(
        compile_edition(Selected((), (Teaser("A bridge", "It is new."),)))
    )


# -- lines --


def test_korean_parts_at_spaces_alone() -> None:
    words = "지난 일요일 강가의 마을 텃밭에서 올해의 첫 감자를 캤다."
    lines = wrap(words, 20)
    assert " ".join(lines) == words
    assert max(map(wcswidth, lines)) <= 20


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    words = "東京の新聞は「港が開いた」と書いた。春、夏、秋、冬、コーヒーとキャベツ（二つ）を売る。" * 3
    for width in range(8, 30):
        lines = wrap(words, width)
        assert "".join(lines) == words
        assert not any(line[0] in "、。」）ーャッ" for line in lines)
        assert not any(line[-1] in "「（" for line in lines)
        assert all(wcswidth(line) <= width for line in lines)
        assert all(wcswidth(line) >= width - 6 for line in lines[:-1]), "lines are filled"


def test_characters_as_seen_are_never_cut() -> None:
    family, accented = "👩‍👩‍👧‍👦", "e\u0301\u0323"
    for width in range(3, 12):
        assert all(set(line.split(family)) == {""} for line in wrap(family * 9, width))
        for line in wrap(accented * 40, width):
            assert line == accented * (len(line) // len(accented))


def test_addresses_stand_whole() -> None:
    address = "https://papers.example/" + "long/" * 20
    assert wrap(f"See ({address}), please.", 30) == ["See", f"({address}),", "please."]
    assert wrap("w" * 70, 30) == ["w" * 30, "w" * 30, "w" * 10]


def test_right_to_left_text_stays_in_its_logical_order() -> None:
    words = "عاد سوق الكتب القديمة إلى ساحة المدينة بعد غياب عامين"
    assert " ".join(wrap(words, 20)) == words


# -- blocks --


def test_links_are_numbered_once_and_bare_ones_not() -> None:
    plan, bare = "https://a.example/plan", "https://a.example/bare"
    content = (
        Link(plan, (Text("the plan"),)),
        Text(" and "),
        Link(plan, (Text("again"),)),
        Text(", "),
        Link(bare, (Text(bare),)),
    )
    assert drawn(Paragraph(content), width=60) == [
        "the plan[1] and again[1], https://a.example/bare",
        "",
        "[1] https://a.example/plan",
    ]


def test_notes_stand_at_the_end_with_their_own_links() -> None:
    inner = build.paragraph(["See ", Link("https://a.example/", (Text("there"),)), "."])
    assert drawn(*build.paragraph(["Words", Note((*inner, *build.paragraph(["More."])))])) == [
        "Words[1]",
        "",
        "[1] See there[2].",
        "",
        "    More.",
        "[2] https://a.example/",
    ]


def test_lists_and_quotes_nest() -> None:
    inner = build.list_block(
        [build.paragraph(["one " * 10]), build.paragraph(["two"])], ordered=True, start=9
    )
    quote = build.quote([*build.paragraph(["Said."]), *build.list_block([build.paragraph(["x"])])])
    assert drawn(*build.list_block([(*build.paragraph(["top"]), *inner)]), *quote, width=30) == [
        "- top",
        "  9.  one one one one one one",
        "      one one one one",
        "  10. two",
        "",
        "> Said.",
        ">",
        "> - x",
    ]


def test_sixty_levels_deep_still_reads() -> None:
    blocks: tuple[Block, ...] = build.paragraph(["the bottom of it all"])
    for n in range(60):
        blocks = build.list_block([blocks]) if n % 2 else build.quote(blocks)
    lines = drawn(*blocks, width=72)
    assert any("the bottom of it all" in line for line in lines)
    assert all(len(line) <= 72 for line in lines)


def test_tables_nested_deep_do_not_take_forever() -> None:
    blocks: tuple[Block, ...] = build.paragraph(["inmost"])
    for _ in range(40):
        blocks = (Table(((Cell(blocks), *cells("beside")),)),)
    assert any("inmost" in line for line in drawn(*blocks))


def test_a_table_is_drawn_in_columns() -> None:
    rows = (
        cells("Day", "Tide"),
        (*cells("1 May"), Cell(build.paragraph(["5.1 m"]), align="right")),
        (*cells("10 May"), Cell(build.paragraph(["12 m"]), align="right")),
        cells("Mean of all the days", colspan=2),
    )
    assert drawn(Table(rows, 1, (Text("Tides"),))) == [
        "Tides",
        "",
        "Day     Tide",
        "------  ------------",
        "1 May          5.1 m",
        "10 May          12 m",
        "Mean of all the days",
    ]


def test_a_table_with_two_cell_characters_stays_aligned() -> None:
    lines = drawn(Table((cells("날짜", "비고"), cells("오월 일일", "맑음"), cells("x", "y")), 1))
    assert {wcswidth(line[: re.search(r"\S+$", line).start()]) for line in lines} == {11}  # type: ignore[union-attr]


def test_long_cells_are_wrapped_and_rows_parted() -> None:
    lines = drawn(Table((cells("a", "word " * 12), cells("b", "last")), 0), width=30)
    assert max(map(len, lines)) <= 30
    assert "" in lines


def test_a_table_too_wide_becomes_records() -> None:
    names = [f"Heading{n}" for n in range(6)]
    table = Table((cells(*names), cells(*(f"value-{n}" for n in range(6)))), 1)
    assert drawn(table, width=30) == [f"{name}: value-{n}" for n, name in enumerate(names)]


def test_raised_and_lowered_digits() -> None:
    raised = Superscript((Text("2"),))
    assert drawn(*build.paragraph(["240 m", raised, ", the 2", Superscript((Text("nd"),))])) == [
        "240 m², the 2nd"
    ]


# -- properties --


def letters(words: str) -> Counter[str]:
    return Counter(c for c in unicodedata.normalize("NFKC", words) if c.isalnum())


@given(strategies.editions(), st.sampled_from([24, 40, 72]))
@settings(max_examples=25, deadline=None)
def test_no_letter_is_lost_and_no_line_too_wide(edition: Edition, width: int) -> None:
    product = render_checked(edition, "txt", Settings(width=width))
    output = product.data.decode()
    check_lines(output, width)
    lines = output.split("\n")
    starts = [int(product.locations[e.anchor].removeprefix("line ")) for e in edition.entries]
    for entry, (start, end) in zip(edition.entries, pairwise([*starts, len(lines)]), strict=True):
        body = letters("\n".join(lines[start - 1 : end - 1]))
        assert not letters("\n".join(visit.texts(entry.article.blocks, notes=True))) - body


@given(strategies.texts, st.integers(2, 40))
@settings(max_examples=200, deadline=None)
def test_wrapping_moves_nothing_but_spaces(words: str, width: int) -> None:
    assert "".join("".join(wrap(words, width)).split()) == "".join(words.split())
