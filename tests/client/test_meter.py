"""What is counted is what a server at the other end of a real socket sees."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from sentry_logs.client import SentryClient, SentryConfig, SentryServerError, metered
from sentry_logs.sandbox import start_sandbox


@pytest.fixture
def server():
    with start_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def asker(server):
    client = SentryClient(
        SentryConfig(url=server.url, org=server.org, projects=(str(server.project_id),), token=server.token)
    )
    yield client
    client.close()


def ask(client: SentryClient) -> None:
    now = datetime.now(UTC)
    client.events(fields=["id", "title"], query="", start=now - timedelta(hours=1), end=now)


def test_requests_and_bytes_are_counted(server, asker):
    with metered() as usage:
        ask(asker)
        ask(asker)

    sent = sum(request.sent for request in server.requests)
    assert usage.requests == len(server.requests) == 2
    assert 0 < usage.bytes <= sent


def test_a_repeated_request_counts_twice(server, asker):
    server.faults.set("status", status=503)

    with metered() as usage, pytest.raises(SentryServerError):
        ask(asker)

    assert usage.requests == len(server.requests) == 2


def test_what_others_ask_at_the_same_time_is_not_counted(server, asker):
    with metered() as usage:
        other = threading.Thread(target=ask, args=(asker,))
        other.start()
        other.join()

    assert (usage.requests, len(server.requests)) == (0, 1)
