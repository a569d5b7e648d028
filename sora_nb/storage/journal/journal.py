"""The journal: every task, written down before anything is sent, in one SQLite file.

Sources: sqlite.org on WAL, ``synchronous`` and "How To Corrupt An SQLite Database File".
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sora_nb.core.budget import Budget, Spent, counts
from sora_nb.core.errors import JournalError
from sora_nb.core.task import TaskRecord, encode
from sora_nb.storage.journal import schema, spending
from sora_nb.storage.journal.errors import KeyTaken, journal_error
from sora_nb.storage.journal.file import check_in_place, identity, make_private
from sora_nb.storage.journal.filesystem import is_shared
from sora_nb.storage.journal.queries import Queries
from sora_nb.storage.journal.verify import problems_of

_BUSY_SECONDS = 5.0
_INSERT = "INSERT INTO tasks (key, record, fingerprint) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


Pair = tuple[TaskRecord, TaskRecord]
"""A record of a task, and the later one that takes its place."""


class Journal:
    """The tasks of one SQLite file, opened at first use. All calls come from one thread.

    What is written goes through its methods; ``queries`` answers what is asked of it.

    Every method raises JournalError, with what happened to which file and what to do now. With a
    ``budget`` no task comes to count that does not fit, in whichever kernel: BudgetExceeded.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float], budget: Budget | None = None
    ) -> None:
        self.path = Path(os.path.abspath(path))
        self.queries = Queries(self.path, self._using)
        self._clock = clock
        self._budget = budget
        self._connection: sqlite3.Connection | None = None
        self._closed = False
        self._mode = ""
        self._level = ""
        self._identity: tuple[int, int] | None = None

    @property
    def mode(self) -> str:
        """SQLite's journal mode of the file: ``wal``, or ``delete`` where WAL cannot work."""
        with self._using():
            return self._mode

    def get(self, key: str) -> TaskRecord | None:
        """The task of that key, or None."""
        return self.queries.get(key)

    def all(self) -> list[TaskRecord]:
        """Every task, newest first."""
        return self.queries.all()

    def create(self, record: TaskRecord, *, reuse: bool) -> TaskRecord:
        """Write a new task down durably; with ``reuse``, give the ``reusable`` one if there is any.

        Two kernels at once get one task. Whether a reused film's file is still there is for the
        caller to judge. Raises KeyTaken.
        """
        return self.create_all([record], reuse=reuse)[0]

    def create_all(
        self, records: Sequence[TaskRecord], *, reuse: bool, lost: Collection[str] = ()
    ) -> list[TaskRecord]:
        """The same for many tasks of one client, all or none of them, in one transaction.

        The budget is asked for all that is going to be sent together: new ones, and those given
        again that were stopped before. With ``reuse`` the same request twice is one task, and the
        task of no key in ``lost`` is given.
        """
        with self._writing(durable=True) as db:
            new: dict[str, TaskRecord] = {}
            found: list[TaskRecord] = []
            for record in records:
                mark = record.request.fingerprint if reuse else str(len(found))
                known = self.queries.reusable(record.request, record.service) if reuse else None
                known = None if known is not None and known.key in lost else known
                found.append(known or new.setdefault(mark, record))
            again = {record.key: record for record in found if not counts(record)}
            self._reserve([*new.values(), *again.values()])
            taken = set()
            for record in new.values():
                row = (record.key, encode(record).decode(), record.request.fingerprint)
                if db.execute(_INSERT, row).rowcount:
                    self._add_history(record)
                else:
                    taken.add(record.key)
            if taken:
                raise KeyTaken(self.path, taken)
        return found

    def replace(self, old: TaskRecord, new: TaskRecord, *, durable: bool) -> bool:
        """Put ``new`` in the place of ``old``; False if the journal no longer holds ``old``.

        False means that another kernel changed the task meanwhile: read it again. ``durable``
        rows are on the disk when this returns; the others follow with the next durable one.
        """
        return not self.replace_all([(old, new)], durable=durable)

    def replace_all(self, pairs: Sequence[Pair], *, durable: bool) -> frozenset[str]:
        """The same for many tasks of one client in one transaction; gives the keys of those that
        the journal holds otherwise by now.

        The budget is asked for all that come to count together: BudgetExceeded leaves all as is.
        """
        if any(new.key != old.key or new.request != old.request for old, new in pairs):
            raise ValueError("a record is replaced by a later one of the same task")
        with self._writing(durable=durable) as db:
            held = [(old, new) for old, new in pairs if self._holds(old)]
            self._reserve([new for old, new in held if counts(new) and not counts(old)])
            for old, new in held:
                row = (encode(new).decode(), new.key)
                db.execute("UPDATE tasks SET record = ? WHERE key = ?", row)
                if (new.state, new.note) != (old.state, old.note):
                    self._add_history(new)
        return frozenset(new.key for _, new in pairs) - {new.key for _, new in held}

    def spent(self, budget: Budget, service: str, session: str) -> Spent:
        """What the tasks of that service count for in the budget's running period."""
        since = budget.since(self._clock())
        with self._using() as db:
            row = db.execute(*spending.question(budget, service, session, since)).fetchone()
        return Spent(*row)

    def verify(self) -> list[str]:
        """Every problem that the file has, in words; empty when it is sound."""
        problems: list[str] = []
        try:
            with self._using() as db:
                checks = [str(row[0]) for row in db.execute("PRAGMA integrity_check")]
                problems += [f"file: {line}" for line in checks if line != "ok"]
                for table, *_rest in db.execute("PRAGMA foreign_key_check"):
                    problems.append(f"table {table}: a row belongs to no task")
                rows = db.execute("SELECT key, record, fingerprint FROM tasks").fetchall()
                for key, stored, fingerprint in rows:
                    problems += problems_of(key, stored, fingerprint, self.queries.history(key))
        except JournalError as error:
            problems.append(error.message)
        return problems

    def close(self) -> None:
        """Close the file; a second call does nothing. No later call reopens it."""
        self._closed = True
        connection, self._connection = self._connection, None
        if connection is not None:
            with self._translated():
                connection.close()

    def _reserve(self, new: Sequence[TaskRecord]) -> None:
        """Within the write transaction: what counts is the tasks themselves."""
        if self._budget is not None and new:
            self._budget.demand(new, self.spent(self._budget, new[0].service, new[0].session))

    def _holds(self, record: TaskRecord) -> bool:
        """Whether the journal has that record of the task: safe under the write lock."""
        stored = self.queries.stored(record.key)
        if stored is None:
            return False
        # A row from an older version lacks the fields added since: then the text differs although
        # the record is the same.
        return stored == encode(record).decode() or self.queries.read(record.key, stored) == record

    def _add_history(self, record: TaskRecord) -> None:
        with self._using() as db:
            db.execute(
                "INSERT INTO history (key, at, state, note) VALUES (?, ?, ?, ?)",
                (record.key, self._clock(), str(record.state), record.note),
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)
            raise journal_error(self.path, code, str(error)) from error

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._translated():
            if self._connection is None:
                if self._closed:
                    raise JournalError(
                        f"the journal {self.path} is closed.", advice="Make a new Client."
                    )
                self._connection = self._open()
            yield self._connection

    @contextmanager
    def _writing(self, *, durable: bool) -> Iterator[sqlite3.Connection]:
        """One transaction that holds the write lock from its beginning."""
        with self._using() as db:
            check_in_place(self.path, self._identity)
            # Without WAL only EXTRA also syncs the folder, from which the rollback file vanishes.
            full = "FULL" if self._mode == "wal" else "EXTRA"
            level = full if durable else "NORMAL"
            if level != self._level:
                db.execute(f"PRAGMA synchronous = {level}")
                self._level = level
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    def _open(self) -> sqlite3.Connection:
        make_private(self.path)
        db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            schema.check_version(db, self.path)
            db.execute("PRAGMA foreign_keys = ON")
            # The system caches the file as well: with SQLite's own 2 MB a thousand tasks cost more.
            db.execute("PRAGMA cache_size = -256")
            # On macOS an ordinary fsync leaves the bytes in the drive's cache.
            db.execute("PRAGMA fullfsync = ON")
            self._mode = _choose_mode(db, self.path.parent)
            self._level = ""
            schema.migrate(db, self.path)
            self._identity = identity(self.path)
        except BaseException:
            db.close()
            raise
        return db


def _choose_mode(db: sqlite3.Connection, folder: Path) -> str:
    """``wal`` where the file system is known to carry it and SQLite says so, else ``delete``."""
    for _attempt in range(0 if is_shared(folder) else 10):
        try:
            if db.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal":
                return "wal"
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            # Another kernel opens the new file at this moment, and for this statement SQLite does
            # not wait. For a transaction it does.
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
    return str(db.execute("PRAGMA journal_mode = DELETE").fetchone()[0])
