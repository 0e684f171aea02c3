"""Variables are put in where that changes nothing, and nowhere else."""

from __future__ import annotations

import pytest

from exporter.backends.pdf.variables import settled

PAGE = "<p>Nothing of its own</p>"


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (":root { --a: red } p { color: var(--a) }", "color: red"),
        (":root { --a: red } :root { --a: blue } p { color: var(--a) }", "color: blue"),
        (":root { --a: 1pt var(--b) } p { border: var(--a) } :root { --b: red }", "border: 1pt red"),
        (":root { --a: red } p { color: var(--a, blue) }", "color: red"),
        (":root { --a:\n red } p { color: var( --a ) }", "color: red"),
        (":root { --f: 'A  B', serif } @page { font: 8pt var(--f) }", 'font: 8pt "A  B", serif'),
    ],
)
def test_a_variable_of_the_root_is_its_value(css: str, expected: str) -> None:
    solved = settled(css, PAGE)
    assert expected in solved
    assert solved.count("\n") == css.count("\n")


@pytest.mark.parametrize(
    "css",
    [
        ":root { --a: red } .b { --a: blue } p { color: var(--a) }",
        ":root { --a: red } @media print { :root { --a: blue } } p { color: var(--a) }",
        ":root { --a: red } @page { --a: blue; color: var(--a) }",
        ":root.a5 { --a: red } p { color: var(--a) }",
        ":root { --a: red !important } p { color: var(--a) }",
        "p { color: var(--b) }",
    ],
)
def test_one_that_may_differ_stays(css: str) -> None:
    assert settled(css, PAGE) == css


def test_elements_with_variables_of_their_own_are_heeded() -> None:
    css = ":root { --a: red } p { color: var(--a) }"
    assert settled(css, '<p style="--a: blue">') == css


def test_variables_in_a_circle_come_to_an_end() -> None:
    assert "var(" in settled(":root { --a: var(--b); --b: var(--a) } p { color: var(--a) }", PAGE)
