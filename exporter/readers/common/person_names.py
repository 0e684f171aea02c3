"""Names of people, from the lines in which pages, feeds and mail name their authors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec

from exporter import resources
from exporter.model import build
from exporter.readers.common import date_parsing, titles

_LONGEST_LINE = 300
_LONGEST = 80
_BY = "by|von|par|por|di|da|av|af|door|oleh|przez"
_WRITER = (
    r"written|words|text[eo]?|testo|tekst|story|article|posted|published|submitted|report(?:ed|ing)|created|"
    r"(?:co-)?authors?|autor(?:in|en|es|i|/in|/autorin)?|auteurs?|autore|автор[ыи]?|writers?|verfasst|"
    r"geschrieben|geschreven|écrit|escrito|scritto|skrevet|skriven|napisane|ditulis|penulis"
)
_ALL = (
    r"(?:(?:view|see|show|read)\s++)?(?:all|more)(?:\s++(?:posts|articles|stories))?|"
    r"alle\s++(?:artikel|beiträge)|tous\s++les\s++articles|tod[ao]s\s++[lo]?[ao]s\s++\w{4,12}"
)
_OTHER = (
    r"edit(?:ed|ing|ors?)|photo(?:s|graphy|graphs?|graphers?)?|pictures?|images?|foto(?:s|grafie|graf)?|bild(?:er)?|"
    r"illustrat(?:ed|ions?)|graphics?|video|translat(?:ed|ions?|ors?)|übersetzt|übersetzung|tradui[te]|traduction|"
    r"(?:medically\s++)?reviewed|(?:fact[ -])?checked|produce[dr]|source|quelle|credits?|redaktion|twitter|"
    r"instagram|e-?mail|(?:last\s++)?updated?|aktualisiert"
)
_LABEL = re.compile(
    rf"(?<![\w’'-])(?:(?P<writer>(?:(?:{_WRITER})(?:\s*+:|\s++(?:{_BY})(?!\w))|(?:{_ALL})\s++(?:{_BY}|from|of|de)(?!\w)|"
    r"by(?!\w))\s*+:?)|"
    rf"(?:(?:{_OTHER})(?:\s*+:|\s++(?:{_BY})(?!\w))|"
    r"(?:posted|published|updated|veröffentlicht|aktualisiert|publié|publicado)(?:\s++(?:on|in|at|am|le|el|en|em))?(?!\w))\s*+:?)",
    re.I,
)
_ASIDE = re.compile(r"\([^()]*+\)")
_BETWEEN = re.compile(r"[;|/•·\n，、]|(?<=\s)(?:and|und|et|og|och|en|y|e|i|&|with|mit|avec|и|та)(?=\s)", re.I)
_SURNAMES = frozenset(("y", "e", "i", "en"))
"""Words that also join the parts of a surname: they separate names of two or more words only."""
_PICTURED = ("photo ", "photos ", "foto ", "fotos ", "bild ", "image ", "picture ", "video ")
_REST = (" in ", " for ", " für ", " at ", " from ", " aus ", " via ", " - ", " – ", " — ")
"""The beginning of a description of a person, after a name of two or more words."""
_JOB = re.compile(r"(?:기자|특파원|記者|记者|특派員)\Z")
_SLUG = re.compile(r"[a-z]+(?:-[a-z]+)+")
_WIDE = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]+")
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))


class Words(msgspec.Struct, frozen=True):
    """The words of ``names.toml``.

    ``agencies`` and ``degrees`` are whole names, ``desks`` and ``jobs`` single words of a name; ``offices``
    begin a title that continues with "of".
    """

    agencies: frozenset[str]
    desks: frozenset[str]
    jobs: frozenset[str]
    offices: frozenset[str]
    degrees: frozenset[str]


def people(values: Iterable[str]) -> tuple[str, ...]:
    """The names of the people in the values, each once; of agencies if there are no people."""
    unique = dict.fromkeys(name for value in values for name in each(value))
    return tuple(name for name in unique if not is_agency(name)) or tuple(unique)


def each(value: str) -> Iterator[str]:
    """The names of people and agencies in a value.

    Labels, dates, degrees, job titles, addresses, and the names of editors and photographers are left out.
    """
    for line in filter(str.strip, value.split("\n")):
        yield from _in_line(build.one_line(line))


def _in_line(line: str) -> Iterator[str]:
    words = line.split(" ")
    if len(line) > _LONGEST_LINE or any(map(_is_site, words)):
        return
    line = " ".join(word for word in words if not _is_address(word)).strip(" ,")
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1]  # RSS 2.0: "mail@host (Name)"
    line = _ASIDE.sub(" ", line)
    start, is_writer, is_labelled = 0, True, False
    for label in _LABEL.finditer(line):
        if is_writer:
            yield from _listed(line[start : label.start()], is_labelled)
        start, is_writer, is_labelled = label.end(), label["writer"] is not None, True
    if is_writer:
        yield from _listed(line[start:], is_labelled)


def is_label(text: str) -> bool:
    """Whether the text is a label for authors, such as ``Written by``."""
    label = _LABEL.match(text)
    return bool(label and label["writer"] and label.end() == len(text)) or not titles.without_by(text)


def may_be_job(name: str) -> bool:
    """Whether a name of two words may be a job, because of its second word alone: ``Jane Reporter``."""
    words = name.casefold().split()
    known = _listed_words()
    return len(words) == 2 and words[1] in known.jobs and words[0] not in known.jobs | known.offices


def is_agency(name: str) -> bool:
    """Whether a name is the name of a news agency, a desk or a paper, and not of a person."""
    folded = name.casefold()
    is_desk = folded.startswith("the ") or not _listed_words().desks.isdisjoint(folded.split())
    return is_desk or folded in _listed_words().agencies


@cache
def _listed_words() -> Words:
    return resources.tables(__package__, "names.toml", "names", Words)[0]


def _is_address(word: str) -> bool:
    return "@" in word or "://" in word or word.casefold().startswith("www.")


def _is_site(word: str) -> bool:
    """Whether a word is the address of a site in brackets, which papers append to their name."""
    if not word.startswith("("):
        return False
    _, scheme, host = word.strip("()<>[],;").rpartition("://")
    return bool(scheme or host.startswith("www.")) and "." in host and "/" not in host.rstrip("/")


def _listed(line: str, is_labelled: bool) -> Iterator[str]:
    """The names in a list of people."""
    line = line.strip(" ,:")
    if line.casefold().startswith(_PICTURED):
        return
    bare = titles.without_by(line)
    is_labelled |= bare != line
    pieces = _pieces(bare)
    for piece in pieces:
        parts = [part.strip() for part in piece.split(",") if part.strip()]
        yield from _by_commas(parts, is_list=is_labelled or len(pieces) > 1)


def _pieces(line: str) -> list[str]:
    pieces, start = [], 0
    for mark in _BETWEEN.finditer(line):
        left, right = line[start : mark.start()].strip(" ,"), line[mark.end() :].strip(" ,")
        if mark[0].casefold() in _SURNAMES and not (
            " " in left and " " in _BETWEEN.split(right, 1)[0].strip()
        ):
            continue
        pieces.append(left)
        start = mark.end()
    return [*pieces, line[start:].strip(" ,")]


def _by_commas(parts: list[str], *, is_list: bool) -> Iterator[str]:
    """The names among parts separated by commas.

    "Doe, Jane" is one name, "Jane Doe, John Roe" are two; a single word after a name of two in a list of
    people is a place.
    """
    jobs = [number for number, part in enumerate(parts) if _is_job(part)]
    if len(jobs) == 1 and jobs[0]:
        parts = parts[: jobs[0]]  # a person's job is followed by its place
    kept = [name for part in parts if (name := _name(part))]
    suffixed: list[str] = []
    for name in kept:
        if suffixed and name.rstrip(".").casefold() in _SUFFIXES:
            suffixed[-1] += f", {name}"
        else:
            suffixed.append(name)
    first, second = (*suffixed, "", "")[:2]
    if len(suffixed) == 2 and not is_agency(second) and not _WIDE.fullmatch(first):
        is_surname = " " not in first or (" " not in second and (not is_list or first[:1].islower()))
        if is_surname:
            yield ", ".join(suffixed)
            return
    if " " in first:
        suffixed = [name for name in suffixed if " " in name or is_agency(name) or _WIDE.fullmatch(name)]
    yield from filter(None, suffixed)


def _name(part: str) -> str:
    """The name in a part of a line; empty if it is not a name."""
    for mark in _REST:
        before, separator, _ = f" {part} ".partition(mark)
        if separator and " " in before.strip():
            part = before
    words = _JOB.sub("", part.strip(' ,:·-–—"“”«»*<>›→')).split()
    while len(words) > 2 and _is_degree(words[-1]):
        words.pop()
    name = " ".join(words)
    if (
        not 1 < len(name) <= _LONGEST
        or not any(map(str.isalpha, name))
        or _SLUG.fullmatch(name)
        or ":" in name
        or (" " in name and any(map(str.isdecimal, name)))
        or _is_degree(name)
        or _is_job(name)
        or date_parsing.parse(name) is not None
    ):
        return ""
    return name


def _is_job(part: str) -> bool:
    """Whether a part of a line is a job title: "Money Reporter", "Head of Sport", "Vice President"."""
    words = [word.strip(".,").casefold() for word in part.replace("-", " ").split()]
    known = _listed_words()
    is_office = bool(words) and words[0] in known.offices
    return not known.jobs.isdisjoint(words) or (
        is_office and ("of" in words or known.offices.issuperset(words))
    )


def _is_degree(word: str) -> bool:
    return word.replace(".", "").casefold() in _listed_words().degrees and not word[1:].islower()
