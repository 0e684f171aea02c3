"""Images are judged by their bytes, before anything large is unpacked."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from exporter.diagnostics import Report
from exporter.model import images


def output(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#336699").save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes whose head says 64 megapixels."""
    data = bytearray(output("PNG"))
    data[16:24] = struct.pack(">II", 8000, 8000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


def judged(data: bytes, name: str = "x.png") -> tuple[object, list[str]]:
    report = Report()
    return images.asset(data, name, "page.html", report), [f.id for f in report.findings]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
def test_the_kind_is_told_from_the_bytes_not_from_the_name(kind: str) -> None:
    report = Report()
    asset = images.asset(output(kind), "wrong.xyz", "page.html", report)
    assert asset is not None
    assert (asset.media_type, asset.width, asset.height) == (f"image/{kind.lower()}", 40, 30)
    assert not report.findings


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (b"", "image-broken"),
        (b"not an image", "image-broken"),
        (output("JPEG")[:-200], "image-broken"),
        (bomb(), "image-too-large"),
        (b"x" * (images.MAX_BYTES + 1), "image-too-large"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "image-broken"),
        (output("PPM"), "image-unsupported"),
    ],
    ids=["empty", "words", "cut-short", "bomb", "heavy", "svg", "odd-kind"],
)
def test_what_cannot_be_used_is_told(data: bytes, finding: str) -> None:
    assert judged(data) == (None, [finding])
