from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import time_machine
from django.core.cache import caches

from sentry_logs.client import transport
from tests.client.conftest import RawServer
from tests.factories import make_call
from tests.faults.doors import Doors
from tests.faults.wire import RedisServer, TcpProxy

PATIENT, HURRIED = 5.0, 0.5


@pytest.fixture(autouse=True)
def impatient(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request a question, and no pause before the one retry."""
    settings.SENTRY_LOGS = settings.SENTRY_CANARY = False
    monkeypatch.setattr(transport, "PAUSE", (0.0, 0.0))


@pytest.fixture
def sentry(sandbox, settings):
    """A Sentry that is known by its project's number, with one event of one call."""
    settings.SENTRY_PROJECTS = (str(sandbox.project_id),)
    settings.SENTRY_TIMEOUT = PATIENT
    sandbox.add_event(correlation_id="call-1", title="Known", timestamp=datetime.now(UTC))
    return sandbox


@pytest.fixture
def plain(sentry, settings) -> Callable[..., requests.Response]:
    """Ask for a call's events as a program without any of our protection would: the control of a fault."""

    def ask(**options: Any) -> requests.Response:
        url = f"{settings.SENTRY_URL}/api/0/organizations/{sentry.org}/events/"
        asked = {
            "dataset": "errors",
            "field": ["id", "timestamp", "tags[correlation_id]"],
            "query": 'tags[correlation_id]:"call-1"',
            "project": str(sentry.project_id),
            "statsPeriod": "1h",
            **options.pop("asked", {}),
        }
        get = options.pop("get", requests.get)
        headers = {"Authorization": f"Bearer {sentry.token}"}
        return get(url, params=asked, headers=headers, **{"timeout": 1, **options})

    return ask


@pytest.fixture
def hurry(sentry, settings) -> None:
    """A deadline of half a second, for answers that never come."""
    settings.SENTRY_TIMEOUT = HURRIED


@pytest.fixture
def doors(support_client, admin_client, sentry) -> Doors:
    call = make_call(platform_call_id="call-1", started_at=datetime.now(UTC) - timedelta(minutes=3))
    return Doors(support_client, admin_client, sentry, call)


@pytest.fixture
def proxy(sentry, settings) -> Iterator[TcpProxy]:
    """A proxy before Sentry; the settings point at it."""
    proxy = TcpProxy(int(sentry.url.rsplit(":", 1)[1]))
    settings.SENTRY_URL = f"http://127.0.0.1:{proxy.port}"
    yield proxy
    proxy.stop()


@pytest.fixture
def second() -> Iterator[RawServer]:
    """Another server, which must never hear from us."""
    server = RawServer(lambda sock: sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
    yield server
    server.close()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(time.time(), tick=True) as clock:
        yield clock


@pytest.fixture(scope="session")
def redis_binary() -> str:
    return shutil.which("redis-server") or pytest.skip("redis-server is not installed")


@pytest.fixture
def redis(redis_binary, settings, tmp_path) -> Iterator[RedisServer]:
    """A Redis of our own as the cache, with the timeouts of the settings."""
    server = RedisServer(redis_binary, tmp_path)
    use_redis(settings, server.url)
    yield server
    server.kill()


def use_redis(settings, url: str) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
        },
        "flags": caches.settings["flags"],
    }


@pytest.fixture
def slow_names(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*args: object, **kwargs: object) -> None:
        time.sleep(1.5)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
