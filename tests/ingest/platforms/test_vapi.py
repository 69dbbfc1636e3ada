"""Vapi: what its messages prove and what they say of a call."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.calls.vocabulary import (
    Direction,
    EndedBy,
    EndedReason,
    Fault,
    Outcome,
    Platform,
    Status,
)
from dashboard.ingest.platforms.base import Incoming, Reading, Secret, Unreadable
from dashboard.ingest.platforms.vapi import RUNNING, VAPI
from dashboard.ingest.reports import FINAL, GUESS, Alias, Cost, Ending, Report
from tests.ingest.platforms.conftest import (
    MALFORMED,
    ODD_VALUES,
    SIGNED_AT,
    Sample,
    changed,
    paths,
    read,
    refusal,
    samples,
    verifying,
)

SAMPLES = samples("vapi")
KEY = read("vapi")["secret"]
SECRET = Secret(KEY)
LIVE, DONE, FAULTY, HANG = (
    SAMPLES[name]
    for name in (
        "status_update_in_progress",
        "end_of_call_report_ok",
        "end_of_call_report_provider_fault",
        "hang",
    )
)
BODY = LIVE.body
CALL_ID = "7d1f3c0e-5a6b-4c2d-9e8f-0a1b2c3d4e5f"
STARTED = datetime(2026, 11, 21, 9, 41, 1, tzinfo=UTC)
CREATED = datetime(2026, 11, 21, 9, 40, 58, 120_000, tzinfo=UTC)
ENDED = datetime(2026, 11, 21, 9, 42, 10, 700_000, tzinfo=UTC)


def vapi_signature(
    body: bytes, timestamp: str | None, key: bytes = KEY.encode(), algorithm: str = "sha256"
) -> bytes:
    """Sign as Vapi's `HmacAuthenticationPlan` says: "{timestamp}.{body}", or the body without a timestamp."""
    signed = body if timestamp is None else timestamp.encode() + b"." + body
    return hmac.new(key, signed, getattr(hashlib, algorithm)).digest()


def signed(body: bytes, at: datetime = SIGNED_AT, **changes: Any) -> Incoming:
    """Return a body signed at a time, in seconds, that arrives when the samples do."""
    timestamp = str(int(at.timestamp()))
    headers = {
        "content-type": "application/json",
        "x-timestamp": timestamp,
        "x-signature": vapi_signature(body, timestamp).hex(),
    }
    return Sample("", "https://desk.example.test/", headers, body).incoming(**changes)


def message(**changes: Any) -> bytes:
    """Return the body of a message of a running call with other fields."""
    return json.dumps({"message": json.loads(BODY)["message"] | changes}).encode()


def read_body(body: bytes) -> Reading:
    return VAPI.read(signed(body), "production")


def report_of(body: bytes) -> Report:
    (report,) = read_body(body).reports
    return report


# What proves a message


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_genuine(name: str) -> None:
    VAPI.verify(SAMPLES[name].incoming(), SECRET)
    VAPI.verify(signed(SAMPLES[name].body), SECRET)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("prefix", ["", "sha256=", "v1,", "sig:"])
def test_every_algorithm_encoding_and_prefix_is_understood(algorithm: str, prefix: str) -> None:
    digest = vapi_signature(BODY, "1795254131", algorithm=algorithm)
    for text in (digest.hex(), base64.b64encode(digest).decode()):
        VAPI.verify(LIVE.incoming(headers={"x-signature": prefix + text}), SECRET)


def test_a_secret_may_stand_for_bytes() -> None:
    raw = b"sixteen bytes or more of a secret"
    signature = vapi_signature(BODY, "1795254131", key=raw).hex()
    secret = Secret(base64.b64encode(raw).decode())
    VAPI.verify(LIVE.incoming(headers={"x-signature": signature}), secret)


def test_without_a_timestamp_the_body_alone_is_signed() -> None:
    headers = {"content-type": "application/json", "x-signature": vapi_signature(BODY, None).hex()}
    bare = Sample("", LIVE.url, headers, BODY)
    VAPI.verify(bare.incoming(), SECRET)
    stripped = {name: value for name, value in LIVE.headers.items() if name != "x-timestamp"}
    assert refusal(verifying(VAPI, Sample("", LIVE.url, stripped, BODY).incoming(), SECRET)) == "wrong"


@pytest.mark.parametrize(
    "headers",
    [
        {"x-vapi-secret": KEY},
        {"authorization": f"Bearer {KEY}"},
        {"authorization": f"bearer  {KEY} "},
    ],
)
def test_the_secret_itself_is_a_proof(headers: dict[str, str]) -> None:
    VAPI.verify(Sample("", LIVE.url, headers, BODY).incoming(), SECRET)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "missing"),
        ({"x-signature": ""}, "missing"),
        ({"x-signature": "   "}, "missing"),
        ({"x-signature": "hello"}, "malformed"),
        ({"x-signature": "é" * 64}, "malformed"),
        ({"x-signature": "\xff\xfe"}, "malformed"),
        ({"x-signature": "\udcff" * 64}, "malformed"),
        ({"x-signature": "0" * 64}, "wrong"),
        ({"x-signature": LIVE.headers["x-signature"]}, "wrong"),
        ({"x-signature": LIVE.headers["x-signature"].upper(), "x-timestamp": "1795254131"}, "malformed"),
        ({"x-signature": HANG.headers["x-signature"], "x-timestamp": "1795254131"}, "wrong"),
        (
            {
                "x-signature": ",".join(["0" * 64] * 4 + [LIVE.headers["x-signature"]]),
                "x-timestamp": "1795254131",
            },
            "malformed",
        ),
        ({"x-vapi-secret": "other"}, "wrong"),
        ({"x-vapi-secret": KEY[:-1]}, "wrong"),
        ({"x-vapi-secret": "é\udcff"}, "wrong"),
        ({"authorization": "Bearer "}, "malformed"),
        ({"authorization": "Bearer other"}, "wrong"),
        ({"authorization": KEY}, "malformed"),
        ({"authorization": "Basic " + KEY}, "malformed"),
        ({"authorization": "Bearer é\udcff"}, "wrong"),
        ({"x-retell-signature": "v=1795254131500,d=" + "0" * 64}, "missing"),
        ({"x-twilio-signature": "Or03sHD5mVMqgamjOmcGcy6NzRI="}, "missing"),
    ],
)
def test_anything_else_is_refused(headers: dict[str, str], reason: str) -> None:
    assert refusal(verifying(VAPI, Sample("", LIVE.url, headers, BODY).incoming(), SECRET)) == reason


def test_a_wrong_signature_beside_the_right_secret_is_refused() -> None:
    both = LIVE.incoming(headers={"x-signature": "0" * 64, "x-vapi-secret": KEY})
    assert refusal(verifying(VAPI, both, SECRET)) == "wrong"


@pytest.mark.parametrize("body", [b"", BODY[:-1], BODY + b" ", BODY.replace(b"in-progress", b"ended")])
def test_the_signature_of_another_body_is_refused(body: bytes) -> None:
    assert refusal(verifying(VAPI, LIVE.incoming(body=body), SECRET)) == "wrong"


def test_another_secret_and_none_are_refused() -> None:
    assert refusal(verifying(VAPI, LIVE.incoming(), Secret("other"))) == "wrong"
    by_nobody = vapi_signature(BODY, "1795254131", key=b"").hex()
    assert refusal(verifying(VAPI, LIVE.incoming(headers={"x-signature": by_nobody}), Secret(""))) == "wrong"
    unset = Sample("", LIVE.url, {"authorization": "Bearer x"}, BODY).incoming()
    assert refusal(verifying(VAPI, unset, Secret(""))) == "wrong"


@pytest.mark.parametrize(
    ("late", "reason"),
    [
        (timedelta(minutes=5), None),
        (timedelta(minutes=5, seconds=1), "stale"),
        (timedelta(minutes=-5), None),
        (timedelta(minutes=-5, seconds=-1), "future"),
        (timedelta(days=3), "stale"),
    ],
)
@pytest.mark.parametrize("unit", [1, 1000])
def test_a_message_is_good_for_five_minutes_each_way(late: timedelta, reason: str | None, unit: int) -> None:
    timestamp = str(1795254131 * unit)
    headers = {"x-timestamp": timestamp, "x-signature": vapi_signature(BODY, timestamp).hex()}
    verify = verifying(VAPI, LIVE.incoming(headers=headers, now=SIGNED_AT + late), SECRET)
    if reason:
        assert refusal(verify) == reason
    else:
        verify()
        verify()  # Played again it is still genuine; its event key tells that it is known.


@pytest.mark.parametrize(
    "timestamp", ["", "nan", "-1", "+1795254131", "1_795_254_131", "1795254131.0", "9" * 20]
)
def test_a_signed_time_that_is_no_time_is_refused(timestamp: str) -> None:
    headers = {"x-timestamp": timestamp, "x-signature": vapi_signature(BODY, timestamp).hex()}
    assert refusal(verifying(VAPI, LIVE.incoming(headers=headers), SECRET)) == "malformed"


# What a message says


def test_a_call_in_progress() -> None:
    reading = VAPI.read(LIVE.incoming(), "staging")
    assert reading == Reading(
        event_type="status-update",
        event_key=f"status-update:{CALL_ID}:{hashlib.sha256(BODY).hexdigest()}",
        at=STARTED,
        reports=(
            Report(
                platform=Platform.VAPI,
                platform_call_id=CALL_ID,
                environment="staging",
                at=STARTED,
                rank=1,
                sureness={"started_at": GUESS},
                status=Status.IN_PROGRESS,
                direction=Direction.INBOUND,
                from_number="+15555550123",
                to_number="+15555550100",
                agent_id="e5f6a7b8-2222-4333-8444-555566667777",
                started_at=CREATED,
                answered_at=STARTED,
                aliases=frozenset([Alias("twilio_call_sid", "CA0123456789abcdef0123456789abcdef")]),
            ),
        ),
    )


def test_a_call_that_ended_well() -> None:
    (report,) = VAPI.read(DONE.incoming(), "production").reports
    assert report == Report(
        platform=Platform.VAPI,
        platform_call_id=CALL_ID,
        environment="production",
        at=datetime(2026, 11, 21, 9, 42, 11, 4_000, tzinfo=UTC),
        rank=2,
        sureness=report.sureness,
        status=Status.ENDED,
        direction=Direction.INBOUND,
        from_number="+15555550123",
        to_number="+15555550100",
        agent_id="e5f6a7b8-2222-4333-8444-555566667777",
        agent_name="Front desk",
        started_at=STARTED,
        ended_at=ENDED,
        duration_ms=69_700,
        ending=Ending(
            Outcome.COMPLETED,
            EndedBy.CALLER,
            EndedReason.CALLER_HANGUP,
            Fault.NONE,
            raw="customer-ended-call",
        ),
        transcript=[
            {"role": "agent", "text": "Thanks for calling, how can I help?", "atMs": 900},
            {"role": "caller", "text": "I need to move my appointment.", "atMs": 5_200},
        ],
        summary="Caller asked to move Tuesday's appointment; the booking tool failed.",
        success=False,
        recording_url="https://storage.example.test/rec/mono.wav",
        cost=Cost(Decimal("0.1142"), "USD"),
        latency={
            "turnAvgMs": 1240.5,
            "llmAvgMs": 610.0,
            "ttsAvgMs": 240.0,
            "sttAvgMs": 150.5,
            "endpointingAvgMs": 240.0,
        },
        aliases=frozenset([Alias("twilio_call_sid", "CA0123456789abcdef0123456789abcdef")]),
    )
    for fact in ("ending", "started_at", "ended_at", "duration_ms", "transcript", "cost"):
        assert report.sureness[fact] == FINAL


def test_a_call_that_the_language_model_failed() -> None:
    (report,) = VAPI.read(FAULTY.incoming(), "production").reports
    assert report.ending == Ending(
        Outcome.FAILED,
        EndedBy.PLATFORM,
        EndedReason.LLM_ERROR,
        Fault.LLM,
        raw="call.in-progress.error-providerfault-openai-llm-failed",
    )
    assert report.status == Status.ENDED


def test_hang_means_a_slow_assistant_and_not_the_end() -> None:
    reading = VAPI.read(HANG.incoming(), "production")
    (report,) = reading.reports
    assert (reading.event_type, reading.is_known_type) == ("hang", True)
    assert (report.status, report.ending, report.ended_at) == (Status.IN_PROGRESS, None, None)
    assert report.at == datetime(2026, 11, 21, 9, 41, 30, tzinfo=UTC)


@pytest.mark.parametrize("event", sorted(RUNNING))
def test_an_event_of_a_running_call_says_that_it_runs(event: str) -> None:
    report = report_of(message(type=event, status="started", transcript="I'd li", summary=None))
    assert report.status == Status.IN_PROGRESS
    assert (report.transcript, report.ending, report.answered_at, report.duration_ms) == (None,) * 4


@pytest.mark.parametrize("event", ["chat.created", "session.updated", "call.deleted"])
def test_an_event_of_no_call_is_known(event: str) -> None:
    reading = read_body(message(type=event))
    assert reading.is_known_type and not reading.reports


def test_an_event_of_a_new_type_is_kept_for_us_to_see() -> None:
    reading = read_body(message(type="call.teleported"))
    assert (reading.event_type, reading.is_known_type, reading.reports) == ("call.teleported", False, ())


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *(
            ("scheduled", "scheduled"),
            ("queued", "queued"),
            ("ringing", "ringing"),
            ("forwarding", "transferring"),
        ),
        *(("ended", "ended"), ("not-found", "ended"), ("asleep", None), (None, None), (["ended"], None)),
    ],
)
def test_a_status(word: Any, status: str | None) -> None:
    assert report_of(message(status=word)).status == (Status(status) if status else None)


def test_an_end_without_a_report_is_a_guess_until_the_report_comes() -> None:
    report = report_of(message(status="ended", endedReason="silence-timed-out"))
    assert report.ended_at == STARTED and report.sureness == {"started_at": GUESS, "ended_at": GUESS}
    assert report.ending and report.ending.reason == EndedReason.SILENCE_TIMEOUT
    assert report_of(message(status="ended")).ending is None


def test_a_new_reason_is_unknown_and_kept() -> None:
    report = report_of(message(type="end-of-call-report", endedReason="gremlins"))
    assert report.ending == Ending(raw="gremlins", is_known=False)


def test_a_transfer_names_whom_the_call_is_passed_to() -> None:
    number = report_of(
        message(type="transfer-update", destination={"type": "number", "number": "+15555550177"})
    )
    assert (number.status, number.transfer_to) == (Status.TRANSFERRING, "+15555550177")
    sip = report_of(message(status="forwarding", destination={"type": "sip", "sipUri": "sip:desk@host.test"}))
    assert (sip.status, sip.transfer_to) == (Status.TRANSFERRING, "sip:desk@host.test")
    other = report_of(
        message(type="transfer-update", destination={"type": "assistant", "assistantName": "B"})
    )
    assert (other.status, other.transfer_to) == (Status.IN_PROGRESS, None)


def test_an_outbound_call_goes_the_other_way() -> None:
    call = json.loads(BODY)["message"]["call"]
    report = report_of(message(call=call | {"type": "outboundPhoneCall"}))
    assert report.direction == Direction.OUTBOUND
    assert (report.from_number, report.to_number) == ("+15555550100", "+15555550123")
    web = report_of(message(call={"id": "w-1", "type": "webCall"}, customer=None, phoneNumber=None))
    assert (web.direction, web.from_number, web.to_number) == (Direction.INBOUND, None, None)


def test_what_the_call_itself_says_stands_in_for_the_message() -> None:
    call = {"id": "c-1", "type": "inboundPhoneCall", "status": "ended", "startedAt": "2026-11-21T09:41:01Z"}
    call |= {"endedAt": "2026-11-21T09:42:10.700Z", "endedReason": "voicemail", "cost": 0.5}
    call |= {
        "customer": {"sipUri": "sip:bob@host.test"},
        "phoneNumber": {"number": "+15555550100", "name": "Main"},
    }
    body = {"message": {"type": "end-of-call-report", "call": call}}
    report = report_of(json.dumps(body).encode())
    assert (report.started_at, report.ended_at, report.duration_ms) == (STARTED, ENDED, 69_700)
    assert report.ending and report.ending.outcome == Outcome.VOICEMAIL
    assert (report.from_number, report.line) == ("sip:bob@host.test", "Main")
    assert report.cost == Cost(Decimal("0.5"), "USD")
    assert report.at == SIGNED_AT  # It tells no time of its own, so it counts from when it came.


def test_tools_are_joined_with_their_results() -> None:
    asked = {"id": "t1", "type": "function", "function": {"name": "book", "arguments": '{"day": "Tue"}'}}
    artifact = {
        "messages": [
            {"role": "system", "message": "You are a receptionist.", "secondsFromStart": 0},
            {"role": "user", "message": "Tuesday", "secondsFromStart": 5.2},
            {"role": "tool_calls", "toolCalls": [asked, asked | {"id": "t2"}, "x"], "secondsFromStart": 6},
            {
                "role": "tool_call_result",
                "toolCallId": "t1",
                "result": "Error: timeout",
                "secondsFromStart": 11.5,
            },
            {
                "role": "tool_call_result",
                "toolCallId": "t3",
                "result": '{"ok": true}',
                "secondsFromStart": 12,
            },
        ]
    }
    report = report_of(message(type="end-of-call-report", artifact=artifact))
    assert report.transcript == [{"role": "caller", "text": "Tuesday", "atMs": 5_200}]
    book = {"name": "book", "atMs": 6_000, "arguments": {"day": "Tue"}}
    assert report.tool_calls == [
        book | {"result": "Error: timeout", "failed": True, "latencyMs": 5_500},
        book | {"result": None, "failed": None, "latencyMs": None},
    ]


def test_a_transcript_may_come_as_text_or_before_the_end() -> None:
    text = report_of(message(type="end-of-call-report", artifact={"transcript": "AI: Hello\nUser: Hi\n"}))
    assert [turn["role"] for turn in text.transcript or []] == ["agent", "caller"]
    spoken = [{"role": "assistant", "message": "Hello", "secondsFromStart": 1}]
    update = report_of(message(type="conversation-update", messages=spoken))
    assert update.transcript == [{"role": "agent", "text": "Hello", "atMs": 1_000}]
    assert "transcript" not in update.sureness


@pytest.mark.parametrize(
    ("said", "success"), [("true", True), ("pass", True), ("Fail", False), ("8", None), (None, None)]
)
def test_success(said: Any, success: bool | None) -> None:
    report = report_of(message(type="end-of-call-report", analysis={"successEvaluation": said}))
    assert report.success is success


def test_other_ids_are_kept() -> None:
    call = json.loads(BODY)["message"]["call"] | {
        "phoneCallProvider": "vonage",
        "phoneCallProviderId": "uuid-1",
        "metadata": {"correlation_id": "corr-1", "tenant": "clinic-42"},
        "assistantOverrides": {"variableValues": {"trace_id": "0af7651916cd43dd8448eb211c80319c"}},
        "transport": {"provider": "vonage", "callSid": "CA02"},
    }
    report = report_of(message(call=call))
    assert report.metadata == {"correlation_id": "corr-1", "tenant": "clinic-42"}
    assert report.aliases == {
        Alias("vonage_call_uuid", "uuid-1"),
        Alias("correlation_id", "corr-1"),
        Alias("trace_id", "0af7651916cd43dd8448eb211c80319c"),
        Alias("call_sid", "CA02"),
    }


def test_the_event_key_is_the_same_only_for_the_same_event() -> None:
    keys = [VAPI.read(sample.incoming(), "production").event_key for sample in SAMPLES.values()]
    assert len(set(keys)) == len(keys)
    assert keys == [VAPI.read(signed(sample.body), "staging").event_key for sample in SAMPLES.values()]


# What nobody should send


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_body_is_unreadable(name: str) -> None:
    incoming = signed(MALFORMED[name])
    VAPI.verify(incoming, SECRET)
    with pytest.raises(Unreadable):
        VAPI.read(incoming, "production")


@pytest.mark.parametrize("call_id", [None, "", "  ", 10**300, "x" * 201, [], {"id": 1}])
def test_a_call_without_an_id_is_unreadable(call_id: Any) -> None:
    with pytest.raises(Unreadable):
        read_body(message(call={"id": call_id}))


@pytest.mark.parametrize("call_id", ["a\x00b", "\"'`*\\\n../", "\u202e\U0001f600", "x" * 200, 42])
def test_an_odd_id_is_an_id(call_id: Any) -> None:
    assert report_of(message(call={"id": call_id})).platform_call_id == str(call_id).replace("\x00", "\ufffd")


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_an_odd_value_anywhere_spoils_at_most_its_own_fact(odd: str) -> None:
    whole = json.loads(DONE.body)
    for path in paths(whole):
        body = json.dumps(changed(whole, path, ODD_VALUES[odd])).encode()
        try:
            reports = read_body(body).reports
        except Unreadable:
            assert path in (
                (),
                ("message",),
                ("message", "type"),
                ("message", "call"),
                ("message", "call", "id"),
            )
            continue
        if path[:2] != ("message", "type"):
            assert reports and reports[0].status == Status.ENDED


@given(st.data())
def test_no_generated_value_is_an_error(data: st.DataObject) -> None:
    whole = json.loads(data.draw(st.sampled_from(list(SAMPLES.values()))).body)
    value = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20)
    anything = st.recursive(
        value, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)
    )
    for _ in range(data.draw(st.integers(1, 3))):
        whole = changed(whole, data.draw(st.sampled_from(paths(whole))), data.draw(anything))
    body = json.dumps(whole).encode()
    VAPI.verify(signed(body), SECRET)
    with suppress(Unreadable):
        read_body(body)


@pytest.mark.parametrize("cut", range(0, len(DONE.body), 97))
def test_a_truncated_body_is_unreadable(cut: int) -> None:
    with pytest.raises(Unreadable):
        read_body(DONE.body[:cut])


def test_five_megabytes_are_read_quickly() -> None:
    said = [{"role": "bot", "message": "word " * 20, "secondsFromStart": n} for n in range(32_000)]
    body = message(type="end-of-call-report", artifact={"messages": said})
    assert len(body) > 5_000_000
    incoming = signed(body)
    began = time.process_time()
    VAPI.verify(incoming, SECRET)
    (report,) = VAPI.read(incoming, "production").reports
    assert time.process_time() - began < 3
    assert report.transcript and len(report.transcript) == 32_000
    assert VAPI.kept(body) == body
