"""Where a page's reference to another file may lead within the folder that bounds it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

_SERVED = ("", "static", "public")
"""Folders of a site whose files the server has at its root: Hugo, Eleventy and their like keep them apart."""


def paths(folder: str, reference: str) -> Iterator[str]:
    """The paths, from the bounding folder on and with slashes, at which a file may be that a page in
    ``folder`` refers to by a path relative to itself or to the root of its site.

    Where the site's root is nobody says: it is the page's folder or one above it, the nearest first. No path
    leads out of the bounding folder.
    """
    if "\0" in reference or reference.startswith("//") or ":" in reference.split("/")[0]:
        return
    if not reference.startswith("/"):
        found = [posixpath.join(folder, reference)]
    else:
        parts = [part for part in folder.split("/") if part not in ("", ".")]
        roots = ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]
        found = [posixpath.join(root, served, reference[1:]) for root in roots for served in _SERVED]
    for path in map(posixpath.normpath, found):
        if path.split("/")[0] not in ("..", "") and path != ".":
            yield path
