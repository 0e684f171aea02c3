"""What a document is made of besides its text: images and fonts, each with its address."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

SCHEME = "exporter:"
"""Begins the address of everything that belongs to an edition; no other address is served."""


class Resource(NamedTuple):
    """An image or a font: its bytes, or the file that holds them, read when asked for."""

    content: bytes | Path
    media_type: str

    def read(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()
