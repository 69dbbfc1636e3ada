from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.calls.lookup import call_links
from tests.factories import NOON, make_call

pytestmark = pytest.mark.django_db


def test_ids_of_calls_become_links_in_one_query(django_assert_num_queries):
    call = make_call(from_number="+442079464417")
    make_call()
    with django_assert_num_queries(1):
        links = call_links([call.platform_call_id, "nobody's"])
    assert links == {call.platform_call_id: (f"/calls/{call.pk}/", "+44 20 ••• 4417", "Completed")}


def test_of_calls_with_the_same_id_the_newest_is_linked():
    make_call(platform_call_id="same", started_at=NOON - timedelta(days=1))
    newest = make_call(platform_call_id="same", started_at=NOON, environment="staging")
    assert str(newest.pk) in call_links(["same"])["same"].url


def test_a_running_call_is_in_progress():
    assert call_links([make_call(running=True).platform_call_id]).popitem()[1].detail == "In progress"
