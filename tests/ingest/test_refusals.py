from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError

from dashboard import address_limit
from dashboard.address_limit import AddressLimit
from dashboard.ingest import refusals
from dashboard.ingest.models import Refusal
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def statuses(deliver, times, **changes):
    return [deliver({}, signature="wrong", **changes).status_code for _ in range(times)]


def test_a_flood_without_signatures_is_told_to_wait(deliver, clock):
    assert statuses(deliver, 61) == [401] * 60 + [429]

    clock.shift(20)
    waiting = deliver({}, signature="wrong")

    assert (waiting.status_code, waiting["Retry-After"]) == (429, "40")
    assert waiting.json()["error"]["retryAfter"] == 40


def test_after_a_minute_it_begins_anew(deliver, clock):
    statuses(deliver, 61)

    clock.shift(60)

    assert statuses(deliver, 1) == [401]


def test_a_good_message_passes_through_a_flood_from_its_own_address(deliver, clock):
    statuses(deliver, 61)

    assert deliver({"id": "e1"}).status_code == 200


def test_another_address_has_its_own_limit(deliver, clock):
    statuses(deliver, 61)

    assert statuses(deliver, 1, REMOTE_ADDR="198.51.100.7") == [401]


def test_a_flood_writes_next_to_nothing(deliver, clock, django_assert_num_queries):
    statuses(deliver, 1)

    with django_assert_num_queries(0):
        statuses(deliver, 200)

    clock.shift(5)
    statuses(deliver, 1)
    assert Refusal.objects.get().count == 202


def test_a_good_message_brings_the_counts_to_the_database(deliver, clock):
    statuses(deliver, 3)
    clock.shift(5)

    deliver({"id": "e1"})

    assert Refusal.objects.get().count == 3


def test_refusals_are_counted_by_hour_and_reason(deliver, clock):
    statuses(deliver, 2)
    deliver({}, signature="")
    clock.shift(timedelta(hours=1))
    deliver({}, signature="")

    counts = Refusal.objects.order_by("hour", "reason").values_list("hour", "reason", "count")
    assert list(counts) == [
        (NOON, "missing", 1),
        (NOON, "wrong", 2),
        (NOON + timedelta(hours=1), "missing", 1),
    ]


def test_counts_wait_for_a_database_that_is_gone(deliver, clock, monkeypatch):
    def gone(*_):
        raise OperationalError("the server is gone")

    with monkeypatch.context() as patch:
        patch.setattr(refusals, "_add", gone)
        assert statuses(deliver, 1) == [401]
    clock.shift(5)
    statuses(deliver, 1)

    assert Refusal.objects.get().count == 2


def test_addresses_are_forgotten_when_there_are_many(monkeypatch):
    monkeypatch.setattr(address_limit, "MOST_ADDRESSES", 3)
    limit = AddressLimit(refusals.MOST_A_MINUTE)

    for number in range(10):
        limit.seconds_to_wait(str(number), NOON)

    assert list(limit._refused) == ["7", "8", "9"]
