"""A call as JSON, by the names under which one is posted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from dashboard.calls.models import Call, CallDetail
from dashboard.calls.shown import ShownCall, ShownDetail


def call_as_json(call: Call, *, detail: bool, clear: bool = False) -> dict[str, Any]:
    """Return what is known of a call, masked; `detail` adds what only the page of one call shows.

    Who asks for it in `clear` has the right to, and has recorded it. The names are those of
    `dashboard.ingest.schema.CallIn`, so that a call can be posted as it was given out: what is masked then
    says nothing. Times are ISO 8601 in UTC; what nobody said is null. With `detail` the call's `detail` and
    `aliases` are read: select and prefetch them for many calls.
    """
    shown = call if clear else ShownCall(call)
    told: dict[str, Any] = {
        "platform": call.platform,
        "platformCallId": call.platform_call_id,
        "environment": call.environment,
        "direction": call.direction,
        "fromNumber": shown.from_number if call.from_number else None,
        "toNumber": shown.to_number if call.to_number else None,
        "line": call.line or None,
        "agentId": call.agent_id or None,
        "agentName": call.agent_name or None,
        "agentVersion": call.agent_version or None,
        "status": call.status,
        "outcome": call.outcome,
        "endedBy": call.ended_by,
        "endedReason": call.ended_reason,
        "endedReasonRaw": shown.ended_reason_raw or None,
        "fault": call.fault,
        "startedAt": iso(call.started_at),
        "answeredAt": iso(call.answered_at),
        "endedAt": iso(call.ended_at),
        "durationMs": call.duration_ms,
    }
    if detail:
        told |= _detail(call, clear=clear)
    return told | {
        "url": settings.PUBLIC_URL + call.get_absolute_url(),
        "createdAt": iso(call.created_at),
        "updatedAt": iso(call.updated_at),
    }


def _detail(call: Call, *, clear: bool) -> dict[str, Any]:
    # A call that was never told of in detail has no such row.
    own: CallDetail = getattr(call, "detail", None) or CallDetail()
    known = own if clear else ShownDetail(own)
    cost = (
        {"amount": float(known.cost_amount), "currency": known.cost_currency}
        if known.cost_amount is not None
        else None
    )
    return {
        "transcript": known.transcript,
        "toolCalls": known.tool_calls,
        "summary": known.summary or None,
        "success": known.success,
        "sentiment": known.sentiment or None,
        "transferTo": known.transfer_to or None,
        "language": known.language or None,
        "recordingUrl": known.recording_url or None,
        "recordingExpiresAt": iso(known.recording_expires_at),
        "cost": cost,
        "latency": known.latency,
        "metadata": known.metadata,
        "aliases": [
            {"kind": alias.kind, "value": alias.value}
            for alias in sorted(call.aliases.all(), key=lambda alias: (alias.kind, alias.value))
        ],
    }


def iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
