from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.utils import timezone

from dashboard.calls.vocabulary import Direction, EndedReason, Outcome, Platform
from tests.calls.test_call_list import text
from tests.factories import NOON, make_call

pytestmark = pytest.mark.django_db


def panel(response) -> dict[str, list[str]]:
    """Return the parameters with which the page asks for its logs."""
    url = re.search(r'<div id="panel" hx-get="([^"]+)"', response.content.decode())[1]
    assert urlsplit(unescape(url)).path == "/logs/call/"
    return parse_qs(urlsplit(unescape(url)).query, keep_blank_values=True)


def test_a_visitor_has_to_sign_in(client):
    assert client.get(make_call().get_absolute_url()).status_code == 302


def test_the_page_says_what_the_call_was(support_client):
    call = make_call(
        started_at=NOON,
        from_number="+442079464417",
        outcome=Outcome.FAILED,
        ended_reason=EndedReason.TTS_ERROR,
        duration_ms=194_000,
        platform=Platform.TWILIO,
        platform_call_id="CA8c0f",
    )
    page = text(support_client.get(call.get_absolute_url()))
    for words in (
        "Call from +44 ••• 17",
        "The call failed: speech provider error.",
        "Mon 23 Nov 2026, 12:00:00",
        "3 min 14 s",
        "Riverside Dental",
        "Front desk 2.3.1",
        "CA8c0f",
        "Twilio",
    ):
        assert words in page


def test_a_call_of_ours_is_a_call_to_somebody(support_client):
    call = make_call(direction=Direction.OUTBOUND, to_number="+442079464417")
    assert "Call to +44 ••• 17" in text(support_client.get(call.get_absolute_url()))


def test_numbers_are_masked(support_client):
    call = make_call(from_number="+442079464417")
    assert "79464417" not in support_client.get(call.get_absolute_url()).content.decode()


def test_the_logs_are_asked_for_by_correlation_id_and_time(support_client):
    call = make_call(started_at=NOON, platform_call_id='a "b" & c')
    asked = panel(support_client.get(call.get_absolute_url(), {"environment": "production"}))
    assert asked == {
        "id": ['a "b" & c'],
        "started": ["2026-11-23T12:00:00+00:00"],
        "ended": [(NOON + timedelta(minutes=3)).isoformat()],
        "environment": ["production"],
        "page": [call.get_absolute_url()],
    }


def test_a_running_call_has_no_end(support_client):
    assert panel(support_client.get(make_call(running=True).get_absolute_url()))["ended"] == [""]


def test_a_shared_link_shows_the_same_logs(support_client):
    url = make_call().get_absolute_url()
    asked = panel(support_client.get(url, {"range": "7d", "level": ["error", "fatal"], "cursor": "abc"}))
    assert (asked["range"], asked["level"], asked["cursor"]) == (["7d"], ["error", "fatal"], ["abc"])


def test_the_logs_can_be_reached_without_scripts(support_client):
    page = support_client.get(make_call().get_absolute_url()).content.decode()
    assert re.search(r'<noscript><p><a href="/logs/call/\?id=call-', page)


def test_the_panel_takes_what_the_page_asks(support_client, sandbox):
    call = make_call(running=True, platform_call_id="[odd] id, with:signs")
    sandbox.add_event(correlation_id=call.platform_call_id, title="SpeechError: silence")
    asked = panel(support_client.get(call.get_absolute_url()))
    assert "SpeechError: silence" in text(
        support_client.get("/logs/call/", asked, headers={"HX-Request": "true"})
    )


def test_its_errors_are_asked_for_apart(support_client, sandbox):
    call = make_call()
    page = support_client.get(call.get_absolute_url()).content.decode()
    assert f"/calls/marks/?environment=all&amp;ids={call.pk}" in page
    assert sandbox.requests == []


def test_a_call_elsewhere_says_so_and_offers_to_switch(support_client):
    call = make_call(environment="staging")
    response = support_client.get(call.get_absolute_url(), {"environment": "production"})
    assert "This call is in staging. The switcher shows production only" in text(response)
    assert "/calls/marks/" not in response.content.decode()
    button = re.search(r'<button name="environment" value="(\w+)">Show', response.content.decode())
    assert button[1] == "staging"


def test_a_call_of_an_environment_nobody_configured_is_shown_under_all(support_client):
    call = make_call(environment="canary")
    page = support_client.get(call.get_absolute_url(), {"environment": "production"}).content.decode()
    assert '<button name="environment" value="all">Show' in page


@pytest.mark.parametrize("environment", ["staging", "all"])
def test_nothing_is_said_where_the_call_belongs(support_client, environment):
    call = make_call(environment="staging")
    page = text(support_client.get(call.get_absolute_url(), {"environment": environment}))
    assert "The switcher shows" not in page


def test_an_unknown_call_is_not_found_in_words(support_client):
    response = support_client.get(f"/calls/{uuid4()}/")
    assert response.status_code == 404
    assert "There is no such call" in text(response)


def test_hostile_facts_are_shown_and_not_run(support_client):
    bad = '"><script>alert(1)</script>'
    call = make_call(line=bad, agent_name=bad, agent_version=bad[:40], platform_call_id=bad, from_number=bad)
    assert "<script>alert" not in support_client.get(call.get_absolute_url()).content.decode()


def test_a_call_costs_six_queries_at_most(support_client, django_assert_max_num_queries):
    """Once an hour there is one more, which writes down who looks."""
    url = make_call().get_absolute_url()
    with django_assert_max_num_queries(6 + 1):
        support_client.get(url)
    with django_assert_max_num_queries(6):
        support_client.get(url)


def test_the_verdict_is_renewed_until_sentry_has_answered(support_client, sandbox):
    call = make_call(started_at=timezone.now() - timedelta(hours=1))
    page = support_client.get(call.get_absolute_url()).content.decode()
    assert f'hx-get="/calls/{call.pk}/verdict/?try=1" hx-trigger="load"' in page
    assert "Sentry has not answered yet." in page

    verdict = support_client.get(f"/calls/{call.pk}/verdict/?try=1").content.decode()

    assert "The call was completed, and nothing broke." in verdict and "hx-trigger" not in verdict


def test_the_verdict_names_what_sentry_has(support_client, sandbox):
    call = make_call(started_at=timezone.now() - timedelta(hours=1))
    broken = {"title": "KeyError: slot", "timestamp": call.started_at}
    sandbox.add_event(correlation_id=call.platform_call_id, **broken)

    verdict = text(support_client.get(f"/calls/{call.pk}/verdict/?try=1"))

    assert "The call was completed, but not everything went well." in verdict
    assert "Went wrong silently" in verdict and "Ours: our own software" in verdict


def test_a_verdict_on_no_call_is_not_found(support_client):
    assert support_client.get("/calls/0b5f3a52-6c1d-4d8e-9a54-0a53c1c1b6e1/verdict/").status_code == 404
