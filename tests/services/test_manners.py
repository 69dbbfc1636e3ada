"""Places at Sentry, and the rest that it is given while it does not answer."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import time_machine

from sentry_logs.client import (
    SentryBadQuery,
    SentryForbidden,
    SentryOverloaded,
    SentryRateLimited,
    SentryServerError,
    SentryTimeout,
    SentryUnreachable,
)
from sentry_logs.services.manners import FAILURES, REST_SECONDS, politely
from sentry_logs.unavailable import LogsUnavailable, StillAsking


@pytest.fixture
def clock():
    with time_machine.travel(time.time(), tick=True) as clock:
        yield clock


def fail(kind: type[Exception]) -> None:
    def act() -> None:
        raise kind

    with suppress(kind):
        politely(act)


@pytest.mark.parametrize("kind", [SentryTimeout, SentryUnreachable, SentryServerError])
def test_after_five_failures_in_a_row_nobody_asks(clock, kind):
    for _number in range(FAILURES):
        fail(kind)
    with pytest.raises(LogsUnavailable) as rest:
        politely(lambda: pytest.fail("asked all the same"))
    assert rest.value.code == "paused"
    assert rest.value.retry_at.timestamp() - time.time() == pytest.approx(REST_SECONDS, abs=2)


@pytest.mark.parametrize("kind", [SentryBadQuery, SentryForbidden, SentryOverloaded, SentryRateLimited])
def test_a_refusal_is_an_answer(kind):
    for _number in range(3 * FAILURES):
        fail(kind)
    assert politely(lambda: "asked") == "asked"


def test_failures_that_are_not_in_a_row_do_not_count():
    for _number in range(2 * FAILURES):
        fail(SentryTimeout)
        politely(lambda: None)
    assert politely(lambda: "asked") == "asked"


def test_it_says_for_how_long_sentry_has_been_silent(clock):
    for _number in range(FAILURES):
        fail(SentryTimeout)
        clock.shift(60)
    with pytest.raises(LogsUnavailable):
        fail(SentryTimeout)
        politely(lambda: None)
    with pytest.raises(LogsUnavailable, match=r"for \d+ minutes\."):
        politely(lambda: None)


def test_after_the_rest_one_asks_for_all(clock):
    for _number in range(FAILURES):
        fail(SentryTimeout)
    clock.shift(REST_SECONDS + 1)
    go, asked = threading.Event(), []

    def act() -> None:
        asked.append(1)
        go.wait(5)

    with ThreadPoolExecutor(1) as people:
        first = people.submit(politely, act)
        while not asked:
            time.sleep(0.001)
        for _other in range(3):
            with pytest.raises(StillAsking):
                politely(act)
        go.set()
        first.result()
    assert politely(lambda: "asked") == "asked" and len(asked) == 1


def test_questions_run_side_by_side(settings):
    settings.SENTRY_CONCURRENCY = 4
    together = threading.Barrier(4, timeout=5)
    with ThreadPoolExecutor(4) as people:
        assert len(list(people.map(lambda _number: politely(together.wait), range(4)))) == 4


def test_a_place_is_given_back_whatever_happens(settings):
    settings.SENTRY_CONCURRENCY = 1
    for kind in (SentryBadQuery, SentryTimeout, RuntimeError):
        fail(kind)
    assert politely(lambda: "asked") == "asked"
