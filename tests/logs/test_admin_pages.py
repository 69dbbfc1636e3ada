"""Correlation health, the check of the connection and the comparison, as an administrator sees them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from sentry_logs.management.pointing import point_at
from sentry_logs.sandbox import start_sandbox
from tests.factories import make_call
from tests.logs.pages import HTMX, text_of

LOADING = ["/logs/health/", "/logs/check/"]
PAGES = [*LOADING, "/logs/comparison/"]
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


@pytest.mark.parametrize("url", LOADING)
def test_the_page_itself_asks_nobody(sandbox, admin_client, url):
    page = admin_client.get(url)

    assert f'hx-get="{url}"' in page.content.decode()
    assert sandbox.requests == []


@pytest.mark.parametrize("url", ["/calls/", "/admin/"])
def test_administrators_find_them_in_the_menus(sandbox, admin_client, support_client, url):
    assert all(page in admin_client.get(url).content.decode() for page in PAGES)
    assert not any(page in support_client.get("/calls/").content.decode() for page in PAGES)


@pytest.mark.parametrize("url", PAGES)
def test_they_are_no_tab_and_marked_in_the_account_menu(sandbox, admin_client, url):
    html = admin_client.get(url).content.decode()

    assert re.findall(r'href="([^"]*)" aria-current="page"', html) == [url]


@pytest.mark.parametrize("url", ["/logs/", "/logs/untagged/", "/logs/group/?id=call-1"])
def test_pages_of_events_are_a_tab_and_not_in_that_menu(sandbox, admin_client, url):
    html = admin_client.get(url).content.decode()

    (current,) = re.findall(r'<a href="([^"]*)" aria-current="page">', html)
    assert current.startswith("/logs/?")


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


def test_health_has_a_share_of_log_lines_for_each_week(sandbox, admin_client):
    for days, name in ((0, "call-1"), (0, None), (8, None), (15, "call-1")):
        sandbox.add_log(correlation_id=name, message="Hello", timestamp=NOW - timedelta(days=days, minutes=5))

    words = text_of(admin_client.get("/logs/health/", headers=HTMX))

    row = "Log lines without the attribute 50 % 1 of 2 100 % 1 of 1 0 % 0 of 1 – 0 of 0 50 % 2 of 4"
    assert row in words
    assert "give them the call's id as an attribute" in words


def test_health_says_which_weeks_of_log_lines_are_past_retention(sandbox, admin_client, settings):
    settings.SENTRY_LOGS_RETENTION_DAYS = 9
    sandbox.add_log(correlation_id=None, message="Hello", timestamp=NOW - timedelta(minutes=5))

    with time_machine.travel(NOW):
        words = text_of(admin_client.get("/logs/health/", headers=HTMX))

    oldest = NOW - timedelta(days=9)
    since = f"since {oldest.day} {oldest:%b}"
    row = f"100 % 1 of 1 – 0 of 0 {since} – past retention – past retention 100 % 1 of 1 {since}"
    assert f"Log lines without the attribute {row}" in words
    assert "Logs are kept for 9 days" in words


def test_health_says_that_a_server_has_no_logs(settings, admin_client):
    with start_sandbox(old=True) as sandbox:
        point_at(sandbox, settings)
        words = text_of(admin_client.get("/logs/health/", headers=HTMX))

    assert "Logs: not available on this server" in words
    assert "Log lines without the attribute" not in words and "Partly checked" not in words


def test_health_says_that_logs_could_not_be_asked(used, admin_client):
    used.faults.set("status", status=403, path="dataset=logs")

    words = text_of(admin_client.get("/logs/health/", headers=HTMX))

    assert "Partly checked: logs." in words
    assert "Calls with any event 50 % 1 of 2" in words
    assert "Log lines without the attribute" not in words


def test_health_works_without_javascript(used, admin_client):
    assert "1 of 2" in text_of(admin_client.get("/logs/health/?now=1"))


@pytest.mark.parametrize("url", LOADING)
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
