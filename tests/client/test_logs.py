"""Structured logs through the client, against a sandbox on a socket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sentry_logs.client import (
    RefusedValue,
    SearchQuery,
    SentryClient,
    SentryConfig,
    SentryForbidden,
    SentryNotFound,
    SentryUnsupported,
)
from sentry_logs.sandbox import start_sandbox

NOW = datetime.now(UTC)
QUESTION = {
    "fields": ["id", "message", "severity", "timestamp_precise"],
    "query": 'tags[correlation_id]:"a"',
    "start": NOW - timedelta(hours=1),
    "end": NOW + timedelta(minutes=1),
    "sort": ["-timestamp_precise", "-id"],
}


@pytest.fixture
def sandbox():
    with start_sandbox() as sandbox:
        yield sandbox


def client_of(sandbox):
    return SentryClient(SentryConfig(sandbox.url, sandbox.org, (sandbox.project,), sandbox.token))


def asked(sandbox):
    return sum(dict(request.query).get("dataset") == "logs" for request in sandbox.requests)


def test_lines_come_as_rows(sandbox):
    line = sandbox.add_log(correlation_id="a", message="Tool called", level="warn", timestamp=NOW)
    sandbox.add_log(correlation_id="b", message="Not mine", timestamp=NOW)

    page = client_of(sandbox).logs(**QUESTION)

    (row,) = page.rows
    assert (row["id"], row["message"], row["severity"]) == (line, "Tool called", "warn")
    assert row["timestamp_precise"].isdigit()


def test_pages_are_followed(sandbox):
    for number in range(3):
        sandbox.add_log(correlation_id="a", message=str(number), timestamp=NOW - timedelta(seconds=number))
    client = client_of(sandbox)

    first = client.logs(**QUESTION, per_page=2)
    second = client.logs(**QUESTION, per_page=2, cursor=first.next_cursor)

    assert [row["message"] for row in (*first.rows, *second.rows)] == ["0", "1", "2"]
    assert second.next_cursor is None


def test_a_server_without_logs_says_so_and_is_not_asked_again():
    with start_sandbox(old=True) as sandbox:
        client = client_of(sandbox)
        for _time in range(3):
            with pytest.raises(SentryUnsupported):
                client.logs(**QUESTION)
        assert asked(sandbox) == 1


def test_events_are_still_asked_for_where_there_are_no_logs():
    with start_sandbox(old=True) as sandbox:
        sandbox.add_event(correlation_id="a", title="an event", timestamp=NOW)
        client = client_of(sandbox)
        with pytest.raises(SentryUnsupported):
            client.logs(**QUESTION)
        found = client.events(**(QUESTION | {"fields": ["title"], "sort": []}))
        assert [row["title"] for row in found.rows] == ["an event"]


def test_an_empty_404_means_not_available_for_now(sandbox):
    client = client_of(sandbox)
    client.projects()
    sandbox.faults.set("status", times=1, status=404)
    with pytest.raises(SentryUnsupported):
        client.logs(**QUESTION)
    assert client.logs(**QUESTION).rows == ()


@pytest.mark.parametrize(("status", "kind"), [(404, SentryNotFound), (403, SentryForbidden)])
def test_other_refusals_are_what_they_are(sandbox, status, kind):
    client = client_of(sandbox)
    client.projects()
    sandbox.faults.set("status", status=status, body={"detail": "The requested resource does not exist"})
    with pytest.raises(kind):
        client.logs(**QUESTION)


def test_levels_are_asked_for_in_the_words_of_logs():
    assert str(SearchQuery().severities(["error", "warning"])) == "severity:[error,warn]"
    assert str(SearchQuery().severities(["debug"])) == "severity:[debug,trace]"


@pytest.mark.parametrize("levels", [[], ["warn"], ['error] OR severity:["x']])
def test_other_levels_are_refused(levels):
    with pytest.raises(RefusedValue):
        SearchQuery().severities(levels)


def test_the_link_into_sentry_carries_the_id():
    config = SentryConfig("https://de.sentry.io", "acme", ("1",), "token")
    assert SentryClient(config).logs_permalink('a"b') == (
        "https://acme.sentry.io/explore/logs/?logsQuery=correlation_id%3A%22a%5C%22b%22&project=-1&statsPeriod=30d"
    )
