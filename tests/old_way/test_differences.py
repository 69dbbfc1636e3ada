"""Where the old way is limited and says so, and the new one is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sentry_logs import services
from sentry_logs.answers import CallToCheck
from sentry_logs.backends import Filters, get_backend
from sentry_logs.periods import PERIODS

CALL = Filters(correlation_id="call-1")


def test_it_misses_what_is_older_than_the_last_100_events(old_way, sandbox, day, now, noise):
    event = sandbox.add_event(correlation_id="call-1", level="error", timestamp=now - timedelta(hours=5))

    old = old_way.events(CALL, day, limit=100, cursor=None)
    new = get_backend("discover").events(CALL, day, limit=100, cursor=None)

    assert (old.value, old.limit) == ((), "the last 100 events of the project")
    assert ([found.id for found in new.value], new.limit) == ([event], "")


def test_it_is_complete_when_the_last_100_events_reach_back_far_enough(old_way, sandbox, day, now):
    sandbox.add_event(correlation_id="call-1", timestamp=now)
    for _number in range(130):
        sandbox.add_event(correlation_id="call-1", timestamp=day.start - timedelta(minutes=1))

    found = old_way.events(CALL, day, limit=100, cursor=None)

    assert (len(found.value), found.limit) == (1, "")


@pytest.mark.django_db
def test_it_does_not_claim_that_a_call_is_clean(sandbox, now, noise):
    started = now - timedelta(minutes=30)
    sandbox.add_event(correlation_id="a", level="error", timestamp=started + timedelta(minutes=1))
    call = CallToCheck("a", started, started + timedelta(minutes=3))

    (mark,) = services.error_marks([call], backend="project_events", environment="all").value

    assert mark.state == "partly"


def test_the_two_ways_never_share_an_answer(sandbox):
    old, new = (
        services.count_events(
            "call-1", backend=name, environment="all", period=PERIODS["24h"], wait=5.0
        ).asked.backend
        for name in ("project_events", "discover")
    )

    assert (old, new) == ("project_events", "discover")
    assert {request.path.split("/")[3] for request in sandbox.requests} >= {"organizations", "projects"}
