"""Processes that are killed, asked to end, renewed, or full of people who wait (R1, R2, R4, R5)."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
import requests

from tests.servers import PATIENCE, FileServer, until

# Real servers under load: what they promise holds, but a busy machine does not always let it be seen in time.
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("processes"), pytest.mark.usefixtures("db")]
HTMX = {"HX-Request": "true"}


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Whoever would write waits meanwhile."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def under_way(server: FileServer) -> int:
    """Return how many connections a worker has taken and not ended."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{server.port:04X}") and row[3] == "01"}
    held: set[str] = set()
    for worker in server.worker_ids():
        for link in Path(f"/proc/{worker}/fd").iterdir():
            with suppress(FileNotFoundError):
                held.add(os.readlink(link))
    return len(ours & held)


def begun(server: FileServer, act: Callable[[], object], people: ThreadPoolExecutor):
    """Begin a request and return when a worker has it."""
    until(lambda: not under_way(server))
    future = people.submit(act)
    until(lambda: under_way(server))
    return future


def delivered(server: FileServer, numbers: range, during: Callable[[], None] | None = None) -> list[int]:
    """Send by four at a time, and return all statuses; a connection that broke is 0."""

    def send(number: int) -> int:
        try:
            return server.deliver(number).status_code
        except requests.RequestException:
            return 0

    with ThreadPoolExecutor(4) as senders:
        answers = senders.map(send, numbers)
        if during:
            during()
        return list(answers)


def assert_each_is_there_once(server: FileServer, numbers: range) -> None:
    wanted = {f"call-{number}": 1 for number in numbers}
    until(lambda: wanted.items() <= server.stored().items())


@pytest.mark.control
def test_a_killed_worker_breaks_one_request_and_the_next_one_works(migrated, tmp_path):
    with FileServer.on(migrated, tmp_path) as server, ThreadPoolExecutor(1) as people:
        assert server.deliver(1).status_code == 200
        [worker] = server.worker_ids()
        with held(server.file):
            broken = begun(server, lambda: server.deliver(2), people)
            os.kill(worker, signal.SIGKILL)
            with pytest.raises(requests.ConnectionError):
                broken.result()

        assert server.deliver(2).status_code == 200
        assert_each_is_there_once(server, range(1, 3))
        assert server.worker_ids() != [worker]


@pytest.mark.control
def test_a_server_that_is_asked_to_end_finishes_what_it_has_and_takes_nothing_new(migrated, tmp_path):
    with FileServer.on(migrated, tmp_path) as server, ThreadPoolExecutor(1) as people:
        with held(server.file):
            last = begun(server, lambda: server.deliver(1), people)
            server.process.send_signal(signal.SIGTERM)
            until(lambda: "Handling signal: term" in server.log.read_text())
        assert last.result().status_code == 200
        assert server.process.wait(PATIENCE) == 0 and not accepts(server.port)
        assert server.rows("SELECT COUNT(*) FROM ingest_delivery") == [(1,)]


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("number", [150, pytest.param(3_000, marks=pytest.mark.long)])
def test_three_deploys_by_reload_lose_and_refuse_nothing(migrated, tmp_path, number):
    with FileServer.on(migrated, tmp_path) as server:

        def reload() -> None:
            for _deploy in range(3):
                old = set(server.worker_ids())
                server.process.send_signal(signal.SIGHUP)
                until(lambda old=old: set(server.worker_ids()) - old)

        assert set(delivered(server, range(number), reload)) == {200}
        assert_each_is_there_once(server, range(number))


def test_workers_that_are_renewed_all_the_time_refuse_nothing(migrated, tmp_path):
    options = ("--max-requests", "10", "--max-requests-jitter", "0")
    with FileServer.on(migrated, tmp_path, options=options) as server:
        first = server.worker_ids()
        assert set(delivered(server, range(30))) == {200}
        assert until(lambda: server.worker_ids() != first)
        assert_each_is_there_once(server, range(30))


@contextmanager
def silent_sentry() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("places", "timeout", "kept_free"),
    [("2", "30", True), pytest.param("100", "2", False, marks=pytest.mark.control)],
)
def test_people_who_wait_for_sentry_leave_threads_for_pages(migrated, tmp_path, places, timeout, kept_free):
    """Where more may wait than there are threads, a page comes only after one of them has given up."""
    with silent_sentry() as address:
        sentry = {
            "SENTRY_URL": address,
            "SENTRY_ORG": "org",
            "SENTRY_PROJECT": "1",
            "SENTRY_AUTH_TOKEN": "sntryu_" + "0" * 64,
            "SENTRY_TIMEOUT": timeout,
            "SENTRY_CONCURRENCY": places,
            "SENTRY_CANARY": "false",
            "SENTRY_LOGS": "false",
        }
        with FileServer.on(migrated, tmp_path, environment=sentry) as server:
            given_up = threading.Event()

            def wait_for_sentry(number: int) -> None:
                began = {"id": f"call-{number}", "started": "2026-11-23T10:00:00+00:00", "try": "1"}
                with suppress(requests.ConnectionError):  # The server is killed under those who still wait.
                    answer = server.get("/logs/call/", params=began, headers=HTMX)
                    if "did not answer in time" in answer.text:
                        given_up.set()

            with ThreadPoolExecutor(8) as people:
                waiting = [people.submit(wait_for_sentry, number) for number in range(8)]
                until(lambda: under_way(server) >= 4 or given_up.is_set())
                page = server.get("/calls/")
                came_first = not given_up.is_set()
                server.kill()
            assert (page.status_code, came_first) == (200, kept_free)
            assert all(one.exception() is None for one in waiting)
