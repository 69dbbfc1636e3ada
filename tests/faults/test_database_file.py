"""A server whose SQLite file is moved, locked, or may not grow (D1, D3, D7); what each connection is told."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests
from django.conf import settings
from django.core.checks import run_checks
from django.db.utils import ConnectionHandler

from dashboard import database_file
from tests.servers import PATIENCE, FileServer, until

pytestmark = [pytest.mark.xdist_group("sqlite server"), pytest.mark.usefixtures("db")]


@pytest.fixture(scope="module")
def server(migrated, tmp_path_factory) -> Iterator[FileServer]:
    with FileServer.on(migrated, tmp_path_factory.mktemp("file")) as server:
        yield server


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program writes and does not come to an end."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


@contextmanager
def moved_away(file: Path) -> Iterator[None]:
    elsewhere = file.with_name("moved.sqlite3")
    file.rename(elsewhere)
    try:
        yield
    finally:
        elsewhere.rename(file)


@contextmanager
def not_growing(server: FileServer) -> Iterator[None]:
    """No file of the workers may be longer than the database's files are now."""
    longest = max(path.stat().st_size for path in server.file.parent.glob("calls.sqlite3*"))
    workers = server.worker_ids()
    for worker in workers:
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (longest, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for worker in workers:
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def assert_the_log_has_one_line_for_each(server: FileServer) -> None:
    log = server.log.read_text()
    assert "The database is " in log and "Traceback" not in log


# D1


@pytest.mark.control
def test_a_plain_connection_makes_an_empty_database_for_one_that_was_moved(tmp_path):
    file = tmp_path / "calls.sqlite3"
    with closing(sqlite3.connect(file)) as first:
        first.execute("CREATE TABLE kept (id)")
    file.rename(tmp_path / "moved")

    with closing(sqlite3.connect(file)) as second:
        assert second.execute("SELECT COUNT(*) FROM sqlite_master").fetchone() == (0,)


def test_without_its_file_a_server_says_so_and_heals_by_itself(server):
    assert (server.get("/calls/").status_code, server.deliver(1).status_code) == (200, 200)
    with moved_away(server.file):
        page, api, delivery = server.get("/calls/"), server.get("/api/calls"), server.deliver(2)
        health = [requests.get(server.url(f"/{name}z"), timeout=PATIENCE) for name in ("live", "ready")]
        made = server.file.exists()

    assert [answer.status_code for answer in (page, api, delivery)] == [503] * 3
    assert [answer.headers["Retry-After"] for answer in (page, api, delivery)] == ["5"] * 3
    assert "The dashboard is not available right now" in page.text and "unable to open" not in page.text
    assert ([answer.status_code for answer in health], made) == ([200, 503], False)
    assert (server.get("/readyz").status_code, server.get("/calls/").status_code) == (200, 200)
    assert server.deliver(2).status_code == 200
    assert until(lambda: set(server.stored()) == {"call-1", "call-2"})
    assert_the_log_has_one_line_for_each(server)


# D3


@pytest.mark.control
def test_a_plain_connection_meets_the_lock_at_once(server):
    with (
        locked(server.file),
        closing(sqlite3.connect(server.file, timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("DELETE FROM ingest_refusal")


def test_a_short_lock_is_waited_for(server):
    with ThreadPoolExecutor(1) as sender:
        with locked(server.file):
            delivery = sender.submit(server.deliver, 30)
            assert server.get("/calls/").status_code == 200  # Who reads does not wait.
        assert delivery.result().status_code == 200


@pytest.mark.long
def test_a_lock_of_three_seconds_is_waited_for_and_one_of_ten_is_not(server):
    with ThreadPoolExecutor(1) as sender:
        with locked(server.file):
            delivery = sender.submit(server.deliver, 31)
            time.sleep(3)
        assert delivery.result().status_code == 200

        with locked(server.file):
            began = time.monotonic()
            answer = server.deliver(32)
            assert (answer.status_code, time.monotonic() - began >= 4.5) == (503, True)
    assert server.deliver(32).status_code == 200


# D7


@pytest.mark.control
def test_a_file_that_may_not_grow_fails_a_plain_write(tmp_path):
    with closing(sqlite3.connect(tmp_path / "small.sqlite3")) as file:
        file.execute("CREATE TABLE kept (bytes)")
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
        try:
            with pytest.raises(sqlite3.OperationalError, match="disk I/O error|full"):
                file.execute("INSERT INTO kept VALUES (zeroblob(1000000))")
                file.commit()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_with_a_full_disk_what_was_acknowledged_stays_and_reading_goes_on(server):
    acknowledged = {f"call-{number}" for number in range(70, 75) if server.deliver(number).ok}
    with not_growing(server):
        answers = [server.deliver(number, padding="x" * 400_000) for number in range(75, 80)]
        acknowledged |= {f"call-{75 + at}" for at, answer in enumerate(answers) if answer.ok}
        assert {507} <= {answer.status_code for answer in answers} <= {200, 503, 507}
        assert server.get("/calls/").status_code == 200
        assert "no room left" in server.get("/calls/").text

    assert server.deliver(79, padding="x" * 400_000).status_code == 200
    acknowledged.add("call-79")
    server.stop()  # What was stored and could not be read then is read by the next worker that starts.
    server.start()
    until(lambda: acknowledged <= set(server.stored()))
    assert set(server.stored().values()) == {1}
    assert server.rows("PRAGMA integrity_check") == [("ok",)]
    assert_the_log_has_one_line_for_each(server)


# What each connection is told


def test_every_connection_writes_through_and_waits(tmp_path, migrated):
    own = settings.DATABASES["default"] | {"NAME": str(migrated)}
    handler = ConnectionHandler({"default": own})

    def told(_thread: int) -> dict[str, object]:
        connection = handler["default"]
        asked = (
            "journal_mode",
            "synchronous",
            "busy_timeout",
            "foreign_keys",
            "wal_autocheckpoint",
            "journal_size_limit",
        )
        with connection.cursor() as cursor:
            said = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in asked}
        mode = connection.transaction_mode
        connection.close()
        return said | {"transaction_mode": mode}

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(told, range(3)))

    assert (
        answers
        == [
            {
                "journal_mode": "wal",
                "synchronous": 2,
                "busy_timeout": 5000,
                "foreign_keys": 1,
                "wal_autocheckpoint": 1000,
                "journal_size_limit": 64 * 1024 * 1024,
                "transaction_mode": "IMMEDIATE",
            }
        ]
        * 3
    )


@pytest.mark.parametrize(("kind", "warned"), [("nfs4", True), ("fuse.sshfs", True), ("ext4", False)])
def test_a_file_on_another_machine_is_warned_of(tmp_path, monkeypatch, kind, warned):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/root / ext4 rw 0 0\nserver:/data {tmp_path.resolve()} {kind} rw 0 0\n")
    monkeypatch.setattr(database_file, "MOUNTS", mounts)
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "calls.sqlite3"}
    monkeypatch.setattr(settings, "DATABASES", {"default": database})

    found = [check.id for check in run_checks(tags=["files"])]

    assert ("dashboard.W002" in found) == warned
