"""The images of a library: files named by their content's hash, each kept once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from exporter.model.article import Asset
from exporter.sources import storage


class Pictures:
    """A folder of images, in folders by the first two letters of the hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, hash: str) -> Path:
        return self.folder / hash[:2] / hash

    def keep(self, images: Iterable[Asset]) -> None:
        """Keep the images' bytes. Raises `OutputError`."""
        for image in images:
            path = self.path(image.id)
            if image.data and not path.exists():
                storage.prepare_folder(path.parent, "--library")
                storage.write_whole(path, image.data)

    def get(self, hash: str) -> bytes | None:
        """The bytes of that hash, or None where they are lost or no longer what they were."""
        try:
            data = self.path(hash).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == hash else None

    def sweep(self, kept: frozenset[str]) -> int:
        """Remove the images that nobody needs; gives their number."""
        removed = 0
        for path in sorted(self.folder.glob("??/*")):
            if path.name not in kept:
                path.unlink(missing_ok=True)
                removed += 1
        return removed
