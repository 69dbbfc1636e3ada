from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client

from dashboard.audit import triggers
from dashboard.calls.exporting import PLACES
from dashboard.keys import refusing
from dashboard.people.roles import Role
from sentry_logs.cache import forget_own_memory
from sentry_logs.management.pointing import point_at
from sentry_logs.sandbox import Sandbox, start_sandbox
from sentry_logs.services import manners
from tests.factories import make_person, signed_in
from tests.input import tally

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may reach another machine, whatever it does."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise AssertionError(f"A test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def _begin_anew() -> None:
    cache.clear()
    forget_own_memory()
    manners.forget()
    refusing.limit.forget()
    # What a test's client began to read and left open keeps its place.
    with suppress(ValueError):
        while True:
            PLACES.release()


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    _begin_anew()
    yield
    _begin_anew()


@pytest.fixture
def sandbox(settings) -> Iterator[Sandbox]:
    """An empty Sentry sandbox, and the settings pointing at it."""
    with start_sandbox() as sandbox:
        point_at(sandbox, settings)
        settings.SENTRY_TIMEOUT = 5.0
        yield sandbox


@pytest.fixture
def support_user(db) -> User:
    """A support agent."""
    return make_person("mira", Role.AGENT)


@pytest.fixture
def lead_user(db) -> User:
    return make_person("lena", Role.LEAD)


@pytest.fixture
def admin_user(db) -> User:
    return make_person("ada", Role.ADMINISTRATOR)


@pytest.fixture
def nobody_user(db) -> User:
    """Somebody who is signed in and has no role."""
    return make_person("noel", None)


@pytest.fixture
def support_client(support_user) -> Client:
    return signed_in(support_user)


@pytest.fixture
def lead_client(lead_user) -> Client:
    return signed_in(lead_user)


@pytest.fixture
def admin_client(admin_user) -> Client:
    return signed_in(admin_user)


@pytest.fixture
def nobody_client(nobody_user) -> Client:
    return signed_in(nobody_user)


@pytest.fixture(scope="session", autouse=True)
def emptied_though_append_only() -> Iterator[None]:
    """Let the rows of the audit trail go after a test that committed some, as nothing else may."""
    emptying = connection.ops.sql_flush

    def sql_flush(*args: object, **kwargs: object) -> list[str]:
        statements = emptying(*args, **kwargs)
        vendor = connection.vendor
        return [*triggers.dropping(vendor), *statements, *triggers.creating(vendor)] if statements else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            type(connection.ops), "sql_flush", lambda _ops, *args, **kwargs: sql_flush(*args, **kwargs)
        )
        yield


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(tally)
    _own_redis_database(config)
    # A slow hash guards real passwords; here it would only cost minutes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Every test client would read all static files again.
    settings.WHITENOISE_AUTOREFRESH = True
    # The proof of the filter would be three more requests wherever requests are counted.
    settings.SENTRY_CANARY = False


def _own_redis_database(config: pytest.Config) -> None:
    """Each worker empties the cache before each test, so each needs one of its own."""
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    default = settings.CACHES["default"]
    if default["LOCATION"] and "redis" in default["BACKEND"]:
        address, _, number = default["LOCATION"].rpartition("/")
        default["LOCATION"] = f"{address}/{int(number) + int(worker.removeprefix('gw'))}"


@pytest.fixture(scope="session")
def migrated(django_db_setup, django_db_blocker, tmp_path_factory) -> Path:
    """A SQLite file with all tables, to be copied by those who start a server on it."""
    from tests.servers import migrated_file  # It reads the samples of the platforms.

    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            pytest.skip("These servers run on SQLite")
        return migrated_file(tmp_path_factory.mktemp("migrated") / "empty.sqlite3")
