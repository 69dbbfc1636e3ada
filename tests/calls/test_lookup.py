from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.calls.lookup import call_links, calls_between
from tests.factories import NOON, make_call

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_ids_of_calls_become_links_in_one_query(django_assert_num_queries):
    call = make_call(from_number="+442079464417")
    make_call()
    with django_assert_num_queries(1):
        links = call_links([call.platform_call_id, "nobody's"])
    assert links == {call.platform_call_id: (f"/calls/{call.pk}/", "+44 ••• 17", "Completed")}


def test_of_calls_with_the_same_id_the_newest_is_linked():
    make_call(platform_call_id="same", started_at=NOON - timedelta(days=1))
    newest = make_call(platform_call_id="same", started_at=NOON, environment="staging")
    assert str(newest.pk) in call_links(["same"])["same"].url


def test_a_running_call_is_in_progress():
    assert call_links([make_call(running=True).platform_call_id]).popitem()[1].detail == "In progress"


def test_calls_between_two_moments_come_oldest_first_and_of_one_environment():
    late, early = make_call(started_at=NOON), make_call(started_at=NOON - HOUR)
    make_call(started_at=NOON - 2 * HOUR)
    make_call(started_at=NOON, environment="staging")

    found = calls_between("production", NOON - HOUR, NOON + HOUR, at_most=10)

    assert [call.correlation_id for call in found] == [early.platform_call_id, late.platform_call_id]
    assert (found[0].started_at, found[0].ended_at) == (early.started_at, early.ended_at)
    assert len(calls_between("all", NOON - HOUR, NOON + HOUR, at_most=10)) == 3


def test_too_many_calls_are_thinned_evenly_and_always_alike():
    for number in range(20):
        make_call(started_at=NOON - number * HOUR)

    first, second = (calls_between("all", NOON - 24 * HOUR, NOON + HOUR, at_most=4) for _ in range(2))

    assert first == second
    assert [NOON - call.started_at for call in first] == [number * HOUR for number in (19, 14, 9, 4)]
