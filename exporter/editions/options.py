"""What an export is asked for: how a backend renders, and the files that go with it."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from exporter.model.article import Asset

Paper = Literal["A4", "A5", "Letter"]
PAPERS: tuple[Paper, ...] = ("A4", "A5", "Letter")
ColorMode = Literal["colour", "black"]


class Original(msgspec.Struct, frozen=True):
    """A file that articles were read from: its name, the hash of the bytes that were read,
    and where they are, or they themselves."""

    name: str
    media_type: str
    sha256: str
    content: Path | bytes

    def read(self) -> bytes:
        """The bytes as they are now. Raises `OSError`."""
        if isinstance(self.content, bytes):
            return self.content
        if isinstance(self.content, Path) and not self.content.is_file():  # a pipe would have no end
            raise FileNotFoundError(errno.ENOENT, "it is not a regular file", str(self.content))
        return self.content.read_bytes()

    def portable(self) -> Original:
        """With its bytes, where they can be read, for a machine that has not the file."""
        with suppress(OSError):
            return msgspec.structs.replace(self, content=self.read())
        return self


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How to render. ``style`` names a folder under styles/; ``paper`` is the PDF's, by
    default the style's own; ``look`` its ink, where ``black`` is black alone, with grey images.

    Of EPUB: ``image_max`` are the pixels of an image's longer side, ``cover`` is the user's own;
    ``with_pages`` tells whether it says where the pages of the PDF begin, and ``pages`` which
    these are; ``embed_fonts`` whether it carries the style's. Of text: ``width`` are its
    columns, ``ascii`` its letters; ``flowed`` lets mail programs wrap it
    anew (RFC 3676), as a mail always does.

    ``archival`` makes the PDF one to keep (PDF/A-3a), with the edition as data and its originals
    attached: ``originals`` has them by `Origin.sha256`. ``workers`` tells how many processes lay
    out the PDF, 0 one a core, and ``cache`` whether pages laid out before are taken from the
    user's cache folder; neither changes anything in the file."""

    style: str = "digest"
    paper: Paper | None = None
    look: ColorMode = "colour"
    image_max: int = 1600
    cover: Asset | None = None
    with_pages: bool = False
    embed_fonts: bool = False
    pages: Mapping[str, str] = {}
    width: int = 72
    ascii: bool = False
    flowed: bool = False
    archival: bool = False
    originals: Mapping[str, Original] = {}
    workers: int = 0
    cache: bool = False
