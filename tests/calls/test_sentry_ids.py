"""An event's or a trace's id in the search box: Sentry knows which call it belongs to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sentry_logs.services import StillAsking, finding
from tests.calls.test_call_list import HTMX, URL, rows, text
from tests.factories import make_call
from tests.searching import searched

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
pytestmark = pytest.mark.django_db


@pytest.fixture
def call(sandbox):
    return make_call(started_at=timezone.now() - timedelta(hours=1))


@pytest.fixture
def event(sandbox, call) -> str:
    """An event of the call, in a trace."""
    trace = {"contexts": {"trace": {"trace_id": TRACE, "span_id": "00f067aa0ba902b7"}}}
    name = sandbox.add_event(
        correlation_id=call.platform_call_id, timestamp=call.started_at + timedelta(seconds=9), **trace
    )
    sandbox.clear_requests()
    return name


def look_for(client, q: str, **more: str):
    return client.get(URL, {"q": searched(client, q)} | more, headers=HTMX)


def test_the_page_does_not_wait_for_sentry(support_client, sandbox, event):
    response = support_client.get(URL, {"q": event})
    assert sandbox.requests == []
    assert "Asking Sentry whether it knows this id…" in text(response)
    assert f'hx-get="/calls/?q={event}&amp;environment=all" hx-trigger="load"' in response.content.decode()


@pytest.mark.parametrize(
    "pasted", ["{}", " {} ", "event_id={}", "https://acme.sentry.io/issues/7/events/{}/?project=3"]
)
def test_an_events_id_finds_its_call(support_client, call, event, pasted):
    response = look_for(support_client, pasted.format(event))
    assert rows(response) == [str(call.pk)]
    assert "Sentry has this id on this call." in text(response)


@pytest.mark.parametrize("pasted", [TRACE, TRACE.upper(), f"traceparent: 00-{TRACE}-00f067aa0ba902b7-01"])
def test_a_traces_id_finds_its_call(support_client, call, event, pasted):
    assert rows(look_for(support_client, pasted)) == [str(call.pk)]


def test_without_scripts_a_link_asks_in_the_page(support_client, call, event):
    page = support_client.get(URL, {"q": event}).content.decode()
    assert f'<a href="/calls/?q={event}&amp;environment=all&amp;now=1">' in page
    assert rows(support_client.get(URL, {"q": event, "now": 1})) == [str(call.pk)]


def test_the_same_id_is_not_asked_twice(support_client, sandbox, event):
    look_for(support_client, event)
    sandbox.clear_requests()
    look_for(support_client, event)
    assert sandbox.requests == []


def test_sentry_is_not_asked_about_an_id_of_ours(support_client, sandbox, call):
    call.aliases.create(kind="trace_id", value=TRACE)
    assert rows(look_for(support_client, TRACE)) == [str(call.pk)]
    assert rows(look_for(support_client, TRACE, outcome="failed")) == []
    assert sandbox.requests == []


@pytest.mark.parametrize("q", ["nothing-has-this-id", "+442079469999", "CA" + TRACE])
def test_sentry_is_asked_for_its_own_kind_of_ids_only(support_client, sandbox, call, q):
    assert "No call matches" in text(look_for(support_client, q))
    assert sandbox.requests == []


def test_an_unknown_id_is_said_to_be_unknown_to_both(support_client, call):
    page = text(look_for(support_client, TRACE))
    assert "No call matches" in page and "Sentry does not know this id either." in page


def test_an_event_without_a_call_is_told_from_an_unknown_one(support_client, sandbox, call):
    event = sandbox.add_event(timestamp=timezone.now() - timedelta(minutes=5))
    page = text(look_for(support_client, event))
    assert "but it carries no call" in page and "does not know" not in page


def test_a_call_that_we_do_not_have_is_named(support_client, sandbox, call):
    event = sandbox.add_event(correlation_id="elsewhere-7", timestamp=timezone.now() - timedelta(minutes=5))
    page = text(look_for(support_client, event))
    assert "but its call is not here" in page and "elsewhere-7" in page
    assert "outside of these filters" not in page


def test_filters_hold_for_what_sentry_finds_and_there_is_a_way_out(support_client, call, event):
    response = look_for(support_client, event, outcome="failed")
    assert rows(response) == [] and "There are calls that match outside of these filters." in text(response)
    assert f'href="/calls/?q={event}&amp;environment=all"' in response.content.decode()


def test_the_way_out_is_offered_for_our_own_ids_too(support_client, call):
    response = look_for(support_client, call.platform_call_id, environment="staging")
    assert rows(response) == [] and "There are calls that match outside of these filters." in text(response)


def test_when_sentry_fails_nothing_is_claimed(support_client, event, settings):
    settings.SENTRY_URL = "http://127.0.0.1:9"
    response = look_for(support_client, event)
    assert response.status_code == 200
    assert "we cannot say whether Sentry knows it" in text(response)
    assert "No call matches" not in text(response)


@pytest.mark.parametrize(("tries", "delay"), [(0, 2), (3, 15)])
def test_it_asks_again_while_another_one_is_asking(support_client, event, monkeypatch, tries, delay):
    monkeypatch.setattr(finding, "ask", _busy)
    assert (
        f'hx-trigger="load delay:{delay}s"'
        in look_for(support_client, event, **{"try": tries}).content.decode()
    )


def test_it_does_not_ask_for_ever(support_client, event, monkeypatch):
    monkeypatch.setattr(finding, "ask", _busy)
    response = look_for(support_client, event, **{"try": 4})
    assert "hx-trigger" not in response.content.decode()
    assert "Sentry has not answered yet." in text(response)


def _busy(*args: object, **kwargs: object) -> None:
    raise StillAsking
