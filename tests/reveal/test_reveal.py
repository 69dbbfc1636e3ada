from __future__ import annotations

import re
from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError
from django.utils import timezone

from dashboard.audit.models import Entry
from dashboard.calls.models import CallDetail
from dashboard.ingest.models import Delivery
from tests.factories import make_call

WHY = {"category": "fault", "reason": "The caller says that we wrote the number down wrong"}


@pytest.fixture
def call(db):
    call = make_call(from_number="+447700900123", platform_call_id="call_9f3c1e70a1b24d55")
    CallDetail.objects.create(
        call=call,
        transcript=[{"role": "caller", "text": "My name is Canary Quill", "atMs": 0}],
        tool_calls=[{"name": "book", "atMs": 5, "arguments": {"phone": "07700 900123"}}],
        summary="Canary Quill rang.",
        recording_url="https://rec.example.test/canary.wav?sig=1",
    )
    return call


def url_of(call):
    return f"/reveal/call/{call.pk}/"


def filled_in(client, address, **facts):
    """Return what the form sends, with the token that the page gave it."""
    token = re.search(r'name="token" value="([0-9a-f]{32})"', client.get(address).content.decode())[1]
    return WHY | {"token": token} | facts


def looks():
    return list(Entry.objects.filter(event__in=["reveal", "export"], result="shown").order_by("pk"))


def test_a_lead_sees_what_was_asked_for_and_the_trail_has_it(lead_client, lead_user, call):
    response = lead_client.post(url_of(call), filled_in(lead_client, url_of(call), what=["numbers"]))

    page = response.content.decode()
    assert "+447700900123" in page and "Canary" not in page and "rec.example.test" not in page
    assert "no-store" in response["Cache-Control"]
    assert f'content="300; url=/calls/{call.pk}/"' in page
    [entry] = looks()
    assert (entry.event, entry.who, entry.call_id, entry.fields) == ("reveal", "lena", call.pk, ["numbers"])
    assert entry.reason == f"fault: {WHY['reason']}"
    assert entry.door == "reveal:call" and entry.request_id == response["X-Request-Id"]


def test_the_conversation_is_shown_as_it_was_said(lead_client, call):
    sent = filled_in(lead_client, url_of(call), what=["conversation"])

    page = lead_client.post(url_of(call), sent).content.decode()

    assert "My name is Canary Quill" in page and "07700 900123" in page and "+447700900123" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "short"},
        {"reason": ""},
        {"category": ""},
        {"category": "fun"},
        {"what": []},
        {"what": ["all"]},
    ]
    + [{"token": ""}, {"token": "x" * 32}, {"reason": " " * 20}],
)
def test_without_a_reason_nothing_is_shown(lead_client, call, wrong):
    sent = filled_in(lead_client, url_of(call), what=["numbers"]) | wrong

    response = lead_client.post(url_of(call), sent)

    assert response.status_code == 400
    assert "900123" not in response.content.decode() and not looks()


def test_a_look_at_the_form_shows_nothing(lead_client, call):
    assert "900123" not in lead_client.get(url_of(call)).content.decode()
    assert not looks()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["support_client", "admin_client", "nobody_client"])
def test_who_has_not_the_right_sees_nothing(request, call, who, method):
    client = request.getfixturevalue(who)

    response = getattr(client, method)(url_of(call), WHY | {"token": "0" * 32, "what": ["numbers"]})

    assert response.status_code == 403
    assert "900123" not in response.content.decode() and not looks()


def test_two_clicks_are_one_look(lead_client, call):
    sent = filled_in(lead_client, url_of(call), what=["numbers"])

    pages = [lead_client.post(url_of(call), sent).content.decode() for _click in range(2)]

    assert all("+447700900123" in page for page in pages)
    assert len(looks()) == 1


def test_a_page_that_is_sent_again_later_shows_nothing(lead_client, call, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    sent = filled_in(lead_client, url_of(call), what=["numbers"])
    lead_client.post(url_of(call), sent)
    time_machine.move_to(now + timedelta(minutes=6), tick=False)

    response = lead_client.post(url_of(call), sent)

    assert response.status_code == 409 and "900123" not in response.content.decode()


def test_a_token_opens_nothing_else_than_what_it_was_sent_for(lead_client, call):
    sent = filled_in(lead_client, url_of(call), what=["numbers"])
    lead_client.post(url_of(call), sent)
    other = make_call(from_number="+447700900777")

    response = lead_client.post(url_of(other), sent)

    assert response.status_code == 409 and "900777" not in response.content.decode()


def test_looks_are_limited_by_the_hour(lead_client, call, settings, time_machine):
    settings.REVEALS_AN_HOUR_LEAD = 2
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    for number in range(3):
        sent = filled_in(lead_client, url_of(call), what=["numbers"])
        response = lead_client.post(url_of(call), sent)
        assert ("900123" in response.content.decode()) == (number < 2)

    assert response.status_code == 429
    assert Entry.objects.filter(result="limited").count() == 1
    time_machine.move_to(now + timedelta(hours=1, seconds=1), tick=False)
    sent = filled_in(lead_client, url_of(call), what=["numbers"])
    assert lead_client.post(url_of(call), sent).status_code == 200


def test_a_look_at_what_is_masked_does_not_count(lead_client, call, settings):
    settings.REVEALS_AN_HOUR_LEAD = 1
    lead_client.get(call.get_absolute_url())
    lead_client.get("/calls/export/").close()

    sent = filled_in(lead_client, url_of(call), what=["numbers"])

    assert lead_client.post(url_of(call), sent).status_code == 200


def test_an_agent_with_a_grant_has_an_agents_limit(support_client, support_user, call, settings):
    settings.REVEALS_AN_HOUR = 1
    grant_reveal(support_user)

    answers = [
        support_client.post(url_of(call), filled_in(support_client, url_of(call), what=["numbers"]))
        for _look in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 429]


def test_what_cannot_be_recorded_is_not_shown(lead_client, call):
    sent = filled_in(lead_client, url_of(call), what=["numbers", "conversation", "recording"])

    with mock.patch("dashboard.audit.record.append", side_effect=DatabaseError("gone")):
        response = lead_client.post(url_of(call), sent)

    assert response.status_code == 503 and "Retry-After" in response.headers
    assert not re.search("900123|Canary|recording/", response.content.decode())


def test_the_reason_that_is_kept_names_nobody(lead_client, call):
    sent = filled_in(lead_client, url_of(call), what=["numbers"], reason="Ring +447700900123 back please")

    lead_client.post(url_of(call), sent)

    assert looks()[0].reason == "fault: Ring +44 ••• 23 back please"


def test_a_recording_is_opened_by_a_link_that_works_for_a_minute(lead_client, call, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    page = lead_client.post(url_of(call), filled_in(lead_client, url_of(call), what=["recording"]))
    link = re.search(r'href="(/reveal/recording/[^"]+)"', page.content.decode())[1]
    assert "rec.example.test" not in page.content.decode()

    response = lead_client.get(link)

    assert response.status_code == 302
    assert response["Location"] == "https://rec.example.test/canary.wav?sig=1"
    assert response["Referrer-Policy"] == "no-referrer"
    assert Entry.objects.filter(event="recording_opened", call_id=call.pk).count() == 1
    time_machine.move_to(now + timedelta(seconds=61), tick=False)
    assert lead_client.get(link).status_code == 410


def test_a_link_to_a_recording_is_of_use_to_nobody_else(lead_client, support_client, support_user, call):
    page = lead_client.post(url_of(call), filled_in(lead_client, url_of(call), what=["recording"]))
    link = re.search(r'href="(/reveal/recording/[^"]+)"', page.content.decode())[1]
    assert support_client.get(link).status_code == 403
    grant_reveal(support_user)

    assert support_client.get(link).status_code == 410
    assert support_client.get("/reveal/recording/forged/").status_code == 410


def test_a_webhook_is_shown_in_clear_with_a_reason(lead_client, db):
    delivery = Delivery.objects.create(
        environment="production",
        platform="vapi",
        dedupe_key="1",
        body=b'{"number": "+447700900123"}',
        content_type="application/json",
    )
    address = f"/reveal/delivery/{delivery.pk}/"

    page = lead_client.post(address, filled_in(lead_client, address)).content.decode()

    assert "+447700900123" in page
    assert looks()[0].fields == ["body"]


def test_an_export_in_clear_needs_both_rights_and_a_reason(lead_client, support_client, support_user, call):
    address = "/reveal/export/?environment=production"
    grant_reveal(support_user)
    assert support_client.get(address).status_code == 403
    filters = {"filters": "environment=production", "format": "csv"}

    refused = lead_client.post("/reveal/export/", filled_in(lead_client, address, **filters, reason="no"))
    response = lead_client.post("/reveal/export/", filled_in(lead_client, address, **filters))

    assert refused.status_code == 400 and not refused.streaming
    assert b"+447700900123" in response.getvalue()
    [entry] = looks()
    assert (entry.event, entry.fields) == ("export", ["export"])


def grant_reveal(person):
    person.user_permissions.add(Permission.objects.get(codename="reveal"))


def test_the_page_of_the_call_shows_who_looked_and_why(lead_client, support_client, call):
    lead_client.post(url_of(call), filled_in(lead_client, url_of(call), what=["numbers"]))
    support_client.get(call.get_absolute_url())

    seen = lead_client.get(call.get_absolute_url()).content.decode()
    own = support_client.get(call.get_absolute_url()).content.decode()

    assert "lena: Reveal (numbers)" in seen and WHY["reason"] in seen and "mira: Call opened" in seen
    assert "mira: Call opened" in own and "lena" not in own


def test_the_page_of_the_call_offers_it_to_those_who_may(lead_client, support_client, call):
    assert f'href="{url_of(call)}"' in lead_client.get(call.get_absolute_url()).content.decode()
    assert "Ask your lead" in support_client.get(call.get_absolute_url()).content.decode()
