"""Backups are made beside running work, proven, kept, and restored."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command

from dashboard.backup import configured, copies
from dashboard.backup.postgresql import PostgresDatabase
from dashboard.backup.sqlite import SqliteDatabase
from tests.faults.postgres import own_cluster
from tests.servers import PATIENCE, ROOT, FileServer, until

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def silent(done: int, total: int) -> None:
    pass


@pytest.fixture
def file(migrated, tmp_path) -> Path:
    return Path(shutil.copy(migrated, tmp_path / "calls.sqlite3"))


@pytest.fixture
def commands(file, monkeypatch, settings) -> Path:
    """Both commands on this file; migrations have their own tests."""
    monkeypatch.setattr(configured, "database", lambda: SqliteDatabase(file))
    monkeypatch.setattr("dashboard.backup.management.commands.restore.call_command", lambda *_, **__: None)
    for name in ("backup", "restore"):
        # Django's own database is another one here.
        monkeypatch.setattr(f"dashboard.backup.management.commands.{name}.note", lambda *_, **__: None)
    for name, known in (("listed", []), ("carry_over", None), ("erase_again", 0)):
        monkeypatch.setattr(
            f"dashboard.backup.management.commands.restore.{name}", lambda *_, known=known: known
        )
    settings.BACKUP_FOLDER = str(file.parent / "backups")
    return Path(settings.BACKUP_FOLDER)


def add(file: Path, name: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("INSERT INTO auth_group (name) VALUES (?)", [name])
        database.commit()


def groups(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as database:
        return {row[0] for row in database.execute("SELECT name FROM auth_group")}


def test_a_backup_is_restored(file, commands):
    add(file, "before")
    said = StringIO()
    call_command("backup", stdout=said)
    copy = Path(said.getvalue().splitlines()[0])
    add(file, "after")

    call_command("restore", copy, stdout=StringIO())

    assert "before" in groups(file) and "after" not in groups(file)
    assert oct(copy.stat().st_mode & 0o777) == "0o600" and oct(commands.stat().st_mode & 0o777) == "0o700"
    assert "checked" in said.getvalue() and [path.name for path in commands.iterdir()] == [copy.name]


def test_the_newest_are_kept(file, commands):
    for _day in range(4):
        call_command("backup", keep=2, stdout=StringIO())

    assert len(copies.kept(commands)) == 2 == len(list(commands.iterdir()))


def test_a_broken_copy_is_not_restored(file, commands):
    call_command("backup", stdout=StringIO())
    [copy] = copies.kept(commands)
    damaged = bytearray(copy.read_bytes())
    damaged[8192:40960] = os.urandom(32768)
    copy.write_bytes(damaged)
    before = groups(file)

    with pytest.raises(CommandError, match="Nothing was restored"):
        call_command("restore", copy, stdout=StringIO())

    assert groups(file) == before


def test_a_database_in_use_is_not_replaced(file, commands):
    call_command("backup", stdout=StringIO())
    with closing(sqlite3.connect(file)) as server:
        server.execute("SELECT COUNT(*) FROM auth_group").fetchone()
        with pytest.raises(CommandError, match="Stop the server"):
            call_command("restore", copies.kept(commands)[0], stdout=StringIO())


def test_calls_are_lost_only_when_told_to(file, commands):
    call_command("backup", stdout=StringIO())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqliteDatabase, "is_empty", lambda self: False)
        with pytest.raises(CommandError, match="--yes"):
            call_command("restore", copies.kept(commands)[0], stdout=StringIO())
        call_command("restore", copies.kept(commands)[0], yes=True, stdout=StringIO())


@pytest.mark.xdist_group("processes")
def test_a_backup_during_deliveries_has_all_that_was_acknowledged_before_it(db, migrated, tmp_path):
    with FileServer.on(migrated, tmp_path) as server, ThreadPoolExecutor(5) as people:
        early = {f"call-{number}" for number in range(20) if server.deliver(number).status_code == 200}
        until(lambda: early <= set(server.stored()))
        late = [people.submit(server.deliver, number) for number in range(20, 80)]
        copy = people.submit(
            copies.make, SqliteDatabase(server.file), tmp_path / "kept", NOW, silent
        ).result()
        assert {one.result().status_code for one in late} == {200}

    with closing(sqlite3.connect(copy.file)) as restored:
        calls = [row[0] for row in restored.execute("SELECT platform_call_id FROM calls_call")]
        assert early <= set(calls) and len(calls) == len(set(calls))
        assert restored.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.counts["calls_call"] == len(calls)


KILLED = """
import sys, time
from pathlib import Path
from datetime import datetime, UTC
import django; django.setup()
from dashboard.backup import copies
from dashboard.backup.sqlite import SqliteDatabase
class Slow(SqliteDatabase):
    def counts_of(self, file):
        print("copied", flush=True)
        time.sleep(600)
copies.make(Slow(Path(sys.argv[1])), Path(sys.argv[2]), datetime.now(UTC), lambda done, total: None)
"""


def test_a_backup_that_is_killed_leaves_none_and_the_next_one_cleans_up(file, commands):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    command = [sys.executable, "-c", KILLED, str(file), str(commands)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout.readline() == "copied\n"
        killed.send_signal(signal.SIGKILL)

    assert copies.kept(commands) == [] and list(commands.iterdir())
    call_command("backup", stdout=StringIO())
    assert len(list(commands.iterdir())) == 1


@pytest.mark.xdist_group("postgres")
def test_postgres_is_copied_proven_and_restored(tmp_path):
    with own_cluster() as cluster:
        cluster.do("CREATE DATABASE calls")
        cluster.do("CREATE TABLE calls_call (id int PRIMARY KEY)", "calls")
        cluster.do("INSERT INTO calls_call SELECT generate_series(1, 1000)", "calls")
        settings = {"NAME": "calls", "USER": "postgres", "HOST": "127.0.0.1", "PORT": cluster.port}
        database = PostgresDatabase(settings)
        copy = copies.make(database, tmp_path / "kept", NOW, silent)
        assert copy.counts == {"calls_call": 1000} and not database.is_empty()
        cluster.do("DELETE FROM calls_call", "calls")

        database.restore(copy.file, silent)

        with psycopg.connect(cluster.url("calls")) as restored:
            assert restored.execute("SELECT COUNT(*) FROM calls_call").fetchone() == (1000,)
        with psycopg.connect(cluster.url("postgres")) as plain:
            names = {row[0] for row in plain.execute("SELECT datname FROM pg_database")}
        assert names == {"calls", "postgres", "template0", "template1"}
        copy.file.write_bytes(copy.file.read_bytes()[:2000])
        with pytest.raises(copies.BackupFailed):
            database.counts_of(copy.file)


@pytest.mark.long
def test_the_commands_of_a_person(migrated, tmp_path, db):
    """From a shell, on a database with people in it, with the migrations of the restored one."""
    file = shutil.copy(migrated, tmp_path / "calls.sqlite3")
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{file}", "BACKUP_FOLDER": str(tmp_path / "kept")}

    def run(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    copy = run("backup").splitlines()[0]
    Path(file).write_bytes(b"broken" * 1000)
    assert "Restored" in run("restore", copy)
    assert "[ ]" not in run("showmigrations", "--plan")
