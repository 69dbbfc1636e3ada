from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from dashboard.calls.vocabulary import Direction, EndedBy, EndedReason, Fault, Outcome, Platform, Status
from dashboard.ingest.platforms.base import Incoming, Secret
from dashboard.ingest.platforms.twilio import FORM, JSON, TWILIO
from dashboard.ingest.reports import GUESS, SAID, Alias, Ending, Report
from tests.ingest.platforms.conftest import (
    SIGNED_AT,
    samples,
)
from tests.ingest.platforms.outcomes import call_of

TOKEN = "twilio_test_auth_token_0123456789"
SECRET = Secret(TOKEN)
URL = "https://desk.example.test/hooks/twilio/voice?tenant=clinic-42"
CALL = "CA0123456789abcdef0123456789abcdef"
RECORDING = "RE0123456789abcdef0123456789abcdef"
PERSON, LINE = "+15555550123", "+15555550100"
SAMPLES = samples("twilio")
ONE_CALL = ["status_ringing", "status_in_progress", "status_completed", "recording_completed"]


def sign(url: str, fields: dict[str, Any] | None = None, token: str = TOKEN) -> str:
    """Sign as twilio/twilio-python:twilio/request_validator.py does, a list standing for several values."""
    text = url
    for name in sorted(fields or {}):
        values = fields[name] if isinstance(fields[name], list) else [fields[name]]
        text += "".join(name + value for value in sorted(set(values)))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode().strip()


def form(fields: dict[str, Any], url: str = URL, signed_url: str = "") -> Incoming:
    return Incoming(
        url=url,
        headers={"content-type": FORM, "x-twilio-signature": sign(signed_url or url, fields)},
        body=urlencode(fields, doseq=True).encode(),
        now=SIGNED_AT,
    )


def json_message(body: bytes, digest: str | None = None) -> Incoming:
    url = f"{URL}&bodySHA256={digest or hashlib.sha256(body).hexdigest()}"
    headers = {"content-type": JSON, "x-twilio-signature": sign(url)}
    return Incoming(url=url, headers=headers, body=body, now=SIGNED_AT)


def fields_of(name: str) -> dict[str, str]:
    return dict(parse_qsl(SAMPLES[name].body.decode(), keep_blank_values=True))


def report_of(incoming: Incoming) -> Report:
    (report,) = TWILIO.read(incoming, "production").reports
    return report


def status(word: str, **fields: Any) -> Report:
    return report_of(form(fields_of("status_completed") | {"CallStatus": word} | fields))


def at(hour: int, minute: int, second: int) -> datetime:
    return datetime(2026, 11, 21, hour, minute, second, tzinfo=UTC)


def expected(**facts: Any) -> Report:
    defaults: dict[str, Any] = {
        "platform": Platform.TWILIO,
        "platform_call_id": CALL,
        "environment": "production",
        "direction": Direction.INBOUND,
        "from_number": PERSON,
        "to_number": LINE,
        "sureness": {"started_at": GUESS},
    }
    return Report(**defaults | facts)


REPORTS = {
    "status_ringing": expected(at=at(9, 40, 58), rank=1, status=Status.RINGING, started_at=at(9, 40, 58)),
    "status_in_progress": expected(
        at=at(9, 41, 1),
        rank=2,
        status=Status.IN_PROGRESS,
        started_at=at(9, 41, 1),
        answered_at=at(9, 41, 1),
    ),
    "status_completed": expected(
        at=at(9, 42, 10),
        rank=3,
        status=Status.ENDED,
        started_at=at(9, 41, 0),
        ended_at=at(9, 42, 10),
        duration_ms=70_000,
        ending=Ending(Outcome.COMPLETED, EndedBy.UNKNOWN, EndedReason.CARRIER_ENDED, Fault.NONE, "completed"),
        metadata={"SipResponseCode": "200"},
        sureness={"started_at": GUESS, "ending": GUESS},
    ),
    "status_busy_outbound": expected(
        at=at(10, 0, 4),
        rank=2,
        status=Status.ENDED,
        direction=Direction.OUTBOUND,
        from_number=LINE,
        to_number=PERSON,
        started_at=at(10, 0, 4),
        ended_at=at(10, 0, 4),
        duration_ms=0,
        ending=Ending(Outcome.BUSY, EndedBy.CALLEE, EndedReason.BUSY, Fault.NONE, "busy"),
        metadata={"SipResponseCode": "486"},
        sureness={"started_at": GUESS, "ending": SAID},
    ),
    "recording_completed": expected(
        at=at(9, 42, 10),
        direction=None,
        from_number=None,
        to_number=None,
        started_at=at(9, 41, 1),
        recording_url=f"https://recordings.example.test/{RECORDING}",
        aliases=frozenset([Alias("recording_sid", RECORDING)]),
    ),
}
KEYS = {
    "status_ringing": ("ringing", f"{CALL}:1"),
    "status_in_progress": ("in-progress", f"{CALL}:2"),
    "status_completed": ("completed", f"{CALL}:3"),
    "status_busy_outbound": ("busy", f"{CALL}:2"),
    "recording_completed": ("recording-completed", f"{RECORDING}:completed"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_proven_and_gives_its_report(name: str) -> None:
    incoming = SAMPLES[name].incoming()

    TWILIO.verify(incoming, SECRET)
    reading = TWILIO.read(incoming, "production")

    assert (reading.event_type, reading.event_key) == KEYS[name]
    assert (reading.is_known_type, reading.at) == (True, REPORTS[name].at)
    assert list(reading.reports) == [REPORTS[name]]
    assert TWILIO.kept(incoming.body) == incoming.body


def test_any_order_of_the_messages_gives_one_call() -> None:
    calls = [call_of([REPORTS[name] for name in order]) for order in permutations(ONE_CALL)]

    assert all(call == calls[0] for call in calls)
    assert (
        calls[0]
        | {
            "status": Status.ENDED,
            "outcome": Outcome.COMPLETED,
            "started_at": at(9, 40, 58),
            "answered_at": at(9, 41, 1),
            "ended_at": at(9, 42, 10),
            "duration_ms": 70_000,
            "recording_url": f"https://recordings.example.test/{RECORDING}",
        }
        == calls[0]
    )


@pytest.mark.parametrize(
    ("word", "is_now", "outcome"),
    [
        ("queued", Status.QUEUED, None),
        ("initiated", Status.QUEUED, None),
        ("ringing", Status.RINGING, None),
        ("in-progress", Status.IN_PROGRESS, None),
        ("answered", Status.IN_PROGRESS, None),
        ("completed", Status.ENDED, Outcome.COMPLETED),
        ("busy", Status.ENDED, Outcome.BUSY),
        ("failed", Status.ENDED, Outcome.FAILED),
        ("no-answer", Status.ENDED, Outcome.NO_ANSWER),
        ("canceled", Status.ENDED, Outcome.CANCELED),
    ],
)
def test_every_status_is_known(word: str, is_now: Status, outcome: Outcome | None) -> None:
    report = status(word)

    assert report.status == is_now
    assert (report.ending and report.ending.outcome) == outcome
    assert (report.answered_at is not None) == (is_now == Status.IN_PROGRESS)
    assert (report.ended_at is not None) == (is_now == Status.ENDED)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_that_a_machine_answered_explains_more_than_completed(order: tuple[int, int]) -> None:
    detected = {"CallSid": CALL, "AccountSid": "AC1", "AnsweredBy": "machine_end_beep"}
    said = [report_of(form(detected)), REPORTS["status_completed"]]

    call = call_of([said[index] for index in order])

    assert (call["outcome"], call["ended_reason_raw"]) == (Outcome.VOICEMAIL, "machine_end_beep")
    assert call["metadata"] == {"SipResponseCode": "200"}


def test_a_call_goes_on_while_a_machine_answers() -> None:
    detected = report_of(form({"CallSid": CALL, "AnsweredBy": "machine_start"}))

    assert call_of([REPORTS["status_in_progress"], detected])["status"] == Status.IN_PROGRESS


def test_a_person_who_answers_ends_nothing() -> None:
    assert report_of(form({"CallSid": CALL, "AnsweredBy": "human"})).ending is None


def test_what_answered_may_come_with_the_last_status() -> None:
    report = status("completed", AnsweredBy="machine_start")

    assert report.ending and report.ending.outcome == Outcome.VOICEMAIL
    assert report.sureness["ending"] == SAID
    assert report.metadata == {"AnsweredBy": "machine_start", "SipResponseCode": "200"}


def test_a_dialled_leg_names_its_parent() -> None:
    report = status("ringing", ParentCallSid="CA" + "f" * 32, Direction="outbound-dial")

    assert report.direction == Direction.OUTBOUND
    assert report.aliases == {Alias("parent_call_sid", "CA" + "f" * 32)}


def test_a_plain_request_for_instructions_is_a_status() -> None:
    fields = fields_of("status_ringing")
    for name in ("CallbackSource", "SequenceNumber", "Timestamp"):
        del fields[name]

    reading = TWILIO.read(form(fields), "production")

    assert (reading.event_type, reading.event_key, reading.at) == ("ringing", f"{CALL}:ringing:", None)
    assert (reading.reports[0].status, reading.reports[0].at) == (Status.RINGING, SIGNED_AT)


def test_without_a_number_an_event_is_named_by_its_status_and_time() -> None:
    fields = fields_of("status_ringing")
    del fields["SequenceNumber"]

    key = TWILIO.read(form(fields), "production").event_key

    assert key == f"{CALL}:ringing:Sat, 21 Nov 2026 09:40:58 +0000"


@pytest.mark.parametrize("word", ["in-progress", "absent", "failed"])
def test_a_recording_that_is_not_there_has_no_address(word: str) -> None:
    report = report_of(form(fields_of("recording_completed") | {"RecordingStatus": word}))

    assert report.recording_url is None
    assert report.aliases == {Alias("recording_sid", RECORDING)}


def test_a_recording_is_only_linked_over_the_web() -> None:
    fields = fields_of("recording_completed") | {"RecordingUrl": "javascript:alert(1)"}

    assert report_of(form(fields)).recording_url is None


@pytest.mark.parametrize(
    "odd", [{"CallStatus": "levitating"}, {"RecordingStatus": "melted"}, {"CallStatus": ""}, {"Digits": "1"}]
)
def test_an_unknown_event_is_no_call_and_no_error(odd: dict[str, str]) -> None:
    reading = TWILIO.read(form({"CallSid": CALL, **odd}), "production")

    assert not reading.is_known_type
    assert not reading.reports
    assert reading.event_key


def test_fields_are_read_as_they_are_written() -> None:
    fields = {
        "CallSid": CALL,
        "CallStatus": "ringing",
        "From": "sip:ann@example.test",
        "CallerName": "Zoë + 🦉",
    }

    report = report_of(form(fields))

    assert report.from_number == "sip:ann@example.test"
    assert report.metadata == {"CallerName": "Zoë + 🦉"}


def test_a_json_body_is_read_by_the_same_names() -> None:
    body = json.dumps(fields_of("status_completed")).encode()

    TWILIO.verify(json_message(body), SECRET)

    assert report_of(json_message(body)) == REPORTS["status_completed"]
