"""However many people ask, Sentry is asked once, and nobody waits longer than they said they would."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import time_machine

from sentry_logs import services
from sentry_logs.periods import PERIODS

DAY = PERIODS["24h"]


def ask(correlation_id="call-1", wait=5.0, backend="discover"):
    return services.events_for_call(
        correlation_id, backend=backend, environment="all", period=DAY, source="errors", wait=wait
    )


def asked(sandbox) -> int:
    return sum("/events/" in request.path for request in sandbox.requests)


def test_twenty_people_cause_one_request(sandbox):
    event = sandbox.add_event(correlation_id="call-1", timestamp=datetime.now(UTC))
    sandbox.faults.set("delay", seconds=0.3)
    ask("warm-up")
    sandbox.clear_requests()

    with ThreadPoolExecutor(20) as people:
        answers = list(people.map(lambda _number: ask(), range(20)))

    assert {answer.value.events[0].id for answer in answers} == {event}
    assert asked(sandbox) == 1


def test_who_will_not_wait_is_told_that_the_question_is_under_way(sandbox):
    ask("warm-up")
    sandbox.clear_requests()
    sandbox.faults.set("delay", seconds=1.0)
    first = threading.Thread(target=ask)
    first.start()
    try:
        _until(lambda: len(sandbox.requests) == 1)
        began = time.monotonic()
        with pytest.raises(services.StillAsking):
            ask(wait=0.0)
        assert time.monotonic() - began < 0.5
    finally:
        first.join()


def test_the_answer_is_fresh_for_a_minute_and_then_asked_again(sandbox):
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=True) as clock:
        ask()
        ask()
        assert asked(sandbox) == 1
        clock.shift(61)
        ask()
        assert asked(sandbox) == 2


@pytest.mark.parametrize("minutes", [2, 60, 23 * 60])
def test_an_older_answer_is_shown_as_stale_while_sentry_is_down(sandbox, minutes):
    event = sandbox.add_event(correlation_id="call-1", timestamp=datetime.now(UTC))
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        first = ask()
        clock.shift(minutes * 60)
        sandbox.faults.set("html", status=502)
        second = ask()

    assert [found.id for found in second.value.events] == [event]
    assert (second.stale, second.as_of) == (True, first.as_of)
    assert [source.state for source in second.sources] == ["failed"]


def test_a_failed_question_is_not_repeated_within_seconds(sandbox):
    sandbox.faults.set("query_timeout")
    for _number in range(5):
        with pytest.raises(services.LogsUnavailable):
            ask()

    assert asked(sandbox) <= 2


def test_after_a_429_nobody_asks_until_the_moment_that_sentry_named(sandbox):
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        sandbox.faults.set("rate_limited", seconds=30)
        with pytest.raises(services.LogsUnavailable) as first:
            ask("call-1")
        count = asked(sandbox)
        with pytest.raises(services.LogsUnavailable) as second:
            ask("call-2")
        assert (first.value.code, second.value.code) == ("rate_limited", "rate_limited")
        assert asked(sandbox) == count
        sandbox.faults.clear()
        clock.shift(61)
        assert ask("call-2").value.events == ()


def _until(condition) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)
