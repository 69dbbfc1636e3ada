from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from sentry_logs.cache import forget_own_memory
from sentry_logs.management.pointing import point_at
from sentry_logs.sandbox import Sandbox, start_sandbox
from sentry_logs.services import manners

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
    return User.objects.create_user("mira")


@pytest.fixture
def support_client(support_user) -> Client:
    client = Client()
    client.force_login(support_user)
    return client


@pytest.fixture
def admin_client(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))
    return client


def pytest_configure() -> None:
    # A slow hash guards real passwords; here it would only cost minutes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Every test client would read all static files again.
    settings.WHITENOISE_AUTOREFRESH = True
    # The proof of the filter would be three more requests wherever requests are counted.
    settings.SENTRY_CANARY = False
