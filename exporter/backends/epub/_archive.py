"""The file that the book is packed in: a ZIP whose bytes depend on its content alone (OCF 3.3, 4)."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor

_STORED = (".png", ".jpg", ".gif")
"""Endings of what is compressed already."""


class Archive:
    """Takes the book's files one by one, and packs each while the next is made."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w")
        self._packer = ThreadPoolExecutor(1, "packer")  # one: the files keep their order
        self._packed: list[Future[None]] = []

    def add(self, name: str, data: bytes, *, stored: bool = False) -> None:
        """Puts a file after those before it; ``stored`` leaves it as it is, for what is
        compressed already or must be found without unpacking."""
        self._packed.append(self._packer.submit(self._pack, name, data, stored or name.endswith(_STORED)))

    def _pack(self, name: str, data: bytes, stored: bool) -> None:
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.create_system = 3
        info.external_attr = 0o644 << 16
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        self._zip.writestr(info, data)

    def close(self) -> bytes:
        """The finished file. Raises what packing has raised."""
        self._packer.shutdown()
        for packed in self._packed:
            packed.result()
        self._zip.close()
        return self._buffer.getvalue()
