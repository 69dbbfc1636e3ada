from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dashboard.calls.vocabulary import Direction, EndedBy, EndedReason, Fault, Outcome, Platform, Status
from dashboard.ingest.platforms.base import Incoming, Secret
from dashboard.ingest.platforms.elevenlabs import ELEVENLABS
from dashboard.ingest.reports import GUESS, Alias, Cost, Ending, Report
from tests.ingest.platforms.conftest import (
    SIGNED_AT,
    changed,
    samples,
)
from tests.ingest.platforms.outcomes import call_of

TEXT = "wsec_elevenlabs_test_secret"
SECRET = Secret(TEXT)
HEADER = "elevenlabs-signature"
CONVERSATION = "conv_01jsynthetic0000000000000001"
CALL_SID, STREAM_SID = "CA0123456789abcdef0123456789abcdef", "MZ0123456789abcdef0123456789abcdef"
PERSON, LINE = "+15555550123", "+15555550100"
STARTED = datetime(2026, 11, 21, 9, 41, 1, tzinfo=UTC)
SAMPLES = samples("elevenlabs")
BODIES = {name: json.loads(sample.body) for name, sample in SAMPLES.items()}
OK = SAMPLES["post_call_transcription_ok"]


def sign(body: bytes, signed_at: datetime | str = SIGNED_AT, secret: str = TEXT) -> str:
    """Sign as elevenlabs/elevenlabs-python:src/elevenlabs/webhooks_custom.py does."""
    seconds = signed_at if isinstance(signed_at, str) else str(int(signed_at.timestamp()))
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v0={digest}"


def message(body: Any, **changes: Any) -> Incoming:
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json", HEADER: sign(written)} | changes.pop("headers", {})
    return Incoming("https://desk.example.test/", headers, written, changes.pop("now", SIGNED_AT))


def report_of(body: Any) -> Report:
    (report,) = ELEVENLABS.read(message(body), "staging").reports
    return report


def transcription(path: str, value: Any) -> Report:
    """Return the report of the sample with another value at a path inside its data."""
    return report_of(changed(BODIES["post_call_transcription_ok"], ("data", *path.split(".")), value))


def expected(**facts: Any) -> Report:
    defaults: dict[str, Any] = {
        "platform": Platform.ELEVENLABS,
        "platform_call_id": CONVERSATION,
        "environment": "staging",
        "at": SIGNED_AT,
        "status": Status.ENDED,
        "agent_id": "agent_01jsynthetic",
        "sureness": {"ended_at": GUESS},
    }
    return Report(**defaults | facts)


CARRIER = frozenset([Alias("twilio_call_sid", CALL_SID), Alias("stream_sid", STREAM_SID)])
REPORTS: Mapping[str, Report] = {
    "post_call_transcription_ok": expected(
        direction=Direction.INBOUND,
        from_number=PERSON,
        to_number=LINE,
        agent_name="Front desk",
        started_at=STARTED,
        ended_at=STARTED + timedelta(seconds=70),
        duration_ms=70_000,
        ending=Ending(
            Outcome.COMPLETED,
            EndedBy.CALLER,
            EndedReason.CALLER_HANGUP,
            Fault.NONE,
            "Client disconnected: 1000",
        ),
        transcript=[
            {"role": "agent", "text": "Thanks for calling, how can I help?", "atMs": 0},
            {"role": "caller", "text": "I need to move my appointment.", "atMs": 5000},
        ],
        tool_calls=[
            {
                "name": "reschedule",
                "atMs": 12_000,
                "arguments": {"day": "Tue"},
                "result": "timeout",
                "failed": True,
                "latencyMs": 5000,
            }
        ],
        summary="Caller asked to move an appointment; the tool timed out.",
        success=False,
        language="en",
        cost=Cost(Decimal("0.12"), "USD"),
        latency={"llmP50Ms": 370.0},
        metadata={
            "dynamic_variables": {
                "system__conversation_id": CONVERSATION,
                "system__call_sid": CALL_SID,
                "correlation_id": CONVERSATION,
            }
        },
        aliases=CARRIER,
    ),
    "post_call_transcription_failed": expected(
        direction=Direction.INBOUND,
        from_number=PERSON,
        to_number=LINE,
        started_at=STARTED,
        ended_at=STARTED + timedelta(seconds=3),
        duration_ms=3000,
        ending=Ending(
            Outcome.FAILED,
            EndedBy.PLATFORM,
            EndedReason.PLATFORM_ERROR,
            Fault.PLATFORM,
            "LLM cascade error",
        ),
        transcript=[],
        tool_calls=[],
        cost=Cost(Decimal(0), "credits"),
        metadata={"error": {"code": 1011, "reason": "LLM cascade error"}},
        aliases=CARRIER,
    ),
    "call_initiation_failure_twilio": expected(
        direction=Direction.OUTBOUND,
        from_number=LINE,
        to_number=PERSON,
        ended_at=SIGNED_AT,
        ending=Ending(Outcome.BUSY, EndedBy.CALLEE, EndedReason.BUSY, Fault.NONE, "busy"),
        metadata=BODIES["call_initiation_failure_twilio"]["data"]["metadata"],
        aliases=frozenset([Alias("twilio_call_sid", CALL_SID)]),
    ),
    "call_initiation_failure_sip": expected(
        direction=Direction.OUTBOUND,
        ended_at=SIGNED_AT,
        ending=Ending(Outcome.NO_ANSWER, EndedBy.CALLEE, EndedReason.NO_ANSWER, Fault.NONE, "no-answer"),
        metadata={"type": "sip", "body": {"sip_status_code": 480}},
    ),
    "post_call_audio": expected(sureness={}),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_proven_and_gives_its_report(name: str) -> None:
    incoming = SAMPLES[name].incoming()

    ELEVENLABS.verify(incoming, SECRET)
    reading = ELEVENLABS.read(incoming, "staging")

    kind = BODIES[name]["type"]
    assert reading.event_type == kind
    assert (reading.is_known_type, reading.at) == (True, SIGNED_AT)
    assert list(reading.reports) == [REPORTS[name]]


def test_one_event_told_with_other_facts_is_no_repetition() -> None:
    """Two of the samples are a transcription of one conversation: what the second says must not be lost."""
    keys = {
        ELEVENLABS.read(SAMPLES[name].incoming(), "staging").event_key
        for name in SAMPLES
        for _repeated in range(2)
    }

    assert len(keys) == len(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sound_comes_before_or_after_the_rest(name: str) -> None:
    columns = [
        call_of([REPORTS[one] for one in order])
        for order in ((name, "post_call_audio"), ("post_call_audio", name))
    ]

    assert columns[0] == columns[1]
    assert columns[0]["status"] == Status.ENDED


def test_the_sound_is_not_kept() -> None:
    sound = "SUQz" * 250_000
    body = changed(BODIES["post_call_audio"], ("data", "full_audio"), sound)

    kept = ELEVENLABS.kept(json.dumps(body, indent=1).encode())

    assert json.loads(kept) == changed(body, ("data", "full_audio"), "750000 bytes of sound")
    assert ELEVENLABS.kept(kept) == kept
    assert report_of(kept) == report_of(body) == REPORTS["post_call_audio"]


@pytest.mark.parametrize("name", ["post_call_transcription_ok", "call_initiation_failure_sip"])
def test_a_body_without_sound_is_kept_whole(name: str) -> None:
    said = changed(BODIES[name], ("data", "agent_id"), 'He said "full_audio": "AAAA"')

    assert ELEVENLABS.kept(json.dumps(said).encode()) == json.dumps(said).encode()


def test_half_a_sound_is_not_kept_either() -> None:
    kept = ELEVENLABS.kept(b'{"data":{"full_audio":"' + b"SUQz" * 1000)

    assert kept == b'{"data":{"full_audio":"3000 bytes of sound'


def test_an_outbound_call_is_from_the_line_to_the_person() -> None:
    report = transcription("metadata.phone_call.direction", "outbound")

    assert (report.direction, report.from_number, report.to_number) == (Direction.OUTBOUND, LINE, PERSON)


def test_a_call_in_a_browser_has_no_numbers() -> None:
    report = transcription("metadata.phone_call", None)

    assert (report.direction, report.from_number, report.to_number) == (None, None, None)
    assert report.aliases == {Alias("call_sid", CALL_SID)}


def test_a_sip_call_is_found_by_its_ids() -> None:
    phone = {"type": "sip_trunking", "call_sid": "SCL_1", "call_id": "a84b4c76e66710", "direction": "inbound"}

    report = transcription("metadata.phone_call", phone)

    assert report.aliases >= {Alias("call_sid", "SCL_1"), Alias("sip_call_id", "a84b4c76e66710")}


def test_credits_are_the_cost_when_no_money_is_named() -> None:
    assert transcription("metadata.cost_fiat", None).cost == Cost(Decimal(296), "credits")


@pytest.mark.parametrize(("said", "success"), [("success", True), ("failure", False), ("unknown", None)])
def test_the_analysis_judges_success(said: str, success: bool | None) -> None:
    assert transcription("analysis.call_successful", said).success is success


@pytest.mark.parametrize(
    ("said", "reason", "known"),
    [
        ("Client disconnected: 1000", EndedReason.CALLER_HANGUP, True),
        ("end_call tool was called.", EndedReason.AGENT_HANGUP, True),
        ("Call transferred", EndedReason.TRANSFERRED, True),
        ("Voicemail detected", EndedReason.VOICEMAIL, True),
        ("the moon was full", EndedReason.UNKNOWN, False),
        ("", EndedReason.UNKNOWN, True),
    ],
)
def test_why_a_call_ended_is_read_from_prose(said: str, reason: EndedReason, known: bool) -> None:
    ending = transcription("metadata.termination_reason", said).ending

    assert ending and (ending.reason, ending.is_known) == (reason, known)


def test_an_error_counts_more_than_the_prose() -> None:
    ending = transcription("metadata.error", {"code": 1002, "reason": "quota"}).ending

    assert ending and (ending.outcome, ending.raw) == (Outcome.FAILED, "Client disconnected: 1000")


def test_a_result_may_come_with_a_later_turn() -> None:
    turns = [
        {"role": "agent", "tool_calls": [{"request_id": "r", "tool_name": "transfer_to_number",
         "params_as_json": '{"transfer_number": "+1 555 555 0199"}'}], "time_in_call_secs": 3},
        {"role": "agent", "tool_results": [{"request_id": "r", "is_error": False, "result_value": "[1]",
         "tool_latency_secs": 0.25}], "time_in_call_secs": 4},
    ]  # fmt: skip

    report = transcription("transcript", turns)

    assert report.tool_calls == [
        {
            "name": "transfer_to_number",
            "atMs": 3000,
            "arguments": {"transfer_number": "+1 555 555 0199"},
            "result": [1],
            "failed": False,
            "latencyMs": 250,
        }
    ]
    assert report.transfer_to == "+15555550199"


def test_their_environment_is_not_ours() -> None:
    assert transcription("environment", "production").environment == "staging"


def test_an_unknown_type_is_no_call_and_no_error() -> None:
    body = {"type": "voice_removal_notice", "event_timestamp": 1795254131, "data": {"voice_id": "v"}}

    reading = ELEVENLABS.read(message(body), "staging")

    assert (reading.event_type, reading.is_known_type, reading.reports) == ("voice_removal_notice", False, ())
    assert reading.event_key and reading.at == SIGNED_AT
