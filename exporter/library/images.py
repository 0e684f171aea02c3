"""The images of a library, each kept once: files named by the hash of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from exporter.model.article import Asset
from exporter.sources import storage


class ImageStore:
    """A folder of images, in folders by the first two letters of the hash; without a folder, in memory."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._in_memory: dict[str, bytes] = {}

    def keep(self, images: Iterable[Asset]) -> None:
        """Keep the images' bytes. Raises `OutputError`."""
        for image in images:
            if self.folder is None:
                if image.data:
                    self._in_memory[image.id] = image.data
                continue
            path = self.folder / image.id[:2] / image.id
            if image.data and not path.exists():
                storage.prepare_folder(path.parent, "--library")
                storage.write_whole(path, image.data)

    def get(self, hash: str) -> bytes | None:
        """The bytes of that hash, or None where they are lost or no longer what they were."""
        if self.folder is None:
            return self._in_memory.get(hash)
        try:
            data = (self.folder / hash[:2] / hash).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == hash else None

    def sizes(self) -> list[int]:
        """The size of each image, in bytes."""
        if self.folder is None:
            return [len(data) for data in self._in_memory.values()]
        return [path.stat().st_size for path in self.folder.glob("??/*") if path.is_file()]

    def sweep(self, kept: frozenset[str]) -> int:
        """Remove the images that no article has; returns their number."""
        paths = sorted(self.folder.glob("??/*")) if self.folder else ()
        unused = [path for path in paths if path.name not in kept]
        for path in unused:
            path.unlink(missing_ok=True)
        return len(unused)
