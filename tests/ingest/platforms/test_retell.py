"""Retell: what its webhooks prove and what they say of a call."""

from __future__ import annotations

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

from dashboard.calls.vocabulary import Direction, EndedBy, EndedReason, Fault, Outcome, Platform, Status
from dashboard.ingest.platforms.base import Incoming, Secret, Unreadable
from dashboard.ingest.platforms.retell import RETELL
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

SAMPLES = samples("retell")
KEY = read("retell")["secret"]
SECRET = Secret(KEY)
BODY = SAMPLES["call_started"].body
CALL_ID = "call_a1b2c3d4e5f60718293a4b5c6d7"
STARTED = datetime(2026, 11, 21, 9, 41, 1, tzinfo=UTC)
ENDED = datetime(2026, 11, 21, 9, 42, 10, 700_000, tzinfo=UTC)
TWILIO = Alias("twilio_call_sid", "CA0123456789abcdef0123456789abcdef")
HANGUP = Ending(Outcome.COMPLETED, EndedBy.CALLER, EndedReason.CALLER_HANGUP, Fault.NONE, raw="user_hangup")


def retell_signature(body: bytes, milliseconds: int, key: str = KEY) -> str:
    """Sign as the vendor's SDK does: HMAC-SHA256 over the body and the time, one after the other."""
    digest = hmac.new(key.encode(), body + str(milliseconds).encode(), hashlib.sha256).hexdigest()
    return f"v={milliseconds},d={digest}"


def signed(body: bytes, at: datetime = SIGNED_AT) -> Incoming:
    headers = {"x-retell-signature": retell_signature(body, round(at.timestamp() * 1000))}
    return Sample("", "https://desk.example.test/", headers, body).incoming()


def event(name: str, **changes: Any) -> bytes:
    """Return the body of an event of a running call with other fields."""
    return json.dumps({"event": name, "call": json.loads(BODY)["call"] | changes}).encode()


def report_of(body: bytes) -> Report:
    (report,) = RETELL.read(signed(body), "production").reports
    return report


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_genuine(name: str) -> None:
    RETELL.verify(SAMPLES[name].incoming(), SECRET)
    RETELL.verify(signed(SAMPLES[name].body), SECRET)


GENUINE = SAMPLES["call_started"].headers["x-retell-signature"]


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (None, "missing"),
        ("", "missing"),
        ("hello", "malformed"),
        ("v=,d=", "malformed"),
        ("\xff\xfe", "malformed"),
        ("v=1795254131500,d=" + "\udcff" * 64, "malformed"),
        ("v=\uff11795254131500,d=" + "0" * 64, "malformed"),
        ("v=nan,d=" + "0" * 64, "malformed"),
        ("v=" + "9" * 5_000 + ",d=" + "0" * 64, "malformed"),
        ("v=1795254131500,d=" + "0" * 64, "wrong"),
        (SAMPLES["call_analyzed"].headers["x-retell-signature"], "wrong"),
        (GENUINE.replace("v=1795254131500", "v=1795254131501"), "wrong"),
        (GENUINE[:18] + GENUINE[18:].upper(), "malformed"),
        ("v=1795254131500,d=" + "0" * 64 + "," + GENUINE, "malformed"),
        ("t=1795254131,v0=" + "0" * 64, "malformed"),
    ],
)
def test_anything_else_is_refused(signature: str | None, reason: str) -> None:
    headers = {} if signature is None else {"x-retell-signature": signature}
    incoming = Sample("", "https://desk.example.test/", headers, BODY).incoming()
    assert refusal(verifying(RETELL, incoming, SECRET)) == reason


@pytest.mark.parametrize("body", [b"", BODY[:-1], BODY + b"\n", BODY.replace(b"ongoing", b"ended")])
def test_the_signature_of_another_body_is_refused(body: bytes) -> None:
    incoming = SAMPLES["call_started"].incoming(body=body)
    assert refusal(verifying(RETELL, incoming, SECRET)) == "wrong"


@pytest.mark.parametrize("key", ["other", ""])
def test_another_key_is_refused(key: str) -> None:
    headers = {"x-retell-signature": retell_signature(BODY, 1795254131500, "")}
    incoming = SAMPLES["call_started"].incoming(headers=headers)
    assert refusal(verifying(RETELL, incoming, Secret(key))) == "wrong"


@pytest.mark.parametrize(
    ("late", "reason"),
    [
        (timedelta(minutes=5), None),
        (timedelta(minutes=5, milliseconds=1), "stale"),
        (timedelta(minutes=-5), None),
        (timedelta(minutes=-5, milliseconds=-1), "future"),
    ],
)
def test_a_message_is_good_for_five_minutes_each_way(late: timedelta, reason: str | None) -> None:
    sent = datetime(2026, 11, 21, 9, 42, 11, 500_000, tzinfo=UTC)
    verify = verifying(RETELL, SAMPLES["call_started"].incoming(now=sent + late), SECRET)
    if reason:
        assert refusal(verify) == reason
    else:
        verify()
        verify()


def test_a_call_that_started() -> None:
    reading = RETELL.read(SAMPLES["call_started"].incoming(), "staging")
    assert (reading.event_type, reading.at, reading.is_known_type) == ("call_started", STARTED, True)
    (report,) = reading.reports
    assert report == Report(
        platform=Platform.RETELL,
        platform_call_id=CALL_ID,
        environment="staging",
        at=STARTED,
        rank=1,
        sureness=report.sureness,
        status=Status.IN_PROGRESS,
        direction=Direction.INBOUND,
        from_number="+15555550123",
        to_number="+15555550100",
        agent_id="agent_0123456789abcdef",
        agent_name="Front desk",
        agent_version="7",
        started_at=STARTED,
        answered_at=STARTED,
        metadata={"tenant": "clinic-42"},
        aliases=frozenset([TWILIO]),
    )


@pytest.mark.parametrize("name", ["call_ended_ok", "call_analyzed"])
def test_a_call_that_ended_well(name: str) -> None:
    (report,) = RETELL.read(SAMPLES[name].incoming(), "production").reports
    assert (report.status, report.at) == (Status.ENDED, ENDED)
    assert (report.started_at, report.ended_at, report.duration_ms) == (STARTED, ENDED, 69_700)
    assert report.ending == HANGUP
    assert report.cost == Cost(Decimal("0.142"), "USD")
    assert report.transcript == [
        {"role": "agent", "text": "Thanks for calling.", "atMs": 900},
        {"role": "caller", "text": "I need to move my appointment.", "atMs": 5_200},
    ]
    assert report.recording_url == "https://storage.example.test/retell/rec.wav"
    assert report.recording_expires_at == ENDED + timedelta(hours=24)
    turns = {"turnP50Ms": 980.0, "turnP90Ms": 1600.0, "turnP95Ms": 1900.0, "turnP99Ms": 2400.0}
    models = {"llmP50Ms": 540.0, "llmP90Ms": 900.0, "llmP95Ms": 1100.0, "llmP99Ms": 1300.0}
    assert report.latency == turns | models
    assert report.sureness["ending"] == report.sureness["duration_ms"] == FINAL
    assert report.sureness["recording_expires_at"] == GUESS


def test_the_analysis_says_how_the_call_went() -> None:
    ended, analyzed = (report_of(SAMPLES[name].body) for name in ("call_ended_ok", "call_analyzed"))
    assert (ended.summary, ended.success, ended.sentiment) == (None, None, None)
    assert analyzed.summary == "Caller asked to move an appointment; tool failed."
    assert (analyzed.success, analyzed.sentiment) == (False, "Negative")
    assert analyzed.rank > ended.rank


def test_a_call_that_our_own_model_failed() -> None:
    report = report_of(SAMPLES["call_ended_error"].body)
    assert report.ending == Ending(
        *(Outcome.FAILED, EndedBy.PLATFORM, EndedReason.LLM_ERROR, Fault.OURS),
        raw="error_llm_websocket_lost_connection",
    )


def test_a_call_that_never_connected() -> None:
    report = report_of(SAMPLES["call_ended_never_connected"].body)
    assert report.ending == Ending(
        *(Outcome.NO_ANSWER, EndedBy.CALLEE, EndedReason.NO_ANSWER, Fault.NONE), raw="dial_no_answer"
    )
    assert (report.status, report.direction) == (Status.ENDED, Direction.OUTBOUND)
    assert (report.from_number, report.to_number) == ("+15555550100", "+15555550123")
    assert (report.duration_ms, report.answered_at, report.transcript) == (0, None, None)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("transfer_started", Status.TRANSFERRING),
        ("transfer_bridged", Status.IN_PROGRESS),
        ("transfer_cancelled", Status.IN_PROGRESS),
        ("transfer_ended", Status.IN_PROGRESS),
    ],
)
def test_a_transfer(name: str, status: Status) -> None:
    report = report_of(event(name, transfer_destination="+15555550177"))
    assert (report.status, report.transfer_to, report.ending) == (status, "+15555550177", None)
    assert report.at == SIGNED_AT
    assert report_of(event(name, call_status="ended")).status == Status.ENDED


def test_the_sample_of_a_transfer() -> None:
    (report,) = RETELL.read(SAMPLES["transfer_started"].incoming(), "production").reports
    assert (report.status, report.transfer_to) == (Status.TRANSFERRING, "+15555550177")
    assert report.at == SIGNED_AT + timedelta(milliseconds=500)


def test_tools_are_joined_with_their_results() -> None:
    spoken = [
        {"role": "user", "content": "Tuesday", "words": [{"word": "Tuesday", "start": 5.2}]},
        {"role": "tool_call_invocation", "tool_call_id": "t1", "name": "book", "arguments": '{"day": "Tue"}'},
        {"role": "tool_call_result", "tool_call_id": "t1", "content": "timeout", "successful": False},
        {"role": "tool_call_invocation", "tool_call_id": "t2", "name": "end", "arguments": "{}"},
        {"role": "node_transition", "former_node_id": "a"},
        {"role": "transfer_target", "content": "Hello?", "words": []},
    ]
    report = report_of(event("transcript_updated", transcript_with_tool_calls=spoken))
    assert report.transcript == [
        {"role": "caller", "text": "Tuesday", "atMs": 5_200},
        {"role": "agent", "text": "Hello?", "atMs": None},
    ]
    unknown = {"atMs": None, "latencyMs": None}
    assert report.tool_calls == [
        {"name": "book", "arguments": {"day": "Tue"}, "result": "timeout", "failed": True} | unknown,
        {"name": "end", "arguments": {}, "result": None, "failed": None} | unknown,
    ]
    assert "transcript" not in report.sureness


def test_a_voicemail_found_by_the_analysis() -> None:
    report = report_of(
        event("call_analyzed", disconnection_reason="agent_hangup", call_analysis={"in_voicemail": True})
    )
    assert report.ending and report.ending.outcome == Outcome.VOICEMAIL
    assert report.ending.raw == "agent_hangup"


def test_an_end_without_a_reason_is_at_most_a_guess() -> None:
    failed = report_of(event("call_ended", call_status="error"))
    assert failed.ending == Ending(Outcome.FAILED) and failed.sureness["ending"] == GUESS
    assert report_of(event("call_ended", call_status="ended")).ending is None
    new = report_of(event("call_ended", disconnection_reason="gremlins"))
    assert new.ending == Ending(raw="gremlins", is_known=False)


def test_other_ids_are_kept_and_a_web_call_has_no_numbers() -> None:
    body = {
        "event": "call_started",
        "call": {"call_id": "w-1", "call_type": "web_call", "metadata": {"correlation_id": "corr-1"}},
    }
    body["call"]["retell_llm_dynamic_variables"] = {"trace_id": "0af7651916cd43dd8448eb211c80319c"}
    report = report_of(json.dumps(body).encode())
    assert (report.direction, report.from_number, report.to_number) == (None, None, None)
    assert report.aliases == {
        Alias("correlation_id", "corr-1"),
        Alias("trace_id", "0af7651916cd43dd8448eb211c80319c"),
    }


def test_other_types() -> None:
    chat = RETELL.read(signed(b'{"event": "chat_ended", "chat": {}}'), "production")
    assert chat.is_known_type and not chat.reports
    new = RETELL.read(signed(event("call_teleported")), "production")
    assert (new.is_known_type, new.reports) == (False, ())


def test_the_event_key_is_the_same_only_for_the_same_event() -> None:
    keys = [RETELL.read(sample.incoming(), "production").event_key for sample in SAMPLES.values()]
    assert len(set(keys)) == len(keys) == 6
    later = SIGNED_AT + timedelta(minutes=1)
    assert keys == [RETELL.read(signed(one.body, later), "staging").event_key for one in SAMPLES.values()]


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_body_is_unreadable(name: str) -> None:
    incoming = signed(MALFORMED[name])
    RETELL.verify(incoming, SECRET)
    with pytest.raises(Unreadable):
        RETELL.read(incoming, "production")


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_an_odd_value_anywhere_spoils_at_most_its_own_fact(odd: str) -> None:
    whole = json.loads(SAMPLES["call_analyzed"].body)
    for path in paths(whole):
        body = json.dumps(changed(whole, path, ODD_VALUES[odd])).encode()
        try:
            reports = RETELL.read(signed(body), "production").reports
        except Unreadable:
            assert path in ((), ("event",), ("call",), ("call", "call_id"))
            continue
        assert path == ("event",) or reports[0].status == Status.ENDED


@given(st.data())
def test_no_generated_value_is_an_error(data: st.DataObject) -> None:
    whole = json.loads(data.draw(st.sampled_from(list(SAMPLES.values()))).body)
    value = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20)
    anything = st.recursive(
        value, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)
    )
    for _ in range(data.draw(st.integers(1, 3))):
        whole = changed(whole, data.draw(st.sampled_from(paths(whole))), data.draw(anything))
    with suppress(Unreadable):
        RETELL.read(signed(json.dumps(whole).encode()), "production")


@pytest.mark.parametrize("cut", range(0, len(SAMPLES["call_analyzed"].body), 97))
def test_a_truncated_body_is_unreadable(cut: int) -> None:
    with pytest.raises(Unreadable):
        RETELL.read(signed(SAMPLES["call_analyzed"].body[:cut]), "production")


def test_five_megabytes_are_read_quickly() -> None:
    said = [{"role": "user", "content": "word " * 20, "words": [{"start": n}]} for n in range(40_000)]
    body = event("call_ended", transcript_object=said)
    assert len(body) > 5_000_000
    incoming = signed(body)
    began = time.process_time()
    RETELL.verify(incoming, SECRET)
    (report,) = RETELL.read(incoming, "production").reports
    assert time.process_time() - began < 3
    assert report.transcript and len(report.transcript) == 40_000
