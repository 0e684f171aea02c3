"""The file that the book is packed in: a ZIP whose bytes depend on its content alone (OCF 3.3, 4)."""

from __future__ import annotations

import io
import zipfile

_STORED = (".png", ".jpg", ".gif")
"""Endings of what is compressed already."""


class Archive:
    """Takes the book's files one by one, so that no more than one need be held unpacked."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w")

    def add(self, name: str, data: bytes, *, stored: bool = False) -> None:
        """Puts a file after those before it; ``stored`` leaves it as it is, for what must be
        found without unpacking."""
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.create_system = 3
        info.external_attr = 0o644 << 16
        packed = not (stored or name.endswith(_STORED))
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        self._zip.writestr(info, data)

    def close(self) -> bytes:
        """The finished file."""
        self._zip.close()
        return self._buffer.getvalue()
