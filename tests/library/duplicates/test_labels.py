"""What was labelled by reading is told apart, where the real stories are at hand."""

from __future__ import annotations

from collections import Counter

from exporter.library import Library
from tests.library.duplicates.agency_2011 import distinct
from tests.library.duplicates.measures import Tally, decided, labels


def test_precision_and_recall() -> None:
    whole = Tally()
    wrong = []
    for label, a, b, same in decided(distinct()):
        whole.add(label.same, same)
        if same != label.same:
            wrong.append((label.stratum, a.title, b.title))
    assert whole.precision >= 0.98, wrong
    assert whole.recall >= 0.9, wrong


def test_a_library_finds_together_what_is_one_article() -> None:
    """As stories come into it, of all that are labelled: what shares a band, an address or a title meets."""
    matches, pairs, whole = distinct(), labels(), Tally()
    keys = sorted({key for label in pairs for key in (label.a, label.b)})
    with Library.holding([matches[key] for key in keys]) as library:
        rows = library.database.connection.execute("SELECT story FROM article ORDER BY id").fetchall()
    text_item = {key: row[0] for key, row in zip(keys, rows, strict=True)}
    for label in pairs:
        whole.add(label.same, text_item[label.a] == text_item[label.b])
    assert whole.precision >= 0.98
    assert whole.recall >= 0.9


def test_the_labels_are_many_and_each_pair_is_there_once() -> None:
    pairs = labels()
    assert len(pairs) >= 400
    assert Counter(label.half for label in pairs).keys() == {"tune", "test"}
    assert max(Counter((label.a, label.b) for label in pairs).values()) == 1
    assert {label.label for label in pairs} == {"same", "different"}
    assert all(bool(label.kind) == label.same and label.taken <= label.of for label in pairs)
