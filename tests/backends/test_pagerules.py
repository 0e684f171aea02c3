"""What a style says of its pages, read and made to say less."""

from __future__ import annotations

import pytest

from exporter.backends.pdf.pagerules import stretched


@pytest.mark.parametrize(
    ("css", "names"),
    [
        ("@page { @top-left { content: 'a'; font: italic 8pt serif } }", ["top-left"]),
        ("@page { @top-left { content: 'a' } @top-right { content: 'b' } }", []),
        ("@page :left { @top-left { content: 'a' } } @page :right { @top-right { content: 'b' } }",
         ["top-left", "top-right"]),
        ("@page :left { @top-left { content: 'a' } } @page { @top-right { content: 'b' } }", []),
        ("@page { @top-center { content: 'a' } @bottom-center { content: 'b' } }",
         ["bottom-center", "top-center"]),
        ("@page { @top-center { content: 'a'; border-bottom: 1pt solid } }", []),
        ("@page { @top-center { content: 'a'; white-space: nowrap } }", []),
        ("@page { @top-center { content: 'a' } } @page cover { @top-center { width: 3cm } }", []),
        ("@page { @left-top { content: 'a' } @top-left-corner { content: 'b' } }", []),
    ],
)  # fmt: skip
def test_a_margin_box_alone_on_its_edge_takes_all_of_it(css: str, names: list[str]) -> None:
    values = " ".join(f"@{name} {{ width: 100% }}" for name in names)
    assert stretched(css) == (f"{css}\n@page {{ {values} }}\n" if names else css)
