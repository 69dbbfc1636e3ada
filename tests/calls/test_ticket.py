"""Copy as ticket: a text for the engineer and one for the customer."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from dashboard.calls.models import CallDetail
from dashboard.calls.vocabulary import EndedReason, Fault, Outcome
from tests.factories import NOON, make_call

FAILED = {"outcome": Outcome.FAILED, "ended_reason": EndedReason.TTS_ERROR, "fault": Fault.TTS}


def ticket(client, call, **asked):
    html = client.get(f"/calls/{call.pk}/ticket/", asked).content.decode()
    found = re.findall(r'<pre id="(\w+)"[^>]*>(.*?)</pre>', html, re.S)
    return {name: unescape(text) for name, text in found}


@pytest.fixture
def broken(sandbox, db):
    call = make_call(started_at=timezone.now() - timedelta(hours=1), **FAILED)
    frame = {
        "filename": "agent/speech.py",
        "function": "synthesize",
        "lineno": 88,
        "in_app": True,
        "context_line": "    raise SpeechError()",
    }
    value = {"type": "SpeechError", "value": "503 for +442079460958", "stacktrace": {"frames": [frame]}}
    sandbox.add_event(
        correlation_id=call.platform_call_id,
        timestamp=call.started_at + timedelta(seconds=30),
        exception={"values": [value]},
        release="voice@2.3.1",
    )
    return call


def test_the_engineer_gets_ids_times_stack_and_links(broken, support_client, settings):
    settings.PUBLIC_URL = "https://calls.example"
    broken.aliases.create(kind="twilio_call_sid", value="CA123")

    text = ticket(support_client, broken)["engineer"]

    assert text.startswith("The call failed: speech provider error. [production]")
    for part in (
        f"Correlation id: {broken.platform_call_id} (Vapi)",
        "twilio_call_sid: CA123",
        f"Started: {broken.started_at:%Y-%m-%dT%H:%M:%S}",
        "Whose part: The speech provider’s",
        "Last error: SpeechError: 503 for +44 ••• 58",
        "release voice@2.3.1",
        "In agent/speech.py in synthesize, line 88\n  raise SpeechError()",
        "Sentry: http",
        f"Call: https://calls.example/calls/{broken.pk}/",
    ):
        assert part in text


def test_it_is_the_same_text_each_time(broken, support_client):
    assert ticket(support_client, broken) == ticket(support_client, broken)


def test_neither_text_holds_personal_data(broken, support_client):
    CallDetail.objects.create(call=broken, transcript=[{"role": "caller", "text": "I am Mira", "atMs": 1}])
    texts = "".join(ticket(support_client, broken).values())
    assert broken.from_number not in texts and "Mira" not in texts and "7946" not in texts


def test_the_customer_gets_plain_words_in_their_time(support_client, sandbox):
    call = make_call(started_at=NOON, **FAILED)
    text = ticket(support_client, call, zone="America/New_York")["customer"]
    assert text.startswith("About your call to Riverside Dental on Monday 23 November at 07:00 (EST): ")
    assert "a technical problem on our side interrupted it. We are sorry for the trouble." in text
    assert "provider" not in text and "Sentry" not in text


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "it was completed as planned"),
        ({"fault": Fault.TELEPHONY, "outcome": Outcome.FAILED}, "the phone connection was interrupted"),
        ({"direction": "outbound", "outcome": Outcome.NO_ANSWER}, "we could not reach you"),
        ({"outcome": Outcome.ABANDONED}, "it ended before we could finish"),
        ({"outcome": Outcome.UNKNOWN, "fault": Fault.UNKNOWN}, "something did not go as it should"),
    ],
)
def test_every_ending_has_its_words(support_client, sandbox, facts, words):
    call = make_call(started_at=timezone.now() - timedelta(hours=1), **({"fault": Fault.NONE} | facts))
    assert words in ticket(support_client, call)["customer"]


def test_a_running_call_says_so(support_client, sandbox):
    assert "still going on" in ticket(support_client, make_call(running=True))["customer"]


def test_without_sentry_the_ticket_says_what_is_missing(broken, support_client, sandbox):
    sandbox.faults.set("status", status=403)
    text = ticket(support_client, broken)["engineer"]
    assert "Sentry did not say whether there were errors." in text and "Correlation id" in text


def test_an_unknown_time_zone_is_refused(support_client, sandbox):
    page = support_client.get(f"/calls/{make_call().pk}/ticket/", {"zone": "Mars/Base"})
    assert page.status_code == 400 and "There is no such time zone." in page.content.decode()


def test_a_wrong_default_zone_is_found_at_start(settings):
    settings.CUSTOMER_TIME_ZONE = "Mars/Base"
    assert "dashboard.E005" in {message.id for message in run_checks()}


def test_no_call_no_ticket(support_client):
    assert support_client.get("/calls/0b5f3a52-6c1d-4d8e-9a54-0a53c1c1b6e1/ticket/").status_code == 404
