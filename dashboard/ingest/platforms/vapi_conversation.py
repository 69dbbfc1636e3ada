"""The list of messages that Vapi keeps of a call, as turns and calls of tools."""

from __future__ import annotations

from typing import Any

from dashboard.ingest.platforms.conversation import json_or_text, tool_call, turn
from dashboard.ingest.platforms.reading import Json, at, milliseconds, objects


def transcript(messages: Any) -> list[Json]:
    """Return what was spoken; the system's message is the prompt, which nobody spoke."""
    turns = (
        turn(one.get("role"), one.get("message"), milliseconds(one.get("secondsFromStart"), 1000))
        for one in objects(messages)
        if one.get("role") != "system"
    )
    return [one for one in turns if one]


def tool_calls(messages: Any) -> list[Json]:
    """Return each call of a tool with its result, joined by id."""
    said = objects(messages)
    results = {str(one.get("toolCallId")): one for one in said if one.get("role") == "tool_call_result"}
    return [
        _tool_call(asked, one, results.get(str(asked.get("id"))))
        for one in said
        if one.get("role") == "tool_calls"
        for asked in objects(one.get("toolCalls"))
    ]


def _tool_call(asked: Json, message: Json, answer: Json | None) -> Json:
    at_ms = milliseconds(message.get("secondsFromStart"), 1000)
    answered_ms = milliseconds(at(answer, "secondsFromStart"), 1000)
    took = answered_ms - at_ms if at_ms is not None and answered_ms is not None else None
    return tool_call(
        at(asked, "function", "name") or asked.get("name"),
        at_ms=at_ms,
        arguments=at(asked, "function", "arguments") or asked.get("parameters"),
        result=None if answer is None else answer.get("error") or answer.get("result"),
        failed=None if answer is None else _failed(answer),
        latency_ms=took if took is not None and took >= 0 else None,
    )


def _failed(answer: Json) -> bool:
    """A result has no field for failure: an error is put where the result would be."""
    result = json_or_text(answer.get("result"))
    if isinstance(result, str):
        return bool(answer.get("error")) or result.lower().startswith("error")
    return bool(answer.get("error") or at(result, "error"))
