"""ElevenLabs' post-call webhooks: what was said, the sound of it, or why a call never began.

Names: elevenlabs/elevenlabs-python:src/elevenlabs/types/conversation_history_*.py and
get_conversation_response_model.py; the signature: src/elevenlabs/webhooks_custom.py. Times are Unix seconds,
lengths seconds, `cost` is credits and `cost_fiat` US dollars.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from dashboard.calls.vocabulary import Direction, Outcome, Status
from dashboard.calls.vocabulary import Platform as PlatformName
from dashboard.ingest.platforms import conversation, reading, reasons, signing
from dashboard.ingest.platforms.aliases import alias, aliases_in
from dashboard.ingest.platforms.base import Incoming, Reading, Secret, SignatureRefused, Unreadable
from dashboard.ingest.platforms.reading import LONGEST, Json
from dashboard.ingest.platforms.reasons.elevenlabs import FAILED, FAILURE
from dashboard.ingest.platforms.reasons.rule import ending_by
from dashboard.ingest.reports import GUESS, Alias, Cost, Ending, Report

THIRTY_MINUTES = timedelta(minutes=30)
MILLISECOND = timedelta(milliseconds=1)
DIRECTIONS = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}
METRICS = {
    "convai_llm_service_ttfb": "llmP50Ms",
    "convai_tts_service_ttfb": "ttsP50Ms",
    "convai_asr_trailing_service_latency": "sttP50Ms",
}
LONGEST_TYPE = 100

_SECONDS = re.compile("[0-9]{1,13}")
_SOUND = re.compile(
    rb'"full_audio"\s*+:\s*+"(?![0-9]+ bytes of sound")([^"\\]*+(?:\\.[^"\\]*+)*+)', re.DOTALL
)


class ElevenLabs:
    name = PlatformName.ELEVENLABS
    content_types = frozenset(["application/json"])

    def verify(self, incoming: Incoming, secret: Secret) -> None:
        """Check `ElevenLabs-Signature: t=<seconds>,v0=<hex>`: HMAC-SHA256 over `<t>.<body>`."""
        signed_at, given = _signature(signing.header(incoming, "elevenlabs-signature"))
        expected = signing.hmac_hex(secret.text, f"{signed_at}.".encode() + incoming.body)
        signing.require_same(expected, *given)
        signing.fresh(signed_at, incoming.now, past=THIRTY_MINUTES)

    def read(self, incoming: Incoming, environment: str) -> Reading:
        # The body has an environment too: ElevenLabs' own, which says nothing of ours.
        body = reading.parse(incoming.body)
        event_type = reading.text(body.get("type"), LONGEST_TYPE)
        if event_type is None:
            raise Unreadable("There is no type.")
        data = reading.mapping(body.get("data"))
        happened = reading.instant(body.get("event_timestamp"))
        call_id = reading.identifier(data.get("conversation_id"))
        key = reading.body_key(event_type, call_id, incoming.body)
        facts = FACTS.get(event_type)
        if facts is None:
            return Reading(event_type, key, happened, is_known_type=False)
        if call_id is None:
            raise Unreadable("There is no conversation_id.")
        said = facts(data, happened)
        report = Report(
            platform=self.name,
            platform_call_id=call_id,
            environment=environment,
            at=happened or incoming.now,
            status=Status.ENDED,
            agent_id=reading.text(data.get("agent_id"), LONGEST["agent_id"]),
            agent_name=reading.text(data.get("agent_name"), LONGEST["agent_name"]),
            agent_version=reading.text(data.get("version_id"), LONGEST["agent_version"]),
            aliases=frozenset(one for one in said.pop("aliases", ()) if one.value != call_id),
            **said,
        )
        return Reading(event_type, key, happened, reports=[report])

    def kept(self, body: bytes) -> bytes:
        """Return the body with a note of the number of bytes in the place of the sound."""
        return _SOUND.sub(lambda found: b'"full_audio":"%d bytes of sound' % _length(found[1]), body)


ELEVENLABS = ElevenLabs()


def _signature(written: str) -> tuple[str, list[str]]:
    """Return the time that was signed and the signatures, of which one must be right."""
    parts = [part.strip().partition("=") for part in written.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v0"]
    if len(times) != 1 or not signatures or not _SECONDS.fullmatch(times[0]):
        raise SignatureRefused("malformed")
    return times[0], signatures


def _length(base64_text: bytes) -> int:
    return len(base64_text.rstrip(b"=")) * 3 // 4


def _transcription(data: Json, happened: datetime | None) -> Json:
    about = reading.mapping(data.get("metadata"))
    started = reading.instant(about.get("start_time_unix_secs")) or reading.instant(
        about.get("accepted_time_unix_secs")
    )
    duration = reading.milliseconds(about.get("call_duration_secs"), unit_ms=1000)
    variables = reading.at(data, "conversation_initiation_client_data", "dynamic_variables")
    tools = _tool_calls(data)
    return {
        **_phone_call(reading.mapping(about.get("phone_call"))),
        "aliases": _aliases(reading.mapping(about.get("phone_call")), variables),
        "started_at": started,
        "ended_at": None if started is None or duration is None else started + duration * MILLISECOND,
        "duration_ms": duration,
        "sureness": {"ended_at": GUESS},
        "ending": _ending(data, about),
        "transcript": _turns(data),
        "tool_calls": tools,
        "transfer_to": _transfer_to(tools),
        "summary": reading.text(reading.at(data, "analysis", "transcript_summary"), LONGEST["summary"]),
        "success": reading.flag(reading.at(data, "analysis", "call_successful")),
        "language": reading.text(about.get("main_language"), LONGEST["language"]),
        "cost": _cost(about),
        "latency": _latency(data),
        "metadata": _attached(
            dynamic_variables=variables, error=about.get("error"), warnings=about.get("warnings")
        ),
    }


def _initiation_failure(data: Json, happened: datetime | None) -> Json:
    """Read of a call that we tried to make; `metadata.body` is what Twilio or the SIP trunk answered."""
    answer = reading.mapping(reading.at(data, "metadata", "body"))
    raw = reading.text(data.get("failure_reason"), LONGEST["ended_reason_raw"]) or "unknown"
    is_twilio = reading.at(data, "metadata", "type") == "twilio"
    return {
        "direction": Direction.OUTBOUND,
        "from_number": reading.phone(answer.get("From") or answer.get("from_number")),
        "to_number": reading.phone(answer.get("To") or answer.get("to_number")),
        "ended_at": happened,
        "sureness": {"ended_at": GUESS},
        "ending": ending_by(FAILURE, raw),
        "aliases": alias("twilio_call_sid", answer.get("CallSid")) if is_twilio else aliases_in(answer),
        "metadata": _attached(**reading.mapping(data.get("metadata"))),
    }


def _audio(data: Json, happened: datetime | None) -> Json:
    """Tell no more than the call's id: the sound is not kept, and has no address."""
    return {}


FACTS: Mapping[str, Callable[[Json, datetime | None], Json]] = {
    "post_call_transcription": _transcription,
    "post_call_audio": _audio,
    "call_initiation_failure": _initiation_failure,
}


def _phone_call(phone: Json) -> Json:
    direction = DIRECTIONS.get(str(phone.get("direction")))
    person, line = reading.phone(phone.get("external_number")), reading.phone(phone.get("agent_number"))
    from_number, to_number = (line, person) if direction == Direction.OUTBOUND else (person, line)
    return {"direction": direction, "from_number": from_number, "to_number": to_number}


def _aliases(phone: Json, variables: Any) -> frozenset[Alias]:
    carrier = "twilio_call_sid" if phone.get("type") == "twilio" else "call_sid"
    found = (
        alias(carrier, phone.get("call_sid"))
        | alias("stream_sid", phone.get("stream_sid"))
        | alias("sip_call_id", phone.get("call_id"))
    )
    known = {one.value for one in found}  # The variables repeat the carrier's id by a vaguer name.
    more = aliases_in(phone.get("sip_header_dynamic_variables")) | aliases_in(variables)
    return found | {one for one in more if one.value not in known}


def _ending(data: Json, about: Json) -> Ending | None:
    said = reading.text(about.get("termination_reason"), LONGEST["ended_reason_raw"])
    if data.get("status") == "failed" or about.get("error"):
        error = reading.text(reading.at(about, "error", "reason"), LONGEST["ended_reason_raw"])
        return ending_by(FAILED, said or error or "failed")
    if said is not None:
        return reasons.ending(PlatformName.ELEVENLABS, said)
    return Ending(outcome=Outcome.COMPLETED, raw="done") if data.get("status") == "done" else None


def _turns(data: Json) -> list[Json]:
    turns = (
        conversation.turn(one.get("role"), one.get("message"), _at_ms(one))
        for one in reading.objects(data.get("transcript"))
    )
    return [turn for turn in turns if turn]


def _tool_calls(data: Json) -> list[Json]:
    """Return the tools that were called, each with its result, which may come with a later turn."""
    turns = reading.objects(data.get("transcript"))
    results = {
        str(result.get("request_id")): result
        for one in turns
        for result in reading.objects(one.get("tool_results"))
    }
    return [
        _tool_call(call, results.get(str(call.get("request_id")), {}), _at_ms(one))
        for one in turns
        for call in reading.objects(one.get("tool_calls"))
    ]


def _tool_call(call: Json, result: Json, at_ms: int | None) -> Json:
    return conversation.tool_call(
        call.get("tool_name"),
        at_ms=at_ms,
        arguments=call.get("params_as_json"),
        result=result.get("result_value"),
        failed=reading.flag(result.get("is_error")),
        latency_ms=reading.milliseconds(result.get("tool_latency_secs"), unit_ms=1000),
    )


def _transfer_to(tools: list[Json]) -> str | None:
    """Return the number that the agent passed the caller on to, by ElevenLabs' own tool for it."""
    for tool in tools:
        if tool["name"] == "transfer_to_number" and not tool["failed"]:
            return reading.phone(reading.at(tool["arguments"], "transfer_number"))
    return None


def _at_ms(turn: Json) -> int | None:
    return reading.milliseconds(turn.get("time_in_call_secs"), unit_ms=1000)


def _cost(about: Json) -> Cost | None:
    for name, currency in (("cost_fiat", "USD"), ("cost", "credits")):
        if (amount := reading.amount(about.get(name))) is not None:
            return Cost(amount, currency)
    return None


def _latency(data: Json) -> dict[str, float] | None:
    """Return the middle of each delay that the turns have."""
    found: dict[str, list[float]] = {}
    for turn in reading.objects(data.get("transcript")):
        for metric, name in METRICS.items():
            took = reading.at(turn, "conversation_turn_metrics", "metrics", metric, "elapsed_time")
            if (delay := reading.latency(took, unit_ms=1000)) is not None:
                found.setdefault(name, []).append(delay)
    return {name: round(median(delays), 2) for name, delays in found.items()} or None


def _attached(**parts: Any) -> Json | None:
    return {name: part for name, part in parts.items() if part} or None
