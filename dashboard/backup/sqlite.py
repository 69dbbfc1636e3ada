"""SQLite: copied page by page while others write (https://www.sqlite.org/backup.html)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from dashboard.backup.copies import BackupFailed, Counts, Progress

WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class SqliteDatabase:
    file: Path
    suffix: str = ".sqlite3"

    def copy_to(self, file: Path, progress: Progress) -> None:
        if not self.file.exists():
            raise BackupFailed("There is no database yet.")
        _copy(self.file, file, progress)

    def counts_of(self, file: Path) -> Counts:
        scratch = file.with_name(f"{file.name}.scratch")
        try:
            _copy(file, scratch, lambda done, total: None)
            with closing(sqlite3.connect(scratch)) as restored:
                problems = [row[0] for row in restored.execute("PRAGMA integrity_check(5)")]
                if problems != ["ok"] or restored.execute("PRAGMA foreign_key_check").fetchone():
                    raise BackupFailed("The copy is not whole: " + "; ".join(map(str, problems)))
                names = [row[0] for row in restored.execute(TABLES)]
                return {name: _count(restored, name) for name in names}
        except sqlite3.DatabaseError as error:
            raise BackupFailed(f"This is no whole copy of a database: {error}") from None
        finally:
            scratch.unlink(missing_ok=True)

    def restore(self, file: Path, progress: Progress) -> None:
        """Put the copy in the place of the database by one rename; servers notice and open it anew."""
        fresh = self.file.with_name(f".{self.file.name}.restoring")
        fresh.unlink(missing_ok=True)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        _copy(file, fresh, progress)
        fresh.chmod(self.file.stat().st_mode & 0o777 if self.file.exists() else 0o600)
        if self.file.exists():
            _end_log(self.file)
        fresh.rename(self.file)

    def is_empty(self) -> bool:
        if not self.file.exists():
            return True
        with closing(sqlite3.connect(self.file, timeout=WAIT_SECONDS)) as current:
            try:
                has = current.execute("SELECT 1 FROM sqlite_master WHERE name = 'calls_call'").fetchone()
                return not has or not current.execute("SELECT 1 FROM calls_call LIMIT 1").fetchone()
            except sqlite3.OperationalError:
                return False
            except sqlite3.DatabaseError:
                return True  # It cannot be read any more.


TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def _end_log(file: Path) -> None:
    """Bring the changes beside a database into it: they would be read into the one that takes its place."""
    with closing(sqlite3.connect(file, timeout=0)) as current:
        try:
            current.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise BackupFailed("Somebody uses the database. Stop the server and the timers first.") from None
        except sqlite3.DatabaseError:
            # It is broken, which is why it goes; what is beside it is of no use to the other one.
            for beside in ("-wal", "-shm"):
                file.with_name(file.name + beside).unlink(missing_ok=True)


def _count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0])


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """Copy in one go: a reader of a WAL database keeps nobody waiting, and steps would begin anew."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True, timeout=WAIT_SECONDS)) as old,
        closing(sqlite3.connect(target, timeout=WAIT_SECONDS)) as new,
    ):
        try:
            old.backup(new, progress=lambda _status, left, total: progress(total - left, total))
            # One file, without a second one beside it that must not be forgotten.
            new.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.DatabaseError as error:
            raise BackupFailed(f"The database could not be copied: {error}") from None
