"""Checks images by content: format, size and completeness, before a backend decodes them."""

from __future__ import annotations

import hashlib
import io
import time
import warnings

from exporter.diagnostics import Report
from exporter.errors import is_momentary
from exporter.model.article import Asset

MAX_BYTES = 40 * 1024 * 1024
MAX_PIXELS = 50_000_000
"""Larger images are left out: a small file may decompress to gigabytes."""

_TOO_LONG = "takes too long to draw"

RENDERED = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
CONVERTED = {"BMP": "image/bmp", "TIFF": "image/tiff", "MPO": "image/jpeg", "AVIF": "image/avif"}


def asset(data: bytes, name: str, where: str, report: Report) -> Asset | None:
    """The image as an asset; None, with a diagnostic, if it is broken, too large or unsupported.

    The format is detected from the bytes, never from the name. An SVG drawing becomes a PNG. The
    image is decoded once, within the limits above, so that backends get valid images only.
    ``name`` is the image's file name, ``where`` the source for diagnostics. Raises `OSError`
    for a failure of the machine.
    """
    if not data:
        report.add("image-broken", where, f"{name}: no bytes")
        return None
    if len(data) > MAX_BYTES:
        report.add("image-too-large", where, f"{name}: {len(data) >> 20} MB")
        return None
    head = data[:1024].lstrip().lower()
    if b"<svg" in data[:4096] and head.startswith((b"<", b"\xef\xbb\xbf<")):
        from exporter.model import svg  # loads a parser that is rarely needed

        if any(f.id == "image-broken" and _TOO_LONG in f.detail for f in report.findings):
            report.add("image-broken", where, f"{name}: not drawn, as another one of this page {_TOO_LONG}")
            return None
        began = time.monotonic()
        drawn = svg.drawn(data)
        if drawn is None:
            why = _TOO_LONG if time.monotonic() - began > svg.WORK else "cannot be drawn"
            report.add("image-broken", where, f"{name}: this SVG {why}")
            return None
        data = drawn
    from PIL import Image, UnidentifiedImageError  # loaded only where images are read

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                kind, (width, height) = image.format or "", image.size
                if width * height > MAX_PIXELS:
                    report.add("image-too-large", where, f"{name}: {width} × {height} pixels")
                    return None
                if kind not in RENDERED and kind not in CONVERTED:
                    report.add("image-unsupported", where, f"{name}: {kind}")
                    return None
                image.load()
    except UnidentifiedImageError:
        report.add("image-broken", where, f"{name}: not an image")
        return None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if is_momentary(error):
            raise
        report.add("image-broken", where, f"{name}: {error}")
        return None
    media_type = RENDERED.get(kind) or CONVERTED[kind]
    return Asset(hashlib.sha256(data).hexdigest(), media_type, width, height, name, data)
