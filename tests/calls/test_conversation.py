from __future__ import annotations

import re

import pytest

from dashboard.calls.models import CallAlias, CallDetail
from tests.calls.test_call_list import text
from tests.factories import make_call

pytestmark = pytest.mark.django_db

TRANSCRIPT = [
    {"role": "agent", "text": "How can I help?", "atMs": 900},
    {"role": "caller", "text": "Move my <b>appointment</b>", "atMs": 5_200},
    {"role": "agent", "text": "That did not work.", "atMs": 18_000},
]
TOOLS = [
    {
        "name": "reschedule",
        "atMs": 12_000,
        "arguments": {"day": "Tue"},
        "result": "timeout",
        "failed": True,
        "latencyMs": 5_000,
    }
]


def page_of(client, call) -> str:
    return client.get(f"{call.get_absolute_url()}conversation/").content.decode()


def speakers(html: str) -> list[str]:
    return re.findall(r'<li data-role="(\w+)"', html)


def test_turns_and_tools_stand_in_the_order_in_which_they_happened(support_client):
    call = make_call()
    CallDetail.objects.create(call=call, transcript=TRANSCRIPT, tool_calls=TOOLS, summary="It failed.")

    html = page_of(support_client, call)

    assert speakers(html) == ["agent", "caller", "tool", "agent"]
    page = text(support_client.get(f"{call.get_absolute_url()}conversation/"))
    for words in (
        "Summary It failed.",
        "0:05 Caller",
        "0:12 Tool reschedule failed 5000 ms",
        '{"day": "Tue"}',
    ):
        assert words in page
    assert "<b>appointment</b>" not in html


def test_a_tool_without_a_time_comes_before_what_was_said_later(support_client):
    call = make_call()
    CallDetail.objects.create(
        call=call, transcript=TRANSCRIPT, tool_calls=[{"name": "look_up", "atMs": None}]
    )

    assert speakers(page_of(support_client, call))[0] == "tool"


@pytest.mark.parametrize(("running", "words"), [(True, "still running"), (False, "sent no transcript")])
def test_without_a_transcript_the_page_says_why(support_client, running, words):
    assert words in page_of(support_client, make_call(running=running))


def test_the_facts_name_other_ids_the_cost_and_the_recording(support_client):
    call = make_call(ended_reason_raw="customer-ended-call")
    CallAlias.objects.create(call=call, kind="twilio_call_sid", value="CA0123")
    CallDetail.objects.create(
        call=call, cost_amount="0.114200", cost_currency="USD", recording_url="https://rec.example.test/1.wav"
    )

    page = text(support_client.get(call.get_absolute_url()))

    for words in (
        "Twilio call SID CA0123",
        "0.1142 USD",
        "Recording Hidden",
        "Vapi says customer-ended-call",
    ):
        assert words in page
    assert "rec.example.test" not in page


def test_a_recording_that_is_no_web_address_is_not_offered(support_client):
    call = make_call()
    CallDetail.objects.create(call=call, recording_url="javascript:alert(1)")

    assert "javascript:" not in support_client.get(call.get_absolute_url()).content.decode()


def test_a_call_that_is_not_there_says_so(support_client):
    missing = "/calls/00000000-0000-4000-8000-000000000000/conversation/"

    assert support_client.get(missing).status_code == 404
