"""dataset=logs, as Sentry answers it and as the SDK fills it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import requests

from sentry_logs.sandbox.scenarios import Scenario
from tests.sandbox.conftest import NOW, ago

FIELDS = ["message", "severity"]


def lines(door, query="", **params):
    return door.rows(dataset="logs", query=query, **({"field": FIELDS} | params))


def words(door, query="", **params):
    return sorted(row["message"] for row in lines(door, query, **params))


def refused(door, **params):
    return door.refusal(**({"dataset": "logs", "field": "message"} | params))


def test_logs_and_events_do_not_mix(door, sandbox):
    sandbox.add_event(correlation_id="a", title="an event")
    sandbox.add_log(correlation_id="a", message="a line")
    assert words(door) == ["a line"]
    assert door.titles("") == ["an event"]


def test_a_line_has_its_time_to_the_nanosecond_as_text(door, sandbox):
    sandbox.add_log(timestamp=ago(minutes=5).replace(microsecond=123_456))
    (row,) = lines(door, field=["timestamp", "timestamp_precise"])
    assert row["timestamp"] == ago(minutes=5).isoformat()
    assert row["timestamp_precise"] == str(int(ago(minutes=5).timestamp()) * 10**9 + 123_456_000)


def test_columns_of_a_line(door, sandbox):
    line = sandbox.add_log(
        level="warn", environment="staging", attributes={"tool": "find_appointment", "sentry.release": "v2"}
    )
    names = [
        "id",
        "sentry.item_id",
        "severity",
        "severity_number",
        "environment",
        "release",
        "project",
        "tool",
    ]
    (row,) = lines(door, field=names)
    assert [row[name] for name in names] == [
        line, line, "warn", 13, "staging", "v2", sandbox.project, "find_appointment"
    ]  # fmt: skip


def test_an_unknown_attribute_is_null(door, sandbox):
    sandbox.add_log()
    assert lines(door, field="no.such.thing")[0]["no.such.thing"] is None


@pytest.mark.parametrize("query", ['correlation_id:"a"', 'tags[correlation_id]:"a"', "correlation_id:[a,c]"])
def test_lines_are_found_by_their_attribute(door, sandbox, query):
    for name in ("a", "b", None):
        sandbox.add_log(correlation_id=name, message=f"of {name}")
    assert words(door, query) == ["of a"]


def test_lines_are_found_by_severity_and_environment(door, sandbox):
    for level in ("debug", "warn", "error"):
        sandbox.add_log(level=level, message=level, environment="staging")
    sandbox.add_log(level="error", message="elsewhere", environment="production")
    assert words(door, 'severity:[warn,error] environment:"staging"') == ["error", "warn"]
    assert words(door, "severity:warning") == []


def test_free_text_is_looked_for_in_the_message_and_its_case_matters(door, sandbox):
    sandbox.add_log(message="TTS request took 398 ms")
    assert words(door, "TTS") == ["TTS request took 398 ms"]
    assert words(door, "tts") == []


def test_they_are_sorted_by_precise_time(door, sandbox):
    for microsecond in (5, 900_000, 30):
        sandbox.add_log(message=str(microsecond), timestamp=ago(minutes=1).replace(microsecond=microsecond))
    rows = lines(door, field=["message", "timestamp_precise"], sort="-timestamp_precise")
    assert [row["message"] for row in rows] == ["900000", "30", "5"]


def test_a_page_may_have_9999_lines_and_not_one_more(door, sandbox):
    for number in range(130):
        sandbox.add_log(message=str(number))
    assert len(lines(door, per_page=9_999)) == 130
    assert "Must be between 1 and 9999" in refused(door, per_page=10_000)


def test_pages_are_followed_by_cursor(door, sandbox):
    for number in range(5):
        sandbox.add_log(message=str(number), timestamp=ago(seconds=number))
    asked = {"field": ["message", "timestamp_precise"], "sort": "-timestamp_precise", "per_page": 2}
    assert [row["message"] for row in lines(door, cursor="0:4:0", **asked)] == ["4"]


def test_they_are_counted_by_severity_with_first_and_last(door, sandbox):
    for minutes in (9, 3):
        sandbox.add_log(level="warn", timestamp=ago(minutes=minutes))
    fields = ["severity", "count()", "min(timestamp_precise)", "max(timestamp_precise)"]
    (row,) = lines(door, field=fields)
    seconds = [row[name] / 10**9 for name in fields[2:]]
    assert (row["count()"], seconds) == (2, [ago(minutes=9).timestamp(), ago(minutes=3).timestamp()])
    assert "column argument invalid" in refused(door, field="min(timestamp)")


def test_they_are_kept_for_30_days(door, sandbox):
    for days in (29, 31):
        sandbox.add_log(message=str(days), timestamp=ago(days=days))
    asked = {"start": ago(days=40).isoformat(), "end": (NOW + timedelta(hours=1)).isoformat()}
    assert words(door, **asked) == ["29"]


@pytest.mark.parametrize("query", ["timestamp:-1h", "count():>5"])
def test_what_logs_do_not_support_is_refused(door, query):
    assert refused(door, query=query)


def test_a_name_of_more_than_200_characters_is_refused(door):
    assert "is too long" in refused(door, field="x" * 201)


def test_an_old_server_has_no_logs(old_door, old_sandbox):
    assert "dataset must be one of" in old_door.refusal(dataset="logs", field="message")


def envelope(sandbox, *items):
    payload = json.dumps({"version": 2, "items": items}).encode()
    body = b'{}\n{"type": "log", "length": %d}\n%s' % (len(payload), payload)
    key = sandbox.dsn.split("//")[1].split("@")[0]
    headers = {"X-Sentry-Auth": f"Sentry sentry_key={key}, sentry_version=7"}
    url = f"{sandbox.url}/api/{sandbox.project_id}/envelope/"
    return requests.post(url, data=body, headers=headers, timeout=5)


def item(**more):
    attributes = {
        "correlation_id": {"value": "a", "type": "string"},
        "sentry.environment": {"value": "staging", "type": "string"},
        "retries": {"value": 3, "type": "integer"},
    }
    sent = {"timestamp": NOW.timestamp() + 0.25, "level": "warn", "body": "Slow", "trace_id": "b" * 32}
    return {**sent, "attributes": attributes, **more}


def test_an_envelope_of_lines_is_stored(door, sandbox):
    assert envelope(sandbox, item(), item(body="Slower")).status_code == 200
    assert words(door, 'correlation_id:"a" environment:"staging"') == ["Slow", "Slower"]
    (row,) = lines(door, "Slower", field=["severity", "retries", "trace", "timestamp_precise"])
    assert (row["severity"], row["retries"], row["trace"]) == ("warn", "3", "b" * 32)
    assert row["timestamp_precise"].endswith("250000000")


def test_a_broken_line_is_dropped_without_a_word(door, sandbox):
    assert envelope(sandbox, item(timestamp="yesterday")).status_code == 200
    assert words(door) == []


def test_the_environment_of_a_line_is_known_to_the_server(door, sandbox):
    sandbox.add_log(environment="nightly", message="a line")
    assert words(door, environment="nightly") == ["a line"]


def test_about_half_of_the_demos_calls_have_lines_and_some_lines_no_id():
    scenario = Scenario(seed=1, now=NOW)
    found = list(scenario.logs())
    named = {line["attributes"].get("correlation_id", {}).get("value") for line in found}
    recent = [
        call for call in scenario.calls if call.answered_at and call.started_at > NOW - timedelta(days=30)
    ]
    logged = [call for call in recent if call.correlation_id in named]
    assert 0.3 < len(logged) / len(recent) < 0.65
    assert None in named
    assert {line["level"] for line in found} == {"debug", "info", "warn", "error"}
    assert all(line["timestamp"] <= NOW for line in found)
