"""PostgreSQL: copied by pg_dump as of one moment, proven by pg_restore into a database of its own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from dashboard.backup.copies import BackupFailed, Counts, Progress

PLAIN = ("--no-owner", "--no-privileges")


@dataclass(frozen=True)
class PostgresDatabase:
    settings: dict[str, Any]
    """Django's settings of the database."""
    suffix: str = ".dump"

    def copy_to(self, file: Path, progress: Progress) -> None:
        progress(0, 1)
        self._run("pg_dump", "--format=custom", *PLAIN, f"--file={file}", name=self._name)
        progress(1, 1)

    def counts_of(self, file: Path) -> Counts:
        scratch = f"{self._name}_scratch_{os.getpid()}"
        self._do(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(scratch)))
        try:
            self._load(file, scratch)
            with self._connect(scratch) as restored:
                names = [str(row[0]) for row in restored.execute(TABLES)]
                return {name: _count(restored, name) for name in names}
        finally:
            self._do(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(scratch)))

    def restore(self, file: Path, progress: Progress) -> None:
        """Load the copy beside the database, then let the two change places."""
        fresh, old = f"{self._name}_restoring", f"{self._name}_before_restore"
        for leftover in (fresh, old):
            self._do(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(leftover)))
        self._do(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(fresh)))
        progress(0, 2)
        self._load(file, fresh)
        progress(1, 2)
        self._do(CUT, [self._name])
        self._rename(self._name, old)
        self._rename(fresh, self._name)
        self._do(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
        progress(2, 2)

    def is_empty(self) -> bool:
        with self._connect(self._name) as current:
            [exists] = current.execute("SELECT to_regclass('calls_call') IS NOT NULL").fetchone() or [False]
            return not exists or not current.execute("SELECT 1 FROM calls_call LIMIT 1").fetchone()

    @property
    def _name(self) -> str:
        return str(self.settings["NAME"])

    def _rename(self, name: str, other: str) -> None:
        statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        self._do(statement.format(sql.Identifier(name), sql.Identifier(other)))

    def _load(self, file: Path, name: str) -> None:
        self._run("pg_restore", *PLAIN, "--exit-on-error", "--dbname", name, str(file))

    def _do(self, statement: sql.SQL | sql.Composed, values: list[str] | None = None) -> None:
        with self._connect("postgres") as connection:
            connection.execute(statement, values)

    def _connect(self, name: str) -> psycopg.Connection[Any]:
        asked = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
        known: dict[str, Any] = {
            key: str(self.settings[own]) for key, own in asked.items() if self.settings.get(own)
        }
        try:
            return psycopg.connect(dbname=name, autocommit=True, connect_timeout=10, **known)
        except psycopg.OperationalError:
            raise BackupFailed(f"The database {name} does not answer.") from None

    def _run(self, program: str, *arguments: str, name: str = "") -> None:
        """Run one of PostgreSQL's programs. The password goes by the environment: anybody reads arguments."""
        own = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
        known = {key: str(self.settings[of]) for key, of in own.items() if self.settings.get(of)}
        environment = os.environ | known | ({"PGDATABASE": name} if name else {})
        try:
            done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)
        except FileNotFoundError:
            raise BackupFailed(f"{program} is not installed.") from None
        if done.returncode:
            raise BackupFailed(f"{program} failed: {done.stderr.strip()[-500:]}")


TABLES = sql.SQL(
    "SELECT table_name FROM information_schema.tables "
    "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
)
CUT = sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s")


def _count(database: psycopg.Connection[Any], table: str) -> int:
    statement = sql.SQL("SELECT COUNT(*) FROM {}").format(sql.Identifier(table))
    counted = database.execute(statement).fetchone()
    return int(counted[0]) if counted else 0
