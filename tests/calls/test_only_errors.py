from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from dashboard.calls import only_errors
from sentry_logs.services import StillAsking
from sentry_logs.services import error_ids as error_ids_service
from tests.calls.test_call_list import HTMX, URL, rows, text
from tests.factories import make_call
from tests.searching import searched

ERRORS = {"errors": "1"}


@pytest.fixture
def failing(sandbox, db):
    """A call of an hour ago with an error in Sentry, beside one with a warning only."""
    started = timezone.now() - timedelta(hours=1)
    failing, warned = make_call(started_at=started), make_call(started_at=started)
    sandbox.add_event(correlation_id=failing.platform_call_id, timestamp=started + timedelta(seconds=9))
    sandbox.add_event(
        correlation_id=warned.platform_call_id, level="warning", timestamp=started, environment="staging"
    )
    sandbox.clear_requests()
    return failing


def test_the_page_does_not_wait_for_sentry(support_client, sandbox, failing):
    response = support_client.get(URL, ERRORS)
    assert sandbox.requests == []
    assert rows(response) == []
    assert "Asking Sentry which calls had errors" in text(response)
    assert 'hx-get="/calls/?errors=1&amp;environment=all" hx-trigger="load"' in response.content.decode()


def test_the_fragment_brings_the_calls_with_errors_only(support_client, failing):
    response = support_client.get(URL, ERRORS, headers=HTMX)
    assert rows(response) == [str(failing.pk)]
    assert "Sentry was asked about the last 90 days" in text(response)


def test_without_scripts_a_link_shows_them_in_the_page(support_client, failing):
    link = "/calls/?errors=1&amp;environment=all&amp;now=1"
    assert f'<a href="{link}">' in support_client.get(URL, ERRORS).content.decode()
    assert rows(support_client.get(URL, ERRORS | {"now": 1})) == [str(failing.pk)]


def test_the_switcher_decides_where_errors_are_looked_for(support_client, failing):
    asked = ERRORS | {"environment": "staging"}
    response = support_client.get(URL, asked, headers=HTMX)
    assert rows(response) == []
    assert "only calls with errors in Sentry as of" in text(response)


def test_other_filters_still_hold(support_client, failing):
    assert rows(support_client.get(URL, ERRORS | {"outcome": "failed"}, headers=HTMX)) == []
    assert rows(
        support_client.get(URL, ERRORS | {"q": searched(support_client, failing.from_number)}, headers=HTMX)
    ) == [str(failing.pk)]


def test_when_sentry_fails_no_rows_are_claimed(support_client, failing, settings):
    settings.SENTRY_URL = "http://127.0.0.1:9"
    response = support_client.get(URL, ERRORS, headers=HTMX)
    assert response.status_code == 200
    assert rows(response) == []
    assert "We cannot say which calls had errors." in text(response)


@pytest.mark.parametrize(("tries", "delay"), [(0, 2), (1, 4), (2, 8), (3, 15)])
def test_it_asks_again_while_another_one_is_asking(support_client, failing, monkeypatch, tries, delay):
    monkeypatch.setattr(error_ids_service, "ask", _busy)
    response = support_client.get(URL, ERRORS | {"try": tries}, headers=HTMX)
    assert f'hx-trigger="load delay:{delay}s"' in response.content.decode()
    assert f"&amp;try={tries + 1}" in response.content.decode()


def test_it_does_not_ask_for_ever(support_client, failing, monkeypatch):
    monkeypatch.setattr(error_ids_service, "ask", _busy)
    response = support_client.get(URL, ERRORS | {"try": 4}, headers=HTMX)
    assert "hx-trigger" not in response.content.decode()
    assert "Sentry has not answered yet." in text(response)


def test_more_calls_than_can_be_matched_are_said(support_client, failing, monkeypatch):
    monkeypatch.setattr(only_errors, "MOST_WITH_ERRORS", 0)
    response = support_client.get(URL, ERRORS, headers=HTMX)
    assert rows(response) == []
    assert "Choose a shorter time" in text(response)


def _busy(*args: object, **kwargs: object) -> None:
    raise StillAsking


def test_once_marks_are_kept_the_page_answers_at_once_and_without_sentry(support_client, sandbox, failing):
    call_command("sentry_sync")
    sandbox.clear_requests()

    response = support_client.get(URL, ERRORS)

    assert rows(response) == [str(failing.pk)]
    assert sandbox.requests == []


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("environment", ["production", "prod", None])
def test_with_all_chosen_every_call_of_an_id_with_errors_is_shown(
    support_client, sandbox, failing, environment, kept
):
    at, name = failing.started_at, "shared"
    both = [
        make_call(platform_call_id=name, environment=one, started_at=at) for one in ("production", "staging")
    ]
    sandbox.add_event(correlation_id=name, environment=environment, timestamp=at)
    if kept:
        call_command("sentry_sync")

    response = support_client.get(URL, ERRORS | {"environment": "all"}, headers=HTMX)

    assert {*rows(response)} == {str(call.pk) for call in (failing, *both)}
