"""Libraries of earlier versions brought up to date, with a copy of what was there before."""

from __future__ import annotations

import filecmp
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from exporter.errors import InputError, OutputError
from exporter.library import duplicates
from exporter.library._database import Database, statements
from exporter.library._groups import MARKS, Groups, gather
from exporter.library._schema import APPLICATION, VERSIONS
from exporter.library.index_row import card
from exporter.model.article import Article

_AT_ONCE = 500


def bring_up_to_date(database: Database) -> Path | None:
    """Make the tables of a new library; bring those of an earlier version up to date, all or nothing, and
    the fingerprints of an earlier scheme. Gives the copy that was made of it before, None where none was.
    Of a library that can only be read, a copy for this run is brought up to date.

    Raises `OutputError` where no copy can be kept: then the library is as it was."""
    with database.translated_errors():
        if not _is_outdated(database):
            return None
        if not database.is_readonly:
            return _migrated(database, keep=True)
        database.use_copy()
        database.is_readonly = False
        try:
            _migrated(database, keep=False)
        finally:
            database.is_readonly = True
    return None


def _is_outdated(database: Database) -> bool:
    scheme = _scheme(database)
    if scheme > duplicates.SCHEME:
        raise InputError(
            f"the library {database.path} was written by a newer exporter (prints of scheme {scheme})",
            "Update exporter, or name another library with --library.",
        )
    return database.version < len(VERSIONS) or scheme < duplicates.SCHEME


def _scheme(database: Database) -> int:
    if database.version < 2:
        return 1
    (scheme,) = database.connection.execute("SELECT value FROM setting WHERE name = 'scheme'").fetchone()
    return int(scheme)


def _migrated(database: Database, *, keep: bool) -> Path | None:
    kept = None
    with database.writing() as db:
        if not _is_outdated(database):  # another process was quicker
            return None
        version = database.version
        if version and keep:
            kept = _kept(database, version)
        for number in range(version, len(VERSIONS)):
            for statement in statements(VERSIONS[number]):
                db.execute(statement)
        if version:
            _rebuild(db, database)
        db.execute("INSERT OR REPLACE INTO setting VALUES ('scheme', ?)", (duplicates.SCHEME,))
        db.execute(f"PRAGMA application_id={APPLICATION}")
        db.execute(f"PRAGMA user_version={len(VERSIONS)}")
    return kept


def _kept(database: Database, version: int) -> Path:
    """A copy of the library beside it, for the earlier version; one that is there already is kept, too."""
    path = database.path
    part = path.with_name(f"{path.name}.bak.part")
    try:
        # Nobody else writes now, and this connection has not yet.
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file
        number = 1
        while True:
            end = f".{number}" if number > 1 else ""
            target = path.with_name(f"{path.name}.v{version}{end}.bak")
            if not target.exists():
                part.replace(target)
                return target
            if filecmp.cmp(part, target, shallow=False):
                return target
            number += 1
    except (OSError, sqlite3.Error) as error:
        raise OutputError(
            f"the library {path} is of an earlier version, and no copy of it can be kept: {error}",
            "Free some space and run again: nothing was changed.",
        ) from None
    finally:
        part.unlink(missing_ok=True)


def _rebuild(db: sqlite3.Connection, database: Database) -> None:
    """Make again what distinguishes copies, from the articles themselves."""
    for table in MARKS:
        db.execute(f"DELETE FROM {table}")
    db.execute("UPDATE article SET story = id, place = 0")
    decode = msgspec.msgpack.Decoder(Article).decode
    last = 0
    while rows := db.execute(
        "SELECT id, listing, own, pack FROM article JOIN pack ON pack.article = id"
        " WHERE id > ? ORDER BY id LIMIT ?",
        (last, _AT_ONCE),
    ).fetchall():
        groups = Groups(db, database.check)
        for id, listing, own, pack in rows:
            database.check()
            row = card(decode(pack), own=bool(own))
            db.execute("UPDATE article SET part = ? WHERE id = ?", (row.part, id))
            db.execute("UPDATE pack SET facts = ? WHERE article = ?", (row.features, id))
            if not listing:
                marks = [(*mark, id) for mark in row.marks]
                db.executemany("INSERT OR IGNORE INTO fresh VALUES (?, ?, ?)", marks)
                groups.settle(id, row, row.marks)
        last = rows[-1][0]
        groups.regroup()
        gather(db)
