from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from sentry_logs.management.pointing import point_at
from sentry_logs.sandbox import start_sandbox
from sentry_logs.services.health import SAMPLE, correlation_health
from tests.factories import make_call

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


def ago(**length) -> datetime:
    return NOW - timedelta(**length)


def call(correlation_id, at, environment="production"):
    return make_call(
        platform_call_id=correlation_id,
        started_at=at,
        answered_at=at,
        ended_at=at + timedelta(seconds=30),
        environment=environment,
    )


def figures(environment="production", week=0):
    return correlation_health(wait=5.0).value.figures[environment][week]


def test_the_share_of_calls_with_any_event(sandbox):
    for number in range(4):
        call(f"call-{number}", ago(minutes=30 + number))
    for name in ("call-0", "call-1", "call-1"):
        sandbox.add_event(correlation_id=name, level="info", timestamp=ago(minutes=20))

    found = figures()

    assert (found.calls, found.calls_with_events) == (4, 2)


def test_weeks_and_environments_are_kept_apart(sandbox):
    call("call-now", ago(minutes=30))
    call("call-then", ago(days=15))
    call("call-test", ago(minutes=40), environment="staging")
    sandbox.add_event(correlation_id="call-then", timestamp=ago(days=15))
    sandbox.add_event(correlation_id="call-test", environment="staging", timestamp=ago(minutes=30))

    health = correlation_health().value

    with_events = {name: [one.calls_with_events for one in weeks] for name, weeks in health.figures.items()}
    assert with_events == {"production": [0, 0, 1, 0], "staging": [1, 0, 0, 0]}
    assert health.all_together.calls == 3


def test_events_without_the_tag_are_counted_per_week(sandbox):
    for days, name in ((0, None), (0, "call-1"), (9, None), (9, None)):
        sandbox.add_event(correlation_id=name, timestamp=ago(days=days, minutes=1))

    health = correlation_health().value

    assert [one.untagged for one in health.figures["production"]] == [1, 2, 0, 0]
    assert [one.tagged for one in health.figures["production"]] == [1, 0, 0, 0]
    assert (health.total("production").untagged, health.total("production").events) == (3, 4)


def test_an_environment_that_nobody_configured_is_shown_as_well(sandbox):
    sandbox.add_event(correlation_id="call-1", environment="qa", timestamp=ago(minutes=5))
    sandbox.add_event(correlation_id=None, environment=None, timestamp=ago(minutes=5))

    assert set(correlation_health().value.figures) == {"production", "staging", "qa", ""}


def test_ids_in_sentry_that_are_no_call_are_named(sandbox):
    call("call-1", ago(minutes=30))
    for name in ("call-1", "stranger-1", "stranger-2"):
        sandbox.add_event(correlation_id=name, timestamp=ago(minutes=20))

    health = correlation_health().value

    found = health.figures["production"][0]
    assert (found.ids, found.ids_without_call) == (3, 2)
    assert {one.correlation_id for one in health.strangers} == {"stranger-1", "stranger-2"}


def test_ids_that_cannot_be_asked_safely_are_named_and_not_asked(sandbox):
    call("back\\slash", ago(minutes=30))

    health = correlation_health().value

    assert health.figures["production"][0].not_askable == 1
    assert [one.correlation_id for one in health.not_askable] == ["back\\slash"]
    assert not any("back" in text for request in sandbox.requests for text in request.values("query"))


def test_the_cost_is_bounded_whatever_there_is(sandbox):
    for number in range(3 * SAMPLE):
        call(f"call-{number}", ago(minutes=10 + number))
        sandbox.add_event(correlation_id=f"call-{number}", timestamp=ago(minutes=9))

    assert figures().calls == SAMPLE
    events = [request for request in sandbox.requests if request.path.endswith("/events/")]
    # By day with and without an id; per week the latest ids and the calls of two environments; the log
    # lines of each week with and without an id.
    assert len(events) <= 2 + 4 * (1 + 2) + 4 * 2


def test_it_is_counted_once_in_ten_minutes(sandbox):
    with time_machine.travel(NOW, tick=True) as clock:
        first = correlation_health()
        asked = len(sandbox.requests)
        clock.shift(590)
        assert correlation_health().as_of == first.as_of
        assert len(sandbox.requests) == asked
        clock.shift(20)
        assert correlation_health(wait=5.0).as_of > first.as_of


def lines_per_week(environment="production"):
    health = correlation_health().value
    return [(one.untagged_lines, one.lines) for one in health.figures[environment]]


def log_questions(sandbox):
    return [request for request in sandbox.requests if request.values("dataset") == ["logs"]]


def test_log_lines_without_the_attribute_are_counted_per_week(sandbox):
    for days, name in ((0, "call-1"), (0, None), (0, None), (15, "call-2"), (22, None)):
        sandbox.add_log(correlation_id=name, message="Tool called", timestamp=ago(days=days, minutes=5))

    assert lines_per_week() == [(2, 3), (0, 0), (0, 1), (1, 1)]
    # Of a week without lines nothing more is asked.
    assert len(log_questions(sandbox)) == 4 + 3


def test_an_environment_that_only_logs_is_shown_as_well(sandbox):
    sandbox.add_log(correlation_id=None, environment="qa", message="Hello", timestamp=ago(minutes=5))

    assert lines_per_week("qa") == [(1, 1), (0, 0), (0, 0), (0, 0)]


def test_log_lines_are_not_asked_for_before_they_are_kept(sandbox, settings):
    settings.SENTRY_LOGS_RETENTION_DAYS = 10
    for days in (9, 12, 20):
        sandbox.add_log(correlation_id=None, message="Tool called", timestamp=ago(days=days))

    answer = correlation_health()

    oldest = NOW - timedelta(days=10, minutes=1)
    asked = log_questions(sandbox)
    assert asked and all(
        datetime.fromisoformat(request.values("start")[0]).replace(tzinfo=UTC) > oldest for request in asked
    )
    assert lines_per_week()[2:] == [(0, 0), (0, 0)]
    assert sum(lines for _untagged, lines in lines_per_week()) == 1
    assert answer.value.lines_since > oldest
    assert [(one.state, one.reason) for one in answer.sources if one.dataset == "logs"] == [
        ("ok", "Logs are kept for 10 days.")
    ]


def test_without_logs_nothing_is_asked_about_them(sandbox, settings):
    settings.SENTRY_LOGS = False

    answer = correlation_health()

    assert log_questions(sandbox) == []
    assert (answer.complete, answer.value.lines_since, len(answer.sources)) == (True, None, 1)


def test_logs_that_cannot_be_asked_hide_nothing_else(sandbox, monkeypatch):
    sandbox.add_event(correlation_id="call-1", timestamp=ago(minutes=5))
    sandbox.faults.set("status", status=403, path="dataset=logs")

    answer = correlation_health()

    assert answer.value.figures["production"][0].tagged == 1
    assert answer.value.lines_since is None
    assert [(source.dataset, source.state) for source in answer.sources] == [
        ("errors", "ok"),
        ("logs", "failed"),
    ]


def test_a_server_without_logs_is_not_blamed(settings):
    with start_sandbox(old=True) as sandbox:
        point_at(sandbox, settings)
        answer = correlation_health()

    assert (answer.complete, answer.value.lines_since) == (True, None)
    assert [source.state for source in answer.sources] == ["ok", "unsupported"]
