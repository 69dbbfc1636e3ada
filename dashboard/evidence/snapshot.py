"""What is known of a call now: its facts, what was said, its mark, its events and log lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from dashboard.calls.conversation import conversation
from dashboard.calls.models import Call, CallDetail
from dashboard.calls.phone import mask
from dashboard.calls.shown import ShownDetail
from dashboard.calls.verdict import decide
from dashboard.evidence.redaction import redacted
from sentry_logs.answers import (
    ALL_ENVIRONMENTS,
    LEVELS,
    Answer,
    BackendName,
    CallToCheck,
    ErrorMark,
    EventPage,
    LogEvent,
)
from sentry_logs.periods import CALL_MARGIN_BEFORE, PERIODS, smallest_covering
from sentry_logs.services import error_marks, events_for_call

VERSION = 1
MOST_EVENTS = 1_000
ROOM_FOR_WORDS = 200
# Words of ours, ids and times, in which masking would find numbers that are none.
CLEAR_IN_EVENTS = frozenset(
    {"id", "level", "timestamp", "environment", "source", "project", "issue_id", "permalink", "event_type"}
)
FACTS = (
    "platform",
    "environment",
    "direction",
    "line",
    "agent_name",
    "agent_version",
    "status",
    "outcome",
    "ended_by",
    "ended_reason",
    "ended_reason_raw",
    "fault",
)
TIMES = ("started_at", "answered_at", "ended_at")


@dataclass(slots=True)
class Found:
    """What Sentry gave: events newest first, and what is to be known of the answer."""

    events: list[LogEvent]
    answer: Answer[EventPage]
    has_more: bool


def snapshot(call: Call, *, backend: BackendName, wait: float, failure: str = "") -> dict[str, Any]:
    """Return the redacted snapshot of a call, at most EVIDENCE_LIMIT_BYTES long.

    With a `failure` Sentry is not asked, and the snapshot says why. Raises LogsUnavailable while Sentry does
    not answer, StillAsking when `wait` seconds were not enough.
    """
    found = None if failure else _found(call, backend, wait)
    detail = CallDetail.objects.filter(call=call).first() or CallDetail(call=call)
    mark, marked_at = _marked(call, backend, wait) if found else (ErrorMark("failed", reason=failure), None)
    content = {
        "version": VERSION,
        "call": _facts(call, detail),
        "conversation": _conversation(detail),
        "mark": _mark(mark, marked_at),
        "verdict": _verdict(call, detail, mark),
        "sentry": _sentry(found) if found else {"failure": failure},
        "events": [_event(event) for event in found.events] if found else [],
        "leftOut": [f"events beyond the first {MOST_EVENTS:,}"] if found and found.has_more else [],
    }
    return _fitting(content)


def _found(call: Call, backend: BackendName, wait: float) -> Found:
    first = call.started_at - CALL_MARGIN_BEFORE
    period = PERIODS[smallest_covering(first, timezone.now(), ("24h", "7d", "30d", "90d"))]
    events: list[LogEvent] = []
    cursor, answer = None, None
    while answer is None or (cursor and len(events) < MOST_EVENTS):
        page = events_for_call(
            call.platform_call_id,
            backend=backend,
            environment=ALL_ENVIRONMENTS,
            period=period,
            cursor=cursor,
            wait=wait,
        )
        answer = answer or page
        events += page.value.events
        cursor = page.value.next_cursor
    return Found(events[:MOST_EVENTS], answer, bool(cursor) or len(events) > MOST_EVENTS)


def _sentry(found: Found) -> dict[str, Any]:
    """Say what was asked and how far the answer can be trusted."""
    answer = found.answer
    return {
        "asOf": _iso(answer.as_of),
        "from": _iso(answer.asked.window.start),
        "to": _iso(answer.asked.window.end),
        "backend": answer.asked.backend,
        "isStale": answer.stale,
        "isComplete": answer.complete and not found.has_more,
        "limit": answer.limit,
        "sources": [
            {"dataset": source.dataset, "state": source.state, "reason": source.reason}
            for source in answer.sources
        ],
    }


def _marked(call: Call, backend: BackendName, wait: float) -> tuple[ErrorMark, datetime]:
    asked = CallToCheck(call.platform_call_id, call.started_at, call.ended_at)
    answer = error_marks([asked], backend=backend, environment=ALL_ENVIRONMENTS, wait=wait)
    return answer.value[0], answer.as_of


def _verdict(call: Call, detail: CallDetail, mark: ErrorMark) -> dict[str, Any]:
    """What we said of the call then, in the words of then."""
    verdict = decide(call, detail, mark)
    return {
        "what": redacted(verdict.what),
        "whose": verdict.whose,
        "nextStep": verdict.next_step,
        "because": [{"text": redacted(sign.text), "at": sign.at} for sign in verdict.because],
    }


def _mark(mark: ErrorMark, as_of: datetime | None) -> dict[str, Any]:
    return {
        "state": mark.state,
        "levels": dict(mark.levels),
        "lastTitle": redacted(str(mark.last_title)),
        "lastSeen": _iso(mark.last_seen),
        "reason": mark.reason,
        "asOf": _iso(as_of),
    }


def _facts(call: Call, detail: CallDetail) -> dict[str, Any]:
    facts = {name: redacted(str(getattr(call, name))) for name in FACTS}
    facts |= {name: _iso(getattr(call, name)) for name in TIMES}
    return facts | {
        "id": str(call.pk),
        "platform_call_id": call.platform_call_id,
        "person": mask(call.person_number),
        "duration_ms": call.duration_ms,
        "aliases": [{"kind": alias.kind, "value": alias.value} for alias in call.aliases.order_by("pk")],
        "success": detail.success,
        "sentiment": detail.sentiment,
        "language": detail.language,
    }


def _conversation(detail: CallDetail) -> dict[str, Any]:
    lines = (asdict(line) for line in conversation(detail))
    return {
        "summary": redacted(str(ShownDetail(detail).summary)),
        "lines": [redacted(line) for line in lines],
    }


def _event(event: LogEvent) -> dict[str, Any]:
    values = asdict(event) | {"timestamp": _iso(event.timestamp)}
    return {name: value if name in CLEAR_IN_EVENTS else redacted(value) for name, value in values.items()}


def _fitting(content: dict[str, Any]) -> dict[str, Any]:
    """Leave out the last words beyond half of the room, then the least severe and oldest events."""
    empty = content["conversation"] | {"lines": []}
    room = (
        settings.EVIDENCE_LIMIT_BYTES
        - ROOM_FOR_WORDS
        - _size(content | {"events": [], "conversation": empty})
    )
    said, unsaid = _first_fitting(content["conversation"]["lines"], room // 2)
    room -= _size(said)
    kept, left = _first_fitting(sorted(content["events"], key=_severity), room)
    content["conversation"]["lines"] = said
    content["events"] = sorted(kept, key=lambda event: str(event["timestamp"]), reverse=True)
    for count, what in ((left, "events"), (unsaid, "lines of the conversation")):
        if count:
            content["leftOut"].append(f"{count:,} {what} for which there was no room")
    return content


def _severity(event: dict[str, Any]) -> int:
    """Sorting keeps equals in their order, so the newest of a level come first."""
    return LEVELS.index(event["level"]) if event["level"] in LEVELS else len(LEVELS)


def _first_fitting(items: Iterable[dict[str, Any]], room: int) -> tuple[list[dict[str, Any]], int]:
    kept, left = [], 0
    for item in items:
        room -= _size(item) + 1
        if room < 0:
            left += 1
        else:
            kept.append(item)
    return kept, left


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
