"""Sentry limits us, fails now and then, or comes back after a while (S18, S19, S28, S30)."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.utils import formatdate

import pytest
import requests
from django.core.cache import cache
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from sentry_logs import services
from sentry_logs.answers import Answer
from sentry_logs.cache import forget_own_memory, quiet
from sentry_logs.periods import PERIODS
from sentry_logs.services import LogsUnavailable, StillAsking
from tests.faults.wire import until

DAY = PERIODS["24h"]
VIEWERS = 200


def ask(name: str = "call-1", wait: float = 0.0) -> Answer:
    return services.events_for_call(name, backend="discover", environment="all", period=DAY, wait=wait)


def limited(sentry, *headers: tuple[str, str], times: int | None = None) -> None:
    sentry.faults.set("status", status=429, body="too often", headers=list(headers), times=times)


@pytest.mark.control
def test_after_a_limit_nobody_asks_before_the_moment_that_sentry_named(doors, sentry, clock):
    assert "Known" in doors.panel()
    clock.shift(61)
    sentry.faults.set("rate_limited", seconds=30)
    assert requests.get(sentry.url, timeout=1).status_code == 429
    until(lambda: "We ask again at" in doors.panel(id="call-2"))
    sentry.clear_requests()

    for name in ("call-2", "call-3", "call-4"):
        assert doors.failure(correlationId=name) == (503, "rate_limited")
    shown = doors.panel()
    assert "Sentry asks us to wait" in shown and "Showing data from" in shown and "Known" in shown
    assert 1 <= int(doors.json(correlationId="call-5")["Retry-After"]) <= 31
    assert doors.page().status_code == 200
    assert sentry.requests == []

    clock.shift(32)
    assert "Known" in doors.panel(range="7d")


def test_after_the_limit_one_asks_and_the_others_wait_for_what_comes_of_it(sentry, clock):
    limited(sentry, ("Retry-After", "20"), times=1)
    with pytest.raises(LogsUnavailable):
        ask()
    clock.shift(21)
    sentry.clear_requests()
    sentry.faults.set("hang")

    with ThreadPoolExecutor(20) as people:
        first = people.submit(ask, "call-1", 5.0)
        until(lambda: len(sentry.requests) == 1)
        others = [people.submit(ask, f"call-{number}") for number in range(2, 20)]
        assert all(isinstance(other.exception(), StillAsking) for other in others)
        patient = people.submit(ask, "call-30", 5.0)
        assert len(sentry.requests) == 1
        sentry.faults.clear()
        assert first.result().value.events and patient.result().value.events == ()
    assert ask("call-2").value.events == ()


@pytest.mark.parametrize(
    ("reset", "least", "most"),
    [(-60, 1, 2), (7_200, 590, 600), ("NaN", 50, 60), (10**12, 590, 600), ("", 50, 60)],
)
def test_a_limit_is_kept_within_reason(doors, sentry, clock, reset, least, most):
    named = str(int(time.time()) + reset) if isinstance(reset, int) else reset
    limited(sentry, ("X-Sentry-Rate-Limit-Reset", named))
    assert least <= int(doors.json()["Retry-After"]) <= most


@pytest.mark.control
@pytest.mark.parametrize(("headers", "least"), [([("Retry-After", "1")], 1.0), ([], 0.0)])
def test_a_plain_client_sleeps_a_limit_out_or_asks_on(plain, sentry, headers, least):
    limited(sentry, *headers)
    with requests.Session() as session:
        again = Retry(1, status_forcelist=[429], raise_on_status=False)
        session.mount("http://", HTTPAdapter(max_retries=again))
        began = time.monotonic()
        assert plain(get=session.get).status_code == 429
    assert least <= time.monotonic() - began < least + 1
    assert len(sentry.requests) == 2


def test_a_limit_without_a_moment_lasts_a_minute_and_twice_as_long_every_time(doors, sentry, clock):
    limited(sentry)
    waits = []
    for number in range(6):
        response = doors.json(correlationId=f"call-{number}")
        assert response.json()["error"]["code"] == "rate_limited"
        waits.append(int(response["Retry-After"]))
        clock.shift(waits[-1] + 1)
    assert all(abs(wait - due) <= 1 for wait, due in zip(waits, (60, 120, 240, 480, 600, 600), strict=True))
    assert doors.asked() == 6

    sentry.faults.clear()
    assert "Known" in doors.panel()
    limited(sentry)
    assert 58 <= int(doors.json(correlationId="call-9")["Retry-After"]) <= 60


def test_a_proxy_may_name_the_moment_as_a_date(doors, sentry, clock):
    limited(sentry, ("Retry-After", formatdate(time.time() + 45, usegmt=True)))
    assert 43 <= int(doors.json()["Retry-After"]) <= 46


def test_a_cache_that_forgets_does_not_end_the_quiet(doors, sentry, clock):
    limited(sentry, ("Retry-After", "60"))
    assert doors.failure() == (503, "rate_limited")
    cache.clear()
    assert doors.failure(correlationId="call-2") == (503, "rate_limited")
    assert doors.asked() == 1


def test_another_process_knows_of_the_limit(doors, sentry, clock):
    limited(sentry, ("Retry-After", "60"))
    doors.failure()
    forget_own_memory()
    assert doors.failure(correlationId="call-2") == (503, "rate_limited")
    assert quiet.now() and doors.asked() == 1


@pytest.mark.control
def test_when_half_of_the_answers_are_bad_there_are_few_retries(sentry, plain, monkeypatch):
    turns = iter(range(10_000))
    sentry.faults.set("html", status=502)
    take = sentry.faults.take
    monkeypatch.setattr(sentry.faults, "take", lambda path: take(path) if next(turns) % 2 else None)
    assert [plain().status_code for _number in range(4)] == [200, 502, 200, 502]
    sentry.clear_requests()
    good = 0
    for number in range(200):
        with suppress(LogsUnavailable):
            ask(f"call-{number}")
            good += 1
    assert len(sentry.requests) <= 220
    assert good >= 90


@pytest.mark.control
def test_plain_clients_ask_as_often_as_people_look(plain, sentry):
    with ThreadPoolExecutor(20) as people:
        list(people.map(lambda _viewer: plain(), range(20)))
    assert len(sentry.requests) == 20


def test_after_an_outage_two_hundred_viewers_are_one_question(sentry, clock):
    ask()
    sentry.faults.set("html", status=502)
    for _minute in range(10):
        clock.shift(61)
        with suppress(LogsUnavailable):
            ask(wait=5.0)
    sentry.faults.clear()
    sentry.faults.set("delay", seconds=0.3)
    clock.shift(61)
    sentry.clear_requests()

    with ThreadPoolExecutor(50) as people:
        answers = list(people.map(lambda _viewer: ask(), range(VIEWERS)))
    until(lambda: not ask().refreshing)

    assert all(answer.value.events[0].title == "Known" for answer in answers)
    assert len(sentry.requests) == 1
    assert not ask().stale


def test_when_an_answer_is_over_a_minute_old_nobody_waits_and_one_asks(sentry, clock):
    ask()
    clock.shift(3_600)
    sentry.clear_requests()
    sentry.faults.set("hang")

    began = time.monotonic()
    answers = [ask() for _viewer in range(20)]
    assert time.monotonic() - began < 1
    assert all(answer.refreshing and answer.value.events for answer in answers)
    until(lambda: len(sentry.requests) == 1)
    sentry.faults.clear()
    until(lambda: not ask().refreshing)
    assert len(sentry.requests) == 1


def test_a_program_waits_for_the_new_answer(doors, sentry, clock):
    doors.json()
    sentry.add_event(correlation_id="call-1", title="Newer")
    clock.shift(3_600)
    assert len(doors.json().json()["events"]) == 2


def test_a_page_left_open_for_an_hour_says_so_and_looks_again(doors, sentry, clock):
    doors.panel()
    clock.shift(3_600)
    sentry.faults.set("delay", seconds=0.2)
    where = {"id": "call-1", "started": doors.call.started_at.isoformat()}
    html = doors.support.get("/logs/call/", where, headers={"HX-Request": "true"}).content.decode()
    assert "A newer answer is on its way." in html and "load delay:" in html
    until(lambda: "A newer answer" not in doors.panel())


def test_no_more_than_four_questions_are_under_way_and_fragments_do_not_queue(doors, sentry):
    sentry.faults.set("hang")
    with ThreadPoolExecutor(30) as people:
        asking = [people.submit(ask, f"call-{number}", 5.0) for number in range(10)]
        until(lambda: len(sentry.requests) == 4)
        began = time.monotonic()
        assert "Asking Sentry" in doors.panel(id="call-99")
        assert doors.page().status_code == 200
        assert time.monotonic() - began < 1
        assert len(sentry.requests) == 4
        sentry.faults.clear()
        assert all(one.result() for one in asking)


def test_each_waits_as_long_as_it_said_for_the_same_question(sentry):
    sentry.faults.set("hang")
    with ThreadPoolExecutor(2) as people:
        patient = people.submit(ask, wait=5.0)
        until(lambda: len(sentry.requests) == 1)
        with pytest.raises(StillAsking):
            ask(wait=0.0)
        sentry.faults.clear()
        assert patient.result().value.events


def test_the_bound_is_a_setting(sentry, settings):
    settings.SENTRY_CONCURRENCY = 1
    sentry.faults.set("hang")
    first = threading.Thread(target=ask)
    first.start()
    until(lambda: len(sentry.requests) == 1)
    with pytest.raises(StillAsking):
        ask("call-2")
    sentry.faults.clear()
    first.join()
