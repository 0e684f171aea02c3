"""The language of a text that does not say it."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import islice
from typing import Any

from exporter.errors import temporary_files
from exporter.model import build, visit
from exporter.model.article import Article

_SAMPLE = 1500
"""Characters that are looked at."""
_LEAST = 80
"""Bytes of letters from which a guess is worth something: a sentence, be it of Hangul."""
_SURE = 0.9


def guess(article: Article) -> str | None:
    """The language as py3langid has it, or None where it is not sure."""
    texts = (article.title, *islice(visit.texts(article.blocks), 60))
    found, probability = classified(" ".join(texts))
    return found if probability >= _SURE else None


def classified(text: str) -> tuple[str | None, float]:
    """The likeliest language of a text, and how sure that is, from 0 to 1."""
    return _classified(text[:_SAMPLE])


@lru_cache(64)  # copies of one text come together
def _classified(sample: str) -> tuple[str | None, float]:
    letters = "".join(c if c.isalpha() or c.isspace() else " " for c in sample)
    if len("".join(letters.split()).encode()) < _LEAST:
        return None, 0
    name, probability = _identifier().classify(letters)
    return build.language_tag(str(name)), float(probability)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # slow to load, and seldom needed

    with temporary_files():  # in which it unpacks the model: without space no page could be read
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
