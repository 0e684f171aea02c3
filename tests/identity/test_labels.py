"""What was labelled by reading is told apart, where the real stories are at hand."""

from __future__ import annotations

from collections import Counter

from tests.identity.measures import Tally, decided, labels
from tests.identity.stories import stories


def test_precision_and_recall() -> None:
    whole = Tally()
    wrong = []
    for label, a, b, same in decided(stories()):
        whole.add(label.same, same)
        if same != label.same:
            wrong.append((label.stratum, a.title, b.title))
    assert whole.precision >= 0.98, wrong
    assert whole.recall >= 0.9, wrong


def test_the_labels_are_many_and_each_pair_is_there_once() -> None:
    told = labels()
    assert len(told) >= 400
    assert Counter(label.half for label in told).keys() == {"tune", "test"}
    assert max(Counter((label.a, label.b) for label in told).values()) == 1
    assert {label.label for label in told} == {"same", "different"}
    assert all(bool(label.kind) == label.same and label.taken <= label.of for label in told)
