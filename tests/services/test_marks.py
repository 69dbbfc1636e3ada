from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from sentry_logs import services
from sentry_logs.answers import CallToCheck

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC).replace(microsecond=0)


def call(name, ago=timedelta(minutes=30), length=timedelta(minutes=3)) -> CallToCheck:
    return CallToCheck(name, NOW - ago, NOW - ago + length if length else None)


def check(*calls, backend="discover", environment="all"):
    """Ask for the marks, and give them the ids of their calls."""
    answer = services.error_marks(calls, backend=backend, environment=environment)
    ids = (call.correlation_id for call in calls)
    return replace(answer, value=dict(zip(ids, answer.value, strict=True)))


def test_a_page_of_calls_is_one_request_and_none_when_warm(sandbox):
    sandbox.add_event(
        correlation_id="call-3", level="error", title="Broken", timestamp=NOW - timedelta(minutes=29)
    )
    calls = [call(f"call-{number}") for number in range(50)]
    check(call("warm-up"))
    sandbox.clear_requests()

    marks = check(*calls).value
    check(*calls)

    assert len(sandbox.requests) == 1
    assert (marks["call-3"].state, marks["call-3"].text, marks["call-3"].last_title) == (
        "errors",
        "1 error",
        "Broken",
    )
    assert {marks[name].state for name in marks if name != "call-3"} == {"clean"}


def test_another_page_asks_only_for_what_is_missing(sandbox):
    check(call("a"), call("b"))
    sandbox.clear_requests()

    check(call("b"), call("c"))

    (request,) = sandbox.requests
    assert '"c"' in dict(request.query)["query"] and '"b"' not in dict(request.query)["query"]


def test_an_error_reported_long_after_the_call_still_counts(sandbox):
    sandbox.add_event(correlation_id="a", level="error", timestamp=NOW - timedelta(minutes=1))

    assert check(call("a", ago=timedelta(hours=20))).value["a"].state == "errors"


@pytest.mark.parametrize("name", ["", "back\\slash", "x" * 201, "line\nbreak"])
def test_an_id_that_cannot_be_asked_for_is_never_called_clean(sandbox, name):
    marks = check(call(name), call("fine")).value

    assert (marks[name].state, marks["fine"].state) == ("failed", "clean")


@pytest.mark.parametrize(
    "name", ['quo"te', "st*r", "a b", "[x]", "a,b", "x OR y", "(p", "🙂", "a:b", "-1", "!no"]
)
def test_awkward_ids_get_their_own_errors_and_nobody_elses(sandbox, name):
    sandbox.add_event(correlation_id=name, level="error", timestamp=NOW - timedelta(minutes=29))

    marks = check(call(name), call("plain"), call("starfish")).value

    assert {one: mark.state for one, mark in marks.items()} == {
        name: "errors",
        "plain": "clean",
        "starfish": "clean",
    }


def test_a_running_call_is_not_clean_yet(sandbox):
    sandbox.add_event(correlation_id="b", level="error", timestamp=NOW)

    marks = check(call("a", length=None), call("b", length=None)).value

    assert (marks["a"].state, marks["b"].state) == ("not_yet", "errors")


def test_a_call_older_than_sentry_keeps_is_past_retention(sandbox, settings):
    settings.SENTRY_RETENTION_DAYS = 30

    marks = check(call("a", ago=timedelta(days=31)), call("b", ago=timedelta(days=29))).value

    assert (marks["a"].state, marks["b"].state) == ("expired", "clean")


def test_marks_obey_the_environment(sandbox):
    sandbox.add_event(
        correlation_id="a", level="error", environment="staging", timestamp=NOW - timedelta(minutes=29)
    )

    states = [
        check(call("a"), environment=name).value["a"].state for name in ("all", "staging", "production")
    ]

    assert states == ["errors", "errors", "clean"]


def test_when_sentry_fails_the_mark_says_so(sandbox):
    sandbox.faults.set("status", status=500)

    answer = check(call("a"))

    assert (answer.value["a"].state, answer.complete) == ("failed", False)
    assert [source.state for source in answer.sources] == ["failed"]


def test_when_sentry_fails_later_the_older_mark_stays_and_is_called_stale(sandbox):
    sandbox.add_event(correlation_id="a", level="error", timestamp=NOW - timedelta(minutes=29))
    with time_machine.travel(NOW, tick=True) as clock:
        check(call("a"))
        clock.shift(90)
        sandbox.faults.set("status", status=500)
        answer = check(call("a"))

    assert (answer.value["a"].state, answer.stale) == ("errors", True)
