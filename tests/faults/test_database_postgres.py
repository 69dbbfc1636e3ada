"""A server whose PostgreSQL stops, cuts its connections, has none left or is locked (D1, D2, D4 to D6)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import psycopg
import pytest
import requests

from tests.faults.postgres import Cluster, own_cluster
from tests.servers import PATIENCE, ROOT, Server, until

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with own_cluster() as cluster:
        cluster.do("CREATE DATABASE calls")
        yield cluster


@pytest.fixture(scope="module")
def server(cluster, tmp_path_factory) -> Iterator[Server]:
    server = Server(cluster.url("calls"), tmp_path_factory.mktemp("postgres"))
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=server.environment, check=True, timeout=PATIENCE)
    with server:
        yield server


def ready(server: Server) -> int:
    return requests.get(server.url("/readyz"), timeout=PATIENCE).status_code


def assert_it_heals(server: Server, number: int) -> None:
    """One request of the worker may still meet the old connection; none after it."""
    with suppress(requests.RequestException):
        ready(server)
    assert until(lambda: ready(server) == 200) and server.deliver(number).status_code == 200


@pytest.mark.control
def test_when_all_connections_are_cut_the_next_request_works(cluster, server):
    assert server.deliver(1).status_code == 200
    with psycopg.connect(cluster.url("calls"), autocommit=True) as plain:
        cluster.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'calls'")
        with pytest.raises(psycopg.OperationalError):
            plain.execute("SELECT 1")

    assert_it_heals(server, 2)


@pytest.mark.control
def test_while_postgres_is_stopped_nothing_is_acknowledged(cluster, server):
    assert server.deliver(3).status_code == 200
    cluster.stop("immediate")
    try:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(cluster.url("calls"), connect_timeout=5)
        answer = server.deliver(4)
        assert (answer.status_code, answer.headers["Retry-After"], ready(server)) == (503, "5", 503)
        assert requests.get(server.url("/livez"), timeout=PATIENCE).status_code == 200
        page = server.get("/calls/")
        assert page.status_code == 503 and "not available right now" in page.text
    finally:
        cluster.start()
    assert_it_heals(server, 4)
    assert "Traceback" not in server.log.read_text()


@pytest.mark.control
def test_without_a_free_connection_the_answer_comes_in_seconds(cluster, server):
    cluster.do("ALTER DATABASE calls CONNECTION LIMIT 3")
    cluster.do("CREATE ROLE visitor LOGIN")
    visitor = cluster.url("calls").replace("postgres@", "visitor@")
    try:
        with ExitStack() as stack:
            with pytest.raises(psycopg.OperationalError, match="too many connections"):
                for _session in range(20):
                    stack.enter_context(psycopg.connect(visitor))
            with Server(visitor, server.folder) as crowded:
                began = crowded.deliver(5)
                assert (began.status_code, began.headers["Retry-After"]) == (503, "5")
                assert began.elapsed.total_seconds() < 60  # Two by design.
    finally:
        cluster.do("ALTER DATABASE calls CONNECTION LIMIT -1")


def test_a_lock_of_a_migration_ends_in_time(cluster, server):
    with psycopg.connect(cluster.url("calls")) as migration:
        migration.execute("LOCK TABLE ingest_delivery IN ACCESS EXCLUSIVE MODE")
        answer = server.deliver(6)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        migration.rollback()
    assert server.deliver(6).status_code == 200


@pytest.mark.control
def test_a_lock_of_a_migration_ends_in_time_only_because_we_say_so(cluster, server):
    with psycopg.connect(cluster.url("calls")) as migration, psycopg.connect(cluster.url("calls")) as plain:
        migration.execute("LOCK TABLE ingest_delivery IN ACCESS EXCLUSIVE MODE")
        assert plain.execute("SHOW lock_timeout").fetchone() == ("0",)
        plain.execute("SET lock_timeout = '10ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            plain.execute("SELECT COUNT(*) FROM ingest_delivery")


@pytest.mark.control
def test_a_read_only_postgres_is_never_a_yes(cluster, server):
    cluster.do("ALTER DATABASE calls SET default_transaction_read_only = on")
    try:
        cluster.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'calls'")
        with (
            psycopg.connect(cluster.url("calls")) as plain,
            pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        ):
            plain.execute("DELETE FROM ingest_delivery")
        until(lambda: ready(server) == 200)
        answer = server.deliver(7)
        assert (answer.status_code, answer.json()["error"]["message"][:24]) == (
            503,
            "Nothing can be saved rig",
        )
    finally:
        cluster.do("ALTER DATABASE calls RESET default_transaction_read_only")
        cluster.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'calls'")
    assert_it_heals(server, 7)
