"""Calls over time: figures and bars above the table, and the same as a table."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from dashboard.calls.overview import overview
from dashboard.calls.vocabulary import Outcome
from sentry_logs.services import sync
from tests.calls.test_call_list import text
from tests.factories import make_call

NOW = datetime(2026, 11, 23, 14, 26, tzinfo=UTC)
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=True):
        yield


def test_an_hour_has_its_calls():
    for minutes in (1, 5, 90):
        make_call(started_at=NOW - timedelta(minutes=minutes))
    make_call(started_at=NOW - timedelta(hours=25))
    make_call(started_at=NOW - timedelta(minutes=2), running=True, environment="staging")

    found = overview("24h", "all", NOW, "discover")

    assert [bar.calls for bar in found.bars[-3:]] == [1, 0, 3]
    assert (found.calls, found.running, found.unit, len(found.bars)) == (4, 1, "hour", 24)
    assert overview("24h", "staging", NOW, "discover").calls == 1


def test_a_day_has_its_calls():
    for days in (0, 1, 1, 6, 7):
        make_call(started_at=NOW - timedelta(days=days))
    found = overview("7d", "all", NOW, "discover")
    assert [bar.calls for bar in found.bars] == [1, 0, 0, 0, 0, 2, 1]


def test_bars_grow_with_calls_and_one_call_is_seen():
    for number in range(200):
        make_call(started_at=NOW - timedelta(minutes=10, seconds=number))
    make_call(started_at=NOW - timedelta(hours=3))
    bars = overview("24h", "all", NOW, "discover").bars
    assert bars[-1].high == 100 and bars[-4].high == 3 and bars[0].high == 0


def test_errors_are_unknown_until_sentry_was_asked_about_the_time(support_client):
    make_call(started_at=NOW - timedelta(minutes=10))
    words = text(support_client.get("/calls/overview/", headers=HTMX))
    assert "errors not known yet" in words and "With errors –" in words


def test_errors_count_calls_and_not_events(support_client, sandbox):
    calls = [make_call(started_at=NOW - timedelta(minutes=minutes)) for minutes in (5, 10, 15)]
    for call in calls[:2]:
        for _twice in range(2):
            sandbox.add_event(correlation_id=call.platform_call_id, level="error", timestamp=call.started_at)
    for _step in sync.walk("discover", NOW):
        pass

    words = text(support_client.get("/calls/overview/?span=7d", headers=HTMX))

    assert "With errors 2" in words and "3 calls, 2 with errors" in words


def test_a_bar_narrows_the_table(support_client):
    inside = make_call(started_at=NOW - timedelta(minutes=90))
    outside = make_call(started_at=NOW - timedelta(minutes=5))
    html = support_client.get("/calls/overview/", headers=HTMX).content.decode()
    links = re.findall(r'<a href="([^"]*range=2026[^"]*)"', html)
    assert len(links) == 24

    page = support_client.get(links[-3].replace("&amp;", "&"))

    assert inside.platform_call_id in page.content.decode()
    assert outside.platform_call_id not in page.content.decode()
    assert "23 Nov, 12:00 to 13:00" in text(page)


def test_failed_calls_lead_to_themselves(support_client):
    make_call(started_at=NOW - timedelta(minutes=5), outcome=Outcome.FAILED)
    html = support_client.get("/calls/overview/", headers=HTMX).content.decode()
    assert 'range=24h&amp;outcome=failed">1</a>' in html


def test_the_same_as_a_table_without_javascript(support_client):
    make_call(started_at=NOW - timedelta(minutes=5))
    page = support_client.get("/calls/overview/?span=30d")
    assert page.content.decode().count('<tr><th scope="row">') == 30
    assert "Mon 23 Nov 1" in text(page)


def test_the_table_loads_it_and_leads_there_without_javascript(support_client):
    html = support_client.get("/calls/").content.decode()
    assert 'hx-get="/calls/overview/?environment=' in html
    assert '<a href="/calls/overview/">Calls over time</a>' in html


@pytest.mark.parametrize("span", ["1h", "any", "365d", "24h; drop"])
def test_an_unknown_span_is_refused(support_client, span):
    assert support_client.get("/calls/overview/", {"span": span}).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        "2026-11-23T10:00Z/2026-11-23T09:00Z",
        "2026-11-23T10:00Z/2026-11-23T10:00Z",
        "2026-13-23T10:00Z/2026-11-24T10:00Z",
        "2026-11-23T10:00/2026-11-23T11:00",
        "٢٠٢٦-11-23T10:00Z/2026-11-23T11:00Z",
        "0000-01-01T00:00Z/2026-11-23T11:00Z",
    ],
)
def test_what_is_no_stretch_of_time_is_refused(support_client, wrong):
    assert support_client.get("/calls/", {"range": wrong}).status_code == 400


def test_a_stretch_is_kept_by_links_and_the_select(support_client, sandbox):
    make_call(started_at=NOW - timedelta(minutes=90))
    stretch = "2026-11-23T12:00Z/2026-11-23T13:00Z"
    html = support_client.get("/calls/", {"range": stretch, "errors": "1", "now": "1"}).content.decode()
    assert f'<option value="{stretch}" selected>' in html


def test_it_takes_few_queries(support_client, django_assert_max_num_queries):
    make_call(started_at=NOW - timedelta(minutes=5))
    with django_assert_max_num_queries(6):
        support_client.get("/calls/overview/", headers=HTMX)
