"""The cache is down, hangs, is slow, full, emptied or poisoned, or its lock's owner died (C1 to C7)."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
import redis as redis_client
from django.core.cache import cache

from sentry_logs import services
from sentry_logs.cache import Mutex, forget_own_memory, kept, store
from sentry_logs.cache.region import LOCK_MARGIN_SECONDS
from sentry_logs.periods import PERIODS
from sentry_logs.services import StillAsking, canary
from tests.faults.conftest import use_redis
from tests.faults.counted_cache import CountedCache
from tests.faults.wire import TcpProxy, until

DAY = PERIODS["24h"]
ROOT = Path(__file__).resolve().parent.parent.parent
ASK = """
import django
django.setup()
from sentry_logs.periods import PERIODS
from sentry_logs.services import events_for_call
events_for_call("call-1", backend="discover", environment="all", period=PERIODS["24h"])
"""


def ask(name: str = "call-1", wait: float = 0.0):
    return services.events_for_call(name, backend="discover", environment="all", period=DAY, wait=wait)


def assert_pages_go_on(doors, *, extra: float) -> None:
    """Every page is whole and quick, and one question is enough for all of them."""
    began = time.monotonic()
    for _look in range(3):
        assert doors.page().status_code == 200
        assert "Known" in doors.panel()
        assert doors.mark() == "1 error"
        assert doors.json().status_code == 200
    assert time.monotonic() - began < 2 + extra


@pytest.mark.control
def test_without_redis_pages_go_on_and_a_process_asks_once(doors, sentry, redis):
    redis.kill()
    with pytest.raises(redis_client.ConnectionError):
        cache.get("control")

    assert_pages_go_on(doors, extra=0.5)
    assert doors.asked() <= 4  # the panel, its count, the marks, the JSON door
    user = doors.support.get("/calls/").wsgi_request.user
    doors.support.logout()
    doors.support.force_login(user)
    assert doors.page().status_code == 200

    redis.restart()
    store.forget()
    assert "Known" in doors.panel()
    assert redis_client.Redis(port=redis.port).keys("*")


def test_a_process_without_redis_still_keeps_the_quiet(doors, sentry, redis, clock):
    redis.kill()
    sentry.faults.set("rate_limited", seconds=30)
    assert doors.failure() == (503, "rate_limited")
    assert doors.failure(correlationId="call-2") == (503, "rate_limited")
    assert doors.asked() == 1


@pytest.mark.control
def test_a_redis_that_hangs_costs_a_page_half_a_second_at_most(doors, sentry, redis):
    doors.panel()
    redis.process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(redis_client.TimeoutError):
            cache.get("control")
        began = time.monotonic()
        assert "Known" in doors.panel()
        assert time.monotonic() - began < 0.5 + 0.5
        assert store.is_down
        assert_pages_go_on(doors, extra=0.5)
    finally:
        redis.process.send_signal(signal.SIGCONT)
    store.forget()
    assert "Known" in doors.panel() and not store.is_down


@pytest.fixture
def everything_on(sentry, settings) -> None:
    """Log lines too, and a filter that can be proven."""
    settings.SENTRY_LOGS = settings.SENTRY_CANARY = True
    sentry.add_event(correlation_id="call-2", timestamp=datetime.now(UTC) - timedelta(minutes=10))


@pytest.mark.control
def test_a_slow_redis_is_asked_at_most_three_times_by_a_page(doors, everything_on, redis, settings):
    proxy = TcpProxy(redis.port)
    use_redis(settings, f"redis://127.0.0.1:{proxy.port}/0")
    doors.panel()
    doors.mark()
    proxy.mode = "late"
    began = time.monotonic()
    cache.get("control")
    assert time.monotonic() - began > 0.1

    for look in (doors.page, doors.marks, doors.panel, doors.browse, doors.json):
        look()
        forget_own_memory()
        before, began = proxy.replies, time.monotonic()
        look()
        assert proxy.replies - before <= 3, look
        assert time.monotonic() - began < 1
    proxy.stop()


@pytest.mark.parametrize("door", ["page", "marks", "panel", "browse", "json"])
def test_a_warm_page_makes_at_most_three_calls_of_the_cache(doors, everything_on, settings, door):
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "tests.faults.counted_cache.CountedCache"}}
    look = getattr(doors, door)
    look()
    assert door == "page" or CountedCache.calls
    assert door in ("page", "marks") or canary.last_proof().state == "proven"
    asked = doors.asked()

    forget_own_memory()
    CountedCache.calls.clear()
    look()

    assert len(CountedCache.calls) <= 3, CountedCache.calls
    assert doors.asked() == asked


def test_what_a_process_saw_of_the_proof_holds_for_seconds_only(everything_on, monkeypatch):
    ask()
    assert canary.last_proof().state == "proven"
    # Another process finds that the filter does not filter.
    store.set(canary._key("proof"), replace(canary.last_proof(), state="failed"))
    assert canary.doubt("discover") is None

    now = time.monotonic() + kept.GLANCE_SECONDS
    monkeypatch.setattr(kept.time, "monotonic", lambda: now)
    assert canary.doubt("discover") and kept.GLANCE_SECONDS <= 5


@pytest.mark.control
@pytest.mark.parametrize("policy", ["noeviction", "allkeys-lru"])
def test_a_full_redis_costs_no_more_questions(doors, sentry, redis, policy):
    server = redis_client.Redis(port=redis.port)
    server.config_set("maxmemory-policy", policy)
    server.config_set("maxmemory", "1")
    if policy == "noeviction":
        with pytest.raises(redis_client.OutOfMemoryError):
            cache.set("control", "x")

    for _look in range(5):
        assert ask().value.events
        # Time enough for the cache to be tried again.
        store._down_until = 0.0
    assert doors.asked() == 1
    assert doors.page().status_code == 200


@pytest.mark.control
def test_two_who_miss_in_a_plain_cache_both_ask():
    both = Barrier(2)
    with ThreadPoolExecutor(2) as people:
        looks = [
            people.submit(cache.get_or_set, "control", lambda: both.wait(5) >= 0) for _viewer in range(2)
        ]
        assert all(look.result() for look in looks)
    assert not both.broken


def test_a_redis_emptied_under_load_costs_one_more_question(sentry, redis, settings):
    settings.SENTRY_TIMEOUT = 5.0
    ask()
    sentry.faults.set("delay", seconds=0.2)
    with ThreadPoolExecutor(40) as people:
        redis_client.Redis(port=redis.port).flushall()
        looks = [people.submit(ask, wait=5.0) for _viewer in range(200)]
        assert all(look.result().value.events for look in looks)
    assert sum("/events/" in request.path for request in sentry.requests) == 2


@pytest.mark.control
@pytest.mark.parametrize("poison", [b"garbage", b""])
def test_a_plain_cache_raises_what_a_poisoned_entry_raises(poison):
    cache.set("control", "x")
    cache._cache[cache.make_key("control")] = poison
    with pytest.raises((pickle.UnpicklingError, EOFError)):
        cache.get("control")


@pytest.mark.parametrize("poison", [b"garbage", b"", pickle.dumps("text"), pickle.dumps((1.0, {}))])
def test_poisoned_entries_are_misses(doors, sentry, poison):
    for look in (doors.panel, doors.marks, doors.browse, doors.json):
        look()
    asked = doors.asked()
    entries = list(cache._cache)
    assert entries
    cache._cache.update(dict.fromkeys(entries, poison))

    assert "Known" in doors.panel() and doors.json().status_code == 200
    assert "call-1" in doors.browse() and doors.mark() == "1 error"
    assert doors.page().status_code == 200
    assert doors.asked() > asked


def test_no_environment_reads_the_answers_of_another(doors, sentry):
    assert doors.json(environment="production").json()["events"]
    assert doors.json(environment="staging").json()["events"] == []
    assert doors.json(environment="all").json()["events"]


@pytest.mark.control
def test_a_lock_without_an_end_outlives_its_owner(clock):
    assert cache.add("control", "somebody who was killed", None)
    clock.shift(24 * 3600)
    assert not cache.add("control", "the next one", None)


def test_a_leader_that_is_killed_has_one_successor(sentry, redis, settings):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "CACHE_URL": redis.url,
        "DATABASE_URL": "sqlite://:memory:",
        "SENTRY_URL": sentry.url,
        "SENTRY_ORG": sentry.org,
        "SENTRY_PROJECT": str(sentry.project_id),
        "SENTRY_AUTH_TOKEN": sentry.token,
        "SENTRY_TIMEOUT": "1",
        "SENTRY_CANARY": "false",
        "SENTRY_LOGS": "false",
    }
    settings.SENTRY_TIMEOUT = 1.0
    sentry.faults.set("hang")
    leader = subprocess.Popen([sys.executable, "-c", ASK], env=environment, cwd=ROOT)
    until(lambda: sentry.requests, seconds=20)
    leader.kill()
    leader.wait()
    sentry.faults.clear()
    killed, answers = time.monotonic(), []

    def look() -> bool:
        try:
            answers.append(ask())
        except StillAsking:
            return False
        return True

    assert not look(), "the dead leader's lock holds for a while"
    with ThreadPoolExecutor(5) as people:
        list(people.map(lambda _viewer: until(look, seconds=30), range(5)))
    assert len(answers) == 5 and len(sentry.requests) == 2
    assert time.monotonic() - killed < LOCK_MARGIN_SECONDS + 1 + 1 + 1


def test_the_settings_give_redis_a_fifth_of_a_second():
    environment = {**os.environ, "CACHE_URL": "redis://127.0.0.1:1/0", "DATABASE_URL": "sqlite://:memory:"}
    code = "from dashboard.settings import CACHES; print(CACHES['default']['OPTIONS'])"
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert told.stdout.count("0.2") == 2


def test_a_slow_owner_does_not_free_the_lock_of_its_successor(clock):
    slow, next_one = Mutex("key", 3.0), Mutex("key", 3.0)
    assert slow.acquire() and not next_one.acquire(wait=False)
    clock.shift(4)
    assert next_one.acquire(wait=False)
    slow.release()
    assert next_one.locked()
