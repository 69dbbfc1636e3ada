"""What was said in the demo's calls: the same for the same call, with names and numbers to be masked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from dashboard.calls.models import Call, CallDetail
from dashboard.calls.vocabulary import Outcome, Platform

NAMES = ("Mira Patel", "Tom Okafor", "Anna Lindqvist", "Jamal Haddad", "Grace Murphy", "Luis Ortega")
SLOTS = ("Tuesday at ten past nine", "Wednesday at four", "Friday at half past eleven", "Monday at eight")
WHISPERS = ("Hello?", "Are you still there?", "Hello, can you hear me?")
UNREACHED = frozenset(
    {Outcome.NO_ANSWER, Outcome.BUSY, Outcome.REJECTED, Outcome.CANCELED, Outcome.VOICEMAIL}
)
A_CHARACTER, ANSWER = 70, 900
"""Milliseconds to say a character, and to begin an answer."""
SWALLOWED_ONE_IN = 9
SILENT_ONE_IN = 13


def save_conversations() -> int:
    """Give every answered call that is over and has no detail yet its conversation; return how many."""
    calls = Call.objects.filter(detail=None).exclude(ended_at=None).exclude(outcome__in=UNREACHED)
    details = [detail_for(call) for call in calls]
    CallDetail.objects.bulk_create(details, batch_size=500, ignore_conflicts=True)
    return len(details)


def detail_for(call: Call) -> CallDetail:
    draw = int.from_bytes(blake2b(call.platform_call_id.encode(), digest_size=8).digest(), "big")
    name, slot = NAMES[draw % len(NAMES)], SLOTS[draw // 7 % len(SLOTS)]
    swallowed = call.outcome == Outcome.COMPLETED and draw % SWALLOWED_ONE_IN == 0
    silent = not swallowed and draw % SILENT_ONE_IN == 0
    number = f"020 7946 0{draw % 900 + 100}"
    length = call.duration_ms or 60_000
    spoken = _timed(list(_turns(call, name, slot, number, silent=silent)), length)
    booked_at = spoken[5]["atMs"] + 900 if len(spoken) > 5 else length
    return CallDetail(
        call=call,
        transcript=[turn for turn in spoken if turn["atMs"] < length],
        tool_calls=list(_tools(name, slot, booked_at, failed=swallowed)) if booked_at < length else [],
        summary=f"{name} asked for an appointment at {call.line}. Call back on {number} if anything changes.",
        cost_amount=Decimal(length) / 60_000 * Decimal("0.09"),
        cost_currency="credits" if call.platform == Platform.ELEVENLABS else "USD",
        latency={"turnP50Ms": 700 + draw % 400, "turnP95Ms": 1_400 + draw % 900},
        language="en-GB",
        transfer_to="+442079460144" if call.outcome == Outcome.TRANSFERRED else "",
    )


def _turns(call: Call, name: str, slot: str, number: str, *, silent: bool) -> Iterator[tuple[str, str]]:
    yield "agent", f"Good morning, {call.line}, how can I help?"
    yield "caller", "Hello, I would like to make an appointment, please."
    yield "agent", "Of course. May I have your name and a number?"
    yield "caller", f"This is {name}, and my number is {number}."
    if silent:
        yield from (("caller", whisper) for whisper in WHISPERS)
        return
    yield "agent", f"Thank you. I have {slot}. Shall I book that?"
    yield "caller", "Yes, that would be lovely."
    if call.outcome == Outcome.TRANSFERRED:
        yield "agent", "One moment, I am putting you through to a colleague."
    elif call.outcome == Outcome.COMPLETED:
        yield "agent", "That is booked for you. Goodbye!"
        yield "caller", "Thank you, goodbye."


def _timed(turns: list[tuple[str, str]], length: int) -> list[dict[str, Any]]:
    """Let the agent answer at once, and the caller take all the time that is left."""
    callers = sum(role == "caller" for role, _text in turns)
    needed = sum(len(text) * A_CHARACTER + ANSWER for _role, text in turns)
    thinking = max(0, length - needed - 2_000) // callers
    spoken, at = [], 800
    for role, text in turns:
        at += ANSWER + (thinking if role == "caller" else 0)
        spoken.append({"role": role, "text": text, "atMs": at})
        at += len(text) * A_CHARACTER
    return spoken


def _tools(name: str, slot: str, at: int, *, failed: bool) -> Iterator[dict[str, Any]]:
    yield {"name": "find_slot", "atMs": at - 600, "arguments": {}, "result": {"slot": slot}, "latencyMs": 240}
    yield {
        "name": "book_appointment",
        "atMs": at,
        "arguments": {"customerName": name, "slot": slot},
        "result": "503 Service Unavailable" if failed else {"booked": True},
        "failed": failed,
        "latencyMs": 1_900 if failed else 310,
    }
