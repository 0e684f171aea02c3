"""Copies of one article find each other: all of them are one group, and the best of them leads.

An article that is filed meets those that share a key with it: an address, a title with source
and day, the text, or a band of the sketch of a similar text. Of the groups that it meets, it
is a copy if `exporter.library.duplicates` says so of it and their leader; an equal text joins by one
comparison.
The groups that a transaction touches are grouped again once, at its end. So the time that filing
takes grows with the number of articles, however many of them are copies of one.

A *correction* is an article in exporter's own form that differs from the one it was exported from
(the same origin), or from the one of the same source that would lead otherwise. It leads; the version
before stays in the group.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from exporter.library import duplicates
from exporter.library._database import each
from exporter.library.index_row import BAND, LINK, TEXT, TITLE_KEY, IndexRow, Mark

COMMON = 100
"""Articles that share a key above which the key says nothing of the text, only of its form."""
COMPARED = 25
"""Most articles that one is compared with."""
CROWD = 500
"""Copies of one article up to which they are compared with each other; of more, the best is taken."""
_KNOWN = 1_000
"""Leaders whose features are remembered within a transaction."""
_FACES = 5
"""Versions of a corrected article that another one is compared with."""
_APART = 366
"""Days beyond which nothing but the address or the title makes two articles one; of dates that are
a year or a month the first counts."""

MARKS = ("mark", "fresh")
"""The tables that keys stand in: each in one of them."""
_FRESH = 200_000
"""Marks, of some eight thousand articles: more would be written again and again while they wait."""
_HAVING = (
    " UNION ALL ".join(
        f"SELECT article FROM {table} WHERE kind = ? AND value = ? AND article <> ?" for table in MARKS
    )
    + f" LIMIT {COMMON + 1}"
)
_MEMBERS = (
    "SELECT article.id, story, place, origin, part, own, digest, title, name, source_key, facts"
    " FROM article JOIN pack ON pack.article = article.id WHERE {}"
)

_unpack = msgspec.msgpack.Decoder(duplicates.Features).decode


class Correction(NamedTuple):
    """The name of the file that corrects an article, its title, and the title that it replaces."""

    name: str
    title: str
    replaced: str


class _Member(NamedTuple):
    """A copy as the tables have it."""

    id: int
    group: int
    place: int
    origin: str
    part: int
    own: int
    digest: bytes
    title: str
    name: str
    source: str | None
    packed: bytes

    @property
    def features(self) -> duplicates.Features:
        return _unpack(self.packed)


class Groups:
    """The groups that one transaction touches. `regroup` comes before its end."""

    def __init__(self, db: sqlite3.Connection, check: Callable[[], None] = lambda: None) -> None:
        """``check`` is called now and then, and raises what should end the work."""
        self._db = db
        self._check = check
        self._touched: dict[int, int] = {}  # group → another that it is grouped with, or itself
        self._new: list[int] = []
        self._has_own = bool(db.execute("SELECT 1 FROM article WHERE own LIMIT 1").fetchone())
        self._known: dict[int, list[duplicates.Features]] = {}
        self._common: dict[Mark, list[int]] = {}  # who has it, once it is common

    def settle(self, id: int, card: IndexRow, marks: Sequence[Mark]) -> None:
        """Find the group of an article just filed, by those of its keys that others may have; it has
        been its own so far."""
        self._has_own |= card.own
        if card.listing or not (marks or self._has_own):
            return
        groups = self._versions(id, card) if self._has_own else []
        features_ = _unpack(card.features)
        equal = self._equal(id, card, features_, marks)
        if equal is not None:
            groups.append(equal)
        else:
            copies = self._copies(id, card, features_, marks)
            copies.sort(
                key=lambda item: -duplicates.similarity(item[1].print, features_.print)
            )  # of equals the first
            groups += [group for group, _ in copies]
        if groups:
            self._db.execute(
                "UPDATE article SET story = ?1, place = (SELECT max(place) + 1 FROM article WHERE story = ?1)"
                " WHERE id = ?2",
                (groups[0], id),
            )
            self._new.append(id)
            self._touch(groups)

    def part(self, leaving: Iterable[int]) -> list[int]:
        """The groups that the articles leave. When they are gone, tell `close_up`."""
        rows = each(self._db, "SELECT DISTINCT story FROM article WHERE id IN ({})", set(leaving))
        return sorted({group for (group,) in rows})

    def close_up(self, groups: Iterable[int]) -> None:
        """Let another copy lead where the one that led is gone. What remains is grouped again, as one
        that goes may have been what the others were copies of."""
        self._common.clear()
        for group in groups:
            first = self._db.execute(
                "SELECT id, place FROM article WHERE story = ? ORDER BY place LIMIT 1", (group,)
            ).fetchone()
            if first is None:
                continue
            if first[1]:
                self._db.execute("UPDATE article SET place = 0 WHERE id = ?", first[:1])
            self._touch([group])

    def regroup(self) -> list[Correction]:
        """Group what was touched again; gives the corrections among the articles just filed."""
        together: dict[int, list[int]] = {}
        for group in self._touched:
            together.setdefault(self._root(group), []).append(group)
        new, self._new, self._touched = self._new, [], {}
        corrections: list[Correction] = []
        for groups in together.values():
            self._check()
            query = f"SELECT id FROM article WHERE story IN ({{}}) LIMIT {CROWD + 1}"
            ids = [id for (id,) in each(self._db, query, groups)]
            if len(ids) > CROWD:
                corrections += self._lead(groups, new)
            else:
                corrections += self._group(ids, set(new))
        return corrections

    # -- To which group an article belongs ---------------------------------------------

    def _touch(self, groups: Sequence[int]) -> None:
        for group in groups:
            self._touched.setdefault(group, group)
            one, other = self._root(groups[0]), self._root(group)
            self._touched[max(one, other)] = min(one, other)

    def _root(self, group: int) -> int:
        while self._touched[group] != group:
            self._touched[group] = self._touched[self._touched[group]]
            group = self._touched[group]
        return group

    def _versions(self, id: int, card: IndexRow) -> list[int]:
        """The groups of what was read from the same origin, where one of the two is in exporter's own
        form."""
        rows = self._db.execute(
            "SELECT story FROM article WHERE origin = ? AND part = ? AND (own OR ?) AND id <> ?"
            f" AND listing = 0 ORDER BY id DESC LIMIT {COMPARED}",
            (card.origin, card.part, card.own, id),
        )
        return [group for (group,) in rows]

    def _equal(self, id: int, card: IndexRow, own: duplicates.Features, marks: Sequence[Mark]) -> int | None:
        """The group of an article of the same text, day and language, if it is a copy of that one: what is
        like one of them is like the other."""
        text = next((mark for mark in marks if mark[0] == TEXT), None)
        if text is None or not own.print.size:
            return None
        first = card.days[0] if card.days else None
        row = self._db.execute(
            f"SELECT story, facts FROM ({_HAVING}) met JOIN article ON article.id = met.article"
            " JOIN pack ON pack.article = article.id WHERE first IS ? AND language IS ? LIMIT 1",
            (*(*text, id) * len(MARKS), first, card.language),
        ).fetchone()
        if row is None or not duplicates.is_copy(own, _unpack(row[1])):
            return None
        same = {other for mark in marks if mark[0] in (LINK, TITLE_KEY) for other in self._sharing(id, mark)}
        others = each(self._db, "SELECT story FROM article WHERE id IN ({})", sorted(same))
        return row[0] if all(group == row[0] for (group,) in others) else None

    def _copies(
        self, id: int, card: IndexRow, own: duplicates.Features, marks: Iterable[Mark]
    ) -> list[tuple[int, duplicates.Features]]:
        """The groups that the article is a copy of, with the features of their leaders."""
        certain: set[int] = set()
        probable: set[int] = set()
        met: dict[int, int] = {}  # with how many of the keys
        for mark in marks:
            sharing = self._sharing(id, mark)
            if mark[0] < BAND or len(sharing) <= COMMON:
                for other in sharing:
                    met[other] = met.get(other, 0) + 1
                if mark[0] in (LINK, TITLE_KEY):
                    certain.update(sharing)
                if mark[0] in (LINK, TITLE_KEY, TEXT):
                    probable.update(sharing)
        if not met:
            return []
        first = card.days[0] if card.days else None
        near: dict[tuple[int, int], tuple[bool, int]] = {}
        sure: dict[int, list[int]] = {}  # members with the same address, text, or title and day
        for group, lead, day, member in each(
            self._db,
            "SELECT member.story, lead.id, lead.first, member.id FROM article member"
            " JOIN article lead ON lead.story = member.story AND lead.place = 0 WHERE member.id IN ({})",
            sorted(met),
        ):
            if member in certain or first is None or day is None or abs(first - day) <= _APART:
                was = near.get((lead, group), (False, 0))
                near[lead, group] = was[0] or member in certain, was[1] + met[member]
            if member in probable and member != lead:
                sure.setdefault(group, []).append(member)
        nearest = sorted(near, key=lambda item: (not near[item][0], -near[item][1], item))[:COMPARED]
        copies: list[tuple[int, duplicates.Features]] = []
        for lead, group in sorted(nearest):
            like = [other for other in self._faces(lead) if duplicates.is_copy(own, other)]
            # The leader may differ where the group has still to be regrouped, or is a group by chains.
            for member in sure.get(group, ())[:_FACES] if not like else ():
                features = self._features(member)
                like += [features] if duplicates.is_copy(own, features) else []
            copies += [(group, features) for features in like]
        return copies

    def _features(self, id: int) -> duplicates.Features:
        return _unpack(self._db.execute("SELECT facts FROM pack WHERE article = ?", (id,)).fetchone()[0])

    def _sharing(self, id: int, mark: Mark) -> list[int]:
        """Other articles that have the key; of more than `COMMON` one more than that."""
        known = self._common.get(mark)
        if known is None:
            known = [other for (other,) in self._db.execute(_HAVING, (*mark, id) * len(MARKS))]
            if len(known) > COMMON:
                self._common[mark] = known
        return known

    def _faces(self, leader: int) -> list[duplicates.Features]:
        """What a newcomer may be like: a leader, and where that is a correction, what it corrects."""
        known = self._known.get(leader)
        if known is None:
            query = (
                "SELECT own, origin, part, story, facts FROM article JOIN pack ON article = id WHERE id = ?"
            )
            own, *key, packed = self._db.execute(query, (leader,)).fetchone()
            known = [_unpack(packed)]
            if own:
                query = (
                    "SELECT facts FROM article JOIN pack ON article = id WHERE origin = ? AND part = ?"
                    f" AND story = ? AND id <> ? LIMIT {_FACES}"
                )
                return known + [_unpack(row[0]) for row in self._db.execute(query, (*key, leader))]
            if len(self._known) == _KNOWN:
                self._known.clear()
            self._known[leader] = known
        return known

    # -- How a group is made up ----------------------------------------------------------

    def _group(self, ids: Sequence[int], new: set[int]) -> Iterator[Correction]:
        """Make groups of these articles, the best copy of each first: more than one, where an article
        is like several that are not like each other. A former version goes with the one after it."""
        rows = each(self._db, _MEMBERS.format("article.id IN ({}) ORDER BY article.id"), sorted(ids))
        members = [_Member._make(row) for row in rows]
        current, former = self._parted(members)
        features = [member.features for member in current]
        placed: list[tuple[int, int, int]] = []
        for group in _clusters(features, [former.get(member.id, ()) for member in current]):
            copies = [current[at] for at in group]
            lead = _led(copies, [features[at] for at in group], former)
            rest = [copy for copy in copies if copy is not lead]
            behind = [old for copy in (lead, *rest) for old in former.get(copy.id, ())]
            if lead.own and lead.id in new and (replaced := former.get(lead.id) or rest):
                yield Correction(lead.name, lead.title, replaced[0].title)
            members_ = [lead, *rest, *behind]
            first = min(copy.id for copy in members_)
            placed += [(first, place, copy.id) for place, copy in enumerate(members_)]
        before = {(member.group, member.place, member.id) for member in members}
        self._db.executemany(
            "UPDATE article SET story = ?, place = ? WHERE id = ?",
            [row for row in placed if row not in before],
        )

    def _parted(self, members: Sequence[_Member]) -> tuple[list[_Member], dict[int, list[_Member]]]:
        """The members that are current, and the former versions of each by its number: earlier
        corrections, the latest first, and what was read."""
        versions: dict[tuple[str, int], list[_Member]] = {}
        for member in members:
            versions.setdefault((member.origin, member.part), []).append(member)
        current: list[_Member] = []
        former: dict[int, list[_Member]] = {}
        for some in versions.values():
            read = {member.digest for member in some if not member.own}
            own = [member for member in some if member.own]
            if read and all(member.digest in read for member in own):  # exported, and not corrected
                self._db.executemany("UPDATE article SET own = 0 WHERE id = ?", [(m.id,) for m in own])
                current += [member._replace(own=0) for member in some]
            elif own:
                last = max(own)
                current.append(last)
                rest = (member for member in some if member is not last)
                former[last.id] = sorted(rest, key=lambda member: (member.own, member.id), reverse=True)
            else:
                current += some
        return sorted(current), former

    def _lead(self, groups: Sequence[int], new: Iterable[int]) -> Iterator[Correction]:
        """See that the best copies lead in groups too large to be grouped again."""
        rows = each(self._db, _MEMBERS.format("article.id IN ({}) AND article.place > 0"), new)
        joined = [member for member in map(_Member._make, rows) if member.group in groups]
        for group in groups:
            rows = self._db.execute(_MEMBERS.format("story = ? AND place = 0"), (group,))
            leader = _Member._make(rows.fetchone())
            copies = [leader, *(member for member in joined if member.group == group)]
            best = _led(copies, [copy.features for copy in copies], {})
            if best is not leader:
                self._db.executemany(
                    "UPDATE article SET place = ? WHERE id = ?", [(best.place, leader.id), (0, best.id)]
                )
                if best.own:
                    yield Correction(best.name, best.title, leader.title)


def _clusters(
    features: Sequence[duplicates.Features], former: Sequence[Sequence[_Member]]
) -> Iterator[Sequence[int]]:
    """The places of those that belong together. What was like an article before it was corrected stays
    with it, and what is like the correction joins."""
    read = [old[-1].features if old else own for own, old in zip(features, former, strict=True)]
    groups = duplicates.clusters(read)
    corrected = [group for group in groups if any(former[at] for at in group)]
    for group in groups:
        if group in corrected:
            continue
        lead = features[group[0]]
        near = (
            g for g in corrected if any(former[at] and duplicates.is_copy(features[at], lead) for at in g)
        )
        if joined := next(near, None):
            joined += group
        else:
            yield group
    yield from corrected


def _led(
    copies: Sequence[_Member],
    features: Sequence[duplicates.Features],
    former: Mapping[int, Sequence[_Member]],
) -> _Member:
    """Which of the copies leads: the latest correction of one of them, or else the best one."""
    best = duplicates.best_copy(features)
    source, link = copies[best].source, features[best].link
    corrections = [
        copy
        for copy, own in zip(copies, features, strict=True)
        if copy.own and (copy.id in former or copy.source == source or (link and own.link == link))
    ]
    return max(corrections, default=copies[best])


def gather(db: sqlite3.Connection) -> None:
    """Put the keys that came last among the others, when they are many: in order, so that each page
    of the index is written once, and not again for every few articles."""
    if db.execute("SELECT count(*) FROM fresh").fetchone()[0] > _FRESH:
        db.execute("INSERT INTO mark SELECT * FROM fresh ORDER BY kind, value, article")
        db.execute("DELETE FROM fresh")
