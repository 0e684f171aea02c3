"""What the layout engine may fetch: what it was handed, by name, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weasyprint.urls import URLFetcher, URLFetcherResponse

from exporter.backends.pdf.assets import Resource


class Fetcher(URLFetcher):  # type: ignore[misc]  # the engine ships no types
    """Serves addresses from a mapping. Files, the network and ``data:`` are refused."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        super().__init__(timeout=1, allowed_protocols=(), allow_redirects=False)
        self._resources = resources

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        del headers
        resource = self._resources.get(url)
        if resource is None:
            raise ValueError(f"not part of the edition: {url[:200]}")
        return URLFetcherResponse(url, resource.read(), {"Content-Type": resource.media_type})
