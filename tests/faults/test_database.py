"""A database that takes no changes, has no room, or says something else (D2, D6, D7), without a server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, IntegrityError, OperationalError, ProgrammingError, connection
from django.test import Client
from django.utils.connection import ConnectionProxy

from dashboard import storage
from dashboard.failures import Trouble, trouble_in
from dashboard.ingest.models import Delivery
from sentry_logs import cache
from tests.factories import NOON
from tests.faults.doors import HTMX
from tests.ingest.platforms.conftest import read

WEBHOOK = "/webhooks/production/vapi/"
PASSWORD = "a long enough password"


def pragma(text: str) -> object:
    """Past Django, which asks nothing more in a transaction where something failed."""
    return (connection.connection.execute(f"PRAGMA {text}").fetchone() or [None])[0]


@pytest.fixture
def sqlite(db) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("The pragmas that bring this about are SQLite's")


@pytest.fixture
def read_only(sqlite) -> Iterator[None]:
    pragma("query_only = 1")
    yield
    pragma("query_only = 0")


@pytest.fixture
def full(sqlite) -> Iterator[None]:
    pragma(f"max_page_count = {pragma('page_count')}")
    yield
    pragma(f"max_page_count = {2**30}")


@pytest.fixture
def vapi(settings) -> None:
    settings.WEBHOOK_SECRETS = {"VAPI_WEBHOOK_SECRET": read("vapi")["secret"]}


def deliver(padding: int = 0):
    call = {"id": "call-7", "type": "inboundPhoneCall", "padding": "x" * padding}
    body = {"message": {"type": "status-update", "status": "in-progress", "timestamp": 1, "call": call}}
    headers = {"x-vapi-secret": read("vapi")["secret"]}
    return Client().post(WEBHOOK, body, content_type="application/json", headers=headers)


# D2


@pytest.mark.control
def test_a_read_only_database_refuses_a_plain_change(read_only):
    with pytest.raises(OperationalError, match="readonly"):
        Group.objects.create(name="new")


@pytest.mark.django_db(transaction=True)
def test_with_a_read_only_database_pages_go_on(doors, sqlite):
    """Also the first look, which would keep what Sentry said, and a link that changes the environment."""
    pragma("query_only = 1")
    try:
        assert doors.page().status_code == 200
        assert doors.support.get("/calls/", {"environment": "production"}).status_code == 200
        assert doors.support.get(doors.call.get_absolute_url()).status_code == 200
        assert "Known" in doors.panel()
        assert doors.browse() and doors.json().status_code == 200
        mark = doors.mark()
        assert "could not be kept" in mark and "None" not in mark
    finally:
        pragma("query_only = 0")
    cache.forget_own_memory()
    assert doors.page().status_code == 200


def test_with_a_read_only_database_forms_say_that_nothing_is_saved(db, support_client, sqlite):
    User.objects.create_user("nina", password=PASSWORD)
    stranger = Client(raise_request_exception=False)
    support_client.raise_request_exception = False
    pragma("query_only = 1")
    try:
        answers = [
            stranger.post("/login/", {"username": "nina", "password": PASSWORD}),
            support_client.post("/environment/", {"environment": "staging"}),
        ]
    finally:
        pragma("query_only = 0")

    for answer in answers:
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert "This cannot be saved now" in answer.content.decode()
        assert "Traceback" not in answer.content.decode()


def test_with_a_read_only_database_a_delivery_is_told_to_come_again(vapi, read_only):
    answer = deliver()

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["error"]["code"] == "database_unavailable"


# D7


@pytest.mark.control
def test_a_full_disk_refuses_a_plain_row(full):
    with pytest.raises(OperationalError, match="full"):
        Delivery.objects.create(
            environment="production", platform="vapi", dedupe_key="x", body=b"x" * 200_000, received_at=NOON
        )


def test_with_a_full_disk_nothing_is_acknowledged_and_reading_goes_on(
    vapi, doors, sqlite, clock, admin_client
):
    pragma(f"max_page_count = {pragma('page_count')}")
    try:
        answer = deliver(padding=200_000)
        assert (answer.status_code, answer["Retry-After"]) == (507, "5")
        assert (Delivery.objects.count(), doors.page().status_code) == (0, 200)
        assert "no room left" in admin_client.get("/calls/").content.decode()
        assert "no room left" not in doors.page().content.decode()
    finally:
        pragma(f"max_page_count = {2**30}")

    assert deliver(padding=200_000).json() == {"status": "stored"}
    clock.shift(storage.REMEMBERED_SECONDS + 1)
    assert "no room left" not in admin_client.get("/calls/").content.decode()


def test_administrators_are_warned_before_the_disk_is_full(
    admin_client, support_client, monkeypatch, tmp_path
):
    monkeypatch.setattr(storage.database_file, "path", lambda: tmp_path / "calls.sqlite3")
    disk = SimpleNamespace(f_bavail=storage.LOW_BYTES // 4096 - 1, f_frsize=4096)
    monkeypatch.setattr(storage.os, "statvfs", lambda _folder: disk)

    assert "Only 499 MB are left" in admin_client.get("/calls/").content.decode()
    assert "are left" not in support_client.get("/calls/").content.decode()


# What kind of trouble it is


def test_a_file_that_is_locked_or_none_is_trouble_of_the_database(tmp_path):
    file = tmp_path / "locked.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as first:
        first.execute("CREATE TABLE kept (id)")
        first.execute("BEGIN EXCLUSIVE")
        with closing(sqlite3.connect(file, timeout=0)) as second, pytest.raises(sqlite3.Error) as locked:
            second.execute("SELECT * FROM kept")
    other = tmp_path / "other.sqlite3"
    other.write_bytes(b"no database at all" * 100)
    with closing(sqlite3.connect(other)) as third, pytest.raises(sqlite3.Error) as broken:
        third.execute("SELECT * FROM kept")

    assert trouble_in(caused(OperationalError(), locked.value)) is Trouble.BUSY
    assert trouble_in(caused(DatabaseError(), broken.value)) is Trouble.AWAY


@pytest.mark.parametrize(
    ("state", "trouble"),
    [
        ("53100", Trouble.FULL),
        ("25006", Trouble.READ_ONLY),
        ("55P03", Trouble.BUSY),
        ("57014", Trouble.BUSY),
        ("57P01", Trouble.AWAY),
        (None, Trouble.AWAY),
    ],
)
def test_the_states_of_postgresql(state, trouble):
    cause = Exception("told by the driver")
    cause.sqlstate = state

    assert trouble_in(caused(OperationalError(), cause)) is trouble


def test_what_is_no_state_of_the_database_is_no_trouble_of_it():
    for error in (
        IntegrityError("twice"),
        ProgrammingError("no such column"),
        DatabaseError("Forced update did not affect any rows."),
        ValueError("other"),
        None,
    ):
        assert trouble_in(error) is None
    assert trouble_in(UpdateError()) is None


def test_an_error_of_ours_stays_a_500(support_user, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(support_user)

    def wrong(*_args: object) -> None:
        raise IntegrityError("a row of ours is wrong")

    monkeypatch.setattr("dashboard.calls.views.CallFilterForm", wrong)

    assert client.get("/calls/").status_code == 500


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_page_without_a_database_is_a_page(support_user, monkeypatch, headers, caplog):
    """Also when the database goes before any view is reached."""
    client = Client(raise_request_exception=False)
    client.force_login(support_user)

    def gone(*_args: object, **_more: object) -> None:
        raise OperationalError("connection refused: a-secret-address")

    monkeypatch.setattr(ConnectionProxy, "__getattr__", lambda self, name: gone())
    monkeypatch.setattr("django.db.models.sql.compiler.SQLCompiler.execute_sql", gone)
    answer = client.get("/calls/", headers=headers)
    monkeypatch.undo()

    html = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "not available right now" in html and "a-secret-address" not in html
    assert "The database is away: OperationalError at /calls/" in caplog.text


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error
