"""Precision and recall of the decision on labelled and derived pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from exporter.library.duplicates import Features, features, is_same
from exporter.model.article import Article
from tests.library.duplicates.derived import Pair

LABELS = Path(__file__).with_name("labels.jsonl")


class Label(msgspec.Struct, frozen=True):
    """One pair: ids of `distinct`; how many pairs its stratum has, and how many were labelled."""

    a: str
    b: str
    stratum: str
    of: int
    taken: int
    label: str
    half: str
    kind: str = ""
    unsure: bool = False

    @property
    def same(self) -> bool:
        return self.label == "same"


class Tally(msgspec.Struct):
    """Pairs by what is true and what was found; ``weight`` counts each as the many it stands for."""

    right: float = 0
    false: float = 0
    missed: float = 0
    apart: float = 0

    def add(self, same: bool, matches: bool, weight: float = 1) -> None:
        name = {(1, 1): "right", (0, 1): "false", (1, 0): "missed", (0, 0): "apart"}[same, matches]
        setattr(self, name, getattr(self, name) + weight)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def correct(self) -> float:
        return (self.right + self.apart) / (self.right + self.false + self.missed + self.apart)


def labels() -> list[Label]:
    return [msgspec.json.decode(line, type=Label) for line in LABELS.read_bytes().splitlines()]


def decided(distinct: Mapping[str, Article]) -> list[tuple[Label, Features, Features, bool]]:
    """Each label with what the pair's facts are and whether they are found the same."""
    pairs = labels()
    needed = {key: features(distinct[key]) for label in pairs for key in (label.a, label.b)}
    return [
        (label, needed[label.a], needed[label.b], is_same(needed[label.a], needed[label.b]))
        for label in pairs
    ]


def tallied(pairs: Iterable[Pair]) -> dict[str, Tally]:
    matches: dict[str, Tally] = {}
    for pair in pairs:
        matches.setdefault(pair.made, Tally()).add(pair.same, is_same(pair.a, pair.b))
    return matches
