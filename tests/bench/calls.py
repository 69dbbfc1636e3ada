"""`python -m tests.bench.calls`: the calls table with a million calls beside one with a thousand.

Whole requests through every layer but the socket, on SQLite and, where it answers, PostgreSQL. Requests that
are compared alternate, so that whatever else the machine does slows both.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.test import Client

    from dashboard.calls.models import Call

POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
SMALL, BIG = "bench_calls_small", "bench_calls_big"
WARM_UP = 3
FULL = 50
Ask = Callable[[], object]


@dataclass(frozen=True)
class Table:
    """A database with so many calls, and somebody signed in to look at them."""

    size: int
    connection: BaseDatabaseWrapper
    client: Client
    middle: Call
    ids: Mapping[str, str]

    def get(self, path: str = "/calls/", **asked: str) -> int:
        """Ask for a page; return how many calls it shows."""
        _use(self.connection)
        response = self.client.get(f"{path}?{urlencode({'environment': 'all'} | asked)}")
        assert response.status_code == 200, (path, asked, response.status_code)
        return response.content.count(b'<tr id="c-')

    def typed(self, text: str) -> str:
        """Return what an address has instead of a text in the search box."""
        from tests.searching import searched

        _use(self.connection)
        return searched(self.client, text)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--beside", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument(
        "--server", help="one database server only; this command makes its own databases there"
    )
    asked = parser.parse_args()
    if asked.server:
        measure(asked.server, asked.beside, asked.calls, asked.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        _in_a_process(f"sqlite:///{folder}/one.sqlite3", sys.argv[1:])
    if _answers(POSTGRES):
        _in_a_process(POSTGRES, sys.argv[1:])
    else:
        sys.stdout.write("\nNo PostgreSQL answers here: it is left out.\n")


def measure(server: str, beside: int, calls: int, rounds: int) -> None:
    with _databases(server) as (small, big):
        tables = [_table(small, beside), _table(big, calls)]
        sys.stdout.write(f"\n### {big.display_name}\n\n")
        _head("page", f"{beside:,} calls", f"{calls:,} calls", "ratio", "queries")
        for name, asked in _pages(tables):
            _compare(name, [lambda t=t, a=a: t.get(**a) for t, a in zip(tables, asked, strict=True)], rounds)
        sys.stdout.write("\n")
        _head("search", "by primary key", "by this id", "ratio", "queries")
        big_table = tables[1]
        for name, typed in big_table.ids.items():
            text = big_table.typed(typed)
            many = big_table.get(q=text) >= FULL
            by_key: Ask = big_table.get if many else lambda: big_table.get(f"/calls/{big_table.middle.pk}/")
            _compare(name, [by_key, lambda text=text: big_table.get(q=text)], rounds)


def _pages(tables: Sequence[Table]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield each page with what is asked for it in each table."""
    from dashboard.calls.paging import Cursor

    both = {"environment": "production", "outcome": "completed"}
    older = [{"cursor": str(Cursor.at(table.middle, "older"))} for table in tables]
    newer = [{"cursor": str(Cursor.at(table.middle, "newer"))} for table in tables]
    number = f"{max(table.size for table in tables) // 100:,}"
    yield "first page", [{} for _table in tables]
    yield "one environment", [{"environment": "production"} for _table in tables]
    yield "one outcome", [{"outcome": "completed"} for _table in tables]
    yield "environment, outcome, last 90 days", [both | {"range": "90d"} for _table in tables]
    yield f"page {number}", older
    yield f"page {number}, upwards", newer
    yield f"page {number}, environment and outcome", [both | cursor for cursor in older]
    yield "only with errors, 1 call in 100", [{"errors": "1"} for _table in tables]


def _compare(name: str, asks: Sequence[Ask], rounds: int) -> None:
    """Write a line of the table: medians of two requests that alternate, and the queries of the second."""
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    seconds: list[list[float]] = [[] for _ask in asks]
    for number in range(WARM_UP + rounds):
        for ask, spent in zip(asks, seconds, strict=True):
            begun = time.perf_counter()
            ask()
            if number >= WARM_UP:
                spent.append(time.perf_counter() - begun)
    asks[1]()
    with CaptureQueriesContext(connections["default"]) as queries:
        asks[1]()
    first, second = (median(spent) * 1000 for spent in seconds)
    sys.stdout.write(
        f"| {name} | {first:.1f} ms | {second:.1f} ms | {second / first:.2f} | {len(queries)} |\n"
    )
    sys.stdout.flush()


def _head(*names: str) -> None:
    sys.stdout.write(f"| {' | '.join(names)} |\n|---|{'---:|' * (len(names) - 1)}\n")


def _table(connection: BaseDatabaseWrapper, size: int) -> Table:
    from django.core.management import call_command

    from dashboard.calls.models import Call, CallAlias
    from sentry_logs.management.progress import ProgressBar
    from tests.bench.million import fill
    from tests.factories import make_person, signed_in

    _use(connection)
    call_command("migrate", verbosity=0)
    bar = ProgressBar(sys.stderr, "calls")
    fill(size, datetime.now(UTC), bar, errors=max(FULL * 2, size // 100))
    bar.end()
    client = signed_in(make_person("viewer"))
    middle = Call.objects.newest_first()[size // 2]
    # A caller who called once, so that as many rows are shown as by the primary key.
    callers = Call.objects.before(middle.started_at, middle.pk).newest_first()[:100]
    once = next(c for c in callers if Call.objects.search(c.from_number).count() == 1)
    sid = CallAlias.objects.filter(kind="twilio_call_sid")[size // 7].value
    trace = CallAlias.objects.filter(kind="trace_id")[size // 7].value
    ids = {
        "our own id": str(middle.pk),
        "platform's id": middle.platform_call_id,
        "start of it": middle.platform_call_id[:14],
        "CallSid": sid,
        "trace id": trace,
        "in a URL": f"https://example.test/calls/{middle.pk}/?environment=all",
        "in a log line": f'2026-11-23 12:00:01 ERROR callSid="{sid}" status=500',
        "phone number": once.from_number,
        "phone number without its country": f"0{once.from_number[3:]}",
        "last four digits, many calls": once.from_number[-4:],
        "number of a line, many calls": middle.to_number,
        "start that many share": "conv_",
    }
    return Table(size, connection, client, middle, ids)


@contextmanager
def _databases(server: str) -> Iterator[list[BaseDatabaseWrapper]]:
    """Make two databases, and drop them in the end."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "DATABASE_URL": server,
        "SECRET_KEY": "only-for-the-benchmark",
        "ALLOWED_HOSTS": "testserver",
        "PRODUCTION": "false",
        # Nobody listens there: what the pages need of Sentry is kept in the database.
        **{"SENTRY_URL": "http://127.0.0.1:9", "SENTRY_ORG": "bench", "SENTRY_PROJECT": "bench"},
        **{"SENTRY_AUTH_TOKEN": "bench", "LOG_LEVEL": "ERROR"},
    }
    import django

    django.setup()
    from django.db import connections

    home = _connected(connections["default"].settings_dict["NAME"])
    names = [name if home.vendor == "postgresql" else f"{server[10:]}.{name}" for name in (SMALL, BIG)]
    if home.vendor == "postgresql":
        _each(home, [f"DROP DATABASE IF EXISTS {name}" for name in names])
        _each(home, [f"CREATE DATABASE {name}" for name in names])
    made = [_connected(name) for name in names]
    try:
        yield made
    finally:
        for connection in made:
            connection.close()
        del connections["default"]
        if home.vendor == "postgresql":
            _each(home, [f"DROP DATABASE {name}" for name in names])


def _use(connection: BaseDatabaseWrapper) -> None:
    from django.db import connections

    connections["default"] = connection


def _connected(name: str) -> BaseDatabaseWrapper:
    from django.db import connections

    connection: Any = connections.create_connection("default")
    # Without the pool, which all connections of one alias share, and without the time limits of a service.
    options = {"OPTIONS": {}} if connection.vendor == "postgresql" else {}
    connection.settings_dict = {**connection.settings_dict, "NAME": name, **options}
    return connection


def _each(connection: BaseDatabaseWrapper, statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _answers(server: str) -> bool:
    try:
        import psycopg

        psycopg.connect(server, connect_timeout=2).close()
    except (ImportError, OSError, psycopg.Error):
        return False
    return True


def _in_a_process(server: str, more: Sequence[str]) -> None:
    # Django has one configuration a process.
    subprocess.run([sys.executable, "-m", "tests.bench.calls", "--server", server, *more], check=True)


if __name__ == "__main__":
    main()
