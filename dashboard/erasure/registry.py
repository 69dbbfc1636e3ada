"""Every field that can hold text, and whether it can hold something about a caller.

A test compares this with the models, so that a new field cannot be forgotten when a person is erased.
"""

from __future__ import annotations

GOES_WITH_THE_CALL = "deleted with the call"
FOUND_BY_NUMBER = "searched for the person's numbers, and deleted or cleaned"
MASKED = "masked before it is kept; deleted with the call's id where it has one"
STAFF = "about people who work here, and not about callers"
NOT_PERSONAL = "nothing about a person"

FIELDS: dict[str, dict[str, str]] = {
    "calls.Call": dict.fromkeys(
        (
            *("platform", "platform_call_id", "environment", "direction", "from_number", "to_number", "line"),
            *("agent_id", "agent_name", "agent_version", "status", "outcome", "ended_by", "ended_reason"),
            *("ended_reason_raw", "fault"),
        ),
        GOES_WITH_THE_CALL,
    ),
    "calls.CallDetail": dict.fromkeys(
        (
            *("transcript", "tool_calls", "summary", "sentiment", "transfer_to", "language"),
            *("recording_url", "cost_currency", "latency", "metadata", "stamps"),
        ),
        FOUND_BY_NUMBER,
    ),
    "calls.CallAlias": dict.fromkeys(("kind", "value"), GOES_WITH_THE_CALL),
    "ingest.Delivery": dict.fromkeys(
        (
            *("environment", "platform", "dedupe_key", "event_type", "verdict", "problem"),
            *("platform_call_id", "content_type", "body"),
        ),
        FOUND_BY_NUMBER,
    ),
    "ingest.Refusal": dict.fromkeys(("environment", "platform", "reason"), NOT_PERSONAL),
    "ingest.UnknownReason": {"platform": NOT_PERSONAL, "reason": FOUND_BY_NUMBER},
    "evidence.Evidence": dict.fromkeys(
        ("platform_call_id", "reason", "problem", "content", "sha256"), GOES_WITH_THE_CALL
    ),
    "evidence.Hold": dict.fromkeys(("platform_call_id", "reason"), GOES_WITH_THE_CALL),
    "sentry_logs.Check": {
        "origin": NOT_PERSONAL,
        "correlation_id": GOES_WITH_THE_CALL,
        "limit": NOT_PERSONAL,
    },
    "sentry_logs.Tally": dict.fromkeys(("correlation_id", "environment", "level", "last_title"), MASKED),
    "sentry_logs.SyncState": dict.fromkeys(("origin", "failure", "hint"), NOT_PERSONAL),
    "sentry_logs.ComparisonReport": dict.fromkeys(("environment", "period", "report"), MASKED),
    "sessions.Session": {"session_key": STAFF, "session_data": FOUND_BY_NUMBER},
    "erased.ErasedCall": {"key": NOT_PERSONAL},
    "audit.Entry": dict.fromkeys(
        (
            *("event", "result", "who", "role", "address", "session", "door", "fields", "reason", "detail"),
            *("request_id", "hash"),
        ),
        STAFF,
    ),
    "audit.Chain": {"hash": NOT_PERSONAL},
    "audit.Seal": {"hash": NOT_PERSONAL},
    "keys.ApiKey": dict.fromkeys(("name", "scope", "environment", "start", "hash"), NOT_PERSONAL),
    "reveal.Ask": {"token": NOT_PERSONAL},
    "waffle.Flag": dict.fromkeys(("name", "languages", "note"), NOT_PERSONAL),
    "waffle.Switch": dict.fromkeys(("name", "note"), NOT_PERSONAL),
    "waffle.Sample": dict.fromkeys(("name", "note"), NOT_PERSONAL),
    "contenttypes.ContentType": dict.fromkeys(("app_label", "model"), NOT_PERSONAL),
}
STAFF_APPS = frozenset({"admin", "auth", "axes", "otp_static", "otp_totp", "people"})
"""Tables that know who signs in, and no callers."""
