"""Labels of sources as aggregators write them: ``KCNA.kp (En)`` is KCNA.kp, in English."""

from __future__ import annotations

import re

_SUFFIXES = {
    "ar": "ar", "ch": "zh", "cn": "zh", "de": "de", "en": "en", "eng": "en", "es": "es", "fr": "fr",
    "ge": "de", "it": "it", "ja": "ja", "jp": "ja", "ko": "ko", "kor": "ko", "kp": "ko", "kr": "ko",
    "pt": "pt", "ru": "ru", "sp": "es", "vn": "vi", "zh": "zh",
}  # fmt: skip
_LABEL = re.compile(r"(?P<name>.*\S)\s*\((?P<suffix>[A-Za-z]{2,3})\)\Z")


def part_label(label: str) -> tuple[str, str | None]:
    """The name without its language suffix, and the suffix's BCP 47 tag or None."""
    label = label.strip()
    match = _LABEL.match(label)
    if match and (language := _SUFFIXES.get(match["suffix"].lower())):
        return match["name"], language
    return label, None
