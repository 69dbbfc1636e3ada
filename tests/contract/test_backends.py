"""What both ways of asking Sentry answer alike, as long as the project has at most 100 events."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sentry_logs.answers import EnvironmentTotal
from sentry_logs.backends import Filters


def ids(found) -> list[str]:
    return [event.id for event in found.value]


def test_events_of_a_call_come_newest_first(backend, sandbox, day, now):
    first = sandbox.add_event(correlation_id="call-1", timestamp=now - timedelta(minutes=9))
    sandbox.add_event(correlation_id="call-2", timestamp=now - timedelta(minutes=8))
    second = sandbox.add_event(correlation_id="call-1", timestamp=now - timedelta(minutes=7))

    found = backend.events(Filters(correlation_id="call-1"), day, limit=100, cursor=None)

    assert ids(found) == [second, first]
    assert found.next_cursor is None and found.limit == ""


def test_an_event_keeps_what_the_receptionist_sent(backend, sandbox, day, now):
    sandbox.add_event(
        correlation_id="call-1",
        title="SlotTaken: 10:20 is gone",
        level="warning",
        timestamp=now - timedelta(minutes=3),
        environment="staging",
        transaction="tools.calendar",
    )

    (event,) = backend.events(Filters(correlation_id="call-1"), day, limit=100, cursor=None).value

    assert (event.title, event.level, event.environment) == ("SlotTaken: 10:20 is gone", "warning", "staging")
    assert (event.timestamp, event.transaction) == (now - timedelta(minutes=3), "tools.calendar")
    assert (event.correlation_id, event.project, event.source) == ("call-1", sandbox.project, "errors")
    assert event.permalink.startswith(sandbox.url) and event.id in event.permalink


@pytest.mark.parametrize(
    "filters",
    [
        Filters("production", "call-1"),
        Filters(correlation_id="call-1", levels=("error", "fatal")),
        Filters(untagged=True),
        Filters(search="needle"),
    ],
    ids=["environment", "levels", "untagged", "search"],
)
def test_filters_leave_out_what_does_not_match(backend, sandbox, day, now, filters):
    wanted = {"level": "error", "environment": "production", "message": "a needle", "title": "a needle"}
    other = {"level": "info", "environment": "staging", "message": "hay", "title": "hay"}
    tagged = None if filters.untagged else "call-1"
    event = sandbox.add_event(correlation_id=tagged, timestamp=now, **wanted)
    sandbox.add_event(correlation_id="call-1", timestamp=now, **other)
    if not filters.search:
        sandbox.add_event(correlation_id="call-2", timestamp=now, **other)

    assert ids(backend.events(filters, day, limit=100, cursor=None)) == [event]


def test_events_outside_the_window_are_not_found(backend, sandbox, day, now):
    sandbox.add_event(correlation_id="call-1", timestamp=day.start - timedelta(seconds=1))
    edge = sandbox.add_event(correlation_id="call-1", timestamp=day.start)
    sandbox.add_event(correlation_id="call-1", timestamp=day.end)

    assert ids(backend.events(Filters(correlation_id="call-1"), day, limit=100, cursor=None)) == [edge]


def test_counts_add_up_per_level(backend, sandbox, day, now):
    for level, minutes in (("error", 5), ("error", 4), ("info", 3)):
        sandbox.add_event(correlation_id="call-1", level=level, timestamp=now - timedelta(minutes=minutes))

    counts = backend.counts(Filters(correlation_id="call-1"), day).value

    assert counts.levels == {"error": 2, "info": 1}
    assert (counts.first_seen, counts.last_seen) == (now - timedelta(minutes=5), now - timedelta(minutes=3))


def test_tallies_count_per_call_environment_and_level_with_the_last_title(backend, sandbox, day, now):
    for name, level, title, minutes, environment in (
        ("call-1", "error", "first", 9, "production"),
        ("call-1", "error", "last", 7, "production"),
        ("call-1", "error", "elsewhere", 6, "staging"),
        ("call-1", "info", "fine", 5, "production"),
        ("call-2", "warning", "slow", 4, "production"),
        (None, "error", "nobody's", 3, "production"),
    ):
        when = now - timedelta(minutes=minutes)
        sandbox.add_event(
            correlation_id=name, level=level, title=title, timestamp=when, environment=environment
        )

    everybody = {(one.correlation_id, one.environment, one.level): one for one in backend.tallies(day).value}
    asked_for = backend.tallies(day, ["call-2", "call-3"]).value

    assert set(everybody) == {
        ("call-1", "production", "error"),
        ("call-1", "staging", "error"),
        ("call-2", "production", "warning"),
    }
    production = everybody["call-1", "production", "error"]
    assert (production.count, production.last_title) == (2, "last")
    assert (production.first_seen, production.last_seen) == (
        now - timedelta(minutes=9),
        now - timedelta(minutes=7),
    )
    assert [one.correlation_id for one in asked_for] == ["call-2"]


def test_error_ids_are_those_with_an_error_or_worse(backend, sandbox, day, now):
    for name, level, environment in (
        ("old", "error", "production"),
        ("crash", "fatal", "staging"),
        ("fine", "warning", "production"),
        (None, "error", "production"),
    ):
        sandbox.add_event(correlation_id=name, level=level, environment=environment, timestamp=now)

    assert set(backend.error_ids("all", day).value) == {"old", "crash"}
    assert backend.error_ids("staging", day).value == ("crash",)
    assert backend.error_ids("all", day, only=["old", "fine", "nobody"]).value == ("old",)


def test_groups_count_levels_and_every_environment(backend, sandbox, day, now):
    for level, environment, minutes in (
        ("error", "production", 9),
        ("info", "staging", 8),
        ("info", "qa", 7),
        ("fatal", "", 6),
    ):
        when = now - timedelta(minutes=minutes)
        sandbox.add_event(
            correlation_id="call-1", level=level, environment=environment or None, timestamp=when
        )
    sandbox.add_event(correlation_id="call-2", level="info", environment="production", timestamp=now)

    second, first = backend.groups(Filters(), day, cursor=None).value

    assert (second.correlation_id, second.count) == ("call-2", 1)
    assert (first.count, first.max_level) == (4, "fatal")
    assert first.levels == {"fatal": 1, "error": 1, "info": 2}
    assert first.environments == {"production": 1, "staging": 1, "qa": 1, "": 1}
    assert (first.first_seen, first.last_seen) == (now - timedelta(minutes=9), now - timedelta(minutes=6))


def test_totals_and_untagged_events_add_up_to_everything(backend, sandbox, day, now):
    for name, level, environment in (
        ("a", "error", "production"),
        ("b", "info", "production"),
        ("c", "info", "staging"),
        (None, "error", "production"),
    ):
        sandbox.add_event(correlation_id=name, level=level, environment=environment, timestamp=now)

    totals = {total.environment: total for total in backend.totals(Filters(), day).value}
    assert totals == {
        "production": EnvironmentTotal("production", 2, {"error": 1, "info": 1}),
        "staging": EnvironmentTotal("staging", 1, {"info": 1}),
    }
    assert backend.untagged_count(Filters(untagged=True), day).value == 1
