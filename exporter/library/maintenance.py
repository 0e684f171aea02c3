"""A library looked after: checked, backed up, joined with another, tidied."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from exporter.errors import OutputError
from exporter.library._database import NAME, Database
from exporter.library.images import Pictures
from exporter.workers.scratch import temporary_folder

if TYPE_CHECKING:
    from exporter.library.catalog import Library


def check(database: Database, pictures: Pictures) -> list[str]:
    """What is wrong, in words: of the database, its full text, its images."""
    with database.reading() as db:
        found = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"{row[0]}: a row leads nowhere" for row in db.execute("PRAGMA foreign_key_check")]
        hashes = [hash for (hash,) in db.execute("SELECT DISTINCT hash FROM image ORDER BY hash")]
        partial = db.execute("SELECT count(*) FROM file WHERE whole = 0").fetchone()[0]
    for table in () if database.is_readonly else ("words", "pairs"):  # the check is a statement that writes
        try:
            with database.writing() as db:
                db.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 0)")
        except Exception as error:  # whatever the check finds, it is told
            found.append(f"full text ({table}): {error}")
    found += [f"image {hash[:12]}… is lost or damaged" for hash in hashes if pictures.get(hash) is None]
    if partial:
        found.append(f"{partial} file(s) only in part: an import was cut short; import them again")
    return found


def vacuum(database: Database, pictures: Pictures) -> None:
    """Remove what nothing needs, merge the full text, and rewrite the database."""
    with database.writing() as db:
        db.execute("DELETE FROM teaser WHERE id NOT IN (SELECT teaser FROM carries)")
        for table in ("words", "pairs"):
            db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
        kept = frozenset(hash for (hash,) in db.execute("SELECT hash FROM image"))
        # Within the transaction: no import can keep an image meanwhile that nobody needs yet.
        pictures.sweep(kept)
    with database.told():
        database.connection.execute("VACUUM")
        database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def backup(database: Database, pictures: Pictures, folder: Path) -> None:
    """A copy into a folder that is not there yet or empty, whole or not at all."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} is there already", "Name a new folder for the backup.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(folder.parent) as beside:
            made = beside / "copy"
            made.mkdir()
            target = sqlite3.connect(made / NAME)
            try:
                with database.told():
                    database.connection.backup(target)
            finally:
                target.close()
            if pictures.folder.is_dir():
                shutil.copytree(pictures.folder, made / "images")
            made.replace(folder)
    except OSError as error:
        raise OutputError(
            f"cannot write the backup {folder}: {error.strerror or error}", "Name another folder."
        ) from None


def merge(into: Library, other: Library) -> int:
    """File what the other library has and this one has not, by the content of files."""
    ours = into.known()
    hashes = {known.sha256 for known in ours.values() if known.whole}
    taken = 0
    for path, known in sorted(other.known().items(), key=lambda item: item[1].id):
        if not known.whole or known.sha256 in hashes:
            continue
        cards = other.cards(known.id)
        if path in ours:  # another machine's file of that path: both are kept
            path = b"%s#%s" % (path, known.sha256[:12].encode())
        with into.filing() as filing:
            file = filing.begin(path, known.name, known.size, known.mtime, known.manner)
            filing.add(file, cards)
            filing.end(file, known.sha256, known.form, known.findings)
        taken += len(cards) - sum(note.id == "removed-left-out" for note in filing.notes)
    return taken
