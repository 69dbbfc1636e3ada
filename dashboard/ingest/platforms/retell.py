"""Retell's webhooks: `{"event", "call": {...}}`.

Names: RetellAI/retell-typescript-sdk:src/resources/call.ts; the signature: src/lib/webhook_auth.ts there.
Times, lengths and latencies are milliseconds, words start at seconds, costs are US cents. `call_started` is
not sent for a call that never connects.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from dashboard.calls.vocabulary import Direction, EndedReason, Outcome, Status
from dashboard.calls.vocabulary import Platform as PlatformName
from dashboard.ingest.platforms import reasons, signing
from dashboard.ingest.platforms.aliases import aliases_in
from dashboard.ingest.platforms.base import Incoming, Reading, Secret, SignatureRefused, Unreadable
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
from dashboard.ingest.platforms.retell_conversation import tool_calls, transcript
from dashboard.ingest.reports import FINAL, GUESS, SAID, Alias, Cost, Ending, Report

SIGNATURE = "x-retell-signature"
STARTED, ENDED, ANALYZED = "call_started", "call_ended", "call_analyzed"
TRANSFERS = {
    "transfer_started": Status.TRANSFERRING,
    "transfer_bridged": Status.IN_PROGRESS,
    "transfer_cancelled": Status.IN_PROGRESS,
    "transfer_ended": Status.IN_PROGRESS,
}
OF_A_CALL = frozenset([STARTED, ENDED, ANALYZED, "transcript_updated", *TRANSFERS])
NOT_OF_A_CALL = frozenset(["chat_started", "chat_ended", "chat_analyzed"])
RANKS = {STARTED: 1, ENDED: 2, ANALYZED: 3}
"""Which event tells more, of those with the same time."""

DIRECTIONS = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}
SAID_LAST = (
    *("started_at", "ended_at", "duration_ms", "ending", "transcript", "tool_calls", "summary", "success"),
    *("sentiment", "recording_url", "cost", "latency"),
)
STAGES = {
    "turn": "e2e",
    "llm": "llm",
    "tts": "tts",
    "stt": "asr",
    "speechToSpeech": "s2s",
    "knowledgeBase": "knowledge_base",
    "llmNetwork": "llm_websocket_network_rtt",
}
SHARES = ("p50", "p90", "p95", "p99")
CENT = Decimal("0.01")
SIGNED_ADDRESS_LASTS = timedelta(hours=24)

_SIGNATURE = re.compile(r"v=([0-9]{1,19}),d=([0-9a-f]{64})")


class Retell:
    name = PlatformName.RETELL
    content_types = frozenset(["application/json"])

    def verify(self, incoming: Incoming, secret: Secret) -> None:
        """Check `v=<milliseconds>,d=<hex>`: HMAC-SHA256 over the body followed by the time."""
        written = _SIGNATURE.fullmatch(signing.header(incoming, SIGNATURE))
        if not written:
            raise SignatureRefused("malformed")
        sent, digest = written.groups()
        signing.require_same(digest, signing.hmac_hex(secret.text, incoming.body + sent.encode()))
        signing.fresh(sent, incoming.now)

    def read(self, incoming: Incoming, environment: str) -> Reading:
        body = parse(incoming.body)
        event = text(body.get("event"), 100)
        if event is None or not isinstance(body["event"], str):
            raise Unreadable("There is no event.")
        call = mapping(body.get("call"))
        call_id = identifier(call.get("call_id"))
        key, happened = body_key(event, call_id, incoming.body), _happened(event, call, incoming)
        if event not in OF_A_CALL:
            return Reading(event, key, happened, is_known_type=event in NOT_OF_A_CALL)
        if call_id is None:
            raise Unreadable("There is no call with an id.")
        report = _report(event, call, call_id, environment, happened or incoming.now)
        return Reading(event, key, happened, reports=(report,))

    def kept(self, body: bytes) -> bytes:
        return body


def _happened(event: str, call: Json, incoming: Incoming) -> datetime | None:
    """Return when an event happened: only its sending has a time of its own, and that is in a header."""
    if event == STARTED:
        return instant(call.get("start_timestamp"))
    if event in (ENDED, ANALYZED):
        return instant(call.get("end_timestamp"))
    sent = _SIGNATURE.fullmatch(incoming.headers.get(SIGNATURE, "").strip())
    return instant(sent[1]) if sent else None


def _report(event: str, call: Json, call_id: str, environment: str, happened: datetime) -> Report:
    last = event in (ENDED, ANALYZED)
    ended = instant(call.get("end_timestamp"))
    started = instant(call.get("start_timestamp"))
    recording, expires = _recording(call, ended)
    ending, ending_sureness = _ending(call, last)
    analysis = mapping(call.get("call_analysis"))
    return Report(
        platform=PlatformName.RETELL,
        platform_call_id=call_id,
        environment=environment,
        at=happened,
        rank=RANKS.get(event, 0),
        sureness=(dict.fromkeys(SAID_LAST, FINAL) if last else {})
        | {"ending": ending_sureness, "recording_expires_at": GUESS},
        status=_status(event, call),
        direction=DIRECTIONS.get(str(call.get("direction"))),
        from_number=phone(call.get("from_number")),
        to_number=phone(call.get("to_number")),
        agent_id=text(call.get("agent_id"), LONGEST["agent_id"]),
        agent_name=text(call.get("agent_name"), LONGEST["agent_name"]),
        agent_version=text(call.get("agent_version"), LONGEST["agent_version"]),
        started_at=started,
        answered_at=started if event == STARTED else None,
        ended_at=ended,
        duration_ms=_duration(call, started, ended),
        ending=ending,
        transcript=_transcript(call),
        tool_calls=tool_calls(_spoken(call)) or None,
        summary=text(analysis.get("call_summary")),
        success=flag(analysis.get("call_successful")),
        sentiment=_sentiment(analysis),
        transfer_to=phone(call.get("transfer_destination")),
        recording_url=recording,
        recording_expires_at=expires,
        cost=_cost(call),
        latency=_latency(call),
        metadata=mapping(call.get("metadata")) or None,
        aliases=_aliases(call) - {Alias("call_id", call_id)},
    )


def _status(event: str, call: Json) -> Status | None:
    said = reasons.status(PlatformName.RETELL, call.get("call_status"))
    if event in (ENDED, ANALYZED) or said == Status.ENDED:
        return Status.ENDED
    return TRANSFERS.get(event, said)


def _ending(call: Json, last: bool) -> tuple[Ending | None, int]:
    """Return why the call ended and how sure that is."""
    raw = text(call.get("disconnection_reason"))
    if raw is None:
        failed = call.get("call_status") == "error"
        return (Ending(Outcome.FAILED) if failed else None), GUESS
    found = reasons.ending(PlatformName.RETELL, raw)
    if flag(at(call, "call_analysis", "in_voicemail")) and found.outcome == Outcome.COMPLETED:
        found = replace(found, outcome=Outcome.VOICEMAIL, reason=EndedReason.VOICEMAIL)
    return found, FINAL if last else SAID


def _duration(call: Json, started: datetime | None, ended: datetime | None) -> int | None:
    said = milliseconds(call.get("duration_ms"))
    if said is None and started and ended:
        said = milliseconds((ended - started).total_seconds(), 1000)
    return said


def _spoken(call: Json) -> object:
    """Return what was said and done; where personal data is not kept, only the scrubbed list is there."""
    return call.get("transcript_with_tool_calls") or call.get("scrubbed_transcript_with_tool_calls")


def _transcript(call: Json) -> list[Json] | None:
    return (
        transcript(_spoken(call))
        or transcript(call.get("transcript_object"))
        or turns_in(call.get("transcript"))
        or None
    )


def _sentiment(analysis: Json) -> str | None:
    found = text(analysis.get("user_sentiment"), LONGEST["sentiment"])
    return None if found == "Unknown" else found


def _recording(call: Json, ended: datetime | None) -> tuple[str | None, datetime | None]:
    """Return where the recording is and until when; a signed address lasts a day."""
    found = address(call.get("recording_url")) or address(call.get("scrubbed_recording_url"))
    is_signed = found is not None and flag(call.get("opt_in_signed_url"))
    return found, ended + SIGNED_ADDRESS_LASTS if is_signed and ended else None


def _cost(call: Json) -> Cost | None:
    dollars = amount(at(call, "call_cost", "combined_cost"), CENT)
    return None if dollars is None else Cost(dollars, "USD")


def _latency(call: Json) -> dict[str, float] | None:
    found = {
        f"{ours}{share.upper()}Ms": latency(at(call, "latency", theirs, share))
        for ours, theirs in STAGES.items()
        for share in SHARES
    }
    return {name: value for name, value in found.items() if value is not None} or None


def _aliases(call: Json) -> frozenset[Alias]:
    return frozenset[Alias]().union(
        *(
            aliases_in(call.get(place))
            for place in (
                "telephony_identifier",
                "metadata",
                "retell_llm_dynamic_variables",
                "collected_dynamic_variables",
                "custom_sip_headers",
            )
        )
    )


RETELL = Retell()
