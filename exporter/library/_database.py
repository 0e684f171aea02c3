"""The database itself: opened, brought up to date, written to in one step; its errors in words."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from exporter.errors import DiskError, ExporterError, InputError, OutputError, disk_error, is_momentary
from exporter.library._schema import APPLICATION, VERSIONS
from exporter.workers.interrupts import Interrupted
from exporter.workers.scratch import temporary_folder

NAME = "library.sqlite"
WAIT = 60.0
"""Seconds to wait for another process that writes."""
AT_ONCE = 500
"""Question keys in one statement."""
_CACHE = 32_000
"""kB of pages that SQLite keeps in memory."""
_PULSE = 20_000
"""Steps of SQLite's machine after which it looks whether it is to stop: some milliseconds."""
_CHECKPOINT = 50_000
"""Pages of the log after which they go to their places: most change again and again in an import."""


def each(db: sqlite3.Connection, query: str, ids: Iterable[int]) -> Iterator[Any]:
    """The rows of a query with ``{}`` for the numbers, asked a few hundred at a time."""
    numbers = list(ids)
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        yield from db.execute(query.format(", ".join("?" * len(some))), some).fetchall()


class Database:
    """A connection to one library. Readers see it as it was when they began, and block nobody;
    writers take turns (write-ahead log)."""

    def __init__(
        self, folder: Path | None, *, create: bool = True, lasting: bool = True, wait: float = WAIT
    ) -> None:
        """Open the library in ``folder``, read-only if its files cannot be written; without a folder,
        make one in memory. One that is not ``lasting`` is not synced to the disk.

        Raises `InputError` for anything that is not a library, or for a newer version of one."""
        self.path = folder / NAME if folder else Path(":memory:")
        self._wait = wait
        self._stopping = threading.Event()
        self._resources = ExitStack()
        if folder and not create and not self.path.exists():
            raise InputError(
                f"there is no library in {folder}", "Make one: exporter import PATHS --library FOLDER."
            )
        self.is_readonly = False
        try:
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
                self._check_head()
                self.is_readonly = self.path.exists() and not is_writable(self.path)
            self.connection = self._opened_to_read() if self.is_readonly else self._connect(str(self.path))
        except (OSError, sqlite3.Error) as error:
            if isinstance(error, OSError) and is_momentary(error) and error.errno != errno.EROFS:
                raise disk_error(error, f"into {folder}", self.path.parent) from None
            raise OutputError(
                f"cannot open a library in {folder}: {getattr(error, 'strerror', None) or error}",
                "Name another folder with --library.",
            ) from None
        try:
            with self.translated_errors():
                self._prepare(lasting)
        except BaseException:
            self.close()
            raise

    def _connect(self, address: str) -> sqlite3.Connection:
        # Used by one thread at a time, not always the same: an import files while it reads on.
        connection = sqlite3.connect(
            address,
            timeout=self._wait,
            isolation_level=None,
            check_same_thread=False,
            uri=address.startswith("file:"),
        )
        connection.set_progress_handler(self._stopping.is_set, _PULSE)
        return connection

    def _opened_to_read(self) -> sqlite3.Connection:
        """A library that cannot be written to: beside a process that writes to it; or as a file that
        nobody changes, without the files that SQLite makes; or, where a process has ended in the
        middle and what it wrote is still in the log, as a copy."""
        log, index = (self.path.with_name(f"{NAME}-{end}") for end in ("wal", "shm"))
        is_logged = log.exists() and log.stat().st_size > 0
        address = f"{self.path.resolve().as_uri()}?mode=ro"
        if not is_logged:
            return self._connect(f"{address}&immutable=1")
        if index.exists():
            connection = self._connect(address)
            try:
                connection.execute("SELECT count(*) FROM sqlite_schema")
            except sqlite3.OperationalError:
                connection.close()
            else:
                return connection
        folder = self._resources.enter_context(temporary_folder())
        for path in (self.path, log):
            shutil.copyfile(path, folder / path.name)
        return self._connect(str(folder / NAME))

    def use_copy(self) -> None:
        """Go on with a copy of the library for this run, which may be written to."""
        folder = self._resources.enter_context(temporary_folder())
        copy = self._connect(str(folder / NAME))
        try:
            self.connection.backup(copy)
        except BaseException:
            copy.close()
            raise
        self.connection.close()
        self.connection = copy

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
        tables = run("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if application != APPLICATION and (application or self.version or tables):
            raise InputError(
                f"{self.path} is a database of another program", "Name another folder with --library."
            )
        if self.version > len(VERSIONS):
            raise InputError(
                f"the library {self.path} was written by a newer exporter"
                f" (version {self.version}; this one knows {len(VERSIONS)})",
                "Update exporter, or name another library with --library.",
            )
        if not self.is_readonly:
            run("PRAGMA journal_mode=WAL")
            run(f"PRAGMA synchronous={'NORMAL' if lasting else 'OFF'}")
            run(f"PRAGMA wal_autocheckpoint={_CHECKPOINT}")
        run(f"PRAGMA cache_size=-{_CACHE}")
        run("PRAGMA temp_store=MEMORY")
        run("PRAGMA foreign_keys=ON")

    @property
    def version(self) -> int:
        """That of its tables; 0 where it has none yet."""
        return int(self.connection.execute("PRAGMA user_version").fetchone()[0])

    def stop(self) -> None:
        """Let what another thread does with the database end, undone, with `Interrupted`."""
        self._stopping.set()

    def resume(self) -> None:
        """Undo `stop`."""
        self._stopping.clear()

    def check(self) -> None:
        """Raise `Interrupted` after `stop`."""
        if self._stopping.is_set():
            raise Interrupted

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or nothing. Raises `OutputError` where nothing can be written."""
        if self.is_readonly:
            raise OutputError(
                f"the library {self.path} can only be read",
                "Check the rights of its folder and its files, or name another with --library.",
            )
        with self.translated_errors():
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
        with self.translated_errors():
            within = self.connection.in_transaction
            if not within:
                self.connection.execute("BEGIN")
            try:
                yield self.connection
            finally:
                if not within and self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    @contextmanager
    def translated_errors(self) -> Iterator[None]:
        """SQLite's errors in words, with what to do."""
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
                raise Interrupted from None
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
            return DiskError(
                f"no space is left for the library {self.path}",
                "Free some space and run again: what was imported is kept, and the rest follows.",
            )
        if name.startswith(("SQLITE_IOERR", "SQLITE_NOMEM")):
            return DiskError(
                f"the disk of the library {self.path} fails: {error}",
                "Check the disk and run again: what was imported is kept, and the rest follows.",
            )
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
            return OutputError(
                f"cannot use the library {self.path}: {error}", "Check its rights and its disk."
            )
        return ExporterError(
            f"the library {self.path} failed: {error}", "Report it; `exporter doctor` checks the library."
        )

    def close(self) -> None:
        self.connection.close()
        self._resources.close()


def is_writable(path: Path) -> bool:
    """Whether a database may be written to: the file, and its folder, where SQLite keeps a log."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def statements(script: str) -> Iterator[str]:
    """The script's statements, each by itself: executed as a script they would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
