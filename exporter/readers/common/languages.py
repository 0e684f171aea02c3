"""Languages and scripts of texts: of an article, and of paragraphs in another language than it.

A declared language counts unless the script of the text or its most common words contradict it: word
processors declare the language of their user. Without a declaration, a script used by one language alone
decides. A long paragraph needs two signs: the detector is certain, and the most common words belong to that
language. The language of the article itself is never changed here.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import islice, pairwise
from typing import Any

import msgspec
from babel import Locale, UnknownLocaleError
from babel.core import get_global

from exporter.errors import temporary_files
from exporter.model import build, visit
from exporter.model.article import Article, Basis, Heading, Paragraph

_SCRIPTS = {
    "Latn": (re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff]"), None),
    "Kore": (re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]"), "ko"),
    "Jpan": (re.compile("[\u3040-\u30ff]"), "ja"),
    "Hani": (re.compile("[\u3005\u3400-\u4dbf\u4e00-\u9fff]"), "zh"),
    "Cyrl": (re.compile("[\u0400-\u052f]"), None),
    "Arab": (re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"), "ar"),
    "Hebr": (re.compile("[\u0590-\u05ff]"), "he"),
    "Grek": (re.compile("[\u0370-\u03ff\u1f00-\u1fff]"), "el"),
    "Thai": (re.compile("[\u0e00-\u0e7f]"), "th"),
    "Armn": (re.compile("[\u0530-\u058f]"), "hy"),
    "Geor": (re.compile("[\u10a0-\u10ff]"), "ka"),
}
"""The letters of each script (ISO 15924), and its language if only one uses it."""
_LETTERS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("latin", re.compile("[A-Za-z\u00c0-\u024f]")),
)
_ASCII = re.compile("[\x00-\x7f]+")
_NO_LETTERS = bytes(byte for byte in range(256) if not chr(byte).isalpha() or byte > 127)
_HAN = {"Hans": "Hani", "Hant": "Hani"}
_NO_ARABIC = re.compile("[\u0671-\u06d3\u0750-\u077f]")
"""Letters of Persian, Urdu and others that Arabic does not have."""
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 1500
_LONG = 200
"""Letters from which on a text is judged by statistics."""
_FEW, _MANY = 0.15, 0.25
"""Share of words that are among the most common of a language: at most in another one, at least in its own.
"""
_SURE = 0.99
_LEAST = 2
_GUESS_BYTES = 80
"""Bytes of letters in UTF-8 from which on a guess is useful: one sentence, in Hangul too."""
_GUESS_SURE = 0.9


def resolve(article: Article) -> Article:
    """Return the article with the languages of its paragraphs resolved.

    If it has no language of its own, it gets the one that all its paragraphs declare.
    """
    blocks = article.blocks
    if article.language is None and (common := _common(article)):
        basis: dict[str, Basis] = {**article.basis, "language": "stated"}
        article = msgspec.structs.replace(article, language=common, basis=basis)
    own = article.language
    if not own:
        return article
    pieces = [b for b in visit.each_block(blocks) if isinstance(b, Paragraph | Heading)]
    wrong = frozenset(
        b.language for b in pieces if b.language and _belies(visit.plain(b.content), b.language, own)
    )

    def language(block: Paragraph | Heading) -> str | None:
        declared = None if block.language in wrong else block.language
        text = visit.plain(block.content)
        if declared is None and text.isascii() and len(text) < _LONG:
            return None  # the usual case, decided quickly
        return _of(text[:_SAMPLE], declared, own)

    if all(language(block) == block.language for block in pieces):
        return article
    return msgspec.structs.replace(article, blocks=visit.with_languages(blocks, language))


def _common(article: Article) -> str | None:
    """The language that every paragraph declares, if it is one and the same."""
    languages = {b.language for b in visit.each_block(article.blocks) if isinstance(b, Paragraph)}
    return languages.pop() if len(languages) == 1 else None


@lru_cache(maxsize=512)
def _of(text: str, declared: str | None, own: str) -> str | None:
    """The language of a text in an article in language ``own``; None if it is the same or uncertain."""
    script = _script(text)
    if declared and script and script != _script_of(declared):
        declared = None
    language = declared or _by_script(text, script, own) or _by_words(text, script, own)
    return None if not language or _is_same(language, own) else language


def _is_same(one: str, other: str) -> bool:
    """Whether two tags are equal for typesetting: only for Chinese does the region matter."""
    return one == other or (_first(one) == _first(other) != "zh")


def _first(tag: str) -> str:
    return tag.split("-")[0]


# -- Script ----------------------------------------------------------------------------


def split_ascii(text: str) -> tuple[int, str]:
    """Return the number of ASCII letters in a text, and the text without its ASCII characters.

    Most texts are ASCII, so that counting their letters takes next to no time.
    """
    if text.isascii():
        return len(text.encode().translate(None, _NO_LETTERS)), ""
    letters = text.encode("ascii", "ignore").translate(None, _NO_LETTERS)
    return len(letters), _ASCII.sub("", text)


def language_of(text: str, *, latin: str | None = None) -> str | None:
    """The language (BCP 47) suggested by the script of most letters, or None; ``latin`` is returned for Latin
    script.

    A text with kana is Japanese, even if most of its letters are Han.
    """
    plain, rest = split_ascii(text)
    if not rest:
        return latin if plain else None
    counts = {tag: len(pattern.findall(rest)) for tag, pattern in _LETTERS}
    counts["latin"] += plain
    if counts["ja"] * 10 > counts["zh"]:
        counts["ja"], counts["zh"] = counts["ja"] + counts["zh"], 0
    if counts["ko"]:
        counts["ko"], counts["zh"] = counts["ko"] + counts["zh"], 0
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    if not ranked[0][1] or any(a[1] == b[1] for a, b in list(pairwise(ranked))[:1]):
        return None
    return latin if ranked[0][0] == "latin" else ranked[0][0]


def _script(text: str) -> str:
    """The script of at least nine letters in ten, or an empty string. With kana, Han counts as Japanese."""
    plain, rest = split_ascii(text)
    if not rest:
        return "Latn" if plain >= _LEAST else ""
    counts = {name: len(letters.findall(rest)) for name, (letters, _) in _SCRIPTS.items()}
    counts["Latn"] += plain
    if counts["Jpan"] * 10 > counts["Hani"]:
        counts["Jpan"], counts["Hani"] = counts["Jpan"] + counts["Hani"], 0
    name = max(counts, key=counts.__getitem__)
    return name if counts[name] >= max(_LEAST, 0.9 * (plain + sum(map(str.isalpha, rest)))) else ""


@cache
def _script_of(tag: str) -> str:
    """The script of a language: the one in its tag, else its usual one (CLDR, likely subtags)."""
    if tagged := re.match(r"[a-z]{2,3}-([A-Z][a-z]{3})\b", tag):
        return _HAN.get(tagged[1], tagged[1])
    parts = get_global("likely_subtags").get(_first(tag), "").split("_")
    return _HAN.get(parts[1], parts[1]) if len(parts) > 1 else ""


def _by_script(text: str, script: str, own: str) -> str | None:
    if not script or script == _script_of(own) or (script == "Hani" and _first(own) in ("ja", "ko")):
        return None
    if script == "Arab" and _NO_ARABIC.search(text):
        return None
    return _SCRIPTS[script][1]


# -- Words -----------------------------------------------------------------------------


def _by_words(text: str, script: str, own: str) -> str | None:
    plain, rest = split_ascii(text)
    if not script or plain + sum(map(str.isalpha, rest)) < _LONG:
        return None
    if script == _script_of(own) and (
        _share(text[:_LONG], own, unknown=1) > _MANY or _share(text, own, unknown=1) > _FEW
    ):
        return None  # the usual case, decided by the first words
    guessed, probability = classify(text)
    sure = guessed is not None and probability >= _SURE and _script_of(guessed) == script
    return guessed if sure and guessed and _share(text, guessed, unknown=0) >= _MANY else None


def _belies(text: str, declared: str, own: str) -> bool:
    """Whether a text that is declared as another language is clearly in the language of the article."""
    if len(text) < _LONG or _is_same(declared, own):
        return False
    share = _share(text[:_SAMPLE], own, unknown=0)
    return share >= _MANY and share > _share(text[:_SAMPLE], declared, unknown=0)


def _share(text: str, tag: str, *, unknown: float) -> float:
    """The share of words, 0 to 1, among the most common of a language; ``unknown`` if there is no list of
    these."""
    common, words = _commonest(_first(tag)), _WORD.findall(text.lower())
    return sum(map(common.__contains__, words)) / len(words) if common and words else unknown


@cache
def _commonest(language: str) -> frozenset[str]:
    import justext  # rarely needed: only for long paragraphs

    try:
        name = Locale.parse("nb" if language == "no" else language).get_display_name("en") or ""
    except (UnknownLocaleError, ValueError):
        return frozenset()
    name = name.replace("å", "a").replace(" ", "_")
    return justext.get_stoplist(name) if name in justext.get_stoplists() else frozenset()


# -- Detection -------------------------------------------------------------------------


def detect(article: Article) -> str | None:
    """The language of an article (BCP 47) according to py3langid, or None if it is uncertain."""
    texts = (article.title, *islice(visit.texts(article.blocks), 60))
    guessed, probability = classify(" ".join(texts))
    return guessed if probability >= _GUESS_SURE else None


def classify(text: str) -> tuple[str | None, float]:
    """The most likely language of a text (BCP 47), and its probability from 0 to 1."""
    return _classify(text[:_SAMPLE])


@lru_cache(64)  # copies of a text arrive one after the other
def _classify(sample: str) -> tuple[str | None, float]:
    letters = "".join(c if c.isalpha() or c.isspace() else " " for c in sample)
    if len("".join(letters.split()).encode()) < _GUESS_BYTES:
        return None, 0
    name, probability = _identifier().classify(letters)
    return build.language_tag(str(name)), float(probability)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # slow to load, and rarely needed

    with temporary_files():  # the model is unpacked there; without space no page could be read
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
