"""Retell's list of what was said and done in a call, as turns and calls of tools."""

from __future__ import annotations

from typing import Any

from dashboard.ingest.platforms.conversation import tool_call, turn
from dashboard.ingest.platforms.reading import Json, at, flag, milliseconds, objects

ASKED, ANSWERED = "tool_call_invocation", "tool_call_result"
TRANSFER_TARGET = "transfer_target"


def transcript(spoken: Any) -> list[Json]:
    """Return what was spoken; a person to whom the call was passed speaks for the agent's side."""
    turns = (
        turn("agent" if one.get("role") == TRANSFER_TARGET else one.get("role"), one.get("content"), _at(one))
        for one in objects(spoken)
    )
    return [one for one in turns if one]


def tool_calls(spoken: Any) -> list[Json]:
    """Return each call of a tool with its result, joined by id."""
    said = objects(spoken)
    answers = {str(one.get("tool_call_id")): one for one in said if one.get("role") == ANSWERED}
    return [
        _tool_call(one, answers.get(str(one.get("tool_call_id")))) for one in said if one.get("role") == ASKED
    ]


def _tool_call(asked: Json, answer: Json | None) -> Json:
    successful = flag(at(answer, "successful"))
    asked_ms, answered_ms = _at(asked), _at(answer or {})
    took = answered_ms - asked_ms if asked_ms is not None and answered_ms is not None else None
    return tool_call(
        asked.get("name"),
        at_ms=asked_ms,
        arguments=asked.get("arguments"),
        result=at(answer, "content"),
        failed=None if successful is None else not successful,
        latency_ms=took if took is not None and took >= 0 else None,
    )


def _at(one: Json) -> int | None:
    """Return when something was said or done: at its first word, or as a tool call or message says."""
    words = objects(one.get("words"))
    return milliseconds(words[0].get("start") if words else one.get("time_sec"), 1000)
