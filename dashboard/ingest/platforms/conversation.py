"""The parts of a conversation in the shape that a report has them in; times count from the start."""

from __future__ import annotations

from typing import Any

from dashboard.ingest.platforms.base import Unreadable
from dashboard.ingest.platforms.reading import Json, loads, text

ROLES = {
    "agent": "agent",
    "assistant": "agent",
    "bot": "agent",
    "user": "caller",
    "caller": "caller",
    "tool": "tool",
    "system": "system",
}
LONGEST_TOOL_NAME = 200


_SPEAKERS = {"AI": "agent", "Agent": "agent", "User": "caller"}


def turns_in(transcript: Any) -> list[Json]:
    """Return the turns of a transcript that came as text, a speaker and a colon before each: "AI: Hello"."""
    turns: list[Json] = []
    for line in (text(transcript) or "").splitlines():
        speaker, colon, said = line.partition(":")
        known = turn(_SPEAKERS.get(speaker), said, None) if colon else None
        if known:
            turns.append(known)
        elif turns and line.strip():
            turns[-1]["text"] += f"\n{line.strip()}"
    return turns


def turn(role: Any, said: Any, at_ms: int | None) -> Json | None:
    """Return a turn of a transcript, or None when nobody that we know said anything."""
    words = text(said)
    known = ROLES.get(role) if isinstance(role, str) else None
    return {"role": known, "text": words, "atMs": at_ms} if known and words else None


def tool_call(
    name: Any,
    *,
    at_ms: int | None = None,
    arguments: Any = None,
    result: Any = None,
    failed: bool | None = None,
    latency_ms: int | None = None,
) -> Json:
    """Return a call of a tool; arguments and result that are JSON written as text are read."""
    return {
        "name": text(name, LONGEST_TOOL_NAME) or "",
        "atMs": at_ms,
        "arguments": json_or_text(arguments),
        "result": json_or_text(result),
        "failed": failed,
        "latencyMs": latency_ms,
    }


def json_or_text(value: Any) -> Any:
    """Return the object or list that a text holds, or the value itself."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return loads(value)
    except Unreadable:
        return value
