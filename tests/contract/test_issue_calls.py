"""From a Sentry issue to the calls that it hit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sentry_logs.answers import IssueCalls
from sentry_logs.client import RefusedValue


def add(sandbox, now, name, minutes, release, **more):
    values = [{"type": "KeyError", "value": "slot"}]
    return sandbox.add_event(
        correlation_id=name,
        timestamp=now - timedelta(minutes=minutes),
        exception={"values": values},
        release=release,
        **more,
    )


@pytest.fixture
def issue(sandbox, now):
    add(sandbox, now, "call-1", 9, "voice@1")
    add(sandbox, now, "call-1", 8, "voice@2")
    add(sandbox, now, "call-2", 7, "voice@2")
    add(sandbox, now, None, 6, "voice@2")
    sandbox.add_event(correlation_id="call-3", timestamp=now - timedelta(minutes=5), title="Another")
    return "1"


def test_the_latest_call_comes_first_and_each_once(backend, issue, day):
    assert backend.issue_calls(issue, "all", day).value.correlation_ids == ("call-2", "call-1")


def test_releases_count_calls(discover, issue, day):
    found = discover.issue_calls(issue, "all", day).value
    assert found == IssueCalls(("call-2", "call-1"), {"voice@1": 1, "voice@2": 2})


def test_the_environment_narrows_it(backend, sandbox, issue, day, now):
    add(sandbox, now, "call-4", 4, "voice@2", environment="staging")
    assert backend.issue_calls(issue, "staging", day).value.correlation_ids == ("call-4",)


@pytest.mark.parametrize("number", ["", "0", "1 OR id:x", "-1", "1.5", "٣"])
def test_what_is_no_number_is_never_asked(discover, sandbox, day, number):
    with pytest.raises(RefusedValue):
        discover.issue_calls(number, "all", day)
    assert sandbox.requests == []
