"""Vapi's server messages: `{"message": {"type", "timestamp", "call", ...}}`.

Names: VapiAI/server-sdk-python:src/vapi/types/server_message_*.py, call.py, artifact.py. Times are ISO 8601
or milliseconds, `secondsFromStart` is seconds, latencies are milliseconds, costs are US dollars.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dashboard.calls.vocabulary import Direction, Status
from dashboard.calls.vocabulary import Platform as PlatformName
from dashboard.ingest.platforms import reasons
from dashboard.ingest.platforms.aliases import alias, aliases_in
from dashboard.ingest.platforms.base import Incoming, Reading, Secret, Unreadable
from dashboard.ingest.platforms.conversation import turns_in
from dashboard.ingest.platforms.reading import (
    LONGEST,
    Json,
    address,
    amount,
    at,
    body_key,
    flag,
    identifier,
    instant,
    latency,
    mapping,
    milliseconds,
    parse,
    phone,
    text,
)
from dashboard.ingest.platforms.vapi_conversation import tool_calls, transcript
from dashboard.ingest.platforms.vapi_signature import verify
from dashboard.ingest.reports import FINAL, GUESS, Alias, Cost, Ending, Report

STATUS, LAST = "status-update", "end-of-call-report"
TRANSFER = "transfer-update"
RUNNING = frozenset(
    [
        TRANSFER,
        "assistant-request",
        "assistant.speechStarted",
        "call.endpointing.request",
        "conversation-update",
        "function-call",
        "handoff-destination-request",
        "hang",
        "knowledge-base-request",
        "language-change-detected",
        "model-output",
        "phone-call-control",
        "speech-update",
        "tool-calls",
        "tool-calls-result",
        "transcript",
        'transcript[transcriptType="final"]',
        "transfer-destination-request",
        "user-interrupted",
        "voice-input",
        "voice-request",
    ]
)
"""Sent only while a call runs; "hang" means that the assistant is slow, not that anybody hung up."""
NOT_OF_A_CALL = frozenset(
    [
        "call.delete.failed",
        "call.deleted",
        "chat.created",
        "chat.deleted",
        "session.created",
        "session.deleted",
        "session.updated",
    ]
)

DIRECTIONS = {
    "inboundPhoneCall": Direction.INBOUND,
    "outboundPhoneCall": Direction.OUTBOUND,
    "webCall": Direction.INBOUND,
    "vapi.websocketCall": Direction.INBOUND,
}
CARRIERS = {
    "twilio": "twilio_call_sid",
    "vonage": "vonage_call_uuid",
    "telnyx": "telnyx_call_control_id",
}
LATENCIES = {
    "turnAvgMs": "turnLatencyAverage",
    "llmAvgMs": "modelLatencyAverage",
    "ttsAvgMs": "voiceLatencyAverage",
    "sttAvgMs": "transcriberLatencyAverage",
    "endpointingAvgMs": "endpointingLatencyAverage",
}
SAID_LAST = (
    *("started_at", "ended_at", "duration_ms", "ending", "transcript", "tool_calls", "summary", "success"),
    *("recording_url", "cost", "latency", "transfer_to"),
)


class Vapi:
    name = PlatformName.VAPI
    content_types = frozenset(["application/json"])

    def verify(self, incoming: Incoming, secret: Secret) -> None:
        verify(incoming, secret)

    def read(self, incoming: Incoming, environment: str) -> Reading:
        message = mapping(parse(incoming.body).get("message"))
        event = text(message.get("type"), 100)
        if event is None:
            raise Unreadable("There is no message with a type.")
        call_id = identifier(at(message, "call", "id"))
        happened = instant(message.get("timestamp"))
        known = event in RUNNING or event in NOT_OF_A_CALL or event in (STATUS, LAST)
        reading = Reading(event, body_key(event, call_id, incoming.body), happened, is_known_type=known)
        if not known or event in NOT_OF_A_CALL:
            return reading
        if call_id is None:
            if event in (STATUS, LAST) and "chat" not in message:
                raise Unreadable("There is no call with an id.")
            return reading
        report = _report(message, event, call_id, environment, happened or incoming.now)
        return Reading(reading.event_type, reading.event_key, happened, reports=(report,))

    def kept(self, body: bytes) -> bytes:
        return body


def _report(message: Json, event: str, call_id: str, environment: str, happened: datetime) -> Report:
    call = mapping(message.get("call"))
    status = _status(message, event)
    customer, line = _party(message, "customer"), _party(message, "phoneNumber")
    direction = DIRECTIONS.get(str(call.get("type")))
    outbound = direction == Direction.OUTBOUND
    assistant = mapping(message.get("assistant")) or mapping(call.get("assistant"))
    started, ended, sureness = _times(message, event, status, happened)
    final = event == LAST
    return Report(
        platform=PlatformName.VAPI,
        platform_call_id=call_id,
        environment=environment,
        at=happened,
        rank=2 if final else 1 if event == STATUS else 0,
        sureness=sureness,
        status=status,
        direction=direction,
        from_number=phone(line if outbound else customer),
        to_number=phone(customer if outbound else line),
        line=text(_of(message, "phoneNumber", "name"), LONGEST["line"]),
        agent_id=text(call.get("assistantId") or assistant.get("id"), LONGEST["agent_id"]),
        agent_name=text(assistant.get("name"), LONGEST["agent_name"]),
        started_at=started,
        answered_at=happened if event == STATUS and status == Status.IN_PROGRESS else None,
        ended_at=ended,
        duration_ms=_duration(message, started, ended) if final else None,
        ending=_ending(message) if status == Status.ENDED else None,
        transcript=_transcript(message, event),
        tool_calls=(tool_calls(at(message, "artifact", "messages")) or None) if final else None,
        summary=text(at(message, "analysis", "summary") or message.get("summary")),
        success=flag(at(message, "analysis", "successEvaluation")),
        transfer_to=_destination(message),
        language=text(message.get("language"), LONGEST["language"]),
        recording_url=_recording(message),
        cost=_cost(message) if final else None,
        latency=_latency(at(message, "artifact", "performanceMetrics")),
        metadata=_metadata(call, assistant),
        aliases=_aliases(message, call, assistant) - {Alias("call_id", call_id)},
    )


def _of(message: Json, *path: str) -> Any:
    """Return what the message says itself, or what its call does."""
    found = at(message, *path)
    return at(message, "call", *path) if found is None else found


def _party(message: Json, who: str) -> Any:
    return _of(message, who, "number") or _of(message, who, "sipUri")


def _status(message: Json, event: str) -> Status | None:
    if event == LAST:
        return Status.ENDED
    if event == STATUS:
        return reasons.status(PlatformName.VAPI, message.get("status"))
    if event == TRANSFER and _destination(message):
        return Status.TRANSFERRING
    return reasons.status(PlatformName.VAPI, at(message, "call", "status")) or Status.IN_PROGRESS


def _ending(message: Json) -> Ending | None:
    raw = text(_of(message, "endedReason"))
    return reasons.ending(PlatformName.VAPI, raw) if raw else None


def _times(
    message: Json, event: str, status: Status | None, happened: datetime
) -> tuple[datetime | None, datetime | None, dict[str, int]]:
    """Return when the call started and ended, and how sure the message is of what it says."""
    sureness = dict.fromkeys(SAID_LAST, FINAL) if event == LAST else {}
    started, ended = instant(_of(message, "startedAt")), instant(_of(message, "endedAt"))
    if started is None:
        started = instant(at(message, "call", "createdAt"))
        sureness["started_at"] = GUESS
    if ended is None and event == STATUS and status == Status.ENDED:
        ended = happened
        sureness["ended_at"] = GUESS
    return started, ended, sureness


def _duration(message: Json, started: datetime | None, ended: datetime | None) -> int | None:
    said = milliseconds(message.get("durationMs"))
    if said is None:
        said = milliseconds(message.get("durationSeconds"), 1000)
    if said is None and started and ended and instant(_of(message, "startedAt")):
        said = milliseconds((ended - started).total_seconds(), 1000)
    return said


def _transcript(message: Json, event: str) -> list[Json] | None:
    if event == "conversation-update":
        return transcript(message.get("messages")) or None
    if event != LAST:
        return None
    return (
        transcript(at(message, "artifact", "messages"))
        or transcript(message.get("messages"))
        or turns_in(at(message, "artifact", "transcript") or message.get("transcript"))
        or None
    )


def _destination(message: Json) -> str | None:
    """Return the number or address that a call is passed to; to another assistant there is none."""
    place = mapping(message.get("destination")) or mapping(at(message, "call", "destination"))
    return phone(place.get("number") or place.get("sipUri"))


def _recording(message: Json) -> str | None:
    artifact = message.get("artifact")
    return (
        address(at(artifact, "recordingUrl"))
        or address(at(artifact, "recording", "mono", "combinedUrl"))
        or address(at(artifact, "recording", "stereoUrl"))
        or address(at(artifact, "stereoRecordingUrl"))
        or address(message.get("recordingUrl"))
    )


def _cost(message: Json) -> Cost | None:
    for said in (message.get("cost"), at(message, "costBreakdown", "total"), at(message, "call", "cost")):
        dollars = amount(said)
        if dollars is not None:
            return Cost(dollars, "USD")
    return None


def _latency(metrics: Any) -> dict[str, float] | None:
    found = {ours: latency(at(metrics, theirs)) for ours, theirs in LATENCIES.items()}
    return {ours: value for ours, value in found.items() if value is not None} or None


def _metadata(call: Json, assistant: Json) -> Json | None:
    return (
        mapping(call.get("metadata"))
        or mapping(at(call, "assistantOverrides", "metadata"))
        or mapping(assistant.get("metadata"))
        or None
    )


def _aliases(message: Json, call: Json, assistant: Json) -> frozenset[Alias]:
    carrier = CARRIERS.get(str(call.get("phoneCallProvider")), "provider_call_id")
    return (
        alias(carrier, call.get("phoneCallProviderId"))
        | aliases_in(_metadata(call, assistant))
        | aliases_in(at(call, "assistantOverrides", "variableValues"))
        | aliases_in(at(message, "artifact", "variableValues"))
        | aliases_in(call.get("transport"))
    )


VAPI = Vapi()
