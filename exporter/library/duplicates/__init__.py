"""The same article twice: its address as a key, its text as a print, and whether two are one.

A newspaper fingerprints an agency's text with its own headline, a day later, cut to three paragraphs;
an agency runs a flash and then the full group. For a reader that is one article. "Floral Basket
from X", word for word with other names, is another one every time.

Nothing but counting is done here: no clock, no chance, no hash of Python's own. So fingerprints may be
stored, and compared years later on another machine. What counts as the same is defined in
``docs/identity.md``; how well it is distinguished is measured by ``python -m tests.library.duplicates``.

A library stores `Features`, looks up candidates by `Fingerprint.bands` and asks `is_same`.
"""

from __future__ import annotations

from exporter.library.duplicates._address import canonical
from exporter.library.duplicates._fingerprint import SCHEME, Fingerprint, fingerprint, similarity
from exporter.library.duplicates._similarity import (
    DAYS,
    Features,
    advantage,
    best_copy,
    clusters,
    features,
    is_copy,
    is_same,
)

__all__ = [
    "DAYS",
    "SCHEME",
    "Features",
    "Fingerprint",
    "advantage",
    "best_copy",
    "canonical",
    "clusters",
    "features",
    "fingerprint",
    "is_copy",
    "is_same",
    "similarity",
]
