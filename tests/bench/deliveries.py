"""`python -m tests.bench.deliveries`: calls that come in, by webhook and by the API.

How fast they are acknowledged, whether two hundred a second are, whether any that was acknowledged is lost
or there twice when the server is killed, and whether the server's memory grows. On SQLite and, where one
answers, on PostgreSQL.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from tests.bench.installation import ROOT, free_port, run, until_open

SECRET = "only-for-the-benchmark"
PATH = "/webhooks/production/vapi/"
POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
COUNT = """
import django; django.setup()
from dashboard.calls.models import Call
from dashboard.ingest.models import Delivery
killed = {"platform_call_id__startswith": "kill-"}
ids = Call.objects.filter(**killed).values_list("platform_call_id", flat=True)
print(Delivery.objects.filter(**killed).count(), *ids)
"""


@dataclass
class Server:
    """The dashboard under gunicorn, two processes with four threads, that can be killed and started again."""

    environment: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--workers", "2", "--threads", "4", "--log-level", "critical", "--max-requests", "0"]
        self.process = subprocess.Popen(command, env=self.environment, cwd=ROOT, start_new_session=True)
        until_open(self.port)

    def kill(self) -> None:
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def megabytes(self) -> float:
        """Resident memory of all its processes together."""
        assert self.process
        group = self.process.pid
        pages = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError, ProcessLookupError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[2]) == group:
                    pages += int((stat.parent / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Sender:
    """A platform that keeps its connection, signs what it sends, and asks again when nobody answers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection: HTTPConnection | None = None

    def send(self, call_id: str, status: str = "in-progress") -> int:
        body = delivery(call_id, status)
        stamp = str(int(time.time()))
        signed = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "x-timestamp": stamp, "x-signature": signed}
        return self.request("POST", PATH, body, headers)

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> int:
        """Return the status, or 0 when the connection broke."""
        try:
            if self.connection is None:
                self.connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
            self.connection.request(method, path, body, headers or {})
            response = self.connection.getresponse()
            response.read()
            return response.status
        except (OSError, HTTPException):
            if self.connection:
                self.connection.close()
            self.connection = None
            return 0


def delivery(call_id: str, status: str) -> bytes:
    now = int(time.time() * 1000)
    call = {
        "id": call_id,
        "type": "inboundPhoneCall",
        "status": status,
        "createdAt": "2026-11-21T09:40:58.120Z",
        "phoneCallProvider": "twilio",
        "phoneCallProviderId": f"CA{hashlib.md5(call_id.encode()).hexdigest()}",
        "customer": {"number": "+15555550123"},
    }
    return json.dumps(
        {"message": {"timestamp": now, "type": "status-update", "status": status, "call": call}}
    ).encode()


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long two hundred a second are sent")
    parser.add_argument(
        "--deliveries", type=int, default=10_000, help="how many are sent while the server is killed"
    )
    asked = parser.parse_args()
    sys.stdout.write("| database | what was done | result |\n|---|---|---:|\n")
    for name, opened in (("SQLite", sqlite), ("PostgreSQL", postgres)):
        with opened() as address:
            for what, result in figures(address, asked.seconds, asked.deliveries) if address else ():
                sys.stdout.write(f"| {name} | {what} | {result} |\n")
                sys.stdout.flush()


@contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.sqlite3"


@contextmanager
def postgres() -> Iterator[str]:
    """Make a database of our own; nothing where no PostgreSQL answers."""
    name = f"bench_{os.getpid()}"
    try:
        with psycopg.connect(POSTGRES, connect_timeout=2, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.OperationalError:
        yield ""
        return
    try:
        yield f"{POSTGRES.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def figures(address: str, seconds: int, deliveries: int) -> Iterator[tuple[str, str]]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "SECRET_KEY": SECRET,
        "DATABASE_URL": address,
        "VAPI_WEBHOOK_SECRET": SECRET,
        "LOG_LEVEL": "CRITICAL",
    }
    run(environment, "manage.py", "migrate", "-v0")
    yield (
        "`POST /api/calls`, 500 at a time, times the rate of a bare `bulk_create` of the same rows",
        run(environment, "-m", "tests.bench.batches").strip(),
    )
    server = Server(environment, free_port())
    server.start()
    try:
        yield "a webhook acknowledged, times an empty view", f"{acknowledgement(server.port):.1f}"
        yield from flood(server, seconds)
        yield from killed(server, deliveries)
    finally:
        server.kill()


def acknowledgement(port: int, rounds: int = 400) -> float:
    """Alternate between the two and compare their medians; what follows an answer is given time to end."""
    sender, ids = Sender(port), count()
    views: dict[str, list[float]] = {"empty": [], "webhook": []}
    for number in range(rounds + 50):
        empty = timed(lambda: sender.request("GET", "/livez"))
        webhook = timed(lambda: sender.send(f"ack-{next(ids)}"))
        time.sleep(0.03)
        if number >= 50:
            views["empty"].append(empty)
            views["webhook"].append(webhook)
    return statistics.median(views["webhook"]) / statistics.median(views["empty"])


def timed(act: Callable[[], int]) -> float:
    begin = time.perf_counter()
    if act() != 200:
        raise RuntimeError("The server does not answer as it should")
    return time.perf_counter() - begin


def flood(server: Server, seconds: int, rate: int = 200) -> Iterator[tuple[str, str]]:
    """Send at fixed moments, whether or not earlier ones were answered, as platforms do."""
    senders = [Sender(server.port) for _ in range(16)]
    begin = time.perf_counter() + 0.5
    late: list[float] = []
    statuses: list[int] = []
    memory: list[float] = []

    def work(lane: int) -> None:
        for number in range(lane, rate * seconds, len(senders)):
            moment = begin + number / rate
            time.sleep(max(0.0, moment - time.perf_counter()))
            statuses.append(
                senders[lane].send(f"flood-{number // 2}", ("ringing", "in-progress")[number % 2])
            )
            late.append(time.perf_counter() - moment)
            if number % rate == 0:
                memory.append(server.megabytes())

    with ThreadPoolExecutor(len(senders)) as pool:
        list(pool.map(work, range(len(senders))))
    taken = time.perf_counter() - begin
    refused = sum(status != 200 for status in statuses)
    yield f"{rate} deliveries a second for {seconds} s: refused", f"{refused} of {len(statuses)}"
    yield "the same: reached a second", f"{len(statuses) / taken:.0f}"
    cuts = statistics.quantiles(late, n=100)
    yield (
        "the same: p50 and p99 from the moment it was due",
        f"{cuts[49] * 1e3:.0f} ms, {cuts[98] * 1e3:.0f} ms",
    )
    third = max(1, len(memory) // 3)
    grown = statistics.mean(memory[-third:]) / statistics.mean(memory[third : 2 * third])
    yield "the same: memory of the last third, times that of the second", f"{grown:.2f}"


def killed(server: Server, deliveries: int, kills: int = 5) -> Iterator[tuple[str, str]]:
    """Eight platforms ask again until they are answered, while the whole server is killed now and then."""
    acknowledged: set[str] = set()
    tries = 0
    stop = False

    def work(lane: int) -> None:
        nonlocal tries
        sender = Sender(server.port)
        for number in range(lane, deliveries, 8):
            call_id = f"kill-{number}"
            while (tries := tries + 1) and sender.send(call_id) != 200:
                time.sleep(0.02)
            acknowledged.add(call_id)

    def murder() -> int:
        done = 0
        while not stop and done < kills:
            time.sleep(random.Random(done).uniform(1.0, 2.0))
            server.kill()
            server.start()
            done += 1
        return done

    with ThreadPoolExecutor(9) as pool:
        murders = pool.submit(murder)
        list(pool.map(work, range(8)))
        stop = True
        killings = murders.result()
    stored, *ids = run(server.environment, "-c", COUNT).split()
    yield (
        f"{deliveries:,} deliveries, server killed {killings} times, {tries - deliveries} sent again: "
        "acknowledged but no call, calls there twice",
        f"{len(acknowledged - set(ids))}, {len(ids) - len(set(ids))}",
    )
    yield "the same: deliveries kept", f"{int(stored):,}"


if __name__ == "__main__":
    main()
