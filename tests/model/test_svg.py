"""SVG drawings: drawn, bounded, and without what is no drawing."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from exporter.diagnostics import Report
from exporter.model import images, svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'


def drawing(inside: str, attributes: str = 'width="100" height="50"') -> bytes:
    return HEAD.format(attributes, inside).encode()


def pixels(data: bytes) -> Image.Image:
    output = svg.drawn(data)
    assert output
    return Image.open(io.BytesIO(output)).convert("RGB")


def test_a_drawing_becomes_a_picture_twice_as_large() -> None:
    output = pixels(drawing('<rect width="50" height="50" fill="#008000"/>'))
    assert output.size == (200, 100)
    assert (output.getpixel((50, 50)), output.getpixel((150, 50))) == ((0, 128, 0), (255, 255, 255))


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 30 20"', (60, 40)),
        ('width="72pt" height="36pt"', (192, 96)),
        ('width="100%" height="100%" viewBox="0 0 4000 1000"', (1600, 400)),
        ('width="60" viewBox="0 0 30 20"', (120, 80)),
        ('width="90000" height="90000"', (1600, 1600)),
    ],
)
def test_sizes_as_told(attributes: str, size: tuple[int, int]) -> None:
    assert pixels(drawing("<g/>", attributes)).size == size


def test_the_same_drawing_is_the_same_picture() -> None:
    text = drawing('<text y="40" font-family="Helvetica">Tide</text>')
    assert svg.drawn(text) == svg.drawn(text)
    assert pixels(text).getextrema() != pixels(drawing("")).getextrema()


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<image width="100" height="50" href="file:///etc/hostname"/>',
        '<image width="100" height="50" xlink:href="https://tracker.example/x.png"/>',
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
        '<style>@import "https://tracker.example/x.css"; * { fill: url(https://tracker.example) }</style>',
        '<filter id="f"><feGaussianBlur stdDeviation="1e9"/></filter>',
        '<use href="https://tracker.example/x.svg#a"/>',
        '<g onload="alert(1)" fill="url(https://tracker.example)"/>',
    ],
)
def test_what_is_no_drawing_goes(inside: str) -> None:
    cleaned = svg.clean(drawing(inside + '<rect width="9" height="9"/>'))
    assert cleaned
    assert b"<rect" in cleaned
    for word in (b"tracker", b"hostname", b"alert", b"Blur", b"<p"):
        assert word not in cleaned
    assert pixels(drawing(inside + '<rect width="100" height="50"/>')).getpixel((10, 10)) == (0, 0, 0)


def test_what_is_not_said_inside_an_element_that_goes_stays() -> None:
    cleaned = svg.clean(drawing("<text>one <a>lost</a>two<script>x</script> three</text>"))
    assert cleaned
    assert b"one two three" in cleaned


BOMB = b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "data",
    [
        b"<svg/>",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><g>",
        drawing("", 'width="0" height="0"'),
        drawing("", 'width="1e9" height="1"'),
        drawing("", ""),
        b"<svg " + b" " * svg.MAX_BYTES + b"/>",
        b'<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg>&x;</svg>',
    ],
)
def test_what_cannot_be_drawn_is_told(data: bytes) -> None:
    report = Report()
    assert images.asset(data, "x.svg", "page.html", report) is None
    assert [f.id for f in report.findings] == ["image-broken"]


def test_entities_are_not_expanded() -> None:
    cleaned = svg.clean(BOMB + drawing("<text>before &b; after</text>"))
    assert cleaned is None or b"aaaa" not in cleaned


def test_a_drawing_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(svg, "SECONDS", 0.05)
    assert svg.drawn(drawing('<rect width="9" height="9"/>')) is None


def test_the_kind_is_told_from_the_bytes() -> None:
    output = images.asset(drawing("<g/>"), "photo.jpg", "page.html", Report())
    assert output
    assert (output.media_type, output.width, output.height) == ("image/png", 200, 100)
