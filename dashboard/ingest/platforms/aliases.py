"""Other ids of a call, picked out of what its owner attached to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dashboard.ingest.platforms.reading import identifier
from dashboard.ingest.reports import Alias

MOST = 50
KINDS = frozenset(
    [
        "call_id",
        "call_sid",
        "call_uuid",
        "conversation_id",
        "correlation_id",
        "external_call_id",
        "external_id",
        "interaction_id",
        "job_id",
        "parent_call_sid",
        "platform_call_id",
        "provider_call_id",
        "recording_sid",
        "request_id",
        "room",
        "room_id",
        "room_name",
        "room_sid",
        "sentry_event_id",
        "sentry_trace_id",
        "session_id",
        "sip_call_id",
        "stream_sid",
        "telnyx_call_control_id",
        "trace_id",
        "twilio_call_sid",
        "vonage_call_uuid",
    ]
)
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")
_SENTRY_TRACE = re.compile(r"([0-9a-f]{32})-[0-9a-f]{16}.*")
_TRACES = {"traceparent": _TRACEPARENT, "sentry_trace": _SENTRY_TRACE}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PREFIXES = ("system__", "x_", "sip_h_x_")
_NOBODY = frozenset(["", "null", "none", "undefined", "unknown"])
LONGEST_KEY = 60


def alias(kind: str, value: Any) -> frozenset[Alias]:
    """Return one alias, or none when the value is no id."""
    found = identifier(value)
    if found is None or found.strip().lower() in _NOBODY:
        return frozenset()
    return frozenset([Alias(kind, found.strip())])


def aliases_in(attached: Any) -> frozenset[Alias]:
    """Return the ids among the keys of a mapping, and of the mappings in it, by names such as call_sid."""
    found: set[Alias] = set()
    for key, value in _pairs(attached):
        found |= _aliases(key, value)
        if len(found) >= MOST:
            break
    return frozenset(found)


def _pairs(attached: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(attached, dict):
        return
    yield from attached.items()
    for value in attached.values():
        if isinstance(value, dict):
            yield from value.items()


def _aliases(key: str, value: Any) -> frozenset[Alias]:
    if len(key) > LONGEST_KEY:
        return frozenset()
    kind = _kind(key)
    if kind in KINDS:
        return alias(kind, value)
    trace = _TRACES.get(kind)
    found = trace.fullmatch(value.strip()) if trace and isinstance(value, str) and len(value) < 200 else None
    return alias("trace_id", found[1]) if found else frozenset()


def _kind(key: str) -> str:
    """Spell a key as we do: correlationId, X-Correlation-Id and system__correlation_id are all one."""
    kind = _HUMP.sub("_", key).lower().replace("-", "_").replace(".", "_").replace(" ", "_")
    for prefix in _PREFIXES:
        kind = kind.removeprefix(prefix)
    return kind
