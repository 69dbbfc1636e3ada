"""What each kind of LiveKit's events tells, and what it leaves to the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.calls.vocabulary import Direction, EndedReason, Outcome, Status
from dashboard.ingest.platforms.base import Unreadable
from dashboard.ingest.platforms.livekit import LIVEKIT
from dashboard.ingest.reports import Alias, Report
from tests.ingest.platforms.conftest import changed
from tests.ingest.platforms.outcomes import call_of
from tests.ingest.platforms.test_livekit import (
    BODIES,
    LINE,
    PERSON,
    PHONE_IDS,
    REPORTS,
    message,
    report_of,
    second,
)


def sample_with(name: str, path: tuple[Any, ...], value: Any) -> Report:
    return report_of(changed(BODIES[name], path, value))


def attributes(name: str, **values: str | None) -> dict[str, Any]:
    """Return a sample's body with other attributes of its person; None takes one away."""
    spelled = {key.replace("__", "."): value for key, value in values.items()}
    merged = BODIES[name]["participant"]["attributes"] | spelled
    kept = {key: value for key, value in merged.items() if value is not None}
    return dict(changed(BODIES[name], ("participant", "attributes"), kept))


@pytest.mark.parametrize(
    ("sip_status", "status"),
    [
        ("dialing", Status.RINGING),
        ("ringing", Status.RINGING),
        ("automation", Status.IN_PROGRESS),
        ("active", Status.IN_PROGRESS),
        ("hangup", Status.ENDED),
        ("levitating", None),
        (None, Status.IN_PROGRESS),
    ],
)
def test_the_phone_says_where_a_call_is(sip_status: str | None, status: Status | None) -> None:
    report = report_of(attributes("participant_joined_sip", sip__callStatus=sip_status))

    assert report.status == status
    assert (report.answered_at is not None) == (status == Status.IN_PROGRESS)


def test_a_ringing_call_is_in_progress_when_its_agent_comes() -> None:
    ringing = report_of(attributes("participant_joined_sip", sip__callStatus="ringing"))
    agent = sample_with("participant_joined_sip", ("participant", "kind"), "AGENT")

    assert (ringing.status, agent.status) == (Status.RINGING, Status.IN_PROGRESS)
    assert (agent.from_number, agent.answered_at) == (None, None)


@pytest.mark.parametrize("kind", ["AGENT", "EGRESS", "INGRESS", ["SIP"]])
def test_a_call_goes_on_when_others_leave(kind: Any) -> None:
    report = sample_with("participant_left_sip", ("participant", "kind"), kind)

    assert (report.status, report.ended_at, report.ending) == (None, None, None)


def test_a_person_in_a_browser_gives_the_reason_and_the_room_the_end() -> None:
    body = changed(BODIES["participant_left_sip"], ("participant",), {"disconnectReason": "SIGNAL_CLOSE"})
    left = report_of(body)

    call = call_of([left, REPORTS["room_finished"]])

    assert (left.status, left.ended_at) == (None, None)
    assert (call["ended_reason"], call["ended_at"]) == (EndedReason.CONNECTION_LOST, second(71))


def test_a_connection_that_was_aborted_ends_the_call() -> None:
    aborted = changed(BODIES["participant_left_sip"], ("event",), "participant_connection_aborted")
    report = sample_with("participant_left_sip", ("participant", "disconnectReason"), "USER_UNAVAILABLE")

    assert report_of(aborted).status == Status.ENDED
    assert report.ending and report.ending.outcome == Outcome.NO_ANSWER


@pytest.mark.parametrize(
    ("changes", "direction", "numbers"),
    [
        ({}, Direction.INBOUND, (PERSON, LINE)),
        ({"sip__ruleID": None}, Direction.OUTBOUND, (LINE, PERSON)),
        ({"sip__ruleID": None, "sip__trunkID": None}, None, (PERSON, LINE)),
        (
            {"sip__ruleID": None, "sip__trunkID": None, "sip__callStatus": "dialing"},
            Direction.OUTBOUND,
            (LINE, PERSON),
        ),
        ({"sip__phoneNumber": None, "sip__trunkPhoneNumber": None}, Direction.INBOUND, (None, None)),
    ],
)
def test_the_direction_maps_the_numbers(
    changes: dict[str, Any], direction: Direction | None, numbers: tuple[str | None, str | None]
) -> None:
    report = report_of(attributes("participant_joined_sip", **changes))

    assert (report.direction, report.from_number, report.to_number) == (direction, *numbers)


def test_a_colleague_who_is_dialled_does_not_change_the_call() -> None:
    body = attributes("participant_left_sip", sip__ruleID=None, sip__phoneNumber="+15555550999")
    later = changed(
        changed(body, ("createdAt",), "1795254190"), ("participant", "joinedAtMs"), "1795254100000"
    )
    inbound = [REPORTS["participant_joined_sip"], REPORTS["participant_left_sip"]]

    assert call_of([*inbound, report_of(later)]) == call_of(inbound)
    assert call_of([report_of(later), *inbound]) == call_of(inbound)


def test_an_invitation_is_earlier_than_the_person() -> None:
    body = attributes("participant_joined_sip")
    body["participant"]["attributes"]["lk.sip.inviteTime"] = "1795254058500"

    assert report_of(body).started_at == datetime(2026, 11, 21, 9, 40, 58, 500_000, tzinfo=UTC)


def test_ids_of_the_carrier_and_of_traces_find_the_call() -> None:
    headers = {
        "sip.h.x-crm-ticket": "TICKET-00042",
        "sip.h.x-name": "Ann Smith",
        "sip.h.user-agent": "Gateway 9",
    }
    body = attributes(
        "participant_joined_sip", sip__twilio__callSid="CA" + "1" * 32, correlationId="corr-7", **headers
    )
    attached = json.dumps({"trace_id": "a" * 32, "clinic": "north"})
    body = changed(body, ("room", "metadata"), attached)

    report = report_of(body)

    assert report.aliases == PHONE_IDS | {
        Alias("twilio_call_sid", "CA" + "1" * 32),
        Alias("sip_header", "TICKET-00042"),
        Alias("trace_id", "a" * 32),
        Alias("correlation_id", "corr-7"),
    }
    assert report.metadata == {"trace_id": "a" * 32, "clinic": "north", "correlationId": "corr-7"}


def test_without_a_room_the_call_of_the_phone_is_the_call() -> None:
    body = {name: value for name, value in BODIES["participant_joined_sip"].items() if name != "room"}

    report = report_of(body)

    assert (report.platform_call_id, report.aliases) == ("SCL_synthetic0001", frozenset())


def test_a_job_names_the_room_too() -> None:
    body = {name: value for name, value in BODIES["agent_job_ended_failed"].items() if name != "room"}

    assert report_of(body) == REPORTS["agent_job_ended_failed"]
    assert sample_with("agent_job_ended_failed", ("job", "state", "status"), "JS_SUCCESS").ending is None


def test_a_recording_that_no_browser_opens_is_only_kept() -> None:
    path = ("egressInfo", "fileResults", 0, "location")
    report = sample_with("egress_ended", path, "s3://bucket/rec.ogg")

    assert report.recording_url is None
    assert report.metadata == {"recording_location": "s3://bucket/rec.ogg"}


def test_a_recording_of_a_web_page_is_of_no_call() -> None:
    body = changed(BODIES["egress_ended"], ("egressInfo",), {"egressId": "EG_1"})

    reading = LIVEKIT.read(message(body), "production")

    assert (reading.is_known_type, reading.reports) == (True, ())


@pytest.mark.parametrize(
    ("event", "known"), [("track_published", True), ("ingress_ended", True), ("x", False)]
)
def test_other_events_say_nothing_of_a_call(event: str, known: bool) -> None:
    reading = LIVEKIT.read(message({"event": event, "room": {"name": "r"}}), "production")

    assert (reading.event_type, reading.is_known_type, reading.reports) == (event, known, ())
    assert reading.event_key


@pytest.mark.parametrize(
    "body", [{}, {"event": []}, {"event": "room_started"}, {"event": "room_started", "room": 1}]
)
def test_a_body_without_event_or_room_is_unreadable(body: Any) -> None:
    with pytest.raises(Unreadable):
        LIVEKIT.read(message(body), "production")
