"""Structured log lines through the backends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sentry_logs.answers import Window
from sentry_logs.backends import Filters, get_backend
from sentry_logs.management.pointing import point_at
from sentry_logs.sandbox import start_sandbox

OF_A = Filters(correlation_id="a")


@pytest.fixture
def sandbox(settings):
    """Only newer servers have log lines."""
    with start_sandbox() as sandbox:
        point_at(sandbox, settings)
        yield sandbox


def lines(backend, window, filters=OF_A, *, limit=100, cursor=None):
    return backend.log_lines(filters, window, limit=limit, cursor=cursor)


def test_a_line_speaks_the_language_of_events(discover, sandbox, day, now):
    at = now - timedelta(minutes=3) + timedelta(microseconds=398_123)
    line = sandbox.add_log(
        correlation_id="a",
        level="warn",
        message="TTS request took 398 ms",
        timestamp=at,
        environment="staging",
        attributes={"logger.name": "agent.speech"},
    )

    (found,) = lines(discover, day).value

    assert (found.id, found.source, found.level, found.timestamp) == (line, "logs", "warning", at)
    assert (found.title, found.transaction) == ("TTS request took 398 ms", "agent.speech")
    assert (found.environment, found.project, found.correlation_id) == ("staging", sandbox.project, "a")
    assert found.permalink.startswith(f"{sandbox.url}/organizations/{sandbox.org}/explore/logs/")
    assert found.issue_id is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (OF_A, ["debug", "trace", "warn"]),
        (Filters(correlation_id="a", levels=("warning",)), ["warn"]),
        (Filters(correlation_id="a", levels=("debug",)), ["debug", "trace"]),
        (Filters("staging", "a"), ["debug"]),
    ],
)
def test_filters_hold_for_lines(discover, sandbox, day, now, filters, expected):
    for level, environment in (("warn", "production"), ("debug", "staging"), ("trace", "production")):
        sandbox.add_log(
            correlation_id="a", level=level, message=level, environment=environment, timestamp=now
        )
    sandbox.add_log(correlation_id="b", level="warn", message="of another", timestamp=now)
    sandbox.add_log(level="warn", message="of nobody", timestamp=now)

    assert sorted(line.title for line in lines(discover, day, filters).value) == expected


def test_counts_are_by_our_levels(discover, sandbox, day, now):
    for level, minutes in (("warn", 9), ("warn", 5), ("info", 7)):
        sandbox.add_log(correlation_id="a", level=level, timestamp=now - timedelta(minutes=minutes))

    counts = discover.log_counts(OF_A, day).value

    assert counts.levels == {"warning": 2, "info": 1}
    assert (counts.first_seen, counts.last_seen) == (now - timedelta(minutes=9), now - timedelta(minutes=5))


def test_pages_have_neither_gaps_nor_repeats(discover, sandbox, day, now):
    ids = [sandbox.add_log(correlation_id="a", timestamp=now - timedelta(seconds=n // 9)) for n in range(130)]
    first = lines(discover, day)
    second = lines(discover, day, cursor=first.next_cursor)

    assert sorted(line.id for line in (*first.value, *second.value)) == sorted(ids)
    assert second.next_cursor is None


def test_a_range_beyond_the_retention_says_for_how_long_lines_are_kept(discover, sandbox, now):
    sandbox.add_log(correlation_id="a", timestamp=now - timedelta(days=20))
    found = lines(discover, Window(now - timedelta(days=90), now))
    assert (len(found.value), found.state, found.reason) == (1, "ok", "Logs are kept for 30 days.")
    assert lines(discover, Window(now - timedelta(days=30), now)).reason == ""


def test_a_range_before_the_retention_is_not_asked_for(discover, sandbox, now):
    found = lines(discover, Window(now - timedelta(days=90), now - timedelta(days=60)))
    assert (found.value, found.state) == ((), "expired")
    assert sandbox.requests == []


def test_the_retention_is_a_setting(sandbox, settings, now):
    settings.SENTRY_LOGS_RETENTION_DAYS = 7
    found = lines(get_backend("discover"), Window(now - timedelta(days=30), now))
    assert found.reason == "Logs are kept for 7 days."


@pytest.mark.parametrize("precise", [None, "", "soon", "-5", [1], 10**40])
def test_without_a_precise_time_the_whole_second_counts(discover, sandbox, day, now, precise):
    row = {"id": "b" * 32, "timestamp": now.isoformat(), "timestamp_precise": precise, "message": "m"}
    sandbox.faults.set("wrong_shape", body={"data": [row | {"severity": "info"}]}, path="/events/")
    assert [line.timestamp for line in lines(discover, day).value] == [now]
