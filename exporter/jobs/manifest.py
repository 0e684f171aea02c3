"""What was made of what: a record beside the output, by which the next run does only what changed.

In the folder ``.exporter`` of the output lies one JSON file an edition, of its name. It is rewritten
whole, and before a file of the edition is replaced its entry is taken out: so at any moment,
also after a run that was killed, what a record says is true, and what it does not say is made again.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from exporter.sources import files, storage

FOLDER = files.RECORDS


class OutputFile(msgspec.Struct, frozen=True):
    """A file that was made: ``mtime`` in nanoseconds, or what a store has in its stead."""

    name: str
    sha256: str
    bytes: int
    mtime: int
    articles: int
    briefs: int


class Entry(msgspec.Struct, frozen=True):
    """The files of one format, and all that they depend on: ``articles`` and ``briefs`` by hash,
    the rest by name; ``key`` is the hash of all of it."""

    key: str
    articles: tuple[str, ...]
    briefs: tuple[str, ...]
    fingerprint: dict[str, str] = msgspec.field(name="asked")
    versions: dict[str, str]
    files: tuple[OutputFile, ...]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """An edition's record; ``series`` is the name that its run has, ``window`` its days."""

    exporter: str
    series: str
    edition: str
    window: tuple[str | None, str | None]
    formats: dict[str, Entry] = {}


class Manifest:
    """The records of one output folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._records = folder / FOLDER

    def read(self, edition: str) -> Record | None:
        """The edition's record; None where there is none, or one that is not to be understood."""
        try:
            record = msgspec.json.decode(storage.content(self._records / f"{edition}.json"), type=Record)
        except (OSError, msgspec.DecodeError):
            return None
        names = [file.name for entry in record.formats.values() for file in entry.files]
        # Somebody may have edited it: no other file than the edition's own is ever touched.
        own = all(Path(name).name == name and name.startswith(edition) for name in names)
        return record if own and record.edition == edition else None

    def all(self, series: str) -> Iterable[Record]:
        """The records of all editions that runs of that name have made."""
        for name in storage.names(self._records):
            record = self.read(name.removesuffix(".json")) if name.endswith(".json") else None
            if record and record.series == series:
                yield record

    def write(self, record: Record) -> None:
        """Keep a record; one without files is removed. Raises `OutputError`."""
        path = self._records / f"{record.edition}.json"
        if not record.formats:
            storage.remove(path)
            return
        storage.prepare_folder(self._records)
        storage.write_whole(path, msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")

    def is_there(self, file: OutputFile, *, surely: bool = False) -> str | None:
        """None where the file is as it was made, else what is wrong with it; ``surely`` looks into it
        though its size and time are right."""
        path = self.folder / file.name
        try:
            if not surely and storage.stamp(path) == (file.bytes, file.mtime):
                return None
            same = storage.sha256(path) == file.sha256
        except OSError:
            return "it is missing"
        return None if same else "it was changed since"


def why(old: Entry | None, new: Entry, manifest: Manifest) -> tuple[str, ...]:
    """The reasons to make an edition's files again; none if they are up to date. Versions are compared of
    the packages that both entries list: one that is listed for the first time is no reason."""
    if old is None:
        return ("it is new",)
    problems = [f"{file.name}: {wrong}" for file in old.files if (wrong := manifest.is_there(file))]
    if old.key == new.key and old.files:
        return tuple(problems)
    for kind in ("articles", "briefs"):
        was, now = set(getattr(old, kind)), set(getattr(new, kind))
        if was != now:
            came, went = len(now - was), len(was - now)
            changes = [f"{n} {word}" for n, word in ((came, "came"), (went, "went")) if n]
            problems.append(f"{kind}: {', '.join(changes)}")
    both = old.versions.keys() & new.versions.keys()
    for what, names, before, after in (
        ("", old.fingerprint.keys() | new.fingerprint.keys(), old.fingerprint, new.fingerprint),
        ("version of ", both, old.versions, new.versions),
    ):
        for name in sorted(names):
            if before.get(name) != after.get(name):
                problems.append(f"{what}{name}: {_cut(before.get(name))} → {_cut(after.get(name))}")
    is_same = (old.articles, old.briefs) == (new.articles, new.briefs)
    lists_others = old.versions.keys() != new.versions.keys()
    if not problems and not (is_same and lists_others and old.files):
        problems.append("its record does not fit")
    return tuple(problems)


def _cut(value: str | None) -> str:
    return "none" if value is None else value if len(value) <= 40 else f"{value[:12]}…"
