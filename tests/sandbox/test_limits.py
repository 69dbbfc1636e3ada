from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Thread

import pytest

from sentry_logs.sandbox import start_sandbox
from sentry_logs.sandbox.limits import Limit
from tests.sandbox.conftest import Door

LEGACY = "/api/0/projects/acme/receptionist/events/"
NAMES = ("Limit", "Remaining", "Reset", "ConcurrentLimit", "ConcurrentRemaining")


@pytest.fixture
def door() -> Iterator[Door]:
    """A server of its own, since windows last longer than a test."""
    with start_sandbox() as sandbox:
        yield Door(sandbox)


@pytest.fixture
def strict(door: Door) -> Door:
    """Three requests in an hour and one at a time, so that no window ends during a test."""
    door.sandbox.limits.by_endpoint["organization-events"] = Limit(3, 3600, 1)
    door.sandbox.limits.enabled = True
    return door


def test_without_limits_there_are_no_headers(any_door):
    assert not [name for name in any_door.events().headers if name.startswith("X-Sentry-Rate-Limit")]


def test_every_answer_of_a_limited_endpoint_tells_what_is_left(strict):
    headers = strict.events().headers
    values = [headers[f"X-Sentry-Rate-Limit-{name}"] for name in NAMES]
    assert values[:2] == ["3", "2"] and values[3:] == ["1", "0"]
    assert time.time() < int(values[2]) <= time.time() + 3600


def test_too_many_requests_are_a_bare_json_string_served_as_html(strict):
    for _ in range(3):
        assert strict.events().status_code == 200
    answer = strict.events()
    assert answer.status_code == 429
    assert answer.json() == (
        "You are attempting to use this endpoint too frequently. Limit is 3 requests in 3600 seconds"
    )
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Retry-After" not in answer.headers
    assert answer.headers["X-Sentry-Rate-Limit-ConcurrentRemaining"] == "None"


def test_a_refused_request_counts_as_well(strict):
    for _ in range(3):
        strict.events(field="a,b")
    assert strict.events().status_code == 429


def test_each_endpoint_and_each_caller_has_its_own_window(strict):
    for _ in range(4):
        strict.events()
    assert strict.get(LEGACY).status_code == 200
    strict.sandbox.tokens["second"] = {"org:read"}
    strict.session.headers["Authorization"] = "Bearer second"
    assert strict.events().status_code == 200


def test_requests_at_the_same_time_are_limited_too(strict):
    limits = strict.sandbox.limits
    caller = f"Bearer {strict.sandbox.token}"
    _, _, entered = limits.enter("organization-events", caller)
    answer = strict.events()
    limits.leave("organization-events", caller)
    assert entered and answer.status_code == 429
    assert "Concurrency limit is 1" in answer.json()
    assert strict.events().status_code == 200


def test_a_window_ends(door):
    door.sandbox.limits.by_endpoint["organization-events"] = Limit(1, 1, 5)
    door.sandbox.limits.enabled = True
    while (answer := door.events()).status_code == 200:
        pass
    reset = int(answer.headers["X-Sentry-Rate-Limit-Reset"])
    while time.time() < reset:
        time.sleep(reset - time.time())
    assert door.events().status_code == 200


def test_old_servers_have_other_limits(door, old_door):
    assert door.sandbox.limits.by_endpoint["organization-events"].concurrent == 15
    assert old_door.sandbox.limits.by_endpoint["project-events"] == Limit(5, 1, 5)


def test_counting_is_right_from_many_threads(door):
    door.sandbox.limits.by_endpoint["project-events"] = Limit(10, 3600, 50)
    door.sandbox.limits.enabled = True
    statuses: list[int] = []
    threads = [
        Thread(target=lambda: statuses.append(Door(door.sandbox).get(LEGACY).status_code)) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(200) == 10 and statuses.count(429) == 10
