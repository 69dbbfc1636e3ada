"""The Logs panel asks about the minutes around the call first, and shows them while it asks about more."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.logs.pages import ago, panel, text_of

pytestmark = pytest.mark.django_db

STARTED = ago(hours=30)


def first_look(client, **parameters):
    return panel(client, started=STARTED, ended=ago(hours=29).isoformat(), **{"try": "", **parameters})


def next_url(response) -> tuple[str, str]:
    found = re.search(r'<div id="panel" hx-get="([^"]+)" hx-trigger="([^"]+)"', response.content.decode())
    assert found
    return unescape(found[1]), found[2]


def questions(sandbox) -> int:
    return sum("/events/" in request.path for request in sandbox.requests)


@pytest.fixture
def events(sandbox, settings):
    settings.SENTRY_LOGS = False
    settings.SENTRY_PROJECTS = (str(sandbox.project_id),)
    sandbox.add_event(correlation_id="call_1", title="During the call", timestamp=ago(hours=29, minutes=50))
    sandbox.add_event(correlation_id="call_1", title="A day later", timestamp=ago(hours=2))
    return sandbox


def test_the_minutes_around_the_call_are_shown_while_the_range_is_asked_for(events, support_client):
    first = first_look(support_client)

    words = text_of(first)
    assert "During the call" in words and "A day later" not in words
    assert "1 event in the minutes around the call" in words and "Asking Sentry about 30 days" in words

    url, trigger = next_url(first)
    assert trigger == "load"
    second = text_of(support_client.get(url, headers={"HX-Request": "true"}))
    assert "During the call" in second and "A day later" in second and "2 events" in second


def test_nothing_around_the_call_is_not_called_nothing(events, support_client):
    words = text_of(first_look(support_client, level="warning"))

    assert "Nothing yet in the minutes around the call" in words and "No events" not in words


def test_a_range_that_is_known_is_shown_at_once(events, support_client):
    panel(support_client, started=STARTED, ended=ago(hours=29).isoformat())
    events.clear_requests()

    words = text_of(first_look(support_client))

    assert "A day later" in words and "minutes around the call" not in words
    assert questions(events) == 0


def test_the_call_itself_is_asked_about_once(events, support_client):
    words = text_of(first_look(support_client, range="call"))

    assert "During the call" in words and "Asking Sentry about" not in words
    assert questions(events) == 1


def test_a_page_without_scripts_gets_the_whole_range(events, support_client):
    words = text_of(first_look(support_client, headers={}))

    assert "A day later" in words


def test_a_failure_of_the_first_look_is_said_and_not_followed_by_another(events, support_client):
    events.faults.set("status", status=403)

    response = first_look(support_client)

    assert "Sentry does not let" in text_of(response)
    assert 'hx-trigger="load"' not in response.content.decode()
