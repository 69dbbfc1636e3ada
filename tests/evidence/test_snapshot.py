"""What a snapshot holds, what it never holds, and how large it may be."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from dashboard.calls.models import CallDetail
from dashboard.evidence.content import digest
from dashboard.evidence.models import Evidence

pytestmark = pytest.mark.django_db
NUMBER = "+442079464417"


def test_no_personal_data_is_stored(failing_call, sandbox, take_now):
    spoken = "Call me at +44 20 7946 4417 or at rosa.lima@example.com."
    CallDetail.objects.update(
        transcript=[{"role": "caller", "text": spoken, "atMs": 0}],
        tool_calls=[{"name": "sms", "arguments": {"to": NUMBER, NUMBER: "x"}, "result": spoken}],
        summary=f"Caller {NUMBER}",
    )
    for level in ("error", "info"):
        sandbox.add_event(
            correlation_id=failing_call.platform_call_id,
            level=level,
            title=f"SmsFailed to {NUMBER}",
            timestamp=failing_call.started_at + timedelta(seconds=9),
        )

    content = take_now(failing_call).content

    assert "SmsFailed" in content
    for clear in (NUMBER, "79464417", "7946 4417", "rosa.lima"):
        assert clear not in content


def test_the_hash_is_of_what_is_stored(pinned):
    stored = Evidence.objects.get()

    assert stored.sha256 == digest(stored.content)
    assert json.loads(stored.content)["call"]["platform_call_id"] == "call-with-errors"


def test_too_much_is_cut_aloud_and_the_worst_is_kept(settings, sandbox, failing_call, take_now):
    settings.EVIDENCE_LIMIT_BYTES = 6_000
    for number in range(30):
        sandbox.add_event(
            correlation_id=failing_call.platform_call_id,
            level="info",
            title=f"Told {number:02} " + "x" * 100,
            timestamp=failing_call.started_at + timedelta(seconds=10 + number),
        )

    evidence = take_now(failing_call)

    events = evidence.snapshot["events"]
    assert len(evidence.content.encode()) <= 6_000
    assert {"error", "warning"} <= {event["level"] for event in events}
    assert evidence.snapshot["leftOut"] == [f"{32 - len(events)} events for which there was no room"]
    told = [event["title"][5:7] for event in events if event["level"] == "info"]
    assert told == [f"{number:02}" for number in range(29, 29 - len(told), -1)]
