"""The marks of all calls are kept by one question a minute, and by a walk back that can be broken off."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command

from sentry_logs import services
from sentry_logs.answers import CallToCheck
from sentry_logs.models import SyncState, Tally

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 14, 26, 8, tzinfo=UTC)


def call(name, at, seconds=180) -> CallToCheck:
    return CallToCheck(name, at, at + timedelta(seconds=seconds))


def check(*calls, environment="all"):
    """Ask for the marks, and give them the ids of their calls."""
    answer = services.error_marks(calls, backend="discover", environment=environment)
    ids = (call.correlation_id for call in calls)
    return replace(answer, value=dict(zip(ids, answer.value, strict=True)))


def queries(sandbox) -> int:
    return sum("/events/" in request.path for request in sandbox.requests)


@pytest.fixture
def clock(settings):
    settings.SENTRY_RETENTION_DAYS = 12
    with time_machine.travel(NOW, tick=False) as travel:
        yield travel


def now():
    return datetime.now(UTC)


def test_after_the_walk_every_page_is_answered_from_the_database(sandbox, clock):
    for days in (0.01, 3, 7, 11):
        sandbox.add_event(correlation_id=f"bad-{days}", level="error", timestamp=NOW - timedelta(days=days))
    call_command("sentry_sync")
    sandbox.clear_requests()
    calls = [call(f"bad-{days}", NOW - timedelta(days=days, minutes=1)) for days in (0.01, 3, 7, 11)]
    good = [call("good-1", NOW - timedelta(days=2)), call("good-2", NOW - timedelta(days=9))]

    marks = check(*calls, *good).value

    assert [marks[one.correlation_id].state for one in calls] == ["errors"] * 4
    assert [marks[one.correlation_id].state for one in good] == ["clean"] * 2
    assert queries(sandbox) == 0


def test_marks_survive_an_empty_cache(sandbox, clock):
    sandbox.add_event(correlation_id="a", level="error", title="Broken", timestamp=NOW - timedelta(days=3))
    call_command("sentry_sync")
    cache.clear()
    sandbox.faults.set("close")
    clock.shift(61)

    answer = check(call("a", NOW - timedelta(days=3, minutes=1)))

    assert (answer.value["a"].text, answer.value["a"].last_title) == ("1 error", "Broken")
    assert answer.stale and answer.as_of == NOW


def test_many_pages_cost_one_question_a_minute(sandbox, clock):
    call_command("sentry_sync")
    for minute in range(1, 4):
        clock.shift(61)
        sandbox.add_event(correlation_id=f"late-{minute}", level="error", timestamp=now())
        sandbox.clear_requests()
        for page in range(40):
            check(call(f"page-{page}", NOW - timedelta(hours=page)))
        assert queries(sandbox) == 1
        assert (
            check(call(f"late-{minute}", now() - timedelta(minutes=1))).value[f"late-{minute}"].state
            == "errors"
        )


def test_a_broken_walk_goes_on_where_it_was_and_says_nothing_about_the_rest(sandbox, clock):
    sandbox.faults.set("status", times=None, path="/events/", status=503)
    with pytest.raises(CommandError, match="goes on where it was"):
        call_command("sentry_sync")
    sandbox.faults.clear()
    cache.clear()
    old = call("old", NOW - timedelta(days=8))
    sandbox.add_event(correlation_id="old", level="error", timestamp=old.started_at)

    assert check(old).value["old"].state == "errors"
    call_command("sentry_sync")
    reached = SyncState.objects.get().covered_from
    sandbox.clear_requests()
    cache.clear()
    call_command("sentry_sync")

    assert reached <= NOW - timedelta(days=11)
    assert queries(sandbox) <= 2


def test_time_without_a_question_is_made_up_for(sandbox, clock):
    call_command("sentry_sync")
    clock.shift(timedelta(hours=30))
    sandbox.add_event(correlation_id="meanwhile", level="fatal", timestamp=NOW + timedelta(hours=10))
    seen = check(call("meanwhile", NOW + timedelta(hours=9, minutes=59)))
    clock.shift(61)

    assert {
        seen.value["meanwhile"].state,
        check(call("meanwhile", NOW + timedelta(hours=9))).value["meanwhile"].state,
    } == {"errors"}


def test_an_event_that_arrives_late_is_found_by_a_later_look(sandbox, clock):
    call_command("sentry_sync")
    clock.shift(timedelta(hours=5))
    check(call("other", NOW))
    sandbox.add_event(correlation_id="late", level="error", timestamp=NOW + timedelta(minutes=1))
    clock.shift(timedelta(hours=5))
    for _minute in range(20):
        clock.shift(61)
        check(call("other", NOW))

    assert check(call("late", NOW)).value["late"].state == "errors"


def test_marks_equal_the_truth_while_events_arrive(sandbox, clock):
    rng = random.Random(4)
    truth: dict[tuple[str, str], set[str]] = {}
    names = [f"call-{number}" for number in range(300)]

    def report(at):
        name, level = rng.choice(names), rng.choice(["error", "warning", "info", "fatal"])
        environment = rng.choice(["production", "staging"])
        sandbox.add_event(correlation_id=name, level=level, environment=environment, timestamp=at)
        truth.setdefault((name, environment), set()).add(level)

    for _number in range(400):
        report(NOW - timedelta(seconds=rng.randrange(10 * 24 * 3600)))
    call_command("sentry_sync")
    for _minute in range(70):
        clock.shift(61)
        report(now() - timedelta(seconds=rng.randrange(120)))
        check(call("any", NOW))

    calls = [call(name, NOW - timedelta(days=10)) for name in names]
    for environment in ("production", "staging"):
        marks = check(*calls, environment=environment).value
        failed = {name for name in names if truth.get((name, environment), set()) & {"error", "fatal"}}
        assert {name for name in names if marks[name].state == "errors"} == failed
    assert Tally.objects.filter(count=0).count() == 0
