"""Maintenance of a library: checks, backups, and giving back unused space."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from exporter.errors import OutputError
from exporter.library._database import NAME, Database
from exporter.library.images import ImageStore
from exporter.workers.scratch import temporary_folder


def check(database: Database, images: ImageStore) -> list[str]:
    """What is wrong, in words: of the database, its full text, its images."""
    with database.reading() as db:
        problems = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        problems += [f"{row[0]}: a row leads nowhere" for row in db.execute("PRAGMA foreign_key_check")]
        hashes = [hash for (hash,) in db.execute("SELECT DISTINCT hash FROM image ORDER BY hash")]
        partial = db.execute("SELECT count(*) FROM file WHERE whole = 0").fetchone()[0]
    for table in () if database.is_readonly else ("words", "pairs"):  # the check is a statement that writes
        try:
            with database.writing() as db:
                db.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 0)")
        except Exception as error:  # whatever the check finds, it is reported
            problems.append(f"full text ({table}): {error}")
    problems += [f"image {hash[:12]}… is lost or damaged" for hash in hashes if images.get(hash) is None]
    if partial:
        problems.append(f"{partial} file(s) only in part: an import was cut short; import them again")
    return problems


def vacuum(database: Database, images: ImageStore) -> None:
    """Remove what nothing needs, merge the full text, and rewrite the database."""
    with database.writing() as db:
        db.execute("DELETE FROM teaser WHERE id NOT IN (SELECT teaser FROM carries)")
        for table in ("words", "pairs"):
            db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
        kept = frozenset(hash for (hash,) in db.execute("SELECT hash FROM image"))
        # Within the transaction: no import can keep an image meanwhile that nobody needs yet.
        images.sweep(kept)
    with database.translated_errors():
        database.connection.execute("VACUUM")
        database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def backup(database: Database, images: ImageStore, folder: Path) -> None:
    """A copy into a folder that is not there yet or empty, whole or not at all."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} is there already", "Name a new folder for the backup.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(folder.parent) as temporary:
            copy = temporary / "copy"
            copy.mkdir()
            target = sqlite3.connect(copy / NAME)
            try:
                with database.translated_errors():
                    database.connection.backup(target)
            finally:
                target.close()
            if images.folder and images.folder.is_dir():
                shutil.copytree(images.folder, copy / "images")
            copy.replace(folder)
    except OSError as error:
        raise OutputError(
            f"cannot write the backup {folder}: {error.strerror or error}", "Name another folder."
        ) from None
