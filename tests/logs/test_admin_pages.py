"""Correlation health and the check of the connection, as an administrator sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import make_call
from tests.logs.pages import HTMX, text_of

PAGES = ["/logs/health/", "/logs/check/"]
NOW = datetime.now(UTC)


@pytest.fixture
def used(sandbox, db):
    """A week with a call that has an event, a stranger, an untagged event and an id with a backslash."""
    for name in ("call-1", "back\\slash"):
        make_call(platform_call_id=name, started_at=NOW - timedelta(minutes=30), ended_at=NOW)
    for name in ("call-1", "stranger-1", None):
        sandbox.add_event(correlation_id=name, title="KeyError: 1", timestamp=NOW - timedelta(minutes=10))
    return sandbox


@pytest.mark.parametrize("url", PAGES)
def test_they_are_for_administrators_only(sandbox, support_client, admin_client, url):
    assert support_client.get(url).status_code == 403
    assert support_client.get(url, headers=HTMX).status_code == 403
    assert admin_client.get(url).status_code == 200


@pytest.mark.parametrize("url", PAGES)
def test_the_page_itself_asks_nobody(sandbox, admin_client, url):
    page = admin_client.get(url)

    assert f'hx-get="{url}"' in page.content.decode()
    assert sandbox.requests == []


@pytest.mark.parametrize("url", ["/calls/", "/admin/"])
def test_administrators_find_them_in_the_menus(sandbox, admin_client, support_client, url):
    assert all(page in admin_client.get(url).content.decode() for page in PAGES)
    assert not any(page in support_client.get("/calls/").content.decode() for page in PAGES)


def test_health_shows_shares_and_what_to_do(used, admin_client):
    words = text_of(admin_client.get("/logs/health/", headers=HTMX))

    assert "Calls with any event 50 % 1 of 2" in words
    assert "Events without the tag 33 % 1 of 3" in words
    assert "Ids in Sentry that match no call 50 % 1 of 2" in words
    assert "Set the tag before anything else happens in a call" in words


def test_health_names_the_ids_that_are_meant(used, admin_client):
    page = admin_client.get("/logs/health/", headers=HTMX)

    words = text_of(page)
    assert "stranger-1" in words.partition("Ids that match no call")[2]
    assert "back\\slash" in words.partition("Ids that cannot be asked for")[2]


def test_health_works_without_javascript(used, admin_client):
    assert "1 of 2" in text_of(admin_client.get("/logs/health/?now=1"))


@pytest.mark.parametrize("url", PAGES)
def test_a_sentry_that_is_down_is_said_in_words(sandbox, admin_client, url):
    sandbox.faults.set("html", status=502)

    page = admin_client.get(url, headers=HTMX)

    assert page.status_code == 200
    assert "Sentry is having trouble." in text_of(page)


def test_health_says_when_the_filter_does_not_filter(used, admin_client, settings):
    settings.SENTRY_CANARY = True
    used.faults.set("ignore_query", containing="canary-")
    admin_client.get("/logs/", query_params={"range": "24h"}, headers=HTMX)

    assert "Sentry did not filter by call" in text_of(admin_client.get("/logs/health/", headers=HTMX))


def test_the_check_shows_every_finding(used, admin_client):
    words = text_of(admin_client.get("/logs/check/", headers=HTMX))

    assert "Everything that was asked works." in words
    for subject in ("Rate limits", "Fields", "How far back", "Filter by call"):
        assert subject in words


def test_a_failing_check_is_told_apart(used, admin_client):
    used.tokens[used.token] = {"project:read"}

    words = text_of(admin_client.get("/logs/check/", headers=HTMX))

    assert "Something does not work." in words and "Events (org:read) Fails" in words


def test_wrong_settings_are_shown_without_the_token(sandbox, settings, admin_client):
    settings.SENTRY_AUTH_TOKEN = "sntrys_secret-one"

    words = text_of(admin_client.get("/logs/check/", headers=HTMX))

    assert "The settings are wrong" in words and "organization token" in words
    assert "secret-one" not in words


def test_looking_twice_asks_once(used, admin_client):
    admin_client.get("/logs/check/", headers=HTMX)
    asked = len(used.requests)
    admin_client.get("/logs/check/", headers=HTMX)

    assert len(used.requests) == asked
