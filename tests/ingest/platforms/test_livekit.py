from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from dashboard.calls.vocabulary import Direction, EndedBy, EndedReason, Fault, Outcome, Platform, Status
from dashboard.ingest.platforms.base import Incoming, Secret
from dashboard.ingest.platforms.livekit import LIVEKIT
from dashboard.ingest.reports import FINAL, GUESS, SAID, Alias, Ending, Report
from tests.ingest.platforms.conftest import SIGNED_AT, samples
from tests.ingest.platforms.outcomes import call_of

KEY, TEXT = "APItestkey0001", "livekit_test_secret_at_least_32_chars_long"
SECRET = Secret(TEXT, KEY)
ROOM = "call-_+15555550123_abc123"
PERSON, LINE = "+15555550123", "+15555550100"
SAMPLES = samples("livekit")
BODIES = {name: json.loads(sample.body) for name, sample in SAMPLES.items()}
CREATED = datetime(2026, 11, 21, 9, 41, 0, 120_000, tzinfo=UTC)


def part(value: Any) -> str:
    written = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def claims_for(body: bytes, **changes: Any) -> dict[str, Any]:
    """Return the claims that livekit/protocol:webhook/url_notifier.go makes; None leaves one out."""
    now = int(SIGNED_AT.timestamp())
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": KEY, "nbf": now, "iat": now, "exp": now + 300, "sha256": digest} | changes
    return {name: value for name, value in claims.items() if value is not None}


def token(claims: Any, header: Any = None, secret: str = TEXT) -> str:
    signed = f"{part(header or {'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
    return f"{signed}.{part(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def message(body: Any, authorization: str | None = None) -> Incoming:
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/webhook+json"}
    headers["authorization"] = token(claims_for(written)) if authorization is None else authorization
    return Incoming("https://desk.example.test/", headers, written, SIGNED_AT)


def report_of(body: Any) -> Report:
    (report,) = LIVEKIT.read(message(body), "production").reports
    return report


def second(number: int) -> datetime:
    return datetime(2026, 11, 21, 9, 41, tzinfo=UTC) + timedelta(seconds=number)


ROOM_SID = Alias("room_sid", "RM_synthetic0001")
PHONE_IDS = frozenset([ROOM_SID, Alias("sip_call_id", "SCL_synthetic0001")])
PHONE: dict[str, Any] = {
    "direction": Direction.INBOUND,
    "from_number": PERSON,
    "to_number": LINE,
    "started_at": second(1),
    "sureness": {"started_at": SAID, "metadata": SAID, "ended_at": FINAL},
    "aliases": PHONE_IDS,
}


def expected(**facts: Any) -> Report:
    defaults: dict[str, Any] = {
        "platform": Platform.LIVEKIT,
        "platform_call_id": ROOM,
        "environment": "production",
        "started_at": CREATED,
        "aliases": frozenset([ROOM_SID]),
    }
    guesses = {"started_at": GUESS, "metadata": GUESS} | facts.pop("sureness", {})
    return Report(**defaults | facts, sureness=guesses)


REPORTS = {
    "room_started": expected(at=second(0), rank=0, status=Status.RINGING),
    "participant_joined_sip": expected(
        at=second(1), rank=2, status=Status.IN_PROGRESS, answered_at=second(1), **PHONE
    ),
    "participant_left_sip": expected(
        at=second(70),
        rank=4,
        status=Status.ENDED,
        ended_at=second(70),
        ending=Ending(
            Outcome.COMPLETED, EndedBy.CALLER, EndedReason.CALLER_HANGUP, Fault.NONE, "CLIENT_INITIATED"
        ),
        **PHONE,
    ),
    "agent_job_ended_failed": expected(
        at=second(71),
        rank=5,
        agent_name="front-desk",
        ending=Ending(Outcome.FAILED, EndedBy.PLATFORM, EndedReason.AGENT_ERROR, Fault.OURS, "JS_FAILED"),
        metadata={"agent_error": "RuntimeError: booking tool timed out"},
        sureness={"ending": FINAL, "metadata": FINAL},
        aliases=frozenset([ROOM_SID, Alias("job_id", "AJ_synthetic0001")]),
    ),
    "egress_ended": expected(
        at=second(71),
        rank=6,
        started_at=None,
        recording_url="https://storage.example.test/rec.ogg",
        aliases=frozenset([ROOM_SID, Alias("egress_id", "EG_synthetic0001")]),
    ),
    "room_finished": expected(
        at=second(71), rank=7, status=Status.ENDED, ended_at=second(71), sureness={"ended_at": GUESS}
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_proven_and_gives_its_report(name: str) -> None:
    incoming = SAMPLES[name].incoming()

    LIVEKIT.verify(incoming, SECRET)
    reading = LIVEKIT.read(incoming, "production")

    assert (reading.event_type, reading.event_key) == (BODIES[name]["event"], BODIES[name]["id"])
    assert (reading.is_known_type, reading.at) == (True, REPORTS[name].at)
    assert list(reading.reports) == [REPORTS[name]]
    assert LIVEKIT.kept(incoming.body) == incoming.body


def test_any_order_of_the_messages_gives_one_call() -> None:
    calls = [call_of(order) for order in permutations(REPORTS.values())]

    assert all(call == calls[0] for call in calls)
    assert (
        calls[0]
        | {
            "status": Status.ENDED,
            "outcome": Outcome.FAILED,
            "ended_reason": EndedReason.AGENT_ERROR,
            "fault": Fault.OURS,
            "direction": Direction.INBOUND,
            "started_at": second(1),
            "answered_at": second(1),
            "ended_at": second(70),
            "duration_ms": 69_000,
            "agent_name": "front-desk",
            "metadata": {"agent_error": "RuntimeError: booking tool timed out"},
            "recording_url": "https://storage.example.test/rec.ogg",
        }
        == calls[0]
    )


def test_without_a_failed_agent_the_person_who_left_is_the_reason() -> None:
    names = ["room_started", "participant_joined_sip", "participant_left_sip", "room_finished"]
    calls = [call_of(REPORTS[name] for name in order) for order in permutations(names)]

    assert all(call == calls[0] for call in calls)
    assert (calls[0]["ended_reason"], calls[0]["ended_at"]) == (EndedReason.CALLER_HANGUP, second(70))


def test_a_room_alone_ends_without_an_invented_reason() -> None:
    call = call_of([REPORTS["room_started"], REPORTS["room_finished"]])

    assert (call["status"], call["ended_at"]) == (Status.ENDED, second(71))
    assert "outcome" not in call
