"""The corpus of the agency's stories of 2011: how its texts are put together."""

from __future__ import annotations

import re

# It joins lines by ", ": two in a row part paragraphs.
_PARTED = re.compile(r"\s*,\s+,\s+")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a story."""
    return [part.rstrip(", \t\n").strip() for part in _PARTED.split(text)]
