"""What was said in a call and which tools were used, as one list in order, with what is personal masked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from dashboard.calls.models import CallDetail
from dashboard.calls.shown import ShownDetail
from sentry_logs.masking import Masked, count_hidden, mask_json, mask_text

SPEAKERS = {"agent": "Agent", "caller": "Caller", "tool": "Tool", "system": "System"}
# Who is asked for a name answers with nothing but that, without words around it that say so.
ASKS_NAME = re.compile(r"(?i)\bname\b[^.!]{0,80}\?|who am i speaking (?:to|with)|spell (?:that|it|your)")
ONLY_A_NAME = re.compile(
    r"\W*(?:(?i:yes|sure|of course|it's|it is|that's|this is)\W+)?"
    r"([^\W\d_a-z][\w'’\-]+(?: [^\W\d_a-z][\w'’\-]+){0,3})\W*"
)
NO_NAME = re.compile(r"(?i)\W*(?:yes|no|sure|okay|hello|sorry|pardon|what|why|thanks|thank you|of course)\W*")


@dataclass(frozen=True, slots=True)
class Line:
    """A turn, or the use of a tool; `at` is seconds since the start of the call, where that is known."""

    at: float | None
    role: str
    text: str
    tool: str = ""
    failed: bool = False
    latency_ms: int | None = None
    arguments: str = ""

    @property
    def speaker(self) -> str:
        return SPEAKERS.get(self.role, self.role)

    @property
    def hidden(self) -> int:
        return count_hidden(self.text, self.arguments)


def conversation(detail: CallDetail) -> list[Line]:
    """Return turns and tools by time; what has no time stays behind the one it came after."""
    names = [*ShownDetail(detail).names, *_told(detail.transcript)]
    timed = [
        *_timed(_turn(turn, names) for turn in detail.transcript),
        *_timed(_tool(tool, names) for tool in detail.tool_calls),
    ]
    return [line for _moment, line in sorted(timed, key=itemgetter(0))]


def _told(transcript: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield what was answered to the question for a name."""
    asked = False
    for turn in transcript:
        text = str(turn.get("text", ""))
        if turn.get("role") != "caller":
            asked = bool(ASKS_NAME.search(text))
        elif asked and (name := ONLY_A_NAME.fullmatch(text)) and not NO_NAME.fullmatch(text):
            yield name[1]


def _timed(lines: Iterable[Line]) -> Iterator[tuple[float, Line]]:
    moment = 0.0
    for line in lines:
        moment = moment if line.at is None else line.at
        yield moment, line


def _turn(turn: dict[str, Any], names: Iterable[str]) -> Line:
    text = str(turn.get("text", ""))
    said = Masked(text, mask_text(text, names))
    return Line(_seconds(turn.get("atMs")), str(turn.get("role", "")), said)


def _tool(tool: dict[str, Any], names: Iterable[str]) -> Line:
    return Line(
        at=_seconds(tool.get("atMs")),
        role="tool",
        text=_words(tool.get("result"), names),
        tool=str(tool.get("name", "")),
        failed=bool(tool.get("failed")),
        latency_ms=tool.get("latencyMs"),
        arguments=_words(tool.get("arguments"), names),
    )


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _words(value: Any, names: Iterable[str]) -> str:
    if value is None or value == {}:
        return ""
    return Masked(_written(value), _written(mask_json(_read(value), names)))


def _read(value: Any) -> Any:
    """Return what a text says if it is JSON, so that the names of its fields tell what is personal."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
