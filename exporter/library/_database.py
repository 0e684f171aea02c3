"""The database itself: opened, brought up to date, written to in one step; its errors in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exporter.errors import ExporterError, InputError, OutputError
from exporter.library._schema import APPLICATION, VERSIONS

NAME = "library.sqlite"
WAIT = 60.0
"""Seconds to wait for another process that writes."""
AT_ONCE = 500
"""Question marks in one statement."""
_CACHE = 32_000
"""kB of pages that SQLite keeps in memory."""
_CHECKPOINT = 50_000
"""Pages of the log after which they go to their places: most change again and again in an import."""


def each(db: sqlite3.Connection, query: str, ids: Iterable[int]) -> Iterator[Any]:
    """The rows of a query with ``{}`` for the numbers, asked a few hundred at a time."""
    held = list(ids)
    for start in range(0, len(held), AT_ONCE):
        some = held[start : start + AT_ONCE]
        yield from db.execute(query.format(", ".join("?" * len(some))), some).fetchall()


class Database:
    """A connection to one library. Readers see it as it was when they began, and block nobody;
    writers take turns (write-ahead log)."""

    def __init__(
        self, folder: Path, *, create: bool = True, lasting: bool = True, wait: float = WAIT
    ) -> None:
        """Open the library in ``folder``. One that is not ``lasting`` is never made safe from a loss
        of power. Raises `InputError` for what is no library, or one of a newer version."""
        self.path = folder / NAME
        if not create and not self.path.exists():
            raise InputError(
                f"there is no library in {folder}", "Make one: exporter import PATHS --library FOLDER."
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._check_head()
            # Used by one thread at a time, not always the same: an import files while it reads on.
            self.connection = sqlite3.connect(
                self.path, timeout=wait, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise OutputError(
                f"cannot open a library in {folder}: {getattr(error, 'strerror', None) or error}",
                "Name another folder with --library.",
            ) from None
        try:
            with self.told():
                self._prepare(lasting)
        except BaseException:
            self.connection.close()
            raise

    def _check_head(self) -> None:
        """SQLite would write its own into a file of some other content that is short enough."""
        if self.path.exists():
            with self.path.open("rb") as file:
                head = file.read(16)
            if head and head != b"SQLite format 3\0":
                raise InputError(f"{self.path} is no library", "Name another folder with --library.")

    def _prepare(self, lasting: bool) -> None:
        run = self.connection.execute
        application = run("PRAGMA application_id").fetchone()[0]
        version = run("PRAGMA user_version").fetchone()[0]
        tables = run("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if application != APPLICATION and (application or version or tables):
            raise InputError(
                f"{self.path} is a database of another program", "Name another folder with --library."
            )
        if version > len(VERSIONS):
            raise InputError(
                f"the library {self.path} was written by a newer exporter"
                f" (version {version}; this one knows {len(VERSIONS)})",
                "Update exporter, or name another library with --library.",
            )
        run("PRAGMA journal_mode=WAL")
        run(f"PRAGMA synchronous={'NORMAL' if lasting else 'OFF'}")
        run(f"PRAGMA cache_size=-{_CACHE}")
        run(f"PRAGMA wal_autocheckpoint={_CHECKPOINT}")
        run("PRAGMA temp_store=MEMORY")
        run("PRAGMA foreign_keys=ON")
        if version < len(VERSIONS):
            self._migrate()

    def _migrate(self) -> None:
        with self.writing():
            # Another process may have been quicker.
            version = self.connection.execute("PRAGMA user_version").fetchone()[0]
            for number in range(version, len(VERSIONS)):
                for statement in _statements(VERSIONS[number]):
                    self.connection.execute(statement)
            self.connection.execute(f"PRAGMA application_id={APPLICATION}")
            self.connection.execute(f"PRAGMA user_version={len(VERSIONS)}")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or nothing."""
        with self.told():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A view of one moment, whatever others write meanwhile."""
        with self.told():
            within = self.connection.in_transaction
            if not within:
                self.connection.execute("BEGIN")
            try:
                yield self.connection
            finally:
                if not within and self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    @contextmanager
    def told(self) -> Iterator[None]:
        """SQLite's errors in words, with what to do."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(error) from error

    def _error(self, error: sqlite3.Error) -> ExporterError:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name == "SQLITE_NOTADB":
            return InputError(f"{self.path} is no library", "Name another folder with --library.")
        if name.startswith("SQLITE_CORRUPT"):
            return InputError(
                f"the library {self.path} is damaged: {error}",
                "Put a backup in its place; `exporter doctor --library FOLDER` tells more.",
            )
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return OutputError(
                f"another program is writing to the library {self.path}",
                "Wait until it is done, and run again.",
            )
        if name == "SQLITE_FULL" or "disk is full" in str(error):
            return OutputError(
                f"no space is left for the library {self.path}",
                "Free some space and run again: what was imported stands, and the rest follows.",
            )
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR")):
            return OutputError(
                f"cannot use the library {self.path}: {error}", "Check its rights and its disk."
            )
        return ExporterError(
            f"the library {self.path} failed: {error}", "Report it; `exporter doctor` checks the library."
        )

    def close(self) -> None:
        self.connection.close()


def _statements(script: str) -> Iterator[str]:
    """The script's statements, each by itself: executed as a script they would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
