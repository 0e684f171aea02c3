"""Images made fit for a page or an e-reader: JPEG, PNG or GIF, upright, of bounded size, bare of metadata."""

from __future__ import annotations

import io
import warnings
from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageOps

from exporter.model.article import Asset
from exporter.model.images import MAX_PIXELS

MAX_SIDE = 1600
"""Pixels of the longer side: 300 to the inch over the text width of A5, 200 over that of A4."""

_PASSED = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
_PLAIN_MODES = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "P", "RGB", "RGBA"), "GIF": ("L", "P", "RGB")}
_GREY_MODES = ("1", "L", "LA")
_ORIENTATION = 0x0112


class Prepared(NamedTuple):
    """An image ready to embed; sizes in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


def prepare(asset: Asset, max_side: int = MAX_SIDE, *, grey: bool = False) -> Prepared | None:
    """The asset's image, converted, turned upright, scaled down, made ``grey`` where need be.

    A JPEG, PNG or GIF that is fit already passes byte for byte, but for its metadata.
    The same bytes in give the same bytes out. None where they are no image.
    """
    return _prepare(asset.data, max_side, grey)


@lru_cache(maxsize=64)
def _prepare(data: bytes, max_side: int, grey: bool) -> Prepared | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                if image.width * image.height > MAX_PIXELS:
                    return None
                return _passed(image, data, max_side, grey) or _converted(image, max_side, grey)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return None


def _passed(image: Image.Image, data: bytes, max_side: int, grey: bool) -> Prepared | None:
    kind = image.format or ""
    fit = (
        kind in _PASSED
        and image.mode in _PLAIN_MODES[kind]
        and (image.mode in _GREY_MODES or not grey)
        and getattr(image, "n_frames", 1) == 1
        and max(image.size) <= max_side
        and not image.getexif()
        and not {"icc_profile", "xmp", "XML:com.adobe.xmp", "comment"} & set(image.info)
    )
    if not fit:
        return None
    image.load()
    return Prepared(data, _PASSED[kind], image.width, image.height)


def _converted(image: Image.Image, max_side: int, grey: bool) -> Prepared:
    photographic = image.format in ("JPEG", "MPO", "WEBP", "AVIF", "TIFF", "BMP")
    image.seek(0)
    upright = ImageOps.exif_transpose(image) or image
    transparent = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    if transparent and upright.mode != "CMYK":
        upright = upright.convert("LA" if grey else "RGBA")
    else:
        upright = upright.convert("L" if grey or upright.mode in ("1", "L") else "RGB")
    if max(upright.size) > max_side:
        upright.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    # A fresh image, so that nothing of the old one's metadata is written.
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    if photographic and not transparent:
        bare.save(buffer, "JPEG", quality=85, optimize=True)
        return Prepared(buffer.getvalue(), "image/jpeg", *bare.size)
    bare.save(buffer, "PNG", optimize=True)
    return Prepared(buffer.getvalue(), "image/png", *bare.size)
